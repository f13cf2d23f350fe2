//! Questions, asked on a terminal; off one, an error that names the option that answers.
//!
//! A question is a future of the command, like a request: where the command is given up, by a
//! signal or an error elsewhere, the terminal is as it was.

mod keyboard;
mod line;
mod list;
mod pasting;
mod question;
mod screen;

use std::io::{self, IsTerminal as _};
use std::rc::Rc;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use secrecy::SecretString;

use crate::environment::Environment;
use crate::error::{Code, Error, Result};
use crate::limit::TimeLimit;
use crate::output::clean;
use keyboard::{Input, Keyboard, Reading};
use list::{List, Numbered};
pub use pasting::Pasting;
use question::{Confirmation, Question, Secret, Text};
use screen::{Screen, write};

/// Someone to ask, perhaps.
#[derive(Debug)]
pub struct Prompt {
    terminal: bool,
    /// Whether the terminal shows lines and nothing else (`TERM=dumb`).
    is_dumb: bool,
    limit: Rc<TimeLimit>,
}

impl Prompt {
    /// Asks on this process's terminal, if it has one. The time that a person takes to answer does
    /// not count.
    #[must_use]
    pub fn new(limit: Rc<TimeLimit>, environment: &Environment) -> Self {
        Self {
            // Questions stand on stderr.
            terminal: io::stdin().is_terminal() && io::stderr().is_terminal(),
            // Every console of Windows can be drawn on, whatever that says.
            is_dumb: cfg!(unix) && environment.raw("TERM").is_some_and(|term| term == "dumb"),
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
        let options = options.iter().map(|option| clean(option)).collect();
        let list = List::new(options, start);
        if self.is_dumb {
            self.ask(question, answer, Numbered::from(list)).await
        } else {
            self.ask(question, answer, list).await
        }
    }

    /// Yes or no; no unless the person says yes.
    ///
    /// # Errors
    /// There is no terminal; or the person leaves the question.
    pub async fn confirm(&self, question: &str, answer: &str) -> Result<bool> {
        let no_by_default = Confirmation::<false>::default();
        self.ask(question, answer, no_by_default).await
    }

    /// Yes or no; yes unless the person says no.
    ///
    /// # Errors
    /// There is no terminal; or the person leaves the question.
    pub async fn confirm_harmless(&self, question: &str, answer: &str) -> Result<bool> {
        let yes_by_default = Confirmation::<true>::default();
        self.ask(question, answer, yes_by_default).await
    }

    /// A line of text, which is not blank.
    ///
    /// # Errors
    /// There is no terminal; or the person leaves the question.
    pub async fn text(&self, question: &str, answer: &str) -> Result<String> {
        self.ask(question, answer, Text::default()).await
    }

    /// A line of text, or nothing.
    ///
    /// # Errors
    /// There is no terminal; or the person leaves the question.
    pub async fn optional_text(&self, question: &str) -> Result<Option<String>> {
        let text = self.ask(question, "an option", Text::optional()).await?;
        Ok((!text.trim().is_empty()).then_some(text))
    }

    /// A line that is not shown, and not blank.
    ///
    /// # Errors
    /// There is no terminal; or the person leaves the question.
    pub async fn secret(&self, question: &str, answer: &str) -> Result<SecretString> {
        self.ask(question, answer, Secret::default()).await
    }

    /// Lets something be pasted while something else is waited for; nothing where there is no
    /// terminal.
    #[must_use]
    pub fn pasting(&self) -> Option<Pasting> {
        if !self.terminal {
            return None;
        }
        Pasting::begin(self.is_dumb)
            .inspect_err(|error| tracing::debug!("the terminal cannot be read: {error}"))
            .ok()
    }

    async fn ask<Q: Question>(&self, words: &str, answer: &str, question: Q) -> Result<Q::Answer> {
        let words = clean(words);
        let hint = format!("answer with {answer}");
        if !self.terminal {
            let words = words.trim_end_matches(':');
            let what = format!("cannot ask \"{words}\" without a terminal");
            return Err(Error::new(Code::PromptRequired, what).hint(hint));
        }
        let asked = if self.is_dumb {
            ask_in_lines(&words, question).await
        } else {
            ask_with_keys(words, question).await
        };
        self.limit.restart();
        asked.map_err(|left| match left {
            Left::Escape => Error::new(Code::Declined, "cancelled; nothing was changed"),
            Left::Interrupt => interrupted(),
            Left::Broken(error) => Error::new(Code::PromptRequired, "cannot ask on this terminal")
                .because(error)
                .hint(hint),
        })
    }
}

fn interrupted() -> Error {
    Error::new(Code::Interrupted, "interrupted")
}

/// How a question was left without an answer.
enum Left {
    Escape,
    Interrupt,
    Broken(io::Error),
}

impl From<io::Error> for Left {
    fn from(error: io::Error) -> Self {
        Self::Broken(error)
    }
}

fn is_ctrl(key: KeyEvent, letter: char) -> bool {
    key.code == KeyCode::Char(letter) && key.modifiers == KeyModifiers::CONTROL
}

/// What was typed before the terminal's modes were set ends with another character.
fn is_enter(key: KeyEvent) -> bool {
    key.code == KeyCode::Enter || is_ctrl(key, 'j')
}

/// Asks on a terminal that can be drawn on.
async fn ask_with_keys<Q: Question>(words: String, mut question: Q) -> Result<Q::Answer, Left> {
    let mut keyboard = Keyboard::open(Reading::Keys)?;
    let mut screen = Screen::new(words, Q::INVITATION);
    loop {
        if keyboard.is_idle() {
            let view = question.view(screen.room());
            keyboard.cursor_is_at(screen.draw(&view));
        }
        match keyboard.next().await? {
            Input::Key(key) if is_ctrl(key, 'c') => return Err(Left::Interrupt),
            Input::Key(key) if is_ctrl(key, 'z') => {
                screen.clear();
                keyboard.suspend();
                screen.introduce();
            }
            Input::Key(key) if key.code == KeyCode::Esc => return Err(Left::Escape),
            Input::Key(key) if is_enter(key) => {
                if let Some((answer, shown)) = question.answer() {
                    screen.finish(&shown);
                    return Ok(answer);
                }
            }
            Input::Key(key) => question.press(key),
            Input::Paste(text) => question.paste(&text),
            Input::Resized(column) => screen.resized(column),
            Input::ModesLost => {
                keyboard.take_back();
                screen.introduce();
            }
        }
    }
}

/// Asks on a terminal that shows lines and nothing else. It is the terminal that lets people
/// correct what they type.
async fn ask_in_lines<Q: Question>(words: &str, mut question: Q) -> Result<Q::Answer, Left> {
    let reading = if Q::IS_SECRET {
        Reading::Keys
    } else {
        Reading::Lines
    };
    let mut keyboard = Keyboard::open(reading)?;
    let say = |text: &str| write(text);
    loop {
        for remark in question.remarks() {
            say(&format!("{remark}\n"));
        }
        say(&format!("? {words} {}", Q::INVITATION.beside));
        loop {
            match keyboard.next().await? {
                Input::Key(key) if is_ctrl(key, 'c') => {
                    say("\n");
                    return Err(Left::Interrupt);
                }
                Input::Key(key) if is_ctrl(key, 'z') => keyboard.suspend(),
                Input::Key(key) if is_enter(key) => break,
                Input::Key(key) => question.press(key),
                Input::Paste(text) => question.paste(&text),
                Input::ModesLost => keyboard.take_back(),
                Input::Resized(_) => {}
            }
        }
        if Q::IS_SECRET {
            say("\n");
        }
        if let Some((answer, _)) = question.answer() {
            return Ok(answer);
        }
    }
}
