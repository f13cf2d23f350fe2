//! The HTTP clients, built when the first request needs one.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::{Client, redirect};
use tokio::sync::Mutex;
use url::Url;

use super::proxy::ProxyVariables;
use super::{is_loopback, tls};
use crate::error::{Code, Error, Result};

/// Name resolution, TCP and TLS together.
pub(super) const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// The clients that there are so far.
#[derive(Debug, Default)]
pub(super) struct Clients(Mutex<BTreeMap<Kind, Client>>);

impl Clients {
    /// The client for an address.
    pub(super) async fn get(&self, url: &Url, proxies: &ProxyVariables) -> Result<Client> {
        let kind = Kind {
            secure: url.scheme() == "https",
            local: is_loopback(url),
        };
        let mut clients = self.0.lock().await;
        if let Some(client) = clients.get(&kind) {
            return Ok(client.clone());
        }
        if !kind.local {
            proxies.check(url)?;
        }
        let client = build(kind).await?;
        clients.insert(kind, client.clone());
        Ok(client)
    }
}

/// What a client has to be able to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Kind {
    secure: bool,
    local: bool,
}

/// The trust store is read only where it is needed. No proxy, and no name server, is asked for what
/// is on this machine.
async fn build(kind: Kind) -> Result<Client> {
    let tls = if kind.secure {
        tls::trusting(CONNECT_TIMEOUT).await?
    } else {
        tls::trusting_nobody()?
    };
    let mut client = Client::builder()
        .user_agent(concat!("pipecat-cloud-cli/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(CONNECT_TIMEOUT)
        .redirect(redirect::Policy::none())
        .tls_backend_preconfigured(tls);
    if kind.local {
        client = client.no_proxy().dns_resolver(Arc::new(ThisMachine));
    }
    client
        .build()
        .map_err(|error| Error::new(Code::Internal, "cannot set up HTTP").because(error))
}

/// Names of this machine mean this machine (RFC 6761 section 6.3), whatever a name server says of
/// them: they are trusted with a token in the clear.
struct ThisMachine;

impl Resolve for ThisMachine {
    fn resolve(&self, _name: Name) -> Resolving {
        let addresses = [
            SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            SocketAddr::from((Ipv6Addr::LOCALHOST, 0)),
        ];
        Box::pin(async move { Ok(Box::new(addresses.into_iter()) as Addrs) })
    }
}
