//! Renewing a session. Refresh tokens rotate and each works once, so all of this happens under the
//! store's lock: whoever gets it reads the file again and renews only if nobody has meanwhile.
//!
//! A renewal is a task of its own: whoever needs the token waits for its outcome, and whoever gives
//! up waiting does not stop it. Between the provider's answer and the stored file lies the only
//! refresh token that works; [`Renewal::settle`] waits until it is in its place.
//!
//! A request that was begun as one account is never sent as another. Whose a token is, it does not
//! say; so another session in the file's place is the same account only if it is known to have
//! become of this one by being renewed ([`Origin`]).
//!
//! [`Origin`]: crate::store::Origin

mod place;
mod purpose;
mod service;

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use secrecy::ExposeSecret as _;
use tokio::sync::Semaphore;

use super::tokens::{self, Failure, Renewed};
use super::{Provider, discover};
use crate::error::{Code, Error, Result};
use crate::http::{Http, timeout};
use crate::limit::TimeLimit;
use crate::store::{Locked, OnMalformed, Session, Store};
use place::Unstored;
use purpose::Purpose;
pub use service::Service;

/// How long before its end an access token is renewed, in seconds.
const AHEAD: f64 = 60.0;

/// What it takes to renew the file's session.
pub struct Renewal {
    http: Rc<Http>,
    limit: Rc<TimeLimit>,
    service: Service,
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
    unstored: RefCell<Option<Unstored>>,
}

impl Renewal {
    /// Renews the session in `store` with the provider that `service` names.
    #[must_use]
    pub fn new(http: Rc<Http>, limit: Rc<TimeLimit>, service: Service, store: Store) -> Rc<Self> {
        Rc::new(Self {
            http,
            limit,
            service,
            store,
            failure: RefCell::default(),
            ahead: Cell::new(false),
            critical: Semaphore::new(1),
            unstored: RefCell::default(),
        })
    }

    /// Waits until no renewal is under way that would be lost, and lets none begin any more. Gives
    /// the reason if a renewed session could not be stored.
    pub async fn settle(&self) -> Option<Error> {
        if let Ok(permit) = self.critical.acquire().await {
            permit.forget();
        }
        self.store_at_last().await
    }

