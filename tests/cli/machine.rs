//! The machine misbehaves, the program is interrupted or killed, and many run at once.
#![cfg(all(unix, not(target_os = "macos")))]
#![allow(
    clippy::case_sensitive_file_extension_comparisons,
    reason = "the program makes these names, always in lower case"
)]

mod file;
mod interrupted;
mod killed;
mod many;
mod pairs;
mod place;
mod questions;
mod shape;
mod streams;
mod variables;

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::process::ExitStatusExt;
use std::panic::{self, AssertUnwindSafe};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::support::browser;
use crate::support::cloud::{ADA_PAT, Cloud};
use crate::support::home::Home;
use crate::support::ports;

/// What a command does with the configuration file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Use {
    /// Reads it.
    Reads,
    /// Reads it, then changes it.
    Writes,
    /// Changes it, and puts a new one in the place of one that is malformed.
    Renews,
    /// Changes it after something that cannot be undone.
    Follows,
}

/// Every command that has to do with the file: the words after `pipecat cloud`.
const COMMANDS: [(&str, Use); 11] = [
    ("--show-cli-config", Use::Reads),
    ("auth whoami", Use::Reads),
    ("organizations list", Use::Reads),
    ("organizations keys list -o acme", Use::Reads),
    ("organizations select -o acme", Use::Writes),
    (
        "organizations keys use -o acme --key key_acme_web",
        Use::Writes,
    ),
    (
        "organizations keys create -o acme -n Kiosk -d",
        Use::Follows,
    ),
    (
        "organizations keys revoke -o acme --key key_acme_web --yes",
        Use::Follows,
    ),
    ("auth login --headless", Use::Renews),
    ("auth use-pat", Use::Renews),
    ("auth logout", Use::Renews),
];

/// Nothing takes longer, unless it hangs.
const DEADLINE: Duration = Duration::from_secs(50);

/// Cases that are tried side by side.
const AT_ONCE: usize = 3;

/// What became of a run.
#[derive(Debug)]
pub struct Trial {
    pub status: ExitStatus,
    pub stdout: String,
    pub stderr: String,
}

/// Runs a command of the program to its end. A sign-in is approved as soon as it asks.
pub fn perform(cloud: &Cloud, command: Command) -> Trial {
    let signs_in = command.get_args().any(|word| word == "login");
    let _permit = signs_in.then(ports::one);
    watch(command, &|line| {
        if signs_in && line.starts_with("http") {
            browser::get(&cloud.approve(line));
        }
    })
}

/// Runs a program to its end, with nobody there.
pub fn perform_as_it_is(command: Command) -> Trial {
    watch(command, &|_| {})
}

/// Runs a program to its end, and hands on every line that it says on stderr.
fn watch(mut command: Command, hear: &(dyn Fn(&str) + Sync)) -> Trial {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("a program to start");
    let input = child.stdin.take().expect("its stdin");
    // Most commands do not read it.
    let _ = writeln!(&input, "{ADA_PAT}");
    drop(input);
    let mut stdout = child.stdout.take().expect("its stdout");
    let stderr = BufReader::new(child.stderr.take().expect("its stderr"));
    thread::scope(|scope| {
        let stdout = scope.spawn(move || {
            let mut text = String::new();
            stdout.read_to_string(&mut text).expect("text");
            text
        });
        let stderr = scope.spawn(move || {
            let mut text = String::new();
            for line in stderr.lines() {
                let line = line.expect("lines of text");
                hear(&line);
                text.push_str(&line);
                text.push('\n');
            }
            text
        });
        let since = Instant::now();
        let mut hung = false;
        let status = loop {
            if let Some(status) = child.try_wait().expect("a program to wait for") {
                break status;
            }
            if since.elapsed() > DEADLINE && !hung {
                hung = true;
                child.kill().expect("a program to kill");
            }
            thread::sleep(Duration::from_millis(2));
        };
        let trial = Trial {
            status,
            stdout: stdout.join().expect("its stdout"),
            stderr: stderr.join().expect("its stderr"),
        };
        assert!(!hung, "hangs: {trial:?}");
        trial
    })
}

/// A run of `pipecat cloud` with these words, in JSON mode.
pub fn json_command(home: &Home, line: &str) -> Command {
    let words = line.split_whitespace();
    home.command(
        ["cloud"]
            .into_iter()
            .chain(words)
            .chain(["--output", "json"]),
    )
}

impl Trial {
    /// The one JSON value, after what holds of every run in JSON mode: it ends by itself with a
    /// status that has a meaning, and says on stderr what it says on stdout.
    #[track_caller]
    pub fn json(&self) -> Value {
        let status = self.status.code();
        assert!(matches!(status, Some(0..=2 | 129 | 130 | 143)), "{self:?}");
        assert!(!self.stderr.contains("panicked"), "{self:?}");
        let value: Value =
            serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:?}"));
        let error = &value["error"]["error"];
        assert_eq!(status == Some(0), error.is_null(), "{self:?}");
        if matches!(status, Some(1 | 2)) {
            // Where it is the service's own, it may be anything.
            assert_ne!(error.as_str(), Some(""), "{self:?}");
            assert!(self.stderr.contains("error: "), "{self:?}");
        }
        value
    }

    /// It ended by itself, not by a signal.
    #[track_caller]
    pub fn code(&self) -> i32 {
        assert_eq!(self.status.signal(), None, "{self:?}");
        assert!(!self.stderr.contains("panicked"), "{self:?}");
        self.status.code().expect("a status")
    }
}

/// Tries every case, a few at a time, and tells of all that fail.
pub fn each<T: Sync>(cases: &[T], attempt: impl Fn(&T) + Sync) {
    try_all(cases, AT_ONCE, attempt);
}

/// Tries every case, so many at a time, and tells of all that fail.
fn try_all<T: Sync>(cases: &[T], at_once: usize, attempt: impl Fn(&T) + Sync) {
    let next = AtomicUsize::new(0);
    let failures = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..at_once {
            scope.spawn(|| {
                while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let tried = panic::catch_unwind(AssertUnwindSafe(|| attempt(case)));
                    if let Err(failure) = tried {
                        let text = failure.downcast_ref::<String>().cloned();
                        let literal = failure.downcast_ref::<&str>().map(ToString::to_string);
                        failures.lock().unwrap().extend(text.or(literal));
                    }
                }
            });
        }
    });
    let failures = failures.into_inner().unwrap();
    assert!(
        failures.is_empty(),
        "{} failed:\n{}",
        failures.len(),
        failures.join("\n\n")
    );
}

/// A cloud, and a home in which ada is signed in with a session, and has a default key.
fn prepared() -> (Cloud, Home) {
    let cloud = Cloud::start();
    let home = Home::new(&cloud);
    home.write_config(
        "# mine\norg = \"ada-personal\"\n\n[acme]\n\
         default_public_key = \"pk_acme_web_0123456789abcdef\"\n",
    );
    home.sign_in(&cloud.session("ada"));
    (cloud, home)
}

/// Writes bytes into the config file, as they are.
fn write_bytes(home: &Home, bytes: &[u8]) {
    home.write_config("");
    fs::write(home.config_path(), bytes).expect("a written config file");
}
