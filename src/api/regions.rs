//! `/v1/organizations/{org}/regions`: where agents run, an organization's own regions included.

use reqwest::Method;
use secrecy::SecretString;
use serde::Serialize;
use serde_json::{Value, json};

use super::fields::{filled, list, object, texts, written};
use super::{Api, WithRaw};
use crate::error::{Code, Result};
use crate::http::{Body, IN_DOUBT};

/// A region, as the list has it.
#[derive(Clone, Debug, Default)]
pub struct Region {
    /// What options and files name it by. Blank if the service sent none.
    pub code: String,
    /// The name for people.
    pub display_name: Option<String>,
    /// What images may be built for; empty where the service does not say.
    pub architectures: Vec<String>,
    /// What images are built for by default.
    pub default_architecture: Option<String>,
}

/// A region of the organization's own.
#[derive(Clone, Debug, Default)]
pub struct RegionRecord {
    /// What it is called.
    pub key: Option<String>,
    /// The name for people.
    pub display_name: Option<String>,
    /// How far its enrollment has come.
    pub enrollment_status: Option<String>,
    /// When its intermediate certificate ends, as the service writes it.
    pub intermediate_expires_at: Option<String>,
    /// Where its WebSocket sessions are.
    pub ws_public_endpoint: Option<String>,
    /// What images may be built for.
    pub architectures: Vec<String>,
    /// What images are built for by default.
    pub default_architecture: Option<String>,
    /// Where in the cluster agents run.
    pub workloads_namespace: Option<String>,
}

/// What a region is registered with. What is not given keeps its value.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RegionSettings {
    /// What it is called.
    pub region_key: String,
    /// Where in the cluster agents run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub workloads_namespace: Option<String>,
    /// What images may be built for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub supported_architectures: Option<Vec<String>>,
    /// What images are built for by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_architecture: Option<String>,
    /// Where its WebSocket sessions are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ws_public_endpoint: Option<String>,
    /// The name for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
}

impl Region {
    pub(crate) fn read(raw: &Value) -> Self {
        Self {
            code: filled(raw, "code").unwrap_or_default(),
            display_name: filled(raw, "display_name"),
            architectures: texts(raw, "supported_architectures"),
            default_architecture: filled(raw, "default_architecture"),
        }
    }
}

impl RegionRecord {
    pub(crate) fn read(raw: &Value) -> Self {
        Self {
            key: filled(raw, "region_key"),
            display_name: filled(raw, "display_name"),
            enrollment_status: filled(raw, "enrollment_status"),
            intermediate_expires_at: filled(raw, "intermediate_expires_at"),
            ws_public_endpoint: filled(raw, "ws_public_endpoint"),
            architectures: texts(raw, "supported_architectures"),
            default_architecture: filled(raw, "default_architecture"),
            workloads_namespace: filled(raw, "workloads_namespace"),
        }
    }
}

impl Api {
    /// The regions that an organization may use, and the answer; an organization without any has
    /// none.
    ///
    /// # Errors
    /// The service refuses or cannot be reached, or its answer makes no sense.
    pub async fn regions(&self, organization: &str) -> Result<WithRaw<Vec<Region>>> {
        let path = ["v1", "organizations", organization, "regions"];
        match self.get(&path).await {
            Err(error) if error.code() == Code::NotFound => Ok(WithRaw {
                value: Vec::new(),
                raw: json!({"regions": []}),
            }),
            response => list(&response?, "regions", Region::read),
        }
    }

    /// A region of the organization's own; none of that name is [`Code::NotFound`].
    ///
    /// # Errors
    /// The service refuses or cannot be reached, or its answer makes no sense.
    pub async fn region(&self, organization: &str, key: &str) -> Result<WithRaw<RegionRecord>> {
        let path = ["v1", "organizations", organization, "regions", key];
        let raw = object(&self.get(&path).await?)?;
        let value = RegionRecord::read(&raw);
        Ok(WithRaw { value, raw })
    }

    /// Registers a region of one's own, or changes it, and gives its record.
    ///
    /// # Errors
    /// The service refuses or cannot be reached, or its answer makes no sense.
    pub async fn register_region(
        &self,
        organization: &str,
        settings: &RegionSettings,
    ) -> Result<WithRaw<RegionRecord>> {
        let path = ["v1", "organizations", organization, "regions"];
        let response = self.post(&path, json!(settings)).await?;
        let raw = object(&response).map_err(|error| error.hint(IN_DOUBT))?;
        let value = RegionRecord::read(&raw);
        Ok(WithRaw { value, raw })
    }

    /// Revokes a region of one's own, and gives what was answered, if anything was.
    ///
    /// # Errors
    /// The service refuses (409 while agents or sessions live there) or cannot be reached.
    pub async fn revoke_region(&self, organization: &str, key: &str) -> Result<Option<Value>> {
        let path = ["v1", "organizations", organization, "regions", key];
        written(&self.delete(&path).await?)
    }

    /// A token that enrolls a cluster as this region. It is shown this once, and works once, for an
    /// hour.
    ///
    /// # Errors
    /// The service refuses or cannot be reached, or its answer has no token.
    pub async fn enrollment_token(&self, organization: &str, key: &str) -> Result<SecretString> {
        let path = [
            "v1",
            "organizations",
            organization,
            "regions",
            key,
            "enrollment-tokens",
        ];
        let body = Body::Json(json!({}));
        let response = self.send(Method::POST, &path, body).await?;
        let answer = object(&response).map_err(|error| error.hint(IN_DOUBT))?;
        match answer.get("token").and_then(Value::as_str) {
            Some(token) if !token.is_empty() => Ok(token.into()),
            _ => Err(response
                .nonsense(anyhow::anyhow!("no token"))
                .hint(IN_DOUBT)),
        }
    }
}
