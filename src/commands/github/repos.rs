//! `github repos`.

use serde_json::{Value, json};

use crate::api::{Repository, WithRaw};
use crate::commands::{InOrganization, Run, titled};
use crate::context::Context;
use crate::error::Result;
use crate::output::{Column, Note, Report, Row, Table, View};

const EXAMPLES: &str = "\
Examples:
  pipecat cloud github repos
  pipecat cloud github repos | cut -f1";

/// List the repositories that the connection may read
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    #[command(flatten)]
    organization: InOrganization,
}

impl Run for Args {
    async fn run(self, context: &Context) -> Result<Box<dyn Report>> {
        let organization = context.organization().await?.value;
        let _progress = context.printer.progress("listing the repositories");
        let repositories = context.api()?.github_repositories(&organization).await?;
        Ok(Box::new(Repositories {
            organization,
            repositories,
        }))
    }
}

/// The repositories.
struct Repositories {
    organization: String,
    repositories: WithRaw<Vec<Repository>>,
}

impl Report for Repositories {
    fn json(&self) -> Value {
        json!({"repositories": self.repositories.raw["repositories"]})
    }

    fn plain(&self) -> View {
        let rows = self.repositories.value.iter().map(|repository| {
            let visibility = match repository.is_private {
                Some(true) => "private",
                Some(false) => "public",
                None => "",
            };
            let branch = repository.default_branch.as_deref().unwrap_or_default();
            Row::new([&repository.full_name, branch, visibility])
        });
        View::Table(Table::new(
            [
                Column::whole("Repository"),
                Column::whole("Default branch"),
                Column::spare("Visibility"),
            ],
            rows,
        ))
    }

    fn title(&self) -> Option<String> {
        titled("GitHub repositories", &self.organization)
    }

    fn notes(&self) -> Vec<Note> {
        if !self.repositories.value.is_empty() {
            return Vec::new();
        }
        let organization = &self.organization;
        vec![
            Note::Plain(format!("`{organization}` cannot read any repository")),
            Note::Hint(format!(
                "see the connection with `pipecat cloud github status -o {organization}`"
            )),
        ]
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
        fn repositories_keep_their_rows(changes in changes()) {
            let one = json!({"id": "1", "fullName": "acme/bot", "private": true,
                "defaultBranch": "main"});
            let answer = changed(json!([one, one, one]), changes);
            let value = rows(&answer).iter().map(Repository::read).collect();
            let repositories = WithRaw { value, raw: json!({"repositories": answer}) };
            let list = Repositories { organization: String::from("acme"), repositories };
            check_table(&list, rows(&answer).len(), 3)?;
        }
    }
}
