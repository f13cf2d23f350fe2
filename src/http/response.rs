//! A response, before anybody knows what it means.

use std::time::Duration;

use anyhow::anyhow;
use bytes::Bytes;
use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use url::Url;

use super::route::{has_credentials, without_credentials};
use super::{failure, json, timeout};
use crate::error::{Code, Error, Result, excerpt};

/// What came back.
pub struct Response {
    /// The address that was asked.
    pub url: Url,
    /// The status.
    pub status: StatusCode,
    /// Where a redirect points.
    pub location: Option<String>,
    /// Whether it was asked with a token.
    pub is_signed: bool,
    /// How long the service asks to wait.
    pub retry_after: Option<Duration>,
    /// What the body is said to be (`Content-Type`); blank if nobody says it.
    pub content_type: String,
    /// All headers, as they came. Boxed, so that whoever waits for a response stays light.
    pub headers: Box<HeaderMap>,
    /// The body.
    pub body: Vec<u8>,
}

/// Shows no body: there may be tokens in it.
impl std::fmt::Debug for Response {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Response")
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}

impl Response {
    /// The host that answered.
    #[must_use]
    pub fn host(&self) -> String {
        super::authority(&self.url)
    }

    /// The body as JSON of the wanted shape. A part that cannot be held (half a character, a number
    /// beyond any) is replaced, and does not spoil the rest.
    ///
    /// # Errors
    /// [`Code::UnexpectedResponse`]: it is no JSON, or of another shape.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T> {
        let value = self.value()?;
        // By position, a structure could be read from a list too. Nobody sends one so.
        if value.is_array() {
            return Err(self.nonsense(anyhow!("a list instead of an object")));
        }
        T::deserialize(value).map_err(|error| self.nonsense(error))
    }

    /// The body as JSON, whatever it is.
    ///
    /// # Errors
    /// [`Code::UnexpectedResponse`]: it is no JSON.
    pub fn value(&self) -> Result<Value> {
        json::read(&self.body).map_err(|error| self.nonsense(error))
    }

    /// The error for a response that makes no sense.
    pub fn nonsense(&self, cause: impl Into<anyhow::Error>) -> Error {
        let (place, status) = (self.host() + self.url.path(), self.status.as_u16());
        let error = |what| {
            Error::new(
                Code::UnexpectedResponse,
                format!("`{place}` sent {what} ({status})"),
            )
        };
        if self.is_page() {
            return error("a web page instead of an answer")
                .hint("check the address, and whether a proxy or a sign-in page stands in between")
                .doubting(&self.host());
        }
        let error = if self.body.is_empty() {
            error("an empty answer")
        } else {
            error("an answer that makes no sense").because(cause)
        };
        error.hint("try again later; if this persists, this program may be too old for the service")
    }

    /// Whether the body is a web page. What calls itself one and is JSON is none.
    #[must_use]
    pub fn is_page(&self) -> bool {
        let text = self.body.trim_ascii_start();
        let text = text.strip_prefix(json::BOM).unwrap_or(text);
        let kind = self.content_type.trim_start().to_ascii_lowercase();
        text.trim_ascii_start().starts_with(b"<")
            || !text.is_empty() && kind.starts_with("text/html") && json::read(text).is_err()
    }

    /// The status, and the service's own words if it has any.
    #[must_use]
    pub fn said(&self) -> String {
        let body = self.object();
        let text = ["error", "message", "error_description"]
            .iter()
            .find_map(|key| body.get(*key)?.as_str())
            .filter(|text| !text.trim().is_empty());
        match text {
            Some(text) if text != self.reason() => {
                let text = excerpt(text);
                format!("{} {}: {text}", self.status.as_u16(), self.reason())
            }
            _ => format!("{} {}", self.status.as_u16(), self.reason()),
        }
    }

    fn reason(&self) -> &'static str {
        self.status.canonical_reason().unwrap_or("unknown status")
    }

    /// The body as a JSON object; empty if it is none.
    #[must_use]
    pub fn object(&self) -> Map<String, Value> {
        match json::read(&self.body) {
            Ok(Value::Object(object)) => object,
            _ => Map::new(),
        }
    }

    /// When to try again, as the service asks, if that makes sense.
    fn later(&self) -> String {
        match self.retry_after.map(|wait| wait.as_secs()) {
            Some(seconds @ 0..=119) => format!("in {} s", seconds.max(1)),
            Some(seconds @ 120..=86_400) => format!("in {} min", seconds.div_ceil(60)),
            _ => "in a while".to_owned(),
        }
    }

    /// The error for a response that is no success, with the service's own words and body.
    #[must_use]
    pub fn refusal(&self) -> Error {
        let mut body = self.object();
        let said = self.said();
        let host = self.host();
        let error = match self.status.as_u16() {
            300..=399 => {
                let to = self.location.as_deref().unwrap_or("nowhere");
                let to = match self.url.join(to) {
                    Ok(url) if has_credentials(&url) => without_credentials(url.as_str()),
                    _ => to.to_owned(),
                };
                Error::new(
                    Code::UnexpectedResponse,
                    format!(
                        "`{host}` redirects to `{}`, which is not followed ({said})",
                        excerpt(&to)
                    ),
                )
                .hint("check the address, and whether a proxy or a sign-in page stands in between")
                .doubting(&host)
            }
            401 if self.is_signed => Error::new(
                Code::Unauthorized,
                format!("`{host}` does not accept the token ({said})"),
            ),
            401 => Error::new(
                Code::Unauthorized,
                format!("`{host}` requires a sign-in of its own ({said})"),
            )
            .hint("check the address, and whether a proxy stands in between")
            .doubting(&host),
            403 => Error::new(
                Code::Forbidden,
                format!("`{host}` does not allow this ({said})"),
            ),
            // A web page is nobody's word but a stranger's: nothing follows for what was asked for.
            404 if self.is_page() => Error::new(
                Code::UnexpectedResponse,
                format!("`{host}` has nothing there ({said})"),
            ),
            404 => Error::new(
                Code::NotFound,
                format!("`{host}` has nothing there ({said})"),
            ),
            407 => Error::new(
                Code::ProxyRefused,
                format!(
                    "a proxy on the way to `{host}` requires a user name and a password \
                     ({said})"
                ),
            )
            .hint(
                "put them in front of its address: `http://NAME:PASSWORD@proxy.example.com:3128`",
            ),
            429 => {
                let error = Error::new(
                    Code::RateLimited,
                    format!("too many requests to `{host}` ({said})"),
                );
                error.hint(format!("try again {}", self.later()))
            }
            500.. => Error::new(Code::ServiceError, format!("`{host}` failed ({said})")).hint(
                format!("the fault is not on your side; try again {}", self.later()),
            ),
            _ => Error::new(
                Code::Rejected,
                format!("`{host}` refused the request ({said})"),
            ),
        };
        let error = if self.is_page() && self.status.is_client_error() {
            error.hint(
                "the refusal is a web page: check the address, and whether a proxy or a firewall \
                 stands in between",
            )
            .doubting(&host)
        } else {
            error
        };
        if body.is_empty() {
            // The shape that services give their own errors, for a response that has none.
            body.insert("error".into(), self.reason().into());
            body.insert("code".into(), self.status.as_u16().to_string().into());
        }
        let error = error.with_body(body).with_status(self.status.as_u16());
        match self.retry_after {
            Some(pause) => error.with_retry_after(pause),
            None => error,
        }
    }
}

