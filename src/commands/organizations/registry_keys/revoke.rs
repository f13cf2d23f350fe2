//! `organizations registry-keys revoke`.

use serde_json::{Value, json};

use super::LIST;
use crate::commands::{InOrganization, Run, look_with};
use crate::context::Context;
use crate::error::{Code, Error, Result};
use crate::output::{Report, View};

const EXAMPLES: &str = "\
Examples:
  pipecat cloud organizations registry-keys revoke KEY_ID
  pipecat cloud organizations registry-keys revoke KEY_ID --force";

/// Revoke a registry key
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// The key's id, as in the list
    #[arg(value_name = "ID")]
    id: String,

    /// Do not ask for confirmation
    #[arg(short = 'f', long, visible_short_alias = 'y', visible_alias = "yes")]
    force: bool,

    #[command(flatten)]
    organization: InOrganization,
}

/// A registry key is no more.
struct Revoked {
    organization: String,
    id: String,
}

impl Run for Args {
    async fn run(self, context: &Context) -> Result<Box<dyn Report>> {
        let id = self.id;
        let organization = context.organization().await?.value;
        if !self.force {
            let question = format!(
                "Revoke the registry key {id} of {organization}? Machines will no longer be able to pull with it."
            );
            if !context.prompt.confirm(&question, "`--force`").await? {
                return Err(Error::new(
                    Code::Declined,
                    "the registry key was not revoked",
                ));
            }
        }
        let _progress = context.printer.progress("revoking the registry key");
        context.set_last_words(format!("the registry key `{id}` may have been revoked"));
        let api = context.api()?;
        let revoked = api.revoke_registry_key(&organization, &id).await;
        revoked.map_err(|error| look_with(error, LIST))?;
        Ok(Box::new(Revoked { organization, id }))
    }
}

impl Report for Revoked {
    fn json(&self) -> Value {
        json!({"revoked": self.id})
    }

    fn plain(&self) -> View {
        View::Done(format!(
            "revoked the registry key `{}` of `{}`",
            self.id, self.organization
        ))
    }
}
