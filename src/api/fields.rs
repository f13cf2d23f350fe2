//! Reading answers field by field and row by row: what is odd is left out, and hides nothing else.

use anyhow::anyhow;
use serde_json::Value;

use super::WithRaw;
use crate::error::Result;
use crate::http::{IN_DOUBT, Response};

/// A field as text.
pub(super) fn text(row: &Value, name: &str) -> Option<String> {
    scalar(row.get(name)?)
}

/// A value as text: text as it is, a number as it is written. Whatever else it is says nothing.
pub(super) fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// The same; nothing for text that is empty.
pub(super) fn filled(row: &Value, name: &str) -> Option<String> {
    text(row, name).filter(|text| !text.is_empty())
}

/// What something is called, to be asked for by it: text that is not empty, and no number.
pub(super) fn name(row: &Value, name: &str) -> Option<String> {
    let text = row.get(name)?.as_str()?;
    (!text.is_empty()).then(|| text.to_owned())
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
    Err(response.nonsense(anyhow!("none of its entries has a `{identity}`")))
}

/// The texts of a list; what says nothing is left out.
pub(super) fn texts(value: &Value, name: &str) -> Vec<String> {
    let list = value.get(name).and_then(Value::as_array);
    let texts = list.into_iter().flatten().filter_map(scalar);
    texts.filter(|text| !text.is_empty()).collect()
}

/// The object that was sent.
pub(super) fn object(response: &Response) -> Result<Value> {
    let value: Value = response.json()?;
    if value.is_object() {
        return Ok(value);
    }
    Err(response.nonsense(anyhow!("no object")))
}

/// The object that was sent, with anything in it: a thing that has nothing is not there.
pub(super) fn thing(response: &Response) -> Result<Value> {
    let value = object(response)?;
    if value.as_object().is_some_and(serde_json::Map::is_empty) {
        return Err(response.nonsense(anyhow!("an empty object")));
    }
    Ok(value)
}

/// The list that stands under `name`, each row with what it was read as.
pub(super) fn list<T>(
    response: &Response,
    name: &str,
    read: impl Fn(&Value) -> T,
) -> Result<WithRaw<Vec<T>>> {
    let raw = object(response)?;
    let Some(rows) = raw.get(name).and_then(Value::as_array) else {
        return Err(response.nonsense(anyhow!("no list `{name}`")));
    };
    let value = rows.iter().map(read).collect();
    Ok(WithRaw { value, raw })
}

/// What a write was answered, of which only the status counts: an object, or nothing. A page is
/// not the service's answer.
pub(super) fn written(response: &Response) -> Result<Option<Value>> {
    if response.is_page() {
        return Err(response.nonsense(anyhow!("a page")).hint(IN_DOUBT));
    }
    if response.body.trim_ascii().is_empty() {
        return Ok(None);
    }
    let value: Result<Value> = response.json();
    let value = value.map_err(|error| error.hint(IN_DOUBT))?;
    Ok(value.is_object().then_some(value))
}

/// The same, where whatever is no page will do: the status has said it all.
pub(super) fn accepted(response: &Response) -> Result<Option<Value>> {
    if response.is_page() {
        return Err(response.nonsense(anyhow!("a page")).hint(IN_DOUBT));
    }
    let value: Result<Value> = response.json();
    Ok(value.ok().filter(Value::is_object))
}
