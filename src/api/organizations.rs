//! `GET /v1/organizations` and an organization's Daily API key.

use anyhow::anyhow;
use secrecy::SecretString;
use serde_json::{Value, json};

use super::fields::{check_rows, object, text};
use super::{Api, WithRaw};
use crate::error::{Code, Result};
use crate::http::is_segment;
use crate::limit;

/// An organization that the account is a member of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Organization {
    /// The slug: in paths, in the configuration file, after `--organization`. Blank if the service
    /// sent none; see [`Organization::is_usable`].
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

    /// Whether its name can stand in a path. One that cannot is shown, and not used.
    #[must_use]
    pub fn is_usable(&self) -> bool {
        is_segment(&self.name)
    }

    fn read(row: &Value) -> Self {
        let name = row["name"].as_str().unwrap_or_default().to_owned();
        let verbose_name = text(row, "verboseName");
        Self {
            verbose_name: verbose_name
                .filter(|verbose| !verbose.trim().is_empty())
                .unwrap_or_else(|| name.clone()),
            name,
        }
    }

    /// The shape of the official CLI's JSON.
    #[must_use]
    pub fn to_json(&self) -> Value {
        json!({"name": self.name, "verbose_name": self.verbose_name})
    }
}

impl Api {
    /// The organizations of the account, in the service's order.
    ///
    /// # Errors
    /// The service refuses or cannot be reached, or its answer makes no sense.
    pub async fn organizations(&self) -> Result<Vec<WithRaw<Organization>>> {
        let response = self.get(&["v1", "organizations"]).await?;
        let mut answer = object(&response)?;
        let Value::Array(rows) = answer["organizations"].take() else {
            return Err(response.nonsense(anyhow!("it has no `organizations` list")));
        };
        check_rows(&response, &rows, "name")?;
        let organization = |raw: Value| WithRaw {
            value: Organization::read(&raw),
            raw,
        };
        Ok(rows.into_iter().map(organization).collect())
    }

    /// An organization's Daily API key as the service sent it; none where there is none.
    ///
    /// # Errors
    /// The service refuses or cannot be reached, or its answer makes no sense.
    pub async fn daily_key(
        &self,
        organization: &str,
    ) -> Result<Option<WithRaw<Option<SecretString>>>> {
        let path = ["v1", "organizations", organization, "daily"];
        // `whoami` can do without it.
        let response = match self.get_within(&path, limit::OPTIONAL).await {
            Err(error) if error.code() == Code::NotFound => return Ok(None),
            response => response?,
        };
        let raw = object(&response)?;
        let key = raw["apiKey"].as_str().map(SecretString::from);
        Ok(Some(WithRaw { value: key, raw }))
    }
}
