//! `/v1/organizations/{org}/registry-keys`: keys that pull from the container registry.

use anyhow::anyhow;
use secrecy::SecretString;
use serde_json::{Value, json};

use super::fields::{check_rows, object, text, written};
use super::keys::new_key;
use super::{Api, WithRaw};
use crate::error::{Code, Result};

/// A registry key, without the key.
#[derive(Clone, Debug)]
pub struct RegistryKey {
    /// Identifies it in paths. Blank if the service sent none.
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
    revoked: bool,
    /// The region that holds it.
    pub region: Option<String>,
}

impl RegistryKey {
    fn read(row: &Value) -> Self {
        let field = |name| text(row, name);
        Self {
            id: field("id").unwrap_or_default(),
            name: field("name"),
            key_prefix: field("key_prefix"),
            created_at: field("created_at"),
            last_used_at: field("last_used_at"),
            status: field("status"),
            revoked: row["revoked"] == true,
            region: field("region"),
        }
    }

    /// Its state. A service that does not tell it says at least whether the key was revoked.
    #[must_use]
    pub fn status(&self) -> &str {
        match (self.status.as_deref(), self.revoked) {
            (Some(status), _) if !status.is_empty() => status,
            (_, true) => "revoked",
            _ => "active",
        }
    }
}

/// A key that has just been made, and is shown this once.
#[derive(Clone, Debug)]
pub struct MintedKey {
    /// Identifies it in paths.
    pub id: Option<String>,
    /// The name for people.
    pub name: Option<String>,
    /// The key itself.
    pub key: SecretString,
    /// Who to sign in as.
    pub username: Option<String>,
    /// Where to.
    pub registry_host: Option<String>,
}

impl Api {
    /// An organization's registry keys, in the service's order.
    ///
    /// # Errors
    /// The service refuses or cannot be reached, or its answer makes no sense.
    pub async fn registry_keys(&self, organization: &str) -> Result<Vec<WithRaw<RegistryKey>>> {
        let path = ["v1", "organizations", organization, "registry-keys"];
        let response = self.get(&path).await?;
        let mut answer = object(&response)?;
        let Value::Array(rows) = answer["registry_keys"].take() else {
            return Err(response.nonsense(anyhow!("it has no `registry_keys` list")));
        };
        check_rows(&response, &rows, "id")?;
        let key = |raw: Value| WithRaw {
            value: RegistryKey::read(&raw),
            raw,
        };
        Ok(rows.into_iter().map(key).collect())
    }

    /// Makes a registry key.
    ///
    /// # Errors
    /// The service refuses or cannot be reached, or there is no key in its answer.
    pub async fn mint_registry_key(&self, organization: &str, name: &str) -> Result<MintedKey> {
        let path = ["v1", "organizations", organization, "registry-keys"];
        let response = self.post(&path, json!({"name": name})).await?;
        let WithRaw { value: key, raw } = new_key(&response)?;
        let field = |name| text(&raw, name);
        Ok(MintedKey {
            id: field("id"),
            name: field("name"),
            key,
            username: field("username"),
            registry_host: field("registry_host"),
        })
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
            response => written(&response?).map(drop),
        }
    }
}
