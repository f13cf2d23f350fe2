//! The spend limit of an organization.

use serde_json::{Value, json};
use wiremock::ResponseTemplate;

use super::api::{bad_request, json as answer_json, not_found, ok};
use super::request::Request;

/// What is known of an organization's spending; `null`: nothing.
#[derive(Clone, Debug, Default)]
pub struct SpendLimit(pub Value);

impl SpendLimit {
    /// A limit, if any, and what is spent of it.
    pub fn new(limit_cents: Option<u64>, current_spend_cents: u64) -> Self {
        let mut limit = Self(json!({
            "limitCents": null,
            "currentSpendCents": current_spend_cents,
            "periodStart": "2026-02-01T00:00:00Z",
            "periodEnd": "2026-03-01T00:00:00.000000Z",
            "blocked": false,
            "blockedAt": null,
        }));
        limit.set(&json!(limit_cents));
        limit
    }

    /// Sets the limit in cents, or clears it with `null`. What is spent already may block.
    pub fn set(&mut self, cents: &Value) {
        let Self(state) = self;
        let spent = state["currentSpendCents"].as_u64().unwrap_or_default();
        let blocked = cents.as_u64().is_some_and(|limit| spent >= limit);
        state["limitCents"] = cents.clone();
        state["blocked"] = blocked.into();
        state["blockedAt"] = blocked.then_some("2026-02-01T10:00:00.123456789Z").into();
    }

    /// The answer to whoever would start a session, where the limit is reached.
    pub(super) fn refusal(&self) -> Option<ResponseTemplate> {
        let Self(state) = self;
        let body = json!({
            "error": "The spend limit of this organization is reached",
            "code": "SPEND_LIMIT_REACHED",
            "currentSpendCents": state["currentSpendCents"],
            "limitCents": state["limitCents"],
        });
        (state["blocked"] == true).then(|| answer_json(402, &body))
    }

    /// Answers `spend-limit`.
    pub(super) fn answer(&mut self, request: &Request) -> ResponseTemplate {
        match request.method.as_str() {
            "GET" if self.0.is_null() => not_found("No spend limit"),
            "GET" => ok(&self.0),
            "PUT" => {
                let body = request.json();
                match body.get("limitCents") {
                    Some(cents) if cents.is_null() || cents.is_u64() => {
                        if self.0.is_null() {
                            *self = Self::new(None, 0);
                        }
                        self.set(cents);
                        ok(&self.0)
                    }
                    _ => bad_request("limitCents must be a whole number or null"),
                }
            }
            _ => not_found("Not found"),
        }
    }
}
