//! Streams and terminals in no good state.

use std::ffi::OsStr;
use std::process::Command;
use std::time::{Duration, Instant};

use super::place::after;
use super::{COMMANDS, Trial, each, json_command, perform, prepared};
use crate::support::home::Home;
use crate::support::terminal::Terminal;

/// What is done to the streams, in the shell's words, and the status that follows; none where a
/// result that cannot be written is nobody's fault. A line each.
const STREAMS: [(&str, Option<i32>); 9] = [
    ("exec >&-", Some(0)),
    ("exec 2>&-", Some(0)),
    ("exec <&-", Some(0)),
    ("exec <&- >&- 2>&-", Some(0)),
    ("exec 2>/dev/full", Some(0)),
    ("exec >/dev/full", Some(1)),
    ("exec >/dev/full 2>&1", Some(1)),
    ("exec </dev/full", Some(0)),
    ("exec 3>&1 >/dev/null 2>&1", Some(0)),
];

#[test]
fn whatever_the_streams_are_the_status_tells_and_nothing_hangs() {
    let cases: Vec<_> = STREAMS
        .iter()
        .flat_map(|stream| COMMANDS.map(|(line, _)| (stream, line)))
        // These need their input, or somebody who reads the address.
        .filter(|(_, line)| !line.contains("use-pat") && !line.contains("login"))
        .collect();
    each(&cases, |((script, status), line)| {
        let (cloud, home) = prepared();
        let trial = perform(&cloud, after(script, &json_command(&home, line)));
        assert_eq!(Some(trial.code()), *status, "{script} / {line}: {trial:?}");
        if script.contains(">/dev/full") && !script.contains("2>") {
            assert!(trial.stderr.contains("No space left"), "{line}: {trial:?}");
        }
    });
}

/// A reader that goes away in the middle of a long answer.
#[test]
fn a_broken_pipe_is_quiet() {
    for line in ["--help", "--show-cli-config", "organizations list"] {
        let (cloud, home) = prepared();
        let run = home.command(["cloud"].into_iter().chain(line.split(' ')));
        let mut command = Command::new("/bin/sh");
        command
            .args(["-c", "{ \"$0\" \"$@\"; echo \"status $?\" >&2; } | true"])
            .arg(run.get_program())
            .args(run.get_args())
            .env_clear()
            .envs(home.environment());
        let trial = perform(&cloud, command);
        assert_eq!(trial.stderr, "status 0\n", "{line}");
    }
}

/// So few descriptors that something cannot be opened: an error, not a panic.
#[test]
fn without_descriptors_there_is_an_error() {
    let cases: Vec<_> = (3..16).collect();
    each(&cases, |limit| {
        let (cloud, home) = prepared();
        let run = json_command(&home, "organizations select -o acme");
        let trial: Trial = perform(&cloud, after(&format!("ulimit -n {limit}"), &run));
        // So few that the system cannot load the program.
        if trial.status.code() == Some(127) || trial.status.code() == Some(126) {
            return;
        }
        trial.json();
        assert!(matches!(trial.code(), 0 | 1), "{limit}: {trial:?}");
    });
}

fn ascii(home: &mut Home) {
    home.env("LC_ALL", "C");
}

fn dumb(home: &mut Home) {
    home.env("TERM", "dumb");
}

/// Terminals of an older kind: rows and columns, and what is set.
type Looks = ((u16, u16), fn(&mut Home));

/// A line each.
const LOOKS: [Looks; 6] = [
    ((24, 20), |_| {}),
    ((24, 80), ascii),
    ((24, 80), dumb),
    ((24, 20), |home| {
        ascii(home);
        dumb(home);
    }),
    ((1, 20), |_| {}),
    ((3, 1), |_| {}),
];

/// Commands and what is typed, after the screen shows something.
const TYPED: [(&str, &str, &str); 9] = [
    ("organizations list", "", ""),
    ("organizations keys list -o acme", "", ""),
    ("auth whoami", "", ""),
    ("organizations select", "W", "\r"),
    ("organizations keys use -o acme", "W", "\r"),
    (
        "organizations keys revoke -o acme --key key_acme_web",
        "R",
        "y\r",
    ),
    ("organizations keys create -o acme -n K", "M", "n\r"),
    ("auth use-pat", "P", "nothing\r"),
    ("--show-cli-config", "", ""),
];

#[test]
fn every_terminal_is_served() {
    let cases: Vec<_> = LOOKS
        .iter()
        .flat_map(|looks| TYPED.map(|typed| (looks, typed)))
        .collect();
    each(&cases, |((size, set), (line, seen, keys))| {
        let (_cloud, mut home) = prepared();
        set(&mut home);
        let words = ["cloud"].into_iter().chain(line.split(' '));
        let mut terminal = Terminal::spawn(&home, *size, words);
        if !seen.is_empty() {
            let since = Instant::now();
            while !contains(&terminal.raw(), seen) {
                assert!(
                    since.elapsed() < Duration::from_secs(20),
                    "{line}: no {seen}"
                );
                std::thread::sleep(Duration::from_millis(2));
            }
            let is_dumb = home.environment().get(OsStr::new("TERM")) == Some(&"dumb".into());
            let is_list = *keys == "\r";
            // Where nothing can be drawn, a list is answered by its number.
            terminal.send(if is_dumb && is_list { "1\r" } else { keys });
        }
        let status = terminal.wait().exit_code();
        let raw = String::from_utf8(terminal.raw()).unwrap();
        let refused = u32::from(line.contains("use-pat"));
        assert_eq!(status, refused, "{line} in {size:?}: {raw:?}");
        assert!(!raw.contains("panicked"), "{line} in {size:?}: {raw:?}");
        assert!(terminal.cursor_visible(), "{line} in {size:?}: {raw:?}");
        let variables = home.environment();
        if variables.contains_key(OsStr::new("LC_ALL")) {
            assert!(raw.is_ascii(), "{line} in {size:?}: {raw:?}");
        }
        if variables.contains_key(OsStr::new("TERM")) && seen.is_empty() {
            assert!(!raw.contains('\x1b'), "{line} in {size:?}: {raw:?}");
        }
    });
}

fn contains(raw: &[u8], text: &str) -> bool {
    String::from_utf8_lossy(raw).contains(text)
}

#[test]
fn help_is_ascii() {
    for line in [
        "",
        "auth login",
        "auth use-pat",
        "organizations select",
        "organizations keys create",
    ] {
        let (cloud, home) = prepared();
        let words = ["cloud"]
            .into_iter()
            .chain(line.split_whitespace())
            .chain(["--help"]);
        let trial = perform(&cloud, home.command(words));
        assert!(trial.stdout.is_ascii(), "{}", trial.stdout);
    }
}
