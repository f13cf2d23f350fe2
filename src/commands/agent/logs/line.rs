//! How an entry is shown.

use std::fmt::Write as _;

use anstyle::{Ansi256Color, AnsiColor, Style};
use serde_json::{Map, Value};

use super::level::Level;
use super::pages::Entry;
use super::text::shown_lines;
use super::time::WIDTH;
use crate::output::{Clock, Event, clean, json_line};

const FAINT: Style = Style::new().dimmed();

/// An orange that stands out on black and on white: the usual yellow is hardly seen on white.
const ORANGE: Style = Style::new().fg_color(Some(anstyle::Color::Ansi256(Ansi256Color(130))));

/// The form of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    /// The time and the text.
    Text,
    /// A JSON object.
    Json,
}

/// An entry that is shown.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) entry: Entry,
    pub(super) level: Level,
    pub(super) format: Format,
    pub(super) clock: Clock,
}

impl Line {
    /// Whether there is anything to show.
    pub(super) fn has_text(&self) -> bool {
        self.entry.value.text.is_some()
    }

    fn shown_time(&self) -> String {
        match &self.entry.value.timestamp {
            Some(time) => clean(&self.clock.show(time)),
            None => "N/A".to_owned(),
        }
    }

    /// The time and the text, whose further lines stand below the first, so that none of them passes
    /// for an entry of its own.
    fn text(&self, of_time: Style, of_text: Style) -> String {
        let text = self.entry.value.text.as_deref().unwrap_or_default();
        let mut shown = format!("{of_time}{:<WIDTH$}{of_time:#}", self.shown_time());
        for (number, line) in shown_lines(text).enumerate() {
            if number > 0 {
                let _ = write!(shown, "\n{:WIDTH$}", "");
            }
            let _ = write!(shown, " {of_text}{line}{of_text:#}");
        }
        shown
    }
}

/// The colour of a level.
const fn style(level: Level) -> Style {
    match level {
        Level::Trace | Level::Debug => FAINT,
        Level::Info => Style::new(),
        Level::Warning => ORANGE,
        Level::Error => AnsiColor::Red.on_default(),
        Level::Critical => AnsiColor::Red.on_default().bold(),
    }
}

impl Event for Line {
    fn rich(&self) -> String {
        match self.format {
            Format::Text => self.text(FAINT, style(self.level)),
            Format::Json => json_line(&self.json()),
        }
    }

    fn plain(&self) -> String {
        match self.format {
            Format::Text => self.text(Style::new(), Style::new()),
            Format::Json => json_line(&self.json()),
        }
    }

    /// What was sent, with the level.
    fn json(&self) -> Value {
        let raw = &self.entry.raw;
        let field = |name: &str| raw.get(name).cloned().unwrap_or_default();
        let text = if raw.is_object() {
            field("log")
        } else {
            raw.clone()
        };
        let mut line = Map::new();
        line.insert("timestamp".to_owned(), field("timestamp"));
        line.insert("log".to_owned(), text);
        line.insert("level".to_owned(), self.level.name().into());
        for (name, value) in raw.as_object().into_iter().flatten() {
            line.insert(name.clone(), value.clone());
        }
        Value::Object(line)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::super::filter::Filter;
    use super::super::model;
    use super::*;
    use crate::commands::odd::config;

    fn line(raw: Value, level: Level) -> Line {
        Line {
            entry: model::sent(raw),
            level,
            format: Format::Text,
            clock: Clock::Utc,
        }
    }

    #[test]
    fn a_line_is_the_time_and_the_text() {
        for (raw, shown) in [
            (
                json!({"timestamp": "2026-02-01T09:00:12.999Z", "log": "a\tb"}),
                "2026-02-01 09:00:12 a\tb",
            ),
            (
                json!({"timestamp": "2026-02-01T09:00:12Z", "log": "two\nlines\n"}),
                "2026-02-01 09:00:12 two\n                    lines",
            ),
            (json!({"log": "no time"}), "N/A                 no time"),
            (json!({"timestamp": 5, "log": 7}), "5                   7"),
            (
                json!({"timestamp": "a\nb", "log": {"k": 1}}),
                "a\\nb                {\"k\":1}",
            ),
            (json!("bare"), "N/A                 bare"),
        ] {
            assert_eq!(line(raw.clone(), Level::Info).plain(), shown, "{raw}");
        }
    }

    #[test]
    fn colour_goes_by_the_level_and_the_time_is_faint() {
        let raw = json!({"timestamp": "2026-02-01T09:00:12Z", "log": "\u{1b}[32mx\u{1b}[0m"});
        let rich = |level| line(raw.clone(), level).rich();
        assert_eq!(rich(Level::Info), "\u{1b}[2m2026-02-01 09:00:12\u{1b}[0m x");
        for (level, colour) in [
            (Level::Debug, "\u{1b}[2m"),
            (Level::Warning, "\u{1b}[38;5;130m"),
            (Level::Error, "\u{1b}[31m"),
            (Level::Critical, "\u{1b}[1m\u{1b}[31m"),
        ] {
            assert!(
                rich(level).ends_with(&format!("{colour}x\u{1b}[0m")),
                "{:?}",
                rich(level)
            );
        }
    }

    /// Whatever may stand where a text is expected.
    fn anything() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<String>().prop_map(Value::from),
            Just(json!("2026-02-01T09:00:12.5+05:30")),
        ];
        leaf.prop_recursive(3, 8, 4, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                proptest::collection::vec((any::<String>(), inner), 0..4)
                    .prop_map(|fields| Value::Object(fields.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #![proptest_config(config())]

        #[test]
        fn an_entry_is_shown_whatever_its_fields_are_and_lack(
            fields in [proptest::option::of(anything()), proptest::option::of(anything()),
                proptest::option::of(anything()), proptest::option::of(anything())],
            other in proptest::option::of(anything()),
        ) {
            let names = ["timestamp", "log", "sessionId", "deploymentId"];
            let sent = names.into_iter().zip(fields).filter_map(|(name, value)| Some((name, value?)));
            let sent: Map<String, Value> =
                sent.map(|(name, value)| (name.to_owned(), value)).collect();
            let raw = other.unwrap_or(Value::Object(sent));
            let text = line(raw.clone(), Level::Info);
            prop_assert!(text.plain().len() >= WIDTH || !text.has_text());
            let json = Line { format: Format::Json, ..text };
            let (one_line, value) = (json.plain(), json.json());
            prop_assert_eq!(one_line.lines().count(), 1);
            prop_assert_eq!(serde_json::from_str::<Value>(&one_line).ok(), Some(value.clone()));
            for (name, field) in raw.as_object().into_iter().flatten() {
                prop_assert_eq!(&value[name], field);
            }
            Filter::default().select(&[json.entry], true, 1);
        }
    }

    #[test]
    fn json_has_all_that_was_sent_and_the_level() {
        let raw = json!({"sessionId": "s", "log": "x\u{1b}[2J", "timestamp": "t", "more": [1]});
        let line = Line {
            format: Format::Json,
            ..line(raw, Level::Error)
        };
        assert_eq!(
            line.plain(),
            r#"{"timestamp":"t","log":"x\u001b[2J","level":"ERROR","sessionId":"s","more":[1]}"#
        );
        assert_eq!(line.plain(), line.rich());
        let bare = super::tests::line(json!("bare"), Level::Info);
        assert_eq!(
            bare.json(),
            json!({"timestamp": null, "log": "bare", "level": "INFO"})
        );
    }
}
