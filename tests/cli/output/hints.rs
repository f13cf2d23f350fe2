//! What to do next: a command line in a hint can be copied as it is.

use std::fs;
use std::path::Path;

use crate::support::cloud::{Cloud, world};
use crate::support::home::Home;
use crate::support::run::{ada, json, stderr};

/// The command lines in a text.
fn commands(text: &str) -> Vec<&str> {
    let parts = text.split('`').enumerate();
    let quoted = parts.filter(|(index, _)| index % 2 == 1);
    let quoted = quoted.map(|(_, part)| part);
    quoted.filter(|part| part.starts_with("pipecat ")).collect()
}

/// What the hints of a run tell to type.
fn told(home: &Home, line: &str, status: i32) -> Vec<String> {
    let run = home.cloud(line).assert().code(status);
    let said = stderr(&run);
    let told = commands(&said).into_iter().map(str::to_owned).collect();
    let run = home.cloud(&format!("{line} --output json")).assert();
    let hint = json(&run)["error"]["hint"].clone();
    for command in commands(hint.as_str().unwrap_or_default()) {
        assert!(said.contains(command), "{said}: {command}");
    }
    told
}

fn without_keys(cloud: &Cloud) {
    cloud.change(|state| {
        let acme = state.organization("acme").unwrap();
        acme.public_keys.clear();
        acme.private_keys.clear();
    });
}

#[test]
fn a_hint_keeps_the_organization_that_was_given() {
    let (cloud, mut home) = ada();
    let keys =
        |verb: &str, option: &str| format!("pipecat cloud organizations keys {verb}{option}");
    for line in [
        "organizations keys use -o acme --key nobodys",
        "organizations keys use --org acme --key nobodys",
    ] {
        assert_eq!(told(&home, line, 1), [keys("list", " -o acme")]);
    }
    without_keys(&cloud);
    for line in ["list", "use", "cycle", "revoke"] {
        let line = format!("organizations keys {line} --organization=acme");
        assert_eq!(told(&home, &line, 1), [keys("create", " -o acme")]);
    }
    // A command that works in none is not given one.
    assert_eq!(
        told(&home, "organizations keys list -o grace-personal", 1),
        ["pipecat cloud organizations list"]
    );
    assert_eq!(
        told(&home, "organizations select -o nobodys", 1),
        ["pipecat cloud organizations list"]
    );
    // What the environment says holds for the next command, too.
    home.env("PIPECAT_ORG", "acme");
    assert_eq!(
        told(&home, "organizations keys list", 1),
        [keys("create", "")]
    );
}

#[test]
fn an_organization_in_a_hint_is_one_word_to_a_shell() {
    let (cloud, home) = ada();
    let name = "it's $HOME";
    cloud.change(|state| {
        let mut organization = world::organization(name, "Odd", &["ada"]);
        organization.private_keys.clear();
        state.organizations.push(organization);
    });
    let words = ["cloud", "organizations", "keys", "list", "-o", name];
    let run = home.judged(words).assert().code(1);
    let said = stderr(&run);
    let command = commands(said.lines().last().unwrap())[0];
    if cfg!(windows) {
        assert!(command.ends_with(" -o 'it''s $HOME'"), "{said}");
        return;
    }
    let words = shlex::split(command).unwrap();
    assert_eq!(words.last().map(String::as_str), Some(name), "{said}");
}

/// Whatever a message names, somebody will type.
#[test]
fn every_command_that_a_message_names_exists() {
    fn sources(folder: &Path, into: &mut Vec<String>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                sources(&path, into);
            } else {
                into.push(fs::read_to_string(path).unwrap());
            }
        }
    }
    let (_cloud, home) = ada();
    let mut texts = Vec::new();
    sources(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
        &mut texts,
    );
    let mut seen = Vec::new();
    for text in &texts {
        let text = text.split("#[cfg(test)]").next().unwrap_or_default();
        for line in text
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"))
        {
            for command in commands(line) {
                // Up to what depends on the run.
                let words = command.split(' ').skip(1);
                let words: Vec<&str> = words
                    .take_while(|word| {
                        // What follows it is a name.
                        let is_word = |part: char| part.is_ascii_lowercase() || part == '-';
                        *word != "-o" && word.chars().all(is_word)
                    })
                    .collect();
                if command.contains('{') || words.is_empty() || seen.contains(&words) {
                    continue;
                }
                seen.push(words.clone());
                // A page of the help has no help of its own.
                if let ["cloud", "help", ..] = words[..] {
                    home.judged(words).assert().success();
                    continue;
                }
                let run = home
                    .judged(words.iter().copied().chain(["--help"]))
                    .assert();
                let help = String::from_utf8_lossy(&run.get_output().stdout).into_owned();
                let command = words.iter().take_while(|word| !word.starts_with('-'));
                let usage = command.copied().collect::<Vec<_>>().join(" ");
                let told = format!("{words:?}: {help}");
                assert!(help.contains(&format!("Usage: pipecat {usage}")), "{told}");
            }
        }
    }
    assert!(seen.len() > 8, "{seen:?}");
}
