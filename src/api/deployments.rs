//! `POST` and `PUT /v1/organizations/{org}/services`: creating and updating an agent.

use anyhow::anyhow;
use reqwest::Method;
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::fields::{name, text, written};
use super::{Api, WithRaw};
use crate::error::Result;
use crate::http::{Body, IN_DOUBT};

/// What an agent is to be. A key without a value is left out; whatever the service does not know it
/// drops.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NewDeployment {
    /// The agent's name.
    pub service_name: String,
    /// What runs.
    #[serde(flatten)]
    pub source: DeploymentSource,
    /// The login that the image is pulled with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_pull_secret_set: Option<String>,
    /// The set of environment variables.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret_set: Option<String>,
    /// The profile, which sets processors and memory.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agent_profile: Option<String>,
    /// How WebSocket connections are authenticated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub websocket_auth: Option<String>,
    /// What the image is built for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub architecture: Option<String>,
    /// Where it runs, if somebody has said so; never the organization's default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// How many of it run.
    pub auto_scaling: AutoScaling,
    /// Processors and memory, in self-hosted regions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resources: Option<DeploymentResources>,
    /// The noise filter. An empty object is sent where there is none.
    pub krisp_viva: KrispViva,
    /// Deploys although nothing has changed.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub force_redeploy: bool,
    /// How long a session may last, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_session_duration: Option<u64>,
}

/// What runs: one of these.
#[derive(Clone, Debug, Serialize)]
pub enum DeploymentSource {
    /// An image, as its registry has it.
    #[serde(rename = "image")]
    Image(String),
    /// A build in the cloud, by its id.
    #[serde(rename = "buildId")]
    Build(String),
    /// A branch on GitHub.
    #[serde(rename = "git")]
    Git(GitSource),
}

/// A branch on GitHub.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct GitSource {
    /// `owner/name`.
    pub repo_full_name: String,
    /// The branch.
    pub branch: String,
    /// The Dockerfile in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dockerfile_path: Option<String>,
    /// The folder in it that is built.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subdirectory: Option<String>,
}

/// How many instances run.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AutoScaling {
    /// How many are kept ready.
    pub min_agents: u64,
    /// How many there are at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_agents: Option<u64>,
}

/// Processors and memory, each text or a number.
#[derive(Clone, Debug, Serialize)]
pub struct DeploymentResources {
    /// Processors.
    pub cpu: Value,
    /// Memory.
    pub memory: Value,
}

/// Krisp VIVA.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct KrispViva {
    /// The model.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audio_filter: Option<String>,
}

/// What the service says of a deployment that it has taken.
#[derive(Clone, Debug, Default)]
pub struct Accepted {
    /// The deployment that is to be reached, if the service names it.
    pub deployment: Option<String>,
    /// A word for people: that nothing has changed, say.
    pub warning: Option<String>,
    /// Whether it is ready already.
    pub is_ready: bool,
    /// Whether the agent takes sessions.
    pub is_available: bool,
    /// Where it runs, if the service says.
    pub region: Option<String>,
}

impl Accepted {
    fn read(raw: &Value) -> Self {
        // Documented as the agent's details, which come wrapped where they are read.
        let detail = raw
            .get("body")
            .filter(|body| body.is_object())
            .unwrap_or(raw);
        let is_ready = detail["ready"].as_bool().unwrap_or(false);
        Self {
            deployment: name(detail, "desiredDeploymentId"),
            warning: text(raw, "warning")
                .or_else(|| text(detail, "warning"))
                .filter(|warning| !warning.trim().is_empty()),
            is_ready,
            is_available: detail["available"].as_bool().unwrap_or(is_ready),
            region: text(detail, "region"),
        }
    }
}

impl Api {
    /// Creates an agent, or updates one that there is. Sent once: where the connection breaks,
    /// nobody knows whether it was carried out.
    ///
    /// # Errors
    /// The service refuses or cannot be reached, or its answer makes no sense.
    pub async fn deploy(
        &self,
        organization: &str,
        deployment: &NewDeployment,
        is_update: bool,
    ) -> Result<WithRaw<Accepted>> {
        let path = ["v1", "organizations", organization, "services"];
        let method = if is_update { Method::PUT } else { Method::POST };
        let response = self
            .send(method, &path, Body::Json(json!(deployment)))
            .await?;
        let raw = match written(&response)? {
            Some(object) => object,
            None if response.body.trim_ascii().is_empty() => Value::Object(Map::new()),
            None => return Err(response.nonsense(anyhow!("no object")).hint(IN_DOUBT)),
        };
        let value = Accepted::read(&raw);
        Ok(WithRaw { value, raw })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mangled::mangled;

    #[test]
    fn a_body_has_what_was_given_and_the_objects_that_are_always_there() {
        let least = NewDeployment {
            service_name: "my-agent".to_owned(),
            source: DeploymentSource::Image("acme/bot:1".to_owned()),
            image_pull_secret_set: None,
            secret_set: None,
            agent_profile: None,
            websocket_auth: None,
            architecture: None,
            region: None,
            auto_scaling: AutoScaling {
                min_agents: 0,
                max_agents: None,
            },
            resources: None,
            krisp_viva: KrispViva::default(),
            force_redeploy: false,
            max_session_duration: None,
        };
        assert_eq!(
            json!(least),
            json!({
                "serviceName": "my-agent",
                "image": "acme/bot:1",
                "autoScaling": {"minAgents": 0},
                "krispViva": {},
            })
        );
        let most = NewDeployment {
            source: DeploymentSource::Git(GitSource {
                repo_full_name: "acme/bot".to_owned(),
                branch: "main".to_owned(),
                dockerfile_path: Some("docker/Dockerfile".to_owned()),
                subdirectory: None,
            }),
            force_redeploy: true,
            krisp_viva: KrispViva {
                audio_filter: Some("tel".to_owned()),
            },
            resources: Some(DeploymentResources {
                cpu: json!(2),
                memory: json!("4Gi"),
            }),
            ..least
        };
        assert_eq!(
            json!(most),
            json!({
                "serviceName": "my-agent",
                "git": {
                    "repoFullName": "acme/bot",
                    "branch": "main",
                    "dockerfilePath": "docker/Dockerfile",
                },
                "autoScaling": {"minAgents": 0},
                "resources": {"cpu": 2, "memory": "4Gi"},
                "krispViva": {"audioFilter": "tel"},
                "forceRedeploy": true,
            })
        );
    }

    #[test]
    fn an_odd_answer_is_no_word_of_a_deployment_that_is_ready() {
        let answer = json!({"body": {
            "desiredDeploymentId": "new", "ready": false, "available": false, "region": "us-west",
        }, "warning": ""});
        for odd in mangled(&answer).iter().chain(&mangled(&answer["body"])) {
            let accepted = Accepted::read(odd);
            assert!(!accepted.is_ready && !accepted.is_available, "{odd}");
            let id = accepted.deployment;
            assert!(id.is_none_or(|id| id == "new" || id == "true"), "{odd}");
        }
    }
}
