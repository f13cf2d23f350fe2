//! `agent sessions --watch`.

use std::collections::HashMap;
use std::time::Duration;

use super::figures::{clock as told, duration};
use super::list::List;
use super::one::One;
use super::pages::Wanted;
use crate::api::{AgentSession, Api};
use crate::commands::agent::missing;
use crate::commands::agent::watching::{News, Watched, watch};
use crate::context::Context;
use crate::error::{Code, Error, Result};
use crate::output::{Clock, Field, Report};
use crate::poll::Polled;

/// So many of the newest sessions are looked at, where nobody says how many.
const LOOKED_AT: usize = 100;

/// Watches the sessions of an agent until somebody ends it.
pub(super) async fn list(
    context: &Context,
    wanted: &Wanted<'_>,
    clock: Clock,
) -> Result<Box<dyn Report>> {
    let sessions = Sessions {
        api: context.api()?,
        wanted,
        clock,
        known: None,
    };
    forever(context, sessions).await
}

/// Watches one session until somebody ends it.
pub(super) async fn one(
    context: &Context,
    wanted: &Wanted<'_>,
    id: &str,
    clock: Clock,
) -> Result<Box<dyn Report>> {
    let session = Session {
        api: context.api()?,
        wanted,
        id,
        clock,
        known: Vec::new(),
    };
    forever(context, session).await
}

async fn forever(context: &Context, mut watched: impl Watched) -> Result<Box<dyn Report>> {
    match watch(context, Duration::MAX, &mut watched).await? {
        Polled::Done(last) => Ok(last),
        Polled::TimeOver => Err(Error::new(Code::TimedOut, "the watch has ended")),
    }
}

/// The sessions of an agent, watched.
struct Sessions<'a> {
    api: &'a Api,
    wanted: &'a Wanted<'a>,
    clock: Clock,
    /// How those of the look before stand, by their ids.
    known: Option<HashMap<String, &'static str>>,
}

impl Watched for Sessions<'_> {
    type Look = List;

    async fn look(&self) -> Result<List> {
        let Wanted {
            organization,
            agent,
            ..
        } = *self.wanted;
        let found = self.wanted.look(self.api, LOOKED_AT).await;
        let found = found.map_err(|error| missing(error, organization, agent))?;
        Ok(List::new(found, self.wanted, self.clock))
    }

    /// Of the first look, those that run; the oldest first.
    fn news(&mut self, look: &List) -> Vec<News> {
        let mut now = HashMap::new();
        let mut news = Vec::new();
        for session in look.found.sessions.iter().rev() {
            let Some(id) = session.value.id.clone() else {
                continue;
            };
            let status = session.value.status();
            let before = self.known.as_ref().map(|known| known.get(&id).copied());
            let is_news = match before {
                None => status == "Active",
                Some(before) => before != Some(status),
            };
            if is_news {
                news.push(News {
                    lines: vec![line(&id, &session.value)],
                    json: session.raw.clone(),
                });
            }
            now.insert(id, status);
        }
        self.known = Some(now);
        news
    }
}

fn line(id: &str, session: &AgentSession) -> String {
    let status = session.status();
    match duration(session) {
        Some(duration) => format!("{id} {status} after {}", told(duration)),
        None => format!("{id} {status}"),
    }
}

/// A session, watched.
struct Session<'a> {
    api: &'a Api,
    wanted: &'a Wanted<'a>,
    id: &'a str,
    clock: Clock,
    known: Vec<Field>,
}

impl Watched for Session<'_> {
    type Look = One;

    async fn look(&self) -> Result<One> {
        One::new(self.api, self.wanted, self.id, self.clock, true).await
    }

    fn news(&mut self, look: &One) -> Vec<News> {
        let fields = look.fields(false);
        let fresh = fields.iter().filter(|field| !self.known.contains(field));
        let lines: Vec<String> = fresh
            .map(|field| format!("{}: {}", field.label, field.value))
            .collect();
        self.known = fields;
        if lines.is_empty() {
            return Vec::new();
        }
        vec![News {
            lines,
            json: look.detail.raw.clone(),
        }]
    }
}
