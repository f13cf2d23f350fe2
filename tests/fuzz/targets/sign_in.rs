//! Whatever the service says about its provider, the provider about itself, and the token endpoint
//! about a code: only what is safe is accepted, and a session is stored as it was received.
//!
//! Input, separated by 0xFF: three bytes (statuses), the three bodies. `$B` stands for the address
//! of the server that plays all three parts.
#![no_main]

use libfuzzer_sys::fuzz_target;
use oauth2::AuthorizationCode;
use pipecat_cloud_cli::error::{Code, Error};
use pipecat_cloud_cli::oauth::{AuthorizationRequest, Provider, discover};
use pipecat_cloud_cli::store::{Document, Session};
use pipecat_cloud_cli_fuzz::{Answer, Cloud};
use secrecy::ExposeSecret as _;
use serde::Deserialize;
use url::Url;

#[derive(Deserialize)]
struct Settings {
    issuer: String,
}

std::thread_local! {
    static CLOUD: Cloud = Cloud::default();
}

fuzz_target!(|data: &[u8]| {
    CLOUD.with(|cloud| check(cloud, data));
});

fn check(cloud: &Cloud, data: &[u8]) {
    let mut parts = data.splitn(4, |byte| *byte == 0xFF);
    let mut next = || parts.next().unwrap_or_default();
    let control: Vec<u8> = next().iter().copied().chain([0; 3]).take(3).collect();
    let own = cloud.base.as_str().trim_end_matches('/');
    let mut body = || match std::str::from_utf8(next()) {
        Ok(text) => text.replace("$B", own).into_bytes(),
        Err(error) => error.to_string().into_bytes(),
    };
    let bodies = [body(), body(), body()];
    // No other server is asked for anything.
    if let Ok(Settings { issuer }) = serde_json::from_slice(&bodies[0])
        && Url::parse(&issuer).is_ok_and(|issuer| issuer.origin() != cloud.base.origin())
    {
        return;
    }
    let [settings, metadata, token] =
        [0, 1, 2].map(|index| Answer::new(control[index], b"", b"", &bodies[index]));
    let (found, _) = cloud.run(&[settings, metadata], discover(&cloud.http, &cloud.base));
    let provider = match found {
        Ok(provider) => provider,
        Err(error) => return checked(&error),
    };
    sound(&provider);
    let attempt = AuthorizationRequest::new(
        provider.clone(),
        "http://127.0.0.1:8400/oauth_callback".into(),
    );
    let attempt = attempt.unwrap();
    assert_eq!(
        attempt.address().origin(),
        provider.authorization_endpoint.origin()
    );
    if provider.token_endpoint.origin() != cloud.base.origin() {
        return;
    }
    let code = AuthorizationCode::new("c".into());
    let (outcome, heads) = cloud.run(&[token], attempt.complete(&cloud.http, code));
    assert!(heads.len() <= 1, "a code is sent once: {heads:?}");
    match outcome {
        Ok(session) => kept(&session),
        Err(error) => checked(&error),
    }
}

fn checked(error: &Error) {
    assert_ne!(error.code(), Code::Internal, "{error}");
    assert!(error.to_json().contains_key("error"));
}

fn sound(provider: &Provider) {
    for endpoint in [&provider.authorization_endpoint, &provider.token_endpoint] {
        let host = endpoint.host_str().unwrap_or_default();
        let local = host == "localhost"
            || host.ends_with(".localhost")
            || host.starts_with("127.")
            || host == "[::1]";
        assert!(
            endpoint.scheme() == "https" || (endpoint.scheme() == "http" && local),
            "{endpoint}"
        );
    }
}

/// What goes into the file comes out of it again.
fn kept(session: &Session) {
    let mut document = Document::default();
    document.set_session(session).unwrap();
    let read = Document::parse(&document.text()).unwrap().session();
    let read = read.expect("a session that was stored is there");
    assert_eq!(
        read.access_token.expose_secret(),
        session.access_token.expose_secret()
    );
    let secret =
        |session: &Session| Some(session.refresh_token.as_ref()?.expose_secret().to_owned());
    assert_eq!(secret(&read), secret(session));
    assert_eq!(read.expires_at, session.expires_at);
    assert!(session.expires_at.is_some_and(f64::is_finite));
}
