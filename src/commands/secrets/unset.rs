//! `secrets unset`.

use clap_complete::engine::ArgValueCompleter;
use serde_json::{Value, json};

use super::{missing, show_command};
use crate::commands::{Confirm, InOrganization, Run, look_with};
use crate::completions;
use crate::context::Context;
use crate::error::Result;
use crate::http::check_segment;
use crate::output::{Note, Report, View};

const EXAMPLES: &str = "\
Examples:
  pipecat cloud secrets unset my-bot OPENAI_API_KEY
  pipecat cloud secrets unset my-bot OPENAI_API_KEY --yes";

/// Delete a key of a secret set
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// The set
    #[arg(value_name = "SET", add = ArgValueCompleter::new(completions::secret_sets))]
    set: String,

    /// The key
    #[arg(value_name = "KEY")]
    key: String,

    #[command(flatten)]
    confirm: Confirm,

    #[command(flatten)]
    organization: InOrganization,
}

impl Run for Args {
    async fn run(self, context: &Context) -> Result<Box<dyn Report>> {
        check_segment(&self.set)?;
        check_segment(&self.key)?;
        let organization = context.organization().await?.value;
        let Self { set, key, .. } = self;
        let question = format!("Delete the key {key} of the secret set {set} of {organization}?");
        let declined = "the key was not deleted";
        self.confirm.or_ask(context, &question, declined).await?;
        let _progress = context.printer.progress("deleting the key");
        context.set_last_words(format!("the key `{key}` may have been deleted"));
        let deleted = context
            .api()?
            .delete_secret(&organization, &set, &key)
            .await;
        deleted.map_err(|error| {
            let error = missing(
                error,
                &organization,
                &format!("key `{key}` in a secret set `{set}`"),
            );
            look_with(error, &show_command(&organization, &set))
        })?;
        Ok(Box::new(Unset {
            organization,
            set,
            key,
        }))
    }
}

/// A key is no more.
struct Unset {
    organization: String,
    set: String,
    key: String,
}

impl Report for Unset {
    fn json(&self) -> Value {
        json!({"unset": self.key, "secretSet": self.set, "organization": self.organization})
    }

    fn plain(&self) -> View {
        View::Done(format!("deleted the key `{}` of `{}`", self.key, self.set))
    }

    fn notes(&self) -> Vec<Note> {
        vec![Note::Plain(
            "running agents keep its value until their next deploy".to_owned(),
        )]
    }
}
