//! `github branches`.

use serde_json::{Value, json};

use crate::api::{GitBranch, WithRaw};
use crate::commands::{InOrganization, Run, repository};
use crate::context::Context;
use crate::error::Result;
use crate::output::{Note, Report, Row, Table, View, quoted};

const EXAMPLES: &str = "\
Examples:
  pipecat cloud github branches acme/voice-bot
  pipecat cloud github branches acme/voice-bot --query release/";

/// List the branches of a repository
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// The repository
    #[arg(value_name = "OWNER/REPO")]
    repository: String,

    /// Only those that begin with this. Without it, the list may be incomplete
    #[arg(short = 'q', long, value_name = "PREFIX")]
    query: Option<String>,

    #[command(flatten)]
    organization: InOrganization,
}

impl Run for Args {
    async fn run(self, context: &Context) -> Result<Box<dyn Report>> {
        let parts = repository(&self.repository)?;
        let organization = context.organization().await?.value;
        let _progress = context.printer.progress("listing the branches");
        let prefix = self.query.as_deref().filter(|prefix| !prefix.is_empty());
        let api = context.api()?;
        let branches = api.github_branches(&organization, parts, prefix).await?;
        Ok(Box::new(Branches {
            organization,
            repository: self.repository,
            names: branches,
            prefix: prefix.map(str::to_owned),
        }))
    }
}

/// The branches.
struct Branches {
    organization: String,
    repository: String,
    names: WithRaw<Vec<GitBranch>>,
    prefix: Option<String>,
}

impl Report for Branches {
    fn json(&self) -> Value {
        json!({"repository": self.repository, "branches": self.names.raw["branches"]})
    }

    fn plain(&self) -> View {
        View::Table(Table::new(
            ["Branch"],
            self.names
                .value
                .iter()
                .map(|GitBranch(name)| Row::new([name])),
        ))
    }

    fn title(&self) -> Option<String> {
        let Self {
            repository,
            organization,
            ..
        } = self;
        Some(format!(
            "branches of `{repository}`, in the organization `{organization}`"
        ))
    }

    fn notes(&self) -> Vec<Note> {
        if self.names.value.is_empty() {
            let which = self.prefix.as_ref();
            let which = which.map_or_else(String::new, |prefix| {
                format!(" that begin with {}", quoted(prefix))
            });
            return vec![Note::Plain(format!(
                "`{}` has no branches{which}",
                self.repository
            ))];
        }
        Vec::new()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::commands::odd::{changed, changes, check_table, config, rows};

    proptest! {
        #![proptest_config(config())]

        #[test]
        fn branches_keep_their_rows(changes in changes()) {
            let answer = changed(json!(["main", "staging", "feature/x"]), changes);
            let value = rows(&answer).iter().map(GitBranch::read).collect();
            let names = WithRaw { value, raw: json!({"branches": answer}) };
            let [organization, repository] = ["acme", "acme/bot"].map(String::from);
            let list = Branches { organization, repository, names, prefix: None };
            check_table(&list, rows(&answer).len(), 1)?;
        }
    }
}
