//! How a deployment stands, told from one look at the agent: no clock, no request.

use std::fmt::Write as _;
use std::time::SystemTime;

use chrono::DateTime;

use crate::api::{Revision, Rollout};
use crate::text::duration;

/// So much of a deployment's id stands for it in talk.
const SHORT_ID: usize = 8;

/// How a deployment stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// The platform has not begun with it.
    NotTakenUp,
    /// It serves.
    Ready,
    /// It does not come up; something takes sessions all the same. Why it does not.
    Degraded(String),
    /// It comes up; `reachable` says whether something takes sessions meanwhile.
    RollingOut {
        /// Whether something does.
        reachable: bool,
    },
    /// Nothing takes sessions, and nothing is known to be under way.
    Unavailable,
    /// Another deployment has replaced it.
    Superseded(String),
    /// It is given up. Why.
    Failed(String),
}

impl State {
    /// How it stands as far as this look tells, with the deployment that is `wanted`, if that is
    /// known, and the one that was there `before`.
    pub(super) fn of(rollout: &Rollout, wanted: Option<&str>, before: Option<&str>) -> Self {
        if let Some(error) = rollout.errors.first() {
            return Self::Failed(error.clone());
        }
        if let (Some(wanted), Some(desired)) = (wanted, rollout.desired.as_deref())
            && desired != wanted
            && Some(desired) != before
        {
            return Self::Superseded(desired.to_owned());
        }
        if let Some(revision) = &rollout.current
            && revision.phase.as_deref() == Some("Failed")
            && revision
                .deployment_id
                .as_deref()
                .is_none_or(|id| Some(id) == wanted)
        {
            let why = health(revision);
            return Self::Failed(why.unwrap_or_else(|| "its revision has failed".to_owned()));
        }
        if let (Some(wanted), Some(reconciled)) = (wanted, &rollout.reconciled)
            && reconciled.as_deref() != Some(wanted)
        {
            return Self::NotTakenUp;
        }
        if let (Some(wanted), Some(active), Some(before)) = (wanted, &rollout.active, before)
            && rollout.reconciled.is_none()
            && active == before
            && wanted != before
        {
            // What has been taken up is not said, but what runs is still the one from before.
            return Self::NotTakenUp;
        }
        let reachable = rollout.is_available;
        if reachable && (rollout.is_ready || rollout.is_active_ready) {
            return Self::Ready;
        }
        match &rollout.degraded {
            Some(why) if reachable => Self::Degraded(why.clone()),
            _ if reachable || rollout.is_progressing => Self::RollingOut { reachable },
            _ => Self::Unavailable,
        }
    }

    /// The name of it for programs.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::NotTakenUp => "not_taken_up",
            Self::Ready => "ready",
            Self::Degraded(_) => "degraded",
            Self::RollingOut { .. } => "rolling_out",
            Self::Unavailable => "unavailable",
            Self::Superseded(_) => "superseded",
            Self::Failed(_) => "failed",
        }
    }

    /// What people are told.
    fn words(&self) -> String {
        match self {
            Self::NotTakenUp => "waiting for the platform to pick it up".to_owned(),
            Self::Ready => "ready".to_owned(),
            Self::Degraded(why) => format!("degraded, and still reachable: {why}"),
            Self::RollingOut { reachable: true } => "rolling out, reachable".to_owned(),
            Self::RollingOut { reachable: false } => "rolling out".to_owned(),
            Self::Unavailable => "not available yet".to_owned(),
            Self::Superseded(id) => format!("deployment {} has replaced it", short(id)),
            Self::Failed(why) => format!("failed: {why}"),
        }
    }
}

/// A deployment's id as it stands in talk.
pub(super) fn short(id: &str) -> &str {
    id.char_indices()
        .nth(SHORT_ID)
        .map_or(id, |(end, _)| &id[..end])
}

/// What one look tells, as lines of talk; equal ones tell nothing new.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Telling {
    state: String,
    revisions: Vec<(String, Option<String>)>,
}

impl Telling {
    pub(super) fn of(rollout: &Rollout, state: &State, wanted: Option<&str>) -> Self {
        let mut revisions = Vec::new();
        let all = [&rollout.current, &rollout.previous];
        for revision in all.into_iter().flatten() {
            let is_new = wanted.is_none_or(|id| revision.deployment_id.as_deref() == Some(id));
            let told = described(if is_new { "new" } else { "other" }, revision);
            revisions.push((told, revision.phase_started_at.clone()));
        }
        Self {
            state: state.words(),
            revisions,
        }
    }

    /// The lines that differ from what was told `before`.
    pub(super) fn news(&self, before: Option<&Self>, now: SystemTime) -> Vec<String> {
        let mut lines = Vec::new();
        if before.is_none_or(|before| before.state != self.state) {
            lines.push(self.state.clone());
        }
        for (told, since) in &self.revisions {
            let known = before
                .is_some_and(|before| before.revisions.iter().any(|(other, _)| other == told));
            if !known {
                let since = since.as_deref().and_then(|since| elapsed(since, now));
                lines.push(match since {
                    Some(since) => format!("  {told} (in this phase for {since})"),
                    None => format!("  {told}"),
                });
            }
        }
        lines
    }
}

/// A revision in a line.
fn described(name: &str, revision: &Revision) -> String {
    let id = revision.deployment_id.as_deref().map_or("?", short);
    let phase = revision.phase.as_deref().unwrap_or("in an unknown phase");
    let mut line = format!("{name} revision {id}: {phase}");
    if let Some(count) = &revision.ready_replicas {
        let _ = write!(line, ", {count} ready");
    }
    if let Some(health) = health(revision) {
        let _ = write!(line, "; {health}");
    }
    if revision.has_infrastructure_issue {
        line.push_str("; the platform is partly the cause: contact support if this persists");
    }
    line
}

/// What is wrong with a revision, if anything is.
pub(super) fn health(revision: &Revision) -> Option<String> {
    let health = revision.health.as_ref()?;
    if health.is_ready && health.restart_count.is_none() {
        return None;
    }
    let mut parts = Vec::new();
    if let Some(headline) = &health.headline {
        parts.push(headline.clone());
    } else if let Some(reason) = &health.reason {
        let ended = match (&health.last_termination, &health.last_exit_code) {
            (Some(why), Some(code)) => format!(" ({why}, exit code {code})"),
            (Some(why), None) => format!(" ({why})"),
            (None, Some(code)) => format!(" (exit code {code})"),
            (None, None) => String::new(),
        };
        parts.push(format!("{reason}{ended}"));
    }
    if let Some(restarts) = &health.restart_count {
        parts.push(match &health.replicas_started {
            Some(started) => format!("restarts: {restarts} of {started} started"),
            None => format!("restarts: {restarts}"),
        });
    }
    let last = health.message.as_deref().and_then(last_line);
    parts.extend(last.map(str::to_owned));
    (!parts.is_empty()).then(|| parts.join("; "))
}

/// The last line of a text that has anything in it.
pub(super) fn last_line(text: &str) -> Option<&str> {
    text.lines().map(str::trim).rfind(|line| !line.is_empty())
}

/// How long ago a time was, if it makes sense.
fn elapsed(since: &str, now: SystemTime) -> Option<String> {
    let since = SystemTime::from(DateTime::parse_from_rfc3339(since).ok()?);
    Some(duration(now.duration_since(since).ok()?.as_secs()))
}

#[cfg(test)]
mod tests;
