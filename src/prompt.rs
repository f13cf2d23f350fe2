//! Questions, asked on a terminal; off one, an error that names the option that answers.

use std::io::{self, IsTerminal as _};
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anstream::{AutoStream, ColorChoice};
use inquire::ui::RenderConfig;
use inquire::{Confirm, InquireError, Password, PasswordDisplayMode, Select, Text};

use crate::error::{Code, Error, Result};
use crate::limit::TimeLimit;
use crate::output::clean;

/// Someone to ask, perhaps.
#[derive(Debug)]
pub struct Prompt {
    terminal: bool,
    limit: Rc<TimeLimit>,
}

impl Prompt {
    /// Asks on this process's terminal, if it has one. The time that a person takes to answer does
    /// not count.
    #[must_use]
    pub fn new(limit: Rc<TimeLimit>) -> Self {
        Self {
            // Questions stand on stderr.
            terminal: io::stdin().is_terminal() && io::stderr().is_terminal(),
            limit,
        }
    }

    /// Whether there is a terminal to ask on.
    #[must_use]
    pub fn is_terminal(&self) -> bool {
        self.terminal
    }

    /// One of `options`, starting at the one of index `start`; gives its index. `answer` is the
    /// option of the command line that makes the question needless.
    ///
    /// # Errors
    /// There is no terminal; or the person leaves the question.
    pub async fn select(
        &self,
        question: &str,
        options: &[String],
        start: usize,
        answer: &str,
    ) -> Result<usize> {
        let question = clean(question);
        let options = options.iter().map(|option| clean(option)).collect();
        self.ask(question.clone(), answer, move |config| {
            Select::new(&question, options)
                .with_starting_cursor(start)
                .with_help_message("arrows move, typing filters, enter chooses, esc leaves")
                .with_render_config(config)
                .raw_prompt()
                .map(|chosen| chosen.index)
        })
        .await
    }

    /// Yes or no; no unless the person says yes.
    ///
    /// # Errors
    /// There is no terminal; or the person leaves the question.
    pub async fn confirm(&self, question: &str, answer: &str) -> Result<bool> {
        let question = clean(question);
        self.ask(question.clone(), answer, move |config| {
            Confirm::new(&question)
                .with_default(false)
                .with_render_config(config)
                .prompt()
        })
        .await
    }

    /// A line of text.
    ///
    /// # Errors
    /// There is no terminal; or the person leaves the question.
    pub async fn text(&self, question: &str, answer: &str) -> Result<String> {
        let question = clean(question);
        self.ask(question.clone(), answer, move |config| {
            Text::new(&question).with_render_config(config).prompt()
        })
        .await
    }

    /// A line of text, or nothing.
    ///
    /// # Errors
    /// There is no terminal; or the person leaves the question.
    pub async fn optional_text(&self, question: &str) -> Result<Option<String>> {
        let text = self.text(question, "an option").await?;
        Ok((!text.trim().is_empty()).then_some(text))
    }

    /// A line that is not shown.
    ///
    /// # Errors
    /// There is no terminal; or the person leaves the question.
    pub async fn secret(&self, question: &str, answer: &str) -> Result<String> {
        let question = clean(question);
        self.ask(question.clone(), answer, move |config| {
            Password::new(&question)
                .with_display_mode(PasswordDisplayMode::Hidden)
                .without_confirmation()
                .with_render_config(config)
                .prompt()
        })
        .await
    }

    /// Asks on a thread of its own, so that signals are heard meanwhile.
    async fn ask<T: Send + 'static>(
        &self,
        question: String,
        answer: &str,
        ask: impl FnOnce(RenderConfig<'static>) -> Result<T, InquireError> + Send + 'static,
    ) -> Result<T> {
        if !self.terminal {
            return Err(Error::new(
                Code::PromptRequired,
                format!("there is no terminal to ask on: {question}"),
            )
            .hint(format!("answer with {answer}")));
        }
        let colourless = AutoStream::choice(&io::stderr()) == ColorChoice::Never;
        let config = if colourless {
            RenderConfig::empty()
        } else {
            RenderConfig::default_colored()
        };
        let answered = tokio::task::spawn_blocking(move || {
            ASKING.store(true, Ordering::SeqCst);
            let answered = if STOPPED.load(Ordering::SeqCst) {
                Err(InquireError::OperationInterrupted)
            } else {
                ask(config)
            };
            ASKING.store(false, Ordering::SeqCst);
            answered
        })
        .await;
        self.limit.restart();
        match answered {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(InquireError::OperationCanceled)) => Err(Error::new(
                Code::Declined,
                "nothing was chosen, nothing was done",
            )),
            Ok(Err(InquireError::OperationInterrupted)) => {
                Err(Error::new(Code::Interrupted, "interrupted"))
            }
            Ok(Err(error)) => Err(
                Error::new(Code::PromptRequired, "the terminal cannot be asked")
                    .because(error)
                    .hint(format!("answer with {answer}")),
            ),
            Err(error) => Err(Error::new(Code::Internal, "a prompt broke").because(error)),
        }
    }
}

/// Whether a question stands on the terminal, or is about to; and whether none may come any more.
/// Of a thread that asks and one that stops, at least one sees what the other has set.
static ASKING: AtomicBool = AtomicBool::new(false);
static STOPPED: AtomicBool = AtomicBool::new(false);

/// A question takes no longer than this to change the terminal, and to be drawn.
const COMES_UP: Duration = Duration::from_millis(500);
const IS_DRAWN: Duration = Duration::from_millis(30);

/// Ends the bracketed paste that a question begins with.
const END_PASTE: &str = "\u{1b}[?2004l";

/// Gives the terminal back as it was, whatever question stands on it or was about to.
pub fn restore_terminal() {
    STOPPED.store(true, Ordering::SeqCst);
    let is_raw = || crossterm::terminal::is_raw_mode_enabled().unwrap_or(false);
    let since = Instant::now();
    if ASKING.load(Ordering::SeqCst) {
        while ASKING.load(Ordering::SeqCst) && !is_raw() && since.elapsed() < COMES_UP {
            std::thread::sleep(Duration::from_millis(1));
        }
        std::thread::sleep(IS_DRAWN);
    }
    if is_raw() {
        let _ = crossterm::terminal::disable_raw_mode();
        let _ = crossterm::execute!(
            io::stderr(),
            crossterm::cursor::Show,
            crossterm::style::Print(END_PASTE),
            crossterm::style::Print("\n")
        );
    }
}
