//! `/v1/organizations/{org}/services/{agent}/environments/production/git`: the branch that an agent
//! is deployed from, and deploying it.

use anyhow::anyhow;
use serde_json::{Map, Value, json};

use super::agents::GitLink;
use super::fields::{accepted, object, text};
use super::{Api, WithRaw};
use crate::error::Result;
use crate::http::{IN_DOUBT, Response};

/// What a link is made of, or what changes of it: what is not given stays as it is.
#[derive(Clone, Copy, Debug)]
pub struct LinkChange<'a> {
    /// The repository, as `owner/name`.
    pub repository: &'a str,
    /// The branch.
    pub branch: &'a str,
    /// The Dockerfile, below the folder that is built.
    pub dockerfile: Option<&'a str>,
    /// The folder that is built.
    pub subdirectory: Option<&'a str>,
    /// Whether each push is deployed.
    pub deploys_on_push: Option<bool>,
}

impl LinkChange<'_> {
    fn to_json(self) -> Value {
        let mut body = Map::new();
        body.insert("repoFullName".to_owned(), self.repository.into());
        body.insert("branch".to_owned(), self.branch.into());
        for (name, value) in [
            ("dockerfilePath", self.dockerfile.map(Value::from)),
            ("subdirectory", self.subdirectory.map(Value::from)),
            ("autoDeploy", self.deploys_on_push.map(Value::from)),
        ] {
            body.extend(value.map(|value| (name.to_owned(), value)));
        }
        Value::Object(body)
    }
}

/// A deploy of the branch that has been asked for.
#[derive(Clone, Debug, Default)]
pub struct DeployIntent {
    /// Its id.
    pub id: Option<String>,
    /// The commit that is deployed.
    pub commit: Option<String>,
    /// The branch, without `refs/heads/`.
    pub branch: Option<String>,
}

impl DeployIntent {
    fn read(raw: &Value) -> Self {
        let reference = text(raw, "ref");
        let branch = |name: String| name.trim_start_matches("refs/heads/").to_owned();
        Self {
            id: text(raw, "id"),
            commit: text(raw, "commitSha"),
            branch: reference.map(branch),
        }
    }
}

/// How the latest deploy of the branch stands.
#[derive(Clone, Debug, Default)]
pub struct LatestDeploy {
    /// `pending`, `building`, `deploying`, `succeeded`, `failed`, `cancelled` or whatever else.
    pub status: Option<String>,
    /// The commit that it deploys.
    pub commit: Option<String>,
    /// Why it has ended as it has.
    pub reason: Option<String>,
}

impl LatestDeploy {
    pub(super) fn read(raw: &Value) -> Self {
        Self {
            status: text(raw, "status"),
            commit: text(raw, "commitSha"),
            reason: text(raw, "reason").filter(|reason| !reason.is_empty()),
        }
    }
}

/// The route to an agent's link, and what stands below it.
macro_rules! route {
    ($organization:expr, $agent:expr $(, $below:expr)?) => {
        [
            "v1",
            "organizations",
            $organization,
            "services",
            $agent,
            "environments",
            "production",
            "git",
            $($below)?
        ]
    };
}

impl Api {
    /// Links an agent to a branch, or changes its link. Gives the link as it is now.
    ///
    /// # Errors
    /// The service refuses or cannot be reached, or its answer makes no sense.
    pub async fn link_agent(
        &self,
        organization: &str,
        agent: &str,
        change: &LinkChange<'_>,
    ) -> Result<WithRaw<GitLink>> {
        let path = route!(organization, agent);
        let response = self.post(&path, change.to_json()).await?;
        named(&response, "gitConfig", GitLink::read)
    }

    /// Takes the link of an agent away.
    ///
    /// # Errors
    /// The service refuses or cannot be reached.
    pub async fn unlink_agent(&self, organization: &str, agent: &str) -> Result<()> {
        let path = route!(organization, agent);
        accepted(&self.delete(&path).await?).map(drop)
    }

    /// Asks for a deploy of the branch that an agent is linked to, which goes on by itself.
    ///
    /// # Errors
    /// The service refuses or cannot be reached, or its answer makes no sense.
    pub async fn deploy_linked_branch(
        &self,
        organization: &str,
        agent: &str,
    ) -> Result<WithRaw<DeployIntent>> {
        let path = route!(organization, agent, "deploy");
        let response = self.post(&path, json!({})).await?;
        named(&response, "deployIntent", DeployIntent::read)
    }

    /// How the latest deploy of the branch stands, if there is one. It is asked once, by somebody who
    /// looks again.
    ///
    /// # Errors
    /// The service refuses or cannot be reached, or its answer makes no sense.
    pub async fn latest_deploy(
        &self,
        organization: &str,
        agent: &str,
    ) -> Result<Option<WithRaw<LatestDeploy>>> {
        let agent = self.agent(organization, agent, true).await?;
        let raw = agent.raw.get("latestDeploy").cloned();
        let latest = agent.value.latest_deploy.zip(raw);
        Ok(latest.map(|(value, raw)| WithRaw { value, raw }))
    }
}

/// The object that a write is answered with, under its name. Where it is not there, nobody knows
/// what the write has done.
fn named<T>(response: &Response, name: &str, read: impl FnOnce(&Value) -> T) -> Result<WithRaw<T>> {
    let answer = object(response).map_err(|error| error.hint(IN_DOUBT))?;
    match answer.get(name).filter(|one| one.is_object()) {
        Some(raw) => Ok(WithRaw {
            value: read(raw),
            raw: raw.clone(),
        }),
        None => Err(response
            .nonsense(anyhow!("no object `{name}`"))
            .hint(IN_DOUBT)),
    }
}
