//! `/v1/organizations/{org}/apiKeys`: an organization's API keys.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{Api, WithRaw};
use crate::error::{Code, Result};
use crate::http::IN_DOUBT;

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
    /// The key itself.
    pub key: String,
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

#[derive(Deserialize)]
struct KeyList {
    public: Vec<Fields>,
    private: Option<Vec<Fields>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Fields {
    id: Option<String>,
    key: String,
    metadata: Option<Metadata>,
    created_at: Option<String>,
    revoked: Option<bool>,
}

#[derive(Deserialize)]
struct Metadata {
    name: Option<String>,
}

impl Fields {
    fn into_key(self, kind: KeyKind) -> ApiKey {
        ApiKey {
            id: self.id.unwrap_or_default(),
            key: self.key,
            name: self.metadata.and_then(|data| data.name).unwrap_or_default(),
            created_at: self.created_at.unwrap_or_default(),
            revoked: self.revoked.unwrap_or_default(),
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
        let raw: Value = response.json()?;
        let keys = KeyList::deserialize(&raw).map_err(|error| response.nonsense(error))?;
        let public = keys
            .public
            .into_iter()
            .map(|key| key.into_key(KeyKind::Public));
        let private = keys.private.into_iter().flatten();
        let private = private.map(|key| key.into_key(KeyKind::Private));
        Ok(WithRaw {
            value: public.chain(private).collect(),
            raw,
        })
    }

    /// Creates a public key and gives it as the service sent it.
    ///
    /// # Errors
    /// The service refuses or cannot be reached, or its answer makes no sense.
    pub async fn create_key(&self, organization: &str, name: &str) -> Result<WithRaw<String>> {
        #[derive(Deserialize)]
        struct Created {
            key: String,
        }
        let path = ["v1", "organizations", organization, "apiKeys"];
        let body = json!({"name": name, "type": "public"});
        let response = self.post(&path, body).await?;
        let raw: Value = response.json().map_err(|error| error.hint(IN_DOUBT))?;
        let Created { key } =
            Created::deserialize(&raw).map_err(|error| response.nonsense(error).hint(IN_DOUBT))?;
        Ok(WithRaw { value: key, raw })
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
                .context("the service gave the key an id that cannot be used")),
            response => response.map(drop),
        }
    }
}
