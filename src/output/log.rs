//! The log, on stderr: only this program's own lines, since its libraries' could hold headers.

use std::fmt;
use std::sync::Arc;

use tracing::level_filters::LevelFilter;
use tracing::{Event, Level as Severity, Metadata, Subscriber, field, span};

use super::{Note, Printer};
use crate::settings::Choice;

/// Least severe level that is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogLevel(LevelFilter);

impl Default for LogLevel {
    fn default() -> Self {
        Self(LevelFilter::INFO)
    }
}

impl Choice for LogLevel {
    /// Those of the official CLI, in upper or lower case.
    const NAMES: &[&str] = &[
        "TRACE", "DEBUG", "INFO", "SUCCESS", "WARNING", "ERROR", "CRITICAL",
    ];

    fn named(name: &str) -> Option<Self> {
        Some(Self(match name.to_ascii_uppercase().as_str() {
            "TRACE" => LevelFilter::TRACE,
            "DEBUG" => LevelFilter::DEBUG,
            "INFO" | "SUCCESS" => LevelFilter::INFO,
            "WARNING" | "WARN" => LevelFilter::WARN,
            "ERROR" => LevelFilter::ERROR,
            "CRITICAL" => LevelFilter::OFF,
            _ => return None,
        }))
    }
}

/// Starts the log. Only the first call of a process counts.
pub fn start_log(level: LogLevel, printer: Arc<Printer>) {
    let lines = Lines {
        level: level.0,
        printer,
    };
    let _ = tracing::subscriber::set_global_default(lines);
}

/// A line an event: the level and the message.
struct Lines {
    level: LevelFilter,
    printer: Arc<Printer>,
}

impl Subscriber for Lines {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.is_event()
            && *metadata.level() <= self.level
            && metadata.target().starts_with(env!("CARGO_CRATE_NAME"))
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(self.level)
    }

    fn event(&self, event: &Event<'_>) {
        let mut message = Message(String::new());
        event.record(&mut message);
        let note = match *event.metadata().level() {
            Severity::WARN => Note::Warning(message.0),
            level => Note::Plain(format!(
                "{}: {}",
                level.as_str().to_ascii_lowercase(),
                message.0
            )),
        };
        self.printer.note(&note);
    }

    // No span is enabled, so that none comes here; the trait asks for an answer all the same.
    fn new_span(&self, _span: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }

    fn record(&self, _span: &span::Id, _values: &span::Record<'_>) {}

    fn record_follows_from(&self, _span: &span::Id, _follows: &span::Id) {}

    fn enter(&self, _span: &span::Id) {}

    fn exit(&self, _span: &span::Id) {}
}

struct Message(String);

impl field::Visit for Message {
    fn record_debug(&mut self, field: &field::Field, value: &dyn fmt::Debug) {
        use fmt::Write as _;
        if field.name() == "message" {
            let _ = write!(self.0, "{value:?}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_listed_level_has_a_meaning() {
        for name in LogLevel::NAMES {
            assert!(LogLevel::named(name).is_some(), "{name}");
            assert_eq!(LogLevel::named(&name.to_lowercase()), LogLevel::named(name));
        }
        assert_eq!(LogLevel::named("LOUD"), None);
    }

    #[test]
    fn what_libraries_say_is_not_written_at_any_level() {
        for (level, debug) in [(LevelFilter::TRACE, true), (LevelFilter::INFO, false)] {
            let printer = Arc::new(Printer::new(false, false, super::super::Hints::default()));
            tracing::subscriber::with_default(Lines { level, printer }, || {
                assert!(tracing::event_enabled!(Severity::INFO));
                assert_eq!(tracing::event_enabled!(Severity::DEBUG), debug);
                assert!(!tracing::event_enabled!(target: "h2", Severity::ERROR));
                assert!(!tracing::span_enabled!(Severity::ERROR));
            });
        }
    }
}
