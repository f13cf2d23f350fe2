//! The lines that the README gives to type: they are right today, from a clone.

use std::fs;
use std::path::Path;

use crate::support::run::stdout;
use crate::support::{self, home::Home};

fn read(path: &str) -> String {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap();
    // As it may have been checked out on Windows.
    text.replace("\r\n", "\n")
}

/// The lines of every block of shell commands, without what a remark says.
fn lines() -> Vec<String> {
    let readme = read("README.md");
    let blocks = readme.split("```sh\n").skip(1);
    let blocks = blocks.map(|block| block.split("```").next().unwrap_or_default());
    let lines = blocks.flat_map(str::lines);
    let commands = lines.map(|line| line.split(" #").next().unwrap_or_default().trim());
    commands.map(str::to_owned).collect()
}

#[test]
fn checks_before_a_push_are_those_of_ci() {
    let (script, workflow) = (read(".ci/run"), read(".github/workflows/ci.yml"));
    let checks = ["cargo fmt", "cargo clippy", "cargo test"];
    let lines = lines();
    for check in checks {
        let line = lines.iter().find(|line| line.starts_with(check)).unwrap();
        let all_agree = lines
            .iter()
            .all(|other| !other.starts_with(check) || other == line);
        assert!(all_agree, "{line}");
        let is_run = |text: &str| {
            text.lines().any(|other| {
                let other = other.trim().trim_start_matches("run: ");
                other.split(" 2>").next() == Some(line)
            })
        };
        assert!(is_run(&script), "{line}");
        assert!(is_run(&workflow), "{line}");
    }
}

#[test]
fn every_command_of_ours_exists_with_its_options() {
    let home = Home::with_program(support::program(), "http://127.0.0.1:9");
    let lines = lines();
    let parts = lines.iter().flat_map(|line| line.split('|'));
    let ours: Vec<&str> = parts
        .map(|part| {
            part.trim()
                .trim_start_matches("source <(")
                .trim_end_matches(')')
        })
        .filter(|part| part.starts_with("pipecat "))
        .collect();
    assert!(ours.len() >= 8, "{ours:?}");
    for line in ours {
        let words = line.split_whitespace().skip(1).chain(["--help"]);
        let run = home.pipecat(words).assert().success();
        assert!(stdout(&run).contains("Usage: "), "{line}");
    }
}
