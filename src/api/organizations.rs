//! `GET /v1/organizations` and an organization's Daily API key.

use anyhow::anyhow;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Api, WithRaw};
use crate::error::{Code, Result};
use crate::http::is_segment;

/// An organization that the account is a member of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Organization {
    /// The slug: in paths, in the configuration file, after `--organization`.
    pub name: String,
    /// The name for people.
    pub verbose_name: String,
}

impl Organization {
    /// `verboseName (name)`, as people see it.
    #[must_use]
    pub fn label(&self) -> String {
        format!("{} ({})", self.verbose_name, self.name)
    }

    /// The shape of the official CLI's JSON.
    #[must_use]
    pub fn to_json(&self) -> Value {
        json!({"name": self.name, "verbose_name": self.verbose_name})
    }
}

#[derive(Deserialize)]
struct OrganizationList {
    organizations: Vec<Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Fields {
    name: String,
    verbose_name: Option<String>,
}

impl Api {
    /// The organizations of the account, in the service's order.
    ///
    /// # Errors
    /// The service refuses or cannot be reached, or its answer makes no sense.
    pub async fn organizations(&self) -> Result<Vec<WithRaw<Organization>>> {
        let response = self.get(&["v1", "organizations"]).await?;
        let OrganizationList { organizations } = response.json()?;
        organizations
            .into_iter()
            .map(|raw| {
                let fields = Fields::deserialize(&raw).map_err(|error| response.nonsense(error))?;
                if !is_segment(&fields.name) {
                    let what = anyhow!("`{}` names no organization", fields.name.escape_default());
                    return Err(response.nonsense(what));
                }
                let verbose_name = fields.verbose_name.unwrap_or_else(|| fields.name.clone());
                Ok(WithRaw {
                    value: Organization {
                        name: fields.name,
                        verbose_name,
                    },
                    raw,
                })
            })
            .collect()
    }

    /// An organization's Daily API key as the service sent it; none where there is none.
    ///
    /// # Errors
    /// The service refuses or cannot be reached, or its answer makes no sense.
    pub async fn daily_key(&self, organization: &str) -> Result<Option<WithRaw<Option<String>>>> {
        let path = ["v1", "organizations", organization, "daily"];
        let response = match self.get(&path).await {
            Err(error) if error.code() == Code::NotFound => return Ok(None),
            response => response?,
        };
        let raw: Value = response.json()?;
        let key = raw.get("apiKey").and_then(Value::as_str).map(str::to_owned);
        Ok(Some(WithRaw { value: key, raw }))
    }
}
