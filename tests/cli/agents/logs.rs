//! `agent logs`.

use std::time::Duration;

use serde_json::{Value, json};
use snapbox::str;

use crate::support::cloud::agents::logs::line;
use crate::support::cloud::{Cloud, Fault};
use crate::support::run::{ada, json, stderr, stdout};

const LOGS: &str = "/v1/organizations/acme/services/support-line/logs";

/// The log of `support-line` becomes this many lines, numbered from 0, a second apart.
fn fill(cloud: &Cloud, count: u32) {
    cloud.change(|state| {
        let logs = &mut state.at("acme").agent("support-line").logs;
        logs.clear();
        let step = Duration::from_secs(1);
        logs.fill(count, "2026-03-31T20:00:00Z", step, |n| match n % 50 {
            7 => format!("ERROR: no answer #{n}"),
            8 => format!("  File \"/app/bot.py\", line {n}"),
            _ => format!("INFO: goes on #{n}"),
        });
    });
}

#[test]
fn the_newest_entry_stands_first_and_each_line_is_whole_and_harmless() {
    let (cloud, home) = ada();
    home.cloud("agent logs support-line -o acme -n 7")
        .assert()
        .success()
        .stdout_eq(str![[r#"
2026-02-01 09:00:21 two lines
                    in one entry
2026-02-01 09:00:20 2026-02-01 09:00:20.000 | CRITICAL | bot:main:97 - Out of memory
2026-02-01 09:00:18 caller	+1 555 0101	duration	5
2026-02-01 09:00:17 keep-alive
2026-02-01 09:00:17 keep-alive
2026-02-01 09:00:16 {"level": "warning", "message": "slow answer", "ms": 1840}

"#]])
        .stderr_eq(str![[r#"
showing the newest 7 of 17 entries; `--limit N` shows N of them

"#]]);
    assert_eq!(cloud.requests(), [format!("GET {LOGS}?limit=7").as_str()]);
    let text = "a\u{1b}[2J\u{1b}]0;owned\u{7}b\r\nerror: owned\u{202e}\n2026-01-01 00:00:00 forged";
    let (long, time) = ("x".repeat(10_000), "2026-02-01T10:00:00Z");
    cloud.change(|state| {
        let logs = &mut state.at("acme").agent("support-line").logs;
        logs.clear();
        logs.add(line(time, text));
        logs.add(line(time, &long));
    });
    let run = home.cloud("agent logs support-line -o acme").assert();
    let shown = stdout(&run.success());
    let lines: Vec<&str> = shown.lines().collect();
    assert_eq!(lines[0], format!("2026-02-01 10:00:00 {long}"));
    assert_eq!(
        lines[1..],
        [
            "2026-02-01 10:00:00 a\\u{1b}[2J\\u{1b}]0;owned\\u{7}b",
            "                    error: owned\\u{202e}",
            "                    2026-01-01 00:00:00 forged",
        ]
    );
}

#[test]
fn json_is_an_object_a_line_with_the_level_or_the_answer_as_it_was_sent() {
    let (cloud, home) = ada();
    let run = home.cloud("agent logs support-line -o acme -f json");
    let lines: Vec<Value> = stdout(&run.assert().success())
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    // All but the one without text.
    assert_eq!(lines.len(), 16);
    let names: Vec<&String> = lines[1].as_object().unwrap().keys().collect();
    assert_eq!(
        names,
        ["timestamp", "log", "level", "sessionId", "deploymentId"]
    );
    assert_eq!(lines[1]["level"], "CRITICAL");
    assert_eq!(lines[1]["timestamp"], "2026-02-01T09:00:20Z");
    let run = home.cloud("agent logs support-line -o acme --output json -f TEXT");
    let answer = json(&run.assert().success());
    let sent: Vec<Value> = cloud.change(|state| {
        let logs = &state.at("acme").agent("support-line").logs;
        logs.entries().rev().cloned().collect()
    });
    let total = json!({"value": 17, "relation": "eq"});
    assert_eq!(answer, json!({"logs": sent, "total": total}));
}

#[test]
fn a_level_is_exactly_that_level_and_a_traceback_belongs_to_its_error() {
    let (cloud, home) = ada();
    home.cloud("agent logs support-line -o acme -l error --oldest-first")
        .assert()
        .success()
        .stdout_eq(str![[r#"
2026-02-01 09:00:15 2026-02-01 09:00:15.000 | ERROR    | tools:book:140 - Booking failed
2026-02-01 09:00:15 Traceback (most recent call last):
2026-02-01 09:00:15   File "/app/tools.py", line 140, in book
2026-02-01 09:00:15 TimeoutError: no answer from crm.acme.example

"#]])
        .stderr_eq(str![[r#"
looked through all 17 entries, back to 2026-01-13 08:02:00: 4 match

"#]]);
    // In JSON too, and before the number is counted off.
    let run = home.cloud("agent logs support-line -o acme -l WARNING -n 1 --output json");
    let answer = json(&run.assert().success());
    assert_eq!(answer["logs"].as_array().unwrap().len(), 1);
    assert_eq!(
        answer["logs"][0]["timestamp"],
        "2026-02-01T09:00:18.000000001Z"
    );
    for (words, logs) in [("-l TRACE", 0), ("-l ALL", 17), ("--search nobody", 0)] {
        let line = format!("agent logs support-line -o acme {words} --output json");
        let run = home.cloud(&line).assert().success();
        assert_eq!(
            json(&run)["logs"].as_array().unwrap().len(),
            logs,
            "{words}"
        );
    }
    home.cloud("agent logs support-line -o acme -l trace")
        .assert()
        .success()
        .stdout_eq("")
        .stderr_eq(str![[r#"
looked through all 17 entries, back to 2026-01-13 08:02:00: none match

"#]]);
    let asked = cloud.requests().len();
    for words in [
        "-l LOUD",
        "-f XML",
        "-n 0",
        "--since soon",
        "--follow --until 5m",
    ] {
        let line = format!("agent logs support-line -o acme {words}");
        home.cloud(&line).assert().code(2).stdout_eq("");
    }
    home.cloud("agent logs support-line --since 1m --until 2m")
        .assert()
        .code(1);
    assert_eq!(cloud.requests().len(), asked);
}

#[test]
fn pages_are_read_until_there_is_enough_and_what_is_left_is_said() {
    let (cloud, home) = ada();
    fill(&cloud, 2500);
    let run = home
        .cloud("agent logs support-line -o acme -n 1200")
        .assert()
        .success();
    let text = stdout(&run);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 1200);
    assert!(lines.is_sorted_by(|newer, older| newer > older));
    assert!(lines[0].ends_with("#2499") && lines[1199].ends_with("#1300"));
    assert_eq!(
        cloud.requests(),
        [
            format!("GET {LOGS}?limit=1200"),
            format!("GET {LOGS}?limit=210&offset=990")
        ]
        .each_ref()
        .map(String::as_str)
    );
    assert!(stderr(&run).contains("showing the newest 1200 of 2500 entries"));
    // Errors, each with the line below it: 101 of them reach back over 2500.
    let run = home
        .cloud("agent logs support-line -o acme -l error -n 101")
        .assert()
        .success();
    assert_eq!(stdout(&run).lines().count(), 100);
    assert!(
        stderr(&run).contains("looked through all 2500 entries"),
        "{}",
        stderr(&run)
    );
    let run = home
        .cloud("agent logs support-line -o acme --search ANSWER -n 3")
        .assert()
        .success();
    assert_eq!(stdout(&run).lines().count(), 3);
    assert!(
        stderr(&run).contains("looked through 300 entries"),
        "{}",
        stderr(&run)
    );
}

#[test]
fn ages_and_times_bound_what_is_shown() {
    let (cloud, home) = ada();
    fill(&cloud, 20_000);
    let run = home.cloud("agent logs support-line -o acme --since 2026-03-31T20:00:10+00:00 --until 2026-03-31T20:00:12Z -n 9");
    let run = run.assert().success();
    // Ten pages do not reach so far back, and that is said.
    assert_eq!(stdout(&run), "");
    assert!(
        stderr(&run).contains("which were not searched"),
        "{}",
        stderr(&run)
    );
    fill(&cloud, 500);
    let run = home.cloud("agent logs support-line -o acme --since 2026-03-31T21:00:10+01:00 --until 2026-03-31T20:00:12Z");
    assert_eq!(
        stdout(&run.assert().success()),
        "2026-03-31 20:00:11 INFO: goes on #11\n2026-03-31 20:00:10 INFO: goes on #10\n"
    );
    let asked = cloud.requests().len();
    let run = home.cloud("agent logs support-line -o acme --since 12305s -n 1000");
    // 23:33:20 less 12,305 s is 20:08:15.
    assert_eq!(stdout(&run.assert().success()).lines().count(), 5);
    assert_eq!(cloud.requests().len(), asked + 1);
}

#[test]
fn nothing_is_told_apart_from_a_service_that_does_not_say() {
    let (cloud, home) = ada();
    home.cloud("agent logs newcomer -o acme")
        .assert()
        .code(1)
        .stdout_eq("")
        .stderr_eq(str![[r#"
error: there is nothing in the log of `newcomer` in the organization `acme`
hint: check on the agent with `pipecat cloud agent status newcomer -o acme`

"#]]);
    home.cloud("agent logs nobody -o acme")
        .assert()
        .code(1)
        .stderr_eq(str![[r#"
error: the organization `acme` has no agent `nobody`
hint: list the agents with `pipecat cloud agent list -o acme`

"#]]);
    // Entries that say nothing are no lines, and that is said.
    home.cloud("agent logs legacy -o acme")
        .assert()
        .success()
        .stdout_eq("")
        .stderr_eq("none of these entries has any text\n");
    for (answer, code) in [
        (Fault::on("GET", LOGS).status(500), "500"),
        (
            Fault::on("GET", LOGS).page("<p>hello</p>"),
            "unexpected_response",
        ),
        (
            Fault::on("GET", LOGS).json(&json!({"logs": 7})),
            "unexpected_response",
        ),
    ] {
        cloud.clear_faults();
        cloud.fault(answer);
        let run = home
            .cloud("agent logs support-line -o acme --output json")
            .assert();
        assert_eq!(json(&run.code(1))["error"]["code"], code);
    }
    for name in ["..", "."] {
        let run = home.cloud(&format!("agent logs {name} -o acme --output json"));
        assert_eq!(
            json(&run.assert().code(1))["error"]["code"],
            "invalid_input"
        );
    }
}

#[cfg(unix)]
mod unix {
    use std::io::{BufRead as _, BufReader};
    use std::process::Stdio;
    use std::thread;

    use super::*;
    use crate::support::running::Running;
    use crate::support::terminal::Terminal;

    /// Waits until the log was asked for so often.
    fn wait_for_looks(cloud: &Cloud, count: usize) {
        while cloud.requests().len() < count {
            thread::sleep(Duration::from_millis(10));
        }
    }

    #[test]
    fn whoever_follows_sees_each_entry_once_through_bursts_equal_lines_and_faults() {
        let (cloud, home) = ada();
        fill(&cloud, 200);
        let entry = |second: u32, text: &str| line(&format!("2026-03-31T21:00:{second:02}Z"), text);
        let burst: Vec<Value> = (0..150).map(|n| entry(30, &format!("burst {n}"))).collect();
        let late = line("2026-03-31T20:59:59Z", "late");
        cloud.change(|state| {
            let logs = &mut state.at("acme").agent("support-line").logs;
            logs.upcoming = [
                Vec::new(),
                vec![entry(1, "ERROR: x"), entry(1, "same"), entry(1, "same")],
                burst,
                vec![late],
            ]
            .into();
        });
        let arguments = "cloud agent logs support-line -o acme --follow -n 2 --output json";
        let mut running = Running::start(home.command(arguments.split_whitespace()));
        wait_for_looks(&cloud, 2);
        cloud.fault(Fault::on("GET", LOGS).status(503).times(1));
        running.line("warning: ");
        // After the one that failed: the burst takes two pages; and one more that brings nothing.
        wait_for_looks(&cloud, 6);
        running.signal("INT");
        let output = running.finish();
        assert_eq!(output.status.code(), Some(130));
        let lines = String::from_utf8(output.stdout).unwrap();
        let lines: Vec<Value> = lines
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        let mut texts: Vec<String> = ["INFO: goes on #198", "INFO: goes on #199"]
            .into_iter()
            // What came late comes with the burst, in whose pages it stands: at its time.
            .chain(["ERROR: x", "same", "same", "late"])
            .map(str::to_owned)
            .collect();
        texts.extend((0..150).map(|n| format!("burst {n}")));
        let (end, entries) = lines.split_last().unwrap();
        assert_eq!(end["error"]["code"], "interrupted");
        let shown: Vec<&str> = entries
            .iter()
            .filter_map(|line| line["log"].as_str())
            .collect();
        assert_eq!(shown, texts);
        assert_eq!(entries[3]["level"], "ERROR");
    }

    #[test]
    fn following_ends_when_nobody_reads_any_more_though_nothing_comes() {
        let (_cloud, home) = ada();
        let arguments = "cloud agent logs support-line -o acme --follow";
        let mut child = home
            .command(arguments.split_whitespace())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut first = String::new();
        // The reader goes after a line, as `head -1` does.
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut first)
            .unwrap();
        assert_eq!(
            first,
            "2026-01-13 08:02:00 2026-01-13 08:02:00.000 | INFO     | bot:main:80 - Started\n"
        );
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(0));
        assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
    }

    #[test]
    fn a_fault_that_lasts_ends_the_following_at_once_and_one_at_the_start_too() {
        let (cloud, home) = ada();
        let arguments = "cloud agent logs support-line -o acme --follow";
        let running = Running::start(home.command(arguments.split_whitespace()));
        wait_for_looks(&cloud, 1);
        cloud.fault(
            Fault::on("GET", LOGS)
                .status(401)
                .json(&json!({"error": "revoked"})),
        );
        let output = running.finish();
        assert_eq!(output.status.code(), Some(1));
        home.cloud("agent logs nobody -o acme --follow --output json")
            .assert()
            .code(1);
    }

    #[test]
    fn a_terminal_shows_local_time_and_colour_by_level() {
        let (_cloud, mut home) = ada();
        home.env("TZ", "XST-5:30");
        let line = "cloud agent logs support-line -o acme -n 7";
        let mut terminal = Terminal::spawn(&home, (24, 100), line.split(' '));
        assert!(terminal.wait().success());
        let screen = terminal.screen();
        assert!(screen.contains("2026-02-01 14:30:21 two lines"), "{screen}");
        assert!(screen.contains("newest first, in local time"), "{screen}");
        let raw = String::from_utf8(terminal.raw()).unwrap();
        assert!(
            raw.contains("\u{1b}[1m\u{1b}[31m2026-02-01 09:00:20.000 | CRITICAL"),
            "{raw:?}"
        );
        let mut terminal = Terminal::spawn(&home, (24, 100), format!("{line} --utc").split(' '));
        assert!(terminal.wait().success());
        let screen = terminal.screen();
        assert!(screen.contains("2026-02-01 09:00:21 two lines"), "{screen}");
    }
}
