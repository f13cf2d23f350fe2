//! `organizations list` and `organizations select`.

use serde_json::json;
use snapbox::str;

use crate::support::cloud::{ADA_PAT, Cloud, world};
use crate::support::home::Home;
use crate::support::run::{ada, json, stderr, stdout};

const READ: &str = "GET /v1/organizations";

#[test]
fn plain_has_the_columns_of_the_official_program() {
    let (cloud, home) = ada();
    home.write_config(&format!("token = \"{ADA_PAT}\"\norg = \"acme\"\n"));
    home.cloud("organizations list")
        .assert()
        .success()
        .stdout_eq(str![[r#"
Organization Name	Organization ID	Active
Ada's workspace	ada-personal	
Acme Voice Labs	acme	active
Team With Dots	team.with.dots	

"#]])
        .stderr_eq("");
    assert_eq!(cloud.requests(), [READ]);
}

#[test]
fn people_see_a_table_with_the_active_one_marked() {
    let (_cloud, home) = ada();
    home.write_config(&format!("token = \"{ADA_PAT}\"\norg = \"acme\"\n"));
    home.cloud("organizations list --output rich")
        .assert()
        .success()
        .stdout_eq(str![[r#"
Organization Name  Organization ID  Active
Ada's workspace    ada-personal
Acme Voice Labs    acme             active
Team With Dots     team.with.dots

"#]])
        .stderr_eq("");
}

#[test]
fn json_passes_on_what_the_service_sent() {
    let (cloud, home) = ada();
    cloud.change(|state| {
        state.organizations[1].profile["seats"] = json!({"used": 3, "of": null});
    });
    let run = home
        .cloud("organizations list --output json")
        .assert()
        .success()
        .stderr_eq("");
    let sent = cloud.change(|state| {
        let mine = state.organizations[..3].iter();
        mine.map(|one| one.profile.clone()).collect::<Vec<_>>()
    });
    assert_eq!(json(&run), json!({"organizations": sent}));
}

#[test]
fn the_active_one_is_what_the_settings_say_and_else_the_first() {
    let (_cloud, mut home) = ada();
    let active = |home: &Home| {
        let listed = stdout(&home.cloud("organizations list").assert().success());
        let rows = listed.lines().filter(|row| row.ends_with("\tactive"));
        rows.map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(active(&home), ["Ada's workspace\tada-personal\tactive"]);
    home.write_config(&format!("token = \"{ADA_PAT}\"\norg = \"acme\"\n"));
    assert_eq!(active(&home), ["Acme Voice Labs\tacme\tactive"]);
    home.env("PIPECAT_ORG", "team.with.dots");
    assert_eq!(active(&home), ["Team With Dots\tteam.with.dots\tactive"]);
    home.env("PIPECAT_ORG", "nobodys");
    assert_eq!(active(&home), [""; 0]);
}

#[test]
fn an_account_without_organizations_is_a_failure_with_a_way_on() {
    let (cloud, home) = ada();
    cloud.change(|state| state.organizations.clear());
    for command in ["list", "select", "select -o acme", "keys list"] {
        home.cloud(&format!("organizations {command}"))
            .env("PIPECAT_DASHBOARD_HOST", "https://dashboard.example.com")
            .assert()
            .code(1)
            .stdout_eq("")
            .stderr_eq(str![[r#"
error: your account has no organization yet
hint: finish signing up on the dashboard: https://dashboard.example.com

"#]]);
    }
    let run = home
        .cloud("organizations list --output json")
        .assert()
        .code(1);
    assert_eq!(json(&run)["error"]["code"], "not_found");
}

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
            .stdout_eq("active organization is now Acme Voice Labs (acme)\n")
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
        .stdout_eq(str![[r#"
{
  "organization": {
    "name": "acme",
    "verbose_name": "Acme Voice Labs"
  },
  "configPath": "[HOME]/.config/pipecatcloud/pipecatcloud.toml"
}

"#]])
        .stderr_eq("");
}

#[test]
fn select_tells_people_with_a_mark() {
    let (_cloud, home) = ada();
    for (locale, mark) in [("C", "*"), ("en_US.UTF-8", "✓")] {
        home.cloud("organizations select -o acme --output rich")
            .env("LANG", locale)
            .assert()
            .success()
            .stdout_eq(format!(
                "{mark} active organization is now Acme Voice Labs (acme)\n"
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
        .stderr_eq(str![[r#"
error: you are not a member of an organization `grace-personal`
hint: run `pipecat cloud organizations list` to see yours

"#]]);
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
error: this needs an answer, and there is no terminal to ask on
hint: give the answer with `--organization ORG`

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
        .stdout_eq("active organization is now Acme Voice Labs (acme)\n")
        .stderr_eq(str![[r#"
warning: `PIPECAT_ORG` is set and overrides `org` in the file; unset it to use the file's

"#]]);
    assert!(home.config().contains("org = \"acme\"\n"));

    home.env("PIPECAT_ORG", " ");
    home.cloud("organizations select -o acme")
        .assert()
        .success()
        .stderr_eq("");
}

#[test]
fn the_option_beats_the_variable_and_the_variable_the_file() {
    let (cloud, mut home) = ada();
    home.write_config(&format!("token = \"{ADA_PAT}\"\norg = \"ada-personal\"\n"));
    let asked = |home: &Home, line: &str| {
        home.cloud(line).assert().success();
        cloud.requests().pop().unwrap().path
    };
    let list = "organizations keys list";
    assert_eq!(asked(&home, list), "/v1/organizations/ada-personal/apiKeys");
    home.env("PIPECAT_ORG", "acme");
    assert_eq!(asked(&home, list), "/v1/organizations/acme/apiKeys");
    assert_eq!(
        asked(&home, &format!("{list} --org team.with.dots")),
        "/v1/organizations/team.with.dots/apiKeys"
    );
    assert_eq!(cloud.requests().len(), 3, "nothing but the keys is asked");
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
            "active organization is now Odd ({name})\n"
        )));
    let config: toml_edit::DocumentMut = home.config().parse().unwrap();
    assert_eq!(config["org"].as_str(), Some(name));
}

#[test]
fn an_organization_without_a_name_is_a_wrong_command_line() {
    let (cloud, home) = ada();
    for command in ["select", "keys list", "keys use --key x"] {
        let mut arguments = vec!["cloud", "organizations"];
        arguments.extend(command.split(' '));
        let run = home
            .judged(arguments.iter().copied().chain(["--org", ""]))
            .assert()
            .code(2)
            .stdout_eq("");
        assert!(stderr(&run).contains("--org"), "{}", stderr(&run));
    }
    assert_eq!(cloud.requests(), [""; 0]);
}
