//! The log, on stderr: only this program's own lines, since its libraries' could hold headers.

use std::fmt;
use std::sync::Arc;

use tracing::{Event, Level as Severity, Metadata, Subscriber, field};
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};
use tracing_subscriber::util::SubscriberInitExt as _;

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
    let own = Targets::new().with_target(env!("CARGO_CRATE_NAME"), level.0);
    let _ = tracing_subscriber::registry()
        .with(Lines(printer).with_filter(own))
        .try_init();
}

/// A line an event: the level and the message.
struct Lines(Arc<Printer>);

impl<S: Subscriber> Layer<S> for Lines {
    fn on_event(&self, event: &Event<'_>, _context: Context<'_, S>) {
        let mut message = Message(String::new());
        event.record(&mut message);
        let metadata: &Metadata<'_> = event.metadata();
        let note = match *metadata.level() {
            Severity::WARN => Note::Warning(message.0),
            level => Note::Plain(format!(
                "{}: {}",
                level.as_str().to_ascii_lowercase(),
                message.0
            )),
        };
        self.0.note(&note);
    }
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
}
