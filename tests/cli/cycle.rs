//! `organizations keys cycle`: nobody is ever without a key that works.

use std::fmt::Write as _;
use std::fs;
use std::time::{Duration, Instant};

use serde_json::json;
use snapbox::str;

use crate::support::cloud::world::public_key;
use crate::support::cloud::{ADA_PAT, Fault};
use crate::support::home::Home;
use crate::support::run::{ada, json, stderr, stdout};

const LIST: &str = "GET /v1/organizations/acme/apiKeys";
const CREATE: &str =
    "POST /v1/organizations/acme/apiKeys {\"name\":\"Web client\",\"type\":\"public\"}";
const REVOKE: &str = "DELETE /v1/organizations/acme/apiKeys/key_acme_web";
const COMMAND: &str = "organizations keys cycle -o acme --key key_acme_web --yes";
const OLD: &str = "pk_acme_web_0123456789abcdef";
const NEW: &str = "pk_acme_0005_0123456789abcdef";

/// A file in which the old key is the default of two organizations, and another of a third.
fn configure(home: &Home, key: &str) -> String {
    let text = format!(
        "token = \"{ADA_PAT}\"\n\n[acme] # mine\ndefault_public_key = \"{key}\"\n\
         default_public_key_name = \"Web client\"\n\n[x]\ndefault_public_key = \"{key}\"\n\n\
         [other]\ndefault_public_key = \"pk_other\"\n"
    );
    home.write_config(&text);
    text
}

