//! What people and scripts see. Commands return reports; this turns them into text or JSON, and is
//! the only place that writes to stdout.

mod clean;
mod event;
mod fields;
mod frame;
mod hints;
mod json;
mod log;
mod pen;
mod plain;
mod printer;
mod renderer;
mod report;
pub mod style;
mod symbols;
mod table;
mod terminal;
mod time;
mod transfer;
mod workflow;
mod wrap;

use std::io::{self, IsTerminal as _};

pub use clean::{REDACTED, clean, is_harmful, masked};
pub use event::Event;
pub use frame::Frame;
pub use hints::{Hints, command_lines, quoted, shell_word};
pub use json::json_line;
pub use log::{LogLevel, start_log};
pub use printer::{Printer, Progress};
pub use renderer::Renderer;
pub use report::{Column, Field, Note, Report, Row, Table, Text, Tone, View};
pub use time::{Clock, ago, day, instant, moment, until};
pub use transfer::Transfer;
pub use workflow::Workflow;
pub use wrap::wrapped;

use crate::settings::Choice;

/// How results are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// For people: colour, tables, progress.
    Rich,
    /// For `cut` and `grep`: a line each, tab-separated, whole values.
    Plain,
    /// For programs: one JSON value on stdout, whatever happens.
    Json,
}

impl Choice for Mode {
    const NAMES: &[&str] = &["rich", "plain", "json"];

    fn named(name: &str) -> Option<Self> {
        match name {
            "rich" => Some(Self::Rich),
            "plain" => Some(Self::Plain),
            "json" => Some(Self::Json),
            _ => None,
        }
    }
}

impl Mode {
    /// The mode where nobody has chosen: rich on a terminal, plain otherwise.
    #[must_use]
    pub fn of_stdout() -> Self {
        if io::stdout().is_terminal() {
            Self::Rich
        } else {
            Self::Plain
        }
    }
}

#[cfg(test)]
mod tests;
