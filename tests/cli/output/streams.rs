//! Streams that end early or do not work.

#[cfg(target_os = "linux")]
use std::fs::File;
use std::io::{Read, pipe};
use std::process::Stdio;

use crate::support::home::Home;
use crate::support::run::ada;

/// Command lines that end well, of every kind of output.
const LINES: [&str; 12] = [
    "cloud --version",
    "cloud --version --output json",
    "cloud --help",
    "cloud auth login --help",
    "cloud --show-cli-config",
    "cloud --show-cli-config --output rich",
    "cloud organizations list",
    "cloud organizations list --output rich",
    "cloud organizations list --output json",
    "cloud organizations keys list -o acme",
    "cloud organizations select -o acme",
    "cloud organizations keys use -o acme --key key_acme_web",
];

/// Runs a command line with this as its stdout. Gives the exit status and stderr.
fn run_into(home: &Home, stdout: impl Into<Stdio>, line: &str) -> (Option<i32>, String) {
    let mut child = home
        .command(line.split(' '))
        .stdin(Stdio::null())
        .stdout(stdout)
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stderr = String::new();
    let mut pipe = child.stderr.take().unwrap();
    pipe.read_to_string(&mut stderr).unwrap();
    (child.wait().unwrap().code(), stderr)
}

#[test]
fn a_reader_that_has_read_enough_ends_the_program_quietly() {
    let (_cloud, home) = ada();
    for line in LINES {
        let (reader, writer) = pipe().unwrap();
        drop(reader);
        assert_eq!(
            run_into(&home, writer, line),
            (Some(0), String::new()),
            "{line}"
        );
    }
}

#[test]
fn a_failure_keeps_its_status_where_nobody_reads() {
    let (_cloud, home) = ada();
    for (line, status) in [
        ("cloud --output json", 2),
        ("cloud organizations select --output json", 2),
        ("cloud organizations select -o nobodys --output json", 1),
    ] {
        let (reader, writer) = pipe().unwrap();
        drop(reader);
        let (code, stderr) = run_into(&home, writer, line);
        assert_eq!(code, Some(status), "{line}: {stderr}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn output_that_cannot_be_written_is_a_failure() {
    let (_cloud, home) = ada();
    for line in LINES {
        let full = File::create("/dev/full").unwrap();
        let (status, stderr) = run_into(&home, full, line);
        assert_eq!(status, Some(1), "{line}: {stderr}");
        assert!(
            stderr.contains("error: cannot write the output: No space left on device"),
            "{line}: {stderr}"
        );
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_new_key_whose_row_cannot_be_written_is_not_lost() {
    let (_cloud, home) = ada();
    let full = File::create("/dev/full").unwrap();
    let line = "cloud organizations keys create -n Kiosk -o acme";
    let (status, stderr) = run_into(&home, full, line);
    assert_eq!(status, Some(1));
    assert!(stderr.contains("pk_acme_0005_0123456789abcdef"), "{stderr}");
}

#[cfg(target_os = "linux")]
#[test]
fn the_status_tells_what_nothing_else_can() {
    let (_cloud, home) = ada();
    for (line, status) in [
        ("cloud organizations list", 1),
        ("cloud organizations select", 2),
        ("cloud nonsense --output json", 2),
        ("cloud organizations select -o nobodys --output json", 1),
    ] {
        let full = || File::create("/dev/full").unwrap();
        let code = home
            .command(line.split(' '))
            .stdin(Stdio::null())
            .stdout(full())
            .stderr(full())
            .status()
            .unwrap()
            .code();
        assert_eq!(code, Some(status), "{line}");
    }
}
