//! One HTTP exchange: time limits, repeats, and the cause of a failure in plain words.
//!
//! Redirects are followed for reads, and only to the same origin, so the token goes nowhere else.
//! A request that changes something is sent once.

mod answer;
mod failure;
mod route;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::rc::Rc;
use std::time::{Duration, Instant, SystemTime};

use reqwest::header::{LOCATION, RETRY_AFTER};
use reqwest::{Client, Method, StatusCode, redirect};
use secrecy::{ExposeSecret as _, SecretString};
use url::Url;

pub use answer::Answer;
pub use failure::IN_DOUBT;
use route::authority;
pub use route::{is_loopback, is_segment, route};

use crate::deadline::Deadline;
use crate::error::{Code, Error, Result};

/// Name resolution, TCP and TLS together.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// From sending the request to the last byte of the answer.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(30);

/// A read is sent at most this often.
const MAX_ATTEMPTS: u32 = 3;

/// The pause before the second attempt; doubled for each further one, and jittered.
const FIRST_PAUSE: Duration = Duration::from_millis(250);

/// Redirects followed for one read.
const MAX_REDIRECTS: u32 = 5;

/// No answer of the service is near this size, in bytes.
const MAX_BODY: usize = 32 << 20;

/// What is sent beside the method and the address.
#[derive(Debug, Default)]
pub enum Body {
    /// Nothing.
    #[default]
    None,
    /// JSON.
    Json(serde_json::Value),
    /// A form, already encoded.
    Form(Vec<u8>),
}

/// A request.
#[derive(Debug)]
pub struct Call {
    /// GET is a read: it may be repeated. Anything else is sent once.
    pub method: Method,
    /// Where to.
    pub url: Url,
    /// The `Authorization: Bearer` token, if any.
    pub bearer: Option<SecretString>,
    /// What goes with it.
    pub body: Body,
}

impl Call {
    /// A read without a token.
    #[must_use]
    pub fn get(url: Url) -> Self {
        Self {
            method: Method::GET,
            url,
            bearer: None,
            body: Body::None,
        }
    }
}

/// The way to the network. Builds a client when the first request is made.
#[derive(Debug)]
pub struct Http {
    clients: RefCell<BTreeMap<Kind, Client>>,
    deadline: Rc<Deadline>,
}

impl Http {
    /// A way to the network on which nothing waits beyond `deadline`.
    #[must_use]
    pub fn new(deadline: Rc<Deadline>) -> Self {
        Self {
            clients: RefCell::default(),
            deadline,
        }
    }

    /// How long the command may go on.
    #[must_use]
    pub fn deadline(&self) -> &Deadline {
        &self.deadline
    }

    /// Sends a request. A read rides out faults that pass: a broken connection, 429, 502, 503, 504.
    ///
    /// # Errors
    /// No answer came; an answer of any status is no error here.
    pub async fn send(&self, mut call: Call) -> Result<Answer> {
        let is_read = call.method == Method::GET;
        let mut redirects = 0;
        let mut attempt = 1;
        loop {
            let outcome = self.send_once(&call).await;
            if !is_read {
                return outcome.map_err(failure::in_doubt);
            }
            if let Ok(answer) = &outcome
                && let Some(location) = &answer.location
                && redirects < MAX_REDIRECTS
                && let Ok(next) = call.url.join(location)
                && next.origin() == call.url.origin()
            {
                redirects += 1;
                call.url = next;
                continue;
            }
            let (passes, asked) = match &outcome {
                Ok(answer) => (answer.may_pass(), answer.retry_after),
                Err(error) => (error.code() == Code::ConnectionBroken, None),
            };
            let pause = asked.unwrap_or_else(|| pause_before(attempt + 1));
            if !passes || attempt == MAX_ATTEMPTS || pause >= self.deadline.remaining() {
                return outcome;
            }
            tracing::debug!("trying again in {} ms", pause.as_millis());
            tokio::time::sleep(pause).await;
            attempt += 1;
        }
    }

