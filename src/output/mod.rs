//! What people and scripts see. Commands return reports; this turns them into text or JSON, and is
//! the only place that writes to stdout.

mod clean;
mod log;
mod report;
mod table;
mod talk;
mod time;

use std::cell::Cell;
use std::fmt::Write as _;
use std::io::{self, IsTerminal as _, Write as _};
use std::sync::Arc;

use anstream::{AutoStream, ColorChoice};
use anstyle::{AnsiColor, Style};
use clap::builder::StyledStr;
use serde_json::{Value, json};

pub use clean::clean;
pub use log::{Level, start_log};
pub use report::{Field, Note, Report, Row, Table, Tone, View};
pub use talk::{Progress, Talk};
pub use time::ago;

use crate::error::{Code, Error, Result};

const GOOD: Style = AnsiColor::Green.on_default().bold();
const BAD: Style = AnsiColor::Red.on_default().bold();
const WARNING: Style = AnsiColor::Yellow.on_default().bold();
const HINT: Style = AnsiColor::Cyan.on_default();
const ACTIVE: Style = AnsiColor::Green.on_default();
const LABEL: Style = Style::new().bold();
const FADED: Style = Style::new().dimmed();

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

impl Mode {
    /// The names there are.
    pub const NAMES: [&str; 3] = ["rich", "plain", "json"];

    /// The mode of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "rich" => Some(Self::Rich),
            "plain" => Some(Self::Plain),
            "json" => Some(Self::Json),
            _ => None,
        }
    }

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

/// The renderer.
#[derive(Debug)]
pub struct Output {
    mode: Mode,
    /// Whether stdout has failed to take something.
    broken: Cell<bool>,
    symbols: Symbols,
    talk: Arc<Talk>,
}

/// Marks that the locale can show.
#[derive(Clone, Copy, Debug)]
struct Symbols {
    done: &'static str,
}

impl Output {
    /// A renderer for `mode`. Where the locale is not Unicode (`unicode`), its marks are ASCII.
    #[must_use]
    pub fn new(mode: Mode, unicode: bool) -> Self {
        Self {
            mode,
            broken: Cell::new(false),
            symbols: Symbols {
                done: if unicode { "✓" } else { "*" },
            },
            talk: Arc::new(Talk::new(mode == Mode::Rich, unicode)),
        }
    }

    /// The mode.
    #[must_use]
    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// What is said beside the result, on stderr.
    #[must_use]
    pub fn talk(&self) -> &Arc<Talk> {
        &self.talk
    }

    /// Whether stdout has failed to take something.
    #[must_use]
    pub fn is_broken(&self) -> bool {
        self.broken.get()
    }

    /// Writes help to stdout, in colour where that is wanted.
    ///
    /// # Errors
    /// stdout cannot be written. A reader that has gone away is no error.
    pub fn help(&self, help: &StyledStr) -> Result<()> {
        self.write(&help.ansi().to_string(), true)
    }

    /// Writes a result to stdout and its notes to stderr.
    ///
    /// # Errors
    /// stdout cannot be written. A reader that has gone away is no error.
    pub fn report(&self, report: &dyn Report) -> Result<()> {
        self.write(
            &self.render(report, stdout_width()),
            self.mode == Mode::Rich,
        )?;
        for note in report.notes() {
            self.talk.note(&note);
        }
        if let Some(failure) = report.failure() {
            self.talk.error(failure);
        }
        Ok(())
    }

    /// A result as [`Output::report`] writes it, for a terminal of `width` columns.
    #[must_use]
    pub fn render(&self, report: &dyn Report, width: Option<usize>) -> String {
        match self.mode {
            Mode::Rich => self.rich(report.rich(), width),
            Mode::Plain => plain(report.plain()),
            Mode::Json => json_text(&with_failure(report.json(), report.failure())),
        }
    }

    /// Tells of a failure on stderr, and in JSON mode on stdout too.
    ///
    /// # Errors
    /// stdout cannot be written.
    pub fn error(&self, error: &Error) -> Result<()> {
        // A person who presses Ctrl-C knows.
        if error.code() != Code::Interrupted {
            self.talk.error(error);
        }
        self.error_value(error)
    }

    /// The one value of JSON mode for a failure of which stderr has been told.
    ///
    /// # Errors
    /// stdout cannot be written.
    pub fn error_value(&self, error: &Error) -> Result<()> {
        match self.mode {
            Mode::Json => self.write(&json_text(&json!({"error": error.to_json()})), false),
            Mode::Rich | Mode::Plain => Ok(()),
        }
    }

