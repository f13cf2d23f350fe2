//! A provider, or somebody in its place, that says where to go: nothing but a web address is ever
//! handed to the system.

use serde_json::{Value, json};

use crate::login::{assert_untouched, command, lived_in};
use crate::machine::{Trial, each, perform};
use crate::support::cloud::{Cloud, Fault, provider};
use crate::support::home::Home;

/// Addresses that are refused, wherever they stand: a line each.
const REFUSED: [&str; 22] = [
    "",
    " ",
    "authorize",
    "/authorize",
    "//evil.example.com/authorize",
    "file:///etc/passwd",
    "javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:x",
    "ftp://id.example.com/",
    "ssh://id.example.com/",
    "mailto:a@example.com",
    "smb://evil.example.com/share",
    "ms-settings:x",
    "--version",
    "-h",
    "$(touch owned)",
    "`touch owned`",
    "http://id.example.com/authorize",
    "http://127.0.0.1.example.com/authorize",
    "https://user:password@id.example.com/authorize",
    "https://user@id.example.com/authorize",
];

/// Addresses that are odd and lead to the web all the same: a line each.
const TAKEN: [&str; 8] = [
    "https://id.example.com/authorize?x=$(touch owned)",
    "https://id.example.com/authorize?x=`touch owned`;touch owned",
    "https://id.example.com/a b'c\"d|e&f>g",
    "https://id.example.com/--version",
    " https://id.example.com/authorize\r\n",
    "HTTPS://ID.EXAMPLE.COM/authorize",
    "https:id.example.com",
    "https://id.example.com/\u{1b}[2J\u{202e}",
];

/// Tries to sign in with something else in the document; one second is enough to be refused, and
/// to open a browser.
fn sign_in(name: &str, value: &Value) -> (Cloud, Home, Trial) {
    let _permit = crate::support::ports::one();
    let (cloud, home) = lived_in();
    if name == "issuer" {
        let mut settings = json!({"client_id": "x", "scopes": "openid"});
        settings["issuer"] = value.clone();
        cloud.fault(Fault::on("GET", provider::AUTH_CONFIG).json(&settings));
    } else {
        let mut document = cloud.discovery();
        document[name] = value.clone();
        cloud.fault(Fault::on("GET", provider::DISCOVERY).json(&document));
    }
    let mut run = command(&home, &["--timeout", "1"]);
    // Not `perform`'s own way: nobody can approve elsewhere.
    run.env("PIPECAT_OUTPUT", "json");
    let trial = crate::machine::perform_as_it_is(run);
    assert_untouched(&home);
    assert!(!home.path().join("owned").exists());
    (cloud, home, trial)
}

#[test]
fn what_is_no_web_address_is_never_opened() {
    let cases: Vec<_> = ["authorization_endpoint", "token_endpoint", "issuer"]
        .iter()
        .flat_map(|name| REFUSED.map(|address| (*name, address)))
        .collect();
    each(&cases, |&(name, address)| {
        let (cloud, home, trial) = sign_in(name, &address.into());
        assert_eq!(trial.code(), 1, "{name}={address:?}: {trial:?}");
        assert!(
            trial.stderr.contains("cannot be trusted"),
            "{name}={address:?}: {trial:?}"
        );
        assert!(!trial.stderr.contains("password"), "{trial:?}");
        assert_eq!(home.browser_addresses(), [""; 0], "{name}={address:?}");
        let asked = cloud.requests().len();
        assert!(asked <= 2, "{name}={address:?}: {:?}", cloud.requests());
    });
}

#[test]
fn an_odd_web_address_is_opened_as_one_word() {
    each(&TAKEN, |address| {
        let (_cloud, home, trial) = sign_in("authorization_endpoint", &(*address).into());
        assert_eq!(trial.code(), 1, "{address:?}: {trial:?}");
        let opened = home.browser_addresses();
        assert_eq!(opened.len(), 1, "{address:?}: {opened:?}");
        assert!(
            opened[0].starts_with("https://id.example.com"),
            "{opened:?}"
        );
        let odd = |character: char| !character.is_ascii_graphic();
        assert!(!opened[0].contains(odd), "{opened:?}");
        assert!(!trial.stderr.contains('\u{1b}'), "{trial:?}");
    });
}

/// So long that the system refuses it as an argument: it is printed, and can be opened by hand.
#[test]
fn a_very_long_address_is_still_shown() {
    let address = format!("https://id.example.com/{}", "x".repeat(300_000));
    let (_cloud, home, trial) = sign_in("authorization_endpoint", &address.as_str().into());
    assert_eq!(trial.code(), 1);
    assert!(trial.stderr.contains(&address));
    assert_eq!(home.browser_addresses(), [""; 0]);
}

/// Anything where text is expected.
#[test]
fn a_document_of_another_shape_is_refused() {
    let values = [
        json!(null),
        json!(7),
        json!([]),
        json!({"a": 1}),
        json!(true),
    ];
    each(&values, |value| {
        for name in ["authorization_endpoint", "token_endpoint", "issuer"] {
            let (_cloud, home, trial) = sign_in(name, value);
            assert_eq!(trial.code(), 1, "{name}={value}: {trial:?}");
            assert_eq!(home.browser_addresses(), [""; 0]);
        }
    });
}

/// The refusal of a renewal, too, is a stranger's text.
#[test]
fn the_words_of_a_token_endpoint_are_text() {
    let words = "a\u{1b}[2J\u{202e}\r\nerror: owned";
    for status in [400, 500] {
        let (cloud, home) = lived_in();
        let body = json!({"error": "invalid_grant", "error_description": words});
        cloud.fault(
            Fault::on("POST", provider::TOKEN)
                .status(status)
                .json(&body),
        );
        cloud.expire_access_tokens();
        let trial = perform(&cloud, home.command(["cloud", "auth", "whoami"]));
        assert_eq!(trial.code(), 1, "{trial:?}");
        assert!(
            !trial.stderr.contains(['\u{1b}', '\u{202e}', '\r']),
            "{trial:?}"
        );
        assert!(!trial.stderr.contains("\nerror: owned"), "{trial:?}");
    }
}
