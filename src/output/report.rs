//! What a command has to say, before it is decided how it looks.

use std::path::PathBuf;

use serde_json::Value;

use crate::error::Error;
use crate::text::Place;

/// The outcome of a command that did its work.
pub trait Report {
    /// The one value of JSON mode.
    fn json(&self) -> Value;

    /// The result, for line-oriented tools.
    fn plain(&self) -> View;

    /// The result, for people.
    fn rich(&self) -> View {
        self.plain()
    }

    /// What it is about, in which organization (`keys of the organization Acme`): said to people above
    /// the result, where the result does not say so itself.
    fn title(&self) -> Option<String> {
        None
    }

    /// What was done, where the result shows only what came of it: said to people above the result,
    /// with the mark that [`View::Done`] has.
    fn done(&self) -> Option<String> {
        None
    }

    /// What else people should know, in every mode.
    fn notes(&self) -> Vec<Note> {
        Vec::new()
    }

    /// What failed after the result was there. It decides the exit status.
    fn failure(&self) -> Option<&Error> {
        None
    }

    /// The exit status of a success, where it says more than that.
    fn exit_status(&self) -> u8 {
        0
    }
}

/// The shapes that a result has. It may be a token or a key, so neither it nor its parts have a form
/// for logs.
#[derive(Clone)]
pub enum View {
    /// Something was done: a sentence, lower-case start, no full stop.
    Done(String),
    /// Properties of one thing, as rows.
    Fields(Vec<Field>),
    /// The same as `Label: value`, where scripts look for lines of that form.
    Labelled(Vec<Field>),
    /// Many things of a kind.
    Table(Table),
    /// A value that stands alone.
    Line(String),
    /// Lines of a form of their own, as an [`Event`](super::Event) has them: harmless already, and in
    /// colour for people.
    Lines(Vec<String>),
    /// JSON as somebody else wrote it: shown as it is, but with nothing in it that a terminal would
    /// act on.
    Raw(String),
    /// One below the other, with a blank line in between for people.
    Several(Vec<View>),
    /// Help, a script: lines of our own making, which are what they are in every mode.
    Text(String),
}

/// A result that is [`View::Text`].
#[derive(Clone, Debug)]
pub struct Text(pub String);

impl Report for Text {
    fn json(&self) -> Value {
        Value::String(self.0.clone())
    }

    fn plain(&self) -> View {
        View::Text(self.0.clone())
    }
}

/// A property.
#[derive(Clone, PartialEq, Eq)]
pub struct Field {
    /// What it is.
    pub label: &'static str,
    /// What it is like.
    pub value: String,
}

impl Field {
    /// A property.
    #[must_use]
    pub fn new(label: &'static str, value: impl Into<String>) -> Self {
        Self {
            label,
            value: value.into(),
        }
    }
}

/// Rows below a header.
#[derive(Clone)]
pub struct Table {
    /// The header.
    pub columns: Vec<Column>,
    /// As many cells each as there are columns.
    pub rows: Vec<Row>,
}

impl Table {
    /// The rows below their header. A column that is only a label is [`Column::whole`].
    #[must_use]
    pub fn new<C: Into<Column>>(
        columns: impl IntoIterator<Item = C>,
        rows: impl IntoIterator<Item = Row>,
    ) -> Self {
        Self {
            columns: columns.into_iter().map(Into::into).collect(),
            rows: rows.into_iter().collect(),
        }
    }
}

/// A column: its label, and what becomes of it where a terminal has not room for everything.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// What stands above it.
    pub label: &'static str,
    /// How it gives way.
    pub(super) give: Give,
}

/// How a column gives way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Give {
    Never,
    Shorten,
    Leave,
}

impl Column {
    /// Keys, ids, and whatever else is copied, or makes no sense in part: never cut.
    #[must_use]
    pub const fn whole(label: &'static str) -> Self {
        let give = Give::Never;
        Self { label, give }
    }

    /// Names and descriptions: shortened where room is scarce.
    #[must_use]
    pub const fn text(label: &'static str) -> Self {
        let give = Give::Shorten;
        Self { label, give }
    }

    /// What one can do without: never cut, but left out where room is scarce, the last first.
    #[must_use]
    pub const fn spare(label: &'static str) -> Self {
        let give = Give::Leave;
        Self { label, give }
    }
}

impl From<&'static str> for Column {
    fn from(label: &'static str) -> Self {
        Self::whole(label)
    }
}

/// A row.
#[derive(Clone)]
pub struct Row {
    /// Its cells.
    pub cells: Vec<String>,
    /// How much it matters.
    pub tone: Tone,
}

impl Row {
    /// A row like any other.
    #[must_use]
    pub fn new<T: Into<String>>(cells: impl IntoIterator<Item = T>) -> Self {
        Self {
            cells: cells.into_iter().map(Into::into).collect(),
            tone: Tone::Normal,
        }
    }

    /// The same row in another tone.
    #[must_use]
    pub fn with_tone(self, tone: Tone) -> Self {
        Self { tone, ..self }
    }
}

/// How much a row matters to its reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Like any other.
    Normal,
    /// The one in use.
    Active,
    /// Over and done with.
    Faded,
    /// Worth a second look.
    Striking,
}

/// A remark on stderr.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Note {
    /// Something that may not be what the person thinks.
    Warning(String),
    /// The same about a file, and a place in it.
    WarningIn(PathBuf, Option<Place>, String),
    /// What to do next.
    Hint(String),
    /// A remark.
    Plain(String),
}

impl Note {
    /// What it says.
    #[must_use]
    pub fn text(&self) -> &str {
        let (Self::Warning(text)
        | Self::WarningIn(_, _, text)
        | Self::Hint(text)
        | Self::Plain(text)) = self;
        text
    }
}
