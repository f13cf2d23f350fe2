//! `pipecat cloud help environment`, also without `help`.

use serde_json::{Value, json};

use crate::output::{Report, View};

/// An explanation.
pub struct Topic(pub &'static str);

impl Report for Topic {
    fn json(&self) -> Value {
        json!({"help": self.0})
    }

    fn plain(&self) -> View {
        View::Text(self.0.to_owned())
    }
}
