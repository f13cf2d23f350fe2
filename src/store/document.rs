//! The configuration file's text, and edits that change nothing else in it.
//!
//! An edit is a splice: the parser tells where a value stands, and only those bytes are replaced.
//! Comments, order, unknown keys, line ends and a byte-order mark stay because nothing touches
//! them, and the outcome is parsed again before it counts.

use std::fmt::Write as _;
use std::ops::Range;

use toml_edit::{Item, TableLike, Value};

use super::keys;
use crate::error::{Code, Error, Result};

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
                let before = body.get(..at).unwrap_or(body);
                let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
                Err(SyntaxError {
                    line: before.matches('\n').count() + 1,
                    column: before[line_start..].chars().count() + 1,
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
        let line = Assignment::new(key, value.into());
        match self.toml.get(key) {
            None => self.insert_at_top(&line),
            Some(item) => self.splice(value_span(key, item)?, &line.value),
        }
    }

    /// Removes a value from the top level, if it is there.
    ///
    /// # Errors
    /// A table stands in the value's place.
    pub fn remove(&mut self, key: &str) -> Result<()> {
        match self.toml.get(key) {
            None => Ok(()),
            Some(item) => self.remove_line(value_span(key, item)?),
        }
    }

    /// Sets a value in an organization's table, which is made where there is none.
    ///
    /// # Errors
    /// What the file has under that name is no table; or none can be there, since signing in puts
    /// a value of that name.
    pub fn set_in(&mut self, organization: &str, key: &str, value: impl Into<Value>) -> Result<()> {
        if keys::is_taken(organization) {
            return Err(Error::new(
                Code::ConfigUnwritable,
                format!("`{organization}` is the name of a setting, so nothing can be stored for an organization of that name"),
            )
            .hint("name its key in `PIPECAT_DEFAULT_PUBLIC_KEY` instead"));
        }
        let line = Assignment::new(key, value.into());
        match self.toml.get(organization) {
            None => self.append_table(organization, &line),
            Some(Item::Table(table)) => match table.get(key) {
                Some(item) => self.splice(value_span(key, item)?, &line.value),
                None if table.is_dotted() => {
                    let dotted = format!("{}.{}", bare_or_basic(organization), line.key);
                    self.insert_at_top(&Assignment {
                        key: dotted,
                        ..line
                    })
                }
                None => match table.span().filter(|_| !table.is_implicit()) {
                    Some(header) => {
                        let end = last_value_end(table).unwrap_or(header.end);
                        self.insert_line_after(end, &line.to_string())
                    }
                    None => self.append_table(organization, &line),
                },
            },
            Some(item @ Item::Value(Value::InlineTable(table))) => {
                let mut changed = table.clone();
                changed.insert(key, line.bare);
                let span = value_span(organization, item)?;
                self.splice(span, changed.to_string().trim())
            }
            Some(item) => Err(unexpected_shape(organization, item)),
        }
    }

    /// Removes a value from an organization's table, if it is there.
    ///
    /// # Errors
    /// The value is itself a table.
    pub fn remove_in(&mut self, organization: &str, key: &str) -> Result<()> {
        match self.toml.get(organization) {
            Some(Item::Table(table)) => match table.get(key) {
                None => Ok(()),
                Some(item) => self.remove_line(value_span(key, item)?),
            },
            Some(item @ Item::Value(Value::InlineTable(table))) if table.contains_key(key) => {
                let mut changed = table.clone();
                changed.remove(key);
                let span = value_span(organization, item)?;
                self.splice(span, changed.to_string().trim())
            }
            _ => Ok(()),
        }
    }

    /// Below the last value of the top level, or, where there is none, first of all.
    fn insert_at_top(&mut self, line: &Assignment) -> Result<()> {
        match last_value_end(self.toml.as_table()) {
            Some(end) => self.insert_line_after(end, &line.to_string()),
            None => self.splice(0..0, &format!("{line}{}", self.newline())),
        }
    }

    fn append_table(&mut self, organization: &str, line: &Assignment) -> Result<()> {
        let (raw, newline) = (self.toml.raw(), self.newline());
        let gap = match raw {
            "" => "",
            _ if raw.ends_with('\n') => newline,
            _ => &newline.repeat(2),
        };
        let table = format!(
            "{gap}[{}]{newline}{line}{newline}",
            bare_or_basic(organization)
        );
        let end = raw.len();
        self.splice(end..end, &table)
    }

    /// Adds a line below the one that has the byte at `position`.
    fn insert_line_after(&mut self, position: usize, line: &str) -> Result<()> {
        let (raw, newline) = (self.toml.raw(), self.newline());
        match raw[position..].find('\n') {
            Some(offset) => {
                let at = position + offset + 1;
                self.splice(at..at, &format!("{line}{newline}"))
            }
            None => {
                let at = raw.len();
                self.splice(at..at, &format!("{newline}{line}{newline}"))
            }
        }
    }

    /// Takes out the line (or lines) of a value; a comment behind it stays.
    fn remove_line(&mut self, value: Range<usize>) -> Result<()> {
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
        self.splice(start..end, "")
    }

    /// The one place where the text changes; a change that would break it does not happen.
    fn splice(&mut self, range: Range<usize>, text: &str) -> Result<()> {
        let mut raw = self.toml.raw().to_owned();
        raw.replace_range(range, text);
        self.toml = toml_edit::Document::parse(raw).map_err(|_| {
            Error::new(
                Code::ConfigMalformed,
                "the configuration file is laid out in a way that cannot be edited safely",
            )
        })?;
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

/// A `key = value` line.
struct Assignment {
    key: String,
    value: String,
    bare: Value,
}

impl Assignment {
    fn new(key: &str, bare: Value) -> Self {
        Self {
            key: bare_or_basic(key),
            value: match &bare {
                Value::String(text) => basic_string(text.value()),
                other => other.to_string().trim().to_owned(),
            },
            bare,
        }
    }
}

impl std::fmt::Display for Assignment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} = {}", self.key, self.value)
    }
}

/// A key without quotes where it needs none.
fn bare_or_basic(key: &str) -> String {
    let is_bare = |character: char| character.is_ascii_alphanumeric() || "_-".contains(character);
    if !key.is_empty() && key.chars().all(is_bare) {
        key.to_owned()
    } else {
        basic_string(key)
    }
}

/// A string in the one form that every reader understands, the official CLI's old one included:
/// basic, and on one line.
fn basic_string(text: &str) -> String {
    let mut quoted = String::from('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            control if control.is_control() => {
                let _ = write!(quoted, "\\u{:04X}", u32::from(control));
            }
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    quoted
}

/// Where the last value ends that belongs to `table` itself, dotted keys counted, `[tables]` not.
fn last_value_end(table: &dyn TableLike) -> Option<usize> {
    let ends = table.iter().filter_map(|(_, item)| match item {
        Item::Value(value) => value.span().map(|span| span.end),
        Item::Table(dotted) if dotted.is_dotted() => last_value_end(dotted),
        _ => None,
    });
    ends.max()
}

/// Where the value stands that `item` is to be.
fn value_span(name: &str, item: &Item) -> Result<Range<usize>> {
    let value = item.as_value().and_then(Value::span);
    value.ok_or_else(|| unexpected_shape(name, item))
}

/// The error for an entry that is a table where a value belongs, or the other way round.
fn unexpected_shape(name: &str, item: &Item) -> Error {
    Error::new(
        Code::ConfigMalformed,
        format!(
            "`{name}` is of type {}, which does not belong there",
            item.type_name()
        ),
    )
    .hint("correct that entry by hand; the file was left as it was")
}
