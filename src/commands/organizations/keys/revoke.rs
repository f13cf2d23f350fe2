//! `organizations keys revoke`.

use serde_json::{Value, json};

use super::{EndKey, LIST, WHAT_STOPS, choose, defaults_with, display_key};
use crate::api::ApiKey;
use crate::commands::{Run, listed, look_with};
use crate::context::Context;
use crate::error::{Code, Error, Result};
use crate::output::{Note, Report, View};
use crate::store::{Document, OnMalformed, keys};

const EXAMPLES: &str = "\
Examples:
  pipecat cloud organizations keys revoke      # from a list, and asks
  pipecat cloud organizations keys revoke --key Phone --yes";

/// Revoke an API key
#[derive(Debug, clap::Args)]
#[command(alias = "delete", after_help = EXAMPLES)]
pub struct Args {
    #[command(flatten)]
    end: EndKey,
}

/// A key is no more.
struct Revoked {
    key: ApiKey,
    organization: String,
    /// The organizations whose default it was, and whether that is mended.
    defaults: Vec<String>,
    cleared: Result<()>,
    /// Whether the file could not be looked at.
    is_unread: bool,
}

impl Run for Args {
    async fn run(self, context: &Context) -> Result<Box<dyn Report>> {
        let organization = context.organization().await?.value;
        let question = format!("Which key of {organization} should be revoked?");
        let key = choose(context, &organization, self.end.key.as_ref(), &question).await?;
        let defaults = defaults_with(context.settings.document(), key.key());
        if !self.end.yes {
            confirm(context, &organization, &key, &defaults).await?;
        }

        let progress = context.printer.progress("revoking the key");
        let id = key.id.as_str();
        context.set_last_words(format!("the key `{id}` may have been revoked"));
        let revoked = context.api()?.revoke_key(&organization, id).await;
        revoked.map_err(|error| look_with(error, LIST))?;
        context.set_last_words(format!("the key `{id}` has been revoked"));
        drop(progress);

        // Read anew: the question may have stood for as long as a person likes.
        let document = context.read_store();
        let is_unread = document.is_err();
        let defaults = document.map_or(defaults, |document| defaults_with(&document, key.key()));
        let clear = |document: &mut Document| clear_defaults(document, key.key());
        let cleared = if defaults.is_empty() {
            Ok(())
        } else {
            let cleared = context.edit(OnMalformed::Fail, clear).await;
            cleared.map_err(|error| {
                error.context("the key was revoked, but it is still the default in your file")
            })
        };
        Ok(Box::new(Revoked {
            key,
            organization,
            defaults,
            cleared,
            is_unread,
        }))
    }
}

async fn confirm(
    context: &Context,
    organization: &str,
    key: &ApiKey,
    defaults: &[String],
) -> Result<()> {
    let remark = match defaults {
        [] => String::new(),
        defaults => format!(" It is the default key of {}.", listed(defaults)),
    };
    let question = format!(
        "Revoke the key {} ({}) of {organization}? {WHAT_STOPS}{remark}",
        key.name,
        display_key(key)
    );
    if context.prompt.confirm(&question, "`--yes`").await? {
        Ok(())
    } else {
        Err(Error::new(Code::Declined, "the key was not revoked"))
    }
}

/// Takes the key out of the file, wherever it is a default by now.
fn clear_defaults(document: &mut Document, key: &str) -> Result<()> {
    let defaults = defaults_with(document, key);
    let defaults = || defaults.iter().map(String::as_str);
    document.remove_in_each(defaults(), keys::DEFAULT_PUBLIC_KEY)?;
    document.remove_in_each(defaults(), keys::DEFAULT_PUBLIC_KEY_NAME)
}

impl Report for Revoked {
    fn json(&self) -> Value {
        json!({
            "revoked": {"id": self.key.id, "name": self.key.name},
            "organization": self.organization,
            "defaultRemovedFrom": if self.cleared.is_ok() { &self.defaults[..] } else { &[] },
        })
    }

    fn plain(&self) -> View {
        View::Done(format!(
            "revoked the key `{}` ({}) of `{}`",
            self.key.name, self.key.id, self.organization
        ))
    }

    fn notes(&self) -> Vec<Note> {
        if self.is_unread {
            let what = "the configuration file cannot be read: if this key is a default there, it still is";
            return vec![Note::Warning(what.to_owned())];
        }
        if self.defaults.is_empty() || self.cleared.is_err() {
            return Vec::new();
        }
        vec![
            Note::Plain(format!(
                "it is no longer the default key of {}",
                listed(&self.defaults)
            )),
            Note::Hint("choose another with `pipecat cloud organizations keys use`".to_owned()),
        ]
    }

    fn failure(&self) -> Option<&Error> {
        self.cleared.as_ref().err()
    }
}
