//! `--watch`: in place on a terminal, a line a change elsewhere.

#[cfg(unix)]
use std::io::{BufRead as _, BufReader};
#[cfg(unix)]
use std::process::Stdio;
#[cfg(unix)]
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use snapbox::str;

use crate::support::cloud::{Cloud, Fault};
use crate::support::run::{ada, json, stdout};
#[cfg(unix)]
use crate::support::running::Running;
#[cfg(unix)]
use crate::support::terminal::Terminal;

const NEWCOMER: &str = "/v1/organizations/acme/services/newcomer";

/// The agent becomes ready at the second look that does not fail.
fn comes_up(cloud: &Cloud) {
    cloud.change(|state| {
        let agent = state.at("acme").agent("newcomer");
        agent.upcoming = [json!({}), json!({"ready": true, "available": true})].into();
    });
}

#[test]
fn what_changes_is_a_line_each_until_it_is_ready() {
    let (cloud, home) = ada();
    comes_up(&cloud);
    home.cloud("agent status newcomer -o acme --until-ready")
        .assert()
        .success()
        .stdout_eq(str![[r#"
2026-03-31 23:33:20	Ready: False
2026-03-31 23:33:20	Deployment Phase: Creating
2026-03-31 23:33:20	Active Session Count: 0
2026-03-31 23:33:20	Revision: bd6a0205 Creating, 0 replicas ready
2026-03-31 23:33:20	Ready: True
2026-03-31 23:33:20	Available: True

"#]]);
    comes_up(&cloud);
    let run = home
        .cloud("agent status newcomer -o acme --until-ready --output json")
        .assert()
        .success();
    let text = stdout(&run);
    let ready: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["ready"].clone())
        .collect();
    assert_eq!(ready, [true], "{text}");
}

#[test]
fn a_watch_that_is_over_too_soon_or_cannot_begin_fails() {
    let (cloud, home) = ada();
    let run = home
        .cloud("agent status outbound-sales -o acme --until-ready --timeout 1 --output json")
        .assert()
        .code(1);
    let text = stdout(&run);
    let last: Value = serde_json::from_str(text.lines().last().unwrap()).unwrap();
    assert_eq!(
        (text.lines().count(), &last["error"]["code"]),
        (2, &json!("timed_out"))
    );
    for line in [
        "agent status nobody -o acme --watch",
        "agent sessions nobody -o acme --watch",
    ] {
        let run = home
            .cloud(&format!("{line} --output json"))
            .assert()
            .code(1);
        assert_eq!(json(&run)["error"]["code"], "404", "{line}");
    }
    cloud.fault(Fault::on("GET", NEWCOMER).status(401));
    home.cloud("agent status newcomer -o acme --watch")
        .assert()
        .code(1);
    home.cloud("agent status newcomer -o acme --timeout 3")
        .assert()
        .code(2);
}

/// Waits until the cloud has been asked so often.
#[cfg(unix)]
fn until_asked(cloud: &Cloud, times: usize) {
    let since = Instant::now();
    while cloud.requests().len() < times {
        assert!(since.elapsed() < Duration::from_secs(20), "nobody asks");
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[cfg(unix)]
#[test]
fn sessions_that_begin_and_end_are_told_once_and_a_fault_that_passes_is_borne() {
    let (cloud, home) = ada();
    let mut running = Running::start(
        home.command("cloud agent sessions support-line -o acme --watch --output json".split(' ')),
    );
    until_asked(&cloud, 1);
    let fault = Fault::under("GET", "/v1/organizations/acme/services/support-line").status(503);
    cloud.fault(fault.times(1));
    let new = cloud.change(|state| {
        let agent = state.at("acme").agent("support-line");
        agent.sessions[0]["endedAt"] = "2026-02-01T09:00:00Z".into();
        agent.sessions[0]["endState"] = "completed".into();
        agent.add_session("active")["sessionId"].clone()
    });
    running.line("warning: ");
    until_asked(&cloud, 4);
    running.signal("INT");
    let output = running.finish();
    assert_eq!(output.status.code(), Some(130));
    let text = String::from_utf8(output.stdout).unwrap();
    let told: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let states: Vec<&Value> = told.iter().map(|session| &session["endState"]).collect();
    assert_eq!(states[..3], ["active", "completed", "active"], "{text}");
    assert_eq!((told.len(), &told[2]["sessionId"]), (4, &new), "{text}");
    assert_eq!(told[0]["sessionId"], told[1]["sessionId"]);
    assert_eq!(told[3]["error"]["code"], "interrupted");
}

#[cfg(unix)]
#[test]
fn on_a_terminal_it_is_drawn_in_its_place() {
    let (cloud, mut home) = ada();
    home.env("LANG", "C.UTF-8");
    let line = "cloud agent status newcomer -o acme --watch".split(' ');
    let mut terminal = Terminal::spawn(&home, (40, 100), line);
    terminal.wait_for("Creating");
    terminal.wait_for("until Ctrl-C");
    cloud.change(|state| {
        let agent = state.at("acme").agent("newcomer");
        agent.detail["currentRevision"]["phase"] = "Active".into();
        agent.detail["ready"] = true.into();
    });
    terminal.wait_for("Active,");
    let screen = terminal.screen();
    assert!(!screen.contains("Creating"), "{screen}");
    assert_eq!(screen.matches("Krisp VIVA").count(), 1, "{screen}");
    terminal.send("\u{3}");
    assert_eq!(terminal.wait().exit_code(), 130);
}

#[cfg(unix)]
#[test]
fn a_reader_that_has_gone_ends_it_quietly() {
    let (_cloud, home) = ada();
    let line = "cloud agent status support-line -o acme --watch".split(' ');
    let mut command = home.command(line);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut first = String::new();
    // The rest of the pipe goes with the reader.
    BufReader::new(child.stdout.take().unwrap())
        .read_line(&mut first)
        .unwrap();
    assert!(first.ends_with("\tReady: True\n"), "{first}");
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}
