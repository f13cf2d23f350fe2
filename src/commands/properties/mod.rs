//! `pipecat cloud organizations properties`, and the property that has a command of its own.

mod default_region;
mod list;
mod schema;
mod set;

use serde_json::Value;

pub use default_region::default_region;
pub use list::list;
pub use schema::schema;
pub use set::set;

/// A value as people and line-oriented tools see it: text as it is, nothing for nothing.
fn shown(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
