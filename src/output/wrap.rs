//! Prose on a terminal breaks between words, and never in an address or in what can be copied.

use textwrap::core::Word;
use textwrap::{Options, WordSeparator, WordSplitter, WrapAlgorithm};

/// The text in lines of `columns`. A word that has no room on any line stays whole.
#[must_use]
pub fn wrapped(text: &str, columns: usize) -> Vec<String> {
    lines(text, Options::new(columns))
}

/// The same for what is said, as one text: what follows its first line is set in a little. Without a
/// terminal, whose width that is, a line is a line.
pub(super) fn prose(text: String, columns: Option<usize>) -> String {
    match columns {
        Some(columns) => lines(&text, Options::new(columns).subsequent_indent("  ")).join("\n"),
        None => text,
    }
}

fn lines(text: &str, options: Options<'_>) -> Vec<String> {
    let options = options
        .word_separator(WordSeparator::Custom(words))
        .word_splitter(WordSplitter::NoHyphenation)
        .wrap_algorithm(WrapAlgorithm::FirstFit)
        .break_words(false);
    let lines = textwrap::wrap(text, options).into_iter();
    lines.map(Into::into).collect()
}

/// Words end at a space; what stands between backticks is one.
fn words(line: &str) -> Box<dyn Iterator<Item = Word<'_>> + '_> {
    let mut rest = line;
    Box::new(std::iter::from_fn(move || {
        let mut is_code = false;
        let end = rest.char_indices().find(|&(at, character)| {
            is_code ^= character == '`';
            character == ' ' && !is_code && !rest[at + 1..].starts_with(' ')
        });
        let (word, after) = rest.split_at(end.map_or(rest.len(), |(at, _)| at + 1));
        rest = after;
        (!word.is_empty()).then(|| Word::from(word))
    }))
}

#[cfg(test)]
mod tests {
    use super::{prose, wrapped};

    fn hanging(text: &str, columns: usize) -> String {
        prose(text.to_owned(), Some(columns))
    }

    #[test]
    fn lines_break_between_words() {
        assert_eq!(
            wrapped("? Revoke the key Staging?", 12),
            ["? Revoke the", "key Staging?"]
        );
        assert_eq!(wrapped("unbreakable", 4), ["unbreakable"]);
        assert_eq!(wrapped("日本語 日本語", 8), ["日本語", "日本語"]);
        assert_eq!(wrapped("", 8), [""]);
    }

    #[test]
    fn a_command_line_stays_in_one_piece() {
        assert_eq!(
            hanging("create one with `keys create -o acme`, or not", 24),
            "create one with\n  `keys create -o acme`,\n  or not"
        );
        assert_eq!(
            hanging("it's `far too long a line`", 10),
            "it's\n  `far too long a line`"
        );
    }

    #[test]
    fn colours_take_no_room() {
        assert_eq!(
            hanging("\x1b[1merror:\x1b[0m no room", 14),
            "\x1b[1merror:\x1b[0m no room"
        );
    }
}
