//! `organizations keys cycle`: a new key in the place of an old one.
//!
//! In this order nobody is ever without a key that works: create, move the default, revoke. Whatever
//! fails, the new key is shown, and what has been done and what has not is said.

use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};

use super::{EndKey, LIST, choose, defaults_with, display_key};
use crate::api::{ApiKey, KeyKind, WithRaw};
use crate::commands::{Run, listed, look_with};
use crate::context::Context;
use crate::error::{Code, Error, Result};
use crate::limit::optional;
use crate::output::{Note, Report, Row, Table, View, shell_word};
use crate::store::{Document, OnMalformed, keys};

/// The service's own limit for an organization.
const MOST_PUBLIC_KEYS: usize = 5;

const EXAMPLES: &str = "\
Examples:
  pipecat cloud organizations keys cycle --key Phone
  pipecat cloud organizations keys cycle --key Phone --yes --output json | jq -r .created.key

Exit status: 0 replaced; 1 a step failed: the new key, if there is one, is shown";

/// Replace a key with a new one
///
/// Creates a key of the same name, makes it the default one if the old one was, and then
/// revokes the old one. If a step fails, you are told what has been done and what has not.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    #[command(flatten)]
    end: EndKey,
}

/// A key and its successor.
struct Cycled {
    old: ApiKey,
    new: WithRaw<SecretString>,
    organization: String,
    /// The organizations in the file whose default is now the new key.
    moved: Vec<String>,
    /// Whether the old key is revoked, or what came in between.
    revoked: Result<()>,
}

impl Run for Args {
    async fn run(self, context: &Context) -> Result<Box<dyn Report>> {
        context.read_store().map_err(|error| {
            error.context(
                "nothing has changed: the key may be the default in a file that cannot be read",
            )
        })?;
        let organization = context.organization().await?.value;
        let question = format!("Which key of {organization} should be replaced with a new one?");
        let old = choose(context, &organization, self.end.key.as_ref(), &question).await?;
        if !self.end.yes {
            let question = format!(
                "Create a new key {} in {organization} and revoke the old one ({})? Apps that still use the old one will no longer be able to start agents.",
                old.name,
                display_key(&old)
            );
            if !context.prompt.confirm(&question, "`--yes`").await? {
                return Err(Error::new(Code::Declined, "no key was created or revoked"));
            }
        }
        let progress = context.printer.progress("creating the new key");
        let name = &old.name;
        context.set_last_words(format!("a new key `{name}` may have been created"));
        let new = match context.api()?.create_key(&organization, name).await {
            Ok(new) => new,
            Err(error) => return Err(refused(context, &organization, &old, error).await),
        };
        context.set_last_words(format!(
            "the new key `{name}` was created: {}; the old one may not have been revoked",
            new.value.expose_secret()
        ));
        drop(progress);

        let mut moved = Vec::new();
        let revoked = finish(context, &organization, &old, &new.value, &mut moved).await;
        Ok(Box::new(Cycled {
            old,
            new,
            organization,
            moved,
            revoked,
        }))
    }
}

/// The error where the new key was not created, with the ways on where there are too many keys.
async fn refused(context: &Context, organization: &str, old: &ApiKey, error: Error) -> Error {
    if error.is_in_doubt() {
        return look_with(error, LIST);
    }
    let nothing = "nothing has changed";
    let api = match context.api() {
        Ok(api) if error.code() == Code::Rejected => api,
        _ => return error.context(nothing),
    };
    let keys = optional(api.keys(organization)).await;
    let keys = keys.map(|keys| keys.value).unwrap_or_default();
    let is_active = |key: &&ApiKey| key.kind == KeyKind::Public && !key.revoked;
    let active = keys.iter().filter(is_active).count();
    if active < MOST_PUBLIC_KEYS {
        return error.context(nothing);
    }
    let is_default = context.settings.default_key(organization);
    let is_default = is_default.is_ok_and(|default| default.as_deref() == Some(old.key()));
    let default = if is_default { " --default" } else { "" };
    let [org, id, name] = [organization, &old.id, &old.name].map(shell_word);
    let keys = "pipecat cloud organizations keys";
    error
        .context(&format!(
            "{nothing}: `{organization}` has {active} active public keys, and cannot have more"
        ))
        .hint(format!(
            "revoke a key that is no longer needed with `{keys} revoke -o {org}`, then cycle again"
        ))
        .hint(format!(
            "or, if a short outage is acceptable, revoke this one first with `{keys} revoke -o {org} --key {id}`"
        ))
        .hint(format!(
            "and then create another with `{keys} create -o {org} --name {name}{default}`"
        ))
}

/// The steps after which there are two keys: moves the defaults, and revokes the old key only if
/// nothing in the file needs it any more.
async fn finish(
    context: &Context,
    organization: &str,
    old: &ApiKey,
    new: &SecretString,
    moved: &mut Vec<String>,
) -> Result<()> {
    let document = context.read_store().map_err(|error| {
        error.context("the new key was created, but the old one still works: it may be the default in a file that cannot be read")
    })?;
    let defaults = defaults_with(&document, old.key());
    if !defaults.is_empty() {
        let replace = |document: &mut Document| {
            let defaults = defaults_with(document, old.key());
            let defaults = defaults.iter().map(String::as_str);
            document.set_in_each(defaults, keys::DEFAULT_PUBLIC_KEY, new.expose_secret())
        };
        context
            .edit(OnMalformed::Fail, replace)
            .await
            .map_err(|error| {
                error.context(
                    "the new key was created, but is not the default, and the old one still works",
                )
            })?;
        *moved = defaults;
    }
    let _progress = context.printer.progress("revoking the old key");
    let revoked = context.api()?.revoke_key(organization, &old.id).await;
    revoked.map_err(|error| {
        error
            .context("the new key was created, but the old one could not be revoked")
            .hint("revoke the old one later with `pipecat cloud organizations keys revoke`")
    })
}

impl Report for Cycled {
    fn json(&self) -> Value {
        json!({
            "created": self.new.raw,
            "revoked": self.revoked.is_ok().then(|| json!({"id": self.old.id, "name": self.old.name})),
            "organization": self.organization,
            "defaultMovedIn": self.moved,
        })
    }

    fn plain(&self) -> View {
        View::Table(Table::new(
            ["Name", "Key", "Organization ID"],
            [Row::new([
                &self.old.name,
                self.new.value.expose_secret(),
                &self.organization,
            ])],
        ))
    }

    fn done(&self) -> Option<String> {
        let Self { organization, .. } = self;
        let name = &self.old.name;
        Some(if self.revoked.is_ok() {
            format!("replaced the key `{name}` of `{organization}` with a new one")
        } else {
            format!("created another key `{name}` of `{organization}`")
        })
    }

    fn notes(&self) -> Vec<Note> {
        let mut notes = Vec::new();
        if !self.moved.is_empty() {
            notes.push(Note::Plain(format!(
                "it is now the default key of {}",
                listed(&self.moved)
            )));
        }
        if self.revoked.is_ok() {
            notes.push(Note::Plain(format!(
                "the old key `{}` ({}) was revoked",
                self.old.name, self.old.id
            )));
        }
        notes
    }

    fn failure(&self) -> Option<&Error> {
        self.revoked.as_ref().err()
    }
}
