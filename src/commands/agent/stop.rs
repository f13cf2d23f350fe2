//! `agent stop`.

use serde_json::{Value, json};

use super::named::Named;
use super::{Force, session_command};
use crate::commands::{InOrganization, Run, look_with, shell_word};
use crate::context::Context;
use crate::error::{Code, Error, Result};
use crate::http::check_segment;
use crate::output::{Report, View};

const EXAMPLES: &str = "\
Examples:
  pipecat cloud agent stop my-bot --session-id 0b1c2d3e-0000-4000-8000-000000000000
  pipecat cloud agent stop my-bot -s 0b1c2d3e-0000-4000-8000-000000000000 --force";

/// End a session of an agent
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    #[command(flatten)]
    agent: Named,

    /// The session
    #[arg(short = 's', long, value_name = "ID")]
    session_id: String,

    #[command(flatten)]
    force: Force,

    #[command(flatten)]
    organization: InOrganization,
}

impl Run for Args {
    async fn run(self, context: &Context) -> Result<Box<dyn Report>> {
        let (agent, session) = (self.agent.name(context)?, self.session_id);
        check_segment(&session)?;
        let organization = context.organization().await?.value;
        let question = format!(
            "End the session {session} of the agent {agent} of {organization}? Anyone in it is \
             cut off"
        );
        let declined = "the session was not ended";
        self.force.or_ask(context, &question, declined).await?;
        let _progress = context.printer.progress("ending the session");
        context.set_last_words(format!("the session `{session}` may have been ended"));
        let api = context.api()?;
        let stopped = api.stop_session(&organization, &agent, &session).await;
        stopped.map_err(|error| {
            let error = no_such_session(error, &organization, &agent, &session);
            look_with(error, &session_command(&organization, &agent, &session))
        })?;
        Ok(Box::new(Stopped {
            session,
            agent,
            organization,
        }))
    }
}

/// Says what is not there: the service's words tell which of the two it is.
fn no_such_session(error: Error, organization: &str, agent: &str, session: &str) -> Error {
    if error.code() != Code::NotFound {
        return error;
    }
    error
        .context(&format!(
            "the agent `{agent}` has no running session `{session}`"
        ))
        .hint(format!(
            "list the running ones with `pipecat cloud agent sessions {} --end-state active -o \
             {organization}`",
            shell_word(agent)
        ))
}

/// A session has ended.
struct Stopped {
    session: String,
    agent: String,
    organization: String,
}

impl Report for Stopped {
    fn json(&self) -> Value {
        json!({
            "stopped": self.session,
            "agent": self.agent,
            "organization": self.organization,
        })
    }

    fn plain(&self) -> View {
        let Self { session, agent, .. } = self;
        View::Done(format!("ended the session `{session}` of `{agent}`"))
    }
}
