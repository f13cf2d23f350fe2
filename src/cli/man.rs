//! `pipecat man`.

use std::path::PathBuf;

use clap::ValueHint;
use serde_json::{Value, json};

use super::tree;
use crate::commands::{ConfigUse, Run};
use crate::context::Context;
use crate::error::{Code, Error, Result};
use crate::output::{Report, View};

/// Write the manual pages into a folder
///
/// Then read them with `man -l FILE`, or put the folder's parent into MANPATH: a folder named
/// `man1` is looked through.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The folder, which is made if there is none
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
        std::fs::create_dir_all(&folder)
            .and_then(|()| clap_mangen::generate_to(tree(None), &folder))
            .map_err(|error| {
                let message = format!("cannot write the manual pages into `{}`", folder.display());
                Error::new(Code::OutputFailed, message).because(error)
            })?;
        Ok(Box::new(Written { folder }))
    }
}

impl Report for Written {
    fn json(&self) -> Value {
        json!({"folder": self.folder.display().to_string()})
    }

    fn plain(&self) -> View {
        View::Done(format!(
            "wrote the manual pages into `{}`",
            self.folder.display()
        ))
    }
}
