//! Waiting where the service builds and deploys a branch by itself.

use std::cell::RefCell;
use std::ops::ControlFlow;
use std::time::Duration;

use serde_json::{Value, json};

use super::finish::{PATIENCE, Written};
use super::follow::passes;
use super::report::{TITLE, outcome};
use crate::api::{LatestDeploy, WithRaw};
use crate::error::{Code, Error, Result};
use crate::output::{Field, Note, Report, View};
use crate::poll::{Poll, Polled};

/// How long it is waited for where nobody says otherwise.
const TIMEOUT: Duration = Duration::from_secs(1200);

/// The pause between two looks.
const PAUSES: [Duration; 1] = [Duration::from_secs(5)];

/// Waits, if that is wanted, and reports.
pub(super) async fn finish(written: Written<'_>) -> Result<Box<dyn Report>> {
    written.say_warning();
    written.set_last_words(None);
    let mut report = FromGitHub {
        agent: written.agent.to_owned(),
        organization: written.organization.to_owned(),
        latest: None,
        is_ready: false,
        outcome: "unobserved",
        notes: Vec::new(),
        failure: None,
    };
    let show = written.show();
    if !written.waits {
        let hint = format!("check on it with `{show}`");
        report.notes.push(Note::Hint(hint));
        report.tell(&written);
        return Ok(Box::new(report));
    }
    let context = written.context;
    let api = context.api()?;
    let poll = Poll {
        limit: written.timeout.unwrap_or(TIMEOUT),
        pauses: &PAUSES,
        patience: PATIENCE,
    };
    let latest: RefCell<Option<WithRaw<LatestDeploy>>> = RefCell::default();
    let progress = context
        .printer
        .progress("waiting for the build and the deployment");
    let polled = poll
        .until(passes, async || {
            let now = api
                .latest_deploy(written.organization, written.agent)
                .await?;
            let Some(now) = now else {
                return Ok(ControlFlow::Continue(()));
            };
            let is_news = latest
                .borrow()
                .as_ref()
                .is_none_or(|before| before.value.status != now.value.status);
            if is_news && let Some(status) = &now.value.status {
                context.printer.note(&Note::Plain(status.clone()));
            }
            let goes_on = goes_on(now.value.status.as_deref());
            latest.replace(Some(now));
            Ok(if goes_on {
                ControlFlow::Continue(())
            } else {
                ControlFlow::Break(())
            })
        })
        .await;
    drop(progress);
    let seen = latest.into_inner();
    report.latest = seen.as_ref().map(|seen| seen.raw.clone());
    let agent = written.agent;
    match (polled, seen) {
        (Ok(Polled::Done(())), Some(WithRaw { value: deploy, .. })) => {
            report.outcome = "terminal";
            report.is_ready = deploy.status.as_deref() == Some("succeeded");
            if report.is_ready {
                report.notes = written.next();
            } else {
                let status = deploy.status.unwrap_or_default();
                let why = deploy
                    .reason
                    .map_or_else(String::new, |why| format!(": {why}"));
                let message = format!("the deployment of `{agent}` ended as `{status}`{why}");
                report.failure = Some(Error::new(Code::DeploymentFailed, message));
            }
        }
        (Ok(_), Some(_)) => {
            report.outcome = "in_flight";
            report.notes.push(Note::Warning(
                "time ran out: the deployment is still under way, and continues".to_owned(),
            ));
            report
                .notes
                .push(Note::Hint(format!("check on it with `{show}`")));
        }
        (Ok(_), None) => {
            let message = format!("time ran out: no deployment of `{agent}` was seen");
            let error = Error::new(Code::TimedOut, message);
            report.failure = Some(error.hint(format!("it may still start: see `{show}`")));
        }
        (Err(error), seen) => {
            if seen.is_some() {
                report.outcome = "in_flight";
            }
            let what = "the deployment was accepted, but its progress cannot be read";
            let error = error.context(what);
            report.failure = Some(error.hint(format!("it may well continue: see `{show}`")));
        }
    }
    report.tell(&written);
    Ok(Box::new(report))
}

/// Whether a deploy in this state is still under way.
fn goes_on(status: Option<&str>) -> bool {
    matches!(status, None | Some("pending" | "building" | "deploying"))
}

/// The agent was created from a repository.
struct FromGitHub {
    agent: String,
    organization: String,
    latest: Option<Value>,
    is_ready: bool,
    outcome: &'static str,
    notes: Vec<Note>,
    failure: Option<Error>,
}

impl FromGitHub {
    /// Tells the workflow that the run belongs to.
    fn tell(&self, written: &Written) {
        let Some(workflow) = &written.context.workflow else {
            return;
        };
        let mut rows = vec![
            ("Agent", self.agent.clone()),
            ("Organization", self.organization.clone()),
        ];
        if let Some((repository, branch)) = &written.source.branch {
            rows.push(("Repository", repository.clone()));
            rows.push(("Branch", branch.clone()));
        }
        let latest = self.latest.as_ref();
        let commit = latest.and_then(|latest| latest["commitSha"].as_str());
        rows.extend(commit.map(|commit| ("Commit", commit.to_owned())));
        rows.push(("Outcome", outcome(self.failure.as_ref(), self.is_ready)));
        workflow.summarize(TITLE, &rows);
        workflow.set_outputs(commit.map(|commit| ("commit", commit)).as_slice());
    }
}

impl Report for FromGitHub {
    fn json(&self) -> Value {
        json!({
            "agentName": self.agent,
            "organization": self.organization,
            "latestDeploy": self.latest,
            "ready": self.is_ready,
            "waitOutcome": self.outcome,
        })
    }

    fn plain(&self) -> View {
        let text = |name: &str| {
            let value = self
                .latest
                .as_ref()
                .and_then(|latest| latest[name].as_str());
            value.unwrap_or("N/A").to_owned()
        };
        View::Labelled(vec![
            Field::new("Agent", &self.agent),
            Field::new("Latest Deploy", text("status")),
            Field::new("Commit", text("commitSha")),
            Field::new("Ready", if self.is_ready { "True" } else { "False" }),
        ])
    }

    fn notes(&self) -> Vec<Note> {
        self.notes.clone()
    }

    fn failure(&self) -> Option<&Error> {
        self.failure.as_ref()
    }
}
