//! `organizations registry-keys revoke`.

use serde_json::{Value, json};

use crate::cli::RegistryKeysRevoke;
use crate::context::Context;
use crate::error::{Code, Error, Result};
use crate::output::{Report, View};

/// A registry key is no more.
pub struct Revoked {
    id: String,
}

pub async fn revoke(context: &Context, options: RegistryKeysRevoke) -> Result<Revoked> {
    let id = options.id;
    if !options.force {
        let question = format!(
            "Revoke the registry key {id}? Machines that pull with it can do so no longer."
        );
        if !context.prompt.confirm(&question, "`--force`").await? {
            return Err(Error::new(
                Code::Declined,
                "the registry key was not revoked",
            ));
        }
    }
    let organization = context.organization().await?.value;
    let _progress = context.talk.progress("revoking the registry key");
    context.set_last_words(format!("the registry key `{id}` may have been revoked"));
    context
        .api()?
        .revoke_registry_key(&organization, &id)
        .await?;
    Ok(Revoked { id })
}

impl Report for Revoked {
    fn json(&self) -> Value {
        json!({"revoked": self.id})
    }

    fn plain(&self) -> View {
        View::Done(format!("revoked the registry key `{}`", self.id))
    }
}
