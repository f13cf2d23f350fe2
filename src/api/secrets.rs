//! `/v1/organizations/{org}/secrets`: sets of secrets, and logins that pull images. Values go in
//! and never come out.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::{Method, StatusCode};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Map, Value, json};

use super::fields::{filled, list, object, text, written};
use super::{Api, WithRaw};
use crate::error::{Code, Redaction, Result};
use crate::http::{Body, Request, Response};

/// What says that a set holds a login for pulling images.
const IMAGE_PULL_SECRET: &str = "imagePullSecret";

/// So many bytes a password has at least that is hidden without its user name.
const SHORTEST_PASSWORD: usize = 4;

/// What says that the values of a set are held by a customer's cluster.
const REFERENCED: &str = "referenced";

/// How far a set has come on its way to its region.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SetStatus {
    /// Stored, and on its way.
    Pending,
    /// Agents can use it.
    Ready,
    /// It did not get there.
    Failed,
    /// The service says something else, or nothing.
    Unknown,
}

/// A set, as the list has it.
#[derive(Clone, Debug, Default)]
pub struct SecretSet {
    /// Its name. Blank if the service sent none.
    pub name: String,
    /// `imagePullSecret`, `secret` or whatever else.
    pub kind: Option<String>,
    /// The region that holds it.
    pub region: Option<String>,
    /// How far it has come, in the service's word.
    pub status: Option<String>,
    /// `referenced` or `managed`.
    pub source: Option<String>,
    /// What went wrong on its way.
    pub error: Option<String>,
}

impl SecretSet {
    pub(crate) fn read(raw: &Value) -> Self {
        Self {
            name: text(raw, "name").unwrap_or_default(),
            kind: filled(raw, "type"),
            region: filled(raw, "region"),
            status: filled(raw, "status"),
            source: filled(raw, "source"),
            error: filled(raw, "errorMessage"),
        }
    }

    /// Whether it holds a login for pulling images.
    #[must_use]
    pub fn is_image_pull_secret(&self) -> bool {
        self.kind.as_deref() == Some(IMAGE_PULL_SECRET)
    }

    /// How far it has come.
    #[must_use]
    pub fn status(&self) -> SetStatus {
        status(self.status.as_deref())
    }
}

/// A set with the names of its keys.
#[derive(Clone, Debug, Default)]
pub struct SecretSetDetail {
    /// The names, in the service's order; blank for one that the service does not name.
    pub keys: Vec<String>,
    /// The region that holds it.
    pub region: Option<String>,
    /// How far it has come, in the service's word.
    pub status: Option<String>,
    /// Whether a customer's cluster holds the values.
    pub is_referenced: bool,
    /// What went wrong on its way.
    pub error: Option<String>,
}

impl SecretSetDetail {
    pub(crate) fn read(raw: &Value) -> Self {
        let keys = raw.get("secrets").and_then(Value::as_array);
        let names = keys.into_iter().flatten();
        Self {
            keys: names
                .map(|key| text(key, "fieldName").unwrap_or_default())
                .collect(),
            region: filled(raw, "region"),
            status: filled(raw, "status"),
            is_referenced: raw["source"] == REFERENCED,
            error: filled(raw, "errorMessage"),
        }
    }

    /// How far it has come.
    #[must_use]
    pub fn status(&self) -> SetStatus {
        status(self.status.as_deref())
    }
}

fn status(word: Option<&str>) -> SetStatus {
    match word {
        Some("pending") => SetStatus::Pending,
        Some("ready") => SetStatus::Ready,
        Some("failed") => SetStatus::Failed,
        _ => SetStatus::Unknown,
    }
}

impl Api {
    /// The sets of an organization, of one region if one is given. None is no error.
    ///
    /// # Errors
    /// The service refuses or cannot be reached, or its answer makes no sense.
    pub async fn secret_sets(
        &self,
        organization: &str,
        region: Option<&str>,
    ) -> Result<WithRaw<Vec<SecretSet>>> {
        let path = ["v1", "organizations", organization, "secrets"];
        let query: Vec<_> = region.map(|code| ("region", code)).into_iter().collect();
        let request = self.request(Method::GET, &path)?.query(&query);
        match self.answer(request, &path).await {
            Err(error) if error.code() == Code::NotFound => Ok(WithRaw {
                value: Vec::new(),
                raw: json!({"sets": []}),
            }),
            response => list(&response?, "sets", SecretSet::read),
        }
    }

    /// A set; none where there is none of that name. An image pull secret is refused
    /// ([`Code::Rejected`], status 400).
    ///
    /// # Errors
    /// The service refuses or cannot be reached, or its answer makes no sense.
    pub async fn secret_set(
        &self,
        organization: &str,
        set: &str,
    ) -> Result<Option<WithRaw<SecretSetDetail>>> {
        let path = ["v1", "organizations", organization, "secrets", set];
        match self.get(&path).await {
            Err(error) if error.code() == Code::NotFound => Ok(None),
            response => {
                let raw = object(&response?)?;
                let value = SecretSetDetail::read(&raw);
                Ok(Some(WithRaw { value, raw }))
            }
        }
    }

