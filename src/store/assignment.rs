//! How a key and its value are written, so that every reader of the file understands them.

use std::fmt::{self, Write as _};

use toml_edit::Value;

/// A `key = value` line.
pub(super) struct Assignment {
    pub(super) key: String,
    pub(super) value: String,
}

impl Assignment {
    pub(super) fn new(key: &str, value: &Value) -> Self {
        Self {
            key: quoted_key(key),
            value: match value {
                Value::String(text) => basic_string(text.value()),
                other => other.to_string().trim().to_owned(),
            },
        }
    }
}

impl fmt::Display for Assignment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} = {}", self.key, self.value)
    }
}

/// A key without quotes where it needs none, and as a literal where it would need escapes, which
/// the official CLI's reader does not know in the headers of tables. What it misreads in any form
/// there (control characters, both kinds of quotes, white space before a dot) is left to be right.
pub(super) fn quoted_key(key: &str) -> String {
    let is_bare = |character: char| character.is_ascii_alphanumeric() || "_-".contains(character);
    let is_plain = |character: char| character != '\'' && !character.is_control();
    if !key.is_empty() && key.chars().all(is_bare) {
        key.to_owned()
    } else if key.contains(['"', '\\']) && key.chars().all(is_plain) {
        format!("'{key}'")
    } else {
        format!("\"{}\"", escaped(key))
    }
}

/// A string in the form that every reader understands, the official CLI's old one included, which
/// is wrong about two things:
///
/// - It undoes the escapes before it looks at how the string is quoted, so that a text of one quote,
///   or one that begins with two, is taken for the other kind of string. Such a text is written as
///   that kind.
/// - Behind an escaped control character it takes the `\\u` of a backslash and a letter for an
///   escape. Such a letter is written as an escape itself.
fn basic_string(text: &str) -> String {
    let quotes = if text == "\"" || text.starts_with("\"\"") {
        "\"\"\""
    } else {
        "\""
    };
    format!("{quotes}{}{quotes}", escaped(text))
}

/// A text as it stands between the quotes of a basic string.
fn escaped(text: &str) -> String {
    let mut quoted = String::new();
    let mut before = None;
    for character in text.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            'u' | 'U' if before != Some('\\') => quoted.push(character),
            escaped if escaped.is_control() || "uU".contains(escaped) => {
                let _ = write!(quoted, "\\u{:04X}", u32::from(escaped));
            }
            other => quoted.push(other),
        }
        before = Some(character);
    }
    quoted
}