/// A response whose body is still to come.
#[derive(Debug)]
pub struct Incoming {
    /// All but the body.
    pub head: Response,
    pub(super) stall: Duration,
    pub(super) max_body: usize,
    pub(super) response: reqwest::Response,
}

impl Incoming {
    /// The next bytes; none once all have come.
    ///
    /// # Errors
    /// The connection broke, or nothing came for too long.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>> {
        let host = self.head.host();
        timeout(self.stall, self.response.chunk())
            .await
            .ok_or_else(|| failure::no_response(&host))?
            .map_err(|error| failure::explain(error, &host))
    }

    /// The response with all of its body.
    ///
    /// # Errors
    /// Those of [`Self::chunk`]; or it is too large.
    pub async fn collect(mut self) -> Result<Response> {
        let mut body = Vec::new();
        while let Some(chunk) = self.chunk().await? {
            if body.len() + chunk.len() > self.max_body {
                let (host, mib) = (self.head.host(), self.max_body >> 20);
                return Err(Error::new(
                    Code::UnexpectedResponse,
                    format!("the answer from `{host}` is larger than {mib} MiB"),
                ));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Response { body, ..self.head })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn bad_test() -> Error {
        Error::new(Code::Internal, "a bad test")
    }

    fn response(status: u16, body: &str) -> Result<Response> {
        Ok(Response {
            url: Url::parse("https://api.example.com/v1/users").map_err(|_| bad_test())?,
            status: StatusCode::from_u16(status).map_err(|_| bad_test())?,
            location: None,
            is_signed: true,
            retry_after: None,
            content_type: String::new(),
            headers: Box::default(),
            body: body.as_bytes().to_vec(),
        })
    }

    #[test]
    fn a_refusal_has_the_services_words_and_its_body() -> Result<()> {
        let refusal = response(409, r#"{"error":"too many keys","code":7,"x":1}"#)?.refusal();
        assert_eq!(refusal.code(), Code::Rejected);
        assert!(refusal.to_string().contains("too many keys"));
        assert_eq!(refusal.to_json()["x"], 1);
        Ok(())
    }

    #[test]
    fn a_page_as_an_error_is_told_by_its_status() -> Result<()> {
        let refusal = response(502, "<html>bad gateway</html>")?.refusal();
        assert_eq!(refusal.code(), Code::ServiceError);
        let json = refusal.to_json();
        assert_eq!(
            (&json["error"], &json["code"]),
            (&json!("Bad Gateway"), &json!("502"))
        );
        Ok(())
    }
}
