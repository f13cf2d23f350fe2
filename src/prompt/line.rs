//! A line that is typed, with the keys that people know from their shells.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use tui_input::{Input, InputRequest};

use super::screen::{View, window};
use crate::output::clean;

/// Nobody types more than this, in bytes. An address that somebody pastes can be long.
const MAX_LENGTH: usize = 32 << 10;

/// A line that is typed.
#[derive(Default)]
pub(super) struct Line(Input);

impl Line {
    pub fn text(&self) -> &str {
        self.0.value()
    }

    pub fn is_blank(&self) -> bool {
        self.text().trim().is_empty()
    }

    pub fn take(&mut self) -> String {
        self.0.value_and_reset()
    }

    /// Takes a key. A key that means nothing here changes nothing.
    pub fn press(&mut self, key: KeyEvent) {
        if let Some(request) = request(key)
            && (self.text().len() < MAX_LENGTH || !matches!(request, InputRequest::InsertChar(_)))
        {
            self.0.handle(request);
        }
    }

    /// Puts in what was pasted: on one line, without what no key types.
    pub fn paste(&mut self, text: &str) {
        let text = text.trim_matches(['\r', '\n']);
        let text: String = text
            .chars()
            .map(|one| if one.is_whitespace() { ' ' } else { one })
            .filter(|one| is_harmless(*one))
            .take(MAX_LENGTH.saturating_sub(self.text().len()))
            .collect();
        let (cursor, typed) = (self.0.cursor(), self.text());
        let before: String = typed.chars().take(cursor).collect();
        let after: String = typed.chars().skip(cursor).collect();
        let cursor = cursor + text.chars().count();
        self.0 = Input::new(format!("{before}{text}{after}")).with_cursor(cursor);
    }

    /// What is seen of it around the cursor, in so many columns.
    pub fn view(&self, columns: usize) -> View {
        let scroll = self.0.visual_scroll(columns);
        let (typed, begins) = window(&self.0.to_string(), scroll, columns);
        View {
            typed,
            cursor: self.0.visual_cursor().saturating_sub(begins),
            below: Vec::new(),
        }
    }
}

/// Whether a character may be shown as it is: some do something to a terminal, and can be pasted or
/// even typed.
fn is_harmless(character: char) -> bool {
    let character = character.encode_utf8(&mut [0; 4]).to_owned();
    clean(&character) == character
}

/// What a key does to a line.
fn request(key: KeyEvent) -> Option<InputRequest> {
    use InputRequest as Do;
    let is_shift = KeyModifiers::SHIFT.contains(key.modifiers);
    // Windows tells AltGr, which types characters on many keyboards, as these two.
    let is_alt_gr = cfg!(windows) && key.modifiers == KeyModifiers::CONTROL | KeyModifiers::ALT;
    let is_ctrl = key.modifiers == KeyModifiers::CONTROL;
    let is_word = is_ctrl || key.modifiers == KeyModifiers::ALT;
    Some(match key.code {
        KeyCode::Char(typed) if (is_shift || is_alt_gr) && is_harmless(typed) => {
            Do::InsertChar(typed)
        }
        KeyCode::Char('a') if is_ctrl => Do::GoToStart,
        KeyCode::Char('e') if is_ctrl => Do::GoToEnd,
        KeyCode::Char('b') if is_ctrl => Do::GoToPrevChar,
        KeyCode::Char('f') if is_ctrl => Do::GoToNextChar,
        KeyCode::Char('u') if is_ctrl => Do::DeleteFromStart,
        KeyCode::Char('k') if is_ctrl => Do::DeleteTillEnd,
        KeyCode::Char('w') if is_ctrl => Do::DeletePrevWord,
        KeyCode::Char('h') if is_ctrl => Do::DeletePrevChar,
        KeyCode::Char('d') if is_ctrl => Do::DeleteNextChar,
        KeyCode::Char('y') if is_ctrl => Do::Yank,
        KeyCode::Backspace if is_word => Do::DeletePrevWord,
        KeyCode::Backspace => Do::DeletePrevChar,
        KeyCode::Delete | KeyCode::Char('d') if is_word => Do::DeleteNextWord,
        KeyCode::Delete => Do::DeleteNextChar,
        KeyCode::Left | KeyCode::Char('b') if is_word => Do::GoToPrevWord,
        KeyCode::Left => Do::GoToPrevChar,
        KeyCode::Right | KeyCode::Char('f') if is_word => Do::GoToNextWord,
        KeyCode::Right => Do::GoToNextChar,
        KeyCode::Home => Do::GoToStart,
        KeyCode::End => Do::GoToEnd,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn typed(keys: &[(KeyModifiers, KeyCode)]) -> String {
        let mut line = Line::default();
        for &(modifiers, code) in keys {
            line.press(KeyEvent::new(code, modifiers));
        }
        line.take()
    }

    #[test]
    fn no_letter_is_typed_with_ctrl_or_alt() {
        for letter in ('a'..='z').chain(['4', '7', ' ']).map(KeyCode::Char) {
            for modifiers in [
                KeyModifiers::CONTROL,
                KeyModifiers::ALT,
                KeyModifiers::CONTROL | KeyModifiers::SHIFT,
                KeyModifiers::META,
            ] {
                assert_eq!(
                    typed(&[(modifiers, letter)]),
                    "",
                    "{letter:?} {modifiers:?}"
                );
            }
        }
        let word = [('P', KeyModifiers::SHIFT), ('ü', KeyModifiers::NONE)];
        let word = word.map(|(letter, modifiers)| (modifiers, KeyCode::Char(letter)));
        assert_eq!(typed(&word), "Pü");
    }

    #[test]
    fn the_usual_keys_edit() {
        let type_and = |keys: &[char]| {
            let typing = "my old key".chars().map(|one| (KeyModifiers::NONE, one));
            let keys = keys.iter().map(|&one| (KeyModifiers::CONTROL, one));
            let keys = typing.chain(keys);
            let keys: Vec<_> = keys.map(|(with, one)| (with, KeyCode::Char(one))).collect();
            typed(&keys)
        };
        assert_eq!(type_and(&['u']), "");
        assert_eq!(type_and(&['w']), "my old ");
        assert_eq!(type_and(&['w', 'w', 'y']), "my old key");
        assert_eq!(type_and(&['b', 'b', 'b', 'k']), "my old ");
        assert_eq!(type_and(&['b', 'b', 'b', 'u']), "key");
        assert_eq!(type_and(&['a', 'd', 'd', 'd', 'e', 'h']), "old ke");
    }

    #[test]
    fn what_is_pasted_is_one_line_where_the_cursor_is() {
        let mut line = Line::default();
        line.paste("ab");
        line.press(KeyEvent::new(KeyCode::Left, KeyModifiers::NONE));
        line.paste("one\r\ntwo\u{1b}\n");
        assert_eq!(line.text(), "aone  twob");
        line.press(KeyEvent::new(KeyCode::Char('!'), KeyModifiers::NONE));
        assert_eq!(line.text(), "aone  two!b");
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn the_cursor_is_always_in_sight(
            text in "\\PC{0,40}",
            left in 0_usize..50,
            columns in 1_usize..30,
        ) {
            let mut line = Line::default();
            line.paste(&text);
            for _ in 0..left {
                line.press(KeyEvent::new(KeyCode::Left, KeyModifiers::NONE));
            }
            let view = line.view(columns);
            prop_assert!(view.cursor <= columns + 1, "{view:?}");
        }
    }
}
