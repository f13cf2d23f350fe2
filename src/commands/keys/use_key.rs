//! `organizations keys use`.

use serde_json::{Value, json};

use super::{choose, store_default};
use crate::api::ApiKey;
use crate::cli::KeysUse;
use crate::context::Context;
use crate::error::Result;
use crate::output::{Note, Report, View};
use crate::settings::Key;

/// Another key is the default.
pub struct Used {
    key: ApiKey,
    organization: String,
    path: String,
    notes: Vec<Note>,
}

pub async fn use_key(context: &Context, options: &KeysUse) -> Result<Used> {
    let organization = context.organization().await?.value;
    let question = "Which key should be the default?";
    let key = choose(context, &organization, options.key.as_deref(), question).await?;
    store_default(context, &organization, &key.key, &key.name).await?;
    Ok(Used {
        notes: context.overridden(&[
            (Key::DefaultPublicKey, &key.key),
            (Key::DefaultPublicKeyName, &key.name),
        ]),
        key,
        organization,
        path: context.store.path().display().to_string(),
    })
}

impl Report for Used {
    fn json(&self) -> Value {
        json!({
            "organization": self.organization,
            "key": {"id": self.key.id, "name": self.key.name, "key": self.key.key},
            "configPath": self.path,
        })
    }

    fn plain(&self) -> View {
        View::Done(format!(
            "the default key of `{}` is now `{}` ({})",
            self.organization, self.key.name, self.key.key
        ))
    }

    fn notes(&self) -> Vec<Note> {
        self.notes.clone()
    }
}
