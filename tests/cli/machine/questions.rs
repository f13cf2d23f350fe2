//! Signals while somebody is asked something: the terminal is given back as it was.

use std::thread;
use std::time::{Duration, Instant};

use super::interrupted::SIGNALS;
use super::{each, prepared};
use crate::support::ports;
use crate::support::terminal::Terminal;

/// Longer than any question takes to come up.
const DEADLINE: Duration = Duration::from_secs(20);

/// The settings of a terminal that nobody has touched.
fn fresh_line_settings() -> String {
    let (_cloud, home) = prepared();
    let mut terminal = Terminal::spawn(&home, (24, 80), ["--version"]);
    terminal.wait();
    terminal.line_settings()
}

/// A question has just come up, is coming up, or is about to: the terminal is as it was.
#[test]
fn a_signal_at_any_moment_of_a_question_gives_the_terminal_back() {
    let fresh = fresh_line_settings();
    let turns: Vec<u64> = (0..90).collect();
    each(&turns, |&turn| {
        let (_cloud, home) = prepared();
        let line = [
            "auth use-pat",
            "organizations keys create",
            "organizations select",
        ];
        let line = line[usize::try_from(turn % 3).unwrap()];
        let words = ["cloud"].into_iter().chain(line.split(' '));
        let mut terminal = Terminal::spawn(&home, (24, 80), words);
        // The first thing that a question does is to change the terminal.
        let since = Instant::now();
        while turn % 2 == 0 && terminal.line_settings() == fresh && since.elapsed() < DEADLINE {
            std::hint::spin_loop();
        }
        thread::sleep(Duration::from_micros(
            turn % 45 * if turn % 2 == 0 { 40 } else { 800 },
        ));
        terminal.signal("TERM");
        let status = terminal.wait().exit_code();
        let screen = terminal.screen();
        // 1: before it had begun to be the program.
        assert!([143, 1].contains(&status), "{line}: {status}: {screen}");
        assert!(terminal.cursor_visible(), "{line}: {screen}");
        assert_eq!(terminal.line_settings(), fresh, "{line}: {screen}");
    });
}

#[test]
fn a_signal_while_an_address_can_be_pasted_gives_the_terminal_back() {
    for (signal, status) in SIGNALS {
        let _permit = ports::one();
        let (_cloud, home) = prepared();
        let before = home.config();
        let mut terminal = Terminal::spawn(&home, (40, 300), ["cloud", "auth", "login", "-h"]);
        terminal.wait_for("press Ctrl-C to give up");
        terminal.send("http://127.0.0.1:8400/oauth_callback?half of an addr");
        terminal.signal(signal);
        assert_eq!(i64::from(terminal.wait().exit_code()), i64::from(status));
        assert!(terminal.cursor_visible());
        assert_eq!(terminal.line_settings(), fresh_line_settings());
        assert_eq!(home.config(), before);
    }
}
