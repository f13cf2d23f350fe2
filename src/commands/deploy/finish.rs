//! Waiting for what the service has taken, and how that ended.

use std::time::Duration;

use serde_json::json;

use super::follow::{Follow, Followed};
use super::report::{Deployed, Source};
use super::state::State;
use crate::api::{Accepted, LogQuery, Rollout};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::limit::optional;
use crate::output::{Note, Report, shell_word};
use crate::poll::Poll;
use crate::settings::Key;

/// How long a deployment is waited for where nobody says otherwise.
const TIMEOUT: Duration = Duration::from_secs(600);

/// The pauses between two looks.
pub(super) const PAUSES: [Duration; 4] = [
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(4),
    Duration::from_secs(5),
];

/// So many failed looks in a row are borne.
pub(super) const PATIENCE: u32 = 5;

/// So many entries of the agent's log are read where it does not come up, and so many lines told.
const LOG_ENTRIES: usize = 50;
const LOG_LINES: usize = 20;

/// What the service has taken.
pub(super) struct Written<'a> {
    pub(super) context: &'a Context,
    pub(super) organization: &'a str,
    pub(super) agent: &'a str,
    pub(super) region: Option<String>,
    /// The agent as it was; nothing if there was none.
    pub(super) before: Option<&'a Rollout>,
    pub(super) accepted: Accepted,
    /// Whether what is wanted is something else than what was there.
    pub(super) is_another: bool,
    pub(super) source: Source,
    pub(super) timeout: Option<Duration>,
    pub(super) waits: bool,
}

