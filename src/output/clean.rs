//! Text from outside is data: nothing in it takes effect on a terminal.

/// Whether a terminal, or a reader's eye, could be led astray by the character: control
/// characters, line and paragraph separators, and what changes the direction of writing.
#[must_use]
pub fn is_harmful(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{61c}'
                | '\u{200e}'
                | '\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2066}'..='\u{2069}'
                | '\u{feff}'
        )
}

/// The text on one line, with harmful characters written as escapes.
#[must_use]
pub fn clean(text: &str) -> String {
    let mut cleaned = String::with_capacity(text.len());
    for character in text.chars() {
        if is_harmful(character) {
            cleaned.extend(character.escape_default());
        } else {
            cleaned.push(character);
        }
    }
    cleaned
}

/// Stands for what is not shown.
pub const REDACTED: &str = "****";

/// So much of a key is shown: enough to tell two apart.
const SHOWN_OF_KEY: usize = 8;

/// The first characters of a key, or none of one that is too short to hide anything.
#[must_use]
pub fn masked(key: &str) -> String {
    let shown: String = key.chars().take(SHOWN_OF_KEY).collect();
    if key.chars().count() > 2 * SHOWN_OF_KEY {
        format!("{shown}{REDACTED}")
    } else {
        REDACTED.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn no_text_stays_harmful_and_harmless_text_stays(
            text in proptest::collection::vec(any::<char>(), 0..20).prop_map(String::from_iter),
        ) {
            let cleaned = clean(&text);
            prop_assert!(!cleaned.contains(is_harmful));
            prop_assert_eq!(&clean(&cleaned), &cleaned);
            prop_assert_eq!(cleaned == text, !text.contains(is_harmful));
        }
    }

    #[test]
    fn escapes_and_overrides_are_shown_and_not_obeyed() {
        assert_eq!(clean("a\u{1b}]0;x\u{7}b"), "a\\u{1b}]0;x\\u{7}b");
        assert_eq!(
            clean("\u{9b}2J\u{202e}x\u{2066}"),
            "\\u{9b}2J\\u{202e}x\\u{2066}"
        );
        assert_eq!(clean("one\r\ntwo\tthree"), "one\\r\\ntwo\\tthree");
    }

    #[test]
    fn words_in_any_language_stay() {
        for text in ["Ада", "日本語", "e\u{301}", "👩‍💻", "עברית"] {
            assert_eq!(clean(text), text);
        }
    }
}
