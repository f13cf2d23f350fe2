//! What a question looks like.

use super::{CTRL_C, WIDE, configure, finish, open};
use crate::support::run::ada;

#[test]
fn names_from_the_service_do_nothing_to_the_terminal() {
    let hostile = "\u{1b}]0;owned\u{7}\u{1b}[2J\u{9b}31m\u{202e}evil\r\nnext";
    let (cloud, home) = ada();
    configure(&home);
    cloud.change(|state| {
        state.organizations[0].profile["verboseName"] = hostile.into();
        state.organization("acme").unwrap().public_keys[0]["metadata"]["name"] = hostile.into();
    });
    for (line, wait) in [
        ("select", "arrows move"),
        ("keys use", "arrows move"),
        ("keys revoke", "arrows move"),
        ("keys revoke --key key_acme_web", "(y/N)"),
    ] {
        let terminal = open(&home, WIDE, line);
        terminal.wait_for(wait);
        let screen = terminal.screen();
        assert!(
            screen.replace('\n', "").contains("\\u{202e}evil\\r\\nnext"),
            "{screen}"
        );
        let raw = String::from_utf8(terminal.raw()).unwrap();
        for sequence in ["\u{1b}]", "\u{1b}[2J", "\u{9b}", "\u{202e}", "\u{7}"] {
            assert!(!raw.contains(sequence), "{sequence:?} in {raw:?}");
        }
        terminal.send(CTRL_C);
        finish(terminal, 130);
    }
}

#[test]
fn questions_are_plain_where_colour_is_not_wanted() {
    for (variable, value, coloured) in [
        ("NO_COLOR", "1", false),
        ("TERM", "dumb", false),
        ("TERM", "xterm", true),
    ] {
        let (_cloud, mut home) = ada();
        home.env(variable, value);
        let terminal = open(&home, WIDE, "keys revoke --key key_acme_web -o acme");
        terminal.wait_for("(y/N)");
        let raw = String::from_utf8(terminal.raw()).unwrap();
        let colours = ["\u{1b}[3", "\u{1b}[9", "\u{1b}[1m"];
        let found = colours.iter().any(|colour| raw.contains(colour));
        assert_eq!(found, coloured, "{raw:?}");
        terminal.send(CTRL_C);
        finish(terminal, 130);
    }
}

#[test]
fn nothing_in_a_question_has_a_colour_that_some_background_hides() {
    let (_cloud, home) = ada();
    configure(&home);
    for (line, wait) in [
        ("select", "arrows move"),
        ("keys create", "Name of the new key"),
        ("keys revoke --key key_acme_web", "(y/N)"),
    ] {
        let terminal = open(&home, WIDE, line);
        terminal.wait_for(wait);
        let raw = String::from_utf8(terminal.raw()).unwrap();
        let (_, question) = raw.split_once('?').unwrap();
        // Bold, faint, and an end to it.
        let codes = question.split("\u{1b}[").skip(1);
        let mut styles = codes.filter_map(|code| code.split_once('m'));
        let known = |style: &str| ["1", "2", "0"].contains(&style);
        let other = |style: &str| style.bytes().all(|byte| b"0123456789;".contains(&byte));
        let colour = styles.find(|(style, _)| other(style) && !known(style));
        assert_eq!(colour, None, "{question:?}");
        terminal.send(CTRL_C);
        finish(terminal, 130);
    }
}
