//! What a question looks like: a line with the cursor in it, and lines below it.
//!
//! The cursor always stands in the first line. Whatever a terminal does to the lines below when its
//! size changes, they are cleared from there.

use std::io::{self, BufWriter, StderrLock, Write as _};

use anstream::{AutoStream, ColorChoice};
use anstyle::Style;
use crossterm::cursor::{MoveToColumn, MoveUp};
use crossterm::event::{DisableBracketedPaste, EnableBracketedPaste};
use crossterm::queue;
use crossterm::style::Print;
use crossterm::terminal::{self, Clear, ClearType};
use unicode_segmentation::UnicodeSegmentation as _;
use unicode_width::UnicodeWidthStr as _;

use crate::output::wrapped;

/// So much room, in columns, is left to what is typed.
const MIN_ROOM: usize = 16;

/// What is taken for the size of a terminal that does not say.
const USUAL_SIZE: (u16, u16) = (80, 24);

/// Stands for what does not fit.
const CUT: &str = "...";

/// How a line below the question looks. Attributes, not colours: whatever the background, they can
/// be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tone {
    Normal,
    Chosen,
    Faded,
}

/// What is shown of a question beside its words.
#[derive(Debug, Default)]
pub(super) struct View {
    /// What is typed, as far as it is shown.
    pub typed: String,
    /// How many columns of it are left of the cursor.
    pub cursor: usize,
    /// What stands below.
    pub below: Vec<(Tone, String)>,
}

/// The room that there is for a [`View`].
#[derive(Clone, Copy, Debug)]
pub(super) struct Room {
    /// Columns for what is typed.
    pub typed: usize,
    /// Lines below.
    pub lines: usize,
}

/// What invites to type.
#[derive(Clone, Copy, Debug)]
pub(super) struct Invitation {
    /// Where the question stands on the same line.
    pub beside: &'static str,
    /// Where it stands in lines of its own.
    pub below: &'static str,
}

/// The part of the terminal in which a question stands.
pub(super) struct Screen {
    question: String,
    invitation: Invitation,
    is_coloured: bool,
    /// What stands left of what is typed.
    lead: String,
    columns: usize,
    lines: usize,
    /// Where the cursor is, if anything is drawn.
    cursor: Option<usize>,
}

impl Screen {
    /// Makes room for a question.
    pub fn new(question: String, invitation: Invitation) -> Self {
        let mut screen = Self {
            question,
            invitation,
            is_coloured: AutoStream::choice(&io::stderr()) != ColorChoice::Never
                && knows_sequences(),
            lead: String::new(),
            columns: 0,
            lines: 0,
            cursor: None,
        };
        screen.introduce();
        screen
    }

    /// Begins in the line of the cursor. A question that leaves no room beside it is written
    /// above, where it stays.
    pub fn introduce(&mut self) {
        self.measure();
        let Invitation { beside, below } = self.invitation;
        let inline = match self.question.as_str() {
            "" => below.to_owned(),
            question => format!("? {question} {beside}"),
        };
        self.cursor = None;
        let mut frame = frame();
        let _ = queue!(frame, MoveToColumn(0), Clear(ClearType::FromCursorDown));
        if inline.width() + MIN_ROOM <= self.columns {
            self.lead = inline;
        } else {
            for line in wrapped(&format!("? {}", self.question), self.columns) {
                let _ = queue!(frame, Print(self.styled(Style::new().bold(), &line)));
                let _ = queue!(frame, Print("\r\n"));
            }
            below.clone_into(&mut self.lead);
        }
        show(frame);
    }

    /// The room that there is now.
    pub fn room(&mut self) -> Room {
        self.measure();
        let lead = self.fitting_lead();
        Room {
            typed: self.columns.saturating_sub(lead.width() + 1).max(1),
            // One more line, so that what was there before stays in sight.
            lines: self.lines.saturating_sub(2).max(1),
        }
    }

    /// Draws the question anew, and gives the column of the cursor.
    pub fn draw(&mut self, view: &View) -> u16 {
        let lead = self.fitting_lead();
        let mut frame = frame();
        if self.cursor.is_none() {
            let _ = queue!(frame, EnableBracketedPaste);
        }
        let lead_drawn = self.styled(Style::new().bold(), &lead);
        let _ = queue!(
            frame,
            MoveToColumn(0),
            Print(lead_drawn),
            Print(&view.typed)
        );
        // Not from the line's start: terminals keep a screen that is cleared whole.
        let _ = queue!(frame, Clear(ClearType::FromCursorDown));
        let below = view.below.iter().take(self.lines.saturating_sub(1));
        let mut drawn = 0;
        for (tone, line) in below {
            let style = match tone {
                Tone::Normal => Style::new(),
                Tone::Chosen => Style::new().bold(),
                Tone::Faded => Style::new().dimmed(),
            };
            let line = fitted(line, self.columns);
            let _ = queue!(frame, Print("\r\n"), Print(self.styled(style, &line)));
            drawn += 1;
        }
        if drawn > 0 {
            let _ = queue!(frame, MoveUp(drawn));
        }
        let cursor = lead.width() + view.cursor;
        let column = u16::try_from(cursor).unwrap_or(u16::MAX);
        let _ = queue!(frame, MoveToColumn(column));
        show(frame);
        self.cursor = Some(cursor);
        column
    }

