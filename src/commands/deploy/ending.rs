//! How the wait for a deployment ended, in a report.

use serde_json::json;

use super::finish::Written;
use super::follow::Followed;
use super::report::Deployed;
use super::state::{State, health};
use crate::api::Rollout;
use crate::error::{Code, Error, excerpt};
use crate::output::{Note, shell_word};

impl Written<'_> {
    /// How it ended, with the end of the agent's log.
    pub(super) fn conclude(&self, followed: Followed, log: &[String]) -> Deployed {
        let Followed {
            rollout,
            state,
            deployment,
            is_over,
        } = followed;
        let mut report = self.report(deployment, false, false);
        report.state = state.as_ref().map(State::name);
        let failure = |code, message: String| {
            let error = Error::new(code, message);
            let error = match log {
                [] => error,
                log => error.with_detail("logs", json!(log)),
            };
            let error = self.with_build(error);
            match &report.deployment {
                Some(id) => error.with_detail("deploymentId", json!(id)),
                None => error,
            }
        };
        let troubles = troubles(&rollout, log);
        let late = |what: &str| failure(Code::TimedOut, format!("time ran out: {what}{troubles}"));
        let show = self.show();
        let logs = format!(
            "pipecat cloud agent logs {} -o {}",
            shell_word(self.agent),
            self.organization
        );
        match state {
            Some(State::Ready) => {
                report.is_ready = true;
                report.is_available = true;
                report.notes = self.next();
            }
            Some(State::Failed(why)) => {
                let why = match troubles.strip_prefix(": ") {
                    Some(more) if more.contains(&why) => more.to_owned(),
                    _ => format!("{why}{troubles}"),
                };
                report.failure = Some(
                    failure(
                        Code::DeploymentFailed,
                        format!("the deployment of `{}` failed: {why}", self.agent),
                    )
                    .hint(format!("read its log with `{logs}`")),
                );
            }
            Some(State::Superseded(other)) => {
                report.failure = Some(
                    failure(
                        Code::Superseded,
                        format!(
                            "this deployment of `{}` was replaced by another: {other}",
                            self.agent
                        ),
                    )
                    .hint(format!("see what is running with `{show}`")),
                );
            }
            Some(State::RollingOut { reachable: true }) => {
                report.is_available = true;
                report.notes.push(Note::Warning(
                    "time ran out: it is still rolling out; it is reachable, and the rollout \
                     continues"
                        .to_owned(),
                ));
                report
                    .notes
                    .push(Note::Hint(format!("check on it with `{show}`")));
            }
            Some(State::Degraded(why)) => {
                report.is_available = true;
                report.failure = Some(
                    late(&format!(
                        "the new deployment does not start: {why}; the previous one still takes \
                         the sessions"
                    ))
                    .hint(format!("read its log with `{logs}`")),
                );
            }
            Some(State::NotTakenUp) => {
                report.failure = Some(
                    late("the platform has not picked up the deployment")
                        .hint(format!("it may still do so: see `{show}`")),
                );
            }
            Some(State::RollingOut { .. } | State::Unavailable) | None => {
                debug_assert!(is_over, "all other states end the wait");
                report.failure = Some(
                    late("the agent is not available")
                        .hint(format!("it may still start: see `{show}`"))
                        .hint(format!("read its log with `{logs}`")),
                );
            }
        }
        report
    }
}

/// What is wrong with the new revision, and what the agent said last, to be added to a sentence.
fn troubles(rollout: &Rollout, log: &[String]) -> String {
    let revision = rollout.current.as_ref();
    let mut parts: Vec<String> = revision.and_then(health).into_iter().collect();
    let said = revision.and_then(|revision| revision.health.as_ref()?.message.as_deref());
    if said.is_none()
        && let Some(last) = log.last()
    {
        parts.push(format!("its log ends with `{}`", excerpt(last.trim())));
    }
    let mut text = String::new();
    if !parts.is_empty() {
        text = format!(": {}", parts.join("; "));
    }
    if revision.is_some_and(|revision| revision.has_infrastructure_issue) {
        text.push_str("; the platform is partly the cause, so contact support if this persists");
    }
    text
}
