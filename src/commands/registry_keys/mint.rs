//! `organizations registry-keys mint`.

use serde_json::{Value, json};

use crate::api::MintedKey;
use crate::cli::RegistryKeysMint;
use crate::commands::name_of;
use crate::context::Context;
use crate::error::Result;
use crate::output::{Field, Note, Report, View};

/// Where the keys are for, if the service does not say.
const ASSUMED_HOST: &str = "registry.pipecat.daily.co";

/// Who to sign in as, if the service does not say.
const ASSUMED_USERNAME: &str = "pcc";

/// A new registry key.
pub struct Minted {
    key: MintedKey,
    name: String,
}

pub async fn mint(context: &Context, options: RegistryKeysMint) -> Result<Minted> {
    let question = "Name of the new key (where it is used, say):";
    let name = name_of("a registry key", options.name, context, question).await?;
    let organization = context.organization().await?.value;
    let _progress = context.talk.progress("making the registry key");
    context.set_last_words(format!("the registry key `{name}` may have been made"));
    let key = context
        .api()?
        .mint_registry_key(&organization, &name)
        .await?;
    context.set_last_words(format!("the registry key `{name}` was made: {}", key.key));
    Ok(Minted { key, name })
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
        format!(
            "printf '%s' {} | helm registry login {} -u {} --password-stdin",
            shell_word(&self.key.key),
            shell_word(self.host()),
            shell_word(self.username()),
        )
    }
}

/// Text as one word of a POSIX shell.
fn shell_word(text: &str) -> String {
    let is_plain =
        |character: char| character.is_ascii_alphanumeric() || "@%+=:,./-_".contains(character);
    if !text.is_empty() && text.chars().all(is_plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r#"'"'"'"#))
    }
}

impl Report for Minted {
    fn json(&self) -> Value {
        json!({
            "id": self.key.id,
            "name": self.key.name.as_deref().unwrap_or(&self.name),
            "key": self.key.key,
            "username": self.username(),
            "registryHost": self.host(),
            "helmLoginCommand": self.login_command(),
        })
    }

    fn plain(&self) -> View {
        View::Fields(vec![
            Field::new("ID", self.key.id.clone().unwrap_or_default()),
            Field::new("Name", self.key.name.as_deref().unwrap_or(&self.name)),
            Field::new("Key", &self.key.key),
            Field::new("Username", self.username()),
            Field::new("Registry Host", self.host()),
            Field::new("Helm Login", self.login_command()),
        ])
    }

    fn notes(&self) -> Vec<Note> {
        let mut notes = vec![Note::Warning(
            "the key is shown this once: keep it now".to_owned(),
        )];
        if self.key.registry_host.as_deref().is_none_or(str::is_empty) {
            notes.push(Note::Warning(format!(
                "the service did not name a registry; `{ASSUMED_HOST}` is assumed"
            )));
        }
        notes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_of_the_shell_is_one_word() {
        assert_eq!(shell_word("registry.example.com"), "registry.example.com");
        assert_eq!(shell_word(""), "''");
        assert_eq!(shell_word("a b;$(c)"), "'a b;$(c)'");
        assert_eq!(shell_word("it's"), r#"'it'"'"'s'"#);
    }
}
