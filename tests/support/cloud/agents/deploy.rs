//! `POST` and `PUT /services`: a deployment, and what becomes of it.

use std::collections::VecDeque;

use serde_json::{Value, json};
use wiremock::ResponseTemplate;

use super::super::api::{bad_request, error, json as answer_json, not_found, ok};
use super::super::ids::uuid;
use super::super::request::Request;
use super::super::secrets::{SecretSet, Secrets};
use super::super::world::Organization;
use super::{Agent, deployment, link, replace, revision};

/// What becomes of a deployment, seen from one look to the next.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Fate {
    /// Ready at the first look.
    #[default]
    Ready,
    /// Ready at the third, after all that comes before.
    RollsOut,
    /// Never ready; whatever ran before takes the sessions.
    KeepsRolling,
    /// Never ready, and said to be so; whatever ran before takes the sessions.
    Degrades,
    /// Ends again and again on startup.
    Crashes,
    /// Its revision is given up.
    Fails,
    /// The service reports errors of it.
    Errs,
    /// Somebody else's takes its place, and that one is ready.
    Superseded,
    /// Nobody takes it up.
    Ignored,
}

/// The keys that the service knows; it drops all others.
const KEYS: [&str; 15] = [
    "serviceName",
    "image",
    "buildId",
    "git",
    "imagePullSecretSet",
    "secretSet",
    "agentProfile",
    "websocketAuth",
    "architecture",
    "region",
    "autoScaling",
    "resources",
    "krispViva",
    "forceRedeploy",
    "maxSessionDuration",
];

/// Answers `POST` (a new agent) and `PUT` (one that there is).
pub(super) fn answer(organization: &mut Organization, request: &Request) -> ResponseTemplate {
    let mut body = request.json();
    if let Some(fields) = body.as_object_mut() {
        fields.retain(|name, _| KEYS.contains(&name.as_str()));
    }
    let name = body["serviceName"].as_str().unwrap_or_default().to_owned();
    let known = organization
        .agents
        .all
        .iter()
        .position(|agent| agent.name == name);
    let region = match (request.method.as_str(), known) {
        ("POST", Some(_)) => return error(409, "409", "An agent of this name exists"),
        ("POST", None) => match body["region"].as_str() {
            Some(region) => region.to_owned(),
            None => default_region(organization),
        },
        (_, None) => return not_found("Agent not found"),
        (_, Some(at)) => {
            let region = &organization.agents.all[at].listed["region"];
            region.as_str().unwrap_or_default().to_owned()
        }
    };
    if let Some(refusal) = refusal(organization, &name, &region, &body) {
        return refusal;
    }
    let agents = &mut organization.agents;
    let at = known.unwrap_or_else(|| {
        let mut agent = nothing_yet(&name, &region);
        if let Some(course) = &agents.deploy_course {
            agent.deploy_course.clone_from(course);
        }
        agents.all.push(agent);
        agents.all.len() - 1
    });
    let fate = agents.fate;
    let agent = &mut agents.all[at];
    let forced = body["forceRedeploy"] == true;
    if !forced && agent.body.as_ref() == Some(&body) {
        let mut answer = agent.detail.clone();
        answer["warning"] = "Nothing has changed, so nothing was deployed".into();
        return ok(&answer);
    }
    agent.body = Some(body.clone());
    apply(agent, &body, fate);
    answer_json(if known.is_some() { 200 } else { 201 }, &agent.detail)
}

fn default_region(organization: &Organization) -> String {
    let region = &organization.properties["defaultRegion"]["currentValue"];
    region.as_str().unwrap_or("us-west").to_owned()
}

