//! Renewing a session. Refresh tokens rotate and each works once, so all of this happens under the
//! store's lock: whoever gets it reads the file again and renews only if nobody has meanwhile.

//!
//! A renewal is a task of its own: whoever needs the token waits for its outcome, and whoever gives
//! up waiting does not stop it. Between the provider's answer and the stored file lies the only
//! refresh token that works; [`Renewal::settle`] waits until it is in its place.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use secrecy::ExposeSecret as _;
use tokio::sync::Semaphore;
use url::Url;

use super::{discover, tokens};
use crate::error::{Code, Error, Result};
use crate::http::Http;
use crate::limit::TimeLimit;
use crate::store::{OnMalformed, Session, Store};

/// How long before its end an access token is renewed, in seconds.
const AHEAD: f64 = 60.0;

/// What it takes to renew the file's session.
pub struct Renewal {
    http: Rc<Http>,
    limit: Rc<TimeLimit>,
    api_host: Url,
    store: Store,
    /// Why a renewal of this run failed. There is no second: if only the answer was lost, the
    /// refresh token is spent, and using it again would end the session.
    /// Every request of the run that fails for it is told.
    failure: RefCell<Option<Box<Error>>>,
    /// Whether this run has renewed ahead of time. A session that is due again at once lives
    /// shorter than that, and would be renewed for every request.
    ahead: Cell<bool>,
    /// Its one permit belongs to the renewal that may not be stopped now, or to nobody any more.
    critical: Semaphore,
}

impl Renewal {
    /// Renews the session in `store` with the provider that the service at `api_host` names.
    #[must_use]
    pub fn new(http: Rc<Http>, limit: Rc<TimeLimit>, api_host: Url, store: Store) -> Rc<Self> {
        Rc::new(Self {
            http,
            limit,
            api_host,
            store,
            failure: RefCell::default(),
            ahead: Cell::new(false),
            critical: Semaphore::new(1),
        })
    }

    /// Waits until no renewal is under way that would be lost, and lets none begin any more.
    pub async fn settle(&self) {
        if let Ok(permit) = self.critical.acquire().await {
            permit.forget();
        }
    }

    /// Renews the session if it ends within 60 s. A failure that passes is none yet: the service
    /// may still accept the old token, whatever this machine's clock says.
    ///
    /// # Errors
    /// The session is over.
    pub async fn renew_ahead(self: &Rc<Self>, session: &mut Session) -> Result<()> {
        let Some(expires_at) = session.expires_at else {
            return Ok(());
        };
        let is_due = tokens::now() >= expires_at - AHEAD && session.refresh_token.is_some();
        if !is_due {
            return Ok(());
        }
        match self.failed() {
            Some(error) if error.code() == Code::SessionEnded => return Err(error),
            None if !self.ahead.replace(true) => {}
            _ => return Ok(()),
        }
        match self.renew_once(session).await {
            Ok(renewed) => *session = renewed,
            Err(error) if error.code() == Code::SessionEnded => return Err(error),
            // Of a token that has run out, the service will say so, and then this is the cause.
            Err(error) if tokens::now() < expires_at => tracing::warn!("{error}"),
            Err(_) => {}
        }
        Ok(())
    }

    /// Gives a session in the place of one that the service has turned down, if that can be.
    ///
    /// # Errors
    /// Those of [`Self::renew`], or of the renewal that has failed before.
    pub async fn renew_rejected(self: &Rc<Self>, session: &Session) -> Result<Option<Session>> {
        if session.refresh_token.is_none() {
            return Ok(None);
        }
        match self.failed() {
            Some(error) => Err(error),
            None => self.renew_once(session).await.map(Some),
        }
    }

    /// Why a renewal of this run failed, if one has.
    fn failed(&self) -> Option<Error> {
        self.failure.borrow().as_deref().map(Error::again)
    }

    /// [`Self::renew`] as a task of its own, where no renewal has failed yet.
    async fn renew_once(self: &Rc<Self>, spent: &Session) -> Result<Session> {
        let (renewal, spent) = (Rc::clone(self), spent.clone());
        let task = tokio::task::spawn_local(async move { renewal.renew(&spent).await });
        let renewed = task.await.unwrap_or_else(|error| {
            Err(Error::new(Code::Internal, "the renewal of the session broke off").because(error))
        });
        if let Err(error) = &renewed {
            self.failure.replace(Some(Box::new(error.again())));
        }
        renewed
    }

    /// Gives a session in the place of `spent`, whose access token works no more.
    ///
    /// # Errors
    /// [`Code::SessionEnded`] if the provider says so; otherwise the session stays as it is.
    async fn renew(&self, spent: &Session) -> Result<Session> {
        // The other half of the time is for what the session is needed for.
        let patience = self.limit.remaining() / 2;
        let mut locked = self.store.lock(patience, OnMalformed::Fail).await?;
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
        // From the request on, the only refresh token that works is on its way here.
        let Ok(_permit) = self.critical.acquire().await else {
            return Err(Error::new(Code::Internal, "the renewal was called off"));
        };
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
