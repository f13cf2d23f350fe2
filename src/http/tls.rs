//! Whom to trust: the system's trust store, or what `SSL_CERT_FILE` and `SSL_CERT_DIR` name in its
//! place.

use std::sync::Arc;
use std::thread;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::anyhow;
use rustls::pki_types::UnixTime;
use rustls::time_provider::TimeProvider;
use rustls::{ClientConfig, RootCertStore};
use rustls_native_certs::{CertificateResult, load_native_certs};
use tokio::sync::oneshot;

use crate::error::{Code, Error, Result};

/// What may be spoken over TLS, the best first (RFC 7301).
const PROTOCOLS: [&[u8]; 2] = [b"h2", b"http/1.1"];

/// What to look at where the trust store is out of order.
const CHECK_STORE: &str = "check what `SSL_CERT_FILE` and `SSL_CERT_DIR` name, if they are set; otherwise install your \
     system's certificates (the package is often called `ca-certificates`)";

/// How to speak TLS with those whom this machine trusts.
///
/// # Errors
/// It trusts nobody; or the trust store cannot be read within `patience`.
pub(super) async fn trusting(patience: Duration) -> Result<ClientConfig> {
    config(trust_store(patience).await?)
}

/// How to speak TLS with nobody: for who will not be asked to.
///
/// # Errors
/// There is no TLS at all.
pub(super) fn trusting_nobody() -> Result<ClientConfig> {
    config(RootCertStore::empty())
}

fn config(roots: RootCertStore) -> Result<ClientConfig> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_details(provider, Arc::new(Clock))
        .with_safe_default_protocol_versions()
        .map_err(|error| Error::new(Code::Internal, "cannot set up TLS").because(error))?;
    let mut config = config.with_root_certificates(roots).with_no_client_auth();
    config.alpn_protocols = PROTOCOLS.map(<[u8]>::to_vec).to_vec();
    Ok(config)
}

/// Reads the trust store on a thread of its own: what stands in its place may be a pipe that nobody
/// writes to, and signals and the time must be heard meanwhile.
async fn trust_store(patience: Duration) -> Result<RootCertStore> {
    let (sender, receiver) = oneshot::channel();
    let read = move || {
        // Nobody waits any more who has gone.
        let _ = sender.send(load_native_certs());
    };
    let found = match thread::Builder::new().spawn(read) {
        Ok(_) => tokio::time::timeout(patience, receiver).await,
        // Without a thread to be had, it is read here.
        Err(_) => Ok(Ok(load_native_certs())),
    };
    match found {
        Ok(Ok(found)) => usable(found),
        Ok(Err(_)) => Err(unreadable(anyhow!("its reader broke off"))),
        Err(_) => Err(Error::new(
            Code::TimedOut,
            format!(
                "the trust store could not be read within {} s",
                patience.as_secs()
            ),
        )
        .hint(CHECK_STORE)),
    }
}

/// All that can be used. What cannot be read spoils nothing else: systems come with such
/// certificates, too.
fn usable(found: CertificateResult) -> Result<RootCertStore> {
    for error in &found.errors {
        tracing::warn!("part of the trust store cannot be read: {error}");
    }
    let mut roots = RootCertStore::empty();
    let (_, unreadable_ones) = roots.add_parsable_certificates(found.certs);
    if unreadable_ones > 0 {
        tracing::debug!("certificates of the trust store that cannot be read: {unreadable_ones}");
    }
    if roots.is_empty() {
        return Err(match found.errors.into_iter().next() {
            Some(error) => unreadable(error.into()),
            None => unreadable(anyhow!("there is no certificate in it")),
        });
    }
    Ok(roots)
}

fn unreadable(cause: anyhow::Error) -> Error {
    Error::new(
        Code::UntrustedCertificate,
        "nobody can be trusted without a trust store",
    )
    .because(cause)
    .hint(CHECK_STORE)
}

/// This machine's clock, which may stand before 1970 where nobody has set it.
#[derive(Debug)]
struct Clock;

impl TimeProvider for Clock {
    fn current_time(&self) -> Option<UnixTime> {
        Some(since_1970(SystemTime::now()))
    }
}

fn since_1970(time: SystemTime) -> UnixTime {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    UnixTime::since_unix_epoch(since)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_before_1970_is_no_panic() {
        let before = UNIX_EPOCH - Duration::from_secs(1);
        assert_eq!(since_1970(before).as_secs(), 0);
        let after = UNIX_EPOCH + Duration::from_secs(7);
        assert_eq!(since_1970(after).as_secs(), 7);
    }
}
