//! `GET /v1/organizations/{org}/services/{name}`, read for how far a deployment has come, and for
//! what runs now.

use reqwest::Method;
use serde_json::Value;

use super::fields::{object, text};
use super::{Api, WithRaw};
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
    pub current: Option<RolloutRevision>,
    /// The one before it.
    pub previous: Option<RolloutRevision>,
}

/// A revision: what runs of a deployment.
#[derive(Clone, Debug, Default)]
pub struct RolloutRevision {
    /// The deployment's id.
    pub deployment: Option<String>,
    /// How far it has come, in the service's word.
    pub phase: Option<String>,
    /// When this phase began, as the service writes it.
    pub phase_started_at: Option<String>,
    /// How many instances are ready.
    pub ready_replicas: Option<u64>,
    /// Whether the platform has its part in what goes wrong.
    pub has_infrastructure_issue: bool,
    /// How the instances are.
    pub health: RolloutHealth,
}

/// How the instances of a revision are.
#[derive(Clone, Debug, Default)]
pub struct RolloutHealth {
    /// Whether they are well, as far as the service says.
    pub is_ready: Option<bool>,
    /// How often they were started again.
    pub restarts: u64,
    /// How many were started.
    pub started: Option<u64>,
    /// What is wrong, for people.
    pub headline: Option<String>,
    /// What is wrong, in the platform's word.
    pub reason: Option<String>,
    /// Why the last one ended.
    pub termination: Option<String>,
    /// What it ended with.
    pub exit_code: Option<i64>,
    /// What it said, in several lines perhaps.
    pub message: Option<String>,
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
            Some(RolloutRevision::read(revision))
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

impl RolloutRevision {
    fn read(raw: &Value) -> Self {
        let health = raw.get("health").unwrap_or(&Value::Null);
        Self {
            deployment: text(raw, "deploymentID").or_else(|| text(raw, "deploymentId")),
            phase: filled(raw, "phase"),
            phase_started_at: filled(raw, "phaseStartedAt"),
            ready_replicas: raw.get("readyReplicas").and_then(Value::as_u64),
            has_infrastructure_issue: flag(raw, "hasInfrastructureIssue").unwrap_or(false),
            health: RolloutHealth {
                is_ready: flag(health, "ready"),
                restarts: health["restartCount"].as_u64().unwrap_or(0),
                started: health.get("replicasStarted").and_then(Value::as_u64),
                headline: filled(health, "headline"),
                reason: filled(health, "reason"),
                termination: filled(health, "lastTerminationReason"),
                exit_code: health.get("lastExitCode").and_then(Value::as_i64),
                message: filled(health, "message"),
            },
        }
    }
}

fn flag(raw: &Value, name: &str) -> Option<bool> {
    raw.get(name).and_then(Value::as_bool)
}

/// A field as text, unless it is blank.
fn filled(raw: &Value, name: &str) -> Option<String> {
    text(raw, name).filter(|text| !text.trim().is_empty())
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
