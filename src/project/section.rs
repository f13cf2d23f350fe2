//! A table of the deploy file, read key by key. What is asked for is what may stand there; what is
//! wrong is written down, and reading goes on.

use std::cell::RefCell;
use std::ops::Range;
use std::path::Path;

use toml::de::{DeTable, DeValue};

use super::problem::Problem;
use crate::error::excerpt;
use crate::text::{Place, nearest};

/// A value of the file, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed<T> {
    /// The value.
    pub value: T,
    /// Where it stands.
    pub place: Place,
}

/// The file that is read, and what was found so far.
pub(super) struct Reading<'a> {
    text: &'a str,
    path: &'a Path,
    problems: RefCell<Vec<Problem>>,
    warnings: RefCell<Vec<Problem>>,
    unknown: RefCell<Vec<Unknown>>,
    known: RefCell<Vec<Known>>,
}

/// A key that may stand in a section.
struct Known {
    section: &'static str,
    key: &'static str,
}

/// A key that nobody has asked for.
struct Unknown {
    section: &'static str,
    key: String,
    place: Place,
    is_table: bool,
    is_tolerated: bool,
}

impl<'a> Reading<'a> {
    pub(super) fn new(text: &'a str, path: &'a Path) -> Self {
        Self {
            text,
            path,
            problems: RefCell::default(),
            warnings: RefCell::default(),
            unknown: RefCell::default(),
            known: RefCell::default(),
        }
    }

    /// Where a span of the text begins.
    pub(super) fn place(&self, span: &Range<usize>) -> Place {
        Place::after(self.text.get(..span.start).unwrap_or(self.text))
    }

    /// Writes down what is wrong with a key.
    pub(super) fn wrong(&self, key: &str, place: Place, message: String) {
        self.add(Problem::new(message).about(key).at(place));
    }

    /// Writes down what is wrong.
    pub(super) fn add(&self, problem: Problem) {
        self.problems.borrow_mut().push(problem.in_file(self.path));
    }

    /// Writes down what is worth a word.
    pub(super) fn warn(&self, problem: Problem) {
        self.warnings.borrow_mut().push(problem.in_file(self.path));
    }

    /// Whether something is wrong with a key.
    pub(super) fn is_wrong(&self, key: &str) -> bool {
        let problems = self.problems.borrow();
        problems
            .iter()
            .any(|problem| problem.key.as_deref() == Some(key))
    }

    /// The problems and the warnings, in the order of the text.
    pub(super) fn finish(self) -> (Vec<Problem>, Vec<Problem>) {
        for unknown in self.unknown.take() {
            let problem = self.unknown(&unknown);
            if unknown.is_tolerated {
                self.warn(problem);
            } else {
                self.add(problem);
            }
        }
        let sorted = |problems: RefCell<Vec<Problem>>| {
            let mut problems = problems.into_inner();
            problems.sort_by_key(|problem| problem.place);
            problems
        };
        (sorted(self.problems), sorted(self.warnings))
    }

    /// What to say about a key that is not known where it stands.
    fn unknown(&self, unknown: &Unknown) -> Problem {
        let Unknown { section, key, .. } = unknown;
        let name = joined(section, key);
        let what = if unknown.is_table {
            format!("unknown table `[{name}]`")
        } else {
            format!("unknown key `{name}`")
        };
        let problem = Problem::new(what).about(&*name).at(unknown.place);
        if name == "enable_krisp" {
            return problem.hint(
                "Krisp VIVA has replaced it: `audio_filter = \"tel\"` (or `\"pro\"`) in \
                 `[krisp_viva]`",
            );
        }
        let known = self.known.borrow();
        let here = known.iter().filter(|known| known.section == *section);
        let mut elsewhere = known.iter().filter(|known| known.section != *section);
        if let Some(other) = elsewhere.find(|known| known.key == key) {
            return problem.hint(match other.section {
                "" => format!("`{key}` belongs at the top of the file, above the first table"),
                section => format!("`{key}` belongs in `[{section}]`"),
            });
        }
        match nearest(key, here.map(|known| known.key)) {
            Some(near) => problem.hint(format!("did you mean `{}`?", joined(section, near))),
            None => problem,
        }
    }
}

/// The whole name of a key.
fn joined(section: &str, key: &str) -> String {
    if section.is_empty() {
        return key.to_owned();
    }
    format!("{section}.{key}")
}

/// A table, which may not be there.
pub(super) struct Section<'a> {
    reading: &'a Reading<'a>,
    name: &'static str,
    table: Option<&'a DeTable<'a>>,
    known: RefCell<Vec<&'static str>>,
    /// Whether unknown keys in it are worth no more than a warning.
    is_tolerant: bool,
}

impl<'a> Section<'a> {
    /// The file's top.
    pub(super) fn top(reading: &'a Reading<'a>, table: &'a DeTable<'a>) -> Self {
        Self {
            reading,
            name: "",
            table: Some(table),
            known: RefCell::default(),
            is_tolerant: false,
        }
    }

