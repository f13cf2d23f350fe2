//! What the service's own error codes mean (<https://docs.pipecat.ai/pipecat-cloud/fundamentals/error-codes>).

use serde_json::{Map, Value};

use super::dollars;
use crate::error::{Code, Error};
use crate::http::Response;

/// The service's documented codes begin with this, and are explained on this page.
const DOCUMENTED_PREFIX: &str = "PCC";
const CODES_PAGE: &str = "https://docs.pipecat.ai/pipecat-cloud/fundamentals/error-codes";

/// The error for a response of the service that is no success.
pub(super) fn refusal(response: &Response) -> Error {
    let body = response.object();
    let code = body.get("code").and_then(Value::as_str).unwrap_or_default();
    let error = response.refusal();
    if response.status == 402 && code == Code::SpendLimitReached.as_str() {
        return error
            .with_code(Code::SpendLimitReached)
            .reworded(spend_limit(&body))
            .hint("raise the limit with `pipecat cloud spend-limit set`, or on the dashboard");
    }
    if code.starts_with(DOCUMENTED_PREFIX) {
        let anchor = code.to_lowercase();
        return error.hint(format!("`{code}` is explained at {CODES_PAGE}#{anchor}"));
    }
    error
}

/// The spend limit's error, with the money in it where the service says how much.
fn spend_limit(body: &Map<String, Value>) -> String {
    let amount = |key: &str| Some(dollars(body.get(key)?.as_i64()?));
    let spent = match (amount("currentSpendCents"), amount("limitCents")) {
        (Some(spent), Some(limit)) => format!(": {spent} of {limit} used"),
        _ => String::new(),
    };
    format!("the organization has reached its spend limit{spent}")
}

#[cfg(test)]
mod tests {
    use reqwest::StatusCode;
    use url::Url;

    use super::*;
    use crate::error::Result;

    fn response(status: u16, body: &str) -> Result<Response> {
        let bad_test = || Error::new(Code::Internal, "a bad test");
        Ok(Response {
            url: Url::parse("https://api.example.com/v1/users").map_err(|_| bad_test())?,
            status: StatusCode::from_u16(status).map_err(|_| bad_test())?,
            location: None,
            is_signed: true,
            retry_after: None,
            content_type: String::new(),
            headers: Box::default(),
            body: body.as_bytes().to_vec(),
        })
    }

    #[test]
    fn a_documented_code_is_told_with_its_page() -> Result<()> {
        let refusal = refusal(&response(
            409,
            r#"{"error":"too many keys","code":"PCC-1008"}"#,
        )?);
        assert_eq!(refusal.code(), Code::Rejected);
        let is_page = |hint: &String| hint.ends_with("#pcc-1008");
        assert!(refusal.hints().iter().any(is_page));
        Ok(())
    }

    #[test]
    fn a_spend_limit_names_the_money() -> Result<()> {
        let body = r#"{"code":"SPEND_LIMIT_REACHED","currentSpendCents":1234,"limitCents":1000}"#;
        let refusal = refusal(&response(402, body)?);
        assert_eq!(refusal.code(), Code::SpendLimitReached);
        let told = refusal.to_string();
        assert!(told.ends_with("$12.34 of $10.00 used"), "{told}");
        Ok(())
    }
}
