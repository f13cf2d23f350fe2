//! `agent link`.

use clap_complete::engine::ArgValueCompleter;
use serde_json::{Value, json};

use super::status_command;
use crate::api::{GitLink, LinkChange, WithRaw};
use crate::commands::{InOrganization, Run, invalid, look_with, repository, shell_word};
use crate::completions;
use crate::context::Context;
use crate::error::{Code, Error, Result};
use crate::http::check_segment;
use crate::output::{Note, Report, Row, Table, View};
use crate::project::values::is_branch;

const EXAMPLES: &str = "\
Examples:
  pipecat cloud agent link my-bot --repo acme/voice-bot --branch main
  pipecat cloud agent link my-bot --repo acme/bots --branch main --subdirectory bots/voice
  pipecat cloud agent link my-bot --repo acme/voice-bot --branch main --no-auto-deploy";

/// Link an agent to a branch on GitHub, or change its link
///
/// Nothing that runs changes. What is not given keeps the value that it has in the link.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// The agent
    #[arg(value_name = "AGENT", add = ArgValueCompleter::new(completions::agents))]
    agent: String,

    /// The repository
    #[arg(long, value_name = "OWNER/REPO")]
    repo: String,

    /// The branch
    #[arg(long, value_name = "BRANCH")]
    branch: String,

    /// The Dockerfile, instead of `Dockerfile`
    #[arg(long, value_name = "PATH")]
    dockerfile_path: Option<String>,

    /// The folder of the repository to build
    #[arg(long, value_name = "PATH")]
    subdirectory: Option<String>,

    /// Deploy each push to the branch
    #[arg(long, overrides_with = "no_auto_deploy")]
    auto_deploy: bool,

    /// Deploy only when asked to
    #[arg(long, overrides_with = "auto_deploy")]
    no_auto_deploy: bool,

    #[command(flatten)]
    organization: InOrganization,
}

impl Run for Args {
    async fn run(self, context: &Context) -> Result<Box<dyn Report>> {
        repository(&self.repo)?;
        check_branch(&self.branch)?;
        check_segment(&self.agent)?;
        let organization = context.organization().await?.value;
        let change = LinkChange {
            repository: &self.repo,
            branch: &self.branch,
            dockerfile: self.dockerfile_path.as_deref(),
            subdirectory: self.subdirectory.as_deref(),
            deploys_on_push: (self.auto_deploy || self.no_auto_deploy).then_some(self.auto_deploy),
        };
        let _progress = context.printer.progress("linking the agent");
        context.set_last_words(format!("the agent `{}` may have been linked", self.agent));
        let api = context.api()?;
        let linked = api.link_agent(&organization, &self.agent, &change).await;
        Ok(Box::new(Linked {
            link: linked.map_err(|error| self.failed(error, &organization))?,
            agent: self.agent,
            organization,
        }))
    }
}

impl Args {
    /// What a refusal is about: the agent, the repository and the branch may each not be there.
    fn failed(&self, error: Error, organization: &str) -> Error {
        let Self {
            agent,
            repo,
            branch,
            ..
        } = self;
        let error = look_with(error, &status_command(organization, agent));
        if error.code() != Code::NotFound {
            return error;
        }
        let error = error.context(&format!("cannot link `{agent}` to `{repo}@{branch}`"));
        error
            .hint(format!(
                "list the agents with `pipecat cloud agent list -o {organization}`"
            ))
            .hint(format!(
                "list the branches with `pipecat cloud github branches {repo} -o {organization}`"
            ))
    }
}

/// Refuses what can be no branch.
fn check_branch(branch: &str) -> Result<()> {
    if !is_branch(branch) {
        return Err(invalid(format!("`{branch}` is not a valid branch name")));
    }
    Ok(())
}

/// An agent is linked to a branch.
struct Linked {
    organization: String,
    agent: String,
    link: WithRaw<GitLink>,
}

impl Report for Linked {
    fn json(&self) -> Value {
        json!({"gitConfig": self.link.raw})
    }

    fn plain(&self) -> View {
        let link = &self.link.value;
        let text = |text: &Option<String>| text.clone().unwrap_or_else(|| "—".to_owned());
        let deploys_on_push = if link.deploys_on_push { "yes" } else { "no" };
        View::Table(Table::new(
            ["Field", "Value"],
            [
                Row::new(["Repository", &text(&link.repository)]),
                Row::new(["Branch", &text(&link.branch)]),
                Row::new(["Dockerfile path", &link.dockerfile]),
                Row::new(["Subdirectory", &text(&link.subdirectory)]),
                Row::new(["Auto-deploy on push", deploys_on_push]),
            ],
        ))
    }

    fn title(&self) -> Option<String> {
        let Self {
            organization,
            agent,
            ..
        } = self;
        Some(format!(
            "link of the agent `{agent}` in the organization `{organization}`"
        ))
    }

    fn notes(&self) -> Vec<Note> {
        let agent = shell_word(&self.agent);
        vec![
            Note::Plain("the running deployment has not changed".to_owned()),
            Note::Hint(format!(
                "deploy the branch with `pipecat cloud agent deploy {agent} --github -o {}`",
                self.organization
            )),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_branch_has_parts_that_are_more_than_dots() {
        for branch in ["main", "feature/menu", "v1.2", ".x", "a/..b", "ä"] {
            assert!(check_branch(branch).is_ok(), "{branch}");
        }
        for branch in ["", "/", "a/", "/a", "a//b", ".", "..", "a/../b", "a/."] {
            assert!(check_branch(branch).is_err(), "{branch}");
        }
    }
}
