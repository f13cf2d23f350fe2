//! `agent deploy --github`.

mod end;

use clap_complete::engine::ArgValueCompleter;
use std::cell::RefCell;
use std::ops::ControlFlow;
use std::time::Duration;

use serde_json::{Value, json};

use self::end::{End, Look, Outcome};
use super::status_command;
use crate::api::{DeployIntent, LatestDeploy, WithRaw};
use crate::commands::deploy::{TITLE, outcome, tell_failure};
use crate::commands::{InOrganization, Run, invalid, look_with, shell_word};
use crate::completions;
use crate::context::Context;
use crate::error::{Code, Error, Result};
use crate::http::check_segment;
use crate::limit;
use crate::output::{Field, Note, Report, View, Workflow};
use crate::poll::{Poll, Polled};

const EXAMPLES: &str = "\
Examples:
  pipecat cloud agent deploy my-bot --github
  pipecat cloud agent deploy my-bot --github --wait

Exit status: 0 queued, or with --wait deployed, or overtaken by a newer deployment; 1 otherwise";

/// How often a deploy is looked at.
const PAUSES: [Duration; 1] = [Duration::from_secs(5)];

/// So many failed looks in a row are borne.
const PATIENCE: u32 = 5;

/// How long a deploy may take, in seconds.
const TIMEOUT: u64 = 1200;

/// Deploy the branch that an agent is linked to
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// The agent
    #[arg(value_name = "AGENT", add = ArgValueCompleter::new(completions::agents))]
    agent: String,

    /// Deploy from the linked branch on GitHub: always needed
    #[arg(long)]
    github: bool,

    /// Wait until it is deployed
    #[arg(long)]
    wait: bool,

    /// With --wait: how long, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = TIMEOUT, requires = "wait",
        value_parser = clap::value_parser!(u64).range(1..=86_400))]
    timeout: u64,

    #[command(flatten)]
    organization: InOrganization,
}

impl Run for Args {
    fn time_limit(&self) -> Option<Duration> {
        (!self.wait).then_some(limit::DEFAULT)
    }

    async fn run(self, context: &Context) -> Result<Box<dyn Report>> {
        if !self.github {
            return Err(
                invalid("this deploys only the branch that an agent is linked to")
                    .hint(format!(
                        "deploy it with `pipecat cloud agent deploy {} --github`",
                        shell_word(&self.agent)
                    ))
                    .hint("deploy an image, or the folder you are in, with `pipecat cloud deploy`"),
            );
        }
        let deployed = self.deploy(context).await;
        match (&deployed, &context.workflow) {
            (Ok(deployed), Some(workflow)) => deployed.tell(workflow),
            (Err(error), _) => tell_failure(context, Some(&self.agent), error),
            (Ok(_), None) => {}
        }
        Ok(Box::new(deployed?))
    }
}

impl Args {
    async fn deploy(&self, context: &Context) -> Result<Deploy> {
        check_segment(&self.agent)?;
        let organization = context.organization().await?.value;
        context.set_last_words(format!(
            "a deployment of the agent `{}` may have been queued",
            self.agent
        ));
        let intent = {
            let _progress = context.printer.progress("asking for the deployment");
            let api = context.api()?;
            let asked = api.deploy_linked_branch(&organization, &self.agent).await;
            asked.map_err(|error| self.failed(error, &organization))?
        };
        let end = if self.wait {
            Some(self.wait(context, &organization, &intent).await?)
        } else {
            None
        };
        Ok(Deploy {
            agent: self.agent.clone(),
            organization,
            intent,
            end,
        })
    }

    fn failed(&self, error: Error, organization: &str) -> Error {
        let agent = &self.agent;
        let error = look_with(error, &status_command(organization, agent));
        match error.code() {
            // Either there is no such agent, or it has no link: the service's words tell.
            Code::NotFound => error
                .context(&format!("cannot deploy `{agent}` from GitHub"))
                .hint(format!(
                    "list the agents with `pipecat cloud agent list -o {organization}`"
                ))
                .hint(format!(
                    "link it with `pipecat cloud agent link {} --repo OWNER/REPO --branch BRANCH -o {organization}`",
                    shell_word(agent)
                )),
            _ => error,
        }
    }

