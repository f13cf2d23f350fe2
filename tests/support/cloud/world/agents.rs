//! The agents of `acme`: one in each state that an agent can be in.

use serde_json::{Value, json};

use super::super::agents::link::link;
use super::super::agents::logs::line;
use super::super::agents::sessions::resource_metrics;
use super::super::agents::{Agent, deployment, replace, revision};
use super::super::ids::sha;

/// All of them, in the order of the list.
pub(super) fn agents() -> Vec<Agent> {
    vec![
        ready(),
        rolling_out(),
        crashing(),
        failed(),
        linked(),
        linked_to_another(),
        creating(),
        sparse(),
    ]
}

/// Ready, with two deployments behind it, sessions in many states and a log.
fn ready() -> Agent {
    let mut agent = Agent::new("support-line", "us-west");
    agent.deploy(&deployment(&agent.name, 2));
    agent.deploy(&deployment(&agent.name, 3));
    agent.detail["krispViva"]["audioFilter"] = "tel".into();
    agent.add_sessions(12);
    agent.add_session("ended_before_agent_start");
    agent.add_session("completed")["resourceMetrics"] = resource_metrics(40);
    agent.add_session("active");
    write_log(&mut agent);
    agent
}

/// In a rolling update: the new revision is not ready yet, the old one takes the sessions.
fn rolling_out() -> Agent {
    let mut agent = Agent::new("booking", "eu-central");
    let mut built = deployment(&agent.name, 2);
    built["buildId"] = "build_booking_2".into();
    let spec = built["manifest"]["spec"].as_object_mut();
    spec.expect("a deployment of ours").shift_remove("image");
    agent.deploy(&built);
    let old = agent.deployments[1]["id"].clone();
    agent.listed["activeDeploymentId"] = old.clone();
    replace(
        &mut agent.detail,
        &json!({
            "ready": false,
            "activeDeploymentId": old,
            "currentRevision": revision(&built["id"], "Validating", 0),
            "previousRevision": revision(&old, "Active", 2),
        }),
    );
    agent
}

/// Ends with a traceback each time that it is started.
fn crashing() -> Agent {
    let mut agent = Agent::new("outbound-sales", "us-west");
    let mut current = revision(&agent.deployments[0]["id"], "Validating", 0);
    current["health"] = json!({
        "ready": false,
        "state": "crash_loop",
        "restartCount": 7,
        "replicasStarted": 8,
        "headline": "The agent keeps crashing on startup",
        "reason": "CrashLoopBackOff",
        "lastTerminationReason": "Error",
        "lastExitCode": 1,
        "message": TRACEBACK,
    });
    replace(
        &mut agent.detail,
        &json!({
            "ready": false,
            "available": false,
            "krispViva": {"audioFilter": "pro"},
            "currentRevision": current,
        }),
    );
    for (second, text) in TRACEBACK.lines().enumerate() {
        agent
            .logs
            .add(line(&format!("2026-02-01T07:00:{second:02}Z"), text));
    }
    agent
}

const TRACEBACK: &str = "Traceback (most recent call last):\n  \
    File \"/app/bot.py\", line 12, in <module>\n    \
    api_key = os.environ[\"OPENAI_API_KEY\"]\n  \
    File \"<frozen os>\", line 685, in __getitem__\n\
    KeyError: 'OPENAI_API_KEY'";

/// Its deployment has failed, and the infrastructure has its part in it.
fn failed() -> Agent {
    let mut agent = Agent::new("transcriber", "pce-berlin");
    let mut current = revision(&agent.deployments[0]["id"], "Failed", 0);
    current["hasInfrastructureIssue"] = true.into();
    current["health"]["state"] = "image_pull_failed".into();
    current["health"]["reason"] = "ImagePullBackOff".into();
    replace(
        &mut agent.detail,
        &json!({
            "ready": false,
            "available": false,
            "agentProfile": null,
            "resources": {"cpu": "2", "memory": "4Gi"},
            "currentRevision": current,
            "errors": [
                {"code": "PCC-2001", "message": "The image could not be pulled"},
                {"code": "PCC-2004", "error": "No node has room for 2 CPUs"},
            ],
        }),
    );
    agent
}

/// Linked to a repository, and what runs comes from there.
fn linked() -> Agent {
    let mut agent = Agent::new("concierge", "us-west");
    let mut git = link("acme-voice/concierge", "main");
    git["subdirectory"] = "agents/concierge".into();
    agent.set_link(&git);
    run_commit(&mut agent, "acme-voice/concierge", "main", "succeeded");
    agent
}

/// Linked to a repository, but what runs comes from elsewhere, as the last deploy has failed.
fn linked_to_another() -> Agent {
    let mut agent = Agent::new("survey", "eu-central");
    let mut git = link("acme-voice/survey", "main");
    git["dockerfilePath"] = "docker/Dockerfile.prod".into();
    git["autoDeploy"] = false.into();
    agent.set_link(&git);
    run_commit(&mut agent, "acme-voice/survey-old", "develop", "failed");
    agent.detail["latestDeploy"]["commitSha"] = sha("commit survey broken").into();
    agent.detail["latestDeploy"]["reason"] = "docker/Dockerfile.prod: no such file".into();
    agent
}

