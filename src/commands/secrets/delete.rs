//! `secrets delete`.

use clap_complete::engine::ArgValueCompleter;
use serde_json::{Value, json};

use super::{missing, show_command};
use crate::commands::{Confirm, InOrganization, Run, look_with};
use crate::completions;
use crate::context::Context;
use crate::error::Result;
use crate::http::check_segment;
use crate::output::{Report, View};

const EXAMPLES: &str = "\
Examples:
  pipecat cloud secrets delete my-bot
  pipecat cloud secrets delete dockerhub --yes";

/// Delete a secret set, or an image pull secret
///
/// For a set that is kept in a cluster of yours, only the reference is deleted.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// The secret set or image pull secret
    #[arg(value_name = "SET", add = ArgValueCompleter::new(completions::secret_sets))]
    set: String,

    #[command(flatten)]
    confirm: Confirm,

    #[command(flatten)]
    organization: InOrganization,
}

impl Run for Args {
    async fn run(self, context: &Context) -> Result<Box<dyn Report>> {
        check_segment(&self.set)?;
        let organization = context.organization().await?.value;
        let set = self.set;
        let question = format!("Delete {set} and all it holds from the secrets of {organization}?");
        let declined = "nothing was deleted";
        self.confirm.or_ask(context, &question, declined).await?;
        let _progress = context.printer.progress("deleting it");
        context.set_last_words(format!("`{set}` may have been deleted"));
        let deleted = context.api()?.delete_secret_set(&organization, &set).await;
        deleted.map_err(|error| {
            let error = missing(
                error,
                &organization,
                &format!("secret set or image pull secret `{set}`"),
            );
            look_with(error, &show_command(&organization, &set))
        })?;
        Ok(Box::new(Deleted { organization, set }))
    }
}

/// A set is no more.
struct Deleted {
    organization: String,
    set: String,
}

impl Report for Deleted {
    fn json(&self) -> Value {
        json!({"deleted": self.set, "organization": self.organization})
    }

    fn plain(&self) -> View {
        View::Done(format!(
            "deleted `{}` from the secrets of `{}`",
            self.set, self.organization
        ))
    }
}
