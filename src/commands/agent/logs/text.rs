//! The text of an entry: data, whatever is in it.

use std::borrow::Cow;

use crate::output::clean;

/// The text as it is read: without any escape sequence.
pub(super) fn without_escapes(text: &str) -> Cow<'_, str> {
    if text.contains(['\u{1b}', '\u{9b}']) {
        anstream::adapter::strip_str(text).to_string().into()
    } else {
        text.into()
    }
}

/// The lines of the text as they are shown: colours of its own are taken out, tabs stay, whatever
/// else a terminal might obey is written as an escape.
pub(super) fn shown_lines(text: &str) -> impl Iterator<Item = String> {
    let uncoloured = without_colours(text);
    let lines: Vec<String> = uncoloured
        .trim_end_matches(['\n', '\r'])
        .split('\n')
        .map(|line| {
            let line = line.strip_suffix('\r').unwrap_or(line);
            let cells: Vec<String> = line.split('\t').map(clean).collect();
            cells.join("\t")
        })
        .collect();
    lines.into_iter()
}

/// The text without the sequences that only colour it (SGR, ECMA-48 section 8.3.117).
fn without_colours(text: &str) -> Cow<'_, str> {
    const START: &str = "\u{1b}[";
    if !text.contains(START) {
        return text.into();
    }
    let mut pieces = text.split(START);
    let mut plain = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let parameters = |byte: char| byte.is_ascii_digit() || matches!(byte, ';' | ':');
        match piece.trim_start_matches(parameters).strip_prefix('m') {
            Some(rest) => plain.push_str(rest),
            None => {
                plain.push_str(START);
                plain.push_str(piece);
            }
        }
    }
    plain.into()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::output::is_harmful;

    #[test]
    fn colours_go_tabs_stay_and_the_rest_is_harmless() {
        for (text, lines) in [
            ("plain", &["plain"][..]),
            ("\u{1b}[31;1mred\u{1b}[0m and \u{1b}[mnot", &["red and not"]),
            ("a\tb\r\nc\n", &["a\tb", "c"]),
            (
                "\u{1b}[2Jgone\u{1b}]0;title\u{7}",
                &["\\u{1b}[2Jgone\\u{1b}]0;title\\u{7}"],
            ),
            ("50%\rdone\u{202e}", &["50%\\rdone\\u{202e}"]),
            ("\u{1b}[31", &["\\u{1b}[31"]),
            ("\u{1b}\u{1b}[1m[31mx", &["\\u{1b}[31mx"]),
            ("two\n\n  lines", &["two", "", "  lines"]),
        ] {
            let shown: Vec<String> = shown_lines(text).collect();
            assert_eq!(shown, lines, "{text:?}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn no_line_has_anything_in_it_that_a_terminal_obeys(text in any::<String>()) {
            for line in shown_lines(&text) {
                prop_assert!(!line.contains(|one| one != '\t' && is_harmful(one)));
            }
        }
    }
}
