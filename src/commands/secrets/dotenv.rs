//! The file of `secrets set --file`: a file means what python-dotenv 1.2 says that it means, without
//! expansion, since bots read the same file at home with it.
//!
//! Where python-dotenv has no answer, one line has: a value in double quotes with more of them
//! inside (`A="{"k": "v"}"`), whose outer ones go. Whatever else is an error with its line.

mod reader;

use secrecy::SecretString;

use self::reader::{Binding, Reader, is_blank, is_space};
use super::key::is_key;

/// A key with its value, and the line on which it begins, counted from 1.
#[derive(Debug)]
pub(super) struct Entry {
    pub key: String,
    pub value: SecretString,
    pub line: usize,
    /// Whether it has a `${`, which python-dotenv would expand.
    pub would_expand: bool,
}

/// What is wrong with a line. No value is in it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Problem {
    pub line: usize,
    pub key: Option<String>,
    pub what: &'static str,
}

/// Reads the text of a file.
pub(super) fn parse(text: &str) -> Result<Vec<Entry>, Problem> {
    // As a text file is read: every line ends in a line feed.
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let mut reader = Reader::new(text);
    let mut entries = Vec::new();
    loop {
        reader.skip(is_space);
        if reader.rest().is_empty() {
            return Ok(entries);
        }
        let start = reader.at;
        let line = 1 + text[..start].matches('\n').count();
        let binding = match reader.binding() {
            Some(binding) => binding,
            None => {
                let end = text[start..]
                    .find('\n')
                    .map_or(text.len(), |end| start + end);
                reader.at = end;
                Some(quoted_in_quotes(&text[start..end], line)?)
            }
        };
        let Some((key, value)) = binding else {
            continue;
        };
        let problem = |what| Problem {
            line,
            key: Some(key.clone()),
            what,
        };
        match value {
            None => return Err(problem("there is no value")),
            Some(value) if value.is_empty() => return Err(problem("the value is empty")),
            Some(value) => entries.push(Entry {
                line,
                would_expand: value.contains("${"),
                value: value.into(),
                key,
            }),
        }
    }
}

/// The line that python-dotenv refuses: `KEY="…"` with quotes inside.
fn quoted_in_quotes(line: &str, number: usize) -> Result<Binding, Problem> {
    let problem = |key: Option<&str>, what| Problem {
        line: number,
        key: key.map(str::to_owned),
        what,
    };
    let Some((key, value)) = line.split_once('=') else {
        return Err(problem(None, "it is not of the form KEY=VALUE"));
    };
    let key = key.trim_matches(is_space);
    let key = match key.strip_prefix("export") {
        Some(rest) if rest.starts_with(is_blank) => rest.trim_start_matches(is_blank),
        _ => key,
    };
    let shown = is_key(key).then_some(key);
    let value = value.trim_matches(is_space);
    match value.strip_prefix('"') {
        Some(rest) => match rest.strip_suffix('"') {
            Some(inner) if has_quote(inner) => Ok((key.to_owned(), Some(inner.to_owned()))),
            _ => Err(problem(
                shown,
                "a quote is not closed, or something follows it",
            )),
        },
        None => Err(problem(shown, "it is not of the form KEY=VALUE")),
    }
}

/// Whether there is a double quote that no backslash belongs to.
fn has_quote(text: &str) -> bool {
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        match character {
            '"' => return true,
            '\\' => drop(characters.next()),
            _ => {}
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret as _;

    use super::*;

    fn read(text: &str) -> Result<Vec<(String, String)>, Problem> {
        let entries = parse(text)?.into_iter();
        Ok(entries
            .map(|entry| (entry.key, entry.value.expose_secret().to_owned()))
            .collect())
    }

    #[test]
    fn every_row_of_the_contract_holds() {
        for (text, value) in [
            ("A=x", "x"),
            ("A = x ", "x"),
            ("export A=x", "x"),
            ("'A'=x", "x"),
            ("A=x # note", "x"),
            ("A=\"x\" # note", "x"),
            ("A=a#b", "a#b"),
            ("A=#note", "#note"),
            (r#"A="a\nb""#, "a\nb"),
            (
                r#"A="\\ \' \" \a\b\f\r\t\v \x""#,
                "\\ ' \" \u{7}\u{8}\u{c}\r\t\u{b} \\x",
            ),
            (r"A='a\nb\'\\'", r"a\nb'\"),
            (r"A=a\nb", r"a\nb"),
            ("A=it's", "it's"),
            ("A=`x`", "`x`"),
            ("A=\"one\ntwo\"", "one\ntwo"),
            ("A='one\r\ntwo'", "one\ntwo"),
            ("A=${B}", "${B}"),
            (r#"A="{"k": "v"}""#, r#"{"k": "v"}"#),
            ("export\tA =\u{1c}\"{\"k\": 1}\"", r#"{"k": 1}"#),
            ("\u{feff}A=x", "x"),
            ("# note\n\n  A=x\n", "x"),
            (r#"A="a\\""#, "a\\"),
        ] {
            assert_eq!(
                read(text),
                Ok(vec![("A".to_owned(), value.to_owned())]),
                "{text:?}"
            );
        }
    }

    #[test]
    fn what_makes_no_sense_is_told_with_its_line_and_never_its_value() {
        for (text, line, key) in [
            ("A=", 1, Some("A")),
            ("A= # s3cret", 1, Some("A")),
            ("B=x\nA=\"\"", 2, Some("A")),
            ("A", 1, Some("A")),
            ("A: s3cret", 1, None),
            ("\n\nA B=s3cret", 3, None),
            ("A=\"s3cret", 1, Some("A")),
            ("A='s3cret\\'", 1, Some("A")),
            (r#"A="s3cret\""#, 1, Some("A")),
            ("A='it's s3cret'", 1, Some("A")),
            ("A=\"s3cret\ns3cret\" more", 1, Some("A")),
        ] {
            match read(text) {
                Ok(entries) => assert!(entries.is_empty(), "{text:?}"),
                Err(problem) => {
                    assert_eq!(
                        (problem.line, problem.key.as_deref()),
                        (line, key),
                        "{text:?}"
                    );
                    assert!(!format!("{problem:?}").contains("s3cret"));
                }
            }
        }
    }

    #[test]
    fn what_python_would_expand_is_noticed() {
        let entries = parse("A=${B}\nC=$B").unwrap_or_default();
        let expands: Vec<bool> = entries.iter().map(|entry| entry.would_expand).collect();
        assert_eq!(expands, [true, false]);
    }
}