/// Why the service does not take a deployment.
fn refusal(
    organization: &Organization,
    name: &str,
    region: &str,
    body: &Value,
) -> Option<ResponseTemplate> {
    let is_allowed = |one: char| one.is_ascii_lowercase() || one.is_ascii_digit() || one == '-';
    let is_name = (1..=54).contains(&name.len())
        && name.chars().all(is_allowed)
        && !name.starts_with('-')
        && !name.ends_with('-');
    if !is_name {
        return Some(bad_request("Invalid service name"));
    }
    let sources = ["image", "buildId", "git"];
    if sources.iter().filter(|one| !body[**one].is_null()).count() != 1 {
        return Some(bad_request("Exactly one of image, buildId, git is needed"));
    }
    if !body["git"].is_null() && !body["imagePullSecretSet"].is_null() {
        return Some(bad_request("imagePullSecretSet is not allowed with git"));
    }
    if !body["autoScaling"]["minAgents"].is_u64() || !body["krispViva"].is_object() {
        return Some(bad_request("autoScaling or krispViva is missing"));
    }
    let mut regions = organization.regions.all.iter();
    if !regions.any(|known| known.code == region) {
        return Some(bad_request("Unknown region"));
    }
    if body["region"].as_str().is_some_and(|other| other != region) {
        return Some(bad_request("The region of an agent cannot be changed"));
    }
    if let Some(id) = body["buildId"].as_str() {
        let mut builds = organization.builds.all.iter();
        let Some(build) = builds.find(|build| build.id() == id) else {
            return Some(bad_request("No such build"));
        };
        if build.detail["status"] != "success" || build.detail["region"] != region {
            return Some(bad_request("The build is no success, or in another region"));
        }
    }
    if let Some(git) = body.get("git") {
        let repository = git["repoFullName"].as_str().unwrap_or_default();
        if let Some(refusal) = organization.github.refusal() {
            return Some(refusal);
        }
        if organization.github.repository(repository).is_none() {
            return Some(not_found("Repository not found, or not accessible"));
        }
    }
    ["secretSet", "imagePullSecretSet"]
        .iter()
        .find_map(|kind| refuse_set(&organization.secrets, body[kind].as_str()?, region))
}

fn refuse_set(secrets: &Secrets, name: &str, region: &str) -> Option<ResponseTemplate> {
    let set: Option<&SecretSet> = secrets.sets.iter().find(|set| set.name == name);
    match set.map(|set| &set.listed) {
        None => Some(not_found("Secret set not found")),
        Some(set) if set["region"] != region => {
            Some(bad_request("The secret set is in another region"))
        }
        Some(set) if set["status"] == "pending" || set["status"] == "failed" => {
            Some(error(409, "409", "The secret set is not ready"))
        }
        Some(_) => None,
    }
}

/// An agent of which nothing runs.
fn nothing_yet(name: &str, region: &str) -> Agent {
    let mut agent = Agent::new(name, region);
    agent.deployments.clear();
    let nothing = json!({
        "activeDeploymentId": null,
        "desiredDeploymentId": null,
        "reconciledDeploymentId": null,
    });
    replace(&mut agent.listed, &nothing);
    replace(&mut agent.detail, &nothing);
    replace(
        &mut agent.detail,
        &json!({
            "ready": false,
            "available": false,
            "deployment": null,
            "currentRevision": null,
        }),
    );
    agent
}

/// Takes a deployment, which then has its fate.
fn apply(agent: &mut Agent, body: &Value, fate: Fate) {
    agent.made += 1;
    let mut new = deployment(&agent.name, 30 + agent.made);
    let spec = &mut new["manifest"]["spec"];
    replace(
        spec,
        &json!({
            "arch": body.get("architecture").cloned().unwrap_or("arm64".into()),
            "maxSessionDurationSeconds": body["maxSessionDuration"],
        }),
    );
    if let Some(image) = body.get("image") {
        spec["image"] = image.clone();
    } else if let Some(spec) = spec.as_object_mut() {
        // The service does not say where it keeps the images that it builds.
        spec.shift_remove("image");
    }
    new["buildId"] = body["buildId"].clone();
    let scaling = &body["autoScaling"];
    replace(
        &mut agent.detail,
        &json!({
            "autoScaling": {"minReplicas": scaling["minAgents"], "maxReplicas": scaling["maxAgents"]},
            "agentProfile": body["agentProfile"],
            "krispViva": {"audioFilter": body["krispViva"]["audioFilter"]},
            "secretSet": body["secretSet"],
            "imagePullSecretSet": body["imagePullSecretSet"],
            "desiredDeploymentId": new["id"],
            "errors": [],
        }),
    );
    if body["resources"].is_object() {
        agent.detail["resources"] = body["resources"].clone();
    }
    if let Some(git) = body.get("git") {
        let mut linked = link::link("", "");
        replace(&mut linked, git);
        agent.set_link(&linked);
        let branch = git["branch"].as_str().unwrap_or_default();
        agent.deploys += 1;
        let commit = super::super::ids::sha(&format!("commit {} {}", agent.name, agent.deploys));
        agent.upcoming = link::course(agent, &commit, &format!("refs/heads/{branch}"));
        return;
    }
    agent.upcoming = looks(agent, &new, fate);
}

