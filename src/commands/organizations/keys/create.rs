//! `organizations keys create`.

use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;

use super::{LIST, store_default};
use crate::api::WithRaw;
use crate::commands::{InOrganization, Run, look_with, name_of};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::output::{Note, Report, Row, Table, View};

const EXAMPLES: &str = "\
Examples:
  pipecat cloud organizations keys create --name Phone --default
  pipecat cloud organizations keys create -n CI -o my-team --output json | jq -r .key";

/// Create a public API key
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// The name of the new key, for people
    #[arg(short = 'n', long, value_name = "NAME", allow_hyphen_values = true)]
    name: Option<String>,

    /// Make the new key the default one
    #[arg(short = 'd', long)]
    default: bool,

    #[command(flatten)]
    organization: InOrganization,
}

/// A new key. It is shown whatever happened after it was created.
struct Created {
    name: String,
    organization: String,
    key: WithRaw<SecretString>,
    /// Whether it was made the default, where that was wanted.
    default: Option<Result<()>>,
}

impl Run for Args {
    async fn run(self, context: &Context) -> Result<Box<dyn Report>> {
        // Everything that can be asked or can be wrong comes before the key exists.
        let name = name_of("a key", self.name, context, "Name of the new key:").await?;
        let name = name.as_str();
        let organization = context.organization().await?.value;
        let api = context.api()?;
        let question = format!("Make it the default key of {organization}?");
        let as_default = self.default
            || context.prompt.is_terminal()
                && context.prompt.confirm(&question, "`--default`").await?;

        let progress = context.printer.progress("creating the key");
        context.set_last_words(format!(
            "the key `{name}` may have been created; see `{LIST}`"
        ));
        let created = api.create_key(&organization, name).await;
        let key = created.map_err(|error| look_with(error, LIST))?;
        let secret = key.value.expose_secret();
        context.set_last_words(format!("the key `{name}` was created: {secret}"));
        drop(progress);

        let default = if as_default {
            let stored = store_default(context, &organization, secret, name).await;
            Some(
                stored
                    .map_err(|error| error.context("the key was created, but is not the default")),
            )
        } else {
            None
        };
        Ok(Box::new(Created {
            name: name.to_owned(),
            organization,
            key,
            default,
        }))
    }
}

impl Report for Created {
    fn json(&self) -> Value {
        self.key.raw.clone()
    }

    fn plain(&self) -> View {
        View::Table(Table::new(
            ["Name", "Key", "Organization ID"],
            [Row::new([
                &self.name,
                self.key.value.expose_secret(),
                &self.organization,
            ])],
        ))
    }

    fn done(&self) -> Option<String> {
        let Self {
            name, organization, ..
        } = self;
        Some(format!("created the key `{name}` of `{organization}`"))
    }

    fn notes(&self) -> Vec<Note> {
        let note = match self.default {
            Some(Ok(())) => format!(
                "it is now the default key of `{}` in your configuration file",
                self.organization
            ),
            None => "the default key has not changed".to_owned(),
            Some(Err(_)) => return Vec::new(),
        };
        vec![Note::Plain(note)]
    }

    fn failure(&self) -> Option<&Error> {
        self.default.as_ref()?.as_ref().err()
    }
}
