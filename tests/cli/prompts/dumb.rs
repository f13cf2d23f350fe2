//! A terminal that shows lines and nothing else.

use super::{CTRL_C, WIDE, configure, finish, open};
use crate::support::cloud::{ADA_PAT, Cloud};
use crate::support::home::Home;
use crate::support::run::ada;
use crate::support::terminal::Terminal;

/// What it wrote so far, without anything that a terminal would obey.
#[track_caller]
fn plain(terminal: &Terminal) -> String {
    let raw = String::from_utf8(terminal.raw()).unwrap();
    let obeyed = raw.contains(|one: char| one.is_control() && !"\r\n".contains(one));
    assert!(!obeyed, "{raw:?}");
    raw
}

#[test]
fn questions_are_lines() {
    let (cloud, mut home) = ada();
    home.env("TERM", "dumb");
    let terminal = open(&home, WIDE, "keys create -o acme");
    terminal.wait_for("Name of the new key:");
    terminal.send("\r");
    terminal.wait_for("an answer is needed");
    terminal.send("Kiosk\r");
    terminal.wait_for("Make it the default key of acme? (y/N)");
    terminal.send("\r");
    plain(&terminal);
    finish(terminal, 0);
    assert_eq!(
        cloud.writes(),
        ["POST /v1/organizations/acme/apiKeys {\"name\":\"Kiosk\",\"type\":\"public\"}"]
    );
}

#[test]
fn a_list_is_numbered() {
    for typed in ["3\r", "dots\r", "nobody\ra\r3\r"] {
        let (_cloud, mut home) = ada();
        home.env("TERM", "dumb");
        configure(&home);
        let terminal = open(&home, WIDE, "select");
        terminal.wait_for("(its number, or a part of its name)");
        let screen = plain(&terminal);
        assert!(
            screen.contains("  3  Team With Dots (team.with.dots)"),
            "{screen}"
        );
        terminal.send(typed);
        let screen = finish(terminal, 0);
        assert_eq!(
            screen.contains("no match for `nobody`"),
            typed.starts_with("nobody")
        );
        assert!(
            home.config().contains("org = \"team.with.dots\""),
            "{screen}"
        );
    }
}

#[test]
fn a_secret_is_not_shown() {
    let cloud = Cloud::start();
    let mut home = Home::new(&cloud);
    home.env("TERM", "dumb");
    let terminal = Terminal::spawn(&home, WIDE, ["cloud", "auth", "use-pat"]);
    terminal.wait_for("Personal access token:");
    terminal.send(&format!("{ADA_PAT}\x05\r"));
    terminal.wait_for("signed in as");
    assert!(!plain(&terminal).contains("pcc_"));
    finish(terminal, 0);
    assert!(home.config().contains(ADA_PAT));
}

#[test]
fn ctrl_c_leaves() {
    for (line, question) in [("keys create", "Name of"), ("select", "its number")] {
        let (_cloud, mut home) = ada();
        home.env("TERM", "dumb");
        let before = configure(&home);
        let terminal = open(&home, WIDE, line);
        terminal.wait_for(question);
        terminal.send(CTRL_C);
        finish(terminal, 130);
        assert_eq!(home.config(), before);
    }
}
