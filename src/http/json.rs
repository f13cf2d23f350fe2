//! Reading JSON of which a part cannot be held: it does not spoil the rest.

use serde_json::Value;

/// A byte-order mark, which some servers put first and JSON does not have (RFC 8259 section 8.1).
pub(super) const BOM: &[u8] = b"\xef\xbb\xbf";

/// Stands for half of a character.
const REPLACEMENT: &[u8] = b"\\ufffd";

/// The value of a JSON text. Half a surrogate pair, which JavaScript writes of a text that was cut
/// in the middle of a character, becomes a replacement character.
pub(super) fn read(text: &[u8]) -> serde_json::Result<Value> {
    let text = text.strip_prefix(BOM).unwrap_or(text);
    // The first mistake is the one to tell of, wherever mending ends.
    serde_json::from_slice(text)
        .or_else(|error| serde_json::from_slice(&mended(text)).map_err(|_| error))
}

/// The text with what cannot be held replaced where it stands.
fn mended(text: &[u8]) -> Vec<u8> {
    let mut mended = Vec::with_capacity(text.len());
    let mut rest = text;
    let mut in_string = false;
    while let Some(&first) = rest.first() {
        let (length, replacement) = match first {
            b'\\' if in_string => escape(rest),
            _ => (1, None),
        };
        in_string ^= first == b'"';
        let (taken, left) = rest.split_at(length.min(rest.len()));
        mended.extend_from_slice(replacement.unwrap_or(taken));
        rest = left;
    }
    mended
}

/// The length of the escape that comes first, and what stands in its place if it is half a pair.
fn escape(text: &[u8]) -> (usize, Option<&'static [u8]>) {
    match (unit(text), text.get(6..).and_then(unit)) {
        (None, _) => (2, None),
        (Some(0xd800..=0xdbff), Some(0xdc00..=0xdfff)) => (12, None),
        (Some(0xd800..=0xdfff), _) => (6, Some(REPLACEMENT)),
        (Some(_), _) => (6, None),
    }
}

/// The UTF-16 unit of a `\uXXXX` that comes first.
fn unit(text: &[u8]) -> Option<u16> {
    let digits = text.strip_prefix(b"\\u")?.get(..4)?;
    let digits = std::str::from_utf8(digits).ok()?;
    u16::from_str_radix(digits, 16).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn what_cannot_be_held_is_replaced_where_it_stands() {
        for (text, value) in [
            (r#"["\ud83d"]"#, json!(["\u{fffd}"])),
            (r#"["\udc00\ud83d\ude00"]"#, json!(["\u{fffd}\u{1f600}"])),
            (r#"["\ud83d\ud83d\ude00"]"#, json!(["\u{fffd}\u{1f600}"])),
            (r#"["\\ud83d", "\ud83d"]"#, json!(["\\ud83d", "\u{fffd}"])),
            (r#"["\"\ud83d", 1]"#, json!(["\"\u{fffd}", 1])),
            (r#"{"\ud83d": 2}"#, json!({"\u{fffd}": 2})),
            ("\u{feff}[1]", json!([1])),
        ] {
            assert_eq!(read(text.as_bytes()).ok(), Some(value), "{text}");
        }
    }

    #[test]
    fn what_is_no_json_stays_none() {
        for text in [
            "",
            "{",
            r#"["\ud8"#,
            r#"["\"#,
            "[1e]",
            "[1e999",
            "[\"\\ud83d",
        ] {
            assert!(read(text.as_bytes()).is_err(), "{text}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn what_can_be_held_stays_as_it_is(
            text in any::<String>(), number in any::<f64>(), integer in any::<i64>(),
        ) {
            let text = json!({"a": [text, integer], "b": number}).to_string();
            prop_assert_eq!(mended(text.as_bytes()), text.as_bytes());
        }

        #[test]
        fn no_bytes_are_too_odd(bytes in any::<Vec<u8>>()) {
            let _ = mended(&bytes);
        }
    }
}
