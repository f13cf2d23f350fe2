//! What the provider says of itself is checked before anything is sent to it.

use serde_json::{Value, json};
use snapbox::cmd::{Command, OutputAssert};
use snapbox::str;

use super::{DISCOVERY, assert_untouched, command, lived_in};
use crate::support::cloud::{Cloud, Fault};
use crate::support::ports;

/// Tries to sign in, after which no browser may have been opened and nothing changed.
fn fails(prepare: impl FnOnce(&Cloud)) -> (Vec<String>, OutputAssert) {
    let _permit = ports::one();
    let (cloud, home) = lived_in();
    prepare(&cloud);
    let output = Command::from_std(command(&home, &[])).assert();
    assert_untouched(&home);
    #[cfg(unix)]
    assert!(home.browser_addresses().is_empty());
    let requests = cloud.requests().iter().map(ToString::to_string).collect();
    (requests, output.code(1).stdout_eq(""))
}

fn with_document(change: impl FnOnce(&mut Value)) -> OutputAssert {
    let (requests, output) = fails(|cloud| {
        let mut document = cloud.discovery();
        change(&mut document);
        cloud.fault(Fault::on("GET", "/.well-known/openid-configuration").json(&document));
    });
    assert_eq!(requests, DISCOVERY);
    output
}

#[test]
fn a_document_about_another_issuer_is_not_trusted() {
    with_document(|document| document["issuer"] = "https://evil.example.com".into())
        .stderr_eq(str![[r"
error: the sign-in provider cannot be trusted: its metadata is about another issuer, `https://evil.example.com`
hint: check `PIPECAT_API_HOST`; if it is right, contact support

"]]);
    // To the letter: one slash is another issuer.
    with_document(|document| {
        document["issuer"] = format!("{}/", document["issuer"].as_str().unwrap()).into();
    })
    .stderr_eq(str![[r"
error: the sign-in provider cannot be trusted: its metadata is about another issuer, `http://127.0.0.1:[..]/`
hint: check `PIPECAT_API_HOST`; if it is right, contact support

"]]);
}

#[test]
fn endpoints_in_the_clear_are_not_trusted() {
    for (name, address, stderr) in [
        (
            "authorization_endpoint",
            "http://id.example.com/authorize",
            str![[r"
error: the sign-in provider cannot be trusted: its authorization_endpoint `http://id.example.com/authorize` is not an `https://` address
hint: check `PIPECAT_API_HOST`; if it is right, contact support

"]],
        ),
        (
            "token_endpoint",
            "http://id.example.com/token",
            str![[r"
error: the sign-in provider cannot be trusted: its token_endpoint `http://id.example.com/token` is not an `https://` address
hint: check `PIPECAT_API_HOST`; if it is right, contact support

"]],
        ),
        (
            "token_endpoint",
            "http://127.0.0.1.example.com/token",
            str![[r"
error: the sign-in provider cannot be trusted: its token_endpoint `http://127.0.0.1.example.com/token` is not an `https://` address
hint: check `PIPECAT_API_HOST`; if it is right, contact support

"]],
        ),
        (
            "authorization_endpoint",
            "file:///etc/passwd",
            str![[r"
error: the sign-in provider cannot be trusted: its authorization_endpoint `file:///etc/passwd` is not an `https://` address
hint: check `PIPECAT_API_HOST`; if it is right, contact support

"]],
        ),
    ] {
        with_document(|document| document[name] = address.into()).stderr_eq(stderr);
    }
}

#[test]
fn a_provider_without_pkce_or_codes_is_not_used() {
    for (name, supported, stderr) in [
        (
            "code_challenge_methods_supported",
            json!(["plain"]),
            str![[r"
error: the sign-in provider cannot be trusted: it does not support PKCE with `S256`
hint: check `PIPECAT_API_HOST`; if it is right, contact support

"]],
        ),
        (
            "code_challenge_methods_supported",
            json!([]),
            str![[r"
error: the sign-in provider cannot be trusted: it does not support PKCE with `S256`
hint: check `PIPECAT_API_HOST`; if it is right, contact support

"]],
        ),
        (
            "response_types_supported",
            json!(["token"]),
            str![[r"
error: the sign-in provider cannot be trusted: it does not support the response type `code`
hint: check `PIPECAT_API_HOST`; if it is right, contact support

"]],
        ),
    ] {
        with_document(|document| document[name] = supported).stderr_eq(stderr);
    }
}

#[test]
fn a_document_that_lacks_an_endpoint_makes_no_sense() {
    with_document(|document| {
        document.as_object_mut().unwrap().remove("token_endpoint");
    })
    .stderr_eq(str![[r"
error: `127.0.0.1:[..]/.well-known/openid-configuration` sent an answer that makes no sense (200): missing field `token_endpoint`
hint: try again later; if this persists, this program may be too old for the service

"]]);
}

#[test]
fn sign_in_settings_that_make_no_sense_are_told() {
    let config = || Fault::on("GET", "/auth/config");
    for (fault, stderr) in [
        (
            config().status(404),
            str![[r"
error: `127.0.0.1:[..]` has nothing there (404 Not Found)

"]],
        ),
        (
            config().page("<h1>Welcome to the hotel</h1>"),
            str![[r"
error: `127.0.0.1:[..]/auth/config` sent a web page instead of an answer (200)
hint: check the address, and whether a proxy or a sign-in page stands in between
hint: `127.0.0.1:[..]` comes from `PIPECAT_API_HOST`

"]],
        ),
        (
            config().json(&json!({"client_id": "x", "scopes": ""})),
            str![[r"
error: `127.0.0.1:[..]/auth/config` sent an answer that makes no sense (200): missing field `issuer`
hint: try again later; if this persists, this program may be too old for the service

"]],
        ),
        (
            config().json(&json!({"issuer": "http://id.example.com", "client_id": "x"})),
            str![[r"
error: the sign-in provider cannot be trusted: its issuer `http://id.example.com` is not an `https://` address
hint: check `PIPECAT_API_HOST`; if it is right, contact support

"]],
        ),
    ] {
        let (requests, output) = fails(|cloud| cloud.fault(fault));
        assert_eq!(requests, DISCOVERY[..1]);
        output.stderr_eq(stderr);
    }
}

#[test]
fn json_output_has_the_failure_as_its_one_value() {
    let _permit = ports::one();
    let (cloud, home) = lived_in();
    let mut document = cloud.discovery();
    document["issuer"] = "https://evil.example.com".into();
    cloud.fault(Fault::on("GET", "/.well-known/openid-configuration").json(&document));
    Command::from_std(command(&home, &["--output", "json"]))
        .assert()
        .code(1)
        .stdout_eq(str![[r#"
{
  "error": {
    "error": "the sign-in provider cannot be trusted: its metadata is about another issuer, `https://evil.example.com`",
    "code": "sign_in_failed",
    "hint": "check `PIPECAT_API_HOST`; if it is right, contact support",
    "next": [],
    "retryable": false
  }
}

"#]]);
    assert_untouched(&home);
}