fn run_commit(agent: &mut Agent, repository: &str, branch: &str, status: &str) {
    let mut built = deployment(&agent.name, 2);
    built["buildId"] = format!("build_{}_2", agent.name).into();
    built["manifest"]["spec"]["image"] = Value::Null;
    agent.deploy(&built);
    let commit = sha(&format!("commit {} running", agent.name));
    agent.detail["deployedCommit"] = json!({
        "sha": commit,
        "repoFullName": repository,
        "ref": format!("refs/heads/{branch}"),
    });
    agent.detail["latestDeploy"] = json!({
        "status": status,
        "commitSha": commit,
        "reason": null,
    });
}

/// Made a moment ago.
fn creating() -> Agent {
    let mut agent = Agent::new("newcomer", "us-west");
    replace(
        &mut agent.detail,
        &json!({
            "ready": false,
            "available": false,
            "autoScaling": {"minReplicas": 0, "maxReplicas": 1},
            "currentRevision": revision(&agent.deployments[0]["id"], "Creating", 0),
        }),
    );
    agent.detail["deployment"]["manifest"]["spec"]["maxSessionDurationSeconds"] = Value::Null;
    agent
}

/// As little as the service may say: what may be missing is, what may be null is.
fn sparse() -> Agent {
    let mut agent = Agent::new("legacy", "us-west");
    agent.listed = json!({"name": "legacy", "region": null, "id": agent.listed["id"]});
    agent.detail = json!({
        "ready": null,
        "activeSessionCount": null,
        "activeDeploymentId": null,
        "deployment": null,
        "autoScaling": null,
        "krispViva": null,
        "currentRevision": null,
        "errors": null,
        "git": null,
    });
    agent.deployments = vec![json!({
        "id": agent.deployments[0]["id"],
        "manifest": null,
        "createdAt": null,
    })];
    agent.sessions = vec![json!({
        "sessionId": "00000000-0000-4000-8000-000000000000",
        "createdAt": null,
        "endedAt": null,
        "endState": null,
        "botStartSeconds": null,
        "coldStart": null,
    })];
    agent
        .logs
        .add(json!({"timestamp": "2026-02-01T06:00:00Z", "log": null}));
    agent
}

/// A few lines as bots write them: in the manner of loguru, of the standard library and as JSON;
/// with a traceback over several entries, two equal lines, a tab, nothing at all.
fn write_log(agent: &mut Agent) {
    let id = |session: &Value| session["sessionId"].clone();
    let (latest, before) = (id(&agent.sessions[0]), id(&agent.sessions[1]));
    let deployed = agent.deployments[0]["id"].clone();
    let lines: [(&str, &Value, &str); 16] = [
        (
            "12Z",
            &before,
            "2026-02-01 09:00:12.004 | INFO     | bot:main:88 - Call from +1 555 0100",
        ),
        (
            "12.500Z",
            &before,
            "2026-02-01 09:00:12.500 | DEBUG    | stt:run:31 - ERROR rate is 0",
        ),
        (
            "13.123456Z",
            &latest,
            "2026-02-01 09:00:13.123 | INFO     | bot:main:88 - Call from +1 555 0101",
        ),
        (
            "14Z",
            &before,
            "WARNING:asyncio:Executing <Task pending> took 0.213 seconds",
        ),
        (
            "15Z",
            &before,
            "2026-02-01 09:00:15.000 | ERROR    | tools:book:140 - Booking failed",
        ),
        ("15.001Z", &before, "Traceback (most recent call last):"),
        (
            "15.002Z",
            &latest,
            "2026-02-01 09:00:15.002 | INFO     | tts:say:52 - Welcome",
        ),
        (
            "15.003Z",
            &before,
            "  File \"/app/tools.py\", line 140, in book",
        ),
        (
            "15.004Z",
            &before,
            "TimeoutError: no answer from crm.acme.example",
        ),
        (
            "16Z",
            &latest,
            "{\"level\": \"warning\", \"message\": \"slow answer\", \"ms\": 1840}",
        ),
        ("17Z", &latest, "keep-alive"),
        ("17Z", &latest, "keep-alive"),
        ("18.000000001Z", &latest, "caller\t+1 555 0101\tduration\t5"),
        ("19Z", &latest, ""),
        (
            "20Z",
            &latest,
            "\u{1b}[31m2026-02-01 09:00:20.000 | CRITICAL | bot:main:97 - Out of memory\u{1b}[0m",
        ),
        ("21Z", &latest, "two lines\nin one entry"),
    ];
    for (time, session, text) in lines {
        let mut entry = line(&format!("2026-02-01T09:00:{time}"), text);
        entry["sessionId"] = session.clone();
        entry["deploymentId"] = deployed.clone();
        agent.logs.add(entry);
    }
    let mut entry = line(
        "2026-01-13T08:02:00.000Z",
        "2026-01-13 08:02:00.000 | INFO     | bot:main:80 - Started",
    );
    entry["deploymentId"] = agent.deployments[2]["id"].clone();
    agent.logs.add(entry);
}
