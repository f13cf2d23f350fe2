//! `agent status`.

mod fields;
mod watch;

use clap_complete::engine::ArgValueCompleter;
use std::time::Duration;

use serde_json::Value;

use super::missing;
use crate::api::{AgentDetail, WithRaw};
use crate::commands::{InOrganization, Run, shell_word};
use crate::completions;
use crate::context::Context;
use crate::error::Result;
use crate::http::check_segment;
use crate::limit;
use crate::output::{Note, Report, View};

const EXAMPLES: &str = "\
Examples:
  pipecat cloud agent status my-bot
  pipecat cloud agent status my-bot | grep '^Ready: True'
  pipecat cloud agent status my-bot --watch
  pipecat cloud agent status my-bot --until-ready --timeout 300

Exit status: 0 shown, or with --until-ready, ready; 1 no such agent, or not ready in time";

/// Show the state of an agent
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// The agent
    #[arg(value_name = "AGENT", add = ArgValueCompleter::new(completions::agents))]
    agent: String,

    /// Look again every 2 seconds, until Ctrl-C
    #[arg(long)]
    watch: bool,

    /// Watch it until it is ready
    #[arg(long)]
    until_ready: bool,

    /// With `--until-ready`: how long to wait, in seconds; without it, as long as it takes
    #[arg(long, value_name = "SECONDS", requires = "until_ready",
        value_parser = clap::value_parser!(u64).range(1..=86_400))]
    timeout: Option<u64>,

    #[command(flatten)]
    organization: InOrganization,
}

impl Run for Args {
    fn time_limit(&self) -> Option<Duration> {
        (!self.watches()).then_some(limit::DEFAULT)
    }

    async fn run(self, context: &Context) -> Result<Box<dyn Report>> {
        check_segment(&self.agent)?;
        let organization = context.organization().await?.value;
        if self.watches() {
            return self.watch(context, &organization).await;
        }
        let _progress = context.printer.progress("looking at the agent");
        let detail = context
            .api()?
            .agent(&organization, &self.agent, false)
            .await;
        let detail = detail.map_err(|error| missing(error, &organization, &self.agent))?;
        let next = context
            .is_for_people()
            .then(|| self.next(&organization, &detail.value));
        Ok(Box::new(Status {
            detail,
            agent: self.agent,
            organization,
            next,
        }))
    }
}

impl Args {
    fn watches(&self) -> bool {
        self.watch || self.until_ready
    }

    /// What somebody may want to do about it.
    fn next(&self, organization: &str, agent: &AgentDetail) -> String {
        let name = shell_word(&self.agent);
        if agent.ready == Some(true) {
            format!("start a session with `pipecat cloud agent start {name} -o {organization}`")
        } else {
            format!("read its log with `pipecat cloud agent logs {name} -o {organization}`")
        }
    }
}

/// How an agent stands.
pub(super) struct Status {
    pub(super) detail: WithRaw<AgentDetail>,
    pub(super) agent: String,
    pub(super) organization: String,
    pub(super) next: Option<String>,
}

impl Report for Status {
    fn json(&self) -> Value {
        self.detail.raw.clone()
    }

    fn plain(&self) -> View {
        View::Labelled(fields::of(&self.agent, &self.detail.value))
    }

    fn title(&self) -> Option<String> {
        Some(format!(
            "the agent `{}` of the organization `{}`",
            self.agent, self.organization
        ))
    }

    fn notes(&self) -> Vec<Note> {
        self.next.iter().cloned().map(Note::Hint).collect()
    }
}
