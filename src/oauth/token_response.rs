//! What the token endpoint answers (RFC 6749 sections 5.1 and 5.2), read leniently: a rotated
//! refresh token cannot be had again, so nothing that stands beside it may lose it.

use std::fmt;

use serde::Deserializer as _;
use serde::de::{MapAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::settings::is_token;

/// The fields that matter. Of several with one name, the last that makes sense counts.
#[derive(Default)]
pub(super) struct TokenFields {
    /// A token that can stand in a header.
    pub access_token: Option<String>,
    /// Printable ASCII, and not blank (RFC 6749 appendix A.17): what else there is was damaged.
    pub refresh_token: Option<String>,
    /// Seconds.
    pub expires_in: Option<u64>,
    /// What was refused, by its code.
    pub error: Option<String>,
    /// The same in words.
    pub error_description: Option<String>,
}

impl TokenFields {
    /// What can be read of an answer: all there is up to where it stops being JSON.
    pub(super) fn read(body: &[u8]) -> Self {
        let text = String::from_utf8_lossy(body);
        let text = text.trim_start_matches('\u{feff}');
        let mut response = Self::default();
        let mut json = serde_json::Deserializer::from_str(text);
        // What came before a mistake has been taken.
        let _ = json.deserialize_map(Fields(&mut response));
        response
    }

    fn take(&mut self, name: &str, value: &str) {
        let text = || serde_json::from_str::<String>(value).ok();
        let said = || text().filter(|text| !text.trim().is_empty());
        let printable = |text: &String| text.bytes().all(|byte| matches!(byte, b' '..=b'~'));
        let (field, value) = match name {
            "access_token" => (&mut self.access_token, text().filter(|text| is_token(text))),
            // The file is read without white space around its values.
            "refresh_token" => {
                let token = said().filter(printable).map(|text| text.trim().to_owned());
                (&mut self.refresh_token, token)
            }
            "error" => (&mut self.error, said()),
            "error_description" => (&mut self.error_description, said()),
            "expires_in" => {
                self.expires_in = seconds(value).or(self.expires_in);
                return;
            }
            _ => return,
        };
        if value.is_some() {
            *field = value;
        }
    }
}

/// Seconds, as a number or as text; whatever else it is says nothing.
fn seconds(value: &str) -> Option<u64> {
    let seconds = match serde_json::from_str(value).ok()? {
        Value::String(text) => text.trim().parse().ok(),
        other => other.as_f64(),
    };
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "saturates"
    )]
    let seconds = seconds
        .filter(|seconds| *seconds >= 1.0)
        .map(|seconds| seconds as u64);
    seconds
}

/// Takes one field after the other, each as it is written: what is odd in one is not read at all.
struct Fields<'a>(&'a mut TokenFields);

impl<'de> Visitor<'de> for Fields<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<(), A::Error> {
        while let Some((name, value)) = fields.next_entry::<String, &RawValue>()? {
            self.0.take(&name, value.get());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_odd_lifetime_does_not_lose_the_tokens() {
        for (lifetime, seconds) in [
            ("3600", Some(3600)),
            ("\"7200\"", Some(7200)),
            ("59.9", Some(59)),
            ("null", None),
            ("-5", None),
            ("0", None),
            ("\"soon\"", None),
            ("{}", None),
            ("1e999", None),
        ] {
            let text = format!(r#"{{"expires_in":{lifetime},"access_token":"a"}}"#);
            let response = TokenFields::read(text.as_bytes());
            assert_eq!(response.expires_in, seconds, "{lifetime}");
            assert_eq!(response.access_token.as_deref(), Some("a"), "{lifetime}");
        }
    }

    #[test]
    fn what_is_cut_off_counts_as_far_as_it_is_whole() {
        let whole = r#"{"access_token":"oat","refresh_token":"ort","scope":"x"}"#;
        for length in 0..whole.len() {
            let response = TokenFields::read(&whole.as_bytes()[..length]);
            let has = |text: &str| {
                whole[..length]
                    .contains(text)
                    .then(|| text.replace('"', ""))
            };
            assert_eq!(response.access_token, has("\"oat\""), "{length}");
            assert_eq!(response.refresh_token, has("\"ort\""), "{length}");
        }
    }

    #[test]
    fn damaged_tokens_are_none() {
        let damaged =
            b"{\"access_token\":\"oat\xff\",\"refresh_token\":\"ort\xff\",\"error\":\"e\"}";
        let response = TokenFields::read(damaged);
        assert_eq!(response.access_token, None);
        assert_eq!(response.refresh_token, None);
        assert_eq!(response.error.as_deref(), Some("e"));
    }

    #[test]
    fn what_is_no_object_has_no_fields() {
        for text in ["", "[\"a\",\"b\"]", "\"access_token\"", "<h1>", "null"] {
            let response = TokenFields::read(text.as_bytes());
            assert!(response.access_token.is_none(), "{text}");
            assert!(response.error.is_none(), "{text}");
        }
    }
}