    /// A table in this one, by its key here and its whole name.
    pub(super) fn section(&self, key: &'static str, name: &'static str) -> Self {
        let table = self.get(key).and_then(|(value, place)| match value {
            DeValue::Table(table) => Some(table),
            other => {
                self.reading.wrong(
                    name,
                    place,
                    format!("`{name}` must be a table, not {}", described(other)),
                );
                None
            }
        });
        Self {
            reading: self.reading,
            name,
            table,
            known: RefCell::default(),
            is_tolerant: self.is_tolerant,
        }
    }

    /// The same, with unknown keys let pass.
    pub(super) fn tolerant(self) -> Self {
        Self {
            is_tolerant: true,
            ..self
        }
    }

    /// The value of a key, which is known from here on.
    fn get(&self, key: &'static str) -> Option<(&'a DeValue<'a>, Place)> {
        self.known.borrow_mut().push(key);
        let value = self.table?.get(key)?;
        Some((value.get_ref(), self.reading.place(&value.span())))
    }

    /// A value as `read` makes it of what stands there; where it makes nothing of it, what was
    /// `wanted` is said.
    pub(super) fn value<T>(
        &self,
        key: &'static str,
        wanted: &str,
        read: impl Fn(&DeValue) -> Option<T>,
    ) -> Option<Placed<T>> {
        let (found, place) = self.get(key)?;
        if let Some(value) = read(found) {
            return Some(Placed { value, place });
        }
        let name = joined(self.name, key);
        let found = described(found);
        let message = format!("`{name}` must be {wanted}, not {found}");
        self.reading.wrong(&name, place, message);
        None
    }

    /// A text. A blank one counts as not given.
    pub(super) fn text(&self, key: &'static str) -> Option<Placed<String>> {
        let text = self.value(key, "text", |value| value.as_str().map(str::to_owned))?;
        (!text.value.trim().is_empty()).then_some(text)
    }

    /// A text that is what was wanted.
    pub(super) fn checked(
        &self,
        key: &'static str,
        wanted: &str,
        is_good: impl Fn(&str) -> bool,
    ) -> Option<Placed<String>> {
        self.value(key, wanted, |value| {
            let text = value.as_str().filter(|text| is_good(text));
            text.map(str::to_owned)
        })
    }

    /// A whole number that is what was wanted.
    pub(super) fn number(
        &self,
        key: &'static str,
        wanted: &str,
        is_good: impl Fn(&u64) -> bool,
    ) -> Option<Placed<u64>> {
        self.value(key, wanted, |value| whole_number(value).filter(&is_good))
    }

    /// A list of texts.
    pub(super) fn texts(&self, key: &'static str) -> Vec<Placed<String>> {
        let Some((value, place)) = self.get(key) else {
            return Vec::new();
        };
        let name = joined(self.name, key);
        let DeValue::Array(items) = value else {
            let found = described(value);
            let message = format!("`{name}` must be a list of strings, not {found}");
            self.reading.wrong(&name, place, message);
            return Vec::new();
        };
        let mut texts = Vec::new();
        for (index, item) in items.iter().enumerate() {
            let place = self.reading.place(&item.span());
            match item.get_ref().as_str() {
                Some(text) => texts.push(Placed {
                    value: text.to_owned(),
                    place,
                }),
                None => {
                    let name = format!("{name}[{index}]");
                    let found = described(item.get_ref());
                    let message = format!("`{name}` must be text, not {found}");
                    self.reading.wrong(&name, place, message);
                }
            }
        }
        texts
    }

    /// Ends the reading of this table: what nobody has asked for is unknown.
    pub(super) fn end(self) {
        let section = self.name;
        let known = self.known.into_inner();
        for (key, value) in self.table.into_iter().flat_map(DeTable::iter) {
            let name: &str = key.get_ref();
            if !known.contains(&name) {
                self.reading.unknown.borrow_mut().push(Unknown {
                    section,
                    key: name.to_owned(),
                    place: self.reading.place(&key.span()),
                    is_table: matches!(value.get_ref(), DeValue::Table(_)),
                    is_tolerated: self.is_tolerant,
                });
            }
        }
        let known = known.into_iter().map(|key| Known { section, key });
        self.reading.known.borrow_mut().extend(known);
    }
}

/// A whole number, if the value is one, and not below 0.
pub(super) fn whole_number(value: &DeValue) -> Option<u64> {
    let number = value.as_integer()?;
    u64::from_str_radix(number.as_str().trim_start_matches('+'), number.radix()).ok()
}

/// A value as it is called in a sentence.
fn described(value: &DeValue) -> String {
    match value {
        DeValue::String(text) => format!("the text `{}`", excerpt(text)),
        DeValue::Integer(number) => format!("`{number}`"),
        DeValue::Float(number) => format!("`{number}`"),
        DeValue::Boolean(value) => format!("`{value}`"),
        DeValue::Datetime(_) => "a date or time".to_owned(),
        DeValue::Array(_) => "a list".to_owned(),
        DeValue::Table(_) => "a table".to_owned(),
    }
}