    async fn send_once(&self, call: &Call) -> Result<Answer> {
        let host = authority(&call.url);
        let limit = ANSWER_TIMEOUT.min(self.deadline.remaining());
        if limit.is_zero() {
            return Err(failure::out_of_time(&host));
        }
        let mut request = self
            .client(&call.url)?
            .request(call.method.clone(), call.url.clone())
            .timeout(limit);
        if let Some(token) = &call.bearer {
            request = request.bearer_auth(token.expose_secret());
        }
        request = match &call.body {
            Body::None => request,
            Body::Json(json) => request.json(json),
            Body::Form(form) => request
                .header("Content-Type", "application/x-www-form-urlencoded")
                .body(form.clone()),
        };
        let since = Instant::now();
        let outcome = receive(request, call).await;
        // The address without its query, which may hold what no log should.
        let place = format!("{} {}{}", call.method, host, call.url.path());
        let took = since.elapsed().as_millis();
        match &outcome {
            Ok(answer) => tracing::debug!("{place}: {} in {took} ms", answer.status),
            Err(error) => tracing::debug!("{place}: {error} after {took} ms"),
        }
        outcome
    }

    fn client(&self, url: &Url) -> Result<Client> {
        let kind = Kind {
            secure: url.scheme() == "https",
            local: is_loopback(url),
        };
        if let Some(client) = self.clients.borrow().get(&kind) {
            return Ok(client.clone());
        }
        let client = build(kind)?;
        self.clients.borrow_mut().insert(kind, client.clone());
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

async fn receive(request: reqwest::RequestBuilder, call: &Call) -> Result<Answer> {
    let host = authority(&call.url);
    let failed = |error: reqwest::Error| failure::explain(error, &host);
    let mut response = request.send().await.map_err(failed)?;
    let status = response.status();
    let header = |name| {
        let value: &reqwest::header::HeaderValue = response.headers().get(name)?;
        value.to_str().ok()
    };
    let location = header(LOCATION)
        .filter(|_| status.is_redirection())
        .map(str::to_owned);
    let retry_after = header(RETRY_AFTER).and_then(parse_retry_after);
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(failed)? {
        if body.len() + chunk.len() > MAX_BODY {
            return Err(Error::new(
                Code::UnexpectedResponse,
                format!(
                    "the answer of `{host}` is larger than {} MiB",
                    MAX_BODY >> 20
                ),
            ));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Answer {
        url: call.url.clone(),
        status,
        location,
        is_signed: call.bearer.is_some(),
        retry_after,
        body,
    })
}

/// `Retry-After` (RFC 9110 section 10.2.3): seconds, or a date.
fn parse_retry_after(value: &str) -> Option<Duration> {
    let value = value.trim();
    if value.bytes().all(|byte| byte.is_ascii_digit()) && !value.is_empty() {
        // More digits than fit are still a very long time.
        return Some(Duration::from_secs(value.parse().unwrap_or(u64::MAX)));
    }
    let date = httpdate::parse_http_date(value).ok()?;
    Some(date.duration_since(SystemTime::now()).unwrap_or_default())
}

/// A pause that grows, between half of its length and one and a half.
fn pause_before(attempt: u32) -> Duration {
    let longest = FIRST_PAUSE * 2_u32.pow(attempt.saturating_sub(2));
    // Each state is seeded at random: enough to keep clients from marching in step.
    let random = RandomState::new().build_hasher().finish() % 1000;
    longest / 2 + longest.mul_f64(f64::from(u32::try_from(random).unwrap_or_default()) / 1000.0)
}

/// Statuses that say "not now" rather than "no".
const PASSING: [StatusCode; 4] = [
    StatusCode::TOO_MANY_REQUESTS,
    StatusCode::BAD_GATEWAY,
    StatusCode::SERVICE_UNAVAILABLE,
    StatusCode::GATEWAY_TIMEOUT,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        assert_eq!(parse_retry_after(" 7 "), Some(Duration::from_secs(7)));
        assert_eq!(
            parse_retry_after("99999999999999999999999"),
            Some(Duration::from_secs(u64::MAX))
        );
        let past = parse_retry_after("Sun, 06 Nov 1994 08:49:37 GMT");
        assert_eq!(past, Some(Duration::ZERO));
        let later = SystemTime::now() + Duration::from_secs(3600);
        let later = parse_retry_after(&httpdate::fmt_http_date(later));
        assert!(later.is_some_and(|wait| wait > Duration::from_secs(3500)));
        for nonsense in ["", "-1", "soon", "1.5"] {
            assert_eq!(parse_retry_after(nonsense), None, "{nonsense}");
        }
    }

    #[test]
    fn pauses_grow_and_stay_within_their_bounds() {
        for _ in 0..100 {
            let (second, third) = (pause_before(2), pause_before(3));
            assert!((125..=375).contains(&second.as_millis()), "{second:?}");
            assert!((250..=750).contains(&third.as_millis()), "{third:?}");
        }
    }
}
