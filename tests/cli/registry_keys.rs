//! `organizations registry-keys`.

use serde_json::json;
use snapbox::str;

use crate::support::cloud::Fault;
use crate::support::run::{ada, json, stderr, stdout};

const ROUTE: &str = "/v1/organizations/acme/registry-keys";

/// The line that hands this key, which no shell would take for more than a word, to helm.
fn helm_login(key: &str) -> String {
    let print = if cfg!(windows) {
        format!("echo {key}| ")
    } else {
        format!("printf '%s' {key} | ")
    };
    format!("{print}helm registry login registry.example.com -u pcc --password-stdin")
}

#[test]
fn a_registry_key_is_shown_once_with_the_way_to_use_it() {
    let (cloud, home) = ada();
    home.judged([
        "cloud",
        "organizations",
        "registry-keys",
        "mint",
        "--name",
        "Build box",
        "-o",
        "acme",
    ])
    .assert()
    .success()
    .stdout_eq(format!(
        "\
ID	rk_0003
Name	Build box
Key	pccr_9876_0003
Username	pcc
Registry Host	registry.example.com
Helm Login	{}
",
        helm_login("pccr_9876_0003")
    ))
    .stderr_eq(str![[r#"
warning: the key is shown only this once: save it now

"#]]);
    let sent = format!("POST {ROUTE} {{\"name\":\"Build box\"}}");
    assert_eq!(cloud.requests(), [sent.as_str()]);
    let run = home
        .cloud("organizations registry-keys mint --name ci -o acme --output json")
        .assert()
        .success();
    assert_eq!(
        json(&run),
        json!({
            "id": "rk_0004",
            "name": "ci",
            "key": "pccr_9876_0004",
            "username": "pcc",
            "registryHost": "registry.example.com",
            "helmLoginCommand": helm_login("pccr_9876_0004"),
        })
    );
}

#[test]
fn a_registry_that_is_assumed_is_said_to_be() {
    let (cloud, home) = ada();
    let answer = json!({"key": "it's $(odd)"});
    cloud.fault(Fault::on("POST", ROUTE).status(201).json(&answer));
    let run = home
        .cloud("organizations registry-keys mint --name ci -o acme --output json")
        .assert()
        .success();
    assert!(
        stderr(&run).contains("assuming `registry.pipecat.daily.co`"),
        "{}",
        stderr(&run)
    );
    let minted = json(&run);
    assert_eq!(minted["registryHost"], "registry.pipecat.daily.co");
    assert_eq!(minted["username"], "pcc");
    let command = minted["helmLoginCommand"].as_str().unwrap();
    let (printed, login) = command.split_once("| ").unwrap();
    if cfg!(windows) {
        assert_eq!(printed, "echo 'it''s $(odd)'");
    } else {
        let printed = shlex::split(printed).unwrap();
        assert_eq!(printed, ["printf", "%s", "it's $(odd)"]);
    }
    assert!(login.starts_with("helm "), "{login}");
}

#[test]
fn a_registry_key_without_a_name_is_not_made() {
    let (cloud, home) = ada();
    for (arguments, status) in [(&["--name", " "][..], 2), (&[], 2)] {
        let command = [
            "cloud",
            "organizations",
            "registry-keys",
            "mint",
            "-o",
            "acme",
        ];
        home.judged(command.iter().chain(arguments).copied())
            .assert()
            .code(status)
            .stdout_eq("");
    }
    assert_eq!(cloud.requests(), [""; 0]);
}

#[test]
fn dead_registry_keys_are_hidden_and_counted() {
    let (_cloud, home) = ada();
    home.cloud("organizations registry-keys list -o acme")
        .assert()
        .success()
        .stdout_eq(str![[r#"
ID	Name	Prefix	Created	Last used	Status	Region
rk_acme_laptop	Laptop	pccr_0123	2026-01-20T10:00:00.000Z	—	active	—

"#]])
        .stderr_eq(str![[r#"
not shown: 1 revoked or expired; `--all` shows them

"#]]);
    home.cloud("organizations registry-keys list --all -o acme")
        .assert()
        .success()
        .stdout_eq(str![[r#"
ID	Name	Prefix	Created	Last used	Status	Region
rk_acme_laptop	Laptop	pccr_0123	2026-01-20T10:00:00.000Z	—	active	—
rk_acme_old	Old laptop	pccr_0123	2026-01-20T10:00:00.000Z	—	revoked	—

"#]])
        .stderr_eq("");
    let run = home
        .cloud("organizations registry-keys list -o acme --output json")
        .assert()
        .success();
    let listed = json(&run);
    assert_eq!(listed["hidden"], 1);
    assert_eq!(listed["keys"][0]["id"], "rk_acme_laptop");
    home.cloud("organizations registry-keys list -o ada-personal")
        .assert()
        .success()
        .stderr_eq(str![[r#"
there are no registry keys

"#]]);
}

#[test]
fn without_a_status_being_revoked_decides() {
    let (cloud, home) = ada();
    let keys = json!({"registry_keys": [{"id": "a"}, {"id": "b", "revoked": true}, {"id": "c", "status": "paused"}]});
    cloud.fault(Fault::on("GET", ROUTE).json(&keys));
    let run = home
        .cloud("organizations registry-keys list -o acme --output json")
        .assert()
        .success();
    let listed = json(&run);
    assert_eq!(
        listed["keys"],
        json!([{"id": "a"}, {"id": "c", "status": "paused"}])
    );
}

#[test]
fn a_registry_key_is_revoked_once_that_is_confirmed() {
    let (cloud, home) = ada();
    home.cloud("organizations registry-keys revoke rk_acme_laptop -o acme")
        .assert()
        .code(2)
        .stdout_eq("")
        .stderr_eq(str![[r#"
error: cannot ask "Revoke the registry key rk_acme_laptop of acme? Machines will no longer be able to pull with it." without a terminal
hint: answer with `--force`

"#]]);
    assert_eq!(cloud.requests(), [""; 0]);
    home.cloud("organizations registry-keys revoke rk_acme_laptop --force -o acme")
        .assert()
        .success()
        .stdout_eq(str![[r#"
revoked the registry key `rk_acme_laptop` of `acme`

"#]])
        .stderr_eq("");
    let sent = format!("DELETE {ROUTE}/rk_acme_laptop");
    assert_eq!(cloud.requests(), [sent.as_str()]);
    let run = home
        .cloud("organizations registry-keys revoke rk_acme_old -f -o acme --output json")
        .assert()
        .success();
    assert_eq!(json(&run), json!({"revoked": "rk_acme_old"}));
    home.cloud("organizations registry-keys revoke nobodys -f -o acme")
        .assert()
        .code(1)
        .stderr_eq(str![[r#"
error: the organization `acme` has no registry key `nobodys`
hint: run `pipecat cloud organizations registry-keys list --all -o acme`

"#]]);
}

#[test]
fn a_key_that_cannot_be_had_again_is_shown_whatever_is_odd_beside_it() {
    let (cloud, home) = ada();
    let create = "/v1/organizations/acme/apiKeys";
    for answer in [
        r#"{"key": "the_key"}"#,
        r#"{"key": "the_key", "id": {}, "name": [], "username": 7, "registry_host": null}"#,
        r#"{"id": 7, "key": "the_key", "registry_host": {"a": 1}, "more": 1e999}"#,
        r#"{"name": "\ud800", "id": "x", "id": "y", "key": "the_key", "username": true}"#,
        r#"{"key": " the_key\n", "metadata": "none"}"#,
    ] {
        cloud.clear_faults();
        cloud.fault(Fault::on("POST", ROUTE).status(201).text(answer));
        cloud.fault(Fault::on("POST", create).status(201).text(answer));
        let run = home
            .cloud("organizations registry-keys mint --name ci -o acme --output json")
            .assert()
            .success();
        let minted = json(&run);
        assert_eq!(minted["key"], "the_key", "{answer}");
        assert!(minted["username"].is_string(), "{minted}");
        assert!(minted["registryHost"].is_string(), "{minted}");
        let run = home
            .cloud("organizations keys create --name ci -o acme")
            .assert()
            .success();
        assert!(stdout(&run).contains("the_key"), "{answer}");
    }
}
