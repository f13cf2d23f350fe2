//! Text from outside is data: nothing in it takes effect on a terminal.

/// Whether a terminal, or a reader's eye, could be led astray by the character: control
/// characters, line and paragraph separators, what changes the direction of writing, and what
/// cannot be seen, for two names that look the same must be the same.
#[must_use]
pub fn is_harmful(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{2028}' | '\u{2029}')
        || is_format(character) && !matches!(character, ZWNJ | ZWJ)
        || is_unseen_letter(character)
}

/// Persian and the scripts of India cannot be written without these two, nor can a family of emoji.
const ZWNJ: char = '\u{200c}';
const ZWJ: char = '\u{200d}';

/// General category Cf, with what is kept free for more of the kind in the block of tags. Unicode
/// 17.0, `DerivedGeneralCategory.txt`.
fn is_format(character: char) -> bool {
    matches!(
        character,
        '\u{ad}'
            | '\u{600}'..='\u{605}'
            | '\u{61c}'
            | '\u{6dd}'
            | '\u{70f}'
            | '\u{890}'..='\u{891}'
            | '\u{8e2}'
            | '\u{180e}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{110bd}'
            | '\u{110cd}'
            | '\u{13430}'..='\u{1343f}'
            | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e007f}'
    )
}

/// The fillers of the Korean script, which count as letters and are drawn as nothing.
fn is_unseen_letter(character: char) -> bool {
    matches!(character, '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}')
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

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn what_formats_and_is_not_seen_is_shown_but_for_joiners(character in "\\p{Cf}") {
            let joins = ["\u{200c}", "\u{200d}"].contains(&&*character);
            prop_assert_eq!(clean(&character) == character, joins);
        }
    }

    #[test]
    fn invisible_characters_are_shown() {
        for invisible in [
            '\u{ad}',
            '\u{200b}',
            '\u{2060}',
            '\u{2064}',
            '\u{206a}',
            '\u{206f}',
            '\u{3164}',
            '\u{fff9}',
            '\u{fffb}',
            '\u{e0000}',
            '\u{e0001}',
            '\u{e0061}',
            '\u{e007f}',
        ] {
            let shown = format!("a\\u{{{:x}}}b", u32::from(invisible));
            assert_eq!(clean(&format!("a{invisible}b")), shown);
        }
    }

    #[test]
    fn words_in_any_language_stay() {
        for text in [
            "Ада",
            "日本語",
            "e\u{301}",
            "👩‍💻",
            "❤\u{fe0f}",
            "עברית",
            "می\u{200c}خواهم",
            "한국어",
        ] {
            assert_eq!(clean(text), text);
        }
    }
}
