//! A browser without a window: opens one address, follows no redirect, and hands over what came
//! back.

use std::collections::BTreeMap;
use std::time::Duration;

use reqwest::blocking::{Client, Response};
use reqwest::redirect::Policy;

/// What a server answered.
#[derive(Debug)]
pub struct Page {
    /// The HTTP status.
    pub status: u16,
    /// The headers; names in lower case.
    pub headers: BTreeMap<String, String>,
    /// The body, as text.
    pub body: String,
}

impl Page {
    /// Where a redirect leads.
    pub fn location(&self) -> &str {
        &self.headers["location"]
    }
}

impl From<Response> for Page {
    fn from(response: Response) -> Self {
        let status = response.status().as_u16();
        let headers = response
            .headers()
            .iter()
            .map(|(name, value)| {
                let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
                (name.to_string(), value)
            })
            .collect();
        let body = response.text().expect("a body that can be read");
        Self {
            status,
            headers,
            body,
        }
    }
}

/// Opens an address.
pub fn get(address: &str) -> Page {
    let response = client().get(address).send();
    response.expect("an answer to GET").into()
}

/// Sends a form, as a client of an OAuth token endpoint does.
pub fn post_form(address: &str, fields: &[(&str, &str)]) -> Page {
    let form = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(fields)
        .finish();
    let request = client()
        .post(address)
        .header("Content-Type", "application/x-www-form-urlencoded")
        .body(form);
    request.send().expect("an answer to POST").into()
}

/// An HTTP client that follows no redirect, asks no proxy and waits ten seconds. For requests that
/// no browser would send.
pub fn client() -> Client {
    // The HTTP library is built without a cryptography provider of its own. A second
    // installation is refused, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder()
        .user_agent("Mozilla/5.0 (a browser without a window)")
        .redirect(Policy::none())
        .no_proxy()
        .tls_certs_only([])
        .timeout(Duration::from_secs(10))
        .build()
        .expect("an HTTP client")
}