/// What the details say at each look.
fn looks(agent: &Agent, new: &Value, fate: Fate) -> VecDeque<Value> {
    let id = &new["id"];
    // Of what has just begun nobody knows how long it has been going on.
    let revision = |id: &Value, phase: &str, replicas: u64| {
        let mut revision = revision(id, phase, replicas);
        revision["phaseStartedAt"] = Value::Null;
        revision
    };
    let old = agent.detail["currentRevision"].clone();
    let reachable = agent.detail["available"] == true;
    let progressing = |phase: &str| {
        json!({
            "reconciledDeploymentId": id,
            "ready": false,
            "available": reachable,
            "activeDeploymentReady": false,
            "conditions": [
                {"type": "Progressing", "status": "True", "reason": "NewRevision", "message": ""},
                {"type": "Degraded", "status": "False", "reason": "", "message": ""},
            ],
            "currentRevision": revision(id, phase, 0),
            "previousRevision": old,
        })
    };
    let ready = json!({
        "reconciledDeploymentId": id,
        "deployment": new,
        "ready": true,
        "available": true,
        "activeDeploymentReady": true,
        "conditions": [{"type": "Progressing", "status": "False", "reason": "Ready", "message": ""}],
        "currentRevision": revision(id, "Active", 1),
        "previousRevision": null,
    });
    let crashed = |phase: &str, restarts: u64| {
        let mut look = progressing(phase);
        look["currentRevision"]["health"] = json!({
            "ready": false,
            "state": "crash_loop",
            "restartCount": restarts,
            "replicasStarted": 1,
            "headline": "The agent keeps crashing on startup",
            "reason": "CrashLoopBackOff",
            "lastTerminationReason": "Error",
            "lastExitCode": 1,
            "message": "Traceback (most recent call last):\n  File \"/app/bot.py\", line 4, in <module>\nKeyError: 'OPENAI_API_KEY'",
        });
        look
    };
    let degraded = || {
        let mut look = crashed("Validating", 2);
        look["conditions"] = json!([{
            "type": "Degraded",
            "status": "True",
            "reason": "RevisionNotReady",
            "message": "The new revision does not become ready",
        }]);
        look
    };
    match fate {
        Fate::Ready => [ready].into(),
        Fate::RollsOut => [json!({}), progressing("Validating"), ready].into(),
        Fate::KeepsRolling => [progressing("Validating")].into(),
        Fate::Degrades => [degraded()].into(),
        Fate::Crashes => [crashed("Validating", 1), crashed("Validating", 3)].into(),
        Fate::Fails => [crashed("Failed", 5)].into(),
        Fate::Errs => {
            let mut look = progressing("Creating");
            look["errors"] =
                json!([{"code": "PCC-2001", "message": "The image could not be pulled"}]);
            [look].into()
        }
        Fate::Superseded => {
            let other = uuid(&format!("deployment of somebody else {}", agent.name));
            let mut look = ready;
            let fields = look.as_object_mut();
            fields
                .expect("an object of ours")
                .shift_remove("deployment");
            for field in ["desiredDeploymentId", "reconciledDeploymentId"] {
                look[field] = other.as_str().into();
            }
            look["currentRevision"] = revision(&other.into(), "Active", 1);
            [look].into()
        }
        Fate::Ignored => [json!({})].into(),
    }
}
