//! `regions delete`.

use serde_json::{Value, json};

use super::missing;
use crate::commands::{Confirm, InOrganization, Run, look_with};
use crate::context::Context;
use crate::error::Result;
use crate::http::check_segment;
use crate::output::{Note, Report, View};

const EXAMPLES: &str = "\
Examples:
  pipecat cloud regions delete pce-frankfurt
  pipecat cloud regions delete pce-frankfurt --yes";

/// Delete a region of your own
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// The region's key
    #[arg(value_name = "KEY")]
    key: String,

    #[command(flatten)]
    confirm: Confirm,

    #[command(flatten)]
    organization: InOrganization,
}

impl Run for Args {
    async fn run(self, context: &Context) -> Result<Box<dyn Report>> {
        check_segment(&self.key)?;
        let organization = context.organization().await?.value;
        let key = self.key;
        let question = format!(
            "Delete the region {key} of {organization}? Its cluster will be cut off from the service."
        );
        let declined = "the region was not deleted";
        self.confirm.or_ask(context, &question, declined).await?;
        let _progress = context.printer.progress("deleting the region");
        context.set_last_words(format!("the region `{key}` may have been deleted"));
        let revoked = context.api()?.revoke_region(&organization, &key).await;
        let result = revoked.map_err(|error| {
            let command = format!("pipecat cloud regions show {key} -o {organization}");
            look_with(missing(error, &organization, &key), &command)
        })?;
        Ok(Box::new(Deleted {
            organization,
            key,
            result,
        }))
    }
}

/// A region is no more.
struct Deleted {
    organization: String,
    key: String,
    result: Option<Value>,
}

impl Report for Deleted {
    fn json(&self) -> Value {
        let result = self.result.clone().unwrap_or_else(|| json!({}));
        json!({"deleted": self.key, "result": result})
    }

    fn plain(&self) -> View {
        View::Done(format!(
            "deleted the region `{}` of `{}`",
            self.key, self.organization
        ))
    }

    fn notes(&self) -> Vec<Note> {
        let is_pending = |result: &&Value| result["propagation"] == "pending";
        let pending = self.result.iter().filter(is_pending);
        let note = |_| Note::Plain("its connection may stay open a moment longer".to_owned());
        pending.map(note).collect()
    }
}
