//! `--version`.

use serde_json::{Value, json};

use crate::output::{Report, View};

/// The program's name and version.
#[derive(Debug)]
pub struct Version;

impl Report for Version {
    fn json(&self) -> Value {
        json!({"name": "pipecat", "version": env!("CARGO_PKG_VERSION")})
    }

    fn plain(&self) -> View {
        View::Line(format!("pipecat {}", env!("CARGO_PKG_VERSION")))
    }
}
