//! Which keys do what.

use super::{CTRL_C, ENTER, NARROW, WIDE, configure, finish, open};
use crate::support::cloud::{ADA_PAT, Cloud};
use crate::support::home::Home;
use crate::support::run::ada;
use crate::support::terminal::Terminal;

/// Ctrl with every letter that neither edits, answers, leaves nor stops.
const NOTHING: &str = "\x07\x0c\x0e\x0f\x10\x11\x12\x13\x14\x16\x18\x1c\x1d\x1e\x1f\x00";
const CTRL_A: &str = "\x01";
const CTRL_E: &str = "\x05";
const CTRL_K: &str = "\x0b";
const CTRL_U: &str = "\x15";
const CTRL_W: &str = "\x17";

/// Answers the question for a name with these keys, and gives the name that became of it.
fn name_typed(keys: &str) -> String {
    let (cloud, home) = ada();
    let terminal = open(&home, WIDE, "keys create -o acme -d");
    terminal.wait_for("Name of the new key");
    terminal.send(keys);
    terminal.send(ENTER);
    finish(terminal, 0);
    let body = cloud.writes()[0].json();
    body["name"].as_str().unwrap().to_owned()
}

#[test]
fn keys_that_mean_nothing_type_nothing() {
    assert_eq!(name_typed(&format!("Ki{NOTHING}osk")), "Kiosk");
    // Alt, a function key, keys of other keyboards.
    assert_eq!(name_typed("Ki\x1bx\x1b[15~\x1b[2~\tosk"), "Kiosk");
}

#[test]
fn the_usual_keys_edit_an_answer() {
    for (keys, name) in [
        (format!("wrong{CTRL_U}Kiosk"), "Kiosk"),
        (format!("My wrong{CTRL_W}Kiosk"), "My Kiosk"),
        (format!("iosk{CTRL_A}K{CTRL_E}!"), "Kiosk!"),
        (
            format!("Kiosk wrong\x1b[H\x1b[C\x1b[C\x1b[C\x1b[C\x1b[C{CTRL_K}"),
            "Kiosk",
        ),
        ("Kioksk\x1b[D\x1b[D\x7f".to_owned(), "Kiosk"),
        ("日本語\x7f文".to_owned(), "日本文"),
        ("\x1b[200~Kiosk\r\n\x1b[201~".to_owned(), "Kiosk"),
    ] {
        assert_eq!(name_typed(&keys), name, "{keys:?}");
    }
}

#[test]
fn a_hidden_answer_takes_the_same_keys_and_shows_only_how_long_it_is() {
    let cloud = Cloud::start();
    let home = Home::new(&cloud);
    let terminal = Terminal::spawn(&home, WIDE, ["cloud", "auth", "use-pat"]);
    terminal.wait_for("Personal access token:");
    terminal.send(&format!("wrong{CTRL_U}{ADA_PAT}{CTRL_E}{NOTHING}"));
    terminal.wait_for("(22 characters, hidden)");
    terminal.send(ENTER);
    let raw = String::from_utf8(terminal.raw()).unwrap();
    finish(terminal, 0);
    assert!(!raw.contains("pcc_"), "{raw}");
    assert!(home.config().contains(&format!("token = \"{ADA_PAT}\"")));
}

#[test]
fn a_token_that_was_pasted_in_two_lines_is_one() {
    let cloud = Cloud::start();
    let home = Home::new(&cloud);
    let terminal = Terminal::spawn(&home, WIDE, ["cloud", "auth", "use-pat"]);
    terminal.wait_for("Personal access token:");
    let (start, end) = ADA_PAT.split_at(9);
    terminal.send(&format!("\x1b[200~{start}\n{end}\n\x1b[201~"));
    terminal.wait_for("(22 characters, hidden)");
    terminal.send(ENTER);
    finish(terminal, 0);
    assert!(home.config().contains(ADA_PAT));
}

#[test]
fn an_answer_longer_than_the_line_scrolls() {
    let (cloud, home) = ada();
    let terminal = open(&home, NARROW, "keys create -o acme -d");
    terminal.wait_for("Name of the new key");
    let name = "abcdefghij".repeat(200);
    terminal.send(&name);
    terminal.wait_for("fghij");
    terminal.send(ENTER);
    finish(terminal, 0);
    assert_eq!(cloud.writes()[0].json()["name"], *name);
}

#[test]
fn a_new_size_leaves_nothing_behind() {
    for (line, waits, typed) in [
        ("keys create", "Name of the new key", "My kiosk"),
        ("select", "arrows move", "a"),
        ("keys use", "arrows move", "s"),
        ("keys revoke --key key_acme_web", "(y/N)", "n"),
    ] {
        let (_cloud, home) = ada();
        configure(&home);
        let terminal = open(&home, WIDE, line);
        terminal.wait_for(waits);
        // All below the cursor is cleared, and drawn anew; then the cursor finds its column.
        let drawn_after = |change: &dyn Fn()| {
            let written = terminal.raw().len();
            change();
            terminal.wait_for_raw(&["\x1b[J", "G"], written);
        };
        drawn_after(&|| terminal.send(typed));
        let question = terminal.screen().lines().next().unwrap()[..12].to_owned();
        for columns in [60, 30, 45, 20, 100] {
            drawn_after(&|| terminal.resize(24, columns));
        }
        terminal.wait_for(&question);
        terminal.send(CTRL_C);
        let screen = finish(terminal, 130);
        assert_eq!(screen.matches(&question).count(), 1, "{screen}");
        assert!(screen.lines().count() <= 3, "{screen}");
    }
}
