//! Reading a log in pages, newest first, while it grows: new entries push the old ones down, so a
//! page begins with some that the one before has shown.

use std::collections::HashMap;

use serde_json::{Map, Value};

use crate::api::{LogEntry, LogPage, LogTotal, WithRaw};
use crate::error::Result;

/// An entry, and all that was sent of it.
pub(super) type Entry = WithRaw<LogEntry>;

/// So many pages are read at most.
pub(super) const MOST_PAGES: usize = 10;

/// So many entries a page may hold at most, as far as is known.
pub(super) const LARGEST_PAGE: usize = 1000;

/// So many entries are asked for again with the next page, to find out where it goes on.
const OVERLAP: usize = 10;

/// What has been read.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    /// The entries, newest first, each once.
    pub(super) entries: Vec<Entry>,
    /// What else the service said with the first page.
    pub(super) rest: Map<String, Value>,
    /// How many there are in all, where the service tells.
    pub(super) total: Option<LogTotal>,
    /// Whether there are no older ones.
    pub(super) is_all: bool,
}

/// Reads page after page. `wanted` tells, by what there is so far and whether that is all as far as
/// the service says, how many entries more to ask for; with nothing more it ends. `fetch` gets the
/// offset of the page and its size.
///
/// # Errors
/// Those of `fetch`.
pub(super) async fn read(
    mut wanted: impl FnMut(&[Entry], bool) -> Option<usize>,
    mut fetch: impl AsyncFnMut(usize, usize) -> Result<LogPage>,
) -> Result<Gathered> {
    let mut gathered = Gathered::default();
    let mut overlap = 0;
    for page_number in 0..MOST_PAGES {
        let Some(more) = wanted(&gathered.entries, gathered.is_all) else {
            break;
        };
        let offset = gathered.entries.len() - overlap;
        let size = match page_number {
            0 => more,
            _ => (more + overlap).min(LARGEST_PAGE),
        };
        let page = fetch(offset, size).await?;
        let came = page.entries.len();
        gathered.is_all = !has_more(page.total, offset + came, came >= size);
        gathered.total = page.total.or(gathered.total);
        if page_number == 0 {
            gathered.rest = page.rest;
        }
        let fresh = join(&mut gathered.entries, page.entries, overlap);
        if fresh == 0 {
            break;
        }
        overlap = OVERLAP.min(came / 2);
    }
    Ok(gathered)
}

/// Whether there are more entries than the first `seen`, where the last page was full or not.
fn has_more(total: Option<LogTotal>, seen: usize, was_full: bool) -> bool {
    match total {
        None => was_full,
        Some(total) => seen < total.value || !total.is_exact && was_full,
    }
}

/// Adds a page to what there is, without what it has in common with it, and gives how many entries
/// are new. It was asked to begin with the last `overlap` entries again; if the log has grown
/// meanwhile, it begins with more of them. They are taken for the same as a run, the shortest that
/// fits: equal entries beside each other are no repeats.
fn join(gathered: &mut Vec<Entry>, mut page: Vec<Entry>, overlap: usize) -> usize {
    let most = gathered.len().min(page.len());
    let is_run = |length: &usize| {
        let tail = &gathered[gathered.len() - length..];
        tail.iter().map(value).eq(page[..*length].iter().map(value))
    };
    match (overlap..=most).find(is_run) {
        Some(run) => drop(page.drain(..run)),
        None => {
            // A late line stands among them. What is there already goes, wherever it stands.
            let mut there: HashMap<&LogEntry, usize> = HashMap::new();
            for entry in gathered.iter() {
                *there.entry(&entry.value).or_default() += 1;
            }
            page.retain(|entry| match there.get_mut(&entry.value) {
                Some(count @ 1..) => {
                    *count -= 1;
                    false
                }
                _ => true,
            });
        }
    }
    let fresh = page.len();
    gathered.append(&mut page);
    fresh
}

fn value(entry: &Entry) -> &LogEntry {
    &entry.value
}

#[cfg(test)]
mod tests {
    use super::super::model;
    use super::*;

    /// Entries by their letters, newest first.
    fn entries(letters: &str) -> Vec<Entry> {
        letters
            .chars()
            .map(|one| model::entry(0, &one.to_string()))
            .collect()
    }

    fn letters(entries: &[Entry]) -> String {
        entries
            .iter()
            .filter_map(|one| one.value.text.clone())
            .collect()
    }

    #[test]
    fn a_page_goes_on_where_the_one_before_ended() {
        for (gathered, overlap, page, joined) in [
            ("", 0, "abc", "abc"),
            // Nothing has come meanwhile.
            ("abcd", 2, "cdef", "abcdef"),
            ("abcd", 2, "cd", "abcd"),
            // So much has come that the page begins further up.
            ("abcd", 2, "bcdef", "abcdef"),
            ("abcd", 2, "abcdef", "abcdef"),
            // Equal ones beside each other are no repeats.
            ("abAA", 1, "AAAc", "abAAAAc"),
            ("abAA", 2, "AAAc", "abAAAc"),
            ("abAA", 1, "bAAAc", "abAAAc"),
            // A late line stands among them.
            ("abcd", 2, "cXdef", "abcdXef"),
            // The page is the first one again, for somebody who knows no offset.
            ("abcd", 2, "abcd", "abcd"),
            ("abcd", 2, "abc", "abcd"),
            ("abcd", 2, "", "abcd"),
            // Nothing in common: it comes behind.
            ("abcd", 2, "xyz", "abcdxyz"),
        ] {
            let mut all = entries(gathered);
            let fresh = join(&mut all, entries(page), overlap);
            assert_eq!(letters(&all), joined, "{gathered} {page}");
            assert_eq!(fresh, joined.len() - gathered.len());
        }
    }

    #[test]
    fn the_service_or_a_full_page_says_whether_there_is_more() {
        let total = |value, is_exact| Some(LogTotal { value, is_exact });
        for (total, seen, was_full, more) in [
            (None, 100, true, true),
            (None, 99, false, false),
            (total(100, true), 100, true, false),
            (total(101, true), 100, true, true),
            (total(1200, true), 1000, false, true),
            (total(10_000, false), 10_000, true, true),
            (total(10_000, false), 9_000, false, true),
            (total(100, false), 100, false, false),
        ] {
            assert_eq!(has_more(total, seen, was_full), more, "{total:?} {seen}");
        }
    }
}
