//! A line to paste into while something else is waited for.

use std::io;
use std::time::Duration;

use tokio::time::Instant;

use super::keyboard::{Input, Keyboard, Reading};
use super::line::Line;
use super::screen::{Invitation, Screen};
use super::{interrupted, is_ctrl, is_enter};
use crate::error::{Code, Error, Result};

/// Lines that come faster than this after each other were not typed: they are one text.
const QUIET: Duration = Duration::from_millis(250);

const INVITATION: Invitation = Invitation {
    beside: "",
    below: "address: ",
};

/// A line to paste into. The terminal is as it was once this is dropped, and what was typed and
/// not used does not end up in the shell.
pub struct Pasting {
    keyboard: Keyboard,
    /// None on a terminal that shows lines by itself.
    screen: Option<Screen>,
    line: Line,
    /// Lines that have come, and may be followed by more.
    lines: Vec<String>,
    last: Instant,
}

impl Pasting {
    pub(super) fn begin(is_dumb: bool) -> io::Result<Self> {
        let reading = if is_dumb {
            Reading::Lines
        } else {
            Reading::Keys
        };
        Ok(Self {
            keyboard: Keyboard::open(reading)?,
            screen: (!is_dumb).then(|| Screen::new(String::new(), INVITATION)),
            line: Line::default(),
            lines: Vec::new(),
            last: Instant::now(),
        })
    }

    /// The next text that was pasted or typed, of one line or several. Nothing is lost where this
    /// is dropped.
    ///
    /// # Errors
    /// Ctrl-C was pressed.
    pub async fn next(&mut self) -> Result<String> {
        loop {
            if self.keyboard.is_idle()
                && let Some(screen) = &mut self.screen
            {
                let view = self.line.view(screen.room().typed);
                self.keyboard.cursor_is_at(screen.draw(&view));
            }
            // Half a line is still to be ended.
            let is_whole = !self.lines.is_empty() && self.line.is_blank();
            let quiet = self.last + QUIET;
            let input = tokio::select! {
                biased;
                input = self.keyboard.next() => input,
                () = tokio::time::sleep_until(quiet), if is_whole => {
                    return Ok(std::mem::take(&mut self.lines).join("\n"));
                }
            };
            self.last = Instant::now();
            self.take(input).await?;
        }
    }

    async fn take(&mut self, input: io::Result<Input>) -> Result<()> {
        let Ok(input) = input else {
            // Nothing will come from there any more; the other way is still open.
            std::future::pending::<()>().await;
            return Ok(());
        };
        match input {
            Input::Key(key) if is_ctrl(key, 'c') => return Err(interrupted()),
            Input::Key(key) if is_ctrl(key, 'z') => {
                self.clear();
                self.keyboard.suspend();
                self.begin_again();
            }
            Input::Key(key) if is_enter(key) => {
                if self.line.is_blank() {
                    self.line.take();
                } else {
                    self.lines.push(self.line.take());
                }
            }
            Input::Key(key) => self.line.press(key),
            Input::Paste(text) => self.paste(&text),
            Input::Resized(column) => {
                if let Some(screen) = &mut self.screen {
                    screen.resized(column);
                }
            }
            Input::ModesLost => {
                self.keyboard.take_back();
                self.begin_again();
            }
        }
        Ok(())
    }

    /// Every line but the last has its end.
    fn paste(&mut self, text: &str) {
        let mut lines = text.split(['\r', '\n']).filter(|line| !line.is_empty());
        let ends = text.ends_with(['\r', '\n']);
        if let Some(first) = lines.next() {
            self.line.paste(first);
        }
        for line in lines {
            self.lines.push(self.line.take());
            self.line.paste(line);
        }
        if ends && !self.line.is_blank() {
            self.lines.push(self.line.take());
        }
    }

    fn begin_again(&mut self) {
        if let Some(screen) = &mut self.screen {
            screen.introduce();
        }
    }

    /// Makes room for something to be said; the line comes back with the next [`Self::next`].
    pub fn clear(&mut self) {
        if let Some(screen) = &mut self.screen {
            screen.clear();
        }
    }

    /// Does `work`, during which nothing that is typed counts but Ctrl-C.
    ///
    /// # Errors
    /// Those of `work`; or Ctrl-C was pressed.
    pub async fn meanwhile<T>(&mut self, work: impl Future<Output = Result<T>>) -> Result<T> {
        self.clear();
        let interruption = async {
            loop {
                match self.keyboard.next().await {
                    Ok(Input::Key(key)) if is_ctrl(key, 'c') => break,
                    Ok(Input::Key(key)) if is_ctrl(key, 'z') => self.keyboard.suspend(),
                    Ok(Input::ModesLost) => self.keyboard.take_back(),
                    Ok(_) => {}
                    Err(_) => std::future::pending().await,
                }
            }
        };
        tokio::select! {
            biased;
            done = work => done,
            () = interruption => Err(Error::new(Code::Interrupted, "interrupted")),
        }
    }
}

impl Drop for Pasting {
    fn drop(&mut self) {
        self.clear();
        Keyboard::forget_typed();
    }
}
