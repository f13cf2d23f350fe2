//! `agent delete`.

use clap_complete::engine::ArgValueCompleter;
use serde_json::{Value, json};

use super::{Force, missing, status_command};
use crate::commands::{InOrganization, Run, look_with};
use crate::completions;
use crate::context::Context;
use crate::error::Result;
use crate::http::check_segment;
use crate::output::{Note, Report, View};

const EXAMPLES: &str = "\
Examples:
  pipecat cloud agent delete my-bot
  pipecat cloud agent delete my-bot --force";

/// Delete an agent
///
/// Running sessions continue until they end; no new ones are started.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// The agent
    #[arg(value_name = "AGENT", add = ArgValueCompleter::new(completions::agents))]
    agent: String,

    #[command(flatten)]
    force: Force,

    #[command(flatten)]
    organization: InOrganization,
}

impl Run for Args {
    async fn run(self, context: &Context) -> Result<Box<dyn Report>> {
        let agent = self.agent;
        check_segment(&agent)?;
        let organization = context.organization().await?.value;
        let question = format!(
            "Delete the agent {agent} of {organization}? Running sessions continue until they end"
        );
        let declined = "the agent was not deleted";
        self.force.or_ask(context, &question, declined).await?;
        let _progress = context.printer.progress("deleting the agent");
        context.set_last_words(format!("the agent `{agent}` may have been deleted"));
        let deleted = context.api()?.delete_agent(&organization, &agent).await;
        deleted.map_err(|error| {
            let error = missing(error, &organization, &agent);
            look_with(error, &status_command(&organization, &agent))
        })?;
        Ok(Box::new(Deleted {
            agent,
            organization,
        }))
    }
}

/// An agent is no more.
struct Deleted {
    agent: String,
    organization: String,
}

impl Report for Deleted {
    fn json(&self) -> Value {
        json!({"deleted": self.agent, "organization": self.organization})
    }

    fn plain(&self) -> View {
        View::Done(format!("deleted the agent `{}`", self.agent))
    }

    fn notes(&self) -> Vec<Note> {
        vec![Note::Plain(
            "running sessions continue until they end".to_owned(),
        )]
    }
}
