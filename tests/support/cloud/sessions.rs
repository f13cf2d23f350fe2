//! Sessions as the provider keeps them: access tokens that expire, and refresh tokens that rotate.
//!
//! The tokens of one sign-in are a family. Each refresh token works once; when a spent one comes
//! again, one of its two holders stole it, so the whole family ends (RFC 9700, section 4.14.2).

use std::collections::HashMap;
use std::time::{Duration, Instant};

/// What a client holds after signing in or renewing.
#[derive(Clone, Debug)]
pub struct Session {
    /// The bearer token for the API.
    pub access_token: String,
    /// The token that buys the next session, once.
    pub refresh_token: String,
    /// Seconds until the access token expires.
    pub expires_in: u64,
}

/// All sessions that were ever started.
#[derive(Debug)]
pub(super) struct Sessions {
    /// The lifetime of new access tokens, in seconds.
    pub(super) expires_in: u64,
    /// How many times a refresh token was used as it should be.
    pub(super) renewals: usize,
    /// How many times a spent refresh token came again.
    pub(super) reuses: usize,
    families: Vec<Family>,
    access: HashMap<String, Access>,
    refresh: HashMap<String, Refresh>,
}

/// Names one sign-in with everything that was renewed from it.
#[derive(Clone, Copy, Debug)]
pub(super) struct FamilyId(usize);

#[derive(Debug)]
struct Family {
    user: String,
    live: bool,
}

#[derive(Debug)]
struct Access {
    family: FamilyId,
    expires: Instant,
}

#[derive(Debug)]
struct Refresh {
    family: FamilyId,
    spent: bool,
}

impl Default for Sessions {
    fn default() -> Self {
        Self {
            expires_in: 86_400,
            renewals: 0,
            reuses: 0,
            families: Vec::new(),
            access: HashMap::new(),
            refresh: HashMap::new(),
        }
    }
}

impl Sessions {
    /// Signs a user in.
    pub(super) fn start(&mut self, user: &str) -> (FamilyId, Session) {
        let family = FamilyId(self.families.len());
        self.families.push(Family {
            user: user.to_owned(),
            live: true,
        });
        (family, self.issue(family))
    }

    /// Takes a refresh token for a new session. `None`: the session is over.
    pub(super) fn renew(&mut self, refresh_token: &str) -> Option<Session> {
        let refresh = self.refresh.get_mut(refresh_token)?;
        let family = refresh.family;
        if std::mem::replace(&mut refresh.spent, true) {
            self.reuses += 1;
            self.end(family);
        }
        if !self.families[family.0].live {
            return None;
        }
        self.renewals += 1;
        Some(self.issue(family))
    }

    /// Ends a session: none of its tokens works any more.
    pub(super) fn end(&mut self, family: FamilyId) {
        self.families[family.0].live = false;
    }

    /// The session that a refresh token belongs to.
    pub(super) fn family(&self, refresh_token: &str) -> Option<FamilyId> {
        Some(self.refresh.get(refresh_token)?.family)
    }

    /// Whose access token this is, if it works.
    pub(super) fn user(&self, access_token: &str) -> Option<&str> {
        let access = self.access.get(access_token)?;
        let family = &self.families[access.family.0];
        (family.live && Instant::now() < access.expires).then_some(family.user.as_str())
    }

    /// Makes every access token expire now, whatever its holder was told.
    pub(super) fn expire_access_tokens(&mut self) {
        for access in self.access.values_mut() {
            access.expires = Instant::now();
        }
    }

    fn issue(&mut self, family: FamilyId) -> Session {
        let user = &self.families[family.0].user;
        let serial = self.access.len() + 1;
        let session = Session {
            access_token: format!("oat_{user}_{serial:016}"),
            refresh_token: format!("ort_{user}_{serial:016}"),
            expires_in: self.expires_in,
        };
        let access = Access {
            family,
            expires: Instant::now() + Duration::from_secs(self.expires_in),
        };
        let refresh = Refresh {
            family,
            spent: false,
        };
        self.access.insert(session.access_token.clone(), access);
        self.refresh.insert(session.refresh_token.clone(), refresh);
        session
    }
}

#[cfg(test)]
mod tests {
    use super::Sessions;

    #[test]
    fn a_refresh_token_works_once_and_its_reuse_ends_the_whole_session() {
        let mut sessions = Sessions::default();
        let (_, first) = sessions.start("ada");
        let (_, other) = sessions.start("ada");

        let second = sessions.renew(&first.refresh_token).unwrap();
        assert_eq!(sessions.user(&second.access_token), Some("ada"));

        assert!(sessions.renew(&first.refresh_token).is_none());
        assert!(sessions.renew(&second.refresh_token).is_none());
        assert_eq!(sessions.user(&second.access_token), None);
        assert_eq!((sessions.renewals, sessions.reuses), (1, 1));

        assert_eq!(sessions.user(&other.access_token), Some("ada"));
    }

    #[test]
    fn expired_access_tokens_leave_the_session_alive() {
        let mut sessions = Sessions::default();
        let (_, session) = sessions.start("ada");
        sessions.expire_access_tokens();
        assert_eq!(sessions.user(&session.access_token), None);
        assert!(sessions.renew(&session.refresh_token).is_some());
    }
}
