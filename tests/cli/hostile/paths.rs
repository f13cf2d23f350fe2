//! Names in addresses: no request leaves its route.

use percent_encoding::percent_decode_str;

use crate::machine::{each, perform};
use crate::support::cloud::Cloud;
use crate::support::run::ada;

/// Names that mean something in an address, a header or a shell: a line each.
const NAMES: [&str; 24] = [
    ".",
    "..",
    "../..",
    "../../auth/logout",
    "%2e%2e",
    "%2E%2E%2Fusers",
    "..%2f..",
    "a/../../users",
    "a?x=1",
    "a#b",
    "a;b",
    "a&b=c",
    "a\\..\\b",
    "\\\\evil.example.com",
    "//evil.example.com/",
    "http://evil.example.com/",
    "@evil.example.com",
    "a b",
    "a\tb",
    "a\nHost: evil.example.com",
    "a\r\n\r\nGET /v1/users",
    "\u{2024}\u{2024}\u{ff0f}",
    "\u{202e}acme",
    "\u{ff0e}\u{ff0e}",
];

/// Every request went where this program goes, with the name in one piece.
#[track_caller]
fn assert_on_route(cloud: &Cloud, name: &str) {
    for request in cloud.requests() {
        assert_eq!(request.query, "", "{name:?}: {request:?}");
        let segments: Vec<&str> = request.path.split('/').collect();
        let is_name = |segment: &str| {
            let decoded = percent_decode_str(segment).decode_utf8_lossy();
            decoded == name || decoded == "acme"
        };
        let on_route = match segments[..] {
            ["", "v1", "users" | "organizations"] => true,
            ["", "v1", "organizations", one, "daily" | "apiKeys"] => is_name(one),
            ["", "v1", "organizations", "acme", "apiKeys", id] => is_name(id),
            _ => false,
        };
        assert!(on_route, "{name:?}: {request:?}");
        assert_eq!(request.header("host"), Some(&*cloud.address().to_string()));
    }
}

#[test]
fn a_name_from_the_command_line_stays_in_its_place() {
    each(&NAMES, |name| {
        for words in [
            &["organizations", "keys", "list", "-o", name][..],
            &["organizations", "keys", "create", "-n", "Kiosk", "-o", name],
            &["organizations", "keys", "use", "--key", "x", "-o", name],
            &[
                "organizations",
                "keys",
                "revoke",
                "-y",
                "--key",
                "x",
                "-o",
                name,
            ],
            &[
                "organizations",
                "keys",
                "revoke",
                "-y",
                "-o",
                "acme",
                "--key",
                name,
            ],
            &["organizations", "select", "-o", name],
        ] {
            let (cloud, home) = ada();
            let mut command = home.command(["cloud"]);
            command.args(words);
            let trial = perform(&cloud, command);
            assert!(matches!(trial.code(), 1 | 2), "{words:?}: {trial:?}");
            assert_on_route(&cloud, name);
        }
    });
}

#[test]
fn a_name_from_the_service_stays_in_its_place() {
    each(&NAMES, |name| {
        for words in [
            &["auth", "whoami"][..],
            &["organizations", "keys", "list"],
            &["organizations", "keys", "create", "-n", "Kiosk"],
            &[
                "organizations",
                "keys",
                "revoke",
                "-y",
                "-o",
                "acme",
                "--key",
                "Web client",
            ],
        ] {
            let (cloud, home) = ada();
            cloud.change(|state| {
                state.organizations[0].profile["name"] = (*name).into();
                state.organizations[1].public_keys[0]["id"] = (*name).into();
            });
            let mut command = home.command(["cloud"]);
            command.args(words);
            let trial = perform(&cloud, command);
            assert!(matches!(trial.code(), 0..=2), "{words:?}: {trial:?}");
            assert_on_route(&cloud, name);
        }
    });
}
