//! Which service a session may be renewed at: the one that it is from.

use url::Url;

use super::Renewal;
use crate::error::{Code, Error, Result};
use crate::http::is_loopback;
use crate::oauth::Provider;
use crate::store::{Locked, Session, is_same_service};

/// The service that a session is used with.
#[derive(Clone, Debug)]
pub struct Service {
    /// Its address.
    pub url: Url,
    /// Whether the environment names it, and it is not the one that everybody uses. What is in the
    /// file need not be from there.
    pub is_foreign: bool,
}

impl Renewal {
    /// Refuses to hand the refresh token of a session to a service that it is not known to be from.
    ///
    /// # Errors
    /// It is from another one; or the environment names one, and nothing is known.
    pub fn check_service(&self, locked: &Locked, session: &Session) -> Result<()> {
        let here = self.service.url.as_str().trim_end_matches('/');
        match locked.origin().service(session) {
            Some(known) if is_same_service(known, &self.service.url) => Ok(()),
            Some(known) => Err(Error::new(
                Code::SignInFailed,
                format!("your session is from `{known}`, and its refresh token was not sent to `{here}`"),
            )
            .hint(format!(
                "set `PIPECAT_API_HOST={known}`, or sign in with `pipecat cloud auth login`"
            ))),
            None if !self.service.is_foreign || is_loopback(&self.service.url) => Ok(()),
            None => Err(Error::new(
                Code::SignInFailed,
                format!("your session is not known to be from `{here}` (`PIPECAT_API_HOST`), so its refresh token was not sent there"),
            )
            .hint("unset `PIPECAT_API_HOST`, or sign in there with `pipecat cloud auth login`")),
        }
    }

    /// What is on this machine and has not been signed in to may not name a provider elsewhere.
    pub(super) fn check_provider(
        &self,
        locked: &Locked,
        session: &Session,
        provider: &Provider,
    ) -> Result<()> {
        let is_known = locked.origin().service(session).is_some();
        if is_known || !self.service.is_foreign || is_loopback(&provider.token_endpoint) {
            return Ok(());
        }
        Err(Error::new(
            Code::SignInFailed,
            format!(
                "your session is not known to be from `{}`, so its refresh token was not sent there",
                provider.token_endpoint.origin().ascii_serialization()
            ),
        )
        .hint("unset `PIPECAT_API_HOST`, or sign in there with `pipecat cloud auth login`"))
    }
}
