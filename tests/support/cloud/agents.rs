//! The agents of an organization: their list, their details, and what each of them has.

pub mod deploy;
pub mod link;
pub mod logs;
pub mod sessions;
pub mod start;

use std::collections::VecDeque;

use serde_json::{Value, json};
use wiremock::ResponseTemplate;

use super::api::{not_found, ok};
use super::ids::uuid;
use super::paging::Paging;
use super::request::Request;
use super::world::Organization;
use deploy::Fate;
use logs::Logs;

/// All agents of an organization.
#[derive(Clone, Debug)]
pub struct Agents {
    /// In the order of the list.
    pub all: Vec<Agent>,
    /// Whether the list takes `include=git`. An older service leaves the links out.
    pub lists_links: bool,
    /// How sessions and logs are divided into pages.
    pub paging: Paging,
    /// What becomes of what is deployed from now on.
    pub fate: Fate,
    /// What [`Agent::deploy_course`] is of agents that are made from now on, if not the usual one.
    pub deploy_course: Option<Vec<Value>>,
}

impl Default for Agents {
    fn default() -> Self {
        Self {
            all: Vec::new(),
            lists_links: true,
            paging: Paging::default(),
            fate: Fate::default(),
            deploy_course: None,
        }
    }
}

/// An agent with everything in it.
#[derive(Clone, Debug)]
pub struct Agent {
    /// The name in paths.
    pub name: String,
    /// The object in the list; `git` only comes if it is asked for.
    pub listed: Value,
    /// The object under `body` of the agent's own answer.
    pub detail: Value,
    /// Its deployments, newest first.
    pub deployments: Vec<Value>,
    /// Its sessions, newest first, each as it is answered alone: the list has fewer fields.
    pub sessions: Vec<Value>,
    /// What it has written.
    pub logs: Logs,
    /// How `detail` goes on: at each look the first of these objects is taken, and its fields
    /// replace those of the same name. A `deployment` becomes the one that runs.
    pub upcoming: VecDeque<Value>,
    /// How a deploy of the linked branch goes on: an object a look, whose fields go into
    /// `latestDeploy` beside the commit (and may replace it); `null` while there is nothing.
    pub deploy_course: Vec<Value>,
    /// How many times the linked branch was deployed.
    deploys: usize,
    /// What was sent to deploy it, last.
    pub body: Option<Value>,
    /// How many deployments were sent.
    made: usize,
}

impl Agent {
    /// An agent that is ready, with one deployment and neither sessions, logs nor link.
    pub fn new(name: &str, region: &str) -> Self {
        let deployment = deployment(name, 1);
        let facts = json!({
            "name": name,
            "id": uuid(&format!("agent {name}")),
            "organizationId": uuid("organization"),
            "region": region,
            "activeDeploymentId": deployment["id"],
            "desiredDeploymentId": deployment["id"],
            "createdAt": "2026-01-12T08:00:00.000Z",
            "updatedAt": deployment["updatedAt"],
        });
        let mut listed = facts.clone();
        replace(
            &mut listed,
            &json!({
                "reconciledDeploymentId": deployment["id"],
                "deletedAt": null,
                "git": null,
            }),
        );
        let mut detail = facts;
        replace(
            &mut detail,
            &json!({
                "reconciledDeploymentId": deployment["id"],
                "ready": true,
                "available": true,
                "activeSessionCount": 0,
                "agentProfile": "agent-1x",
                "resources": {"cpu": "500m", "memory": "1Gi"},
                "deployment": deployment,
                "autoScaling": {"minReplicas": 1, "maxReplicas": 10},
                "krispViva": {"audioFilter": null},
                "currentRevision": revision(&deployment["id"], "Active", 1),
                "previousRevision": null,
                "errors": [],
                "git": null,
                "deployedCommit": null,
                "latestDeploy": null,
            }),
        );
        Self {
            name: name.to_owned(),
            listed,
            detail,
            deployments: vec![deployment],
            sessions: Vec::new(),
            logs: Logs::default(),
            upcoming: VecDeque::new(),
            deploy_course: ["pending", "building", "deploying", "succeeded"]
                .map(|status| json!({"status": status}))
                .into(),
            deploys: 0,
            body: None,
            made: 0,
        }
    }

    /// Puts a link into the list and the details; `null` takes it out.
    pub fn set_link(&mut self, git: &Value) {
        self.listed["git"] = git.clone();
        self.detail["git"] = git.clone();
    }