    /// The terminal has another size. Some wrap the lines that are too long by now, and `column`
    /// tells that this one did: then the cursor is further down than it was.
    pub fn resized(&mut self, column: Option<u16>) {
        self.measure();
        let Some((cursor, column)) = self.cursor.zip(column) else {
            return;
        };
        // A row is one longer than what is written into it at most.
        let row = self.columns + 1;
        let is_wrapped = usize::from(column) == cursor % row && usize::from(column) + 1 != row;
        if is_wrapped && let Ok(rows @ 1..) = u16::try_from(cursor / row) {
            let mut frame = frame();
            let _ = queue!(frame, MoveUp(rows));
            show(frame);
            // Another size may come before anything is drawn.
            self.cursor = Some(column.into());
        }
    }

    /// Puts the question with its answer in the place of what is drawn.
    pub fn finish(&mut self, answer: &str) {
        let mut frame = frame();
        let lead = if self.lead == self.invitation.below {
            "> "
        } else {
            &self.lead
        };
        let lead = self.styled(Style::new().bold(), lead);
        let _ = queue!(frame, MoveToColumn(0), Print(lead));
        let _ = queue!(frame, Clear(ClearType::FromCursorDown), Print(answer));
        let _ = queue!(frame, Print("\r\n"), DisableBracketedPaste);
        show(frame);
        self.cursor = None;
    }

    /// Takes away what is drawn; the cursor is at the start of an empty line.
    pub fn clear(&mut self) {
        if self.cursor.is_some() {
            let mut frame = frame();
            let _ = queue!(frame, MoveToColumn(0), Clear(ClearType::FromCursorDown));
            let _ = queue!(frame, DisableBracketedPaste);
            show(frame);
            self.cursor = None;
        }
    }

    fn fitting_lead(&self) -> String {
        let room = self.columns.saturating_sub(MIN_ROOM).max(self.columns / 2);
        if self.lead.width() <= room {
            return self.lead.clone();
        }
        format!("{} ", fitted(self.lead.trim_end(), room.saturating_sub(1)))
    }

    /// The last column stays free: a terminal may wrap once it is written to.
    fn measure(&mut self) {
        let (columns, lines) = match terminal::size() {
            Ok((columns @ 1.., lines @ 1..)) => (columns, lines),
            _ => USUAL_SIZE,
        };
        self.columns = usize::from(columns - 1).max(2);
        self.lines = lines.into();
    }

    fn styled(&self, style: Style, text: &str) -> String {
        if self.is_coloured && !text.is_empty() {
            format!("{style}{text}{style:#}")
        } else {
            text.to_owned()
        }
    }
}

impl Drop for Screen {
    /// The question was left: it stays to be seen, on a line of its own.
    fn drop(&mut self) {
        if self.cursor.is_some() && !self.question.is_empty() {
            self.finish("");
        } else {
            self.clear();
        }
    }
}

/// What is drawn in one go. An old console of Windows, which knows no escape sequences, is asked by
/// other means to do what they say, once what stands here before them is written.
type Frame = BufWriter<StderrLock<'static>>;

/// No frame is larger, in bytes, on any terminal that people use.
const LARGEST_FRAME: usize = 64 * 1024;

fn frame() -> Frame {
    BufWriter::with_capacity(LARGEST_FRAME, io::stderr().lock())
}

/// Nobody can be told that telling does not work.
fn show(mut frame: Frame) {
    let _ = frame.flush();
}

/// Writes text as it is.
pub(super) fn write(text: &str) {
    let mut stderr = io::stderr().lock();
    let _ = stderr.write_all(text.as_bytes());
    let _ = stderr.flush();
}

/// Whether the terminal knows escape sequences. Outside of Windows, those that do not say so
/// (`TERM=dumb`) are not drawn on.
fn knows_sequences() -> bool {
    #[cfg(windows)]
    return crossterm::ansi_support::supports_ansi();
    #[cfg(not(windows))]
    return true;
}

/// As much of `text` as fits.
pub(super) fn fitted(text: &str, columns: usize) -> String {
    if text.width() <= columns {
        return text.to_owned();
    }
    let (start, _) = window(text, 0, columns.saturating_sub(CUT.len()));
    format!("{start}{}", &CUT[..CUT.len().min(columns)])
}

/// The part of `text` that begins at a column and takes so many columns at most, and where it really
/// begins.
pub(super) fn window(text: &str, start: usize, columns: usize) -> (String, usize) {
    let mut shown = String::new();
    let (mut at, mut begins) = (0, None);
    for grapheme in text.graphemes(true) {
        let width = grapheme.width();
        if at >= start {
            let begins = *begins.get_or_insert(at);
            if at + width - begins > columns {
                break;
            }
            shown.push_str(grapheme);
        }
        at += width;
    }
    (shown, begins.unwrap_or(at))
}

#[cfg(test)]
mod tests {
    use super::{fitted, window};

    #[test]
    fn what_does_not_fit_is_cut_between_characters() {
        assert_eq!(fitted("Acme", 4), "Acme");
        assert_eq!(fitted("Acme Voice", 7), "Acme...");
        assert_eq!(fitted("日本語日本語", 8), "日本...");
        assert_eq!(fitted("Acme", 2), "..");
    }

    #[test]
    fn a_window_shows_what_is_around_the_cursor() {
        assert_eq!(window("abcdef", 2, 3), ("cde".to_owned(), 2));
        assert_eq!(window("日本語", 1, 4), ("本語".to_owned(), 2));
        assert_eq!(window("", 0, 4), (String::new(), 0));
        assert_eq!(window("abc", 3, 4), (String::new(), 3));
    }
}
