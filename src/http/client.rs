//! The HTTP clients, built when the first request needs one.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::time::Duration;

use reqwest::{Client, redirect};
use url::Url;

use super::is_loopback;
use crate::error::{Code, Error, Result};

/// Name resolution, TCP and TLS together.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// The clients that there are so far.
#[derive(Debug, Default)]
pub(super) struct Clients(RefCell<BTreeMap<Kind, Client>>);

impl Clients {
    /// The client for an address.
    pub(super) fn get(&self, url: &Url) -> Result<Client> {
        let kind = Kind {
            secure: url.scheme() == "https",
            local: is_loopback(url),
        };
        if let Some(client) = self.0.borrow().get(&kind) {
            return Ok(client.clone());
        }
        let client = build(kind)?;
        self.0.borrow_mut().insert(kind, client.clone());
        Ok(client)
    }
}

/// What a client has to be able to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Kind {
    secure: bool,
    local: bool,
}

/// The trust store is read only where it is needed. `SSL_CERT_FILE` and `SSL_CERT_DIR` take the
/// place of the system's. No proxy is asked for what is on this machine.
fn build(kind: Kind) -> Result<Client> {
    // Set once a process; a second client finds it set.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut roots = Vec::new();
    if kind.secure {
        let found = rustls_native_certs::load_native_certs();
        for error in &found.errors {
            tracing::warn!("part of the trust store cannot be read: {error}");
        }
        let usable = found.certs.iter();
        roots.extend(usable.filter_map(|der| reqwest::Certificate::from_der(der).ok()));
    }
    let mut client = Client::builder()
        .user_agent(concat!("pipecat-cloud-cli/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(CONNECT_TIMEOUT)
        .redirect(redirect::Policy::none())
        .tls_certs_only(roots);
    if kind.local {
        client = client.no_proxy();
    }
    client
        .build()
        .map_err(|error| Error::new(Code::Internal, "cannot set up HTTP").because(error))
}
