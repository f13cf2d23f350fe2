//! `pipecat man`.

mod page;

use std::io;
use std::path::{Path, PathBuf};

use clap::{Command, ValueHint};
use serde_json::{Value, json};

use super::tree;
use crate::commands::{ConfigUse, Run};
use crate::context::Context;
use crate::error::{Code, Error, Result};
use crate::output::{Report, View};

/// Write the manual pages into a folder
///
/// Then read them with `man -l FILE`. In a folder named `man1`, `man` finds them itself if the
/// folder above it is in MANPATH; the page about the configuration file goes to `man5` beside it.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The folder, which is created if it does not exist
    #[arg(value_name = "DIR", value_hint = ValueHint::DirPath)]
    folder: PathBuf,
}

/// The manual pages are written.
struct Written {
    folder: PathBuf,
}

impl Run for Args {
    fn config_use(&self) -> ConfigUse {
        ConfigUse::Unused
    }

    async fn run(self, _context: &Context) -> Result<Box<dyn Report>> {
        let folder = self.folder;
        write(&folder).map_err(|error| {
            let message = format!("cannot write the manual pages to `{}`", folder.display());
            Error::new(Code::OutputFailed, message).because(error)
        })?;
        Ok(Box::new(Written { folder }))
    }
}

fn write(folder: &Path) -> io::Result<()> {
    std::fs::create_dir_all(folder)?;
    let mut tree = tree(None).disable_help_subcommand(true);
    tree.build();
    write_below(&tree, None, folder)?;
    let of_files = if folder.ends_with("man1") {
        folder.with_file_name("man5")
    } else {
        folder.to_owned()
    };
    std::fs::create_dir_all(&of_files)?;
    let page = of_files.join(format!("{}.5", page::CONFIG_FILE));
    std::fs::write(page, page::of_config_file())
}

/// Writes the page of a command, and those of the commands below it.
fn write_below(command: &Command, above: Option<&Command>, folder: &Path) -> io::Result<()> {
    let page = folder.join(format!("{}.1", page::name(command)));
    std::fs::write(page, page::of_command(command, above)?)?;
    for below in page::shown(command) {
        write_below(below, Some(command), folder)?;
    }
    Ok(())
}

impl Report for Written {
    fn json(&self) -> Value {
        json!({"folder": self.folder.display().to_string()})
    }

    fn plain(&self) -> View {
        View::Done(format!(
            "wrote the manual pages to `{}`",
            self.folder.display()
        ))
    }
}
