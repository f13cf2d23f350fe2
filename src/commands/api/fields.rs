//! The fields of a request: a query, or a JSON object.

use std::fmt;

use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Map, Value};

use super::contents;
use crate::commands::invalid;
use crate::context::Context;
use crate::error::{Code, Error, Result};
use crate::http::Body;

/// `KEY=VALUE` as it was typed, whose `Debug` shows nothing: there may be a secret in it.
#[derive(Clone)]
pub(super) struct Field(SecretString);

impl fmt::Debug for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Field(..)")
    }
}

impl std::str::FromStr for Field {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self(text.into()))
    }
}

impl Field {
    fn pair(&self) -> Result<(&str, &str)> {
        let pair = self.0.expose_secret().split_once('=');
        pair.filter(|(key, _)| !key.trim().is_empty())
            .ok_or_else(|| Error::new(Code::Usage, "a field is not of the form KEY=VALUE"))
    }

    /// Whether its value is standard input.
    pub(super) fn is_stdin(&self) -> bool {
        self.pair().is_ok_and(|(_, value)| value == "@-")
    }
}

/// The fields in their order, with their values.
pub(super) struct Fields {
    pairs: Vec<(String, Value)>,
    /// What they make together.
    object: Map<String, Value>,
}

impl Fields {
    /// Reads them: those that are text, then those that are what they look like.
    pub(super) async fn read(context: &Context, raw: &[Field], typed: &[Field]) -> Result<Self> {
        let mut pairs = Vec::new();
        for field in raw {
            let (key, value) = field.pair()?;
            pairs.push((key.to_owned(), value.into()));
        }
        for field in typed {
            let (key, text) = field.pair()?;
            let value = match text.strip_prefix('@') {
                Some(path) => {
                    let bytes = contents(context, path).await?;
                    let text = String::from_utf8(bytes);
                    text.map_err(|_| invalid(format!("the value for `{key}` is not UTF-8")))?
                        .into()
                }
                None => typed_value(text),
            };
            pairs.push((key.to_owned(), value));
        }
        let mut object = Map::new();
        for (key, value) in &pairs {
            insert(&mut object, key, value.clone())?;
        }
        Ok(Self { pairs, object })
    }

    /// As the pairs of a query.
    pub(super) fn query(&self) -> Vec<(String, String)> {
        let text = |value: &Value| match value {
            Value::String(text) => text.clone(),
            Value::Null => String::new(),
            other => other.to_string(),
        };
        let pairs = self.pairs.iter();
        pairs
            .map(|(key, value)| (key.clone(), text(value)))
            .collect()
    }

    /// As a JSON object; nothing where there are none.
    pub(super) fn body(self) -> Body {
        if self.object.is_empty() {
            Body::None
        } else {
            Body::Json(self.object.into())
        }
    }
}

/// What a value looks like.
fn typed_value(text: &str) -> Value {
    match text {
        "true" => true.into(),
        "false" => false.into(),
        "null" => Value::Null,
        _ => match text.parse::<i64>() {
            // A number that is written in another way may be a name: `007`, `+1`.
            Ok(number) if number.to_string() == text => number.into(),
            _ => text.into(),
        },
    }
}

/// Puts a value where a key says: `a`, `a[b][c]`, `a[]`.
fn insert(object: &mut Map<String, Value>, key: &str, value: Value) -> Result<()> {
    let wrong = |why: &str| Error::new(Code::Usage, format!("the key `{key}` {why}"));
    let (first, rest) = key.split_at(key.find('[').unwrap_or(key.len()));
    let steps = rest
        .split_terminator(']')
        .map(|step| step.strip_prefix('['));
    let steps: Option<Vec<&str>> = steps.collect();
    let is_whole = rest.is_empty() || rest.ends_with(']');
    let steps = steps.filter(|_| is_whole && !first.is_empty() && !first.contains(']'));
    let steps = steps.ok_or_else(|| wrong("is not of the form `a`, `a[b]` or `a[]`"))?;
    let mut place = object.entry(first).or_insert(Value::Null);
    for step in steps {
        place = match (step, place) {
            ("", list) if list.is_null() || list.is_array() => {
                let mut entries = match list.take() {
                    Value::Array(entries) => entries,
                    _ => Vec::new(),
                };
                let end = entries.len();
                entries.push(Value::Null);
                *list = entries.into();
                &mut list[end]
            }
            (name, fields) if !name.is_empty() && (fields.is_null() || fields.is_object()) => {
                &mut fields[name]
            }
            _ => return Err(wrong("contradicts an earlier one")),
        };
    }
    *place = value;
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_value_is_what_it_looks_like_to_the_letter() {
        for (text, value) in [
            ("true", json!(true)),
            ("null", json!(null)),
            ("-12", json!(-12)),
            ("007", json!("007")),
            ("+1", json!("+1")),
            ("1.10", json!("1.10")),
            ("99999999999999999999", json!("99999999999999999999")),
            ("True", json!("True")),
            ("", json!("")),
        ] {
            assert_eq!(typed_value(text), value, "{text}");
        }
    }

    #[test]
    fn a_key_says_where_its_value_goes() -> Result<()> {
        let mut object = Map::new();
        for (key, value) in [
            ("name", json!("x")),
            ("resources[cpu]", json!("1")),
            ("resources[memory]", json!("2Gi")),
            ("tags[]", json!("a")),
            ("tags[]", json!("b")),
            ("rows[][n]", json!(1)),
        ] {
            insert(&mut object, key, value)?;
        }
        let made = json!({
            "name": "x",
            "resources": {"cpu": "1", "memory": "2Gi"},
            "tags": ["a", "b"],
            "rows": [{"n": 1}],
        });
        assert_eq!(Value::Object(object.clone()), made);
        for key in [
            "[a]",
            "a[b",
            "a]b",
            "a[b]c",
            "name[x]",
            "tags[x]",
            "resources[]",
        ] {
            assert!(insert(&mut object, key, json!(1)).is_err(), "{key}");
        }
        Ok(())
    }
}