impl Written<'_> {
    /// The command that shows how the agent stands.
    pub(super) fn show(&self) -> String {
        format!(
            "pipecat cloud agent status {} -o {}",
            shell_word(self.agent),
            self.organization
        )
    }

    /// The deployment that is waited for: the one that the service names, unless that is the one
    /// that was there before.
    fn wanted(&self) -> Option<String> {
        let named = self.accepted.deployment.clone();
        let before = self.before.and_then(|before| before.desired.as_ref());
        named.filter(|id| Some(id) != before)
    }

    /// Whether the one from before cannot be what was sent, and the service has not said which is.
    fn must_be_another(&self) -> bool {
        let was_there = self.before.is_some_and(|before| before.desired.is_some());
        let says_nothing = self.accepted.deployment.is_none() && self.accepted.warning.is_none();
        self.is_another && was_there && says_nothing
    }

    /// What is said where the wait is cut short.
    pub(super) fn set_last_words(&self, deployment: Option<&str>) {
        let (agent, show) = (self.agent, self.show());
        let which = deployment.map_or_else(String::new, |id| format!(" {id}"));
        self.context.set_last_words(format!(
            "the deployment{which} of `{agent}` continues: see `{show}`"
        ));
        if let Some(id) = deployment {
            self.context.set_if_interrupted("deploymentId", json!(id));
        }
    }

    /// Says what the service has to say, waits, and reports.
    pub(super) async fn finish(self) -> Result<Box<dyn Report>> {
        self.say_warning();
        let wanted = self.wanted();
        self.set_last_words(wanted.as_deref());
        if !self.waits {
            let (is_ready, is_available) = (self.accepted.is_ready, self.accepted.is_available);
            let id = wanted.or_else(|| self.accepted.deployment.clone());
            let mut report = self.report(id, is_ready, is_available);
            report
                .notes
                .push(Note::Hint(format!("check on it with `{}`", self.show())));
            self.tell(&report);
            return Ok(Box::new(report));
        }
        let context = self.context;
        let api = context.api()?;
        let follow = Follow {
            poll: Poll {
                limit: self.timeout.unwrap_or(TIMEOUT),
                pauses: &PAUSES,
                patience: PATIENCE,
            },
            wanted,
            before: self.before.and_then(|before| before.desired.clone()),
            is_another: self.must_be_another(),
        };
        let progress = context.printer.progress("waiting until it is ready");
        let followed = follow
            .run(
                async || api.agent_now(self.organization, self.agent).await,
                |deployment, lines| {
                    self.set_last_words(deployment);
                    for line in lines {
                        context.printer.note(&Note::Plain(line.clone()));
                    }
                },
            )
            .await;
        drop(progress);
        let followed = followed.map_err(|error| {
            let what = "the deployment was accepted, but its progress cannot be read";
            self.with_build(error)
                .context(what)
                .hint(format!("it may well continue: see `{}`", self.show()))
        })?;
        let log = self.last_words_of_the_agent(&followed).await;
        let report = self.conclude(followed, &log);
        self.tell(&report);
        Ok(Box::new(report))
    }

    /// Programs are told which build was deployed.
    pub(super) fn with_build(&self, error: Error) -> Error {
        match &self.source.build {
            Some(id) => error.with_detail("buildId", json!(id)),
            None => error,
        }
    }

    fn tell(&self, report: &Deployed) {
        if let Some(workflow) = &self.context.workflow {
            report.tell(workflow);
        }
    }

    pub(super) fn say_warning(&self) {
        if let Some(warning) = &self.accepted.warning {
            let printer = &self.context.printer;
            printer.note(&Note::Warning(format!("the service says: {warning}")));
        }
    }

    pub(super) fn report(
        &self,
        deployment: Option<String>,
        is_ready: bool,
        is_available: bool,
    ) -> Deployed {
        Deployed {
            agent: self.agent.to_owned(),
            organization: self.organization.to_owned(),
            region: self.region.clone(),
            is_update: self.before.is_some(),
            source: self.source.clone(),
            deployment,
            is_ready,
            is_available,
            state: None,
            warning: self.accepted.warning.clone(),
            notes: Vec::new(),
            failure: None,
        }
    }

    /// The end of the agent's log, where what was deployed does not come up. It decides nothing.
    async fn last_words_of_the_agent(&self, followed: &Followed) -> Vec<String> {
        let fails = matches!(
            followed.state,
            Some(
                State::Failed(_)
                    | State::Degraded(_)
                    | State::Unavailable
                    | State::RollingOut { reachable: false }
            )
        );
        let Some(deployment) = followed.deployment.as_deref().filter(|_| fails) else {
            return Vec::new();
        };
        let query = LogQuery {
            deployment: Some(deployment),
            limit: LOG_ENTRIES,
            once: true,
            ..LogQuery::default()
        };
        let Ok(api) = self.context.api() else {
            return Vec::new();
        };
        let page = optional(api.agent_logs(self.organization, self.agent, &query)).await;
        let entries = page.map(|page| page.entries).unwrap_or_default();
        // They come newest first.
        let texts = entries
            .iter()
            .rev()
            .filter_map(|entry| entry.value.text.as_deref());
        let mut lines: Vec<String> = texts.flat_map(str::lines).map(str::to_owned).collect();
        lines.retain(|line| !line.trim().is_empty());
        lines.drain(..lines.len().saturating_sub(LOG_LINES));
        if !lines.is_empty() {
            let printer = &self.context.printer;
            printer.note(&Note::Plain("its log ends with:".to_owned()));
            for line in &lines {
                printer.line(&format!("  {line}"));
            }
        }
        lines
    }

    /// What to do once it serves.
    pub(super) fn next(&self) -> Vec<Note> {
        let (agent, organization) = (shell_word(self.agent), self.organization);
        let settings = &self.context.settings;
        let mut notes = vec![Note::Hint(format!(
            "start a session with `pipecat cloud agent start {agent} -o {organization}`"
        ))];
        if matches!(settings.get(Key::DefaultPublicKey), Ok(None)) {
            notes.push(Note::Hint(format!(
                "that takes a public key: create one with `pipecat cloud organizations keys \
                 create --default -o {organization}`"
            )));
        }
        notes
    }
}
