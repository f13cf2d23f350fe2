//! How serious an entry of a log is, by where it says so itself.

use std::collections::HashMap;

use serde_json::Value;

use super::text::without_escapes;
use crate::api::LogEntry;

/// How serious an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Level {
    Trace,
    Debug,
    Info,
    Warning,
    Error,
    Critical,
}

/// So many words in, a level still stands at the beginning of an entry.
const FIRST_WORDS: usize = 5;

impl Level {
    /// The level's name.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Trace => "TRACE",
            Self::Debug => "DEBUG",
            Self::Info => "INFO",
            Self::Warning => "WARNING",
            Self::Error => "ERROR",
            Self::Critical => "CRITICAL",
        }
    }

    /// The level that programs call so, in capitals. Some have names of their own for one.
    pub(super) fn called(name: &str) -> Option<Self> {
        Some(match name {
            "TRACE" => Self::Trace,
            "DEBUG" => Self::Debug,
            "INFO" | "NOTICE" | "SUCCESS" => Self::Info,
            "WARNING" | "WARN" => Self::Warning,
            "ERROR" => Self::Error,
            "CRITICAL" | "FATAL" => Self::Critical,
            _ => return None,
        })
    }

    /// The level that a text states itself: not any word in it counts, only one that stands where
    /// loggers put a level.
    pub(super) fn stated(text: &str) -> Option<Self> {
        let text = without_escapes(text);
        let text = text.trim_start();
        // JSON first: what looks like a field or a prefix inside it is somebody's text.
        of_json(text)
            .or_else(|| of_field(text))
            .or_else(|| of_prefix(text))
            .or_else(|| of_words(text))
    }
}

/// `time | LEVEL | place - text`, as loguru writes.
fn of_field(text: &str) -> Option<Level> {
    let mut fields = text.lines().next()?.splitn(3, '|');
    let (_time, level, _rest) = (fields.next()?, fields.next()?, fields.next()?);
    Level::called(level.trim())
}

/// `LEVEL:` at the start, as the standard library of Python writes.
fn of_prefix(text: &str) -> Option<Level> {
    Level::called(text.split_once(':')?.0)
}

/// `level` or `severity` of a JSON object, in any case of letters.
fn of_json(text: &str) -> Option<Level> {
    if !text.starts_with('{') {
        return None;
    }
    let object: Value = serde_json::from_str(text).ok()?;
    let mut names = ["level", "severity"].iter();
    names.find_map(|name| Level::called(&object.get(*name)?.as_str()?.to_ascii_uppercase()))
}

/// A level in capitals as a word of its own among the first ones: `[ERROR] …`.
fn of_words(text: &str) -> Option<Level> {
    let is_bracket = |end: char| !end.is_alphanumeric();
    let words = text.split_whitespace();
    // A dash or a bar between two words is none.
    let words = words
        .map(|word| word.trim_matches(is_bracket))
        .filter(|word| !word.is_empty());
    words.take(FIRST_WORDS).find_map(Level::called)
}

/// So many sessions are remembered at least, by the level of their last entries.
const SESSIONS: usize = 512;

/// The levels of entries as they come, oldest first: one that states none has that of the entry
/// before it, of the same session where that is known. So a traceback belongs to its error.
#[derive(Clone, Debug, Default)]
pub(super) struct Levels {
    last: Option<Level>,
    /// By session, those seen lately and those before them: it stays small however many there are.
    lately: HashMap<String, Option<Level>>,
    before: HashMap<String, Option<Level>>,
}

impl Levels {
    /// The level of the next entry; nothing where neither it nor one before it states any.
    pub(super) fn next(&mut self, entry: &LogEntry) -> Option<Level> {
        let stated = entry.text.as_deref().and_then(Level::stated);
        let level = stated.or_else(|| match &entry.session {
            None => self.last,
            Some(session) => {
                let known = self.lately.get(session);
                *known.or_else(|| self.before.get(session))?
            }
        });
        self.learn(entry, level);
        level
    }