    /// Makes a deployment the one that runs.
    pub fn deploy(&mut self, deployment: &Value) {
        let id = &deployment["id"];
        for place in [&mut self.listed, &mut self.detail] {
            replace(
                place,
                &json!({
                    "activeDeploymentId": id,
                    "desiredDeploymentId": id,
                    "reconciledDeploymentId": id,
                }),
            );
        }
        self.detail["deployment"] = deployment.clone();
        self.detail["currentRevision"] = revision(id, "Active", 1);
        self.deployments.insert(0, deployment.clone());
    }

    /// One session more that runs, or one less, where the count is a number.
    fn count_session(&mut self, change: i64) {
        if let Some(count) = self.detail["activeSessionCount"].as_i64() {
            self.detail["activeSessionCount"] = (count + change).into();
        }
    }

    fn look(&mut self) -> ResponseTemplate {
        if let Some(changes) = self.upcoming.pop_front() {
            if changes["deployment"].is_object() {
                self.deploy(&changes["deployment"]);
            }
            replace(&mut self.detail, &changes);
        }
        ok(&json!({"body": self.detail}))
    }
}

/// The nth deployment of an agent: of an image, on ARM, with an hour for a session.
pub fn deployment(agent: &str, n: usize) -> Value {
    let time = format!("2026-01-{:02}T08:00:00.000Z", (11 + n).min(31));
    json!({
        "id": uuid(&format!("deployment {agent} {n}")),
        "buildId": null,
        "manifest": {"spec": {
            "image": format!("docker.io/acme/{agent}:1.{n}"),
            "dailyNodeType": "arm",
            "arch": "arm64",
            "maxSessionDurationSeconds": 3600,
        }},
        "createdAt": time,
        "updatedAt": time,
    })
}

/// A revision of this deployment: healthy, if any replica is ready.
pub fn revision(deployment: &Value, phase: &str, replicas: u64) -> Value {
    json!({
        "deploymentID": deployment,
        "phase": phase,
        "readyReplicas": replicas,
        "phaseStartedAt": "2026-01-20T08:01:00.000Z",
        "hasInfrastructureIssue": false,
        "health": {
            "ready": replicas > 0,
            "state": if replicas > 0 { "ready" } else { "starting" },
            "restartCount": 0,
            "replicasStarted": replicas,
        },
    })
}

/// Puts the fields of one object into another.
pub fn replace(object: &mut Value, fields: &Value) {
    for (name, value) in fields.as_object().into_iter().flatten() {
        object[name] = value.clone();
    }
}

/// Answers the routes below `services`.
pub(super) fn answer(
    organization: &mut Organization,
    route: &[&str],
    request: &Request,
) -> ResponseTemplate {
    let method = request.method.as_str();
    if let ("POST" | "PUT", []) = (method, route) {
        return deploy::answer(organization, request);
    }
    let Organization { agents, github, .. } = organization;
    let [name, route @ ..] = route else {
        return match method {
            "GET" => agents.list(request),
            _ => not_found("Not found"),
        };
    };
    let Some(at) = agents.all.iter().position(|agent| agent.name == *name) else {
        return not_found("Agent not found");
    };
    let agent = &mut agents.all[at];
    match (method, route) {
        ("GET", []) => agent.look(),
        ("DELETE", []) => {
            agents.all.remove(at);
            ok(&json!({"status": "OK"}))
        }
        ("GET", ["deployments"]) => ok(&json!({"deployments": agent.deployments})),
        (_, ["sessions", route @ ..]) => sessions::answer(agent, &agents.paging, route, request),
        ("GET", ["logs"]) => agent.logs.answer(&agents.paging, request),
        (_, ["environments", "production", "git", route @ ..]) => {
            link::answer(agent, github, route, request)
        }
        _ => not_found("Not found"),
    }
}

impl Agents {
    fn list(&self, request: &Request) -> ResponseTemplate {
        let parameters = request.parameters();
        let with_links =
            self.lists_links && parameters.get("include").is_some_and(|all| all == "git");
        let region = parameters.get("region");
        let agents: Vec<Value> = self
            .all
            .iter()
            .filter(|agent| region.is_none_or(|region| agent.listed["region"] == **region))
            .map(|agent| {
                let mut listed = agent.listed.clone();
                if let Some(fields) = listed.as_object_mut().filter(|_| !with_links) {
                    fields.shift_remove("git");
                }
                listed
            })
            .collect();
        ok(&json!({"services": agents}))
    }
}
