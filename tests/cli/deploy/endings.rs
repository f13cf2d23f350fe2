//! How a deployment ends.

use serde_json::{Value, json};

use super::{CREATE, SERVICES, UPDATE, in_acme};
use crate::support::cloud::agents::deploy::Fate;
use crate::support::cloud::{Cloud, Fault};
use crate::support::run::{ada, json, stderr, stdout};

fn set_fate(cloud: &Cloud, fate: Fate) {
    in_acme(cloud, |acme| acme.agents.fate = fate);
}

#[test]
fn every_ending_is_told_for_what_it_is() {
    // An end by time is there at once where the first pause does not fit into it.
    for (line, fate, status, state, ready, available, told) in [
        (UPDATE, Fate::Ready, 0, "ready", true, true, ""),
        (CREATE, Fate::Ready, 0, "ready", true, true, ""),
        (
            UPDATE,
            Fate::KeepsRolling,
            0,
            "rolling_out",
            false,
            true,
            "still rolling out",
        ),
        (
            CREATE,
            Fate::KeepsRolling,
            1,
            "rolling_out",
            false,
            false,
            "the agent is not available",
        ),
        (
            UPDATE,
            Fate::Degrades,
            1,
            "degraded",
            false,
            true,
            "KeyError: 'OPENAI_API_KEY'",
        ),
        (
            UPDATE,
            Fate::Ignored,
            1,
            "not_taken_up",
            false,
            false,
            "has not picked up the deployment",
        ),
        (
            CREATE,
            Fate::Crashes,
            1,
            "rolling_out",
            false,
            false,
            "KeyError: 'OPENAI_API_KEY'",
        ),
        (
            UPDATE,
            Fate::Fails,
            1,
            "failed",
            false,
            false,
            "The agent keeps crashing on startup; restarts: 5 of 1 started; KeyError: 'OPENAI_API_KEY'",
        ),
        (
            UPDATE,
            Fate::Errs,
            1,
            "failed",
            false,
            false,
            "PCC-2001: The image could not be pulled",
        ),
        (
            UPDATE,
            Fate::Superseded,
            1,
            "superseded",
            false,
            false,
            "this deployment of `support-line` was replaced by another",
        ),
    ] {
        let (cloud, home) = ada();
        set_fate(&cloud, fate);
        let line = format!("{line} --timeout 1 --output json");
        let run = home.cloud(&line).assert().code(status);
        let (value, said) = (json(&run), stderr(&run));
        assert!(said.contains(told), "{line} {fate:?}: {said}");
        assert_eq!(value["state"], state, "{line} {fate:?}");
        assert_eq!(value["ready"], ready, "{line} {fate:?}");
        assert_eq!(value["available"], available, "{line} {fate:?}");
        assert_eq!(value["error"].is_object(), status == 1, "{line} {fate:?}");
        let id = value["deploymentId"].as_str().unwrap();
        assert_eq!(cloud.writes().len(), 1);
        if status == 1 {
            assert_eq!(value["error"]["deploymentId"], id);
        }
    }
}

#[test]
fn what_the_agent_said_last_is_part_of_the_error() {
    let (cloud, home) = ada();
    set_fate(&cloud, Fate::Errs);
    let log = json!({"logs": [
        {"timestamp": "2026-02-01T09:00:02Z", "log": "ValueError: no such voice"},
        {"timestamp": "2026-02-01T09:00:01Z", "log": "Traceback (most recent call last):"},
    ]});
    cloud.fault(Fault::on("GET", &format!("{SERVICES}/support-line/logs")).json(&log));
    let run = home
        .cloud(&format!("{UPDATE} --output json"))
        .assert()
        .code(1);
    let error = &json(&run)["error"];
    let said = error["error"].as_str().unwrap();
    assert!(
        said.contains("its log ends with `ValueError: no such voice`"),
        "{said}"
    );
    assert_eq!(
        error["logs"],
        json!([
            "Traceback (most recent call last):",
            "ValueError: no such voice"
        ])
    );
}

#[test]
fn it_waits_and_tells_each_change_once() {
    let (cloud, home) = ada();
    set_fate(&cloud, Fate::RollsOut);
    let run = home.cloud(UPDATE).assert().success();
    let said = stderr(&run);
    for (words, times) in [
        ("waiting for the platform to pick it up", 1),
        (": Validating, 0 ready", 1),
        ("rolling out, reachable", 1),
        (": Active, 1 ready", 2),
    ] {
        assert_eq!(said.matches(words).count(), times, "{words}: {said}");
    }
    assert!(stdout(&run).ends_with("Ready: True\nAvailable: True\n"));
}

#[test]
fn nobody_waits_with_no_wait() {
    let (cloud, home) = ada();
    set_fate(&cloud, Fate::KeepsRolling);
    let run = home
        .cloud(&format!("{CREATE} --no-wait --output json"))
        .assert()
        .success();
    assert_eq!(json(&run)["ready"], false);
    assert_eq!(json(&run)["state"], Value::Null);
    assert_eq!(cloud.requests().last().unwrap().method, "POST");
}

#[test]
fn a_look_that_fails_passes_and_a_refusal_does_not() {
    let (cloud, home) = ada();
    let path = format!("{SERVICES}/support-line");
    cloud.fault(Fault::on("GET", &path).times(1));
    cloud.fault(Fault::on("GET", &path).status(404).times(1));
    home.cloud(UPDATE).assert().success();

    let (cloud, home) = ada();
    cloud.fault(Fault::on("GET", &path).times(1));
    cloud.fault(
        Fault::on("GET", &path)
            .status(403)
            .json(&json!({"error": "no", "code": "403"})),
    );
    let run = home
        .cloud(&format!("{UPDATE} --output json"))
        .assert()
        .code(1);
    let said = stderr(&run);
    assert!(said.contains("it may well continue"), "{said}");
    assert!(json(&run)["error"]["deploymentId"].is_string());
}

#[cfg(unix)]
#[test]
fn an_interruption_says_what_goes_on_and_where_to_see_it() {
    use crate::support::running::Running;
    for (signal, status) in [("INT", 130), ("TERM", 143), ("HUP", 129)] {
        let (cloud, home) = ada();
        set_fate(&cloud, Fate::KeepsRolling);
        let words = UPDATE.split_whitespace().chain(["--output", "json"]);
        let mut running = Running::start(home.command(["cloud"].into_iter().chain(words)));
        running.line("  new revision");
        running.signal(signal);
        let output = running.finish();
        assert_eq!(output.status.code(), Some(status));
        let value: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(value["error"]["code"], "interrupted");
        let id = value["error"]["deploymentId"].as_str().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        let words = format!(
            "the deployment {id} of `support-line` continues: see `pipecat cloud agent status support-line -o acme`"
        );
        assert!(said.contains(&words), "{said}");
    }
}
