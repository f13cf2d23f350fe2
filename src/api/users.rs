//! `GET /v1/users`: who is asking.

use anyhow::anyhow;

use super::fields::{object, text};
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

impl Api {
    /// The user that the token belongs to.
    ///
    /// # Errors
    /// The service refuses or cannot be reached, or its answer makes no sense.
    pub async fn user(&self) -> Result<WithRaw<User>> {
        let response = self.get(&["v1", "users"]).await?;
        let mut answer = object(&response)?;
        let raw = answer["user"].take();
        let Some(id) = raw["userId"].as_str().map(str::to_owned) else {
            return Err(response.nonsense(anyhow!("it has no `user` with a `userId`")));
        };
        let mut emails = raw["emails"].as_array().into_iter().flatten();
        let email = emails.find_map(|email| text(email, "emailAddress"));
        Ok(WithRaw {
            value: User { id, email },
            raw,
        })
    }
}
