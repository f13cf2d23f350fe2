//! `/v1/organizations/{org}/services`: agents.

use std::fmt;

use reqwest::Method;
use serde_json::Value;

use super::fields::{list, text};
use super::{Api, WithRaw};
use crate::error::Result;

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
    fn read(raw: &Value) -> Self {
        Self {
            name: text(raw, "name"),
            region: text(raw, "region"),
            id: text(raw, "id"),
            active_deployment_id: text(raw, "activeDeploymentId")
                .or_else(|| text(raw, "desiredDeploymentId")),
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
    fn of(agent: &Value) -> Option<Self> {
        agent
            .get("git")
            .filter(|git| git.is_object())
            .map(Self::read)
    }

    /// A link, as the service describes it.
    #[must_use]
    pub fn read(raw: &Value) -> Self {
        let filled = |name: &str| text(raw, name).filter(|text| !text.is_empty());
        Self {
            repository: filled("repoFullName"),
            branch: filled("branch"),
            dockerfile: filled("dockerfilePath").unwrap_or_else(|| Self::DOCKERFILE.to_owned()),
            subdirectory: filled("subdirectory"),
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
}
