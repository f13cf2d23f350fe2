//! Questions on a terminal.
#![cfg(unix)]

use std::fs;
use std::path::PathBuf;

use crate::support::cloud::{ADA_PAT, Cloud};
use crate::support::home::Home;
use crate::support::run::ada;
use crate::support::terminal::Terminal;

const UP: &str = "\x1b[A";
const DOWN: &str = "\x1b[B";
const ENTER: &str = "\r";
const ESCAPE: &str = "\x1b";
const CTRL_C: &str = "\x03";

const WIDE: (u16, u16) = (24, 80);
const NARROW: (u16, u16) = (24, 40);

const WHICH_ORGANIZATION: &str = "Which organization";
const WHICH_DEFAULT: &str = "Which key should be the default?";
const WHICH_REVOKED: &str = "Which key should be revoked?";

fn open(home: &Home, size: (u16, u16), line: &str) -> Terminal {
    Terminal::spawn(
        home,
        size,
        ["cloud", "organizations"]
            .into_iter()
            .chain(line.split(' ')),
    )
}

/// The line of the screen that the cursor of a list stands on.
fn chosen(terminal: &Terminal) -> String {
    let screen = terminal.screen();
    let line = screen
        .lines()
        .find(|line| line.trim_start().starts_with('>') && !line.contains('?'));
    line.unwrap_or_else(|| panic!("no line is chosen:\n{screen}"))
        .to_owned()
}

/// Ends the run: the cursor can be seen again, and the terminal handles lines as it did before.
fn finish(mut terminal: Terminal, status: u32) -> String {
    let ended = terminal.wait();
    let screen = terminal.screen();
    assert_eq!(ended.exit_code(), status, "{screen}");
    assert!(terminal.cursor_visible(), "{screen}");
    assert_eq!(terminal.line_settings(), fresh_line_settings());
    screen
}

/// The settings of a terminal that nobody has touched.
fn fresh_line_settings() -> String {
    let (_cloud, home) = ada();
    let mut terminal = Terminal::spawn(&home, WIDE, ["--version"]);
    terminal.wait();
    terminal.line_settings()
}

/// Signs ada in, with acme active and one of its keys as its default.
fn configure(home: &Home) -> String {
    let text = format!(
        "token = \"{ADA_PAT}\"\norg = \"acme\"\n\n[acme]\n\
         default_public_key = \"pk_acme_staging_1_0123456789abcdef\"\n"
    );
    home.write_config(&text);
    text
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
        terminal.wait_for("to move");
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
    terminal.wait_for("to move");
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
fn nothing_is_chosen_from_a_list_that_was_narrowed_to_nothing() {
    let (_cloud, home) = ada();
    let before = configure(&home);
    let terminal = open(&home, WIDE, "select");
    terminal.wait_for("to move");
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
        "active organization is now Ada's workspace (ada-personal)\n"
    );
}

/// Every question, with a word that shows that it is being asked.
const QUESTIONS: [(&str, &str); 6] = [
    ("select", WHICH_ORGANIZATION),
    ("keys use", WHICH_DEFAULT),
    ("keys revoke", WHICH_REVOKED),
    ("keys revoke --key key_acme_web", "Revoke the key"),
    ("keys create", "Name of the new key"),
    ("keys create -n Kiosk", "Make it the default key?"),
];

#[test]
fn a_question_that_is_left_leaves_everything_as_it_was() {
    for (line, question) in QUESTIONS {
        for (key, status) in [(ESCAPE, 1), (CTRL_C, 130)] {
            for size in [WIDE, NARROW] {
                let (cloud, home) = ada();
                let before = configure(&home);
                let terminal = open(&home, size, line);
                terminal.wait_for(question.split(' ').next().unwrap());
                terminal.send(key);
                let screen = finish(terminal, status);
                assert_eq!(
                    screen.contains("error: nothing was chosen"),
                    key == ESCAPE,
                    "{screen}"
                );
                assert_eq!(home.config(), before);
                assert_eq!(cloud.writes(), [""; 0]);
            }
        }
    }
}

