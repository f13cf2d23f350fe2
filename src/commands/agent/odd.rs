//! Agents, their deployments and sessions, whatever of them is missing or odd.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::deployments::Deployments;
use super::list::List as Agents;
use super::sessions::list::List as Sessions;
use super::sessions::one::One;
use super::sessions::pages::{Found, Wanted};
use super::status::Status;
use crate::api::{Agent, AgentDetail, AgentSession, Deployment, SessionDetail, WithRaw};
use crate::commands::odd::{changed, changes, check_table, config, rows, shown};
use crate::output::Clock;

fn git() -> Value {
    json!({"repoFullName": "acme/bot", "branch": "main", "dockerfilePath": null,
        "subdirectory": "a", "autoDeploy": false})
}

fn deployment() -> Value {
    json!({"id": "d1", "buildId": "b1", "createdAt": "2026-01-12T08:00:00Z", "updatedAt": "x",
        "manifest": {"spec": {"image": "i", "dailyNodeType": "arm", "arch": "arm64",
            "maxSessionDurationSeconds": 3600}}})
}

fn agent() -> Value {
    json!({"name": "bot", "region": "us-west", "id": "1", "activeDeploymentId": "d1",
        "createdAt": "x", "updatedAt": "y", "git": git()})
}

fn detail() -> Value {
    let revision = json!({"deploymentID": "d1", "phase": "Active", "readyReplicas": 1,
        "hasInfrastructureIssue": true, "health": {"ready": false, "state": "x",
            "restartCount": 2, "headline": "h", "reason": "r", "lastExitCode": 1,
            "message": "a\nb\n"}});
    json!({"ready": true, "available": false, "activeSessionCount": 1,
        "activeDeploymentId": "d1", "createdAt": "x", "updatedAt": "y", "agentProfile": "p",
        "resources": {"cpu": "1", "memory": "2"}, "deployment": deployment(),
        "autoScaling": {"minReplicas": 1, "maxReplicas": 2}, "krispViva": {"audioFilter": "tel"},
        "currentRevision": revision, "previousRevision": revision,
        "errors": [{"code": "PCC-1", "message": "m"}, {"code": "PCC-2", "error": "e"}],
        "git": git(), "deployedCommit": {"sha": "0123456789", "repoFullName": "acme/bot",
            "ref": "refs/heads/main"},
        "latestDeploy": {"status": "failed", "commitSha": "0123456789", "reason": "r"}})
}

fn session() -> Value {
    json!({"sessionId": "s", "createdAt": "2026-02-01T08:00:00Z",
        "endedAt": "2026-02-01T08:01:00Z", "endState": "completed", "completionStatus": "200",
        "botStartSeconds": 1.5, "coldStart": true,
        "events": [{"eventCode": "SESSION_COMPLETED", "eventTs": "2026-02-01T08:01:00Z"}],
        "resourceMetrics": {"sampleCount": 2, "cpuMillicoresP50": 1, "cpuMillicoresP99": 2,
            "memoryBytesP50": 1, "memoryBytesP99": 2,
            "timeseries": [{"t": 1, "c": 1, "m": 1}, {"t": 2, "c": 3, "m": 4}]}})
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn agents_keep_their_rows(changes in changes()) {
        let answer = changed(json!([agent(), agent(), agent()]), changes);
        let agents = rows(&answer).iter().map(Agent::read).collect();
        let raw = json!({"services": answer});
        let organization = String::from("acme");
        let list = Agents { agents: WithRaw { value: agents, raw }, organization };
        check_table(&list, rows(&answer).len(), 7)?;
    }

    #[test]
    fn deployments_keep_their_rows(changes in changes()) {
        let answer = changed(json!([deployment(), deployment()]), changes);
        let value = rows(&answer).iter().map(Deployment::read).collect();
        let all = WithRaw { value, raw: json!({"deployments": answer}) };
        let (agent, organization) = (String::new(), String::new());
        let list = Deployments { all, agent, organization };
        check_table(&list, rows(&answer).len(), 5)?;
    }

    #[test]
    fn sessions_keep_their_rows(changes in changes()) {
        let answer = changed(json!([session(), session(), session()]), changes);
        let read = |raw: &Value| WithRaw { value: AgentSession::read(raw), raw: raw.clone() };
        let sessions = rows(&answer).iter().map(read).collect();
        let found = Found { sessions, total: None, rest: Map::new() };
        let wanted = Wanted { organization: "acme", agent: "bot", end_state: None, count: None };
        check_table(&Sessions::new(found, &wanted, Clock::Utc), rows(&answer).len(), 7)?;
    }

    #[test]
    fn an_agent_keeps_the_lines_that_scripts_look_for(changes in changes()) {
        let raw = changed(detail(), changes);
        let errors = rows(&raw["errors"]).len();
        let detail = WithRaw { value: AgentDetail::read(&raw), raw };
        let (agent, organization) = (String::from("bot"), String::new());
        let lines = shown(&Status { detail, agent, organization, next: None })?;
        let has = |label: &str| lines.iter().filter(|line| line.starts_with(label)).count();
        for label in [
            "Agent: bot", "Ready: ", "Active Session Count: ", "Active Deployment ID: ",
            "Created At: ", "Updated At: ", "Krisp VIVA: ", "Max Session Duration: ",
            "Available: ",
        ] {
            prop_assert_eq!(has(label), 1, "{}", label);
        }
        prop_assert_eq!(has("Image: ") + has("Build: "), 1);
        prop_assert_eq!(has("Error: "), errors);
    }

    #[test]
    fn a_session_keeps_the_lines_that_scripts_look_for(changes in changes()) {
        let raw = changed(session(), changes);
        let events = rows(&raw["events"]).len();
        let detail = WithRaw { value: SessionDetail::read(&raw), raw };
        let (agent, organization, clock) = (String::new(), String::new(), Clock::Utc);
        let lines = shown(&One { detail, agent, organization, clock })?;
        let has = |label: &str| lines.iter().filter(|line| line.starts_with(label)).count();
        for label in [
            "Session ID: ", "Status: ", "Duration: ", "Created: ", "Ended: ", "Bot Start: ",
            "Cold Start: ",
        ] {
            prop_assert_eq!(has(label), 1, "{}", label);
        }
        prop_assert_eq!(has("Event: "), events);
    }
}
