//! The help of the whole command tree.

use std::fmt::Write;

use snapbox::file;

use crate::support::cloud::Cloud;
use crate::support::home::Home;
use crate::support::run::{ada, stderr, stdout};

/// The commands that a help text lists.
fn subcommands(help: &str) -> Vec<&str> {
    help.lines()
        .skip_while(|line| *line != "Commands:")
        .skip(1)
        .take_while(|line| line.starts_with("  "))
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| *name != "help")
        .collect()
}

/// Every command with its help, each below the one it belongs to.
fn tree(home: &Home, command: &[&str]) -> Vec<(String, String)> {
    let arguments = command.iter().copied().chain(["--help"]);
    let run = home.judged(arguments).assert().success().stderr_eq("");
    let help = stdout(&run);
    let path = ["pipecat"]
        .iter()
        .chain(command)
        .copied()
        .collect::<Vec<_>>();
    let mut all = vec![(path.join(" "), help.clone())];
    for name in subcommands(&help) {
        all.extend(tree(home, &[command, &[name]].concat()));
    }
    all
}

#[test]
fn the_help_of_every_command_is_kept() {
    let cloud = Cloud::start();
    let home = Home::new(&cloud);
    let mut text = String::new();
    for (command, help) in tree(&home, &[]) {
        let _ = writeln!(text, "$ {command} --help\n{help}");
    }
    snapbox::assert_data_eq!(text, file!["snapshots/help.txt"]);
    assert_eq!(cloud.requests(), [""; 0]);
}

#[test]
fn the_short_option_is_help_everywhere_but_on_login() {
    let cloud = Cloud::start();
    let home = Home::new(&cloud);
    for (command, _) in tree(&home, &[]) {
        let words: Vec<&str> = command.split(' ').skip(1).collect();
        if words.ends_with(&["login"]) {
            continue;
        }
        let run = home
            .judged(words.iter().copied().chain(["-h"]))
            .assert()
            .success()
            .stderr_eq("");
        let usage = format!("Usage: {command}");
        assert!(stdout(&run).contains(&usage), "{}", stdout(&run));
    }
    let run = home.cloud("auth login --help").assert().success();
    assert!(stdout(&run).contains("-h, --headless"), "{}", stdout(&run));
}

#[test]
fn the_old_name_of_revoke_is_hidden_and_has_its_help() {
    let (_cloud, home) = ada();
    let keys = stdout(&home.cloud("organizations keys --help").assert().success());
    assert!(!keys.contains("delete"), "{keys}");
    let help = stdout(
        &home
            .cloud("organizations keys delete --help")
            .assert()
            .success(),
    );
    assert!(help.contains("Revoke an API key"), "{help}");
}

#[test]
fn a_missing_command_is_answered_with_the_help_of_its_group() {
    let (cloud, home) = ada();
    for group in [
        &[][..],
        &["cloud"],
        &["cloud", "auth"],
        &["cloud", "organizations"],
        &["cloud", "organizations", "keys"],
    ] {
        let run = home
            .judged(group.iter().copied())
            .assert()
            .code(2)
            .stdout_eq("");
        let usage = ["Usage: pipecat"]
            .iter()
            .chain(group)
            .copied()
            .collect::<Vec<_>>();
        assert!(stderr(&run).contains(&usage.join(" ")), "{}", stderr(&run));
        assert!(stderr(&run).contains("Commands:"), "{}", stderr(&run));
    }
    assert_eq!(cloud.requests(), [""; 0]);
}
