//! Answers typed, and questions that are not asked.

use super::{ENTER, NARROW, WIDE, configure, finish, open};
use crate::support::run::ada;

#[test]
fn create_asks_for_the_name_and_whether_it_is_to_be_the_default() {
    for (answer, becomes_default) in [("y", true), ("n", false), ("", false)] {
        let (cloud, home) = ada();
        let before = configure(&home);
        let terminal = open(&home, WIDE, "keys create");
        terminal.wait_for("Name of the new key");
        terminal.send("My kiosk");
        terminal.send(ENTER);
        terminal.wait_for("Make it the default key of acme?");
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
fn an_empty_answer_asks_again() {
    let (cloud, home) = ada();
    let terminal = open(&home, WIDE, "keys create -o acme -d");
    terminal.wait_for("Name of the new key");
    for blank in ["", "  "] {
        terminal.send(blank);
        terminal.send(ENTER);
        terminal.wait_for("an answer is needed");
    }
    assert_eq!(cloud.writes(), [""; 0]);
    terminal.send("Kiosk");
    terminal.wait_for("new key: Kiosk");
    assert!(!terminal.screen().contains("needs an answer"));
    terminal.send(ENTER);
    finish(terminal, 0);
    assert_eq!(
        cloud.writes(),
        ["POST /v1/organizations/acme/apiKeys {\"name\":\"Kiosk\",\"type\":\"public\"}"]
    );
}

#[test]
fn an_answer_that_is_neither_yes_nor_no_asks_again() {
    let (cloud, home) = ada();
    let terminal = open(&home, WIDE, "keys revoke --key key_acme_web -o acme");
    terminal.wait_for("(y/N)");
    terminal.send("yeah\r");
    terminal.wait_for("answer y or n");
    assert_eq!(cloud.writes(), [""; 0]);
    terminal.send("YES\r");
    finish(terminal, 0);
    assert_eq!(cloud.writes().len(), 1);
}

#[test]
fn revoking_asks_first_and_takes_silence_for_no() {
    for (answer, revoked) in [("", false), ("n", false), ("y", true)] {
        for size in [WIDE, NARROW] {
            let (cloud, home) = ada();
            let before = configure(&home);
            let terminal = open(&home, size, "keys revoke");
            terminal.wait_for("arrows move");
            terminal.send("01-03");
            terminal.send(ENTER);
            terminal.wait_for("(y/N)");
            let asked = terminal.screen().replace('\n', " ");
            assert!(
                asked.contains("It is the default key of `acme`."),
                "{asked}"
            );
            let what_stops = ") of acme? Apps that use it will no longer be able to start agents.";
            assert!(asked.contains(what_stops), "{asked}");
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
fn a_key_that_became_a_default_while_the_question_stood_is_none_afterwards() {
    let (_cloud, home) = ada();
    let before = configure(&home);
    let terminal = open(&home, WIDE, "keys revoke --key key_acme_web");
    terminal.wait_for("(y/N)");
    home.cloud("organizations keys use --key key_acme_web")
        .assert()
        .success();
    assert_ne!(home.config(), before);
    terminal.send("y");
    terminal.send(ENTER);
    finish(terminal, 0);
    let config = home.config();
    assert!(!config.contains("default_public_key"), "{config}");
}