    /// Takes in an entry whose level has been found already.
    pub(super) fn learn(&mut self, entry: &LogEntry, level: Option<Level>) {
        self.last = level;
        let Some(session) = &entry.session else {
            return;
        };
        if self.lately.len() >= SESSIONS && !self.lately.contains_key(session) {
            self.before = std::mem::take(&mut self.lately);
        }
        self.lately.insert(session.clone(), level);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_counts_by_where_it_stands() {
        use Level::{Critical, Debug, Error, Info, Trace, Warning};
        for (text, level) in [
            // The field of loguru's lines, whatever the text speaks of.
            (
                "2026-02-01 09:00:12.500 | DEBUG    | stt:run:31 - ERROR rate is 0",
                Some(Debug),
            ),
            (
                "2026-02-01 09:00:12.500 | ERROR    | a:b:1 - while debugging: DEBUG",
                Some(Error),
            ),
            (
                "2026-02-01 09:00:12.004 | INFO     | bot:main:88 - no information",
                Some(Info),
            ),
            (
                "2026-02-01 09:00:12.004 | TRACE    | bot:main:88 - x",
                Some(Trace),
            ),
            (
                "2026-02-01 09:00:12.004 | SUCCESS  | bot:main:88 - x",
                Some(Info),
            ),
            (
                "2026-02-01 09:00:12.004 | AUDIT    | a:b:1 - an ERROR",
                None,
            ),
            (
                "\u{1b}[32m2026-02-01\u{1b}[0m | \u{1b}[31m\u{1b}[1mCRITICAL\u{1b}[0m | a - b",
                Some(Critical),
            ),
            // At the start, as the standard library has it.
            (
                "WARNING:asyncio:Executing <Task pending> took 0.213 seconds",
                Some(Warning),
            ),
            ("ERROR:root:DEBUG is off", Some(Error)),
            (
                "INFO:     127.0.0.1:5000 - \"GET / HTTP/1.1\" 200 OK",
                Some(Info),
            ),
            ("TimeoutError: no answer", None),
            ("error: in small letters it may be anything", None),
            // JSON, in any case of letters.
            (
                "{\"level\": \"warning\", \"message\": \"ERROR\"}",
                Some(Warning),
            ),
            ("{\"severity\": \"Error\", \"level\": 50}", Some(Error)),
            ("{\"level\": \"fatal\"}", Some(Critical)),
            (
                "{\"level\": \"info\", \"message\": \"a | ERROR | b\"}",
                Some(Info),
            ),
            ("{\"event\": \"call\", \"ms\": 3}", None),
            ("{\"level\": \"war", None),
            ("[{\"level\": \"warning\"}]", None),
            // A word of its own, near the start.
            ("[ERROR] no answer", Some(Error)),
            ("2026-02-01 09:00:12,004 - bot - WARN - slow", Some(Warning)),
            ("DEBUG    | stt:run:31 - Transcribed", Some(Debug)),
            ("<CRITICAL>", Some(Critical)),
            ("one two three four ERROR", Some(Error)),
            ("one two three four five ERROR", None),
            ("ERRORS are many", None),
            ("NO_ERROR", None),
            ("DEBUGGING the INFORMATION", None),
            ("Information: an error", None),
            ("Traceback (most recent call last):", None),
            ("  File \"/app/tools.py\", line 140, in book", None),
            ("", None),
            ("\u{1b}[31m", None),
        ] {
            assert_eq!(Level::stated(text), level, "{text}");
        }
    }

    fn entry(session: Option<&str>, text: &str) -> LogEntry {
        LogEntry {
            text: Some(text.to_owned()),
            session: session.map(str::to_owned),
            ..LogEntry::default()
        }
    }

    #[test]
    fn an_entry_without_a_level_has_that_of_the_entry_before_it_in_its_session() {
        use Level::{Error, Info, Warning};
        let (a, b) = (Some("a"), Some("b"));
        let mut levels = Levels::default();
        for (session, text, level) in [
            (None, "starts", None),
            (a, "ERROR: booking failed", Some(Error)),
            (a, "Traceback (most recent call last):", Some(Error)),
            (b, "INFO: welcome", Some(Info)),
            (a, "  File \"/app/tools.py\"", Some(Error)),
            (Some("c"), "first of its session", None),
            (b, "said", Some(Info)),
            (None, "of nobody: as the one before it", Some(Info)),
            (a, "WARNING: again", Some(Warning)),
            (None, "of nobody", Some(Warning)),
            (b, "said", Some(Info)),
        ] {
            assert_eq!(levels.next(&entry(session, text)), level, "{text}");
        }
    }

    #[test]
    fn however_many_sessions_there_are_few_are_remembered_and_the_latest_among_them() {
        let mut levels = Levels::default();
        for n in 0..20 * SESSIONS {
            let session = n.to_string();
            levels.next(&entry(Some(&session), "ERROR: x"));
            assert!(levels.lately.len() + levels.before.len() <= 2 * SESSIONS);
        }
        for back in 1..=SESSIONS {
            let session = (20 * SESSIONS - back).to_string();
            assert_eq!(levels.next(&entry(Some(&session), "x")), Some(Level::Error));
        }
    }
}
