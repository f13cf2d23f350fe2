//! The configuration file's text, and edits that change nothing else in it.
//!
//! An edit is a splice: the parser tells where a value stands, and only those bytes are replaced.
//! Comments, order, unknown keys, line ends and a byte-order mark stay because nothing touches
//! them, and the outcome is parsed again before it counts.

use std::ops::Range;

use toml_edit::{Item, TableLike, Value};

use super::assignment::{Assignment, quoted_key};
use super::keys;
use crate::error::{Code, Error, Result};
use crate::text::Place;

/// A byte-order mark, which some editors put first and the TOML grammar does not know.
const BOM: &str = "\u{feff}";

/// Where and why a text is not TOML.
#[derive(Debug, PartialEq, Eq)]
pub struct SyntaxError {
    /// Line, counted from 1.
    pub line: usize,
    /// Column in characters, counted from 1.
    pub column: usize,
    /// The parser's words, on one line.
    pub message: String,
}

/// A configuration file's content.
#[derive(Clone)]
pub struct Document {
    bom: bool,
    toml: toml_edit::Document<String>,
}

impl Default for Document {
    fn default() -> Self {
        match Self::parse("") {
            Ok(empty) => empty,
            Err(_) => unreachable!("nothing at all is TOML"),
        }
    }
}

/// Shows no content: there are tokens in it.
impl std::fmt::Debug for Document {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Document").finish_non_exhaustive()
    }
}

impl Document {
    /// Reads a text.
    ///
    /// # Errors
    /// The text is not TOML.
    pub fn parse(text: &str) -> Result<Self, SyntaxError> {
        let body = text.strip_prefix(BOM);
        let bom = body.is_some();
        let body = body.unwrap_or(text);
        match toml_edit::Document::parse(body.to_owned()) {
            Ok(toml) => Ok(Self { bom, toml }),
            Err(error) => {
                let at = error.span().map_or(0, |span| span.start);
                let place = Place::after(body.get(..at).unwrap_or(body));
                Err(SyntaxError {
                    line: place.line,
                    column: place.column,
                    message: error.message().replace('\n', ", "),
                })
            }
        }
    }

    /// The whole text, as it stands in the file.
    #[must_use]
    pub fn text(&self) -> String {
        let bom = if self.bom { BOM } else { "" };
        format!("{bom}{}", self.toml.raw())
    }

