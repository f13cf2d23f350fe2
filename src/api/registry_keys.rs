//! `/v1/organizations/{org}/registry-keys`: keys that pull from the container registry.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{Api, WithRaw};
use crate::error::{Code, Result};
use crate::http::IN_DOUBT;

/// A registry key, without the key.
#[derive(Clone, Debug, Deserialize)]
pub struct RegistryKey {
    /// Identifies it in paths.
    pub id: String,
    /// The name for people.
    pub name: Option<String>,
    /// The first characters of the key.
    pub key_prefix: Option<String>,
    /// When it was made, as the service writes it.
    pub created_at: Option<String>,
    /// When it was last used, as the service writes it.
    pub last_used_at: Option<String>,
    status: Option<String>,
    revoked: Option<bool>,
    /// The region that holds it.
    pub region: Option<String>,
}

impl RegistryKey {
    /// Its state. A service that does not tell it says at least whether the key was revoked.
    #[must_use]
    pub fn status(&self) -> &str {
        match (self.status.as_deref(), self.revoked) {
            (Some(status), _) if !status.is_empty() => status,
            (_, Some(true)) => "revoked",
            _ => "active",
        }
    }
}

/// A key that has just been made, and is shown this once.
#[derive(Clone, Debug, Deserialize)]
pub struct MintedKey {
    /// Identifies it in paths.
    pub id: Option<String>,
    /// The name for people.
    pub name: Option<String>,
    /// The key itself.
    pub key: String,
    /// Who to sign in as.
    pub username: Option<String>,
    /// Where to.
    pub registry_host: Option<String>,
}

#[derive(Deserialize)]
struct RegistryKeyList {
    registry_keys: Option<Vec<Value>>,
}

impl Api {
    /// An organization's registry keys, in the service's order.
    ///
    /// # Errors
    /// The service refuses or cannot be reached, or its answer makes no sense.
    pub async fn registry_keys(&self, organization: &str) -> Result<Vec<WithRaw<RegistryKey>>> {
        let path = ["v1", "organizations", organization, "registry-keys"];
        let response = self.get(&path).await?;
        let keys = response
            .json::<RegistryKeyList>()?
            .registry_keys
            .unwrap_or_default();
        keys.into_iter()
            .map(|raw| {
                let value = RegistryKey::deserialize(&raw);
                let value = value.map_err(|error| response.nonsense(error))?;
                Ok(WithRaw { value, raw })
            })
            .collect()
    }

    /// Makes a registry key.
    ///
    /// # Errors
    /// The service refuses or cannot be reached, or its answer makes no sense.
    pub async fn mint_registry_key(&self, organization: &str, name: &str) -> Result<MintedKey> {
        let path = ["v1", "organizations", organization, "registry-keys"];
        let response = self.post(&path, json!({"name": name})).await?;
        response.json().map_err(|error| error.hint(IN_DOUBT))
    }

    /// Revokes a registry key.
    ///
    /// # Errors
    /// The service refuses or cannot be reached.
    pub async fn revoke_registry_key(&self, organization: &str, id: &str) -> Result<()> {
        let path = ["v1", "organizations", organization, "registry-keys", id];
        match self.delete(&path).await {
            Err(error) if error.code() == Code::NotFound => Err(error
                .reworded(format!(
                    "the organization `{organization}` has no registry key `{id}`"
                ))
                .hint("run `pipecat cloud organizations registry-keys list --all`")),
            response => response.map(drop),
        }
    }
}
