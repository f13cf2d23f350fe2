//! `pipecat man`.

use std::path::PathBuf;

use serde_json::{Value, json};

use crate::arguments::whole_tree;
use crate::cli::Man;
use crate::error::{Code, Error, Result};
use crate::output::{Report, View};

/// The manual pages are written.
pub struct Written {
    folder: PathBuf,
}

pub fn run(options: Man) -> Result<Written> {
    let folder = options.folder;
    std::fs::create_dir_all(&folder)
        .and_then(|()| clap_mangen::generate_to(whole_tree(), &folder))
        .map_err(|error| {
            let message = format!("cannot write the manual pages into `{}`", folder.display());
            Error::new(Code::OutputFailed, message).because(error)
        })?;
    Ok(Written { folder })
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
