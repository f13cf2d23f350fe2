//! Reading answers field by field and row by row: what is odd is left out, and hides nothing else.

use anyhow::anyhow;
use serde_json::Value;

use crate::error::Result;
use crate::http::Response;

/// A field as text: text as it is, a number as it is written. Whatever else it is says nothing.
pub(super) fn text(row: &Value, name: &str) -> Option<String> {
    match row.get(name)? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// Checks that a list is one of what it should be. Odd rows may be in it, but not only such.
///
/// # Errors
/// There are rows, and not one of them has its `identity`.
pub(super) fn check_rows<'a>(
    response: &Response,
    rows: impl IntoIterator<Item = &'a Value>,
    identity: &str,
) -> Result<()> {
    let mut rows = rows.into_iter().peekable();
    if rows.peek().is_none() || rows.any(|row| row[identity].is_string()) {
        return Ok(());
    }
    Err(response.nonsense(anyhow!("no entry of its list has a `{identity}`")))
}
