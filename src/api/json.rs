//! Reading answers leniently: what is missing, null or of another type is not there, and spoils
//! nothing beside it.

use serde_json::Value;

use super::WithRaw;
use crate::error::{Error, Result};
use crate::http::{IN_DOUBT, Response};

/// A field as people see it: text as it is, numbers and truth values as they are written.
pub(super) fn text(value: &Value, name: &str) -> Option<String> {
    match value.get(name)? {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        _ => None,
    }
}

/// The texts of a list; what is no text is left out.
pub(super) fn texts(value: &Value, name: &str) -> Vec<String> {
    let list = value.get(name).and_then(Value::as_array);
    let texts = list.into_iter().flatten().filter_map(Value::as_str);
    texts.map(str::to_owned).collect()
}

/// The object that was sent.
pub(super) fn object(response: &Response) -> Result<Value> {
    if response.is_page() {
        return Err(page(response));
    }
    let value: Value = response.json()?;
    if value.is_object() {
        return Ok(value);
    }
    Err(response.nonsense(anyhow::anyhow!("no object")))
}

/// The list that stands under `name`, each row with what it was read as.
pub(super) fn list<T>(
    response: &Response,
    name: &str,
    read: impl Fn(&Value) -> T,
) -> Result<WithRaw<Vec<T>>> {
    let raw = object(response)?;
    let Some(rows) = raw.get(name).and_then(Value::as_array) else {
        return Err(response.nonsense(anyhow::anyhow!("no list `{name}`")));
    };
    let value = rows.iter().map(read).collect();
    Ok(WithRaw { value, raw })
}

/// What a write was answered, of which only the status counts: an object, or nothing. A page is
/// not the service's answer.
pub(super) fn written(response: &Response) -> Result<Option<Value>> {
    if response.is_page() {
        return Err(page(response).hint(IN_DOUBT));
    }
    if response.body.trim_ascii().is_empty() {
        return Ok(None);
    }
    let value: Result<Value> = response.json();
    let value = value.map_err(|error| error.hint(IN_DOUBT))?;
    Ok(value.is_object().then_some(value))
}

fn page(response: &Response) -> Error {
    response.nonsense(anyhow::anyhow!("a web page in the place of an answer"))
}
