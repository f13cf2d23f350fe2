//! `GET /v1/users`: who is asking.

use serde::Deserialize;
use serde_json::Value;

use super::{Api, WithRaw};
use crate::error::Result;

/// A user.
#[derive(Clone, Debug)]
pub struct User {
    /// The identifier.
    pub id: String,
    /// The first e-mail address; an account may have none.
    pub email: Option<String>,
}

impl User {
    /// The e-mail address, or the identifier of who has none.
    #[must_use]
    pub fn label(&self) -> &str {
        self.email.as_deref().unwrap_or(&self.id)
    }
}

#[derive(Deserialize)]
struct UserEnvelope {
    user: Value,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Fields {
    user_id: String,
    emails: Option<Vec<Email>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Email {
    email_address: Option<String>,
}

impl Api {
    /// The user that the token belongs to.
    ///
    /// # Errors
    /// The service refuses or cannot be reached, or its answer makes no sense.
    pub async fn user(&self) -> Result<WithRaw<User>> {
        let response = self.get(&["v1", "users"]).await?;
        let UserEnvelope { user: raw } = response.json()?;
        let fields = Fields::deserialize(&raw).map_err(|error| response.nonsense(error))?;
        let emails = fields.emails.unwrap_or_default();
        Ok(WithRaw {
            value: User {
                id: fields.user_id,
                email: emails.into_iter().find_map(|email| email.email_address),
            },
            raw,
        })
    }
}
