//! `pipecat cloud agent`.

mod delete;
mod deploy;
mod deployments;
mod link;
mod list;
mod logs;
mod named;
#[cfg(test)]
mod odd;
mod profiles;
mod scale;
mod sessions;
mod start;
mod status;
mod stop;
mod unlink;
mod watching;

use super::{noun, shell_word};
use crate::context::Context;
use crate::error::{Code, Error, Result};

noun! {
    /// Agents: what runs, its sessions and its log
    Agent {
        List(list::Args),
        Status(status::Args),
        Sessions(sessions::Args),
        Logs(logs::Args),
        Deployments(deployments::Args),
        Start(start::Args),
        Stop(stop::Args),
        Delete(delete::Args),
        Scale(scale::Args),
        Link(link::Args),
        Unlink(unlink::Args),
        Deploy(deploy::Args),
        Profiles(profiles::Profiles),
    }
}

/// The command that shows how an agent stands.
fn status_command(organization: &str, agent: &str) -> String {
    let agent = shell_word(agent);
    format!("pipecat cloud agent status {agent} -o {organization}")
}

/// The command that shows how a session stands.
fn session_command(organization: &str, agent: &str, session: &str) -> String {
    let (agent, session) = (shell_word(agent), shell_word(session));
    format!("pipecat cloud agent sessions {agent} --id {session} -o {organization}")
}

/// Stands behind a label, or in a cell, of what the service does not say.
const NOT_KNOWN: &str = "N/A";

/// Says which agent is not there.
fn missing(error: Error, organization: &str, agent: &str) -> Error {
    match error.code() {
        Code::NotFound => error
            .reworded(format!(
                "the organization `{organization}` has no agent `{agent}`"
            ))
            .hint(format!(
                "list the agents with `pipecat cloud agent list -o {organization}`"
            )),
        _ => error,
    }
}

/// Whether the question before something that is hard to undo is settled beforehand.
#[derive(Debug, clap::Args)]
struct Force {
    /// Do not ask for confirmation
    #[arg(short = 'f', long, visible_alias = "yes", visible_short_alias = 'y')]
    force: bool,
}

impl Force {
    /// Whether it is.
    fn is_settled(&self) -> bool {
        self.force
    }

    /// Goes on if it is settled, or the person says yes. `declined` is what has not happened.
    async fn or_ask(&self, context: &Context, question: &str, declined: &str) -> Result<()> {
        if self.force || context.prompt.confirm(question, "`--force`").await? {
            return Ok(());
        }
        Err(Error::new(Code::Declined, declined))
    }
}

/// Whether a look that failed says nothing of what is looked at: no answer, nothing there yet, a
/// service that is out of order or asks to wait.
fn passes(error: &Error) -> bool {
    error.is_transient() || error.status() == Some(408) || error.code() == Code::NotFound
}