    /// Waits for the end of the deploy.
    async fn wait(
        &self,
        context: &Context,
        organization: &str,
        intent: &WithRaw<DeployIntent>,
    ) -> Result<End> {
        context.set_last_words(format!(
            "the deployment continues; check on it with `{}`",
            status_command(organization, &self.agent)
        ));
        context.set_if_interrupted("deployIntent", intent.raw.clone());
        let _progress = context.printer.progress("waiting for the deployment");
        let api = context.api()?;
        let seen: RefCell<Option<WithRaw<LatestDeploy>>> = RefCell::new(None);
        let poll = Poll {
            limit: Duration::from_secs(self.timeout),
            pauses: &PAUSES,
            patience: PATIENCE,
        };
        let polled = poll.until(passes, async || {
            let Some(latest) = api.latest_deploy(organization, &self.agent).await? else {
                return Ok(ControlFlow::Continue(()));
            };
            let look = Look::new(&intent.value, &latest.value);
            if let Look::Overtaken(commit) = look {
                return Ok(ControlFlow::Break(Some(commit)));
            }
            let mut seen = seen.borrow_mut();
            let before = seen.as_ref().and_then(|seen| seen.value.status.clone());
            if let Some(status) = &latest.value.status
                && before.as_ref() != Some(status)
            {
                context.printer.note(&Note::Plain(status.clone()));
            }
            *seen = Some(latest);
            Ok(match look {
                Look::Ended => ControlFlow::Break(None),
                _ => ControlFlow::Continue(()),
            })
        });
        let polled = polled.await;
        let seen = seen.into_inner();
        Ok(match polled {
            Ok(Polled::Done(None)) => End::terminal(seen),
            Ok(Polled::Done(Some(commit))) => End {
                outcome: Outcome::Superseded(commit),
                seen,
                failure: None,
            },
            Ok(Polled::TimeOver) => End::broken_off(seen, |is_seen| self.too_slow(is_seen)),
            Err(error) => End::broken_off(seen, |_| error.context("the deployment may continue")),
        })
    }

    fn too_slow(&self, is_seen: bool) -> Error {
        let (agent, seconds) = (&self.agent, self.timeout);
        let message = if is_seen {
            format!("the deployment of `{agent}` is still under way after {seconds} s")
        } else {
            format!("no deployment of `{agent}` was seen within {seconds} s")
        };
        Error::new(Code::TimedOut, message)
    }
}

/// Which failed looks say nothing of the deploy.
fn passes(error: &Error) -> bool {
    error.is_transient() || error.status() == Some(408)
}

/// A deploy that was asked for.
struct Deploy {
    agent: String,
    organization: String,
    intent: WithRaw<DeployIntent>,
    /// How it ended, if that was waited for.
    end: Option<End>,
}

impl Deploy {
    /// Tells the workflow that the run belongs to.
    fn tell(&self, workflow: &Workflow) {
        let seen = self.end.as_ref().and_then(|end| end.seen.as_ref());
        let commit = seen.and_then(|seen| seen.value.commit.as_ref());
        let commit = commit.or(self.intent.value.commit.as_ref());
        let outcome = match &self.end {
            None => "queued".to_owned(),
            Some(End {
                outcome: Outcome::Superseded(by),
                ..
            }) => {
                format!("replaced by a newer deployment, of {by}")
            }
            Some(end) => outcome(end.failure.as_ref(), true),
        };
        let mut rows = vec![
            ("Agent", self.agent.clone()),
            ("Organization", self.organization.clone()),
        ];
        let branch = self.intent.value.branch.iter();
        rows.extend(branch.map(|branch| ("Branch", branch.clone())));
        rows.extend(commit.map(|commit| ("Commit", commit.clone())));
        rows.push(("Outcome", outcome));
        workflow.summarize(TITLE, &rows);
        let outputs: Vec<_> = commit
            .map(|commit| ("commit", commit.as_str()))
            .into_iter()
            .collect();
        workflow.set_outputs(&outputs);
    }
}

impl Report for Deploy {
    fn json(&self) -> Value {
        let intent = &self.intent.raw;
        let Some(end) = &self.end else {
            return json!({"deployIntent": intent});
        };
        let (outcome, by) = match &end.outcome {
            Outcome::Terminal => ("terminal", None),
            Outcome::InFlight => ("in_flight", None),
            Outcome::Superseded(commit) => ("superseded", Some(commit)),
            Outcome::Unobserved => ("unobserved", None),
        };
        json!({
            "deployIntent": intent,
            "latestDeploy": end.seen.as_ref().map(|seen| &seen.raw),
            "waitOutcome": outcome,
            "supersededBy": by,
        })
    }

    fn plain(&self) -> View {
        let intent = &self.intent.value;
        let text = |text: &Option<String>| text.clone().unwrap_or_else(|| "N/A".to_owned());
        let mut fields = vec![
            Field::new("Branch", text(&intent.branch)),
            Field::new("Commit", text(&intent.commit)),
            Field::new("Deploy Intent", text(&intent.id)),
        ];
        let seen = self.end.as_ref().and_then(|end| end.seen.as_ref());
        let status = seen.and_then(|seen| seen.value.status.clone());
        fields.extend(status.map(|status| Field::new("Status", status)));
        View::Labelled(fields)
    }

    fn notes(&self) -> Vec<Note> {
        let status = status_command(&self.organization, &self.agent);
        let status = Note::Hint(format!("check on it with `{status}`"));
        match self.end.as_ref().map(|end| (&end.outcome, &end.failure)) {
            None => vec![
                Note::Plain("the deployment is queued, and continues on its own".to_owned()),
                status,
            ],
            Some((Outcome::Superseded(commit), _)) => vec![
                Note::Warning(format!(
                    "it was replaced by a newer deployment, of `{commit}`"
                )),
                status,
            ],
            Some((_, None)) => Vec::new(),
            Some((_, Some(_))) => vec![status],
        }
    }

    fn failure(&self) -> Option<&Error> {
        self.end.as_ref()?.failure.as_ref()
    }
}