#[test]
fn a_key_is_created_then_made_the_default_then_the_old_one_is_revoked() {
    let (cloud, home) = ada();
    configure(&home, OLD);
    home.cloud(COMMAND)
        .assert()
        .success()
        .stdout_eq(str![[r#"
Name	Key	Organization ID
Web client	pk_acme_0005_0123456789abcdef	acme

"#]])
        .stderr_eq(str![[r#"
it is now the default key of `acme`, `x`
the old key `Web client` (key_acme_web) was revoked

"#]]);
    assert_eq!(cloud.requests(), [LIST, CREATE, REVOKE]);
    let after = home.config();
    configure(&home, NEW);
    assert_eq!(after, home.config());
}

#[test]
fn json_has_the_new_key_and_the_old_one() {
    let (_cloud, home) = ada();
    configure(&home, OLD);
    let run = home
        .cloud(&format!("{COMMAND} --output json"))
        .assert()
        .success();
    let cycled = json(&run);
    assert_eq!(cycled["created"]["key"], NEW);
    assert_eq!(
        cycled["revoked"],
        json!({"id": "key_acme_web", "name": "Web client"})
    );
    assert_eq!(cycled["defaultMovedIn"], json!(["acme", "x"]));
}

#[test]
fn a_key_that_cannot_be_created_changes_nothing() {
    let (cloud, home) = ada();
    let before = configure(&home, OLD);
    cloud.fault(Fault::on("POST", "/v1/organizations/acme/apiKeys").status(409));
    home.cloud(COMMAND).assert().code(1).stdout_eq("");
    // Then, whether that was for their number.
    assert_eq!(cloud.requests(), [LIST, CREATE, LIST]);
    assert_eq!(home.config(), before);
}

#[test]
fn an_old_key_that_is_still_the_default_is_not_revoked() {
    let (cloud, home) = ada();
    let before = configure(&home, OLD);
    // Nobody can write beside a lock that is a folder, not even root.
    fs::create_dir(home.config_path().with_file_name("pipecatcloud.toml.lock")).unwrap();
    let run = home.cloud(COMMAND).assert().code(1);
    assert!(stdout(&run).contains(NEW), "{}", stdout(&run));
    let said = "the new key was created, but is not the default, and the old one still works";
    assert!(stderr(&run).contains(said), "{}", stderr(&run));
    assert_eq!(cloud.requests(), [LIST, CREATE]);
    assert_eq!(home.config(), before);
}

#[test]
fn an_old_key_that_cannot_be_revoked_is_said_to_live_on() {
    for (status, code) in [(503, "service_error"), (404, "not_found")] {
        let (cloud, home) = ada();
        configure(&home, OLD);
        let route = "/v1/organizations/acme/apiKeys/key_acme_web";
        cloud.fault(Fault::on("DELETE", route).status(status).text(""));
        let run = home
            .cloud(&format!("{COMMAND} --output json"))
            .assert()
            .code(1);
        let cycled = json(&run);
        assert_eq!(cycled["created"]["key"], NEW, "{code}");
        assert_eq!(cycled["revoked"], json!(null));
        assert_eq!(cycled["defaultMovedIn"], json!(["acme", "x"]));
        assert_eq!(cycled["error"]["code"], status.to_string());
        // Once more would make another key.
        assert_eq!(cycled["error"]["retryable"], false);
        let said = "the new key was created, but the old one could not be revoked";
        assert!(stderr(&run).contains(said), "{}", stderr(&run));
        assert!(home.config().contains(NEW));
    }
}

#[test]
fn at_the_limit_nothing_changes_and_the_ways_on_are_told() {
    let (cloud, home) = ada();
    let before = configure(&home, OLD);
    cloud.change(|state| {
        let acme = state.organization("acme").unwrap();
        for slug in ["four", "five"] {
            acme.public_keys.push(public_key("acme", slug, slug, 5));
        }
    });
    let quoted = if cfg!(windows) {
        "\"Web client\""
    } else {
        "'Web client'"
    };
    home.cloud(COMMAND)
        .assert()
        .code(1)
        .stdout_eq("")
        .stderr_eq(format!(
            "\
error: nothing has changed: `acme` has 5 active public keys, and cannot have more: in the organization `acme`: `127.0.0.1:[..]` refused the request (409 Conflict: Limit of 5 public API keys reached)
hint: `PCC-1005` is explained at https://docs.pipecat.ai/pipecat-cloud/fundamentals/error-codes#pcc-1005
hint: revoke a key that is no longer needed with `pipecat cloud organizations keys revoke -o acme`, then cycle again
hint: or, if a short outage is acceptable, revoke this one first with `pipecat cloud organizations keys revoke -o acme --key key_acme_web`
hint: and then create another with `pipecat cloud organizations keys create -o acme --name {quoted} --default`
"
        ));
    assert_eq!(cloud.requests(), [LIST, CREATE, LIST]);
    assert_eq!(home.config(), before);
}

#[test]
fn any_other_refusal_says_that_nothing_has_changed() {
    for (status, code) in [(400, "400"), (429, "429")] {
        let (cloud, home) = ada();
        configure(&home, OLD);
        cloud.fault(Fault::on("POST", "/v1/organizations/acme/apiKeys").status(status));
        let run = home
            .cloud(&format!("{COMMAND} --output json"))
            .assert()
            .code(1);
        assert_eq!(json(&run)["error"]["code"], code);
        let told = stderr(&run);
        assert!(told.starts_with("error: nothing has changed: "), "{told}");
        assert!(!told.contains("and cannot have more"), "{told}");
    }
    // Where nobody knows, nothing of the kind is said.
    let (cloud, home) = ada();
    cloud.fault(Fault::on("POST", "/v1/organizations/acme/apiKeys").status(500));
    let told = stderr(&home.cloud(COMMAND).assert().code(1));
    assert!(!told.contains("nothing has changed"), "{told}");
    assert!(told.contains("may have been carried out"), "{told}");
}

/// The key may be the default in a file that nobody can read.
#[test]
fn with_a_file_that_cannot_be_read_no_key_is_created_or_revoked() {
    let (cloud, mut home) = ada();
    let before = format!("{}\n[broken\n", configure(&home, OLD));
    home.write_config(&before);
    home.env("PIPECAT_TOKEN", ADA_PAT);
    let run = home.cloud(COMMAND).assert().code(1).stdout_eq("");
    let said =
        "error: nothing has changed: the key may be the default in a file that cannot be read: ";
    assert!(stderr(&run).contains(said), "{}", stderr(&run));
    assert_eq!(cloud.writes(), [""; 0]);
    // Without any file there is no default.
    home.env("PIPECAT_CONFIG_PATH", home.path().join("none.toml"));
    home.cloud(COMMAND).assert().success();
}

/// A default key that very many organizations in the file have.
#[test]
fn three_thousand_defaults_are_changed_at_once() {
    for (line, kept) in [
        (COMMAND, NEW),
        (
            "organizations keys revoke -o acme --key key_acme_web --yes",
            "",
        ),
    ] {
        let (_cloud, home) = ada();
        let mut text = format!("token = \"{ADA_PAT}\"\n");
        for number in 0..3000 {
            let _ = write!(
                text,
                "\n[org-{number}]\ndefault_public_key = \"{OLD}\"\n\
                 default_public_key_name = \"Web client\"\n"
            );
        }
        home.write_config(&text);
        let since = Instant::now();
        home.cloud(line).assert().success();
        assert!(since.elapsed() < Duration::from_secs(10), "{line}");
        let after = home.config();
        assert!(!after.contains(OLD));
        let expected = match kept {
            "" => 0,
            _ => 3000,
        };
        assert_eq!(after.matches("default_public_key = ").count(), expected);
        assert_eq!(after.matches("[org-").count(), 3000);
    }
}

#[test]
fn without_a_terminal_it_takes_the_options_that_answer() {
    for (line, option) in [
        (
            "organizations keys cycle -o acme --yes",
            "`--key ID|NAME|KEY`",
        ),
        (
            "organizations keys cycle -o acme --key key_acme_web",
            "`--yes`",
        ),
    ] {
        let (cloud, home) = ada();
        let run = home.cloud(line).assert().code(2).stdout_eq("");
        assert!(stderr(&run).contains(option), "{}", stderr(&run));
        assert_eq!(cloud.writes(), [""; 0]);
    }
}
