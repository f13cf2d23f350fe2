//! Questions on a terminal.
#![cfg(unix)]

mod answers;
mod dumb;
mod jobs;
mod keys;
mod leaving;
mod lists;
mod looks;

use crate::support::cloud::ADA_PAT;
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
const WHICH_DEFAULT: &str = "Which key of acme should be the default?";
const WHICH_REVOKED: &str = "Which key of acme should be revoked?";

fn open(home: &Home, size: (u16, u16), line: &str) -> Terminal {
    Terminal::spawn(
        home,
        size,
        ["cloud", "organizations"]
            .into_iter()
            .chain(line.split(' ')),
    )
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
