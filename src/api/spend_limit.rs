//! `/v1/organizations/{org}/spend-limit`: what an organization may spend in a period.

use reqwest::Method;
use serde_json::{Value, json};

use super::fields::{object, scalar, text, written};
use super::{Api, WithRaw};
use crate::error::{Code, Result};
use crate::http::Body;

/// An amount of money, as the service tells it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Amount {
    /// There is none.
    #[default]
    None,
    /// So many cents.
    Cents(i64),
    /// There is something, but nobody can tell how much.
    Unknown,
}

impl Amount {
    fn read(raw: Option<&Value>) -> Self {
        match raw {
            None | Some(Value::Null) => Self::None,
            // Some write whole numbers as `5000.0`, or as text.
            Some(raw) => scalar(raw)
                .and_then(|text| text.strip_suffix(".0").unwrap_or(&text).parse().ok())
                .map_or(Self::Unknown, Self::Cents),
        }
    }
}

/// A spend limit.
#[derive(Clone, Debug, Default)]
pub struct SpendLimit {
    /// The limit, if there is one.
    pub limit: Amount,
    /// What has been spent in this period.
    pub current_spend: Amount,
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
    pub(crate) fn read(raw: &Value) -> Self {
        Self {
            limit: Amount::read(raw.get("limitCents")),
            current_spend: Amount::read(raw.get("currentSpendCents")),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_is_told_or_said_to_be_unknown_but_never_made_up() {
        for (raw, amount) in [
            (json!(null), Amount::None),
            (json!(5000), Amount::Cents(5000)),
            (json!(-5), Amount::Cents(-5)),
            (json!(5000.0), Amount::Cents(5000)),
            (json!("5000"), Amount::Cents(5000)),
            (json!(50.5), Amount::Unknown),
            (json!(1e300), Amount::Unknown),
            (json!("much"), Amount::Unknown),
            (json!(""), Amount::Unknown),
            (json!(true), Amount::Unknown),
            (json!([5000]), Amount::Unknown),
        ] {
            assert_eq!(Amount::read(Some(&raw)), amount, "{raw}");
        }
        assert_eq!(Amount::read(None), Amount::None);
    }
}
