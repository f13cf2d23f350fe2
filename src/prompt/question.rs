//! The questions there are, without a terminal: what they take, what they show, when they are
//! answered.

use crossterm::event::KeyEvent;
use secrecy::SecretString;

use super::line::Line;
use super::screen::{Invitation, Room, Tone, View};

/// What to do about a question that needs an answer.
const NEEDS_ANSWER: &str = "an answer is needed; esc cancels";

/// A question.
pub(super) trait Question {
    /// What answers it.
    type Answer;

    /// What invites to type.
    const INVITATION: Invitation;

    /// Whether what is typed must not be seen.
    const IS_SECRET: bool = false;

    /// What is shown now.
    fn view(&self, room: Room) -> View;

    /// Takes a key.
    fn press(&mut self, key: KeyEvent);

    /// Takes what was pasted.
    fn paste(&mut self, text: &str);

    /// Enter was pressed. Gives the answer and how it is shown, unless it has to be asked again.
    fn answer(&mut self) -> Option<(Self::Answer, String)>;

    /// What is shown where nothing can be drawn, before the question and after an answer that is
    /// none.
    fn remarks(&self) -> Vec<String> {
        let room = Room {
            typed: usize::MAX / 2,
            lines: 1,
        };
        let below = self.view(room).below;
        below.into_iter().map(|(_, line)| line).collect()
    }
}

/// A line of text.
#[derive(Default)]
pub(super) struct Text {
    line: Line,
    is_refused: bool,
    /// Whether nothing is an answer, too.
    is_optional: bool,
}

impl Text {
    /// A line that may be left blank.
    pub(super) fn optional() -> Self {
        Self {
            is_optional: true,
            ..Self::default()
        }
    }
}

impl Question for Text {
    type Answer = String;

    const INVITATION: Invitation = Invitation {
        beside: "",
        below: "> ",
    };

    fn view(&self, room: Room) -> View {
        View {
            below: refusal(self.is_refused, NEEDS_ANSWER),
            ..self.line.view(room.typed)
        }
    }

    fn press(&mut self, key: KeyEvent) {
        self.line.press(key);
        self.is_refused &= self.line.is_blank();
    }

    fn paste(&mut self, text: &str) {
        self.line.paste(text);
        self.is_refused &= self.line.is_blank();
    }

    fn answer(&mut self) -> Option<(String, String)> {
        self.is_refused = self.line.is_blank() && !self.is_optional;
        let typed = self.line.take();
        (!self.is_refused).then(|| (typed.clone(), typed))
    }
}

/// A line that is not shown.
#[derive(Default)]
pub(super) struct Secret(Text);

impl Question for Secret {
    type Answer = SecretString;

    const INVITATION: Invitation = Text::INVITATION;

    const IS_SECRET: bool = true;

    /// Only how long it is: whether pasting has worked is all that anybody needs to see.
    fn view(&self, room: Room) -> View {
        let typed = match self.0.line.text().chars().count() {
            0 => String::new(),
            1 => "(1 character, hidden)".to_owned(),
            count => format!("({count} characters, hidden)"),
        };
        let (typed, _) = super::screen::window(&typed, 0, room.typed);
        View {
            cursor: typed.len(),
            typed,
            below: refusal(self.0.is_refused, NEEDS_ANSWER),
        }
    }

    fn press(&mut self, key: KeyEvent) {
        self.0.press(key);
    }

    /// No secret has white space in it: what has, was wrapped on its way here.
    fn paste(&mut self, text: &str) {
        self.0.paste(&text.split_whitespace().collect::<String>());
    }

    fn answer(&mut self) -> Option<(SecretString, String)> {
        let (secret, _) = self.0.answer()?;
        Some((secret.into(), "(hidden)".to_owned()))
    }
}

/// Yes or no. Where nothing is typed it is no, or yes if `YES`.
#[derive(Default)]
pub(super) struct Confirmation<const YES: bool> {
    line: Line,
    is_refused: bool,
}

impl<const YES: bool> Question for Confirmation<YES> {
    type Answer = bool;

    const INVITATION: Invitation = {
        let letters = if YES { "(Y/n) " } else { "(y/N) " };
        Invitation {
            beside: letters,
            below: letters,
        }
    };

    fn view(&self, room: Room) -> View {
        View {
            below: refusal(self.is_refused, "answer y or n"),
            ..self.line.view(room.typed)
        }
    }

    fn press(&mut self, key: KeyEvent) {
        self.line.press(key);
        self.is_refused = false;
    }

    fn paste(&mut self, text: &str) {
        self.line.paste(text);
        self.is_refused = false;
    }

    fn answer(&mut self) -> Option<(bool, String)> {
        match self.line.take().trim().to_lowercase().as_str() {
            "" if YES => Some((true, "Yes".to_owned())),
            "y" | "yes" => Some((true, "Yes".to_owned())),
            "" | "n" | "no" => Some((false, "No".to_owned())),
            _ => {
                self.is_refused = true;
                None
            }
        }
    }
}

fn refusal(is_refused: bool, why: &str) -> Vec<(Tone, String)> {
    let why = is_refused.then(|| (Tone::Normal, why.to_owned()));
    why.into_iter().collect()
}
