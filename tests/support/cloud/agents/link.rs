//! The link of an agent to a repository, and deploying its branch.

use std::collections::VecDeque;

use serde_json::{Value, json};
use wiremock::ResponseTemplate;

use super::super::api::{bad_request, json as answer_json, not_found, ok};
use super::super::github::GitHub;
use super::super::ids::{sha, uuid};
use super::super::request::Request;
use super::{Agent, deployment, replace};

/// The optional fields of a link.
const OPTIONAL: [&str; 3] = ["dockerfilePath", "subdirectory", "autoDeploy"];

/// A link to this branch, with everything else as it is where nobody says otherwise.
pub fn link(repository: &str, branch: &str) -> Value {
    json!({
        "repoFullName": repository,
        "branch": branch,
        "dockerfilePath": null,
        "subdirectory": null,
        "autoDeploy": true,
    })
}

/// Answers the routes below `environments/production/git`.
pub(super) fn answer(
    agent: &mut Agent,
    github: &GitHub,
    route: &[&str],
    request: &Request,
) -> ResponseTemplate {
    match (request.method.as_str(), route) {
        ("POST", []) => make(agent, github, &request.json()),
        ("DELETE" | "POST", _) if agent.detail["git"].is_null() => {
            not_found("The agent is not linked to a repository")
        }
        ("DELETE", []) => {
            agent.set_link(&Value::Null);
            ResponseTemplate::new(204)
        }
        ("POST", ["deploy"]) => match github.refusal() {
            Some(refusal) => refusal,
            None => deploy(agent),
        },
        _ => not_found("Not found"),
    }
}

/// Makes a link or changes it: a field that is not sent keeps its value.
fn make(agent: &mut Agent, github: &GitHub, body: &Value) -> ResponseTemplate {
    let (Some(repository), Some(branch)) = (body["repoFullName"].as_str(), body["branch"].as_str())
    else {
        return bad_request("repoFullName and branch are required");
    };
    if let Some(refusal) = github.refusal() {
        return refusal;
    }
    let Some(repository) = github.repository(repository) else {
        return not_found("Repository not found, or not accessible");
    };
    if !repository.branches.iter().any(|known| known == branch) {
        return not_found("Branch not found");
    }
    let mut git = link("", "");
    replace(&mut git, &agent.detail["git"]);
    git["repoFullName"] = repository.full_name.as_str().into();
    git["branch"] = branch.into();
    for name in OPTIONAL {
        let Some(value) = body.get(name) else {
            continue;
        };
        let fits = match name {
            "autoDeploy" => value.is_boolean(),
            _ => value.is_string() || value.is_null(),
        };
        if !fits {
            return bad_request(&format!("Invalid {name}"));
        }
        git[name] = value.clone();
    }
    agent.set_link(&git);
    ok(&json!({"gitConfig": git}))
}

/// Queues a deploy of the branch, which then takes its [course](Agent::deploy_course).
fn deploy(agent: &mut Agent) -> ResponseTemplate {
    agent.deploys += 1;
    let name = format!("{} {}", agent.name, agent.deploys);
    let commit = sha(&format!("commit {name}"));
    let branch = agent.detail["git"]["branch"].as_str().unwrap_or_default();
    let reference = format!("refs/heads/{branch}");
    agent.upcoming = course(agent, &commit, &reference);
    answer_json(
        202,
        &json!({"deployIntent": {
            "id": uuid(&format!("intent {name}")),
            "commitSha": commit,
            "ref": reference,
            "status": "queued",
        }}),
    )
}

/// What the details say at each look. What has succeeded runs.
pub(super) fn course(agent: &Agent, commit: &str, reference: &str) -> VecDeque<Value> {
    let mut built = deployment(&agent.name, agent.deployments.len() + 1);
    built["buildId"] = uuid(&format!("build {commit}")).into();
    // The service does not say where it keeps the images that it builds.
    let spec = built["manifest"]["spec"].as_object_mut();
    spec.expect("a deployment of ours").shift_remove("image");
    let steps = agent.deploy_course.iter();
    let look = |step: &Value| {
        if step.is_null() {
            return json!({"latestDeploy": null});
        }
        let mut latest = json!({"status": null, "commitSha": commit, "reason": null});
        replace(&mut latest, step);
        let mut look = json!({"latestDeploy": latest});
        if latest["status"] == "succeeded" {
            look["deployment"] = built.clone();
            look["deployedCommit"] = json!({
                "sha": latest["commitSha"],
                "repoFullName": agent.detail["git"]["repoFullName"],
                "ref": reference,
            });
        }
        look
    };
    steps.map(look).collect()
}
