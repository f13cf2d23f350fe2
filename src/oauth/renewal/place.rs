//! A renewed session finds its place in the file, which others write too.

use std::time::{Duration, Instant};

use secrecy::{ExposeSecret as _, SecretString};

use super::{Renewal, is_same, signed_out};
use crate::error::{Error, Result};
use crate::oauth::revoke;
use crate::store::{Document, Locked, OnMalformed, Session};

/// How long storing a renewed session is tried, and how long the file is watched for what another
/// program may be about to write.
const PATIENCE: Duration = Duration::from_secs(2);

/// How often.
const POLL: Duration = Duration::from_millis(40);

/// A renewed session that is not in the file.
pub(super) struct Unstored {
    spent: Session,
    renewed: Session,
    /// Why not.
    error: Error,
}

/// What the file holds in the place of a session that has been renewed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// That session.
    Spent,
    /// Another one.
    Taken,
    /// One that cannot be renewed: a personal access token, or all that there is of a session yet.
    Token,
    /// None. Writers that truncate leave such a file for a moment.
    Empty,
}

impl Place {
    fn of(document: &Document, spent: &SecretString) -> Self {
        let Some(session) = document.session() else {
            return Self::Empty;
        };
        match session.refresh_token {
            None => Self::Token,
            Some(token) if token.expose_secret() == spent.expose_secret() => Self::Spent,
            Some(_) => Self::Taken,
        }
    }
}

/// What there is in the file after a while.
enum Found {
    /// A session of the kind that was waited for.
    Wanted(Session),
    /// Another one, or a file that cannot be read.
    Other,
    /// Nobody is signed in.
    Nobody,
}

impl Renewal {
    /// Stores what `spent` was renewed to, unless somebody has signed in or out meanwhile. What
    /// cannot be stored yet is tried again; in the end the run goes on without.
    pub(super) async fn keep(
        &self,
        mut locked: Locked,
        spent: &Session,
        renewed: &Session,
    ) -> Result<()> {
        let since = Instant::now();
        loop {
            let is_last = since.elapsed() > PATIENCE;
            match self.put(&mut locked, spent, renewed) {
                Ok(Place::Spent | Place::Taken) => return Ok(()),
                Ok(Place::Token) if is_last => return Ok(()),
                Ok(Place::Empty) if is_last => break,
                Err(error) if is_last => {
                    self.unstored.replace(Some(Unstored {
                        spent: spent.clone(),
                        renewed: renewed.clone(),
                        error,
                    }));
                    return Ok(());
                }
                _ => tokio::time::sleep(POLL).await,
            }
        }
        drop(locked);
        // Who has signed out wants no session that nobody could end any more.
        let service = Ok(self.service.url.clone());
        let revoked = revoke(&self.http, service, renewed).await;
        tracing::debug!("signed out while the session was renewed: {revoked:?}");
        Err(signed_out())
    }

    /// Stores what could not be stored before, if that is possible by now; otherwise says why not.
    pub(super) async fn store_at_last(&self) -> Option<Error> {
        let unstored = self.unstored.take()?;
        let again = async {
            let mut locked = self.store.lock(PATIENCE, OnMalformed::Fail).await?;
            self.put(&mut locked, &unstored.spent, &unstored.renewed)
        };
        again.await.is_err().then_some(unstored.error)
    }

    /// Puts `renewed` into the place of `spent`, if that is still there, and says what was there.
    fn put(&self, locked: &mut Locked, spent: &Session, renewed: &Session) -> Result<Place> {
        let Some(token) = &spent.refresh_token else {
            return Ok(Place::Empty);
        };
        let mut place = Place::Empty;
        locked.edit(|document| {
            place = Place::of(document, token);
            match place {
                Place::Spent => document.set_session(renewed),
                _ => Ok(()),
            }
        })?;
        if place == Place::Spent {
            let origin = locked.origin();
            locked.set_origin(&origin.renewed(&self.service.url, spent, renewed));
            tracing::debug!("the session was renewed");
        }
        Ok(place)
    }

    /// The session that another program, which knows nothing of our lock, puts into the file after
    /// it has renewed `spent`; nothing if none does.
    ///
    /// # Errors
    /// Somebody has signed out instead.
    pub(super) async fn replacement(&self, spent: &Session) -> Result<Option<Session>> {
        let is_other = |session: &Session| !is_same(session, spent);
        match self.wait_for(is_other).await {
            Found::Wanted(session) => Ok(Some(session)),
            Found::Other => Ok(None),
            Found::Nobody => Err(signed_out()),
        }
    }

    /// The session in a file that had none a moment ago: it may be in the middle of being written.
    ///
    /// # Errors
    /// Somebody has signed out.
    pub(super) async fn reappearance(&self) -> Result<Session> {
        match self.wait_for(|_| true).await {
            Found::Wanted(session) => Ok(session),
            Found::Other | Found::Nobody => Err(signed_out()),
        }
    }

    /// Looks at the file for a while, until there is a session of the wanted kind.
    async fn wait_for(&self, is_wanted: impl Fn(&Session) -> bool) -> Found {
        let since = Instant::now();
        loop {
            let found = match self.store.read().map(|document| document.session()) {
                Ok(Some(session)) if is_wanted(&session) => return Found::Wanted(session),
                Ok(None) => Found::Nobody,
                _ => Found::Other,
            };
            if since.elapsed() > PATIENCE {
                return found;
            }
            tokio::time::sleep(POLL).await;
        }
    }
}
