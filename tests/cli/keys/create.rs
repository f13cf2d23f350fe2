//! `keys create`.

use serde_json::json;
use snapbox::str;

use super::configure;
use crate::support::cloud::{Cloud, Fault};
use crate::support::run::{ada, json, stderr, stdout};

const KEYS: &str = "/v1/organizations/acme/apiKeys";
const CREATE: &str = "POST /v1/organizations/acme/apiKeys {\"name\":\"Kiosk\",\"type\":\"public\"}";
const NEW: &str = "pk_acme_0005_0123456789abcdef";

/// What the service said of acme's newest key.
fn newest(cloud: &Cloud) -> serde_json::Value {
    cloud.change(|state| {
        let keys = &state.organization("acme").unwrap().public_keys;
        keys.last().unwrap().clone()
    })
}

#[test]
fn one_request_makes_a_public_key_and_the_file_stays() {
    let (cloud, home) = ada();
    let before = configure(&home, "org = \"acme\"\n");
    home.cloud("organizations keys create -n Kiosk")
        .assert()
        .success()
        .stdout_eq(str![[r"
Name	Key	Organization ID
Kiosk	pk_acme_0005_0123456789abcdef	acme

"]])
        .stderr_eq(str![[r"
the default key has not changed

"]]);
    assert_eq!(cloud.requests(), [CREATE]);
    assert_eq!(home.config(), before);
}

#[test]
fn people_see_the_new_key() {
    let (_cloud, home) = ada();
    home.cloud("organizations keys create -n Kiosk -o acme --output rich")
        .assert()
        .success()
        .stdout_eq(str![[r"
Name   Key                            Organization ID
Kiosk  pk_acme_0005_0123456789abcdef  acme

"]])
        // Windows shows every character, whatever the locale.
        .stderr_eq(if cfg!(windows) {
            str![[r"
✓ created the key `Kiosk` of `acme`
the default key has not changed

"]]
        } else {
            str![[r"
* created the key `Kiosk` of `acme`
the default key has not changed

"]]
        });
}

#[test]
fn json_is_what_the_service_answered() {
    let (cloud, home) = ada();
    let run = home
        .cloud("organizations keys create --name Kiosk -o acme --output json")
        .assert()
        .success();
    assert_eq!(json(&run), newest(&cloud));
}

#[test]
fn without_an_organization_anywhere_the_first_one_gets_the_key() {
    let (cloud, home) = ada();
    home.cloud("organizations keys create -n Kiosk")
        .assert()
        .success();
    assert_eq!(
        cloud.requests(),
        [
            "GET /v1/organizations",
            "POST /v1/organizations/ada-personal/apiKeys {\"name\":\"Kiosk\",\"type\":\"public\"}"
        ]
    );
}

#[test]
fn the_new_key_becomes_the_default_where_that_is_asked_for() {
    let (_cloud, home) = ada();
    let before = configure(
        &home,
        "org = \"ada-personal\" # stays\n\n[acme] # theirs\nmore = 1\n",
    );
    home.cloud("organizations keys create -n Kiosk -o acme -d")
        .assert()
        .success()
        .stdout_eq(str![[r"
Name	Key	Organization ID
Kiosk	pk_acme_0005_0123456789abcdef	acme

"]])
        .stderr_eq(str![[r"
it is now the default key of `acme` in your configuration file

"]]);
    let default = format!("default_public_key = \"{NEW}\"\ndefault_public_key_name = \"Kiosk\"\n");
    assert_eq!(home.config(), before + &default);
    assert_eq!(
        home.files(),
        ["pipecatcloud.toml", "pipecatcloud.toml.lock"]
    );
}

#[test]
fn the_default_of_an_organization_with_dots_goes_into_a_table_of_its_own() {
    let (_cloud, home) = ada();
    let before = configure(&home, "");
    home.cloud("organizations keys create -n Kiosk -o team.with.dots --default")
        .assert()
        .success();
    snapbox::assert_data_eq!(
        home.config().replace(&before, "…\n"),
        str![[r#"
…

["team.with.dots"]
default_public_key = "pk_team.with.dots_0003_0123456789abcdef"
default_public_key_name = "Kiosk"

"#]]
    );
}

#[test]
fn a_new_key_is_shown_even_where_it_cannot_become_the_default() {
    let (cloud, home) = ada();
    let before = configure(&home, "acme = \"no table\"\n");
    home.cloud("organizations keys create -n Kiosk -o acme -d")
        .assert()
        .code(1)
        .stdout_eq(str![[r"
Name	Key	Organization ID
Kiosk	pk_acme_0005_0123456789abcdef	acme

"]])
        .stderr_eq(str![[r"
error: the key was created, but is not the default: cannot change `[HOME]/.config/pipecatcloud/pipecatcloud.toml`: `acme` is of type string, which does not belong there
hint: correct that entry by hand; the file was left as it was

"]]);
    let run = home
        .cloud("organizations keys create -n Other -o acme -d --output json")
        .assert()
        .code(1);
    assert_eq!(json(&run)["key"], newest(&cloud)["key"]);
    assert_eq!(home.config(), before);
    assert_eq!(cloud.writes().len(), 2);
}

#[test]
fn a_name_is_sent_as_it_is() {
    let (cloud, home) = ada();
    let name = " \u{1f600} \"quoted\\ \u{e9} ";
    let run = home
        .judged([
            "cloud",
            "organizations",
            "keys",
            "create",
            "-o",
            "acme",
            "-n",
            name,
            "-d",
        ])
        .assert()
        .success();
    let sent = cloud.writes()[0].json();
    assert_eq!(sent, json!({"name": name, "type": "public"}));
    assert!(stdout(&run).contains(name), "{}", stdout(&run));
    let config: toml_edit::DocumentMut = home.config().parse().unwrap();
    let stored = &config["acme"]["default_public_key_name"];
    assert_eq!(stored.as_str(), Some(name));
}

#[test]
fn a_blank_name_is_a_wrong_command_line() {
    let (cloud, home) = ada();
    for name in ["", " \t"] {
        let run = home
            .judged([
                "cloud",
                "organizations",
                "keys",
                "create",
                "-o",
                "acme",
                "-n",
                name,
            ])
            .assert()
            .code(2)
            .stdout_eq("");
        assert!(stderr(&run).contains("--name"), "{}", stderr(&run));
    }
    assert_eq!(cloud.requests(), [""; 0]);
}

#[test]
fn without_a_terminal_the_name_has_to_be_given() {
    let (cloud, home) = ada();
    home.cloud("organizations keys create -o acme")
        .assert()
        .code(2)
        .stdout_eq("")
        .stderr_eq(str![[r#"
error: cannot ask "Name of the new key" without a terminal
hint: answer with `--name NAME`

"#]]);
    assert_eq!(cloud.writes(), [""; 0]);
}

#[test]
fn at_the_limit_the_service_is_quoted_and_its_code_explained() {
    let (_cloud, home) = ada();
    let before = configure(&home, "org = \"acme\"\n");
    for name in ["4", "5"] {
        let create = format!("organizations keys create -n {name}");
        home.cloud(&create).assert().success();
    }
    home.cloud("organizations keys create -n Kiosk -d")
        .assert()
        .code(1)
        .stdout_eq("")
        .stderr_eq(str![[r"
error: in the organization `acme`: `127.0.0.1:[..]` refused the request (409 Conflict: Limit of 5 public API keys reached)
hint: `PCC-1005` is explained at https://docs.pipecat.ai/pipecat-cloud/fundamentals/error-codes#pcc-1005

"]]);
    let run = home
        .cloud("organizations keys create -n Kiosk -d --output json")
        .assert()
        .code(1);
    let error = &json(&run)["error"];
    assert_eq!(error["error"], "Limit of 5 public API keys reached");
    assert_eq!(error["code"], "PCC-1005");
    assert_eq!(home.config(), before);
}

#[test]
fn an_answer_without_a_key_leaves_no_doubt_about_what_may_have_happened() {
    let (cloud, home) = ada();
    cloud.fault(Fault::on("POST", KEYS).json(&json!({"ok": true})).applied());
    home.cloud("organizations keys create -n Kiosk -o acme")
        .assert()
        .code(1)
        .stdout_eq("")
        .stderr_eq(str![[r#"
error: `127.0.0.1:[..]/v1/organizations/acme/apiKeys` sent an answer that makes no sense (200): it contains no `key`
hint: try again later; if this persists, this program may be too old for the service
hint: the request may have been carried out all the same: check before you send it again
hint: check with `pipecat cloud organizations keys list -o acme`

"#]]);
    assert_eq!(cloud.writes(), [CREATE]);
}

#[test]
fn a_write_is_sent_once_even_where_a_read_would_be_tried_again() {
    for status in [429, 500, 502, 503, 504] {
        let (cloud, home) = ada();
        cloud.fault(Fault::on("POST", KEYS).status(status).times(1));
        home.cloud("organizations keys create -n Kiosk -o acme")
            .assert()
            .code(1)
            .stdout_eq("");
        assert_eq!(cloud.requests(), [CREATE]);
    }
}