    /// The value at the top level.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.toml.get(key)?.as_value()
    }

    /// The value in an organization's table. An entry of that name that is no table is read over.
    #[must_use]
    pub fn get_in(&self, organization: &str, key: &str) -> Option<&Value> {
        let table = self.toml.get(organization)?.as_table_like()?;
        table.get(key)?.as_value()
    }

    /// The names of the tables, which are the organizations', in their order.
    pub fn organizations(&self) -> impl Iterator<Item = &str> {
        let items = self.toml.as_table().iter();
        items.filter_map(|(name, item)| item.is_table_like().then_some(name))
    }

    /// Sets a value at the top level.
    ///
    /// # Errors
    /// A table stands in the value's place.
    pub fn set(&mut self, key: &str, value: impl Into<Value>) -> Result<()> {
        let line = Assignment::new(key, &value.into());
        let edit = match self.toml.get(key) {
            None => self.inserted_at_top(&line),
            Some(item) => Edit::new(value_span(key, item)?, line.value),
        };
        self.apply([edit])
    }

    /// Removes a value from the top level, if it is there.
    ///
    /// # Errors
    /// A table stands in the value's place.
    pub fn remove(&mut self, key: &str) -> Result<()> {
        match self.toml.get(key) {
            None => Ok(()),
            Some(item) => self.apply([self.removed_line(value_span(key, item)?)]),
        }
    }

    /// Sets a value in an organization's table, which is made where there is none.
    ///
    /// # Errors
    /// What the file has under that name is no table; or none can be there, since signing in puts
    /// a value of that name.
    pub fn set_in(&mut self, organization: &str, key: &str, value: impl Into<Value>) -> Result<()> {
        self.set_in_each([organization], key, value)
    }

    /// Sets a value in the tables of many organizations at once.
    ///
    /// # Errors
    /// Those of [`Document::set_in`]; then nothing is changed.
    pub fn set_in_each<'a>(
        &mut self,
        organizations: impl IntoIterator<Item = &'a str>,
        key: &str,
        value: impl Into<Value>,
    ) -> Result<()> {
        let line = Assignment::new(key, &value.into());
        let edits = organizations
            .into_iter()
            .map(|organization| self.set_in_one(organization, key, &line));
        let edits = edits.collect::<Result<Vec<_>>>()?;
        self.apply(edits)
    }

    /// Removes a value from an organization's table, if it is there.
    ///
    /// # Errors
    /// The value is itself a table.
    pub fn remove_in(&mut self, organization: &str, key: &str) -> Result<()> {
        self.remove_in_each([organization], key)
    }

    /// Removes a value from the tables of many organizations at once.
    ///
    /// # Errors
    /// Those of [`Document::remove_in`]; then nothing is changed.
    pub fn remove_in_each<'a>(
        &mut self,
        organizations: impl IntoIterator<Item = &'a str>,
        key: &str,
    ) -> Result<()> {
        let edits = organizations
            .into_iter()
            .filter_map(|organization| self.removed_in_one(organization, key).transpose());
        let edits = edits.collect::<Result<Vec<_>>>()?;
        self.apply(edits)
    }

    /// How a value comes into an organization's table.
    fn set_in_one(&self, organization: &str, key: &str, line: &Assignment) -> Result<Edit> {
        if keys::is_taken(organization) {
            return Err(Error::new(
                Code::ConfigUnwritable,
                format!("`{organization}` is the name of a setting, so nothing can be stored for an organization of that name"),
            )
            .hint("name its key in `PIPECAT_DEFAULT_PUBLIC_KEY` instead"));
        }
        Ok(match self.toml.get(organization) {
            None => self.appended_table(organization, line),
            Some(Item::Table(table)) => match table.get(key) {
                Some(item) => Edit::new(value_span(key, item)?, &line.value),
                None if table.is_dotted() => {
                    let dotted = format!("{}.{}", quoted_key(organization), line.key);
                    self.inserted_at_top(&Assignment {
                        key: dotted,
                        value: line.value.clone(),
                    })
                }
                None => match table.span().filter(|_| !table.is_implicit()) {
                    Some(header) => {
                        let end = value_ends(table).into_iter().max().unwrap_or(header.end);
                        self.inserted_line_after(end, &line.to_string())
                    }
                    None => self.appended_table(organization, line),
                },
            },
            Some(Item::Value(Value::InlineTable(table))) => {
                match (table.get_key_value(key), table.span()) {
                    (Some((_, item)), _) => Edit::new(value_span(key, item)?, &line.value),
                    (None, Some(braces)) => {
                        let (at, entry) = match value_ends(table).into_iter().max() {
                            Some(end) => (end, format!(", {line}")),
                            None => (braces.start + 1, format!(" {line} ")),
                        };
                        Edit::new(at..at, entry)
                    }
                    (None, None) => return Err(unexpected_shape(organization, "inline table")),
                }
            }
            Some(item) => return Err(unexpected_shape(organization, item.type_name())),
        })
    }

    /// How a value comes out of an organization's table, if it is there.
    fn removed_in_one(&self, organization: &str, key: &str) -> Result<Option<Edit>> {
        Ok(match self.toml.get(organization) {
            Some(Item::Table(table)) => match table.get(key) {
                None => None,
                Some(item) => Some(self.removed_line(value_span(key, item)?)),
            },
            Some(Item::Value(Value::InlineTable(table))) => match table.get_key_value(key) {
                None => None,
                Some((name, item)) => {
                    let value = value_span(key, item)?;
                    let start = name.span().map_or(value.start, |name| name.start);
                    let ends = value_ends(table).into_iter();
                    let previous = ends.filter(|end| *end <= start).max();
                    Some(self.removed_entry(start..value.end, previous))
                }
            },
            _ => None,
        })
    }

    /// Below the last value of the top level, or, where there is none, first of all.
    fn inserted_at_top(&self, line: &Assignment) -> Edit {
        match value_ends(self.toml.as_table()).into_iter().max() {
            Some(end) => self.inserted_line_after(end, &line.to_string()),
            None => Edit::new(0..0, format!("{line}{}", self.newline())),
        }
    }

    fn appended_table(&self, organization: &str, line: &Assignment) -> Edit {
        let (raw, newline) = (self.toml.raw(), self.newline());
        let gap = match raw {
            "" => "",
            _ if raw.ends_with('\n') => newline,
            _ => &newline.repeat(2),
        };
        let table = format!(
            "{gap}[{}]{newline}{line}{newline}",
            quoted_key(organization)
        );
        Edit::new(raw.len()..raw.len(), table)
    }

    /// A line below the one that has the byte at `position`.
    fn inserted_line_after(&self, position: usize, line: &str) -> Edit {
        let (raw, newline) = (self.toml.raw(), self.newline());
        match raw[position..].find('\n') {
            Some(offset) => {
                let at = position + offset + 1;
                Edit::new(at..at, format!("{line}{newline}"))
            }
            None => Edit::new(raw.len()..raw.len(), format!("{newline}{line}{newline}")),
        }
    }

    /// The line (or lines) of a value taken out; a comment behind it stays.
    fn removed_line(&self, value: Range<usize>) -> Edit {
        let raw = self.toml.raw();
        let start = raw[..value.start].rfind('\n').map_or(0, |at| at + 1);
        let rest = &raw[value.end..];
        let line_end = rest.find('\n').map_or(rest.len(), |at| at + 1);
        let behind = &rest[..line_end];
        let kept = behind.trim_start_matches([' ', '\t']);
        let end = value.end
            + if kept.starts_with('#') {
                behind.len() - kept.len()
            } else {
                line_end
            };
        Edit::new(start..end, "")
    }

    /// An entry taken out of an inline table, with the one comma that is too many then: the one
    /// behind it, or, of the last entry, the one behind the entry that ends at `previous`.
    fn removed_entry(&self, entry: Range<usize>, previous: Option<usize>) -> Edit {
        let raw = self.toml.raw();
        let comma_before = previous.and_then(|end| comma_after(raw, end));
        let (range, between) = match (comma_after(raw, entry.end), comma_before) {
            (Some(comma), _) => {
                let rest = &raw[comma + 1..];
                let spaces = rest.len() - rest.trim_start_matches(' ').len();
                (entry.start..comma + 1 + spaces, entry.end..comma)
            }
            (None, Some(comma)) => (comma..entry.end, comma + 1..entry.start),
            (None, None) => (entry.clone(), entry.end..entry.end),
        };
        // A comment may stand between the two.
        let kept = Some(raw[between].to_owned()).filter(|text| text.contains('#'));
        Edit::new(range, kept.unwrap_or_default())
    }

    /// The one place where the text changes; changes that would break it do not happen. All at once,
    /// since the text is read anew each time.
    fn apply(&mut self, edits: impl Into<Vec<Edit>>) -> Result<()> {
        let unsafe_layout = || {
            Error::new(
                Code::ConfigMalformed,
                "the configuration file is laid out in a way that cannot be edited safely",
            )
        };
        let mut edits = edits.into();
        if edits.is_empty() {
            return Ok(());
        }
        edits.sort_by_key(|edit| edit.range.start);
        let raw = self.toml.raw();
        let (mut text, mut taken) = (String::with_capacity(raw.len()), 0);
        for edit in edits {
            // Two that overlap say two things about one place.
            let kept = raw.get(taken..edit.range.start).ok_or_else(unsafe_layout)?;
            text.push_str(kept);
            text.push_str(&edit.text);
            taken = edit.range.end;
        }
        text.push_str(&raw[taken..]);
        self.toml = toml_edit::Document::parse(text).map_err(|_| unsafe_layout())?;
        Ok(())
    }

    fn newline(&self) -> &'static str {
        if self.toml.raw().contains("\r\n") {
            "\r\n"
        } else {
            "\n"
        }
    }
}

