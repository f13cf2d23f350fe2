//! The log of an agent, as the service gives it away.

use super::filter::Filter;
use super::follow::Follower;
use super::pages::{self, Entry, Gathered, LARGEST_PAGE};
use crate::api::{Api, LogQuery};
use crate::commands::agent::{missing, status_command};
use crate::error::{Code, Error, Result};

/// So many entries are asked for at once, at least, where not all of them are shown.
pub(super) const LOOKED_THROUGH: usize = 100;

/// The log of an agent.
pub(super) struct Source<'a> {
    api: &'a Api,
    organization: &'a str,
    agent: &'a str,
    /// Whose entries are wanted.
    query: LogQuery<'a>,
}

impl<'a> Source<'a> {
    pub(super) fn new(
        api: &'a Api,
        organization: &'a str,
        agent: &'a str,
        query: LogQuery<'a>,
    ) -> Self {
        Self {
            api,
            organization,
            agent,
            query,
        }
    }

    /// What it is called.
    pub(super) fn name(&self) -> String {
        let Self {
            organization,
            agent,
            ..
        } = self;
        format!("log of `{agent}` in the organization `{organization}`")
    }

    /// The newest entries, as many as are wanted, or as it takes that so many of them fit.
    pub(super) async fn newest(&self, filter: &Filter, count: usize) -> Result<Gathered> {
        let mut size = LOOKED_THROUGH;
        let wanted = |entries: &[Entry], is_all: bool| {
            if is_all {
                return None;
            }
            if !filter.is_any() {
                return count.checked_sub(entries.len()).filter(|more| *more > 0);
            }
            if filter.is_passed(entries) || filter.select(entries, false, count).len() == count {
                return None;
            }
            let asked = size.max(count);
            // What is rare is far back.
            size = (2 * size).min(LARGEST_PAGE);
            Some(asked)
        };
        self.read(wanted, false).await
    }

    /// The newest entries, back to the last ones that are known.
    pub(super) async fn since(&self, follower: &Follower) -> Result<Gathered> {
        let mut is_first = true;
        let wanted = |entries: &[Entry], is_all: bool| {
            if std::mem::take(&mut is_first) {
                return Some(LOOKED_THROUGH);
            }
            (!follower.has_met(entries, is_all)).then_some(LARGEST_PAGE)
        };
        self.read(wanted, true).await
    }

    async fn read(
        &self,
        wanted: impl FnMut(&[Entry], bool) -> Option<usize>,
        once: bool,
    ) -> Result<Gathered> {
        let gathered = pages::read(wanted, async |offset, limit| {
            let query = LogQuery {
                offset,
                limit,
                once,
                ..self.query
            };
            let page = self.api.agent_logs(self.organization, self.agent, &query);
            page.await
        });
        let gathered = gathered.await;
        gathered.map_err(|error| missing(error, self.organization, self.agent))
    }

    /// The error where there is nothing, whatever is wanted of it.
    pub(super) fn nothing(&self) -> Error {
        let whose = match (self.query.session, self.query.deployment) {
            (Some(id), _) => format!(" for the session `{id}`"),
            (None, Some(id)) => format!(" for the deployment `{id}`"),
            (None, None) => String::new(),
        };
        let message = format!("there is nothing{whose} in the {}", self.name());
        let status = status_command(self.organization, self.agent);
        Error::new(Code::NotFound, message).hint(format!("check on the agent with `{status}`"))
    }
}
