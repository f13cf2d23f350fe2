//! `/v1/organizations/{org}/services`: agents.

use std::fmt;

use anyhow::anyhow;
use reqwest::Method;
use serde_json::Value;

use super::fields::{accepted, filled, list, object, text};
use super::{AgentDetail, Api, WithRaw};
use crate::error::Result;
use crate::http::Request;

/// An agent, as the list has it.
#[derive(Clone, Debug, Default)]
pub struct Agent {
    /// Its name, as it stands in paths.
    pub name: Option<String>,
    /// The code of the region that it runs in.
    pub region: Option<String>,
    /// Its id.
    pub id: Option<String>,
    /// The deployment that runs, or is on its way to.
    pub active_deployment_id: Option<String>,
    /// When it was made, as the service writes it.
    pub created_at: Option<String>,
    /// When it was changed, as the service writes it.
    pub updated_at: Option<String>,
    /// The branch that it is deployed from, if it is linked to one.
    pub link: Option<GitLink>,
}

impl Agent {
    pub(crate) fn read(raw: &Value) -> Self {
        Self {
            name: text(raw, "name"),
            region: text(raw, "region"),
            id: text(raw, "id"),
            active_deployment_id: filled(raw, "activeDeploymentId")
                .or_else(|| filled(raw, "desiredDeploymentId")),
            created_at: text(raw, "createdAt"),
            updated_at: text(raw, "updatedAt"),
            link: GitLink::of(raw),
        }
    }
}

/// The branch of a repository that an agent is deployed from.
#[derive(Clone, Debug, Default)]
pub struct GitLink {
    /// The repository, as `owner/name`.
    pub repository: Option<String>,
    /// The branch.
    pub branch: Option<String>,
    /// What the image is built by.
    pub dockerfile: String,
    /// The folder that is built, where that is not the whole repository.
    pub subdirectory: Option<String>,
    /// Whether each push is deployed.
    pub deploys_on_push: bool,
}

impl GitLink {
    /// What is meant where the service names no Dockerfile.
    const DOCKERFILE: &str = "Dockerfile";

    /// The link of an agent, if it has one.
    pub(super) fn of(agent: &Value) -> Option<Self> {
        agent
            .get("git")
            .filter(|git| git.is_object())
            .map(Self::read)
    }

    /// A link, as the service describes it.
    #[must_use]
    pub fn read(raw: &Value) -> Self {
        Self {
            repository: filled(raw, "repoFullName"),
            branch: filled(raw, "branch"),
            dockerfile: filled(raw, "dockerfilePath")
                .unwrap_or_else(|| Self::DOCKERFILE.to_owned()),
            subdirectory: filled(raw, "subdirectory"),
            deploys_on_push: raw["autoDeploy"].as_bool().unwrap_or(true),
        }
    }
}

/// `owner/name@branch`, with a question mark for what is not known.
impl fmt::Display for GitLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known = |part: &'_ Option<String>| part.clone().unwrap_or_else(|| "?".to_owned());
        write!(f, "{}@{}", known(&self.repository), known(&self.branch))
    }
}

/// A deployment of an agent.
#[derive(Clone, Debug, Default)]
pub struct Deployment {
    /// Its id.
    pub id: Option<String>,
    /// The image that it runs; the service leaves out those of its own builds.
    pub image: Option<String>,
    /// The build that has made it.
    pub build_id: Option<String>,
    /// The kind of machine that it runs on.
    pub node_type: Option<String>,
    /// What it was built for.
    pub architecture: Option<String>,
    /// How long a session may last, in seconds.
    pub max_session_duration: Option<String>,
    /// When it was made, as the service writes it.
    pub created_at: Option<String>,
    /// When it was changed, as the service writes it.
    pub updated_at: Option<String>,
}

impl Deployment {
    pub(crate) fn read(raw: &Value) -> Self {
        let spec = &raw["manifest"]["spec"];
        Self {
            id: filled(raw, "id"),
            image: filled(spec, "image"),
            build_id: filled(raw, "buildId"),
            node_type: filled(spec, "dailyNodeType"),
            architecture: filled(spec, "arch"),
            max_session_duration: filled(spec, "maxSessionDurationSeconds"),
            created_at: filled(raw, "createdAt"),
            updated_at: filled(raw, "updatedAt"),
        }
    }
}

impl Api {
    /// The agents of an organization, of one region if one is given, with their links.
    ///
    /// # Errors
    /// The service refuses or cannot be reached, or its answer makes no sense.
    pub async fn agents(
        &self,
        organization: &str,
        region: Option<&str>,
    ) -> Result<WithRaw<Vec<Agent>>> {
        let path = ["v1", "organizations", organization, "services"];
        let mut query = vec![("include", "git")];
        query.extend(region.map(|code| ("region", code)));
        let request = self.request(Method::GET, &path)?.query(&query);
        list(&self.answer(request, &path).await?, "services", Agent::read)
    }

    /// An agent; none of that name is [`Code::NotFound`](crate::error::Code::NotFound). Somebody who
    /// looks again anyway asks `once`.
    ///
    /// # Errors
    /// The service refuses or cannot be reached, or its answer makes no sense.
    pub async fn agent(
        &self,
        organization: &str,
        agent: &str,
        once: bool,
    ) -> Result<WithRaw<AgentDetail>> {
        let path = ["v1", "organizations", organization, "services", agent];
        let request = Request {
            is_repeatable: !once,
            ..self.request(Method::GET, &path)?
        };
        let response = self.answer(request, &path).await?;
        let mut answer = object(&response)?;
        match answer.get_mut("body").map(Value::take) {
            Some(raw) if raw.is_object() => Ok(WithRaw {
                value: AgentDetail::read(&raw),
                raw,
            }),
            _ => Err(response.nonsense(anyhow!("no object `body`"))),
        }
    }

    /// Deletes an agent. Its sessions go on to their end.
    ///
    /// # Errors
    /// The service refuses or cannot be reached.
    pub async fn delete_agent(&self, organization: &str, agent: &str) -> Result<()> {
        let path = ["v1", "organizations", organization, "services", agent];
        accepted(&self.delete(&path).await?).map(drop)
    }

    /// The deployments of an agent, in the service's order.
    ///
    /// # Errors
    /// The service refuses or cannot be reached, or its answer makes no sense.
    pub async fn deployments(
        &self,
        organization: &str,
        agent: &str,
    ) -> Result<WithRaw<Vec<Deployment>>> {
        let path = [
            "v1",
            "organizations",
            organization,
            "services",
            agent,
            "deployments",
        ];
        list(&self.get(&path).await?, "deployments", Deployment::read)
    }
}
