//! Text with intentions, in everything that builds and deployments show.

use serde_json::{Value, json};

use super::{SERVICES, UPDATE};
use crate::support::cloud::Fault;
use crate::support::cloud::hostile::TEXT;
use crate::support::home::Home;
use crate::support::run::{ada, json as value_of, stderr, stdout};

const MODES: [&str; 3] = ["rich", "plain", "json"];

/// Runs a line in every mode, and finds nothing in what it says that takes effect.
#[track_caller]
fn assert_harmless(home: &Home, line: &str, status: i32) {
    for mode in MODES {
        let run = home.cloud(&format!("{line} -o acme --output {mode}"));
        let run = run.assert().code(status);
        if mode == "json" {
            let _: Value = value_of(&run);
        }
        for said in [stdout(&run), stderr(&run)] {
            let harmful = |character: char| {
                character.is_control() && !matches!(character, '\n' | '\t')
                    || matches!(character, '\u{200f}' | '\u{feff}' | '\u{85}')
                    || matches!(character, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
            };
            assert!(!said.contains(harmful), "{line} {mode}: {said:?}");
        }
        // What looks like markup is text.
        let all = stdout(&run) + &stderr(&run);
        assert!(all.contains("[/x][red]:rocket:"), "{line} {mode}: {all:?}");
    }
}

#[test]
fn what_builds_say_takes_no_effect() {
    let (cloud, home) = ada();
    let id = cloud.change(|state| {
        let acme = state.at("acme");
        acme.taint(TEXT);
        acme.builds.all[0].id().to_owned()
    });
    for line in [
        "list".to_owned(),
        format!("status {id}"),
        format!("logs {id}"),
    ] {
        assert_harmless(&home, &format!("build {line}"), 0);
    }
}

#[test]
fn what_a_deployment_says_takes_no_effect() {
    let agent = format!("{SERVICES}/support-line");
    let line = UPDATE.replace(" -o acme", "");
    let health = json!({"body": {
        "ready": false,
        "available": true,
        "conditions": [{"type": "Degraded", "status": "True", "message": TEXT, "reason": TEXT}],
        "currentRevision": {
            "deploymentID": TEXT,
            "phase": TEXT,
            "readyReplicas": TEXT,
            "phaseStartedAt": TEXT,
            "health": {"ready": false, "reason": TEXT, "message": TEXT, "restartCount": TEXT},
        },
    }});
    for errors in [
        json!([{"code": TEXT, "message": TEXT}]),
        json!(TEXT),
        json!({"a": TEXT}),
    ] {
        let mut failed = health.clone();
        failed["body"]["errors"] = errors;
        let (cloud, home) = ada();
        for mode in MODES {
            // Each run takes the true answer first.
            cloud.clear_faults();
            cloud.fault(Fault::on("GET", &agent).times(1));
            cloud.fault(Fault::on("GET", &agent).json(&failed));
            let run = home.cloud(&format!("{line} -o acme --output {mode}"));
            let run = run.assert().code(1);
            let all = stdout(&run) + &stderr(&run);
            assert!(
                !all.contains('\u{1b}') && !all.contains('\u{202e}'),
                "{all:?}"
            );
            assert!(all.contains("[/x][red]:rocket:"), "{all:?}");
        }
    }
    let (cloud, home) = ada();
    cloud.change(|state| state.at("acme").taint(TEXT));
    assert_harmless(&home, &format!("{line} --plan"), 0);
    let refusal = json!({"error": TEXT, "code": TEXT});
    for fault in [
        Fault::on("PUT", SERVICES).status(400).json(&refusal),
        Fault::on("GET", &agent).status(403).json(&refusal),
    ] {
        let (cloud, home) = ada();
        cloud.fault(fault);
        assert_harmless(&home, &line, 1);
    }
    let (cloud, home) = ada();
    cloud.fault(Fault::on("PUT", SERVICES).json(&json!({"warning": TEXT})));
    assert_harmless(&home, &format!("{line} --no-wait"), 0);
}
