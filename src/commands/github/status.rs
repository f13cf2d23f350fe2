//! `github status`.

use serde_json::{Value, json};

use super::{fields, suspended};
use crate::api::{Installation, WithRaw};
use crate::commands::{InOrganization, Run, field_rows, titled};
use crate::context::Context;
use crate::error::Result;
use crate::output::{Note, Report, View};

const EXAMPLES: &str = "\
Examples:
  pipecat cloud github status
  pipecat cloud --output json github status | jq .installation.githubAccountLogin";

/// Show the organization's connection to GitHub
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    #[command(flatten)]
    organization: InOrganization,
}

impl Run for Args {
    async fn run(self, context: &Context) -> Result<Box<dyn Report>> {
        let organization = context.organization().await?.value;
        let _progress = context
            .printer
            .progress("looking up the connection to GitHub");
        let installation = context.api()?.github_installation(&organization).await?;
        Ok(Box::new(Status {
            organization,
            installation,
        }))
    }
}

/// The connection, if there is one.
struct Status {
    organization: String,
    installation: Option<WithRaw<Installation>>,
}

impl Report for Status {
    fn json(&self) -> Value {
        let installation = self.installation.as_ref();
        json!({"installation": installation.map(|installation| &installation.raw)})
    }

    fn plain(&self) -> View {
        field_rows(fields(self.installation.as_ref()))
    }

    fn rich(&self) -> View {
        View::Fields(fields(self.installation.as_ref()))
    }

    fn title(&self) -> Option<String> {
        titled("GitHub connection", &self.organization)
    }

    fn notes(&self) -> Vec<Note> {
        let organization = &self.organization;
        if self.installation.is_none() {
            return vec![
                Note::Plain(format!("`{organization}` is not connected to GitHub")),
                Note::Hint(format!(
                    "connect it with `pipecat cloud github connect -o {organization}`"
                )),
            ];
        }
        suspended(self.installation.as_ref())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::commands::odd::{changed, changes, check_table, config};

    proptest! {
        #![proptest_config(config())]

        #[test]
        fn an_installation_keeps_its_fields_and_none_is_empty(changes in changes()) {
            let raw = json!({"id": "1", "githubInstallationId": 5, "githubAccountLogin": "acme",
                "githubAccountType": "organization", "suspendedAt": "2026-02-01T00:00:00Z"});
            let raw = changed(raw, changes);
            let installation = Some(WithRaw { value: Installation::read(&raw), raw });
            let status = Status { organization: String::from("acme"), installation };
            for line in check_table(&status, 5, 2)? {
                prop_assert!(line.split('\t').all(|cell| !cell.is_empty()), "{}", line);
            }
        }
    }
}
