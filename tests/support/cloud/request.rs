//! A request as the fake cloud saw it.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use percent_encoding::percent_decode_str;
use serde_json::Value;

/// One request. It shows itself, and compares with text, as the line that a test would write:
/// `POST /v1/organizations/acme/apiKeys {"name":"Kiosk","type":"public"}`.
#[derive(Clone)]
pub struct Request {
    /// The HTTP method.
    pub method: String,
    /// The path as it was sent, percent-encoded.
    pub path: String,
    /// The query as it was sent, without the question mark; empty if there was none.
    pub query: String,
    /// The headers; names in lower case.
    pub headers: BTreeMap<String, String>,
    /// The body, as text; of a form with a file in it, nothing.
    pub body: String,
    /// The body as it came.
    pub bytes: Arc<[u8]>,
}

impl Request {
    pub(super) fn new(request: &wiremock::Request) -> Self {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let mut content_type = request.headers.get_all("content-type").iter();
        let has_file =
            content_type.any(|value| value.as_bytes().starts_with(b"multipart/form-data"));
        Self {
            method: request.method.to_string(),
            path: request.url.path().to_owned(),
            query: request.url.query().unwrap_or_default().to_owned(),
            headers: request
                .headers
                .iter()
                .map(|(name, value)| (name.to_string(), text(value.as_bytes())))
                .collect(),
            body: if has_file {
                String::new()
            } else {
                text(&request.body)
            },
            bytes: request.body.as_slice().into(),
        }
    }

    /// A header's value, by its name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }

    /// The token of an `Authorization: Bearer` header.
    pub fn bearer(&self) -> Option<&str> {
        self.header("authorization")?.strip_prefix("Bearer ")
    }

    /// The body as JSON; `null` if it is none.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_default()
    }

    /// The body as the fields of a form.
    pub fn form(&self) -> BTreeMap<String, String> {
        fields(&self.body)
    }

    /// The query as the fields of a form.
    pub fn parameters(&self) -> BTreeMap<String, String> {
        fields(&self.query)
    }

    /// The segments of the path, decoded one by one: a `%2F` inside one separates nothing.
    pub(super) fn segments(&self) -> Vec<String> {
        let path = self.path.trim_start_matches('/');
        path.split('/')
            .map(|segment| percent_decode_str(segment).decode_utf8_lossy().into_owned())
            .collect()
    }
}

/// The fields of a query or of a form.
pub(super) fn fields(encoded: &str) -> BTreeMap<String, String> {
    url::form_urlencoded::parse(encoded.as_bytes())
        .into_owned()
        .collect()
}

impl fmt::Display for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.path)?;
        if !self.query.is_empty() {
            write!(f, "?{}", self.query)?;
        }
        if !self.body.is_empty() {
            write!(f, " {}", self.body)?;
        }
        Ok(())
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.to_string(), f)
    }
}

impl PartialEq<&str> for Request {
    fn eq(&self, line: &&str) -> bool {
        let shown = self.to_string();
        shown == *line
    }
}
