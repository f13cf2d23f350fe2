//! What is known of the session in the configuration file: which service it is from, and what it
//! was renewed from. The file itself is shared with the official CLI, which refuses what it does
//! not know, so this stands in the lock file beside it. There are no secrets in it: a token is
//! named by its SHA-256 sum. What another program puts into the configuration file has no origin.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, Read as _, Seek as _, Write as _};

use secrecy::ExposeSecret as _;
use sha2::{Digest as _, Sha256};
use url::Url;

use super::Session;

/// So many renewals back, a session is still known to be the same. Nobody sleeps through more.
const REMEMBERED: usize = 32;

/// More than all of it takes, in bytes.
const MAX_LENGTH: u64 = 8 << 10;

const SERVICE: &str = "service ";
const TOKEN: &str = "token ";

/// Where the session that this program stored last is from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// The service's address.
    service: String,
    /// The sums of its access tokens, from the sign-in to the present one, or the last of them.
    tokens: Vec<String>,
}

impl Origin {
    /// The origin of a session that has just begun.
    #[must_use]
    pub fn new(service: &Url, session: &Session) -> Self {
        Self {
            service: address(service),
            tokens: vec![sum(session)],
        }
    }

    /// The origin of what `session` was renewed to.
    #[must_use]
    pub fn renewed(mut self, service: &Url, session: &Session, to: &Session) -> Self {
        if !self.is_of(session) {
            self = Self::new(service, session);
        }
        self.tokens.push(sum(to));
        let surplus = self.tokens.len().saturating_sub(REMEMBERED);
        self.tokens.drain(..surplus);
        self
    }

    /// The address of the service that `session` is from, if that is known.
    #[must_use]
    pub fn service(&self, session: &Session) -> Option<&str> {
        self.is_of(session).then_some(self.service.as_str())
    }

    /// Whether `session` is known to have become of `earlier` by being renewed.
    #[must_use]
    pub fn is_renewal(&self, session: &Session, earlier: &Session) -> bool {
        self.is_of(session) && self.tokens.contains(&sum(earlier))
    }

    fn is_of(&self, session: &Session) -> bool {
        self.tokens.last() == Some(&sum(session))
    }

    /// Reads what stands in the lock file; nothing where that makes no sense.
    pub(super) fn read(mut lock: &File) -> Self {
        let mut text = String::new();
        let read = lock
            .rewind()
            .and_then(|()| lock.take(MAX_LENGTH).read_to_string(&mut text));
        if read.is_err() {
            return Self::default();
        }
        let mut origin = Self::default();
        for line in text.lines() {
            if let Some(service) = line.strip_prefix(SERVICE) {
                service.clone_into(&mut origin.service);
            } else if let Some(token) = line.strip_prefix(TOKEN) {
                origin.tokens.push(token.to_owned());
            }
        }
        origin
    }

    /// Writes it into the lock file. Killed in the middle of it, what is there has no origin.
    pub(super) fn write(&self, mut lock: &File) -> io::Result<()> {
        let mut text = format!("{SERVICE}{}\n", self.service);
        for token in &self.tokens {
            let _ = writeln!(text, "{TOKEN}{token}");
        }
        lock.set_len(0)?;
        lock.rewind()?;
        lock.write_all(text.as_bytes())
    }
}

/// The address of a service, in one way of writing it.
fn address(service: &Url) -> String {
    service.as_str().trim_end_matches('/').to_owned()
}

/// Whether two addresses of a service are the same.
#[must_use]
pub fn is_same_service(known: &str, service: &Url) -> bool {
    known == address(service)
}

fn sum(session: &Session) -> String {
    let digest = Sha256::digest(session.access_token.expose_secret());
    digest.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
#[allow(
    clippy::unwrap_used,
    reason = "a broken assumption ends the test there and then"
)]
mod tests {
    use super::*;

    fn session(token: &str) -> Session {
        Session::personal(token.into())
    }

    fn service(address: &str) -> Url {
        Url::parse(address).unwrap()
    }

    #[test]
    fn a_session_is_known_through_all_its_renewals_and_no_other_is() {
        let staging = service("https://staging.example.com/");
        let names: Vec<String> = (0..100).map(|number| format!("t{number}")).collect();
        let mut origin = Origin::new(&staging, &session("t0"));
        for pair in names.windows(2) {
            origin = origin.renewed(&staging, &session(&pair[0]), &session(&pair[1]));
        }
        let (now, other) = (session("t99"), session("other"));
        assert_eq!(origin.service(&now), Some("https://staging.example.com"));
        assert!(origin.is_renewal(&now, &session("t98")));
        assert!(origin.is_renewal(&now, &session("t80")));
        assert!(!origin.is_renewal(&now, &session("t1")));
        assert!(!origin.is_renewal(&now, &other));
        assert!(!origin.is_renewal(&other, &session("t98")));
        assert_eq!(origin.service(&other), None);
        assert_eq!(origin.service(&session("t98")), None);
    }

    #[test]
    fn what_is_written_reads_back_and_holds_no_token() {
        let staging = service("https://staging.example.com/base");
        let origin = Origin::new(&staging, &session("s3cret"));
        let file = tempfile::NamedTempFile::new().unwrap();
        fs_write(&file, &"~".repeat(4000));
        origin.write(file.as_file()).unwrap();
        let text = std::fs::read_to_string(file.path()).unwrap();
        assert!(!text.contains("s3cret") && !text.contains('~'), "{text}");
        assert_eq!(Origin::read(file.as_file()), origin);
        assert!(is_same_service(
            "https://staging.example.com/base",
            &staging
        ));
    }

    #[test]
    fn nonsense_is_no_origin() {
        for text in ["", "\u{0}\u{0}", "token ", "service x\ntoken y", "9999999"] {
            let file = tempfile::NamedTempFile::new().unwrap();
            fs_write(&file, text);
            let origin = Origin::read(file.as_file());
            assert_eq!(origin.service(&session("y")), None, "{text:?}");
        }
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), b"\xff\xfe").unwrap();
        assert_eq!(Origin::read(file.as_file()), Origin::default());
    }

    fn fs_write(file: &tempfile::NamedTempFile, text: &str) {
        std::fs::write(file.path(), text).unwrap();
    }
}
