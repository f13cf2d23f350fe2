//! A place on the terminal that is drawn again and again.

use std::fmt::Write as _;
use std::io;

use anstream::{AutoStream, ColorChoice};
use unicode_width::UnicodeWidthStr as _;

/// What has been drawn so far.
#[derive(Debug, Default)]
pub struct Frame {
    /// The width of each line. How many rows they take changes with the terminal's width.
    widths: Vec<usize>,
}

impl Frame {
    /// What draws `text` and `below` in the place of what was drawn before, on a terminal of this
    /// width and height. What is too long for it ends with a word about that.
    pub(super) fn drawing(
        &mut self,
        text: &str,
        below: &str,
        size: Option<(usize, usize)>,
    ) -> String {
        let (width, height) = size.unwrap_or((80, 24));
        let width = width.max(1);
        let width_of = |line: &str| anstream::adapter::strip_str(line).to_string().width();
        let rows = |seen: usize| seen.div_ceil(width).max(1);
        let rows_of = |line: &str| rows(width_of(line));
        let before: usize = self.widths.drain(..).map(rows).sum();
        // The cursor needs a row, and the word about what is left out another.
        let room = height.saturating_sub(2 + below.lines().map(rows_of).sum::<usize>());
        let mut drawn = String::new();
        let mut taken = 0;
        let mut lines = text.lines();
        for line in lines.by_ref() {
            if taken + rows_of(line) > room {
                let _ = writeln!(drawn, "… {} lines more", lines.count() + 1);
                break;
            }
            drawn += line;
            drawn.push('\n');
            taken += rows_of(line);
        }
        for line in below.lines() {
            drawn += line;
            drawn.push('\n');
        }
        self.widths.extend(drawn.lines().map(width_of));
        if AutoStream::choice(&io::stdout()) == ColorChoice::Never {
            drawn = anstream::adapter::strip_str(&drawn).to_string();
        }
        let back = match before {
            0 => String::new(),
            rows => format!("\x1b[{rows}A\r\x1b[J"),
        };
        back + &drawn
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_drawing_takes_the_place_of_the_one_before() {
        let mut frame = Frame::default();
        let size = Some((10, 24));
        assert_eq!(frame.drawing("one\ntwo\n", "", size), "one\ntwo\n");
        // Twelve characters take two rows.
        let drawn = frame.drawing("123456789012\n", "below\n", size);
        assert_eq!(drawn, "\x1b[2A\r\x1b[J123456789012\nbelow\n");
        assert_eq!(frame.drawing("", "", size), "\x1b[3A\r\x1b[J");
        assert_eq!(frame.drawing("x\n", "", size), "x\n");
    }

    #[test]
    fn what_is_higher_than_the_terminal_is_cut() {
        let mut frame = Frame::default();
        let drawn = frame.drawing("1\n2\n3\n4\n5\n", "below\n", Some((10, 5)));
        assert_eq!(drawn, "1\n2\n… 3 lines more\nbelow\n");
        assert_eq!(frame.widths, [1, 1, 14, 5]);
    }

    #[test]
    fn a_terminal_that_has_been_made_narrower_or_wider_has_folded_the_lines_anew() {
        let mut frame = Frame::default();
        frame.drawing("123456789012\n", "below\n", Some((20, 24)));
        let drawn = frame.drawing("x\n", "123456\n", Some((10, 24)));
        assert_eq!(drawn, "\x1b[3A\r\x1b[Jx\n123456\n");
        let drawn = frame.drawing("x\n", "", Some((5, 24)));
        assert_eq!(drawn, "\x1b[3A\r\x1b[Jx\n");
        assert_eq!(frame.drawing("", "", Some((5, 24))), "\x1b[1A\r\x1b[J");
    }
}
