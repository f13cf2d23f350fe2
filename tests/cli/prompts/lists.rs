//! Choosing from a list.

use std::fs;
use std::path::PathBuf;

use super::{DOWN, ENTER, ESCAPE, NARROW, UP, WHICH_ORGANIZATION, WIDE, configure, finish, open};
use crate::support::cloud::{ADA_PAT, Cloud};
use crate::support::home::Home;
use crate::support::run::ada;
use crate::support::terminal::Terminal;

/// The line of the screen that the cursor of a list stands on.
fn chosen(terminal: &Terminal) -> String {
    let screen = terminal.screen();
    let line = screen
        .lines()
        .find(|line| line.trim_start().starts_with('>') && !line.contains('?'));
    line.unwrap_or_else(|| panic!("no line is chosen:\n{screen}"))
        .to_owned()
}

#[test]
fn an_organization_is_chosen_with_the_arrow_keys_from_the_present_one_on() {
    for (keys, name, size) in [
        (DOWN, "team.with.dots", WIDE),
        (UP, "ada-personal", WIDE),
        ("\x1b[B\x1b[B", "ada-personal", WIDE),
        (DOWN, "team.with.dots", NARROW),
        (UP, "ada-personal", NARROW),
    ] {
        let (_cloud, home) = ada();
        let before = configure(&home);
        let terminal = open(&home, size, "select");
        terminal.wait_for("arrows move");
        assert_eq!(chosen(&terminal), "> Acme Voice Labs (acme), active");
        terminal.send(keys);
        terminal.send(ENTER);
        let screen = finish(terminal, 0);
        assert!(screen.contains("active organization is now"), "{screen}");
        assert_eq!(screen.matches(WHICH_ORGANIZATION).count(), 1, "{screen}");
        assert_eq!(
            home.config(),
            before.replace("org = \"acme\"", &format!("org = \"{name}\""))
        );
    }
}

#[test]
fn typing_narrows_the_list() {
    let (_cloud, home) = ada();
    let before = configure(&home);
    let terminal = open(&home, WIDE, "select");
    terminal.wait_for("arrows move");
    terminal.send("dots");
    terminal.wait_for("> Team With Dots");
    let screen = terminal.screen();
    assert!(!screen.contains("Ada's workspace"), "{screen}");
    terminal.send(ENTER);
    finish(terminal, 0);
    assert_eq!(
        home.config(),
        before.replace("org = \"acme\"", "org = \"team.with.dots\"")
    );
}

#[test]
fn a_long_list_says_how_many_there_are_and_finds_by_parts_of_words() {
    let (cloud, home) = ada();
    configure(&home);
    cloud.change(|state| {
        let keys = &mut state.organization("acme").unwrap().public_keys;
        let model = keys[0].clone();
        keys.clear();
        for number in 1..=503 {
            let mut key = model.clone();
            key["id"] = format!("key_{number}").into();
            key["key"] = format!("pk_{number:04}_0123456789abcdef").into();
            key["metadata"]["name"] = format!("production-agent-{number}").into();
            keys.push(key);
        }
    });
    for size in [WIDE, NARROW] {
        let terminal = open(&home, size, "keys use");
        terminal.wait_for("1-10 of 503");
        terminal.send("prod 17");
        terminal.wait_for("> production-agent-17 ");
        terminal.wait_for("1-10 of 15 that match, 503 in all");
        terminal.send("9");
        terminal.wait_for("1 of 503 match");
        terminal.send("9");
        terminal.wait_for("no match for `prod 1799` (503 in all)");
        terminal.send(ENTER);
        terminal.send("\x15agent-503");
        terminal.wait_for("> production-agent-503 ");
        terminal.send(ENTER);
        finish(terminal, 0);
        assert!(home.config().contains("pk_0503_"), "{}", home.config());
        configure(&home);
    }
}

#[test]
fn nothing_is_chosen_from_a_list_that_was_narrowed_to_nothing() {
    let (_cloud, home) = ada();
    let before = configure(&home);
    let terminal = open(&home, WIDE, "select");
    terminal.wait_for("arrows move");
    terminal.send("nobody");
    terminal.wait_for("nobody");
    terminal.send(ENTER);
    terminal.send(ESCAPE);
    finish(terminal, 1);
    assert_eq!(home.config(), before);
}

#[test]
fn the_result_alone_goes_where_stdout_goes() {
    let cloud = Cloud::start();
    let mut home = Home::with_program(PathBuf::from("/bin/sh"), cloud.url());
    home.sign_in_pat(ADA_PAT);
    home.env("PIPECAT", crate::support::program());
    let script = "\"$PIPECAT\" cloud organizations select > result";
    let terminal = Terminal::spawn(&home, WIDE, ["-c", script]);
    terminal.wait_for("> Ada's workspace");
    terminal.send(ENTER);
    finish(terminal, 0);
    assert_eq!(
        fs::read_to_string(home.path().join("result")).unwrap(),
        "the active organization is now Ada's workspace (ada-personal)\n"
    );
}

#[test]
fn the_list_of_keys_starts_at_the_default_one_and_has_none_that_cannot_be_used() {
    let (_cloud, home) = ada();
    let before = configure(&home);
    let terminal = open(&home, WIDE, "keys use");
    terminal.wait_for("arrows move");
    let line = chosen(&terminal);
    assert!(
        line.contains("Staging (..abcdef, 2026-01-03, default)"),
        "{line}"
    );
    let screen = terminal.screen();
    assert!(
        !screen.contains("Old phone line") && !screen.contains("Server"),
        "{screen}"
    );
    terminal.send(DOWN);
    terminal.send(ENTER);
    finish(terminal, 0);
    assert!(
        home.config().contains("pk_acme_staging_2"),
        "{}",
        home.config()
    );
    assert!(
        home.config()
            .starts_with(before.split("[acme]").next().unwrap())
    );
}
