//! A service with a log, for the tests of what reads it.

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use serde_json::{Map, Value, json};

use super::pages::{self, Entry, Gathered};
use crate::api::{LogEntry, LogPage, LogTotal};

/// An entry as it comes from the service.
pub(super) fn sent(raw: Value) -> Entry {
    Entry {
        value: LogEntry::read(&raw),
        raw,
    }
}

/// An entry of this second.
pub(super) fn entry(second: u32, text: &str) -> Entry {
    let (minute, second) = (second / 60, second % 60);
    let (hour, minute) = (minute / 60, minute % 60);
    sent(
        json!({"timestamp": format!("2026-02-01T{hour:02}:{minute:02}:{second:02}Z"), "log": text}),
    )
}

/// A log that grows.
#[derive(Clone, Debug)]
pub(super) struct Service {
    /// Oldest first.
    pub(super) log: Vec<(u32, String)>,
    /// The largest page.
    pub(super) cap: usize,
    pub(super) knows_offset: bool,
    pub(super) tells_total: bool,
    /// How often it was asked.
    pub(super) asked: usize,
}

impl Service {
    pub(super) fn new(log: Vec<(u32, String)>) -> Self {
        Self {
            log,
            cap: 1000,
            knows_offset: true,
            tells_total: true,
            asked: 0,
        }
    }

    /// A page, newest first.
    pub(super) fn page(&mut self, offset: usize, limit: usize) -> LogPage {
        self.asked += 1;
        let offset = if self.knows_offset { offset } else { 0 };
        let newest_first = self.log.iter().rev().skip(offset);
        let entries = newest_first
            .take(limit.min(self.cap))
            .map(|(second, text)| entry(*second, text));
        LogPage {
            entries: entries.collect(),
            total: self.tells_total.then_some(LogTotal {
                value: self.log.len(),
                is_exact: true,
            }),
            rest: Map::new(),
        }
    }
}

/// What is read of a log, which may change after each page. It fails never, and waits for nothing.
pub(super) fn read(
    service: &mut Service,
    wanted: impl FnMut(&[Entry], bool) -> Option<usize>,
    mut meanwhile: impl FnMut(&mut Service),
) -> Gathered {
    let read = pages::read(wanted, async |offset, limit| {
        let page = service.page(offset, limit);
        meanwhile(service);
        Ok(page)
    });
    let mut context = Context::from_waker(Waker::noop());
    match pin!(read).poll(&mut context) {
        Poll::Ready(Ok(gathered)) => gathered,
        Poll::Ready(Err(_)) | Poll::Pending => unreachable!("it neither fails nor waits"),
    }
}
