//! What comes of looks, one after the other, and of each alone.

use std::collections::VecDeque;
use std::time::Duration;

use serde_json::json;

use super::*;
use crate::mangled::mangled;

/// Follows these looks; the last one is repeated. Gives how it ended and what was told.
fn follow(limit: Duration, looks: Vec<Result<Value>>) -> (Result<Followed>, Vec<String>, usize) {
    let follow = Follow {
        poll: Poll {
            limit,
            pauses: &[Duration::ZERO, Duration::from_millis(1)],
            patience: 5,
        },
        wanted: Some("new".to_owned()),
        before: Some("old".to_owned()),
        is_another: false,
    };
    let mut looks = VecDeque::from(looks);
    let (mut told, mut count) = (Vec::new(), 0);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build();
    let outcome = runtime
        .map_err(|error| Error::new(Code::Internal, "a bad test").because(error))
        .and_then(|runtime| {
            runtime.block_on(follow.run(
                async || {
                    count += 1;
                    let look = match &looks[0] {
                        Ok(look) => Ok(look.clone()),
                        Err(error) => Err(error.again()),
                    };
                    if looks.len() > 1 {
                        looks.pop_front();
                    }
                    look
                },
                |_, lines| told.extend_from_slice(lines),
            ))
        });
    (outcome, told, count)
}

#[allow(
    clippy::unnecessary_wraps,
    reason = "a look may fail, though not this one"
)]
fn at(reconciled: &str, ready: bool, available: bool) -> Result<Value> {
    Ok(json!({
        "desiredDeploymentId": "new",
        "reconciledDeploymentId": reconciled,
        "ready": ready,
        "available": available,
    }))
}

fn fails(code: Code) -> Result<Value> {
    Err(Error::new(code, "no look"))
}

const LONG: Duration = Duration::from_secs(30);
const SHORT: Duration = Duration::from_millis(30);

#[test]
fn the_old_one_is_not_taken_for_the_new_one_and_each_change_is_told_once() {
    let looks = vec![
        at("old", true, true),
        at("old", true, true),
        at("new", false, true),
        at("new", false, true),
        at("new", true, true),
    ];
    let (outcome, told, count) = follow(LONG, looks);
    assert!(outcome.is_ok_and(|followed| followed.state == Some(State::Ready)));
    assert_eq!(count, 5);
    assert_eq!(
        told,
        [
            "waiting for the platform to pick it up",
            "rolling out, reachable",
            "ready",
        ]
    );
}

#[test]
fn five_failed_looks_in_a_row_are_borne_and_the_sixth_ends_it() {
    let passing = || {
        vec![
            fails(Code::ServiceError),
            fails(Code::NotFound),
            fails(Code::RateLimited),
            fails(Code::ConnectionBroken),
            fails(Code::TimedOut),
        ]
    };
    let mut looks = passing();
    looks.push(at("new", false, true));
    looks.extend(passing());
    looks.push(at("new", true, true));
    let (outcome, _, count) = follow(LONG, looks);
    assert!(outcome.is_ok() && count == 12, "{outcome:?} {count}");
    let mut looks = passing();
    looks.push(fails(Code::ServiceError));
    let (outcome, _, count) = follow(LONG, looks);
    let error = outcome.err().map(|error| error.to_json());
    assert_eq!(
        error.map(|error| error["deploymentId"].clone()),
        Some("new".into())
    );
    assert_eq!(count, 6);
}

#[test]
fn a_refusal_ends_it_at_once() {
    let looks = vec![at("new", false, true), fails(Code::Forbidden)];
    let (outcome, _, count) = follow(LONG, looks);
    assert!(outcome.is_err());
    assert_eq!(count, 2);
}

#[test]
fn the_last_state_is_what_is_left_when_the_time_is_over() {
    for (look, expected) in [
        (at("old", true, true), State::NotTakenUp),
        (
            at("new", false, true),
            State::RollingOut { reachable: true },
        ),
        (at("new", false, false), State::Unavailable),
    ] {
        let (outcome, _, _) = follow(SHORT, vec![look]);
        let followed = outcome.unwrap_or_default();
        assert!(followed.is_over);
        assert_eq!(followed.state, Some(expected));
    }
}

/// How an update stands while what ran before serves: nothing has been taken up, or what comes
/// rolls out.
fn not_there_yet() -> [Value; 2] {
    let revision = |id: &str, phase: &str| {
        json!({
            "deploymentID": id,
            "phase": phase,
            "readyReplicas": 1,
            "phaseStartedAt": "2026-02-01T10:00:00Z",
            "hasInfrastructureIssue": false,
            "health": {
                "ready": false,
                "restartCount": 2,
                "replicasStarted": 1,
                "headline": "It keeps crashing",
                "reason": "CrashLoopBackOff",
                "lastTerminationReason": "Error",
                "lastExitCode": 1,
                "message": "Traceback\nKeyError",
            },
        })
    };
    let old = json!({
        "desiredDeploymentId": "new",
        "activeDeploymentId": "old",
        "reconciledDeploymentId": "old",
        "ready": true,
        "available": true,
        "activeDeploymentReady": true,
        "errors": [],
        "conditions": [{"type": "Progressing", "status": "False", "reason": "", "message": ""}],
        "currentRevision": revision("old", "Active"),
        "previousRevision": null,
    });
    let new = json!({
        "desiredDeploymentId": "new",
        "activeDeploymentId": "new",
        "reconciledDeploymentId": "new",
        "ready": false,
        "available": true,
        "activeDeploymentReady": false,
        "errors": null,
        "conditions": [{"type": "Degraded", "status": "False", "reason": "x", "message": "y"}],
        "currentRevision": revision("new", "Validating"),
        "previousRevision": revision("old", "Draining"),
    });
    [old, new]
}

#[test]
fn nothing_that_is_missing_or_odd_makes_ready_what_is_not() {
    let now = SystemTime::now();
    for answer in not_there_yet() {
        for look in mangled(&answer) {
            let rollout = Rollout::read(&look);
            for named in [Some("new".to_owned()), None] {
                let mut deployment = named.clone();
                let state = judge(&rollout, &mut deployment, Some("old"), named.is_none());
                assert_ne!(state, State::Ready, "{named:?} {look}");
                // Telling it breaks nothing.
                let telling = Telling::of(&rollout, &state, deployment.as_deref());
                let _ = telling.news(None, now);
            }
        }
    }
}

#[test]
fn the_one_from_before_is_not_what_was_sent_where_that_must_be_another() {
    let look = |desired: Value| {
        Rollout::read(&json!({"desiredDeploymentId": desired, "ready": true, "available": true}))
    };
    for (desired, is_another, expected) in [
        (json!("old"), true, State::NotTakenUp),
        (json!(null), true, State::NotTakenUp),
        (json!("new"), true, State::Ready),
        // Nothing was to change.
        (json!("old"), false, State::Ready),
    ] {
        let state = judge(&look(desired.clone()), &mut None, Some("old"), is_another);
        assert_eq!(state, expected, "{desired}");
    }
}
