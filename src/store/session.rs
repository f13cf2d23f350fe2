//! What the file says of who is signed in.

use secrecy::{ExposeSecret as _, SecretString};
use toml_edit::Value;

use super::Document;
use crate::error::Result;

/// The names in the file, shared with the official CLI.
pub mod keys {
    /// Access token or personal access token.
    pub const TOKEN: &str = "token";
    /// The active organization.
    pub const ORG: &str = "org";
    /// The refresh token, which works once.
    pub const REFRESH_TOKEN: &str = "refresh_token";
    /// When the access token ends, in seconds since 1970, possibly fractional.
    pub const TOKEN_EXPIRES_AT: &str = "token_expires_at";
    /// In an organization's table: the default public key.
    pub const DEFAULT_PUBLIC_KEY: &str = "default_public_key";
    /// In an organization's table: the name of that key.
    pub const DEFAULT_PUBLIC_KEY_NAME: &str = "default_public_key_name";

    /// Whether a name is taken at the top level, so that no organization's table can bear it.
    #[must_use]
    pub fn is_taken(name: &str) -> bool {
        [TOKEN, ORG, REFRESH_TOKEN, TOKEN_EXPIRES_AT].contains(&name)
    }
}

/// The file's credentials.
#[derive(Clone, Debug)]
pub struct Session {
    /// The bearer token.
    pub access_token: SecretString,
    /// What renews it; none for a personal access token.
    pub refresh_token: Option<SecretString>,
    /// When it ends, in seconds since 1970.
    pub expires_at: Option<f64>,
}

impl Session {
    /// A session that is a personal access token, which is never renewed.
    #[must_use]
    pub fn personal(token: SecretString) -> Self {
        Self {
            access_token: token,
            refresh_token: None,
            expires_at: None,
        }
    }
}

impl Document {
    /// The file's credentials, if it has any. Blank values, as the official CLI writes for a
    /// personal access token, count as absent.
    #[must_use]
    pub fn session(&self) -> Option<Session> {
        let secret = |key| {
            let text = self.get(key)?.as_str()?.trim();
            (!text.is_empty()).then(|| SecretString::from(text))
        };
        Some(Session {
            access_token: secret(keys::TOKEN)?,
            refresh_token: secret(keys::REFRESH_TOKEN),
            expires_at: self.get(keys::TOKEN_EXPIRES_AT).and_then(seconds),
        })
    }

    /// Whether the file holds anything that lets somebody in.
    #[must_use]
    pub fn has_credentials(&self) -> bool {
        [keys::TOKEN, keys::REFRESH_TOKEN].into_iter().any(|key| {
            let text = self.get(key).and_then(Value::as_str);
            text.is_some_and(|text| !text.trim().is_empty())
        })
    }

    /// Puts `session` in the place of the file's credentials.
    ///
    /// # Errors
    /// The file has a table where one of the values belongs.
    pub fn set_session(&mut self, session: &Session) -> Result<()> {
        self.set(keys::TOKEN, session.access_token.expose_secret())?;
        match &session.refresh_token {
            Some(token) => self.set(keys::REFRESH_TOKEN, token.expose_secret())?,
            None => self.remove(keys::REFRESH_TOKEN)?,
        }
        match session.expires_at {
            Some(at) => self.set(keys::TOKEN_EXPIRES_AT, at),
            None => self.remove(keys::TOKEN_EXPIRES_AT),
        }
    }

    /// Takes the credentials out.
    ///
    /// # Errors
    /// The file has a table where one of the values belongs.
    pub fn remove_session(&mut self) -> Result<()> {
        [keys::TOKEN, keys::REFRESH_TOKEN, keys::TOKEN_EXPIRES_AT]
            .into_iter()
            .try_for_each(|key| self.remove(key))
    }
}

/// A time in the file, which may be a whole number, a fraction or text.
fn seconds(value: &Value) -> Option<f64> {
    match value {
        Value::Float(at) => Some(*at.value()),
        #[allow(
            clippy::cast_precision_loss,
            reason = "exact for the next 285 million years"
        )]
        Value::Integer(at) => Some(*at.value() as f64),
        Value::String(at) => at.value().trim().parse().ok(),
        _ => None,
    }
}
