//! `/v1/organizations/{org}/spend-limit`: what an organization may spend in a period.

use reqwest::Method;
use serde_json::{Value, json};

use super::fields::{object, text, written};
use super::{Api, WithRaw};
use crate::error::{Code, Result};
use crate::http::Body;

/// A spend limit. Amounts are in cents.
#[derive(Clone, Debug, Default)]
pub struct SpendLimit {
    /// The limit; none where there is none, or the service does not say.
    pub limit: Option<i64>,
    /// What has been spent in this period; 0 where the service does not say.
    pub current_spend: i64,
    /// When the period began, as the service writes it.
    pub period_start: Option<String>,
    /// When the period ends, as the service writes it.
    pub period_end: Option<String>,
    /// Whether new sessions are turned away.
    pub is_blocked: bool,
    /// Since when, as the service writes it.
    pub blocked_at: Option<String>,
}

impl SpendLimit {
    fn read(raw: &Value) -> Self {
        let cents = |name: &str| raw.get(name).and_then(Value::as_i64);
        Self {
            limit: cents("limitCents"),
            current_spend: cents("currentSpendCents").unwrap_or_default(),
            period_start: text(raw, "periodStart"),
            period_end: text(raw, "periodEnd"),
            is_blocked: raw["blocked"] == true,
            blocked_at: text(raw, "blockedAt"),
        }
    }
}

/// Cents as dollars: `$12.34`.
#[must_use]
pub fn dollars(cents: i64) -> String {
    let sign = if cents < 0 { "-" } else { "" };
    let cents = cents.unsigned_abs();
    format!("{sign}${}.{:02}", cents / 100, cents % 100)
}

impl Api {
    /// The spend limit and what has been spent; nothing where the service has nothing there.
    ///
    /// # Errors
    /// The service refuses or cannot be reached, or its answer makes no sense.
    pub async fn spend_limit(&self, organization: &str) -> Result<Option<WithRaw<SpendLimit>>> {
        let path = ["v1", "organizations", organization, "spend-limit"];
        match self.get(&path).await {
            Err(error) if error.code() == Code::NotFound => Ok(None),
            response => {
                let raw = object(&response?)?;
                let value = SpendLimit::read(&raw);
                Ok(Some(WithRaw { value, raw }))
            }
        }
    }

    /// Sets the limit, in cents, or takes it away. Gives the answer, if there is one.
    ///
    /// # Errors
    /// The service refuses or cannot be reached.
    pub async fn set_spend_limit(
        &self,
        organization: &str,
        cents: Option<i64>,
    ) -> Result<Option<WithRaw<SpendLimit>>> {
        let path = ["v1", "organizations", organization, "spend-limit"];
        let request = self.request(Method::PUT, &path)?.repeatable();
        let request = request.body(Body::Json(json!({"limitCents": cents})));
        let answer = written(&self.answer(request, &path).await?)?;
        Ok(answer.map(|raw| WithRaw {
            value: SpendLimit::read(&raw),
            raw,
        }))
    }
}
