//! `/v1/organizations/{org}/properties`: an organization's properties and what they may be.

use reqwest::Method;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::Api;
use crate::error::{Code, Result};
use crate::http::{Body, IN_DOUBT};

/// Properties by name: values, or what the schema says of them.
pub type Properties = Map<String, Value>;

#[derive(Deserialize)]
struct PropertyMap {
    properties: Properties,
}

impl Api {
    /// The values in force. An organization without any has none.
    ///
    /// # Errors
    /// The service refuses or cannot be reached, or its answer makes no sense.
    pub async fn properties(&self, organization: &str) -> Result<Properties> {
        self.read_properties(&["v1", "organizations", organization, "properties"])
            .await
    }

    /// What there is to set, and what it may be set to.
    ///
    /// # Errors
    /// The service refuses or cannot be reached, or its answer makes no sense.
    pub async fn property_schema(&self, organization: &str) -> Result<Properties> {
        let path = ["v1", "organizations", organization, "properties", "schema"];
        self.read_properties(&path).await
    }

    async fn read_properties(&self, path: &[&str]) -> Result<Properties> {
        match self.get(path).await {
            Err(error) if error.code() == Code::NotFound => Ok(Properties::new()),
            response => Ok(response?.json::<PropertyMap>()?.properties),
        }
    }

    /// Sets a property, and gives the values that are in force then.
    ///
    /// # Errors
    /// The service refuses or cannot be reached, or its answer makes no sense.
    pub async fn set_property(
        &self,
        organization: &str,
        name: &str,
        value: &str,
    ) -> Result<Properties> {
        let path = ["v1", "organizations", organization, "properties"];
        let body = Map::from_iter([(name.to_owned(), Value::from(value))]);
        let response = self
            .send(Method::PATCH, &path, Body::Json(body.into()))
            .await?;
        let answer = response.json::<PropertyMap>();
        Ok(answer.map_err(|error| error.hint(IN_DOUBT))?.properties)
    }
}
