//! `/v1/organizations/{org}/agent-profiles`: how much of a machine an agent gets.

use reqwest::Method;
use serde_json::{Map, Value, json};

use super::fields::{accepted, list, text};
use super::{Api, WithRaw};
use crate::error::Result;
use crate::http::Body;

/// A profile.
#[derive(Clone, Debug, Default)]
pub struct AgentProfile {
    /// The name that deployments use.
    pub name: Option<String>,
    /// The name for people.
    pub display_name: Option<String>,
    /// How much of a processor.
    pub cpu: Option<String>,
    /// How much memory.
    pub memory: Option<String>,
    /// Whether it is the organization's own, and not the platform's.
    pub is_custom: bool,
    /// Whether it can be used.
    pub is_enabled: bool,
}

impl AgentProfile {
    pub(crate) fn read(raw: &Value) -> Self {
        let resource = |name| text(raw.get("resources")?, name);
        Self {
            name: text(raw, "api_name"),
            display_name: text(raw, "display_name"),
            cpu: resource("cpu"),
            memory: resource("memory"),
            is_custom: raw["custom"] == true,
            is_enabled: raw["enabled"] != false,
        }
    }
}

/// What changes of a profile, or what a new one is like.
#[derive(Clone, Copy, Debug, Default)]
pub struct ProfileChange<'a> {
    /// The name for people.
    pub display_name: Option<&'a str>,
    /// How much of a processor, and how much memory.
    pub resources: Option<(&'a str, &'a str)>,
    /// Whether it can be used.
    pub enabled: Option<bool>,
}

impl ProfileChange<'_> {
    fn to_json(self) -> Map<String, Value> {
        let resources = |(cpu, memory)| json!({"cpu": cpu, "memory": memory});
        [
            ("displayName", self.display_name.map(Value::from)),
            ("resources", self.resources.map(resources)),
            ("enabled", self.enabled.map(Value::from)),
        ]
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), value?)))
        .collect()
    }
}

impl Api {
    /// The profiles that an organization may use. None is no error.
    ///
    /// # Errors
    /// The service refuses or cannot be reached, or its answer makes no sense.
    pub async fn agent_profiles(&self, organization: &str) -> Result<WithRaw<Vec<AgentProfile>>> {
        let path = ["v1", "organizations", organization, "agent-profiles"];
        list(&self.get(&path).await?, "agentProfiles", AgentProfile::read)
    }

    /// Makes a profile. Gives what the service answered, if that is anything.
    ///
    /// # Errors
    /// The service refuses or cannot be reached.
    pub async fn create_agent_profile(
        &self,
        organization: &str,
        name: &str,
        profile: &ProfileChange<'_>,
    ) -> Result<Option<Value>> {
        let path = ["v1", "organizations", organization, "agent-profiles"];
        let mut body = Map::new();
        body.insert("apiName".to_owned(), name.into());
        body.extend(profile.to_json());
        accepted(&self.post(&path, Value::Object(body)).await?)
    }

    /// Changes a profile. Gives what the service answered, if that is anything.
    ///
    /// # Errors
    /// The service refuses, with [`Code::NotFound`](crate::error::Code::NotFound) where there is none,
    /// or cannot be reached.
    pub async fn change_agent_profile(
        &self,
        organization: &str,
        name: &str,
        change: &ProfileChange<'_>,
    ) -> Result<Option<Value>> {
        let path = ["v1", "organizations", organization, "agent-profiles", name];
        let body = Body::Json(Value::Object(change.to_json()));
        accepted(&self.send(Method::PATCH, &path, body).await?)
    }
}
