//! Reading sessions in pages, as far as they are wanted.

use std::collections::HashSet;

use serde_json::{Map, Value, json};

use crate::api::{AgentSession, Api, SessionQuery, WithRaw};
use crate::error::Result;

/// So many sessions a page may hold at most, as far as is known.
const LARGEST_PAGE: usize = 1000;

/// So many pages are read at most.
const MOST_PAGES: usize = 10;

/// Which sessions are wanted.
#[derive(Clone, Copy, Debug)]
pub(in crate::commands::agent) struct Wanted<'a> {
    pub(in crate::commands::agent) organization: &'a str,
    pub(in crate::commands::agent) agent: &'a str,
    pub(in crate::commands::agent) end_state: Option<&'a str>,
    /// How many; without it, as many as the service sends at once.
    pub(in crate::commands::agent) count: Option<usize>,
}

/// The sessions that were found.
#[derive(Debug, Default)]
pub(in crate::commands::agent) struct Found {
    /// In the service's order, each once.
    pub(in crate::commands::agent) sessions: Vec<WithRaw<AgentSession>>,
    /// How many there are in all, where the service tells.
    pub(in crate::commands::agent) total: Option<usize>,
    /// What else the service said.
    pub(in crate::commands::agent) rest: Map<String, Value>,
}

impl Found {
    /// The answer, as if it had come at once.
    pub(super) fn json(&self) -> Value {
        let sessions: Vec<&Value> = self.sessions.iter().map(|session| &session.raw).collect();
        let mut answer = json!({"sessions": sessions});
        for (name, value) in &self.rest {
            answer[name] = value.clone();
        }
        answer
    }
}

impl Wanted<'_> {
    /// Reads them. Further pages are asked for only where fewer came than are wanted and the service
    /// says that there are more: nobody knows whether it can be asked for them.
    pub(super) async fn read(&self, api: &Api) -> Result<Found> {
        let mut found = Found::default();
        let mut known = HashSet::new();
        for number in 0..MOST_PAGES {
            let left = self.count.map(|count| count - found.sessions.len());
            let query = SessionQuery {
                end_state: self.end_state,
                limit: left.map(|left| left.min(LARGEST_PAGE)),
                offset: found.sessions.len(),
                once: false,
            };
            let page = api.sessions(self.organization, self.agent, &query).await?;
            if number == 0 {
                found.rest = page.rest;
            }
            found.total = page.total.or(found.total);
            let before = found.sessions.len();
            // New ones push the old down, so that a page begins with some of the one before.
            let is_new = |session: &WithRaw<AgentSession>| {
                let id = session.value.id.as_ref();
                id.is_none_or(|id| !known.contains(id))
            };
            let mut sessions = page.sessions;
            sessions.retain(is_new);
            known.extend(sessions.iter().filter_map(|one| one.value.id.clone()));
            found.sessions.append(&mut sessions);
            let count = found.sessions.len();
            let has_more = found.total.is_some_and(|total| count < total);
            if count == before || !has_more || self.count.is_none_or(|wanted| count >= wanted) {
                break;
            }
        }
        if let Some(count) = self.count {
            found.sessions.truncate(count);
        }
        Ok(found)
    }

    /// Looks at the newest of them, once.
    pub(super) async fn look(&self, api: &Api, count: usize) -> Result<Found> {
        let query = SessionQuery {
            end_state: self.end_state,
            limit: Some(self.count.unwrap_or(count)),
            offset: 0,
            once: true,
        };
        let page = api.sessions(self.organization, self.agent, &query).await?;
        Ok(Found {
            sessions: page.sessions,
            total: page.total,
            rest: page.rest,
        })
    }
}
