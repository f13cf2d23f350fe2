//! What is shown of a log.

use serde_json::{Map, Value};

use super::filter::{Filter, time_of};
use super::level::Level;
use super::line::{Format, Line};
use super::pages::{Entry, Gathered};
use super::source::Source;
use crate::output::{Clock, Event as _, Note, Report, View};

/// Which entries are shown, and how.
pub(super) struct Look {
    pub(super) filter: Filter,
    pub(super) format: Format,
    pub(super) clock: Clock,
}

impl Look {
    /// An entry as it is shown.
    pub(super) fn line(&self, entry: Entry, level: Level) -> Line {
        Line {
            entry,
            level,
            format: self.format,
            clock: self.clock,
        }
    }

    /// The newest `count` entries that fit.
    pub(super) fn report(
        &self,
        log: &Source,
        gathered: Gathered,
        count: usize,
        oldest_first: bool,
    ) -> Log {
        let selected = self
            .filter
            .select(&gathered.entries, gathered.is_all, count);
        let mut notes = if self.filter.is_any() {
            self.looked_through(&gathered, selected.len(), count)
        } else {
            left_out(&gathered, selected.len()).into_iter().collect()
        };
        let has_text = |(entry, _): &(&Entry, Level)| entry.value.text.is_some();
        if !selected.is_empty() && !selected.iter().any(has_text) {
            notes.push(Note::Plain("none of these entries has any text".to_owned()));
        }
        let mut lines: Vec<Line> = selected
            .into_iter()
            .map(|(entry, level)| self.line(entry.clone(), level))
            .collect();
        if oldest_first {
            lines.reverse();
        }
        let (order, clock) = (
            if oldest_first { "oldest" } else { "newest" },
            self.clock.name(),
        );
        Log {
            title: format!("{}, {order} first, in {clock}", log.name()),
            lines,
            rest: gathered.rest,
            notes,
        }
    }

    /// How much was looked through for those that fit.
    fn looked_through(&self, gathered: &Gathered, shown: usize, wanted: usize) -> Vec<Note> {
        let entries = &gathered.entries;
        let told = |entry: &&Entry| time_of(&entry.value).is_some();
        let oldest = entries.iter().rev().find(told);
        let oldest = oldest.and_then(|entry| entry.value.timestamp.as_deref());
        let back = oldest.map_or_else(String::new, |time| {
            format!(", back to {}", self.clock.show(time))
        });
        let fit = match shown {
            0 => "none match".to_owned(),
            1 => "1 matches".to_owned(),
            _ => format!("{shown} match"),
        };
        let all = if gathered.is_all { "all " } else { "" };
        let looked = format!(
            "looked through {all}{}{back}: {fit}",
            entries_of(entries.len())
        );
        let mut notes = vec![Note::Plain(looked)];
        if shown < wanted && !gathered.is_all && !self.filter.is_passed(entries) {
            let older = "there are older entries, which were not searched";
            notes.push(Note::Warning(older.to_owned()));
        }
        notes
    }
}

/// What the log has beyond those that are shown.
fn left_out(gathered: &Gathered, shown: usize) -> Option<Note> {
    let total = gathered.total.filter(|total| total.value > shown)?;
    let more = if total.is_exact { "" } else { "more than " };
    Some(Note::Plain(format!(
        "showing the newest {shown} of {more}{}; `--limit N` shows N of them",
        entries_of(total.value)
    )))
}

fn entries_of(count: usize) -> String {
    match count {
        1 => "1 entry".to_owned(),
        _ => format!("{count} entries"),
    }
}

/// What an agent has written.
pub(super) struct Log {
    title: String,
    lines: Vec<Line>,
    /// What else the service said.
    rest: Map<String, Value>,
    notes: Vec<Note>,
}

impl Log {
    /// The lines, but of entries that have nothing to say.
    fn view(&self, show: impl Fn(&Line) -> String) -> View {
        let lines = self.lines.iter().filter(|line| line.has_text());
        View::Lines(lines.map(show).collect())
    }
}

impl Report for Log {
    fn json(&self) -> Value {
        let logs = self.lines.iter().map(|line| line.entry.raw.clone());
        let mut answer = self.rest.clone();
        answer.insert("logs".to_owned(), logs.collect());
        Value::Object(answer)
    }

    fn plain(&self) -> View {
        self.view(Line::plain)
    }

    fn rich(&self) -> View {
        self.view(Line::rich)
    }

    fn title(&self) -> Option<String> {
        Some(self.title.clone())
    }

    fn notes(&self) -> Vec<Note> {
        self.notes.clone()
    }
}
