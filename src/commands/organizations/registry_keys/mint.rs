//! `organizations registry-keys mint`.

use secrecy::ExposeSecret as _;
use serde_json::{Value, json};

use super::LIST;
use crate::api::MintedKey;
use crate::commands::{InOrganization, Run, look_with, name_of};
use crate::context::Context;
use crate::error::Result;
use crate::output::{Field, Note, Report, View, shell_word};

/// Where the keys are for, if the service does not say.
const ASSUMED_HOST: &str = "registry.pipecat.daily.co";

/// Who to sign in as, if the service does not say.
const ASSUMED_USERNAME: &str = "pcc";

const EXAMPLES: &str = "\
Examples:
  pipecat cloud organizations registry-keys mint --name build-box
  pipecat cloud organizations registry-keys mint --name ci --output json | jq -r .helmLoginCommand";

/// Create a registry key, which is shown only once
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// The name of the new key, for people: where it is used, say
    #[arg(long, value_name = "NAME", allow_hyphen_values = true)]
    name: Option<String>,

    #[command(flatten)]
    organization: InOrganization,
}

/// A new registry key.
struct Minted {
    organization: String,
    key: MintedKey,
    name: String,
}

impl Run for Args {
    async fn run(self, context: &Context) -> Result<Box<dyn Report>> {
        let question = "Name of the new key (where it is used, for example):";
        let name = name_of("a registry key", self.name, context, question).await?;
        let organization = context.organization().await?.value;
        let _progress = context.printer.progress("creating the registry key");
        context.set_last_words(format!("the registry key `{name}` may have been created"));
        let minted = context.api()?.mint_registry_key(&organization, &name).await;
        let key = minted.map_err(|error| look_with(error, LIST))?;
        context.set_last_words(format!(
            "the registry key `{name}` was created: {}",
            key.key.expose_secret()
        ));
        Ok(Box::new(Minted {
            organization,
            key,
            name,
        }))
    }
}

impl Minted {
    fn host(&self) -> &str {
        let host = self.key.registry_host.as_deref();
        host.filter(|host| !host.is_empty()).unwrap_or(ASSUMED_HOST)
    }

    fn username(&self) -> &str {
        let username = self.key.username.as_deref();
        username
            .filter(|name| !name.is_empty())
            .unwrap_or(ASSUMED_USERNAME)
    }

    /// Hands the key to helm on its standard input, so that it is in no list of processes.
    fn login_command(&self) -> String {
        let key = shell_word(self.key.key.expose_secret());
        // What both shells of Windows know ends the line, which helm takes off again.
        let print = if cfg!(windows) {
            format!("echo {key}| ")
        } else {
            format!("printf '%s' {key} | ")
        };
        let (host, username) = (shell_word(self.host()), shell_word(self.username()));
        format!("{print}helm registry login {host} -u {username} --password-stdin")
    }
}

impl Report for Minted {
    fn json(&self) -> Value {
        json!({
            "id": self.key.id,
            "name": self.key.name.as_deref().unwrap_or(&self.name),
            "key": self.key.key.expose_secret(),
            "username": self.username(),
            "registryHost": self.host(),
            "helmLoginCommand": self.login_command(),
        })
    }

    fn plain(&self) -> View {
        View::Fields(vec![
            Field::new("ID", self.key.id.clone().unwrap_or_default()),
            Field::new("Name", self.key.name.as_deref().unwrap_or(&self.name)),
            Field::new("Key", self.key.key.expose_secret()),
            Field::new("Username", self.username()),
            Field::new("Registry Host", self.host()),
            Field::new("Helm Login", self.login_command()),
        ])
    }

    fn done(&self) -> Option<String> {
        let Self {
            name, organization, ..
        } = self;
        Some(format!(
            "created the registry key `{name}` of `{organization}`"
        ))
    }

    fn notes(&self) -> Vec<Note> {
        let mut notes = vec![Note::Warning(
            "the key is shown only this once: save it now".to_owned(),
        )];
        if self.key.registry_host.as_deref().is_none_or(str::is_empty) {
            notes.push(Note::Warning(format!(
                "the service did not name a registry; assuming `{ASSUMED_HOST}`"
            )));
        }
        notes
    }
}
