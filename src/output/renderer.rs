//! Turns reports, events and errors into what stdout and stderr get.

use std::cell::Cell;
use std::io::{self, Write as _};
use std::sync::Arc;

use clap::builder::StyledStr;
use serde_json::{Value, json};

use super::fields::rich_fields;
use super::json::{harmless_json, json_line, json_text};
use super::plain::{joined, plain};
use super::style::{FADED, GOOD};
use super::symbols::Symbols;
use super::table::{self, Fitted};
use super::terminal::{cannot_write, is_abandoned, reader_gone, stderr_width, stdout_width, write};
use super::{
    Event, Frame, Hints, Mode, Printer, Report, View, Workflow, clean, command_lines, wrap,
};
use crate::error::{Code, Error, Result};

/// The renderer.
#[derive(Debug)]
pub struct Renderer {
    mode: Mode,
    /// Whether stdout has failed to take something.
    broken: Cell<bool>,
    /// Whether stdout is made of events, of which each JSON value takes one line.
    has_events: Cell<bool>,
    unicode: bool,
    symbols: Symbols,
    printer: Arc<Printer>,
}

impl Renderer {
    /// A renderer for `mode`. Where the locale is not Unicode (`unicode`), its marks are ASCII.
    #[must_use]
    pub fn new(mode: Mode, unicode: bool) -> Self {
        Self {
            mode,
            broken: Cell::new(false),
            has_events: Cell::new(false),
            unicode,
            symbols: if unicode {
                Symbols::UNICODE
            } else {
                Symbols::ASCII
            },
            printer: Arc::new(Printer::new(mode == Mode::Rich, unicode, Hints::default())),
        }
    }

    /// The same renderer, whose command lines can be copied as `hints` says.
    #[must_use]
    pub fn with_hints(self, hints: Hints) -> Self {
        let printer = Printer::new(self.mode == Mode::Rich, self.unicode, hints);
        Self {
            printer: Arc::new(printer),
            ..self
        }
    }

    /// The same renderer, which speaks to the runner of a workflow as well.
    #[must_use]
    pub fn in_workflow(self, workflow: Option<Workflow>) -> Self {
        let hints = self.printer.hints().clone();
        let printer = Printer::new(self.mode == Mode::Rich, self.unicode, hints);
        Self {
            printer: Arc::new(printer.in_workflow(workflow)),
            ..self
        }
    }

    /// The mode.
    #[must_use]
    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// What is said beside the result, on stderr.
    #[must_use]
    pub fn printer(&self) -> &Arc<Printer> {
        &self.printer
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
        let is_rich = self.mode == Mode::Rich;
        if let Some(title) = report.title() {
            self.title(&title);
        }
        if is_rich && let Some(done) = report.done() {
            self.printer
                .say(self.done(&done, stderr_width()).trim_end());
        }
        let Fitted { text, left_out } = self.fitted(report, stdout_width());
        self.write(&text, is_rich)?;
        if !left_out.is_empty() {
            let columns = left_out.join(", ");
            self.printer
                .aside(&format!("hidden to fit the terminal: {columns}"));
        }
        for note in report.notes() {
            self.printer.note(&note);
        }
        if let Some(failure) = report.failure() {
            self.printer.error(failure);
        }
        Ok(())
    }

    /// Says to people what the result that follows is about.
    pub fn title(&self, title: &str) {
        if self.mode == Mode::Rich {
            self.printer.aside(title);
        }
    }

    /// A result as [`Renderer::report`] writes it, for a terminal of `width` columns.
    #[must_use]
    pub fn render(&self, report: &dyn Report, width: Option<usize>) -> String {
        self.fitted(report, width).text
    }

    /// The same, with the names of the columns that had no room.
    fn fitted(&self, report: &dyn Report, width: Option<usize>) -> Fitted {
        let text = match (self.mode, report.plain()) {
            (_, View::Text(text)) => text,
            (Mode::Rich, _) => return self.rich(report.rich(), width),
            (Mode::Plain, view) => plain(view),
            (Mode::Json, _) => {
                let value = self.with_failure(report.json(), report.failure());
                if self.has_events.get() {
                    json_line(&value) + "\n"
                } else {
                    json_text(&value)
                }
            }
        };
        Fitted::from(text)
    }

    /// Tells of a failure on stderr, and in JSON mode on stdout too.
    ///
    /// # Errors
    /// stdout cannot be written.
    pub fn error(&self, error: &Error) -> Result<()> {
        match error.code() {
            // A person who presses Ctrl-C knows, and of a reader that has gone nobody asks.
            Code::Interrupted => {}
            Code::ReaderGone => return Ok(()),
            _ => self.printer.error(error),
        }
        self.error_value(error)
    }

    /// The one value of JSON mode for a failure of which stderr has been told.
    ///
    /// # Errors
    /// stdout cannot be written.
    pub fn error_value(&self, error: &Error) -> Result<()> {
        match self.mode {
            Mode::Json => {
                let value = json!({"error": self.error_object(error)});
                let text = if self.has_events.get() {
                    json_line(&value) + "\n"
                } else {
                    json_text(&value)
                };
                self.write(&text, false)
            }
            Mode::Rich | Mode::Plain => Ok(()),
        }
    }

