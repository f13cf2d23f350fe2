//! `agent unlink`.

use clap_complete::engine::ArgValueCompleter;
use serde_json::{Value, json};

use super::{Force, status_command};
use crate::commands::{InOrganization, Run, look_with};
use crate::completions;
use crate::context::Context;
use crate::error::{Code, Result};
use crate::http::check_segment;
use crate::output::{Note, Report, View};

const EXAMPLES: &str = "\
Examples:
  pipecat cloud agent unlink my-bot
  pipecat cloud agent unlink my-bot --force";

/// Unlink an agent from GitHub
///
/// The running deployment is not affected; pushes are no longer deployed.
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
            "Unlink the agent {agent} of {organization} from GitHub? Pushes will no longer be deployed"
        );
        let declined = "the agent was not unlinked";
        self.force.or_ask(context, &question, declined).await?;
        let _progress = context.printer.progress("unlinking the agent");
        context.set_last_words(format!("the agent `{agent}` may have been unlinked"));
        let unlinked = context.api()?.unlink_agent(&organization, &agent).await;
        unlinked.map_err(|error| {
            let error = look_with(error, &status_command(&organization, &agent));
            match error.code() {
                // Either there is no such agent, or it has no link: the service's words tell.
                Code::NotFound => error
                    .context(&format!("cannot unlink `{agent}`"))
                    .hint(format!(
                        "list the agents with `pipecat cloud agent list -o {organization}`"
                    )),
                _ => error,
            }
        })?;
        Ok(Box::new(Unlinked(agent)))
    }
}

/// An agent is linked to nothing.
struct Unlinked(String);

impl Report for Unlinked {
    fn json(&self) -> Value {
        json!({"unlinked": self.0})
    }

    fn plain(&self) -> View {
        View::Done(format!("unlinked the agent `{}` from GitHub", self.0))
    }

    fn notes(&self) -> Vec<Note> {
        vec![Note::Plain(
            "the running deployment is not affected".to_owned(),
        )]
    }
}
