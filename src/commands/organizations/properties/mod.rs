//! `pipecat cloud organizations properties`.

mod list;
mod schema;
pub(super) mod set;

use serde_json::Value;

use crate::commands::noun;

noun! {
    /// Properties of an organization
    Properties {
        List(list::Args),
        Schema(schema::Args),
        Set(set::Args),
    }
}

/// A value as people and line-oriented tools see it: text as it is, nothing for nothing.
pub(super) fn text_of(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
