//! Text from the service, from the file and from the environment is data.

use serde_json::json;

use crate::support::cloud::{ADA_PAT, Cloud, Fault};
use crate::support::home::Home;
use crate::support::run::{ada, json, stderr, stdout};

/// Clears the screen, names the window, moves the cursor, turns the line around, ends it, and says
/// what nobody sees.
const HOSTILE: &str = "a\u{1b}[2J\u{1b}]0;x\u{7}\u{9b}1A\u{8}\t\r\n\u{b}\u{c}\u{85}\u{2028}\u{202e}b\u{2066}\u{200f}\u{feff}\u{2060}\u{206a}\u{fff9}\u{ad}\u{e0041}\u{e007f}\0c";

fn assert_harmless(text: &str, what: &str) {
    let harmful = |character: char| {
        character.is_control() && !matches!(character, '\n' | '\t')
            || matches!(character, '\u{200e}'..='\u{200f}' | '\u{2028}'..='\u{202e}')
            || matches!(character, '\u{2060}'..='\u{206f}' | '\u{fff9}'..='\u{fffb}')
            || matches!(character, '\u{feff}' | '\u{ad}' | '\u{e0000}'..='\u{e007f}')
    };
    assert!(!text.contains(harmful), "{what}: {text:?}");
}

fn hostile_cloud() -> (Cloud, Home) {
    let (cloud, home) = ada();
    cloud.change(|state| {
        for organization in &mut state.organizations {
            organization.profile["verboseName"] = HOSTILE.into();
        }
        let acme = state.organization("acme").unwrap();
        acme.private_keys[0]["metadata"]["name"] = HOSTILE.into();
        let key = &mut acme.public_keys[0];
        key["metadata"]["name"] = HOSTILE.into();
        key["createdAt"] = HOSTILE.into();
        key["key"] = format!("pk{HOSTILE}").into();
    });
    (cloud, home)
}

const LINES: [&str; 6] = [
    "organizations list",
    "organizations select -o acme",
    "organizations keys list -o acme",
    "organizations keys use -o acme --key key_acme_web",
    "organizations keys use -o acme --key nobodys",
    "organizations keys revoke -o acme --key key_acme_web --yes",
];

#[test]
fn nothing_from_the_service_takes_effect_in_any_mode() {
    for mode in ["rich", "plain", "json"] {
        let (_cloud, home) = hostile_cloud();
        for line in LINES {
            let run = home.cloud(&format!("{line} --output {mode}")).assert();
            let (stdout, stderr) = (stdout(&run), stderr(&run));
            assert_harmless(&stdout, line);
            assert_harmless(&stderr, line);
            if mode != "plain" {
                assert!(!stdout.contains('\t'), "{line}: {stdout:?}");
            }
        }
    }
}

#[test]
fn every_row_of_a_plain_list_has_all_cells_and_no_more() {
    let (_cloud, home) = hostile_cloud();
    for (line, rows) in [
        ("organizations list", 4),
        ("organizations keys list -o acme", 6),
    ] {
        let listed = stdout(&home.cloud(line).assert().success());
        let cells = |row: &str| row.split('\t').count();
        let columns = cells(listed.lines().next().unwrap());
        assert_eq!(listed.lines().count(), rows, "{listed}");
        assert!(listed.lines().all(|row| cells(row) == columns), "{listed}");
    }
}

#[test]
fn programs_get_the_text_as_it_was() {
    let (_cloud, home) = hostile_cloud();
    let run = home
        .cloud("organizations list --output json")
        .assert()
        .success();
    assert_eq!(json(&run)["organizations"][0]["verboseName"], HOSTILE);
}

#[test]
fn an_error_of_the_services_is_as_harmless() {
    let (cloud, home) = ada();
    let error = json!({"error": HOSTILE, "code": format!("PCC-{HOSTILE}"), "more": HOSTILE});
    cloud.fault(Fault::under("*", "/v1/").status(400).json(&error));
    for mode in ["rich", "plain", "json"] {
        let run = home
            .cloud(&format!("organizations list --output {mode}"))
            .assert()
            .code(1);
        assert_harmless(&stdout(&run), mode);
        assert_harmless(&stderr(&run), mode);
        assert!(!stderr(&run).contains('\t'), "{}", stderr(&run));
        if mode == "json" {
            for (name, text) in error.as_object().unwrap() {
                assert_eq!(&json(&run)["error"][name], text);
            }
        }
    }
}

#[test]
fn where_a_redirect_leads_is_as_harmless() {
    let (cloud, home) = ada();
    cloud.fault(
        Fault::on("GET", "/v1/organizations")
            .status(302)
            .header("Location", "https://elsewhere.example/\u{202e}\tx"),
    );
    let run = home.cloud("organizations list").assert().code(1);
    assert_harmless(&stderr(&run), "a redirect");
}

#[test]
fn the_file_and_the_environment_are_as_harmless() {
    let escaped = "x\\u001B[2J\\u202E";
    for (file, variable, line) in [
        (
            format!("token = \"{ADA_PAT}\"\norg = \"{escaped}\"\n"),
            "",
            "organizations keys list",
        ),
        (
            format!("output = \"{escaped}\"\n"),
            "",
            "organizations list",
        ),
        (
            format!("api_host = \"{escaped}\"\n"),
            "",
            "--show-cli-config",
        ),
        (
            format!("token = \"{ADA_PAT}\"\n"),
            "x\u{1b}[2J\u{202e}",
            "organizations keys list",
        ),
        (String::new(), "x\u{1b}[2J\u{202e}", "--show-cli-config"),
    ] {
        let (_cloud, mut home) = ada();
        home.write_config(&file);
        if !variable.is_empty() {
            home.env("PIPECAT_ORG", variable);
        }
        if file.starts_with("api_host") {
            home.env_remove("PIPECAT_API_HOST");
        }
        for mode in ["rich", "plain", "json"] {
            let line = if file.starts_with("output") {
                line.to_owned()
            } else {
                format!("{line} --output {mode}")
            };
            let run = home.cloud(&line).assert();
            assert_harmless(&stdout(&run), &file);
            assert_harmless(&stderr(&run), &file);
            let shown = stdout(&run) + &stderr(&run);
            assert!(shown.contains("[2J"), "{file}: {shown}");
        }
    }
}
