//! Ctrl-Z, and what a shell makes of it.

use std::path::PathBuf;

use super::{ENTER, WIDE, configure, finish};
use crate::support::cloud::Cloud;
use crate::support::home::Home;
use crate::support::terminal::Terminal;

const CTRL_Z: &str = "\x1a";

/// Runs the program as a job of a shell, which waits for Enter after it was stopped.
fn in_a_shell(line: &str, once_stopped: &str) -> (Cloud, Home, Terminal) {
    let cloud = Cloud::start();
    let mut home = Home::with_program(PathBuf::from("/bin/sh"), cloud.url());
    configure(&home);
    home.env("PIPECAT", crate::support::program());
    let script = format!(
        "set -m; \"$PIPECAT\" cloud organizations {line}; {once_stopped} echo \"stopped\"; \
         read answer; printf '\\033[2J\\033[H'; echo \"the shell got $answer\"; \
         fg >/dev/null; echo \"ended: $?\""
    );
    let terminal = Terminal::spawn(&home, WIDE, ["-c", &script]);
    (cloud, home, terminal)
}

#[test]
fn ctrl_z_stops_the_program_and_fg_brings_the_question_back() {
    for (line, question, typed, answer) in [
        ("keys create -d", "Name of the new key", "Kio", "sk"),
        ("keys revoke --key key_acme_web", "Revoke the key", "", "y"),
        ("select", "arrows move", "dots", ""),
    ] {
        let (cloud, home, terminal) = in_a_shell(line, "");
        terminal.wait_for(question);
        terminal.send(typed);
        terminal.wait_for(typed);
        terminal.send(CTRL_Z);
        terminal.wait_for("stopped");
        // The shell has a terminal that shows what is typed.
        terminal.send("this\r");
        terminal.wait_for("the shell got this");
        terminal.wait_for(question);
        terminal.send(answer);
        terminal.send(ENTER);
        terminal.wait_for("ended: 0");
        let screen = finish(terminal, 0);
        if line == "select" {
            let config = home.config();
            assert!(config.contains("org = \"team.with.dots\""), "{screen}");
        } else {
            assert_eq!(cloud.writes().len(), 1, "{screen}");
        }
        if line == "keys create -d" {
            assert_eq!(cloud.writes()[0].json()["name"], "Kiosk");
        }
    }
}

#[test]
fn a_question_that_was_stopped_from_outside_comes_back_too() {
    // Shells set the modes right that a program has left behind.
    let sane = "PATH=/usr/bin:/bin stty sane;";
    let (_cloud, home, terminal) = in_a_shell("select", sane);
    terminal.wait_for("arrows move");
    terminal.signal_foreground("STOP");
    terminal.wait_for("stopped");
    terminal.send("this\r");
    terminal.wait_for("the shell got this");
    terminal.wait_for("arrows move");
    terminal.send("dots");
    terminal.send(ENTER);
    terminal.wait_for("ended: 0");
    finish(terminal, 0);
    assert!(home.config().contains("org = \"team.with.dots\""));
}
