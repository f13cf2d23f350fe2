//! Where colour goes, and where it does not.

use crate::support::home::Home;
use crate::support::run::{ada, stderr, stdout};

const ESCAPE: char = '\u{1b}';

/// Whether stdout and stderr have colour, of a list and of a failure.
fn coloured(home: &Home, mode: &str, variables: &[(&str, &str)]) -> (bool, bool) {
    let list = home
        .cloud(&format!("organizations list --output {mode}"))
        .envs(variables.iter().copied())
        .assert()
        .success();
    let failed = home
        .cloud(&format!("organizations select --output {mode}"))
        .envs(variables.iter().copied())
        .assert()
        .code(2);
    (
        stdout(&list).contains(ESCAPE) || stdout(&failed).contains(ESCAPE),
        stderr(&failed).contains(ESCAPE),
    )
}

#[test]
fn a_pipe_gets_no_colour_unless_it_is_forced_upon_it() {
    let (_cloud, home) = ada();
    for mode in ["rich", "plain", "json"] {
        assert_eq!(coloured(&home, mode, &[]), (false, false), "{mode}");
        let forced = [("CLICOLOR_FORCE", "1")];
        assert_eq!(
            coloured(&home, mode, &forced),
            (mode == "rich", true),
            "{mode}"
        );
        let refused = [("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")];
        assert_eq!(coloured(&home, mode, &refused), (false, false), "{mode}");
    }
}

#[test]
fn help_follows_the_same_rules() {
    let (_cloud, home) = ada();
    for (variable, expected) in [("NO_COLOR", false), ("CLICOLOR_FORCE", true)] {
        for (line, status) in [("--help", 0), ("organizations", 2), ("nonsense", 2)] {
            let run = home.cloud(line).env(variable, "1").assert().code(status);
            let shown = stdout(&run) + &stderr(&run);
            assert_eq!(shown.contains(ESCAPE), expected, "{line}: {shown:?}");
        }
    }
}

#[cfg(unix)]
#[test]
fn a_terminal_gets_colour_unless_it_is_not_wanted() {
    use crate::support::terminal::Terminal;

    for (variable, value, expected) in [
        ("CLICOLOR", "1", true),
        ("NO_COLOR", "", true),
        ("NO_COLOR", "1", false),
        ("CLICOLOR", "0", false),
        ("TERM", "dumb", false),
    ] {
        let (_cloud, mut home) = ada();
        home.env(variable, value);
        for line in [
            ["cloud", "organizations", "list"],
            ["cloud", "organizations", "--help"],
        ] {
            let mut terminal = Terminal::spawn(&home, (24, 80), line);
            terminal.wait();
            let raw = String::from_utf8(terminal.raw()).unwrap();
            // The colours and weights alone: a spinner moves the cursor too.
            let styled = raw.contains("\u{1b}[1m") || raw.contains("\u{1b}[2m");
            assert_eq!(styled, expected, "{variable}={value}: {raw:?}");
        }
    }
}
