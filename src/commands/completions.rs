//! `pipecat completions`.

use serde_json::{Value, json};

use crate::cli::Completions;
use crate::completions;
use crate::error::{Code, Error, Result};
use crate::output::{Report, View};

/// A shell's script.
pub struct Script {
    shell: String,
    text: String,
}

pub fn run(options: Completions) -> Result<Script> {
    let text = completions::script(&options.shell, "pipecat")
        .map_err(|error| Error::new(Code::Internal, "no script can be made").because(error))?;
    Ok(Script {
        shell: options.shell,
        text,
    })
}

impl Report for Script {
    fn json(&self) -> Value {
        json!({"shell": self.shell, "script": self.text})
    }

    fn plain(&self) -> View {
        View::Text(self.text.clone())
    }
}
