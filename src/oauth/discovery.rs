//! What the service and its provider say about signing in, checked before it is used
//! (`OpenID` Connect Discovery 1.0 section 4.3, RFC 8414 section 3.3).

use serde::Deserialize;
use serde_json::Value;
use url::Url;

use crate::error::{Code, Error, Result, excerpt};
use crate::http::{Http, Request, is_loopback, route};

/// A provider whose document has passed every check.
#[derive(Clone, Debug)]
pub struct Provider {
    /// Its identifier, which the `iss` of a callback must equal (RFC 9207).
    pub issuer: String,
    /// Whether every callback has that `iss`, so that one without is none of its own.
    pub sends_issuer: bool,
    /// Who this program is to it. Public: there is no secret.
    pub client_id: String,
    /// What is asked for, separated by spaces.
    pub scopes: String,
    /// Where the person approves.
    pub authorization_endpoint: Url,
    /// Where codes and refresh tokens are exchanged.
    pub token_endpoint: Url,
}

#[derive(Deserialize)]
struct SignInSettings {
    issuer: String,
    client_id: String,
    scopes: Option<String>,
}

/// The part of the provider's document that matters here.
#[derive(Deserialize)]
struct Metadata {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    code_challenge_methods_supported: Option<Vec<String>>,
    response_types_supported: Option<Vec<String>>,
    #[serde(default)]
    authorization_response_iss_parameter_supported: Value,
}

/// Asks the service for its provider, and the provider for its endpoints.
///
/// # Errors
/// One of the two cannot be reached, or its answer does not pass the checks.
pub async fn discover(http: &Http, api_host: &Url) -> Result<Provider> {
    let url = route(api_host, &["auth", "config"])?;
    let settings: SignInSettings = fetch(http, url).await?;
    let issuer = secure("issuer", &settings.issuer)?;
    let url = route(&issuer, &[".well-known", "openid-configuration"])?;
    let metadata = fetch(http, url).await?;
    check(settings, metadata)
}

async fn fetch<T: serde::de::DeserializeOwned>(http: &Http, url: Url) -> Result<T> {
    let response = http.send(Request::get(url)).await?;
    if response.status.is_success() {
        response.json()
    } else {
        Err(response.refusal())
    }
}

fn check(settings: SignInSettings, metadata: Metadata) -> Result<Provider> {
    if metadata.issuer != settings.issuer {
        return Err(distrusted(format!(
            "its metadata is about another issuer, `{}`",
            excerpt(&metadata.issuer)
        )));
    }
    let lacks = |supported: Option<Vec<String>>, wanted: &str| {
        supported.is_some_and(|supported| !supported.iter().any(|one| one == wanted))
    };
    if lacks(metadata.code_challenge_methods_supported, "S256") {
        return Err(distrusted("it does not support PKCE with `S256`"));
    }
    if lacks(metadata.response_types_supported, "code") {
        return Err(distrusted("it does not support the response type `code`"));
    }
    Ok(Provider {
        authorization_endpoint: secure("authorization_endpoint", &metadata.authorization_endpoint)?,
        token_endpoint: secure("token_endpoint", &metadata.token_endpoint)?,
        issuer: settings.issuer,
        // RFC 9207 section 2.3.
        sends_issuer: metadata.authorization_response_iss_parameter_supported == true,
        client_id: settings.client_id,
        scopes: settings.scopes.unwrap_or_default(),
    })
}

/// An address that may carry credentials: HTTPS, or on this very machine.
fn secure(name: &str, address: &str) -> Result<Url> {
    match Url::parse(address) {
        // What stands before the `@` is taken for the host by whoever reads in haste.
        Ok(url) if !url.username().is_empty() || url.password().is_some() => {
            Err(distrusted(format!("its {name} has credentials in it")))
        }
        Ok(url) if url.scheme() == "https" => Ok(url),
        Ok(url) if url.scheme() == "http" && is_loopback(&url) => Ok(url),
        _ => Err(distrusted(format!(
            "its {name} `{}` is not an `https://` address",
            excerpt(address)
        ))),
    }
}

fn distrusted(why: impl std::fmt::Display) -> Error {
    Error::new(
        Code::SignInFailed,
        format!("the sign-in provider cannot be trusted: {why}"),
    )
    .hint("check `PIPECAT_API_HOST`; if it is right, contact support")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const ISSUER: &str = "https://id.example.com";

    fn checked(change: &Value) -> Result<Provider> {
        let mut document = json!({
            "issuer": ISSUER,
            "authorization_endpoint": "https://id.example.com/authorize",
            "token_endpoint": "https://id.example.com/token",
        });
        for (key, value) in change.as_object().into_iter().flatten() {
            document[key] = value.clone();
        }
        let settings = SignInSettings {
            issuer: ISSUER.into(),
            client_id: "cli".into(),
            scopes: None,
        };
        let metadata = Metadata::deserialize(document)
            .map_err(|error| Error::new(Code::Internal, error.to_string()))?;
        check(settings, metadata)
    }

    #[test]
    fn a_sound_document_passes() {
        for sound in [
            json!({}),
            json!({"code_challenge_methods_supported": ["plain", "S256"]}),
            json!({"response_types_supported": ["code", "token"]}),
            json!({"token_endpoint": "http://127.0.0.1:9/token"}),
            json!({"token_endpoint": "http://[::1]:9/token"}),
            json!({"authorization_endpoint": "http://localhost/authorize?tenant=1"}),
            json!({"authorization_response_iss_parameter_supported": "odd"}),
        ] {
            assert!(checked(&sound).is_ok(), "{sound}");
        }
    }

    #[test]
    fn a_provider_says_whether_it_names_itself_in_callbacks() {
        for (document, sends_issuer) in [
            (json!({}), false),
            (
                json!({"authorization_response_iss_parameter_supported": false}),
                false,
            ),
            (
                json!({"authorization_response_iss_parameter_supported": true}),
                true,
            ),
        ] {
            let provider = checked(&document);
            let found = provider.map(|provider| provider.sends_issuer).ok();
            assert_eq!(found, Some(sends_issuer), "{document}");
        }
    }

    #[test]
    fn a_document_that_breaks_a_rule_is_refused() {
        for broken in [
            json!({"issuer": "https://id.example.com/"}),
            json!({"issuer": "https://evil.example.com"}),
            json!({"authorization_endpoint": "http://id.example.com/authorize"}),
            json!({"authorization_endpoint": "javascript:alert(1)"}),
            json!({"authorization_endpoint": "file:///etc/passwd"}),
            json!({"authorization_endpoint": "--version"}),
            json!({"token_endpoint": "http://127.0.0.1.example.com/token"}),
            json!({"token_endpoint": ""}),
            json!({"code_challenge_methods_supported": ["plain"]}),
            json!({"code_challenge_methods_supported": []}),
            json!({"response_types_supported": ["token"]}),
        ] {
            assert!(checked(&broken).is_err(), "{broken}");
        }
    }
}
