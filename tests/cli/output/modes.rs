//! How the output mode is chosen.

use snapbox::str;

use crate::support::cloud::ADA_PAT;
use crate::support::home::Home;
use crate::support::run::{ada, json, stderr, stdout};

const LIST: &str = "organizations list";

fn configure(home: &Home, output: &str) {
    home.write_config(&format!("token = \"{ADA_PAT}\"\noutput = \"{output}\"\n"));
}

/// The mode that a list was written in.
fn mode_of(listed: &str) -> &'static str {
    if listed.starts_with('{') {
        "json"
    } else if listed.contains("Organization Name\tOrganization ID") {
        "plain"
    } else if listed.contains("Name             ID              Status") {
        "rich"
    } else {
        panic!("no mode: {listed}")
    }
}

#[test]
fn the_option_beats_the_variable_and_the_variable_the_file() {
    for (option, variable, file, mode) in [
        ("", "", "", "plain"),
        ("", "", "rich", "rich"),
        ("", "json", "rich", "json"),
        ("", " rich ", "json", "rich"),
        ("", "  ", "json", "json"),
        ("--output json", "rich", "plain", "json"),
        ("--output=plain", "rich", "json", "plain"),
        ("--output rich", "", "json", "rich"),
        ("--output rich", "nonsense", "nonsense", "rich"),
        ("", "json", "nonsense", "json"),
    ] {
        let (_cloud, home) = ada();
        configure(&home, file);
        let run = home
            .cloud(&format!("{LIST} {option}"))
            .env("PIPECAT_OUTPUT", variable)
            .assert()
            .success()
            .stderr_eq("");
        assert_eq!(mode_of(&stdout(&run)), mode, "{option}, {variable}, {file}");
    }
}

#[test]
fn the_option_may_stand_before_and_after_the_command() {
    let (_cloud, home) = ada();
    for line in [
        "--output json organizations list",
        "organizations --output json list",
        "organizations list --output json",
        "organizations list --output=json",
    ] {
        let run = home.cloud(line).assert().success();
        assert_eq!(mode_of(&stdout(&run)), "json", "{line}");
    }
}

#[cfg(unix)]
#[test]
fn a_terminal_gets_tables_and_whatever_else_plain_lines() {
    use crate::support::terminal::Terminal;

    for (variable, mode) in [("", "rich"), ("plain", "plain"), ("json", "json")] {
        let (_cloud, mut home) = ada();
        home.env("PIPECAT_OUTPUT", variable);
        let mut terminal = Terminal::spawn(&home, (24, 80), ["cloud", "organizations", "list"]);
        assert_eq!(terminal.wait().exit_code(), 0);
        let raw = String::from_utf8(terminal.raw()).unwrap();
        let shown = anstream::adapter::strip_str(&raw).to_string();
        assert_eq!(mode_of(&shown), mode, "{raw:?}");
    }
}

#[test]
fn an_unknown_mode_is_a_wrong_command_line_whoever_names_it() {
    let (cloud, home) = ada();
    home.cloud("organizations list --output rihc")
        .assert()
        .code(2)
        .stdout_eq("")
        .stderr_eq(str![[r"
error: `--output` cannot be `rihc`
hint: did you mean `pipecat cloud organizations list --output rich`?

"]]);
    home.cloud(LIST)
        .env("PIPECAT_OUTPUT", "JSON")
        .assert()
        .code(2)
        .stdout_eq("")
        .stderr_eq(str![[r"
error: `output` cannot be `JSON` (from `PIPECAT_OUTPUT`)
hint: use one of rich, plain, json

"]]);
    configure(&home, "yaml");
    home.cloud(LIST)
        .assert()
        .code(2)
        .stdout_eq("")
        .stderr_eq(str![[r"
error: `output` cannot be `yaml` (from `[HOME]/.config/pipecatcloud/pipecatcloud.toml`)
hint: use one of rich, plain, json

"]]);
    assert_eq!(cloud.requests(), [""; 0]);
}

#[test]
fn a_wrong_command_line_is_told_in_the_mode_that_was_chosen() {
    let (_cloud, home) = ada();
    for (variable, file) in [("json", ""), ("", "json")] {
        configure(&home, file);
        let run = home
            .cloud("nonsense")
            .env("PIPECAT_OUTPUT", variable)
            .assert()
            .code(2);
        assert_eq!(json(&run)["error"]["code"], "usage");
        assert!(stderr(&run).starts_with("error: "), "{}", stderr(&run));
    }
}
