//! What an agent has written.

use std::collections::VecDeque;
use std::time::{Duration, SystemTime};

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use serde_json::{Value, json};
use wiremock::ResponseTemplate;

use super::super::api::ok;
use super::super::paging::Paging;
use super::super::request::Request;

/// The log of an agent, kept in the order of time: of equal times, in the order of arrival.
#[derive(Clone, Debug, Default)]
pub struct Logs {
    entries: Vec<Entry>,
    /// How the log goes on: at each look the first of these lists is added, before the look is
    /// answered. An entry without `timestamp` gets the time of the look.
    pub upcoming: VecDeque<Vec<Value>>,
}

#[derive(Clone, Debug)]
struct Entry {
    time: DateTime<Utc>,
    value: Value,
}

/// A line of a log. More fields can be put into it, such as `sessionId` and `deploymentId`.
pub fn line(timestamp: &str, text: &str) -> Value {
    json!({"timestamp": timestamp, "log": text})
}

/// The time so long ago, as the service writes it.
pub fn ago(age: Duration) -> String {
    let time = DateTime::<Utc>::from(SystemTime::now() - age);
    time.to_rfc3339_opts(SecondsFormat::Millis, true)
}

impl Logs {
    /// Adds an entry at its time. One whose time makes no sense goes behind all others.
    pub fn add(&mut self, mut value: Value) {
        if let Some(fields) = value.as_object_mut()
            && !fields.contains_key("timestamp")
        {
            fields.shift_insert(0, "timestamp".to_owned(), ago(Duration::ZERO).into());
        }
        let time = value["timestamp"].as_str();
        let time = time.and_then(|time| DateTime::parse_from_rfc3339(time).ok());
        let last = self.entries.last().map(|entry| entry.time);
        let time = time.map_or(last.unwrap_or_default(), Into::into);
        let at = self.entries.partition_point(|entry| entry.time <= time);
        self.entries.insert(at, Entry { time, value });
    }

    /// Adds so many lines, the first at this time (RFC 3339) and the others at even distances;
    /// the text is made of the number, from 0.
    pub fn fill(&mut self, count: u32, start: &str, step: Duration, text: impl Fn(u32) -> String) {
        let start: DateTime<Utc> = start.parse().expect("an RFC 3339 time");
        let step = TimeDelta::from_std(step).expect("a step of less than an age");
        for n in 0..count {
            let time = start + step * i32::try_from(n).expect("fewer lines than that");
            let time = time.to_rfc3339_opts(SecondsFormat::AutoSi, true);
            self.add(line(&time, &text(n)));
        }
    }

    /// All entries, oldest first.
    pub fn entries(&self) -> impl DoubleEndedIterator<Item = &Value> {
        self.entries.iter().map(|entry| &entry.value)
    }

    /// All entries, oldest first, to be changed; they stay where they are.
    pub fn entries_mut(&mut self) -> impl DoubleEndedIterator<Item = &mut Value> {
        self.entries.iter_mut().map(|entry| &mut entry.value)
    }

    /// Forgets all entries, those to come too.
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    pub(super) fn answer(&mut self, paging: &Paging, request: &Request) -> ResponseTemplate {
        for entry in self.upcoming.pop_front().into_iter().flatten() {
            self.add(entry);
        }
        let parameters = request.parameters();
        let fits = |entry: &&Value| {
            ["deploymentId", "sessionId"].iter().all(|name| {
                let wanted = parameters.get(*name);
                wanted.is_none_or(|wanted| entry[*name] == **wanted)
            })
        };
        let entries: Vec<&Value> = self.entries().rev().filter(fits).collect();
        let total = entries.len();
        let page = match paging.page(request, entries.into_iter()) {
            Ok(page) => page,
            Err(refusal) => return *refusal,
        };
        let mut body = json!({"logs": page});
        if paging.tells_total {
            let exact = total <= paging.counts_to;
            body["total"] = json!({
                "value": total.min(paging.counts_to),
                "relation": if exact { "eq" } else { "gte" },
            });
        }
        ok(&body)
    }
}
