//! Which entries are shown.

use chrono::{DateTime, Utc};

use super::level::{Level, Levels};
use super::pages::Entry;
use super::text::without_escapes;
use crate::api::LogEntry;
use crate::output::instant;

/// What an entry must be like to be shown.
#[derive(Clone, Debug, Default)]
pub(super) struct Filter {
    /// Of this level.
    level: Option<Level>,
    /// From this time on.
    since: Option<DateTime<Utc>>,
    /// Before this time.
    until: Option<DateTime<Utc>>,
    /// With this in its text, in small letters.
    search: Option<String>,
}

impl Filter {
    pub(super) fn new(
        level: Option<Level>,
        (since, until): (Option<DateTime<Utc>>, Option<DateTime<Utc>>),
        search: Option<&str>,
    ) -> Self {
        Self {
            level,
            since,
            until,
            search: search.map(str::to_lowercase),
        }
    }

    /// Whether anything is left out.
    pub(super) fn is_any(&self) -> bool {
        self.level.is_some()
            || self.since.is_some()
            || self.until.is_some()
            || self.search.is_some()
    }

    /// Whether an entry of this level, written at this time, fits. A time that nobody can read is
    /// no reason to hide anything.
    pub(super) fn fits(&self, entry: &LogEntry, level: Level, time: Option<DateTime<Utc>>) -> bool {
        // Nothing can be said of an entry that says nothing.
        (entry.text.is_some() || !self.is_any())
            && self.level.is_none_or(|wanted| level == wanted)
            && time.is_none_or(|time| {
                self.since.is_none_or(|since| since <= time)
                    && self.until.is_none_or(|until| time < until)
            })
            && self.search.as_ref().is_none_or(|wanted| {
                let text = entry.text.as_deref().unwrap_or_default();
                without_escapes(text).to_lowercase().contains(wanted)
            })
    }

    /// The newest `count` that fit of these entries, with their levels; both newest first. While
    /// there may be older ones (`is_all` is false), an entry whose level they may tell does not count.
    pub(super) fn select<'a>(
        &self,
        entries: &'a [Entry],
        is_all: bool,
        count: usize,
    ) -> Vec<(&'a Entry, Level)> {
        let mut levels = Levels::default();
        let levels: Vec<Option<Level>> = entries
            .iter()
            .rev()
            .map(|entry| levels.next(&entry.value))
            .collect();
        let mut time = None;
        let fitting = entries
            .iter()
            .zip(levels.into_iter().rev())
            .filter(|(entry, level)| {
                // One whose time cannot be read stands by its neighbour.
                time = time_of(&entry.value).or(time);
                let is_told = is_all || level.is_some() || self.level.is_none();
                is_told && self.fits(&entry.value, level.unwrap_or(Level::Info), time)
            });
        fitting
            .take(count)
            .map(|(entry, level)| (entry, level.unwrap_or(Level::Info)))
            .collect()
    }

    /// Whether entries older than these cannot fit.
    pub(super) fn is_passed(&self, entries: &[Entry]) -> bool {
        let oldest = entries.iter().rev().find_map(|entry| time_of(&entry.value));
        oldest.is_some_and(|oldest| self.since.is_some_and(|since| oldest < since))
    }
}

/// When an entry was written, if it says so in a form that can be read.
pub(super) fn time_of(entry: &LogEntry) -> Option<DateTime<Utc>> {
    instant(entry.timestamp.as_deref()?)
}

#[cfg(test)]
mod tests {
    use super::super::model;
    use super::*;

    /// The texts of what is selected.
    fn selected(filter: &Filter, entries: &[Entry], is_all: bool, count: usize) -> String {
        let selected = filter.select(entries, is_all, count);
        let texts = selected
            .iter()
            .filter_map(|(entry, _)| entry.value.text.clone());
        texts.collect::<Vec<_>>().join(" / ")
    }

    fn of_level(level: Level) -> Filter {
        Filter::new(Some(level), (None, None), None)
    }

    #[test]
    fn an_error_is_shown_with_its_traceback_and_nothing_else() {
        // Newest first.
        let entries = [
            model::entry(6, "INFO: done"),
            model::entry(5, "KeyError: 'x'"),
            model::entry(4, "Traceback"),
            model::entry(3, "ERROR: failed"),
            model::entry(2, "INFO: begin"),
            model::entry(1, "starts"),
        ];
        let errors = of_level(Level::Error);
        assert_eq!(
            selected(&errors, &entries, true, 9),
            "KeyError: 'x' / Traceback / ERROR: failed"
        );
        assert_eq!(
            selected(&errors, &entries, true, 2),
            "KeyError: 'x' / Traceback"
        );
        // The very first may belong to something older, unless there is nothing older.
        let info = of_level(Level::Info);
        assert_eq!(
            selected(&info, &entries, false, 9),
            "INFO: done / INFO: begin"
        );
        assert_eq!(
            selected(&info, &entries, true, 9),
            "INFO: done / INFO: begin / starts"
        );
    }

    #[test]
    fn since_counts_and_until_does_not() {
        let entries = [4, 3, 2, 1].map(|second| model::entry(second, &second.to_string()));
        let time = |second| time_of(&model::entry(second, "").value);
        let filter = Filter::new(None, (time(2), time(4)), None);
        assert_eq!(selected(&filter, &entries, true, 9), "3 / 2");
        assert!(!filter.is_passed(&entries[..3]));
        assert!(filter.is_passed(&entries));
        // What has no time stands by its newer neighbour, and with nobody to stand by it is shown.
        let mut entries = entries;
        for index in [0, 1, 3] {
            entries[index].value.timestamp = Some("soon".to_owned());
        }
        assert_eq!(selected(&filter, &entries, true, 9), "4 / 3 / 2 / 1");
        assert!(!filter.is_passed(&entries));
    }

    #[test]
    fn a_text_is_found_in_any_case_and_behind_colours() {
        let entries = [
            model::entry(2, "KEY\u{1b}[31mERROR\u{1b}[0m: Ä"),
            model::entry(1, "[31m"),
        ];
        let found = |text: &str| {
            let filter = Filter::new(None, (None, None), Some(text));
            filter.select(&entries, true, 9).len()
        };
        assert_eq!(
            [
                found("keyerror"),
                found("ERROR: ä"),
                found("31"),
                found("x")
            ],
            [1, 1, 1, 0]
        );
    }
}
