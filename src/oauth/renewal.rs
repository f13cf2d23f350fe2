//! Renewing a session. Refresh tokens rotate and each works once, so all of this happens under the
//! store's lock: whoever gets it reads the file again and renews only if nobody has meanwhile.

use std::cell::Cell;
use std::rc::Rc;

use secrecy::ExposeSecret as _;
use url::Url;

use super::{discover, tokens};
use crate::error::{Code, Error, Result};
use crate::http::Http;
use crate::store::{OnMalformed, Session, Store};

/// How long before its end an access token is renewed, in seconds.
const AHEAD: f64 = 60.0;

/// What it takes to renew the file's session.
#[derive(Clone, Debug)]
pub struct Renewal {
    /// The way to the network.
    pub http: Rc<Http>,
    /// The service, which names the provider.
    pub api_host: Url,
    /// Where the session lies.
    pub store: Store,
    /// Whether a renewal ahead of time has failed: once is enough in one run.
    pub failed_ahead: Cell<bool>,
}

impl Renewal {
    /// Renews the session if it ends within 60 s. While the old token still works, a failure that
    /// passes is only a warning.
    ///
    /// # Errors
    /// The session is over, or has run out and cannot be renewed just now.
    pub async fn renew_ahead(&self, session: &mut Session) -> Result<()> {
        let Some(expires_at) = session
            .expires_at
            .filter(|_| session.refresh_token.is_some())
        else {
            return Ok(());
        };
        let still_works = || tokens::now() < expires_at;
        if tokens::now() < expires_at - AHEAD || self.failed_ahead.get() && still_works() {
            return Ok(());
        }
        match self.renew(session).await {
            Ok(renewed) => *session = renewed,
            Err(error) if error.code() != Code::SessionEnded && still_works() => {
                self.failed_ahead.set(true);
                tracing::warn!("{error}");
            }
            Err(error) => return Err(error),
        }
        Ok(())
    }

    /// Gives a session in the place of `spent`, whose access token works no more.
    ///
    /// # Errors
    /// [`Code::SessionEnded`] if the provider says so; otherwise the session stays as it is.
    pub async fn renew(&self, spent: &Session) -> Result<Session> {
        let mut locked = self
            .store
            .lock(self.http.deadline().remaining(), OnMalformed::Fail)
            .await?;
        let Some(current) = locked.document().session() else {
            return Err(
                Error::new(Code::NotSignedIn, "the session was signed out meanwhile")
                    .hint("run `pipecat cloud auth login`"),
            );
        };
        let renewed_meanwhile =
            current.access_token.expose_secret() != spent.access_token.expose_secret();
        let (false, Some(refresh_token)) = (renewed_meanwhile, &current.refresh_token) else {
            return Ok(current);
        };
        // Once the token is spent, its successor must find its place on the disk.
        locked.rehearse()?;
        let kept =
            |error: Error| error.context("your session could not be renewed just now, and is kept");
        let provider = discover(&self.http, &self.api_host).await.map_err(kept)?;
        match tokens::refresh(&self.http, &provider, refresh_token).await {
            Ok(renewed) => {
                locked.edit(|document| document.set_session(&renewed))?;
                tracing::debug!("the session was renewed");
                Ok(renewed)
            }
            Err(error) if error.code() == Code::SessionEnded => {
                // A program that knows nothing of our lock may have renewed it.
                match self.store.read()?.session() {
                    Some(other) if is_another(&other, &current) => Ok(other),
                    _ => Err(error
                        .context("your session has ended")
                        .hint("run `pipecat cloud auth login`")),
                }
            }
            Err(error) => Err(kept(error)),
        }
    }
}

fn is_another(session: &Session, than: &Session) -> bool {
    session.access_token.expose_secret() != than.access_token.expose_secret()
}