    /// Renews the session if it ends within 60 s. A failure that passes is none yet: the service
    /// may still accept the old token, whatever this machine's clock says. `begun` says whether
    /// requests have been sent with the session.
    ///
    /// # Errors
    /// The session is over, or has been signed out.
    pub async fn renew_ahead(self: &Rc<Self>, session: &mut Session, begun: bool) -> Result<()> {
        let is_due = ends_within(session, AHEAD) && session.refresh_token.is_some();
        if !is_due {
            return Ok(());
        }
        match self.failed() {
            Some(error) if is_final(&error) => return Err(error),
            None if !self.ahead.replace(true) => {}
            _ => return Ok(()),
        }
        let purpose = Purpose::Requests { begun };
        match self.renew_once(session, purpose).await {
            Ok(renewed) => *session = renewed,
            Err(error) if is_final(&error) => return Err(error),
            // Of a token that has run out, the service will say so, and then this is the cause.
            Err(error) if !has_run_out(session) => tracing::warn!("{error}"),
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
        let purpose = Purpose::Requests { begun: true };
        match self.failed() {
            Some(error) => Err(error),
            None => self.renew_once(session, purpose).await.map(Some),
        }
    }

    /// Renews the session so that it can be ended, taking no longer than `patience` for a step.
    ///
    /// # Errors
    /// Those of [`Self::renew`].
    pub async fn renew_to_end(
        self: &Rc<Self>,
        session: &Session,
        patience: Duration,
    ) -> Result<Session> {
        self.renew_once(session, Purpose::End { patience }).await
    }

    /// Why a renewal of this run failed, if one has.
    #[must_use]
    pub fn failed(&self) -> Option<Error> {
        self.failure.borrow().as_deref().map(Error::again)
    }

    /// [`Self::renew`] as a task of its own.
    async fn renew_once(self: &Rc<Self>, spent: &Session, purpose: Purpose) -> Result<Session> {
        let (renewal, spent) = (Rc::clone(self), spent.clone());
        let task = tokio::task::spawn_local(async move {
            let renewed = renewal.renew(&spent, purpose).await;
            if let Err(error) = &renewed {
                // Here, since whoever waits may have gone.
                renewal.failure.replace(Some(Box::new(error.again())));
            }
            renewed
        });
        task.await.unwrap_or_else(|error| {
            Err(
                Error::new(Code::Internal, "the renewal of the session was cut short")
                    .because(error),
            )
        })
    }

    /// Gives a session in the place of `spent`, whose access token works no more.
    ///
    /// # Errors
    /// [`Code::SessionEnded`] if the provider says so, [`Code::SessionReplaced`] if somebody else
    /// may be signed in now; otherwise the session stays as it is, or the error says that this is
    /// in doubt.
    async fn renew(&self, spent: &Session, purpose: Purpose) -> Result<Session> {
        // The other half of the time is for what the session is needed for.
        let half = self.limit.remaining() / 2;
        let patience = purpose.patience().unwrap_or(half);
        let mut locked = self.store.lock(patience, OnMalformed::Fail).await?;
        if let Some(error) = self.failed() {
            // Of the renewal that had the lock before.
            return Err(error);
        }
        let current = match locked.document().session() {
            Some(session) => session,
            None => self.reappearance().await?,
        };
        if !is_same(&current, spent) {
            return self.successor(&locked, spent, current, purpose);
        }
        let Some(refresh_token) = &current.refresh_token else {
            return Ok(current);
        };
        self.check_service(&locked, &current)?;
        // Once the token is spent, its successor must find its place on the disk.
        locked.rehearse()?;
        let provider = self
            .discover(purpose)
            .await
            .map_err(|error| purpose.kept(error))?;
        self.check_provider(&locked, &current, &provider)?;
        // From the request on, the only refresh token that works is on its way here.
        let Ok(permit) = self.critical.acquire().await else {
            return Err(Error::new(Code::Internal, "the renewal was called off"));
        };
        let refreshed = tokens::refresh(
            &self.http,
            &provider,
            &current,
            refresh_token,
            purpose.patience(),
        );
        match refreshed.await {
            Ok(Renewed { session, problem }) => {
                self.keep(locked, &current, &session).await?;
                match problem {
                    Some(problem) => Err(purpose.kept(problem)),
                    None => Ok(session),
                }
            }
            Err(Failure { error, .. }) if error.code() == Code::SessionEnded => {
                // There is nothing that could be lost.
                drop(permit);
                let replaced = self.replacement(&current).await;
                match replaced? {
                    Some(other) => self.successor(&locked, spent, other, purpose),
                    None => Err(error
                        .context("your session has ended")
                        .hint("run `pipecat cloud auth login`")),
                }
            }
            Err(Failure { error, in_doubt }) if in_doubt => Err(purpose.in_doubt(error)),
            Err(Failure { error, .. }) => Err(purpose.kept(error)),
        }
    }

    async fn discover(&self, purpose: Purpose) -> Result<Provider> {
        let discovered = discover(&self.http, &self.service.url);
        match purpose.patience() {
            None => discovered.await,
            Some(patience) => timeout(patience, discovered).await.unwrap_or_else(|| {
                let seconds = patience.as_secs();
                Err(Error::new(
                    Code::TimedOut,
                    format!("no answer within {seconds} s"),
                ))
            }),
        }
    }

    /// The session that the file holds now, in the place of `spent`.
    fn successor(
        &self,
        locked: &Locked,
        spent: &Session,
        successor: Session,
        purpose: Purpose,
    ) -> Result<Session> {
        let begun = !matches!(purpose, Purpose::Requests { begun: false });
        if !begun || locked.origin().is_renewal(&successor, spent) {
            return Ok(successor);
        }
        let path = self.store.path().display();
        Err(Error::new(
            Code::SessionReplaced,
            format!(
                "someone else may have signed in meanwhile: `{path}` now holds another \
                 session, so nothing was done"
            ),
        )
        .hint("run the command again to use the session that is there now"))
    }
}

/// Whether an access token has run out, as far as the file and this machine's clock say.
#[must_use]
pub fn has_run_out(session: &Session) -> bool {
    ends_within(session, 0.0)
}

fn ends_within(session: &Session, seconds: f64) -> bool {
    let ends = session.expires_at;
    ends.is_some_and(|ends| tokens::now() >= ends - seconds)
}

fn is_same(session: &Session, other: &Session) -> bool {
    session.access_token.expose_secret() == other.access_token.expose_secret()
}

/// Whether nobody is signed in any more.
fn is_final(error: &Error) -> bool {
    matches!(error.code(), Code::SessionEnded | Code::NotSignedIn)
}

fn signed_out() -> Error {
    Error::new(Code::NotSignedIn, "the session was signed out meanwhile")
        .hint("run `pipecat cloud auth login`")
}
