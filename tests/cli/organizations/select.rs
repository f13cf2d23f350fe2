//! `organizations select`.

use snapbox::{IntoData as _, str};

use super::READ;
use crate::support::cloud::{ADA_PAT, Cloud, world};
use crate::support::home::Home;
use crate::support::run::{ada, json};

#[test]
fn select_stores_the_organization_under_each_spelling_of_the_option() {
    for option in [
        "-o acme",
        "-oacme",
        "--org acme",
        "--organization acme",
        "--organization=acme",
    ] {
        let (cloud, home) = ada();
        home.cloud(&format!("organizations select {option}"))
            .assert()
            .success()
            .stdout_eq("the active organization is now Acme Voice Labs (acme)\n")
            .stderr_eq("");
        assert_eq!(
            home.config(),
            format!("token = \"{ADA_PAT}\"\norg = \"acme\"\n")
        );
        assert_eq!(cloud.requests(), [READ]);
    }
}

#[test]
fn select_tells_programs_what_it_stored_and_where() {
    let (_cloud, home) = ada();
    home.cloud("organizations select -o acme --output json")
        .assert()
        .success()
        .stdout_eq(
            str![[r#"
{
  "organization": {
    "name": "acme",
    "verbose_name": "Acme Voice Labs"
  },
  "configPath": "[HOME]/.config/pipecatcloud/pipecatcloud.toml"
}

"#]]
            .is_json(),
        )
        .stderr_eq("");
}

#[test]
fn select_tells_people_with_a_mark() {
    let (_cloud, home) = ada();
    // Windows shows every character, whatever these variables say.
    let plain = if cfg!(windows) { "✓" } else { "*" };
    for (locale, mark) in [("C", plain), ("en_US.UTF-8", "✓")] {
        home.cloud("organizations select -o acme --output rich")
            .env("LANG", locale)
            .assert()
            .success()
            .stdout_eq(format!(
                "{mark} the active organization is now Acme Voice Labs (acme)\n"
            ))
            .stderr_eq("");
    }
}

#[test]
fn selecting_a_foreign_organization_changes_nothing() {
    let (cloud, home) = ada();
    home.write_config(&format!("token = \"{ADA_PAT}\"\norg = \"acme\"\n"));
    let before = home.config();
    home.cloud("organizations select -o grace-personal")
        .assert()
        .code(1)
        .stdout_eq("")
        .stderr_eq(str![[r"
error: you are not a member of any organization named `grace-personal`
hint: run `pipecat cloud organizations list` to see yours

"]]);
    let run = home
        .cloud("organizations select -o grace-personal --output json")
        .assert()
        .code(1);
    assert_eq!(json(&run)["error"]["code"], "not_found");
    assert_eq!(home.config(), before);
    assert_eq!(home.files(), ["pipecatcloud.toml"]);
    assert_eq!(cloud.writes(), [""; 0]);
}

#[test]
fn select_without_a_terminal_needs_the_option() {
    let (cloud, home) = ada();
    let before = home.config();
    home.cloud("organizations select")
        .assert()
        .code(2)
        .stdout_eq("")
        .stderr_eq(str![[r#"
error: cannot ask "Which organization should commands work in?" without a terminal
hint: answer with `--organization ORG`

"#]]);
    assert_eq!(home.config(), before);
    assert_eq!(cloud.writes(), [""; 0]);
}

#[test]
fn select_warns_where_the_environment_overrides_it() {
    let (_cloud, mut home) = ada();
    home.env("PIPECAT_ORG", "team.with.dots");
    home.cloud("organizations select -o acme")
        .assert()
        .success()
        .stdout_eq("the active organization is now Acme Voice Labs (acme)\n")
        .stderr_eq(str![[r"
warning: `PIPECAT_ORG` is set and overrides `org` in the file; unset it to use the file

"]]);
    assert!(home.config().contains("org = \"acme\"\n"));

    home.env("PIPECAT_ORG", " ");
    home.cloud("organizations select -o acme")
        .assert()
        .success()
        .stderr_eq("");
}

#[test]
fn select_with_a_token_from_the_environment_writes_nothing_but_the_organization() {
    let cloud = Cloud::start();
    let mut home = Home::new(&cloud);
    home.env("PIPECAT_TOKEN", ADA_PAT);
    home.cloud("organizations select -o team.with.dots")
        .assert()
        .success()
        .stderr_eq("");
    assert_eq!(home.config(), "org = \"team.with.dots\"\n");
}

#[test]
fn select_keeps_every_other_byte_of_the_file() {
    let before = format!(
        "\u{feff}# mine\r\n\r\n  org   =  'ada-personal'   # my own\r\nunknown = [1,\r\n  2]\r\n\
         token = \"{ADA_PAT}\" # keep\r\n\r\n[\"team.with.dots\"] # dots\r\n\
         default_public_key = 'pk'\r\n\r\n[acme]\r\n  x = {{ y = 1 }}\r\n# the end"
    );
    let (_cloud, home) = ada();
    home.write_config(&before);
    home.cloud("organizations select -o acme")
        .assert()
        .success()
        .stderr_eq("");
    assert_eq!(home.config(), before.replace("'ada-personal'", "\"acme\""));
}

#[test]
fn an_organization_whose_name_needs_quotes_is_selected_as_it_is() {
    let name = "a\"b\\c\u{e9}";
    let (cloud, home) = ada();
    cloud.change(|state| {
        state.organizations[0] = world::organization(name, "Odd", &["ada"]);
    });
    home.judged(["cloud", "organizations", "select", "-o", name])
        .assert()
        .success()
        .stdout_eq(snapbox::IntoData::raw(format!(
            "the active organization is now Odd ({name})\n"
        )));
    let config: toml_edit::DocumentMut = home.config().parse().unwrap();
    assert_eq!(config["org"].as_str(), Some(name));
}
