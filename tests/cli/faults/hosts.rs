//! Hosts where nobody answers: the service's own, and those that it names for signing in.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::support::cloud::provider::{AUTH_CONFIG, DISCOVERY};
use crate::support::cloud::{ADA_PAT, Cloud, Fault, Session};
use crate::support::home::Home;
use crate::support::ports::closed;
use crate::support::run::{json, stderr};

/// Every command that asks the service, and whether it fails when it cannot.
const COMMANDS: [(&str, bool); 9] = [
    ("auth whoami", true),
    ("organizations list", true),
    ("organizations select -o acme", true),
    ("organizations keys list", true),
    ("organizations keys create -n Kiosk -d", true),
    ("organizations keys use --key key_acme_web", true),
    ("organizations keys revoke --key key_acme_web --yes", true),
    ("auth login --headless", true),
    ("auth logout", false),
];

/// The addresses where nobody answers, with the code and the words for each.
fn nowhere() -> [(String, &'static str, &'static str); 2] {
    let unknown = "https://nobody.invalid".to_owned();
    [
        (
            format!("http://{}", closed()),
            "unreachable",
            "cannot connect to `127.0.0.1",
        ),
        // Whatever can be known of it: not every machine can ask a name server.
        (unknown, "unknown_host", "`nobody.invalid`"),
    ]
}

/// Runs a command in every mode; where it fails, for this reason and without a trace.
fn run(home: &Home, line: &str, fails: bool, code: &str, words: &str) {
    let before = home.path().join(".config/pipecatcloud/pipecatcloud.toml");
    let before = std::fs::read_to_string(before).unwrap();
    for mode in ["rich", "plain", "json"] {
        home.write_config(&before);
        let since = Instant::now();
        let command = home.cloud(&format!("{line} --output {mode}"));
        let run = command.assert().code(i32::from(fails));
        assert!(since.elapsed() < Duration::from_secs(20), "{line}");
        assert!(stderr(&run).contains(words), "{line}: {}", stderr(&run));
        if mode == "json" && fails {
            assert_eq!(json(&run)["error"]["code"], code, "{line}");
        }
        if fails {
            assert_eq!(home.config(), before, "{line}");
        }
    }
}

#[test]
fn a_service_that_is_nowhere_is_told_so_by_every_command() {
    for (address, code, words) in nowhere() {
        for (line, fails) in COMMANDS {
            let mut home = Home::with_program(crate::support::program(), &address);
            let session = Session {
                access_token: "oat_ada".to_owned(),
                refresh_token: "ort_ada".to_owned(),
                expires_in: 3600,
            };
            home.sign_in_at(&address, &session);
            home.env("PIPECAT_ORG", "acme");
            run(&home, line, fails, code, words);
        }
        let home = Home::with_program(crate::support::program(), &address);
        home.write_config("colour = \"blue\"\n");
        run(&home, &format!("auth use-pat {ADA_PAT}"), true, code, words);
    }
}

#[test]
fn a_provider_that_is_nowhere_is_told_so() {
    for (address, code, words) in nowhere() {
        let cloud = Cloud::start();
        let mut discovery = cloud.discovery();
        discovery["token_endpoint"] = json!(format!("{address}/oauth/token"));
        let config = json!({"issuer": address, "client_id": "pipecat-cli", "scopes": "openid"});
        for (path, answer) in [(AUTH_CONFIG, config), (DISCOVERY, discovery)] {
            cloud.clear_faults();
            cloud.fault(Fault::on("GET", path).json(&answer));
            let home = Home::new(&cloud);
            let session = Session {
                expires_in: 0,
                ..cloud.session("ada")
            };
            home.sign_in_at(cloud.url(), &session);
            cloud.expire_access_tokens();
            run(&home, "auth whoami", true, code, words);
            if path == AUTH_CONFIG {
                run(&home, "auth login --headless", true, code, words);
            }
        }
    }
}
