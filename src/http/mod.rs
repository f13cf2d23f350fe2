//! One HTTP exchange: time limits, repeats, and the cause of a failure in plain words. It knows no
//! route and no code of any service.
//!
//! Redirects are followed for reads, and only to the same origin, so the token goes nowhere else.
//! A request that changes something is sent once.

mod certificate;
mod client;
mod failure;
mod json;
mod multipart;
mod proxy;
mod request;
mod response;
mod retry;
mod route;
mod timeout;
mod tls;

use std::rc::Rc;
use std::time::{Duration, Instant};

use reqwest::Method;
use reqwest::header::LOCATION;
use secrecy::ExposeSecret as _;
use url::Url;

pub use multipart::{Form, FormFile};
pub use proxy::ProxyVariables;
use proxy::Trouble;
pub use request::{Body, Limits, Request, Upload};
pub use response::{Incoming, Response};
pub use route::{authority, check_segment, is_loopback, is_segment, route, without_credentials};
pub use timeout::timeout;

pub use crate::error::IN_DOUBT;
use crate::error::{Code, Error, Result};
use crate::limit::TimeLimit;

/// A read is sent at most this often.
const MAX_ATTEMPTS: u32 = 3;

/// Redirects followed for one read.
const MAX_REDIRECTS: u32 = 5;

/// The way to the network. Builds a client when the first request is made.
#[derive(Debug)]
pub struct Http {
    clients: client::Clients,
    limit: Rc<TimeLimit>,
    proxies: ProxyVariables,
}

impl Http {
    /// A way to the network on which nothing waits beyond `limit`.
    #[must_use]
    pub fn new(limit: Rc<TimeLimit>) -> Self {
        Self {
            clients: client::Clients::default(),
            limit,
            proxies: ProxyVariables::default(),
        }
    }

    /// The same way, for somebody who is to be told which variable has named a proxy.
    #[must_use]
    pub fn with_proxies(self, proxies: ProxyVariables) -> Self {
        Self { proxies, ..self }
    }

    /// Sends a request. One that is repeatable rides out faults that pass: a broken connection, 429,
    /// 502, 503, 504. Redirects are followed for reads.
    ///
    /// # Errors
    /// No response came; a response of any status is no error here.
    pub async fn send(&self, mut request: Request) -> Result<Response> {
        let is_read = request.method == Method::GET;
        let since = Instant::now();
        let mut redirects = 0;
        let mut attempt = 1;
        loop {
            let outcome = self.send_once(&request, since).await;
            if is_read
                && let Ok(response) = &outcome
                && let Some(location) = &response.location
                && redirects < MAX_REDIRECTS
                && let Ok(next) = request.url.join(location)
                && next.origin() == request.url.origin()
                // A user in it would sign in, in the token's place.
                && !route::has_credentials(&next)
            {
                redirects += 1;
                request.url = next;
                continue;
            }
            let (is_transient, asked) = match &outcome {
                Ok(response) => (
                    retry::is_transient(response.status) || (request.also_transient)(response),
                    response.retry_after,
                ),
                Err(error) => (error.code() == Code::ConnectionBroken, None),
            };
            let pause = asked.unwrap_or_else(|| retry::pause_before(attempt + 1));
            let is_last = attempt == MAX_ATTEMPTS || pause >= self.left(&request, since);
            if !request.is_repeatable || !is_transient || is_last {
                return if is_read {
                    outcome
                } else {
                    outcome.map_err(failure::in_doubt)
                };
            }
            tracing::debug!("trying again in {} ms", pause.as_millis());
            tokio::time::sleep(pause).await;
            attempt += 1;
        }
    }

    /// Sends a request once, whatever it is, and collects the response. The first attempt at it was
    /// made at `first`.
    async fn send_once(&self, request: &Request, first: Instant) -> Result<Response> {
        let since = Instant::now();
        let received = async { self.open(request).await?.collect().await };
        let total = request.limits.total.unwrap_or(Duration::MAX);
        let outcome = match self.left(request, first).min(total) {
            Duration::MAX => received.await,
            limit => timeout(limit, received)
                .await
                .unwrap_or_else(|| Err(failure::no_response(&authority(&request.url)))),
        };
        // The address without its query, which may hold what no log should.
        let place = if request.is_secret {
            format!("{} to a place of its own", request.method)
        } else {
            format!(
                "{} {}{}",
                request.method,
                authority(&request.url),
                request.url.path()
            )
        };
        let took = since.elapsed().as_millis();
        match &outcome {
            Ok(response) => tracing::debug!("{place}: {} in {took} ms", response.status),
            Err(error) => tracing::debug!("{place}: {error} after {took} ms"),
        }
        outcome
    }

    /// How long a request, first attempted at `since`, may still take, with all its attempts;
    /// [`Duration::MAX`] where there is no limit.
    fn left(&self, request: &Request, since: Instant) -> Duration {
        let command = if request.limits.beyond_command {
            Duration::MAX
        } else {
            self.limit.remaining()
        };
        match request.limits.attempts {
            Some(attempts) => attempts.saturating_sub(since.elapsed()).min(command),
            None => command,
        }
    }

    /// Sends a request once, and gives the response as soon as its head is there, to be read as it
    /// comes. Whoever reads it decides how long the whole may take.
    ///
    /// # Errors
    /// No response came; or nothing moved for [`Limits::stall`].
    pub async fn open(&self, request: &Request) -> Result<Incoming> {
        let host = authority(&request.url);
        if self.left(request, Instant::now()).is_zero() {
            return Err(failure::out_of_time(&host));
        }
        let client = self.clients.get(&request.url, &self.proxies).await?;
        let mut sent = client.request(request.method.clone(), request.url.clone());
        if let Some(token) = &request.bearer {
            sent = sent.bearer_auth(token.expose_secret());
        }
        let (sent, progress) = request.body.attach(sent)?;
        let stall = request.limits.stall;
        let response = request::unless_stalled(sent.send(), progress, stall)
            .await
            .ok_or_else(|| failure::no_response(&host))?;
        let response = match response {
            Ok(response) => response,
            Err(error) => return Err(self.explain(error, &request.url).await),
        };
        let header = |name| {
            let value: &reqwest::header::HeaderValue = response.headers().get(name)?;
            value.to_str().ok()
        };
        let status = response.status();
        Ok(Incoming {
            head: Response {
                url: request.url.clone(),
                status,
                location: header(LOCATION.as_str())
                    .filter(|_| status.is_redirection())
                    .map(str::to_owned),
                is_signed: request.bearer.is_some(),
                retry_after: header("retry-after").and_then(retry::parse_retry_after),
                content_type: header("content-type").unwrap_or_default().to_owned(),
                headers: Box::new(response.headers().clone()),
                body: Vec::new(),
            },
            stall,
            max_body: request.limits.body,
            response,
        })
    }

    /// Why no response came: the host's fault, or that of a proxy on the way there.
    async fn explain(&self, error: reqwest::Error, url: &Url) -> Error {
        let host = authority(url);
        let proxy = self.proxies.on_the_way_to(url);
        match proxy.zip(failure::of_proxy(&error, url)) {
            Some((proxy, Trouble::Refused(None))) => proxy.error(&host, proxy.refusal(url).await),
            Some((proxy, trouble)) => proxy.error(&host, trouble),
            None => failure::explain(error, &host),
        }
    }
}
