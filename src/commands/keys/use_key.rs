//! `organizations keys use`.

use serde_json::{Value, json};

use super::{choose, no_keys};
use crate::api::{ApiKey, KeyKind};
use crate::cli::KeysUse;
use crate::context::Context;
use crate::error::Result;
use crate::output::{Note, Report, View};
use crate::settings::Key;
use crate::store::{OnMalformed, keys};

/// Another key is the default.
pub struct Used {
    key: ApiKey,
    organization: String,
    path: String,
    notes: Vec<Note>,
}

pub async fn use_key(context: &Context, options: &KeysUse) -> Result<Used> {
    let organization = context.organization().await?.value;
    let mut all = {
        let _progress = context.talk.progress("listing the API keys");
        context.api()?.keys(&organization).await?.value
    };
    // Agents are started with public keys.
    all.retain(|key| key.kind == KeyKind::Public);
    if all.iter().all(|key| key.revoked) {
        return Err(no_keys(&organization, "active public API keys"));
    }
    let current = context.default_key(&organization)?;
    let question = "Which key should be the default?";
    let key = choose(
        context,
        all,
        options.key.as_deref(),
        question,
        current.as_deref(),
    )
    .await?;
    context
        .edit(OnMalformed::Fail, |document| {
            document.set_in(&organization, keys::DEFAULT_PUBLIC_KEY, key.key.as_str())?;
            document.set_in(
                &organization,
                keys::DEFAULT_PUBLIC_KEY_NAME,
                key.name.as_str(),
            )
        })
        .await?;
    Ok(Used {
        key,
        organization,
        path: context.store.path().display().to_string(),
        notes: context.overridden(&[Key::DefaultPublicKey, Key::DefaultPublicKeyName]),
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
