//! JSON as a terminal may see it.

use std::fmt::Write as _;

use serde_json::Value;

use super::is_harmful;

/// JSON on one line, without its end, and with nothing in it that a terminal would act on.
#[must_use]
pub fn json_line(value: &Value) -> String {
    harmless_json(value.to_string())
}

/// JSON for people's eyes too: indented, and with nothing in it that a terminal would act on.
pub(super) fn json_text(value: &Value) -> String {
    harmless_json(format!("{value:#}\n"))
}

/// The same JSON with nothing in it that a terminal would act on.
pub(super) fn harmless_json(text: String) -> String {
    // These stand between values, where they mean nothing.
    let is_harmful = |character| is_harmful(character) && !"\n\r\t".contains(character);
    if !text.contains(is_harmful) {
        return text;
    }
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        if is_harmful(character) {
            // Such a character can stand in a string only, where this is the same character.
            let mut units = [0; 2];
            for unit in character.encode_utf16(&mut units) {
                let _ = write!(safe, "\\u{unit:04x}");
            }
        } else {
            safe.push(character);
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn json_stays_the_same_value_but_harmless() {
        let value = json!({"name": "a\u{202e}b\u{9b}c\u{1b}[2Jd\ne"});
        let text = json_text(&value);
        assert!(text.is_ascii());
        assert_eq!(serde_json::from_str::<Value>(&text).ok(), Some(value));
    }

    #[test]
    fn a_number_stays_the_same_to_the_last_bit() {
        // Read without `float_roundtrip`, this one is off by a bit.
        let value = serde_json::from_str::<Value>("5.55555555e+39").ok();
        let text = value.as_ref().map(json_text);
        assert_eq!(text.as_deref(), Some("5.55555555e+39\n"));
    }
}
