//! `/v1/organizations/{org}/apiKeys`: an organization's API keys.

use anyhow::anyhow;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};

use super::fields::{check_rows, object, text, written};
use super::{Api, WithRaw};
use crate::error::{Code, Result};
use crate::http::{IN_DOUBT, Response};

/// What a key may be used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyKind {
    /// Starts agents; made with this program.
    Public,
    /// Administers; made on the dashboard, and never shown whole to people.
    Private,
}

/// An API key.
#[derive(Clone, Debug)]
pub struct ApiKey {
    /// Identifies the key in paths. Blank if the service sent none.
    pub id: String,
    /// The key itself. Blank if the service sent none.
    pub key: SecretString,
    /// The name for people. Blank if the service sent none.
    pub name: String,
    /// When it was made, as the service writes it.
    pub created_at: String,
    /// Whether it has been revoked.
    pub revoked: bool,
    /// Public or private.
    pub kind: KeyKind,
}

/// An organization's keys, public ones first.
pub type ApiKeys = Vec<ApiKey>;

impl ApiKey {
    /// The key itself.
    #[must_use]
    pub fn key(&self) -> &str {
        self.key.expose_secret()
    }

    fn read(row: &Value, kind: KeyKind) -> Self {
        let field = |name| text(row, name).unwrap_or_default();
        Self {
            id: field("id"),
            key: row["key"].as_str().unwrap_or_default().into(),
            name: text(&row["metadata"], "name").unwrap_or_default(),
            created_at: field("createdAt"),
            revoked: row["revoked"] == true,
            kind,
        }
    }
}

impl Api {
    /// An organization's keys, revoked ones included.
    ///
    /// # Errors
    /// The service refuses or cannot be reached, or its answer makes no sense.
    pub async fn keys(&self, organization: &str) -> Result<WithRaw<ApiKeys>> {
        let path = ["v1", "organizations", organization, "apiKeys"];
        let response = self.get(&path).await?;
        let raw = object(&response)?;
        let Some(public) = raw["public"].as_array() else {
            return Err(response.nonsense(anyhow!("it has no `public` list")));
        };
        let private = raw["private"].as_array().into_iter().flatten();
        check_rows(&response, public.iter().chain(private.clone()), "key")?;
        let public = public.iter().map(|row| ApiKey::read(row, KeyKind::Public));
        let private = private.map(|row| ApiKey::read(row, KeyKind::Private));
        let value = public.chain(private).collect();
        Ok(WithRaw { value, raw })
    }

    /// Creates a public key and gives it as the service sent it.
    ///
    /// # Errors
    /// The service refuses or cannot be reached, or there is no key in its answer.
    pub async fn create_key(
        &self,
        organization: &str,
        name: &str,
    ) -> Result<WithRaw<SecretString>> {
        let path = ["v1", "organizations", organization, "apiKeys"];
        let body = json!({"name": name, "type": "public"});
        let response = self.post(&path, body).await?;
        new_key(&response)
    }

    /// Revokes a key: it stays in the list, marked as revoked.
    ///
    /// # Errors
    /// The service refuses or cannot be reached.
    pub async fn revoke_key(&self, organization: &str, id: &str) -> Result<()> {
        let path = ["v1", "organizations", organization, "apiKeys", id];
        match self.delete(&path).await {
            // The organization has been in a path before; so it is the id.
            Err(error) if error.code() == Code::InvalidInput => Err(error
                .with_code(Code::UnexpectedResponse)
                .context("the service gave the key an unusable id")),
            response => written(&response?).map(drop),
        }
    }
}

/// The key in the answer to its making, whatever else is there.
pub(super) fn new_key(response: &Response) -> Result<WithRaw<SecretString>> {
    let raw = object(response).map_err(|error| error.hint(IN_DOUBT))?;
    match raw["key"].as_str().map(str::trim) {
        Some(key) if !key.is_empty() => Ok(WithRaw {
            value: key.into(),
            raw,
        }),
        _ => Err(response
            .nonsense(anyhow!("it contains no `key`"))
            .hint(IN_DOUBT)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::MintedKey;

    #[test]
    fn the_debug_form_shows_no_key() {
        let raw = json!({"id": "key_1", "key": "s3cret", "metadata": {"name": "Web"}});
        let minted = MintedKey {
            id: None,
            name: Some("ci".into()),
            key: "s3cret".into(),
            username: None,
            registry_host: None,
        };
        let shown = [
            format!("{:?}", ApiKey::read(&raw, KeyKind::Private)),
            format!("{:?}", WithRaw { value: "Web", raw }),
            format!("{minted:?}"),
        ];
        for (shown, stays) in shown.iter().zip(["Private", "Web", "ci"]) {
            assert!(shown.contains(stays), "{shown}");
            assert!(!shown.contains("s3cret"), "{shown}");
        }
    }
}
