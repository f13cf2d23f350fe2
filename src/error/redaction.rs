//! Hiding what the other side echoes of a secret, in each form in which it may come back.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value};

/// Stands for what is not shown.
const REDACTED: &str = "****";

/// So long another form of a secret must be to be looked for: a shorter one stands in many a text by
/// chance.
const SHORTEST: usize = 8;

/// What no encoding for addresses changes (RFC 3986 section 2.3).
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

/// The same where slashes stay as they are.
const RESERVED_IN_PATH: &AsciiSet = &RESERVED.remove(b'/');

/// The forms of secrets that are not shown.
pub struct Redaction {
    /// The longest first, since one may stand within another.
    forms: Vec<String>,
}

impl Redaction {
    /// Hides these.
    pub fn new<'a>(secrets: impl IntoIterator<Item = &'a str>) -> Self {
        let secrets = secrets.into_iter().filter(|secret| !secret.is_empty());
        let mut forms: Vec<String> = secrets.flat_map(forms).collect();
        forms.sort_by_key(|form| std::cmp::Reverse(form.len()));
        Self { forms }
    }

    /// The text without them.
    #[must_use]
    pub fn text(&self, text: &str) -> String {
        let hide = |text: String, form: &String| text.replace(form, REDACTED);
        self.forms.iter().fold(text.to_owned(), hide)
    }

    pub(super) fn object(&self, fields: &mut Map<String, Value>) {
        let shown = std::mem::take(fields).into_iter().map(|(name, mut value)| {
            self.value(&mut value);
            (self.text(&name), value)
        });
        *fields = shown.collect();
    }

    fn value(&self, value: &mut Value) {
        match value {
            Value::String(text) => *text = self.text(text),
            Value::Array(values) => values.iter_mut().for_each(|value| self.value(value)),
            Value::Object(fields) => self.object(fields),
            _ => {}
        }
    }
}

/// A secret as it is, as a string of JSON, in Base64, and as it stands in an address.
fn forms(secret: &str) -> Vec<String> {
    let quoted = Value::from(secret).to_string();
    let escaped = quoted[1..quoted.len() - 1].to_owned();
    let others = [
        escaped,
        STANDARD_NO_PAD.encode(secret),
        utf8_percent_encode(secret, RESERVED).to_string(),
        utf8_percent_encode(secret, RESERVED_IN_PATH).to_string(),
        url::form_urlencoded::byte_serialize(secret.as_bytes()).collect(),
    ];
    let others = others.into_iter();
    let mut forms = vec![secret.to_owned()];
    forms.extend(others.filter(|form| form.len() >= SHORTEST && form != secret));
    forms
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_hidden_in_each_form() {
        let secret = "s3cr3t \"W\u{f6}rd\"\\ x+/";
        let redaction = Redaction::new([secret]);
        for form in forms(secret) {
            assert_eq!(redaction.text(&format!("bad {form}!")), "bad ****!");
        }
        // Padding at its end tells nothing.
        let encoded = base64::engine::general_purpose::STANDARD.encode(secret);
        let hidden = redaction.text(&encoded);
        assert_eq!(hidden.trim_end_matches('='), "****");
        let mut body = Map::from_iter([(secret.to_owned(), Value::from([secret]))]);
        redaction.object(&mut body);
        assert_eq!(Value::from(body).to_string(), r#"{"****":["****"]}"#);
    }

    #[test]
    fn a_short_secret_hides_nothing_by_chance() {
        // `MQ` is `1` in Base64.
        let redaction = Redaction::new(["1", ""]);
        assert_eq!(redaction.text("MQ is 1"), "MQ is ****");
    }
}
