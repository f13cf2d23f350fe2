//! `github disconnect`.

use serde_json::{Value, json};

use crate::commands::{Confirm, InOrganization, Run, look_with};
use crate::context::Context;
use crate::error::{Code, Result};
use crate::output::{Note, Report, View};

const EXAMPLES: &str = "\
Examples:
  pipecat cloud github disconnect
  pipecat cloud github disconnect --yes";

/// Disconnect the organization from GitHub
///
/// All links between agents and repositories are removed; running agents are not affected.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    #[command(flatten)]
    confirm: Confirm,

    #[command(flatten)]
    organization: InOrganization,
}

impl Run for Args {
    async fn run(self, context: &Context) -> Result<Box<dyn Report>> {
        let organization = context.organization().await?.value;
        let question = format!(
            "Disconnect {organization} from GitHub? All links between agents and repositories are removed; running agents are not affected."
        );
        let declined = "the connection to GitHub has not changed";
        self.confirm.or_ask(context, &question, declined).await?;
        let _progress = context.printer.progress("disconnecting from GitHub");
        context.set_last_words("GitHub may have been disconnected".to_owned());
        let disconnected = context.api()?.disconnect_github(&organization).await;
        disconnected.map_err(|error| match error.code() {
            Code::NotFound => {
                error.reworded(format!("`{organization}` is not connected to GitHub"))
            }
            _ => look_with(
                error,
                &format!("pipecat cloud github status -o {organization}"),
            ),
        })?;
        Ok(Box::new(Disconnected { organization }))
    }
}

/// The connection is no more.
struct Disconnected {
    organization: String,
}

impl Report for Disconnected {
    fn json(&self) -> Value {
        json!({"disconnected": true, "organization": self.organization})
    }

    fn plain(&self) -> View {
        View::Done(format!("disconnected `{}` from GitHub", self.organization))
    }

    fn notes(&self) -> Vec<Note> {
        vec![Note::Plain(
            "the GitHub App of Pipecat Cloud stays installed; remove it in the settings on GitHub"
                .to_owned(),
        )]
    }
}
