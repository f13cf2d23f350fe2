//! Requests that are no route of this program: whoever asks knows what they do.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use reqwest::Method;
use url::Url;

use super::Api;
use crate::error::{Code, Error, Result};
use crate::http::{Body, Request, Response, is_segment};

/// All that means something in an address, and what it has no room for (RFC 3986 section 2.3).
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

/// Stands for the organization in force.
const ORGANIZATION: &str = "{org}";

/// Where such a request goes: a path on the service's own host, with its query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    path: String,
    query: Option<String>,
}

impl Target {
    /// Whether the organization has to be filled in.
    #[must_use]
    pub fn wants_organization(text: &str) -> bool {
        text.contains(ORGANIZATION)
    }

    /// Reads one, already percent-encoded where it has to be; `organization` takes the place of
    /// `{org}`.
    ///
    /// # Errors
    /// It could lead elsewhere: to another host, or up and out of the path that is written.
    pub fn read(text: &str, organization: &str) -> Result<Self> {
        let refused = |why: &str| {
            let text = text.escape_default();
            Err(Error::new(
                Code::InvalidInput,
                format!("`{text}` is not a request path: {why}"),
            )
            .hint("it looks like `/v1/organizations/{org}/services`"))
        };
        let organization = utf8_percent_encode(organization, RESERVED).to_string();
        let whole = text.replace(ORGANIZATION, &organization);
        let (path, query) = match whole.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (whole.as_str(), None),
        };
        if path.contains("://") || path.starts_with("//") {
            return refused("requests go to the host of the service, so give the path alone");
        }
        if whole.contains(['#', '\\', '{', '}']) || whole.chars().any(char::is_control) {
            return refused("it contains a character that is not allowed there");
        }
        let path = path.strip_prefix('/').unwrap_or(path);
        for segment in path.split('/') {
            let Ok(segment) = percent_decode_str(segment).decode_utf8() else {
                return refused("a part of it is not UTF-8");
            };
            // Some servers decode first, and divide then.
            if !segment.split(['/', '\\']).all(is_segment) {
                return refused("a part of it is empty, `.` or `..`");
            }
        }
        Ok(Self {
            path: path.to_owned(),
            query: query.map(str::to_owned),
        })
    }

    /// Whether it begins with the version of the interface, as every route does.
    #[must_use]
    pub fn has_version(&self) -> bool {
        self.path.starts_with("v1/")
    }

    /// Whether its query names this key.
    #[must_use]
    pub fn asks_for(&self, key: &str) -> bool {
        let query = self.query.as_deref().unwrap_or_default();
        url::form_urlencoded::parse(query.as_bytes()).any(|(name, _)| name == key)
    }

    fn url(&self, base: &Url) -> Url {
        let mut url = base.clone();
        let path = format!("{}/{}", base.path().trim_end_matches('/'), self.path);
        url.set_path(&path);
        url.set_query(self.query.as_deref());
        url
    }
}

impl Api {
    /// Sends a request to `target`, with these pairs added to its query.
    ///
    /// # Errors
    /// The service refuses or cannot be reached.
    pub async fn raw(
        &self,
        method: Method,
        target: &Target,
        query: &[(&str, &str)],
        body: Body,
    ) -> Result<Response> {
        let request = Request::new(method, target.url(&self.base));
        let segments: Vec<&str> = target.path.split('/').collect();
        self.answer(request.query(query).body(body), &segments)
            .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_stays_on_the_host_and_below_where_it_is_written() -> Result<()> {
        let base = Url::parse("https://api.example.com/base/")
            .map_err(|_| Error::new(Code::Internal, "a bad test"))?;
        for (text, url) in [
            ("/v1/users", "/v1/users"),
            ("v1/users?a=b/../c&d=%2F", "/v1/users?a=b/../c&d=%2F"),
            ("/v1/a%20b/å c/d:e@f", "/v1/a%20b/%C3%A5%20c/d:e@f"),
            (
                "/v1/{org}/x?o={org}",
                "/v1/my%2Fteam%3F%25/x?o=my%2Fteam%3F%25",
            ),
        ] {
            let found = Target::read(text, "my/team?%")?.url(&base);
            let wanted = format!("https://api.example.com/base{url}");
            assert_eq!(found.as_str(), wanted, "{text}");
        }
        for organization in ["", ".", "..", "a/../b", "a\nb"] {
            let target = Target::read("/v1/{org}/x", organization);
            assert!(target.is_err(), "{organization:?}");
        }
        for text in [
            "",
            "/",
            "?a=b",
            "https://evil.example/v1",
            "//evil.example/v1",
            "/v1//users",
            "/v1/users/",
            "/v1/../users",
            "/v1/%2e%2E/users",
            "/v1/.%2e/users",
            "/v1/a%2f..%2fb",
            "/v1/a%5c..%5cb",
            "/v1\\..\\users",
            "/v1/users#x",
            "/v1/{agent}",
            "/v1/a\tb",
            "/v1/%0a",
            "/v1/%ff",
        ] {
            assert!(Target::read(text, "acme").is_err(), "{text:?}");
        }
        Ok(())
    }
}
