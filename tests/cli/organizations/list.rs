//! `organizations list`, and which organization is in force.

use serde_json::json;
use snapbox::str;

use super::READ;
use crate::support::cloud::ADA_PAT;
use crate::support::home::Home;
use crate::support::run::{ada, json, stdout};

#[test]
fn plain_has_the_columns_of_the_official_program() {
    let (cloud, home) = ada();
    home.write_config(&format!("token = \"{ADA_PAT}\"\norg = \"acme\"\n"));
    home.cloud("organizations list")
        .assert()
        .success()
        .stdout_eq(str![[r"
Organization Name	Organization ID	Active
Ada's workspace	ada-personal	
Acme Voice Labs	acme	active
Team With Dots	team.with.dots	

"]])
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
Name             ID              Status
Ada's workspace  ada-personal
Acme Voice Labs  acme            Active
Team With Dots   team.with.dots

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
            .stderr_eq(str![[r"
error: your account has no organization yet
hint: finish signing up on the dashboard: https://dashboard.example.com

"]]);
    }
    let run = home
        .cloud("organizations list --output json")
        .assert()
        .code(1);
    assert_eq!(json(&run)["error"]["code"], "not_found");
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
fn a_blank_organization_counts_as_none() {
    let (cloud, home) = ada();
    for blank in ["", " "] {
        home.judged(["cloud", "organizations", "keys", "list", "--org", blank])
            .assert()
            .success();
        let asked = cloud.requests().pop().unwrap().path;
        assert_eq!(asked, "/v1/organizations/ada-personal/apiKeys");
        home.judged(["cloud", "organizations", "select", "--org", blank])
            .assert()
            .code(2);
    }
}