#[test]
fn a_signal_at_a_question_ends_the_program_and_gives_the_terminal_back() {
    for (line, question) in QUESTIONS {
        for (signal, status) in [("INT", 130), ("TERM", 143), ("HUP", 129)] {
            let (cloud, home) = ada();
            let before = configure(&home);
            let terminal = open(&home, WIDE, line);
            terminal.wait_for(question);
            assert_ne!(terminal.line_settings(), fresh_line_settings());
            terminal.signal(signal);
            finish(terminal, status);
            assert_eq!(home.config(), before);
            assert_eq!(cloud.writes(), [""; 0]);
        }
    }
}

#[test]
fn create_asks_for_the_name_and_whether_it_is_to_be_the_default() {
    for (answer, becomes_default) in [("y", true), ("n", false), ("", false)] {
        let (cloud, home) = ada();
        let before = configure(&home);
        let terminal = open(&home, WIDE, "keys create");
        terminal.wait_for("Name of the new key");
        terminal.send("My kiosk");
        terminal.send(ENTER);
        terminal.wait_for("Make it the default key?");
        assert_eq!(cloud.writes(), [""; 0], "everything is asked before");
        terminal.send(answer);
        terminal.send(ENTER);
        let screen = finish(terminal, 0);
        assert!(screen.contains("pk_acme_0005_0123456789abcdef"), "{screen}");
        assert_eq!(
            cloud.writes(),
            ["POST /v1/organizations/acme/apiKeys {\"name\":\"My kiosk\",\"type\":\"public\"}"]
        );
        assert_eq!(home.config() != before, becomes_default);
        assert_eq!(home.config().contains("pk_acme_0005"), becomes_default);
    }
}

#[test]
fn create_asks_nothing_that_an_option_has_answered() {
    let (_cloud, home) = ada();
    let terminal = open(&home, WIDE, "keys create -n Kiosk -d -o acme");
    let screen = finish(terminal, 0);
    assert!(!screen.contains('?'), "{screen}");
}

#[test]
fn a_blank_name_makes_no_key() {
    let (cloud, home) = ada();
    let terminal = open(&home, WIDE, "keys create -o acme");
    terminal.wait_for("Name of the new key");
    terminal.send("  ");
    terminal.send(ENTER);
    let screen = finish(terminal, 1);
    assert!(screen.contains("error: a key needs a name"), "{screen}");
    assert_eq!(cloud.writes(), [""; 0]);
}

#[test]
fn the_list_of_keys_starts_at_the_default_one_and_has_none_that_cannot_be_used() {
    let (_cloud, home) = ada();
    let before = configure(&home);
    let terminal = open(&home, WIDE, "keys use");
    terminal.wait_for("to move");
    let line = chosen(&terminal);
    assert!(
        line.contains("pk_acme_staging_1") && line.ends_with("default"),
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

#[test]
fn revoking_asks_first_and_takes_silence_for_no() {
    for (answer, revoked) in [("", false), ("n", false), ("y", true)] {
        for size in [WIDE, NARROW] {
            let (cloud, home) = ada();
            let before = configure(&home);
            let terminal = open(&home, size, "keys revoke");
            terminal.wait_for("to move");
            terminal.send("staging_1");
            terminal.send(ENTER);
            terminal.wait_for("(y/N)");
            let asked = terminal.screen().replace('\n', "");
            assert!(
                asked.contains("It is the default key of `acme`."),
                "{asked}"
            );
            terminal.send(answer);
            terminal.send(ENTER);
            let screen = finish(terminal, u32::from(!revoked));
            let said = if revoked {
                "revoked the key `Staging`"
            } else {
                "the key was not revoked"
            };
            assert!(screen.replace('\n', "").contains(said), "{screen}");
            let delete = ["DELETE /v1/organizations/acme/apiKeys/key_acme_staging_1"];
            assert_eq!(cloud.writes(), &delete[..usize::from(revoked)]);
            assert_eq!(home.config() == before, !revoked);
        }
    }
}

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
        ("select", "to move"),
        ("keys use", "to move"),
        ("keys revoke", "to move"),
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
