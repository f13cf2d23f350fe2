//! `GET /v1/organizations/{org}/services/{name}`, read for how far a deployment has come, and for
//! what runs now.

use reqwest::Method;
use serde_json::Value;

use super::fields::{filled, object, text};
use super::{Api, Revision, WithRaw};
use crate::error::{Code, Error, Result};
use crate::http::Request;

/// How far an agent has come with what was deployed.
#[derive(Clone, Debug, Default)]
#[allow(
    clippy::struct_excessive_bools,
    reason = "the service says so many things by yes and no"
)]
pub struct Rollout {
    /// The deployment that is to run.
    pub desired: Option<String>,
    /// The one that runs, or is on its way to.
    pub active: Option<String>,
    /// The one that the platform has taken up; nothing where the service does not say.
    pub reconciled: Option<Option<String>>,
    /// Whether all is as it should be.
    pub is_ready: bool,
    /// Whether sessions can be started, also of what ran before.
    pub is_available: bool,
    /// Whether what is active is ready.
    pub is_active_ready: bool,
    /// Whether the platform says that it is at it.
    pub is_progressing: bool,
    /// Why it is degraded, if it is.
    pub degraded: Option<String>,
    /// What has gone wrong, a sentence each.
    pub errors: Vec<String>,
    /// The revision that comes, or is there.
    pub current: Option<Revision>,
    /// The one before it.
    pub previous: Option<Revision>,
}

impl Rollout {
    /// Reads the object under `body`.
    #[must_use]
    pub fn read(detail: &Value) -> Self {
        let is_ready = flag(detail, "ready").unwrap_or(false);
        let condition = |kind: &str| {
            let all = detail.get("conditions").and_then(Value::as_array);
            let mut all = all.into_iter().flatten();
            all.find(|one| one["type"] == kind && one["status"] == "True")
        };
        let revision = |name: &str| {
            let revision = detail.get(name).filter(|revision| revision.is_object())?;
            Some(Revision::read(revision))
        };
        Self {
            desired: text(detail, "desiredDeploymentId"),
            active: text(detail, "activeDeploymentId"),
            reconciled: detail
                .get("reconciledDeploymentId")
                .map(|_| text(detail, "reconciledDeploymentId")),
            is_ready,
            is_available: flag(detail, "available").unwrap_or(is_ready),
            is_active_ready: flag(detail, "activeDeploymentReady").unwrap_or(false),
            is_progressing: condition("Progressing").is_some(),
            degraded: condition("Degraded").map(|degraded| {
                filled(degraded, "message")
                    .or_else(|| filled(degraded, "reason"))
                    .unwrap_or_else(|| "the service does not say why".to_owned())
            }),
            errors: errors(detail.get("errors")),
            current: revision("currentRevision"),
            previous: revision("previousRevision"),
        }
    }

    /// The deployment that is to be reached, as far as the service says.
    #[must_use]
    pub fn wanted(&self) -> Option<&str> {
        self.desired.as_deref().or(self.active.as_deref())
    }
}

fn flag(raw: &Value, name: &str) -> Option<bool> {
    raw.get(name).and_then(Value::as_bool)
}

/// Errors, in whatever shape they come.
fn errors(raw: Option<&Value>) -> Vec<String> {
    let one = |error: &Value| match error {
        Value::Object(_) => {
            let words = filled(error, "message").or_else(|| filled(error, "error"));
            match (filled(error, "code"), words) {
                (Some(code), Some(words)) => format!("{code}: {words}"),
                (Some(one), None) | (None, Some(one)) => one,
                (None, None) => error.to_string(),
            }
        }
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    match raw {
        None | Some(Value::Null | Value::Bool(false)) => Vec::new(),
        Some(Value::Array(all)) => all.iter().map(one).collect(),
        Some(Value::Object(fields)) if fields.is_empty() => Vec::new(),
        Some(Value::String(text)) if text.is_empty() => Vec::new(),
        Some(other) => vec![one(other)],
    }
}

impl Api {
    /// What an agent's details say, asked once, without trying again; none of that name is
    /// [`Code::NotFound`].
    ///
    /// # Errors
    /// The service refuses or cannot be reached, or its answer makes no sense.
    pub async fn agent_now(&self, organization: &str, agent: &str) -> Result<Value> {
        let path = ["v1", "organizations", organization, "services", agent];
        let request = Request {
            is_repeatable: false,
            ..self.request(Method::GET, &path)?
        };
        detail(&self.answer(request, &path).await?)
    }

    /// What an agent's details say; nothing where there is none of that name.
    ///
    /// # Errors
    /// The service refuses or cannot be reached, or its answer makes no sense.
    pub async fn agent_if_any(
        &self,
        organization: &str,
        agent: &str,
    ) -> Result<Option<WithRaw<Rollout>>> {
        let path = ["v1", "organizations", organization, "services", agent];
        match self.get(&path).await {
            Err(error) if error.code() == Code::NotFound && !is_page(&error) => Ok(None),
            response => {
                let raw = detail(&response?)?;
                let value = Rollout::read(&raw);
                Ok(Some(WithRaw { value, raw }))
            }
        }
    }
}

/// Whether it was a page that said so: not the service's own word.
fn is_page(error: &Error) -> bool {
    error.doubtful_host().is_some()
}

/// The object under `body`.
fn detail(response: &crate::http::Response) -> Result<Value> {
    match object(response)?.get_mut("body").map(Value::take) {
        Some(body) if body.is_object() => Ok(body),
        _ => Err(response.nonsense(anyhow::anyhow!("no object `body`"))),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn errors_are_read_in_any_shape() {
        for (raw, told) in [
            (json!(null), vec![]),
            (json!([]), vec![]),
            (json!({}), vec![]),
            (json!(""), vec![]),
            (
                json!([{"code": "PCC-1", "message": "no"}]),
                vec!["PCC-1: no"],
            ),
            (json!([{"error": "no"}, 7]), vec!["no", "7"]),
            (json!("no"), vec!["no"]),
            (json!({"message": "no"}), vec!["no"]),
        ] {
            assert_eq!(errors(Some(&raw)), told, "{raw}");
        }
        assert!(errors(None).is_empty());
    }

    #[test]
    fn a_missing_key_is_not_a_null() {
        assert_eq!(Rollout::read(&json!({})).reconciled, None);
        let null = json!({"reconciledDeploymentId": null});
        assert_eq!(Rollout::read(&null).reconciled, Some(None));
        let ready = Rollout::read(&json!({"ready": true}));
        assert!(ready.is_ready && ready.is_available);
    }
}
