//! Somebody presses Ctrl-C, or a signal comes, at each stage.

use std::fs::{self, File};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::in_acme;
use crate::support::cloud::builds::STORE;
use crate::support::cloud::{Cloud, Fault};
use crate::support::home::Home;
use crate::support::run::ada;
use crate::support::running::Running;
use crate::support::terminal::Terminal;

const NOTHING: &str = "nothing was built or deployed";

/// A bot in a folder of its own, and a service that builds at once.
fn with_bot() -> (Cloud, Home) {
    let (cloud, home) = ada();
    in_acme(&cloud, |acme| {
        acme.builds.course = vec![json!({"status": "success"})];
    });
    fs::create_dir(home.path().join("bot")).unwrap();
    fs::write(home.path().join("bot/Dockerfile"), "FROM scratch\n").unwrap();
    (cloud, home)
}

/// Nothing is left of an archive.
#[track_caller]
fn assert_clean(home: &Home) {
    let names = fs::read_dir(home.path()).unwrap();
    let names: Vec<String> = names
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| !name.starts_with('.') || name.starts_with(".tmp"))
        .collect();
    let known = ["bin", "bot"];
    assert!(
        names.iter().all(|name| known.contains(&name.as_str())),
        "{names:?}"
    );
}

/// Waits until a request has come.
#[track_caller]
fn wait_for(cloud: &Cloud, method: &str, path: &str) {
    let since = Instant::now();
    let has_come = || {
        let mut all = cloud.requests().into_iter();
        all.any(|one| one.method == method && one.path.starts_with(path))
    };
    while !has_come() {
        assert!(
            since.elapsed() < Duration::from_secs(30),
            "no {method} {path}"
        );
        thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn at_a_question_nothing_has_been_done_and_that_is_said() {
    let questions = [
        "Build the folder bot (1 file, 13 B) in the cloud",
        "Build the folder bot by Dockerfile",
        "Create my-agent in acme?",
    ];
    for at in 0..questions.len() {
        let (cloud, home) = with_bot();
        let words = "cloud deploy my-agent -d bot -o acme".split(' ');
        let mut terminal = Terminal::spawn(&home, (24, 80), words);
        for question in &questions[..at] {
            terminal.wait_for(question);
            terminal.send("y\r");
        }
        terminal.wait_for(questions[at]);
        terminal.send("\x03");
        assert_eq!(terminal.wait().exit_code(), 130);
        let screen = terminal.screen();
        let told = if at == 2 {
            "is done, and nothing was\n  deployed"
        } else {
            NOTHING
        };
        assert!(screen.contains(told), "{screen}");
        assert!(terminal.cursor_visible());
        let services = |path: &str| path.ends_with("/services");
        assert!(!cloud.writes().iter().any(|one| services(&one.path)));
        assert_clean(&home);
    }
}

fn start(home: &Home) -> Running {
    let line = "cloud deploy my-agent -d bot -o acme --yes --output json";
    Running::start(home.command(line.split(' ')))
}

#[track_caller]
fn assert_ended(running: Running, home: &Home, status: i32) {
    let output = running.finish();
    assert_eq!(output.status.code(), Some(status));
    let value: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(value["error"]["code"], "interrupted");
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains(NOTHING), "{said}");
    assert_clean(home);
}

#[test]
fn while_the_folder_is_packed_nothing_is_left_of_it() {
    let (cloud, home) = with_bot();
    // It takes a while, and no room.
    let large = File::create(home.path().join("bot/large")).unwrap();
    large.set_len(450 << 20).unwrap();
    let running = start(&home);
    // The service is read meanwhile.
    wait_for(&cloud, "GET", super::SERVICES);
    running.signal("INT");
    assert_ended(running, &home, 130);
    assert!(cloud.writes().is_empty());
}

#[test]
fn while_the_archive_goes_up_nothing_has_been_built() {
    for (signal, status) in [("INT", 130), ("TERM", 143), ("HUP", 129)] {
        let (cloud, home) = with_bot();
        cloud.fault(Fault::under("POST", STORE).delay(Duration::from_secs(20)));
        let running = start(&home);
        wait_for(&cloud, "POST", STORE);
        running.signal(signal);
        assert_ended(running, &home, status);
        let started = "/v1/organizations/acme/builds";
        assert!(!cloud.writes().iter().any(|one| one.path == started));
    }
}

#[test]
fn a_slow_upload_is_one_line_on_any_terminal() {
    for (columns, line) in [
        (40, "uploading 100%, waiting"),
        (80, " KB, waiting for the answer"),
    ] {
        let (cloud, home) = with_bot();
        cloud.fault(Fault::under("POST", STORE).delay(Duration::from_secs(20)));
        let words = "cloud deploy my-agent -d bot -o acme --yes".split(' ');
        let mut terminal = Terminal::spawn(&home, (24, columns), words);
        terminal.wait_for(line);
        let screen = terminal.screen();
        assert_eq!(screen.matches("uploading").count(), 1, "{screen}");
        // The terminal echoes the key.
        terminal.send("\x03");
        assert_eq!(terminal.wait().exit_code(), 130);
        let screen = terminal.screen();
        let rest = ["uploading", "^C"].map(|text| screen.contains(text));
        assert_eq!(rest, [false, false], "{screen}");
        assert!(terminal.cursor_visible());
    }
}