    fn write(&self, text: &str, coloured: bool) -> Result<()> {
        let stdout = io::stdout();
        let choice = if coloured {
            AutoStream::choice(&stdout)
        } else {
            ColorChoice::Never
        };
        let mut stream = AutoStream::new(stdout.lock(), choice);
        let written = stream
            .write_all(text.as_bytes())
            .and_then(|()| stream.flush());
        self.broken.set(written.is_err());
        match written {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                Err(Error::new(Code::OutputFailed, "cannot write the output").because(error))
            }
            _ => Ok(()),
        }
    }

    fn rich(&self, view: View, width: Option<usize>) -> String {
        match view {
            View::Done(text) => format!("{GOOD}{}{GOOD:#} {}\n", self.symbols.done, clean(&text)),
            View::Fields(fields) => rich_fields(&fields),
            View::Table(table) => table::rich(&table, width),
            View::Line(text) => format!("{}\n", clean(&text)),
            View::Text(text) => text,
        }
    }
}

fn rich_fields(fields: &[Field]) -> String {
    let widest = fields.iter().map(|field| field.label.len()).max();
    let mut text = String::new();
    for Field { label, value } in fields {
        let gap = " ".repeat(widest.unwrap_or_default() - label.len() + 2);
        let _ = writeln!(text, "{LABEL}{label}{LABEL:#}{gap}{}", clean(value));
    }
    text
}

fn plain(view: View) -> String {
    let line = |cells: Vec<String>| format!("{}\n", cells.join("\t"));
    match view {
        View::Done(text) | View::Line(text) => format!("{}\n", clean(&text)),
        View::Text(text) => text,
        View::Fields(fields) => fields
            .into_iter()
            .map(|field| line(vec![field.label.into(), clean(&field.value)]))
            .collect(),
        View::Table(table) => {
            let header = line(table.columns.iter().map(|&name| name.into()).collect());
            let rows = table
                .rows
                .iter()
                .map(|row| line(row.cells.iter().map(|cell| clean(cell)).collect()));
            std::iter::once(header).chain(rows).collect()
        }
    }
}

/// The one value where something failed after the result was there: both.
fn with_failure(mut result: Value, failure: Option<&Error>) -> Value {
    if let (Value::Object(result), Some(failure)) = (&mut result, failure) {
        result.insert("error".into(), failure.to_json());
    }
    result
}

/// JSON for people's eyes too: indented, and with nothing in it that a terminal would act on.
fn json_text(value: &Value) -> String {
    let text = format!("{value:#}\n");
    if !text.contains(|character| character != '\n' && clean::is_harmful(character)) {
        return text;
    }
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        if character != '\n' && clean::is_harmful(character) {
            // Such a character can stand in a string only, where this is the same character.
            let mut units = [0; 2];
            for unit in character.encode_utf16(&mut units) {
                let _ = write!(safe, "\\u{unit:04x}");
            }
        } else {
            safe.push(character);
        }
    }
    safe
}

/// Columns of the terminal that stdout is; none where it is not one.
fn stdout_width() -> Option<usize> {
    terminal_size::terminal_size_of(io::stdout()).map(|(width, _)| usize::from(width.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_stays_the_same_value_but_harmless() {
        let value = json!({"name": "a\u{202e}b\u{9b}c\u{1b}[2Jd\ne"});
        let text = json_text(&value);
        assert!(text.is_ascii());
        assert_eq!(serde_json::from_str::<Value>(&text).ok(), Some(value));
    }

    #[test]
    fn a_number_stays_the_same_to_the_last_bit() {
        // Read without `float_roundtrip`, this one is off by a bit.
        let value = serde_json::from_str::<Value>("5.55555555e+39").ok();
        let text = value.as_ref().map(json_text);
        assert_eq!(text.as_deref(), Some("5.55555555e+39\n"));
    }

    #[test]
    fn a_value_cannot_break_out_of_its_cell() {
        let view = View::Table(Table {
            columns: vec!["Name", "Key"],
            rows: vec![Row::new(["a\tb\nc\u{1b}[31m", "k"])],
        });
        assert_eq!(plain(view), "Name\tKey\na\\tb\\nc\\u{1b}[31m\tk\n");
    }
}
