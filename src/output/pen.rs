//! Where spinners and bars are drawn: on stderr, with the cursor left right behind the text. There a
//! terminal echoes a Ctrl-C, and what takes the drawing away takes the echo along.

use std::io;

use console::Term;
use indicatif::{ProgressDrawTarget, TermLike};

/// Frames a second, at most.
const RATE: u8 = 20;

/// Draws on stderr.
pub(super) fn stderr() -> ProgressDrawTarget {
    ProgressDrawTarget::term_like_with_hz(Box::new(Pen(Term::buffered_stderr())), RATE)
}

/// Whether stderr is a terminal on which something can be drawn again and again.
pub(super) fn can_draw() -> bool {
    Term::stderr().is_term() && !console::is_dumb()
}

#[derive(Debug)]
struct Pen(Term);

impl TermLike for Pen {
    fn width(&self) -> u16 {
        self.0.size().1
    }

    fn height(&self) -> u16 {
        self.0.size().0
    }

    fn move_cursor_up(&self, n: usize) -> io::Result<()> {
        self.0.move_cursor_up(n)
    }

    fn move_cursor_down(&self, n: usize) -> io::Result<()> {
        self.0.move_cursor_down(n)
    }

    fn move_cursor_right(&self, n: usize) -> io::Result<()> {
        self.0.move_cursor_right(n)
    }

    fn move_cursor_left(&self, n: usize) -> io::Result<()> {
        self.0.move_cursor_left(n)
    }

    fn write_line(&self, text: &str) -> io::Result<()> {
        self.0.write_line(text)
    }

    /// Without the blanks that would take the cursor to the terminal's edge, over what was there
    /// before: that goes as soon as a line is begun anew.
    fn write_str(&self, text: &str) -> io::Result<()> {
        match text {
            "\r" => self.0.clear_to_end_of_screen(),
            _ => self.0.write_str(text.trim_end_matches(' ')),
        }
    }

    fn clear_line(&self) -> io::Result<()> {
        self.0.clear_line()
    }

    fn flush(&self) -> io::Result<()> {
        self.0.flush()
    }
}
