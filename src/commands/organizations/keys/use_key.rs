//! `organizations keys use`.

use clap_complete::engine::ArgValueCompleter;
use secrecy::SecretString;
use serde_json::{Value, json};

use super::{choose, store_default};
use crate::api::ApiKey;
use crate::commands::{InOrganization, Run, overridden, secret};
use crate::completions;
use crate::context::Context;
use crate::error::{Code, Error, Result};
use crate::output::{Note, Report, View};
use crate::settings::Key;

const EXAMPLES: &str = "\
Examples:
  pipecat cloud organizations keys use         # from a list
  pipecat cloud organizations keys use --key Phone";

/// Choose the default key, which is kept in the configuration file
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// The key: its id, its name or the key itself. Without it, choose from a list
    #[arg(
        long,
        value_name = "ID|NAME|KEY",
        value_parser = secret,
        add = ArgValueCompleter::new(completions::key_names)
    )]
    key: Option<SecretString>,

    #[command(flatten)]
    organization: InOrganization,
}

/// Another key is the default.
struct Used {
    key: ApiKey,
    organization: String,
    path: String,
    notes: Vec<Note>,
}

impl Run for Args {
    async fn run(self, context: &Context) -> Result<Box<dyn Report>> {
        let organization = context.organization().await?.value;
        let question = format!("Which key of {organization} should be the default?");
        let key = choose(context, &organization, self.key.as_ref(), &question).await?;
        if key.key().is_empty() {
            let what = format!("the service did not send the key `{}` itself", key.id);
            return Err(Error::new(Code::UnexpectedResponse, what));
        }
        store_default(context, &organization, key.key(), &key.name).await?;
        Ok(Box::new(Used {
            notes: overridden(
                context,
                &[
                    (Key::DefaultPublicKey, key.key()),
                    (Key::DefaultPublicKeyName, &key.name),
                ],
            ),
            key,
            organization,
            path: context.store.path().display().to_string(),
        }))
    }
}

impl Report for Used {
    fn json(&self) -> Value {
        json!({
            "organization": self.organization,
            "key": {"id": self.key.id, "name": self.key.name, "key": self.key.key()},
            "configPath": self.path,
        })
    }

    fn plain(&self) -> View {
        View::Done(format!(
            "the default key of `{}` is now `{}` ({})",
            self.organization,
            self.key.name,
            self.key.key()
        ))
    }

    fn notes(&self) -> Vec<Note> {
        self.notes.clone()
    }
}
