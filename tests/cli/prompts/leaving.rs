//! Leaving a question without an answer.

use super::{
    CTRL_C, ESCAPE, NARROW, WHICH_DEFAULT, WHICH_ORGANIZATION, WHICH_REVOKED, WIDE, configure,
    finish, fresh_line_settings, open,
};
use crate::support::run::ada;

/// Every question, with a word that shows that it is being asked.
const QUESTIONS: [(&str, &str); 6] = [
    ("select", WHICH_ORGANIZATION),
    ("keys use", WHICH_DEFAULT),
    ("keys revoke", WHICH_REVOKED),
    ("keys revoke --key key_acme_web", "Revoke the key"),
    ("keys create", "Name of the new key"),
    ("keys create -n Kiosk", "Make it the default key of acme?"),
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
                    screen.contains("\ncancelled; nothing was changed"),
                    key == ESCAPE,
                    "{screen}"
                );
                assert!(!screen.contains("error"), "{screen}");
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
            let screen = finish(terminal, status);
            assert_eq!(screen.matches(question).count(), 1, "{screen}");
            assert_eq!(home.config(), before);
            assert_eq!(cloud.writes(), [""; 0]);
        }
    }
}

#[test]
fn who_says_no_has_made_no_mistake() {
    for line in [
        "keys revoke --key key_acme_web",
        "keys cycle --key key_acme_web",
    ] {
        let (cloud, home) = ada();
        configure(&home);
        let terminal = open(&home, WIDE, line);
        terminal.wait_for("(y/N)");
        terminal.send("n\r");
        let screen = finish(terminal, 1);
        assert!(!screen.contains("error"), "{screen}");
        assert!(screen.contains("revoked"), "{screen}");
        assert_eq!(cloud.writes(), [""; 0]);
    }
}