    /// Stores the value of a key, and makes the set if there is none. Gives the region that holds
    /// it, where the service says.
    ///
    /// # Errors
    /// The service refuses or cannot be reached.
    pub async fn store_secret(
        &self,
        organization: &str,
        set: &str,
        (key, value): (&str, &SecretString),
        region: Option<&str>,
    ) -> Result<Option<String>> {
        let body = json!({
            "name": set,
            "isImagePullSecret": false,
            "secretKey": key,
            "secretValue": value.expose_secret(),
        });
        let redaction = Redaction::new([value.expose_secret()]);
        let stored = self.put_secret(organization, set, body, region).await;
        told(stored, &redaction)
    }

    /// Stores a login for pulling images from `host`. Gives the region that holds it, where the
    /// service says.
    ///
    /// # Errors
    /// The service refuses or cannot be reached.
    pub async fn store_image_pull_secret(
        &self,
        organization: &str,
        name: &str,
        (host, login): (&str, &SecretString),
        region: Option<&str>,
    ) -> Result<Option<String>> {
        let body = json!({
            "isImagePullSecret": true,
            "secretValue": login.expose_secret(),
            "host": host,
        });
        let stored = self.put_secret(organization, name, body, region).await;
        told(stored, &login_redaction(login))
    }

    /// The same value twice changes nothing, so it may be sent again; also where somebody else wrote
    /// at that moment.
    async fn put_secret(
        &self,
        organization: &str,
        set: &str,
        mut body: Value,
        region: Option<&str>,
    ) -> Result<Option<String>> {
        if let Some(region) = region {
            body["region"] = region.into();
        }
        let path = ["v1", "organizations", organization, "secrets", set];
        let request = Request {
            also_transient: is_conflict,
            ..self.request(Method::PUT, &path)?.repeatable()
        };
        let request = request.body(Body::Json(body));
        let answer = written(&self.answer(request, &path).await?)?;
        Ok(answer.and_then(|answer| text(&answer, "region")))
    }

    /// Deletes a key of a set.
    ///
    /// # Errors
    /// The service refuses, with [`Code::NotFound`] where there is none, or cannot be reached.
    pub async fn delete_secret(&self, organization: &str, set: &str, key: &str) -> Result<()> {
        let path = ["v1", "organizations", organization, "secrets", set, key];
        written(&self.delete(&path).await?).map(drop)
    }

    /// Deletes a set, of either kind; of a referenced one, only the reference.
    ///
    /// # Errors
    /// The service refuses, with [`Code::NotFound`] where there is none, or cannot be reached.
    pub async fn delete_secret_set(&self, organization: &str, set: &str) -> Result<()> {
        let path = ["v1", "organizations", organization, "secrets", set];
        written(&self.delete(&path).await?).map(drop)
    }

    /// Refers to a secret in the cluster of a region, where the service looks for it at once.
    ///
    /// # Errors
    /// The service refuses or cannot be reached, or its answer makes no sense.
    pub async fn reference_secret(
        &self,
        organization: &str,
        name: &str,
        region: &str,
    ) -> Result<WithRaw<SecretSet>> {
        let path = ["v1", "organizations", organization, "secrets", "references"];
        let response = self
            .post(&path, json!({"name": name, "region": region}))
            .await?;
        let raw = written(&response)?.unwrap_or_else(|| Value::Object(Map::new()));
        let value = SecretSet::read(&raw);
        Ok(WithRaw { value, raw })
    }
}

/// What came of storing something, without what the service echoes of it.
fn told(stored: Result<Option<String>>, redaction: &Redaction) -> Result<Option<String>> {
    let stored = stored.map_err(|error| error.redacted(redaction))?;
    Ok(stored.map(|region| redaction.text(&region)))
}

/// Hides a login as it is sent, in Base64, and as it was before.
#[must_use]
pub fn login_redaction(login: &SecretString) -> Redaction {
    let sent = login.expose_secret();
    let decoded = STANDARD.decode(sent).ok();
    let decoded = decoded.and_then(|bytes| String::from_utf8(bytes).ok());
    let decoded = decoded.as_deref().unwrap_or_default();
    let password = decoded.split_once(':').map_or("", |(_, password)| password);
    // A shorter one is part of too many words to hide anything.
    let password = Some(password).filter(|password| password.len() >= SHORTEST_PASSWORD);
    Redaction::new([sent, decoded].into_iter().chain(password))
}

/// Somebody else wrote at that moment (documented).
fn is_conflict(response: &Response) -> bool {
    response.status == StatusCode::CONFLICT
        && response.object().get("code").and_then(Value::as_str) == Some("CONFLICT")
}
