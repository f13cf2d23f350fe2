//! `keys use`.

use snapbox::{IntoData as _, str};

use super::{LIST, PHONE, WEB, configure};
use crate::support::cloud::{ADA_PAT, Cloud};
use crate::support::home::Home;
use crate::support::run::{ada, json, stderr};

#[test]
fn a_key_is_named_by_its_id_its_name_or_itself() {
    for wanted in ["key_acme_web", "Web client", WEB] {
        let (cloud, home) = ada();
        home.judged([
            "cloud",
            "organizations",
            "keys",
            "use",
            "-o",
            "acme",
            "--key",
            wanted,
        ])
        .assert()
        .success()
        .stdout_eq(str![[r"
the default key of `acme` is now `Web client` (pk_acme_web_0123456789abcdef)

"]])
        .stderr_eq("");
        snapbox::assert_data_eq!(
            home.config(),
            str![[r#"
token = "pcc_pat_ada_0123456789"

[acme]
default_public_key = "pk_acme_web_0123456789abcdef"
default_public_key_name = "Web client"

"#]]
        );
        assert_eq!(cloud.requests(), [LIST]);
        assert_eq!(
            home.files(),
            ["pipecatcloud.toml", "pipecatcloud.toml.lock"]
        );
    }
}

#[test]
fn programs_are_told_which_key_and_where_it_is_stored() {
    let (_cloud, home) = ada();
    home.cloud("organizations keys use -o acme --key key_acme_web --output json")
        .assert()
        .success()
        .stdout_eq(
            str![[r#"
{
  "organization": "acme",
  "key": {
    "id": "key_acme_web",
    "name": "Web client",
    "key": "pk_acme_web_0123456789abcdef"
  },
  "configPath": "[HOME]/.config/pipecatcloud/pipecatcloud.toml"
}

"#]]
            .is_json(),
        )
        .stderr_eq("");
    home.cloud("organizations keys use -o acme --key key_acme_web --output rich")
        .assert()
        .success()
        .stdout_eq(str![[r"
[..] the default key of `acme` is now `Web client` (pk_acme_web_0123456789abcdef)

"]])
        .stderr_eq("");
}

#[test]
fn nothing_but_the_key_and_its_name_changes_in_the_file() {
    for (before, after) in [
        (
            "org = 'ada-personal' # stays\r\n[acme]\r\ndefault_public_key_name = 'x' # n\r\n\
             default_public_key = 'y' # k\r\nmore = 1\r\n[z]\r\n",
            "org = 'ada-personal' # stays\r\n[acme]\r\ndefault_public_key_name = \"Web client\" # n\
             \r\ndefault_public_key = \"WEB\" # k\r\nmore = 1\r\n[z]\r\n",
        ),
        (
            "acme = { default_public_key = 'y', more = 1, default_public_key_name = 'x' } # c\n",
            "acme = { default_public_key = \"WEB\", more = 1, default_public_key_name = \
             \"Web client\" } # c\n",
        ),
        (
            "acme.default_public_key = 'y'\nacme.default_public_key_name = 'x'\n",
            "acme.default_public_key = \"WEB\"\nacme.default_public_key_name = \"Web client\"\n",
        ),
    ] {
        let (_cloud, home) = ada();
        let configured = configure(&home, before);
        home.cloud("organizations keys use -o acme --key key_acme_web")
            .assert()
            .success();
        let wanted = configured.replace(before, &after.replace("WEB", WEB));
        assert_eq!(home.config(), wanted);
    }
}

#[test]
fn a_name_that_several_keys_have_is_refused_with_their_ids() {
    let (_cloud, home) = ada();
    let before = home.config();
    home.cloud("organizations keys use -o acme --key Staging")
        .assert()
        .code(1)
        .stdout_eq("")
        .stderr_eq(str![[r"
error: 2 keys are named `Staging`
hint: choose one by its id: `key_acme_staging_1`, `key_acme_staging_2`

"]]);
    let run = home
        .cloud("organizations keys use -o acme --key Staging --output json")
        .assert()
        .code(1);
    assert_eq!(json(&run)["error"]["code"], "ambiguous");
    assert_eq!(home.config(), before);
}

#[test]
fn a_key_that_cannot_be_used_changes_nothing() {
    let (_cloud, home) = ada();
    let before = configure(&home, "org = \"acme\"\n");
    for (wanted, said) in [
        ("key_acme_phone", "has been revoked"),
        ("Old phone line", "has been revoked"),
        (PHONE, "has been revoked"),
        ("nobodys", "there is no key `nobodys`"),
        // A private key is none that may be given away.
        ("key_acme_server", "key_acme_server"),
    ] {
        let run = home
            .judged(["cloud", "organizations", "keys", "use", "--key", wanted])
            .assert()
            .code(1)
            .stdout_eq("");
        assert!(stderr(&run).contains(said), "{}", stderr(&run));
        assert_eq!(home.config(), before);
    }
}

#[test]
fn a_name_that_a_revoked_key_has_too_means_the_other_one() {
    let (cloud, home) = ada();
    cloud.change(|state| {
        let acme = state.organization("acme").unwrap();
        acme.public_keys[3]["metadata"]["name"] = "Web client".into();
    });
    home.judged([
        "cloud",
        "organizations",
        "keys",
        "use",
        "-o",
        "acme",
        "--key",
        "Web client",
    ])
    .assert()
    .success();
    assert!(home.config().contains(WEB), "{}", home.config());
}

#[test]
fn an_organization_without_a_key_to_use_says_how_to_make_one() {
    let (cloud, home) = ada();
    cloud.change(|state| {
        let keys = &mut state.organization("acme").unwrap().public_keys;
        keys.retain(|key| key["revoked"] == true);
    });
    home.cloud("organizations keys use -o acme")
        .assert()
        .code(1)
        .stdout_eq("")
        .stderr_eq(str![[r#"
error: the organization `acme` has no active public API keys
hint: create one with `pipecat cloud organizations keys create -o acme`

"#]]);
}

#[test]
fn without_a_terminal_the_key_has_to_be_named() {
    let (_cloud, home) = ada();
    let before = home.config();
    home.cloud("organizations keys use -o acme")
        .assert()
        .code(2)
        .stdout_eq("")
        .stderr_eq(str![[r#"
error: cannot ask "Which key of acme should be the default?" without a terminal
hint: answer with `--key ID|NAME|KEY`

"#]]);
    assert_eq!(home.config(), before);
}

#[test]
fn a_variable_that_overrides_the_choice_is_named() {
    let (_cloud, home) = ada();
    home.cloud("organizations keys use -o acme --key key_acme_web")
        .env("PIPECAT_DEFAULT_PUBLIC_KEY", "pk_other")
        .assert()
        .success()
        .stderr_eq(str![[r"
warning: `PIPECAT_DEFAULT_PUBLIC_KEY` is set and overrides `default_public_key` in the file; unset it to use the file

"]]);
    assert!(home.config().contains(WEB), "{}", home.config());
}

#[test]
fn an_entry_that_is_no_table_is_left_alone() {
    let (_cloud, home) = ada();
    let before = configure(&home, "acme = \"no table\"\n");
    home.cloud("organizations keys use -o acme --key key_acme_web")
        .assert()
        .code(1)
        .stdout_eq("")
        .stderr_eq(str![[r"
error: cannot change `[HOME]/.config/pipecatcloud/pipecatcloud.toml`: `acme` is of type string, which does not belong there
hint: correct that entry by hand; the file was left as it was

"]]);
    assert_eq!(home.config(), before);
}

#[test]
fn without_a_sign_in_in_the_file_the_choice_is_stored_without_the_token() {
    let cloud = Cloud::start();
    let mut home = Home::new(&cloud);
    home.env("PIPECAT_TOKEN", ADA_PAT);
    home.cloud("organizations keys use --key Kiosk -o team.with.dots")
        .assert()
        .success();
    snapbox::assert_data_eq!(
        home.config(),
        str![[r#"
["team.with.dots"]
default_public_key = "pk_team.with.dots_kiosk_0123456789abcdef"
default_public_key_name = "Kiosk"

"#]]
    );
}