/// Bytes of the text that give way to others.
struct Edit {
    range: Range<usize>,
    text: String,
}

impl Edit {
    fn new(range: Range<usize>, text: impl Into<String>) -> Self {
        let text = text.into();
        Self { range, text }
    }
}

/// Where the values end that belong to `table` itself, dotted keys counted, `[tables]` not.
fn value_ends(table: &dyn TableLike) -> Vec<usize> {
    let ends = table.iter().flat_map(|(_, item)| match item {
        Item::Value(Value::InlineTable(dotted)) if dotted.is_dotted() => value_ends(dotted),
        Item::Value(value) => value.span().map(|span| span.end).into_iter().collect(),
        Item::Table(dotted) if dotted.is_dotted() => value_ends(dotted),
        _ => Vec::new(),
    });
    ends.collect()
}

/// Where the comma stands that comes next, but for white space and comments.
fn comma_after(raw: &str, position: usize) -> Option<usize> {
    let mut rest = raw[position..].trim_start();
    while rest.starts_with('#') {
        rest = rest[rest.find('\n')?..].trim_start();
    }
    rest.starts_with(',').then(|| raw.len() - rest.len())
}

/// Where the value stands that `item` is to be.
fn value_span(name: &str, item: &Item) -> Result<Range<usize>> {
    let value = item.as_value().filter(|value| !value.is_inline_table());
    let span = value.and_then(Value::span);
    span.ok_or_else(|| unexpected_shape(name, item.type_name()))
}

/// The error for an entry that is a table where a value belongs, or the other way round.
fn unexpected_shape(name: &str, type_name: &str) -> Error {
    Error::new(
        Code::ConfigMalformed,
        format!("`{name}` is of type {type_name}, which does not belong there"),
    )
    .hint("correct that entry by hand; the file was left as it was")
}
