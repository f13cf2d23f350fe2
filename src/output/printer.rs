//! What is said on stderr: progress, remarks, warnings, errors.

use std::io::{self, IsTerminal as _, Write as _};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anstream::AutoStream;
use indicatif::{ProgressBar, ProgressStyle};

use super::style::{BAD, FADED, HINT, WARNING};
use super::terminal::stderr_width;
use super::{Hints, Note, Transfer, Workflow, clean, pen, transfer, workflow, wrap};
use crate::error::{Code, Error};
use crate::text::Place;

/// A command that is done sooner shows no spinner, only its result.
const SPINNER_TICK: Duration = Duration::from_millis(90);

/// stderr, shared by all who speak, so that no line is written into a spinner's.
#[derive(Debug)]
pub struct Printer {
    lively: bool,
    unicode: bool,
    hints: Hints,
    /// The workflow whose runner reads along.
    workflow: Option<Workflow>,
    spinner: Mutex<Option<ProgressBar>>,
}

impl Printer {
    pub(super) fn new(rich: bool, unicode: bool, hints: Hints) -> Self {
        Self {
            lively: rich && pen::can_draw(),
            unicode,
            hints,
            workflow: None,
            spinner: Mutex::new(None),
        }
    }

    /// The same, with errors and warnings told to the runner of a workflow too.
    pub(super) fn in_workflow(self, workflow: Option<Workflow>) -> Self {
        Self { workflow, ..self }
    }

    /// What makes command lines whole.
    pub(super) fn hints(&self) -> &Hints {
        &self.hints
    }

    /// Says a line as it is; to the runner of a workflow it is text, whatever it looks like.
    pub fn say(&self, line: &str) {
        if self.workflow.is_some() {
            self.write(&workflow::harmless(line));
        } else {
            self.write(line);
        }
    }

    /// Says a sentence, broken between words where the terminal ends. The log of a workflow has no
    /// end, and the beginning of a line means something there.
    fn tell(&self, text: String) {
        let columns = stderr_width().filter(|_| self.workflow.is_none());
        self.say(&wrap::prose(text, columns));
    }

    /// Says another program's line: it breaks where the terminal breaks it.
    pub fn line(&self, line: &str) {
        self.say(&clean(line));
    }

    /// Puts a text on the page of the job, if there is one.
    fn annotate(&self, level: &str, text: &str, place: Option<(&Path, Option<Place>)>) {
        if let Some(workflow) = &self.workflow {
            self.write(&workflow.command(level, text, place));
        }
    }

    /// Passes on what another program says, to the byte.
    pub fn pass_on(&self, bytes: &[u8]) {
        let mut stderr = io::stderr().lock();
        // Nobody can be told that telling does not work.
        let _ = stderr.write_all(bytes).and_then(|()| stderr.flush());
    }

    fn write(&self, line: &str) {
        let spinner = self.spinner.lock().unwrap_or_else(PoisonError::into_inner);
        let write = || {
            let mut stderr = AutoStream::auto(io::stderr().lock());
            // Nobody can be told that telling does not work.
            let _ = writeln!(stderr, "{line}");
        };
        match &*spinner {
            Some(spinner) => spinner.suspend(write),
            None => write(),
        }
    }

    /// Says what stands beside a result, and matters less.
    pub(super) fn aside(&self, text: &str) {
        self.tell(format!("{FADED}{}{FADED:#}", clean(text)));
    }

    /// Makes a remark.
    pub fn note(&self, note: &Note) {
        let whole = |text: &str| clean(&self.hints.complete(text));
        match note {
            Note::Warning(text) => self.warn(&whole(text), None),
            Note::WarningIn(file, place, text) => self.warn(&whole(text), Some((file, *place))),
            Note::Hint(text) => self.tell(format!("{HINT}hint:{HINT:#} {}", whole(text))),
            Note::Plain(text) => self.tell(whole(text)),
        }
    }

    fn warn(&self, text: &str, place: Option<(&Path, Option<Place>)>) {
        self.tell(format!("{WARNING}warning:{WARNING:#} {text}"));
        self.annotate("warning", text, place);
    }

    /// Tells of a failure. Who says no has not made a mistake.
    pub fn error(&self, error: &Error) {
        let text = clean(&error.to_string());
        if error.code() == Code::Declined {
            self.tell(text);
        } else {
            self.tell(format!("{BAD}error:{BAD:#} {text}"));
            self.annotate("error", &self.with_hints(&text, error), error.place());
        }
        for hint in error.hints() {
            self.note(&Note::Hint(hint.clone()));
        }
        for other in error.others() {
            self.error(other);
        }
    }

    /// An error's sentence and its hints, a line each.
    fn with_hints(&self, text: &str, error: &Error) -> String {
        let mut all = text.to_owned();
        for hint in error.hints() {
            all.push_str("\nhint: ");
            all.push_str(&clean(&self.hints.complete(hint)));
        }
        all
    }

    /// Shows that something is under way, on a terminal, until the guard is dropped.
    #[must_use]
    pub fn progress(self: &Arc<Self>, message: &str) -> Progress {
        if self.lively {
            let ticks = if self.unicode {
                "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏ "
            } else {
                "-\\|/ "
            };
            let style = ProgressStyle::with_template("{spinner} {wide_msg}")
                .unwrap_or_else(|_| ProgressStyle::default_spinner());
            self.draw(message, None, style.tick_chars(ticks));
        }
        Progress(Arc::clone(self))
    }

    /// Shows how far a transfer of `total` bytes has come, until the guard is dropped.
    #[must_use]
    pub fn transfer(self: &Arc<Self>, what: &str, total: u64) -> Transfer {
        if self.lively {
            let style = transfer::style(self.unicode, stderr_width().unwrap_or(80));
            self.draw(what, Some(total), style);
        }
        Transfer::new(Arc::clone(self), what, total, Progress(Arc::clone(self)))
    }

    /// Draws from now on how something goes.
    fn draw(&self, message: &str, total: Option<u64>, style: ProgressStyle) {
        let bar = ProgressBar::with_draw_target(total, pen::stderr())
            .with_style(style)
            .with_message(clean(message));
        bar.enable_steady_tick(SPINNER_TICK);
        *self.spinner.lock().unwrap_or_else(PoisonError::into_inner) = Some(bar);
    }

    /// What is drawn at the moment, if anything is.
    pub(super) fn drawn(&self) -> Option<ProgressBar> {
        let spinner = self.spinner.lock().unwrap_or_else(PoisonError::into_inner);
        spinner.clone()
    }

    /// Takes the spinner away, so that the terminal is as it was. Gives whether there was one.
    pub fn quiet(&self) -> bool {
        let spinner = self
            .spinner
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        let Some(spinner) = spinner else {
            return false;
        };
        spinner.finish_and_clear();
        true
    }

    /// Begins a new line after the `^C` that the terminal has echoed.
    pub fn leave_echo(&self) {
        if io::stderr().is_terminal() {
            self.write("");
        }
    }
}

/// Something is under way.
#[derive(Debug)]
pub struct Progress(Arc<Printer>);

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.quiet();
    }
}
