//! Looks, and what they say.

use std::time::Duration;

use serde_json::{Value, json};

use super::*;

fn state(fields: &Value) -> State {
    let mut detail = json!({"desiredDeploymentId": "new", "reconciledDeploymentId": "new"});
    for (name, value) in fields.as_object().into_iter().flatten() {
        detail[name] = value.clone();
    }
    State::of(&Rollout::read(&detail), Some("new"), Some("old"))
}

fn condition(kind: &str, status: &str) -> Value {
    json!([{"type": kind, "status": status, "reason": "Why", "message": ""}])
}

#[test]
fn the_first_line_that_fits_is_the_state() {
    let rolling = |reachable| State::RollingOut { reachable };
    for (fields, expected) in [
        // What has not been taken up is not ready, whatever runs.
        (
            json!({"reconciledDeploymentId": "old", "ready": true, "available": true}),
            State::NotTakenUp,
        ),
        (
            json!({"reconciledDeploymentId": null, "ready": true}),
            State::NotTakenUp,
        ),
        (
            json!({"desiredDeploymentId": "old", "reconciledDeploymentId": "old", "ready": true}),
            State::NotTakenUp,
        ),
        (json!({"ready": true}), State::Ready),
        (json!({"ready": true, "available": null}), State::Ready),
        (
            json!({"available": true, "activeDeploymentReady": true}),
            State::Ready,
        ),
        (
            json!({"ready": true, "available": false}),
            State::Unavailable,
        ),
        (
            json!({"available": true, "conditions": condition("Degraded", "True")}),
            State::Degraded("Why".to_owned()),
        ),
        (
            json!({"available": true, "conditions": condition("Degraded", "Unknown")}),
            rolling(true),
        ),
        (
            json!({"conditions": condition("Degraded", "True")}),
            State::Unavailable,
        ),
        (json!({"available": true}), rolling(true)),
        (
            json!({"conditions": condition("Progressing", "True")}),
            rolling(false),
        ),
        (
            json!({"conditions": condition("Progressing", "False")}),
            State::Unavailable,
        ),
        (
            json!({"conditions": "none", "ready": "yes"}),
            State::Unavailable,
        ),
        (
            json!({"desiredDeploymentId": "newer", "ready": true}),
            State::Superseded("newer".to_owned()),
        ),
        (
            json!({"errors": [{"code": "PCC-1", "message": "no"}], "ready": true}),
            State::Failed("PCC-1: no".to_owned()),
        ),
        (
            json!({"available": true, "currentRevision": {"deploymentID": "new", "phase": "Failed"}}),
            State::Failed("its revision has failed".to_owned()),
        ),
        // Another's failure says nothing of ours.
        (
            json!({
                "reconciledDeploymentId": "old",
                "currentRevision": {"deploymentID": "old", "phase": "Failed"},
            }),
            State::NotTakenUp,
        ),
    ] {
        assert_eq!(state(&fields), expected, "{fields}");
    }
}

#[test]
fn a_service_that_does_not_say_what_it_has_taken_up_is_believed() {
    let detail = json!({"desiredDeploymentId": "new", "ready": true});
    let state = State::of(&Rollout::read(&detail), Some("new"), None);
    assert_eq!(state, State::Ready);
    let nothing_known = json!({"ready": true, "reconciledDeploymentId": "x"});
    let state = State::of(&Rollout::read(&nothing_known), None, None);
    assert_eq!(state, State::Ready);
}

#[test]
fn each_change_is_told_once_and_time_alone_is_no_change() {
    let look = |restarts: u64| {
        let detail = json!({
            "conditions": condition("Progressing", "True"),
            "currentRevision": {
                "deploymentID": "0123456789",
                "phase": "Validating",
                "readyReplicas": 0,
                "phaseStartedAt": "2026-01-20T08:01:00Z",
                "health": {
                    "ready": false,
                    "restartCount": restarts,
                    "replicasStarted": 1,
                    "reason": "CrashLoopBackOff",
                    "lastTerminationReason": "Error",
                    "lastExitCode": 1,
                    "message": "Traceback\nKeyError: 'X'\n\n",
                },
            },
        });
        let rollout = Rollout::read(&detail);
        Telling::of(&rollout, &State::of(&rollout, None, None), None)
    };
    let start = DateTime::parse_from_rfc3339("2026-01-20T08:01:00Z");
    let now = start.map_or(SystemTime::UNIX_EPOCH, SystemTime::from) + Duration::from_secs(75);
    let first = look(1);
    assert_eq!(
        first.news(None, now),
        [
            "rolling out",
            "  new revision 01234567: Validating, 0 ready; CrashLoopBackOff (Error, exit code 1); restarts: 1 of 1 started; KeyError: 'X' (in this phase for 1m 15s)",
        ]
    );
    assert!(look(1).news(Some(&first), now).is_empty());
    let news = look(2).news(Some(&first), now);
    assert!(
        news.len() == 1 && news[0].contains("restarts: 2"),
        "{news:?}"
    );
}