    /// Writes events to stdout, a line each, on a thread of their own: a reader that takes its time
    /// holds up nothing but them.
    ///
    /// # Errors
    /// stdout cannot be written; [`Code::ReaderGone`] where its reader has gone away, so that nobody
    /// goes on for nobody.
    pub async fn events<E: Event>(&self, events: &[E]) -> Result<()> {
        self.has_events.set(true);
        if events.is_empty() {
            return Ok(());
        }
        let text: String = events.iter().map(|event| self.event_line(event)).collect();
        let coloured = self.mode == Mode::Rich;
        let written = tokio::task::spawn_blocking(move || write(&text, coloured)).await;
        let written = written.unwrap_or_else(|error| Err(io::Error::other(error)));
        self.broken.set(written.is_err());
        written.map_err(|error| match error.kind() {
            io::ErrorKind::BrokenPipe => reader_gone(),
            _ => cannot_write(error),
        })
    }

    /// Draws a report in the place of what was drawn there before, with a faint line below it.
    ///
    /// # Errors
    /// stdout cannot be written.
    pub async fn redraw(&self, frame: &mut Frame, report: &dyn Report, below: &str) -> Result<()> {
        let size = terminal_size::terminal_size_of(io::stdout());
        let size = size.map(|(width, height)| (usize::from(width.0), usize::from(height.0)));
        let Fitted { text, .. } = self.rich(report.rich(), size.map(|(width, _)| width));
        let below = match below {
            "" => String::new(),
            below => format!("{FADED}{}{FADED:#}\n", clean(below)),
        };
        let text = frame.drawing(&text, &below, size);
        let written = tokio::task::spawn_blocking(move || {
            let mut stdout = io::stdout().lock();
            stdout.write_all(text.as_bytes())?;
            stdout.flush()
        });
        let written = written
            .await
            .unwrap_or_else(|error| Err(io::Error::other(error)));
        self.broken.set(written.is_err());
        written.map_err(cannot_write)
    }

    /// Fails if nobody reads stdout any more: nobody may find out for long by writing to it.
    ///
    /// # Errors
    /// [`Code::ReaderGone`].
    pub fn check_reader(&self) -> Result<()> {
        if is_abandoned(&io::stdout()) {
            return Err(reader_gone());
        }
        Ok(())
    }

    /// An event as [`Renderer::events`] writes it.
    #[must_use]
    pub fn event_line(&self, event: &impl Event) -> String {
        match self.mode {
            Mode::Rich => format!("{}\n", event.rich()),
            Mode::Plain => format!("{}\n", event.plain()),
            Mode::Json => format!("{}\n", json_line(&event.json())),
        }
    }

    /// The one value where something failed after the result was there: both.
    fn with_failure(&self, mut result: Value, failure: Option<&Error>) -> Value {
        if let (Value::Object(result), Some(failure)) = (&mut result, failure) {
            let mut object = self.error_object(failure);
            // What came before has been done: the same line would do it once more.
            object["retryable"] = false.into();
            result.insert("error".into(), object);
        }
        result
    }

    /// The object of an error, with what to do next, for people and for programs. What the service
    /// says under these names is left alone.
    fn error_object(&self, error: &Error) -> Value {
        let mut object = error.to_json();
        let hints = self.printer.hints().complete(&error.hints().join("\n"));
        let mut tell = |name: &str, value: Value| {
            object.entry(name).or_insert(value);
        };
        let next = command_lines(&hints);
        if !hints.is_empty() {
            tell("hint", hints.into());
        }
        tell("next", next.into());
        tell("retryable", error.is_retryable().into());
        Value::Object(object)
    }

    fn write(&self, text: &str, coloured: bool) -> Result<()> {
        let written = write(text, coloured);
        self.broken.set(written.is_err());
        match written {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(cannot_write(error)),
            _ => Ok(()),
        }
    }

    pub(super) fn rich(&self, view: View, width: Option<usize>) -> Fitted {
        let text = match view {
            View::Done(text) => self.done(&text, width),
            View::Fields(fields) | View::Labelled(fields) => rich_fields(&fields, self.symbols),
            View::Table(table) => return table::rich(&table, width, self.symbols),
            View::Line(text) => format!("{}\n", clean(&text)),
            View::Lines(lines) => joined(&lines),
            View::Raw(text) => harmless_json(text),
            View::Several(views) => {
                let all = views.into_iter().map(|view| self.rich(view, width));
                let (texts, left_out): (Vec<_>, Vec<_>) =
                    all.map(|fitted| (fitted.text, fitted.left_out)).unzip();
                return Fitted {
                    text: texts.join("\n"),
                    left_out: left_out.concat(),
                };
            }
            View::Text(text) => text,
        };
        Fitted::from(text)
    }

    fn done(&self, text: &str, width: Option<usize>) -> String {
        let text = format!("{GOOD}{}{GOOD:#} {}", self.symbols.done, clean(text));
        wrap::prose(text, width) + "\n"
    }
}
