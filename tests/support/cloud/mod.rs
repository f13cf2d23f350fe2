//! A fake Pipecat Cloud: the REST routes and the sign-in provider behind one loopback address,
//! with a [world] of users and organizations of its own.
//!
//! ```ignore
//! let cloud = Cloud::start();
//! cloud.fault(Fault::on("GET", "/v1/users").status(503).header("Retry-After", "1").times(1));
//! // … run a client against `cloud.url()` …
//! assert_eq!(cloud.writes(), ["DELETE /v1/organizations/acme/apiKeys/key_acme_web"]);
//! cloud.change(|state| state.at("acme").agent("booking").detail["ready"] = true.into());
//! ```
//!
//! A file a resource: its state, its routes, and what tests make of it. What an agent, a log or a
//! secret set has in `upcoming` happens one step at each look, so that a client which waits or
//! follows is tested without a clock.

pub mod agents;
mod api;
pub mod builds;
mod faults;
pub mod github;
pub mod hostile;
pub mod ids;
mod pages;
pub mod paging;
pub mod profiles;
pub mod provider;
pub mod regions;
mod request;
pub mod secrets;
mod sessions;
pub mod spend_limit;
mod state;
pub mod world;

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::Value;
use url::Url;
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, Respond, ResponseTemplate};

pub use faults::Fault;
use provider::{Authorization, Decision};
pub use request::Request;
pub use sessions::Session;
pub use state::State;

/// The personal access token of `ada`.
pub const ADA_PAT: &str = "pcc_pat_ada_0123456789";
/// The personal access token of `grace`.
pub const GRACE_PAT: &str = "pcc_pat_grace_0123456789";

/// A running fake, until dropped.
pub struct Cloud {
    server: MockServer,
    state: Shared,
    base: String,
}

/// How a fake is started, where the defaults do not fit.
#[derive(Default)]
pub struct Builder {
    listener: Option<TcpListener>,
    public_url: Option<String>,
}

impl Builder {
    /// Serves on this listener instead of any free port on loopback.
    pub fn listener(mut self, listener: TcpListener) -> Self {
        self.listener = Some(listener);
        self
    }

    /// The address under which clients reach the fake, where something stands in between: issuer
    /// and endpoints are built from it.
    pub fn public_url(mut self, url: impl Into<String>) -> Self {
        self.public_url = Some(url.into());
        self
    }

    /// Starts the fake. Blocking; it runs on a thread of its own.
    pub fn start(self) -> Cloud {
        let listener = self
            .listener
            .unwrap_or_else(|| TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port"));
        let address = listener.local_addr().expect("the listener's address");
        let base = self.public_url.map_or_else(
            || format!("http://{address}"),
            |url| url.trim_end_matches('/').to_owned(),
        );
        let state = Shared(Arc::new(Mutex::new(State::new(base.clone()))));
        let router = Mock::given(any()).respond_with(state.clone());
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .expect("a runtime to start the server with");
        let server = runtime.block_on(async {
            let server = MockServer::builder()
                .listener(listener)
                .disable_request_recording()
                .start()
                .await;
            router.mount(&server).await;
            server
        });
        Cloud {
            server,
            state,
            base,
        }
    }
}

impl Cloud {
    /// Starts a fresh fake on a free port.
    pub fn start() -> Self {
        Self::builder().start()
    }

    /// Prepares one that differs from the defaults.
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// The base address for clients.
    pub fn url(&self) -> &str {
        &self.base
    }

    /// The address that the fake itself listens on.
    pub fn address(&self) -> SocketAddr {
        *self.server.address()
    }

    /// Changes users, organizations and what else the fake knows.
    pub fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        change(&mut self.state.lock())
    }

    /// Lets requests go wrong from now on.
    pub fn fault(&self, fault: Fault) {
        self.state.lock().faults.add(fault);
    }

    /// Ends all faults.
    pub fn clear_faults(&self) {
        self.state.lock().faults.clear();
    }

    /// All requests so far, in the order of their arrival.
    pub fn requests(&self) -> Vec<Request> {
        self.state.lock().requests.clone()
    }

    /// The requests so far that are more than a read.
    pub fn writes(&self) -> Vec<Request> {
        let mut requests = self.requests();
        requests.retain(|request| request.method != "GET");
        requests
    }

    /// Signs a user in without a browser.
    pub fn session(&self, user: &str) -> Session {
        self.state.lock().sessions.start(user).1
    }

    /// The lifetime, in seconds, of access tokens issued from now on. 86400 at first.
    pub fn issue_tokens_for(&self, seconds: u64) {
        self.state.lock().sessions.expires_in = seconds;
    }

    /// Makes every access token expire now, whatever its holder was told.
    pub fn expire_access_tokens(&self) {
        self.state.lock().sessions.expire_access_tokens();
    }

    /// Whose access token or personal access token this is, if it works now.
    pub fn user_of(&self, token: &str) -> Option<&'static str> {
        Some(self.state.lock().authenticate(token)?.name)
    }

    /// How many times a session was renewed.
    pub fn renewals(&self) -> usize {
        self.state.lock().sessions.renewals
    }

    /// How many times a spent refresh token was used again.
    pub fn reuses(&self) -> usize {
        self.state.lock().sessions.reuses
    }

    /// The discovery document, to change and serve as a [`Fault`] of [`provider::DISCOVERY`].
    pub fn discovery(&self) -> Value {
        provider::discovery(&self.base)
    }

    /// Approves, as the person in the browser, what the client asks for with this address. Gives
    /// the address that the browser is sent back to.
    pub fn approve(&self, authorize_url: &str) -> String {
        self.decide(authorize_url, Decision::Approve)
    }

    /// Denies what the client asks for. Gives the address that the browser is sent back to.
    pub fn deny(&self, authorize_url: &str) -> String {
        self.decide(authorize_url, Decision::Deny)
    }

    fn decide(&self, authorize_url: &str, decision: Decision) -> String {
        let url = Url::parse(authorize_url).expect("an address");
        let endpoint = format!("{}{}", self.base, provider::AUTHORIZE);
        assert!(
            authorize_url.starts_with(&endpoint),
            "{authorize_url} is not the authorization endpoint"
        );
        let authorization = Authorization::parse(url.query().unwrap_or_default());
        let authorization = authorization.expect("an authorization request in order");
        authorization
            .decide(decision, &mut self.state.lock())
            .into()
    }
}

/// The state, as the server's thread and the test share it.
#[derive(Clone)]
struct Shared(Arc<Mutex<State>>);

impl Shared {
    /// A panic in [`Cloud::change`] must not hide behind a second one.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Respond for Shared {
    fn respond(&self, request: &wiremock::Request) -> ResponseTemplate {
        self.lock().receive(Request::new(request))
    }
}
