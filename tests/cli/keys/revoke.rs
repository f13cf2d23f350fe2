//! `keys revoke`, and its hidden old name `keys delete`.

use snapbox::str;

use super::{LIST, WEB, configure};
use crate::support::cloud::{Cloud, Fault};
use crate::support::home::Home;
use crate::support::run::{ada, json, stderr};

const REVOKE: &str = "DELETE /v1/organizations/acme/apiKeys/key_acme_web";
const ROUTE: &str = "/v1/organizations/acme/apiKeys/key_acme_web";
const COMMAND: &str = "organizations keys revoke -o acme --key key_acme_web";

/// A file in which the key is the default of two organizations, and another of a third.
fn with_defaults(home: &Home) -> String {
    let key = |table: &str, key: &str| {
        format!(
            "[{table}] # {table}\ndefault_public_key = \"{key}\"\n\
             default_public_key_name = \"Web client\"\nmore = 1\n"
        )
    };
    let tables = [
        key("acme", WEB),
        key("ada-personal", "pk_other"),
        key("\"x.y\"", WEB),
    ];
    configure(
        home,
        &format!("org = \"ada-personal\"\n{}", tables.concat()),
    )
}

fn is_revoked(cloud: &Cloud) -> bool {
    cloud.change(|state| state.organization("acme").unwrap().public_keys[0]["revoked"] == true)
}

