//! Ending a session at the service: `POST /auth/logout`.

use std::time::Duration;

use reqwest::Method;
use secrecy::ExposeSecret as _;
use serde_json::json;
use url::Url;

use crate::error::{Error, Result};
use crate::http::{Body, Http, Request, route, timeout};
use crate::store::Session;

/// Signing out does not wait longer for the service than this.
const REVOCATION_TIMEOUT: Duration = Duration::from_secs(10);

/// What became of the session at the service.
#[derive(Debug)]
pub enum Revocation {
    /// It is over.
    Confirmed,
    /// Nobody knows: what came in the way.
    Unconfirmed(Error),
    /// It has nothing that could be revoked here.
    NotApplicable,
}

/// Revokes `session`, if it is one that can be.
pub async fn revoke(http: &Http, api_host: Result<Url>, session: &Session) -> Revocation {
    let Some(refresh_token) = &session.refresh_token else {
        return Revocation::NotApplicable;
    };
    let attempt = async {
        let request = Request::new(Method::POST, route(&api_host?, &["auth", "logout"])?)
            .bearer(session.access_token.clone())
            .body(Body::Json(
                json!({"refresh_token": refresh_token.expose_secret()}),
            ));
        let response = http.send(request).await?;
        if !response.status.is_success() {
            return Err(response.refusal());
        }
        if response.is_page() {
            // Somebody else's, who stands in between.
            return Err(response.nonsense(anyhow::anyhow!("a page")));
        }
        Ok(())
    };
    match timeout(REVOCATION_TIMEOUT, attempt).await {
        Some(Ok(())) => Revocation::Confirmed,
        Some(Err(error)) => Revocation::Unconfirmed(error),
        None => Revocation::Unconfirmed(Error::new(
            crate::error::Code::TimedOut,
            format!("no answer within {} s", REVOCATION_TIMEOUT.as_secs()),
        )),
    }
}
