//! Faults on demand: the service answers something else, or late.

use std::time::Duration;

use serde_json::Value;
use wiremock::ResponseTemplate;

use super::request::Request;

/// A departure from what the service would answer, for the requests it matches.
///
/// With a status or a body, that is the answer and the request has no effect, unless [`applied`]
/// says otherwise. Without either, the true answer gets the headers and the delay.
///
/// [`applied`]: Self::applied
#[derive(Clone, Debug)]
pub struct Fault {
    method: String,
    path: String,
    prefix: bool,
    status: Option<u16>,
    headers: Vec<(String, String)>,
    body: Option<(String, &'static str)>,
    delay: Duration,
    remaining: Option<usize>,
    applied: bool,
}

impl Fault {
    /// A fault of one route: method (`*` for any) and path as sent.
    pub fn on(method: &str, path: &str) -> Self {
        Self {
            method: method.to_owned(),
            path: path.to_owned(),
            prefix: false,
            status: None,
            headers: Vec::new(),
            body: None,
            delay: Duration::ZERO,
            remaining: None,
            applied: false,
        }
    }

    /// A fault of all routes whose path begins so.
    pub fn under(method: &str, prefix: &str) -> Self {
        Self {
            prefix: true,
            ..Self::on(method, prefix)
        }
    }

    /// Answers with this status; with an empty body, unless one is given too.
    pub fn status(mut self, status: u16) -> Self {
        self.status = Some(status);
        self
    }

    /// Adds a header, such as `Retry-After`.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Answers with this JSON; status 200, unless one is given too.
    pub fn json(self, body: &Value) -> Self {
        self.body(body.to_string(), "application/json")
    }

    /// Answers with a page, as a proxy in between does.
    pub fn page(self, html: &str) -> Self {
        self.body(html.to_owned(), "text/html; charset=utf-8")
    }

    /// Answers with any text that calls itself JSON: broken JSON, say.
    pub fn text(self, body: &str) -> Self {
        self.body(body.to_owned(), "application/json")
    }

    fn body(mut self, body: String, mime: &'static str) -> Self {
        self.body = Some((body, mime));
        self
    }

    /// Answers late.
    pub fn delay(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    /// Passes after this many requests.
    pub fn times(mut self, times: usize) -> Self {
        self.remaining = Some(times);
        self
    }

    /// Only the answer is at fault: the service does what it was asked.
    pub fn applied(mut self) -> Self {
        self.applied = true;
        self
    }

    fn matches(&self, request: &Request) -> bool {
        let path_matches = if self.prefix {
            request.path.starts_with(&self.path)
        } else {
            request.path == self.path
        };
        path_matches
            && self.remaining != Some(0)
            && (self.method == "*" || self.method == request.method)
    }

    /// The answer, given a way to let the service do its work.
    pub(super) fn answer(&self, serve: impl FnOnce() -> ResponseTemplate) -> ResponseTemplate {
        let replaces = self.status.is_some() || self.body.is_some();
        let served = (self.applied || !replaces).then(serve);
        let mut answer = match served {
            Some(served) if !replaces => served,
            _ => ResponseTemplate::new(self.status.unwrap_or(200)),
        };
        if let Some((body, mime)) = &self.body {
            answer = answer.set_body_raw(body.clone(), mime);
        }
        for (name, value) in &self.headers {
            answer = answer.insert_header(name.as_str(), value.as_str());
        }
        answer.set_delay(self.delay)
    }
}

/// The faults in force. The first that matches is taken, until it has passed.
#[derive(Debug, Default)]
pub(super) struct Faults(Vec<Fault>);

impl Faults {
    pub(super) fn add(&mut self, fault: Fault) {
        self.0.push(fault);
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    /// The fault that befalls a request.
    pub(super) fn take(&mut self, request: &Request) -> Option<Fault> {
        let fault = self.0.iter_mut().find(|fault| fault.matches(request))?;
        fault.remaining = fault.remaining.map(|times| times - 1);
        Some(fault.clone())
    }
}