#[test]
fn a_key_is_revoked_by_one_request_under_either_name_of_the_command() {
    for command in ["revoke", "delete"] {
        for yes in ["--yes", "-y"] {
            let (cloud, home) = ada();
            let before = home.config();
            home.cloud(&format!(
                "organizations keys {command} -o acme --key key_acme_web {yes}"
            ))
            .assert()
            .success()
            .stdout_eq(str![[r"
revoked the key `Web client` (key_acme_web) of `acme`

"]])
            .stderr_eq("");
            assert_eq!(cloud.requests(), [LIST, REVOKE]);
            assert!(is_revoked(&cloud));
            assert_eq!(home.config(), before);
        }
    }
}

#[test]
fn defaults_that_hold_the_key_go_once_the_service_has_revoked_it() {
    let (_cloud, home) = ada();
    let before = with_defaults(&home);
    home.cloud(&format!("{COMMAND} --yes"))
        .assert()
        .success()
        .stdout_eq(str![[r"
revoked the key `Web client` (key_acme_web) of `acme`

"]])
        .stderr_eq(str![[r#"
it is no longer the default key of `acme`, `x.y`
hint: choose another with `pipecat cloud organizations keys use -o acme`

"#]]);
    let gone =
        format!("default_public_key = \"{WEB}\"\ndefault_public_key_name = \"Web client\"\n");
    assert_eq!(home.config(), before.replace(&gone, ""));
}

#[test]
fn programs_are_told_which_defaults_went() {
    let (_cloud, home) = ada();
    with_defaults(&home);
    home.cloud(&format!("{COMMAND} --yes --output json"))
        .assert()
        .success()
        .stdout_eq(str![[r#"
{
  "revoked": {
    "id": "key_acme_web",
    "name": "Web client"
  },
  "organization": "acme",
  "defaultRemovedFrom": [
    "acme",
    "x.y"
  ]
}

"#]]);
}

#[test]
fn people_see_what_was_revoked() {
    let (_cloud, home) = ada();
    home.cloud(&format!("{COMMAND} --yes --output rich"))
        .assert()
        .success()
        .stdout_eq(str![[r"
[..] revoked the key `Web client` (key_acme_web) of `acme`

"]])
        .stderr_eq("");
}

#[test]
fn where_the_service_fails_the_file_stays() {
    for status in [403, 404, 429, 500, 503] {
        let (cloud, home) = ada();
        let before = with_defaults(&home);
        cloud.fault(Fault::on("DELETE", ROUTE).status(status));
        home.cloud(&format!("{COMMAND} --yes"))
            .assert()
            .code(1)
            .stdout_eq("");
        assert_eq!(home.config(), before);
        assert_eq!(cloud.writes(), [REVOKE], "a write is sent once");
    }
}

#[test]
fn an_answer_without_a_body_is_as_good() {
    for status in [200, 202, 204] {
        let (cloud, home) = ada();
        with_defaults(&home);
        cloud.fault(Fault::on("DELETE", ROUTE).status(status).applied());
        home.cloud(&format!("{COMMAND} --yes")).assert().success();
        assert!(is_revoked(&cloud));
        assert!(!home.config().contains(WEB), "{}", home.config());
    }
}

#[test]
fn without_a_terminal_it_takes_the_option_that_confirms() {
    let (cloud, home) = ada();
    let before = with_defaults(&home);
    home.cloud(COMMAND)
        .assert()
        .code(2)
        .stdout_eq("")
        .stderr_eq(str![[r#"
error: cannot ask "Revoke the key Web client (pk_acme_web_0123456789abcdef) of acme? Apps that use it will no longer be able to start agents. It is the default key of `acme`, `x.y`." without a terminal
hint: answer with `--yes`

"#]]);
    home.cloud("organizations keys revoke -o acme --yes")
        .assert()
        .code(2)
        .stdout_eq("")
        .stderr_eq(str![[r#"
error: cannot ask "Which key of acme should be revoked?" without a terminal
hint: answer with `--key ID|NAME|KEY`

"#]]);
    let run = home
        .cloud(&format!("{COMMAND} --output json"))
        .assert()
        .code(2);
    assert_eq!(json(&run)["error"]["code"], "prompt_required");
    assert_eq!(cloud.writes(), [""; 0]);
    assert_eq!(home.config(), before);
}

#[test]
fn a_key_that_cannot_be_revoked_is_told_apart() {
    let (cloud, home) = ada();
    for (wanted, said) in [
        (
            "key_acme_phone",
            "the key `key_acme_phone` has been revoked",
        ),
        ("nobodys", "there is no key `nobodys`"),
        ("Server", "the key `Server` is private"),
        ("Staging", "`key_acme_staging_1`, `key_acme_staging_2`"),
    ] {
        let run = home
            .cloud(&format!(
                "organizations keys revoke -o acme --key {wanted} --yes"
            ))
            .assert()
            .code(1)
            .stdout_eq("");
        assert!(stderr(&run).contains(said), "{}", stderr(&run));
    }
    assert_eq!(cloud.writes(), [""; 0]);
}

#[test]
fn an_id_from_the_service_stays_in_its_place_in_the_path() {
    for (id, sent) in [
        ("a/../b c", Some("a%2F..%2Fb%20c")),
        ("..", None),
        ("", None),
    ] {
        let (cloud, home) = ada();
        cloud.change(|state| {
            state.organization("acme").unwrap().public_keys[0]["id"] = id.into();
        });
        home.judged([
            "cloud",
            "organizations",
            "keys",
            "revoke",
            "-o",
            "acme",
            "-y",
            "--key",
            WEB,
        ])
        .assert()
        .code(i32::from(sent.is_none()));
        let sent = sent.map(|id| format!("DELETE /v1/organizations/acme/apiKeys/{id}"));
        let writes: Vec<String> = cloud.writes().iter().map(ToString::to_string).collect();
        assert_eq!(writes, sent.into_iter().collect::<Vec<_>>());
    }
}

#[test]
fn a_file_that_cannot_be_changed_is_told_after_the_key_is_gone() {
    let (cloud, home) = ada();
    // A dotted key within a table that another key opens: valid, and out of reach for an edit.
    let before = configure(
        &home,
        &format!("acme = {{ default_public_key = \"{WEB}\" }}\n"),
    );
    std::fs::create_dir(home.config_path().with_extension("toml.lock")).unwrap();
    let run = home.cloud(&format!("{COMMAND} --yes")).assert().code(1);
    assert!(is_revoked(&cloud));
    assert_eq!(home.config(), before);
    run.stdout_eq(str![[r"
revoked the key `Web client` (key_acme_web) of `acme`

"]]).stderr_eq(str![[r"
error: the key was revoked, but it is still the default in your file: cannot write `[HOME]/.config/pipecatcloud/pipecatcloud.toml.lock`: it is a folder
hint: check the folder's permissions and the space on the disk, or name another file in `PIPECAT_CONFIG_PATH`

"]]);
}

/// The key may be the default in a file that nobody can read.
#[test]
fn with_a_file_that_cannot_be_read_that_is_said_of_the_default() {
    let (cloud, mut home) = ada();
    home.write_config("[broken\n");
    home.env("PIPECAT_TOKEN", crate::support::cloud::ADA_PAT);
    let run = home
        .cloud("organizations keys revoke -o acme --key key_acme_web --yes")
        .assert()
        .success();
    assert_eq!(cloud.writes().len(), 1);
    let said = "warning: the configuration file cannot be read: if this key is a default there, it still is";
    let told = crate::support::run::stderr(&run);
    assert!(told.contains(said), "{told}");
}
