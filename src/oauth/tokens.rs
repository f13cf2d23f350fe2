//! The token endpoint (RFC 6749 sections 4.1.3 and 6). Each request is sent once: a code and a
//! refresh token work once.

use std::borrow::Cow;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use oauth2::basic::{
    BasicErrorResponse, BasicErrorResponseType, BasicRevocationErrorResponse,
    BasicTokenIntrospectionResponse, BasicTokenType,
};
use oauth2::{
    AccessToken, AuthUrl, AuthorizationCode, ClientId, EndpointNotSet, EndpointSet, HttpRequest,
    HttpResponse, PkceCodeVerifier, RedirectUrl, RefreshToken, RequestTokenError, Scope,
    StandardRevocableToken, TokenResponse, TokenUrl,
};
use reqwest::{Method, StatusCode};
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Deserializer, Serialize};
use url::Url;

use super::Provider;
use crate::error::{Code, Error, Result, excerpt};
use crate::http::{Body, Http, Limits, Request};
use crate::settings::is_token;
use crate::store::Session;

/// How long an access token lives where the provider does not say, in seconds.
const DEFAULT_LIFETIME: u64 = 86_400;

/// The library's client, with both endpoints known and our own token answer.
pub(super) type Client = oauth2::Client<
    BasicErrorResponse,
    Tokens,
    BasicTokenIntrospectionResponse,
    StandardRevocableToken,
    BasicRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointSet,
>;

/// The token endpoint's answer, read leniently: a rotated refresh token must not be lost because
/// something beside it is odd.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(super) struct Tokens {
    access_token: AccessToken,
    refresh_token: Option<RefreshToken>,
    #[serde(default, deserialize_with = "lifetime")]
    expires_in: Option<u64>,
}

impl TokenResponse for Tokens {
    type TokenType = BasicTokenType;

    fn access_token(&self) -> &AccessToken {
        &self.access_token
    }

    fn token_type(&self) -> &BasicTokenType {
        &BasicTokenType::Bearer
    }

    fn expires_in(&self) -> Option<Duration> {
        self.expires_in.map(Duration::from_secs)
    }

    fn refresh_token(&self) -> Option<&RefreshToken> {
        self.refresh_token.as_ref()
    }

    fn scopes(&self) -> Option<&Vec<Scope>> {
        None
    }
}

/// Seconds, as a number or as text; whatever else it is says nothing.
fn lifetime<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    let value = serde_json::Value::deserialize(deserializer)?;
    let seconds = match &value {
        serde_json::Value::String(text) => text.trim().parse().ok(),
        other => other.as_f64(),
    };
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "saturates"
    )]
    let seconds = seconds
        .filter(|seconds| *seconds >= 1.0)
        .map(|seconds| seconds as u64);
    Ok(seconds)
}

pub(super) fn client(provider: &Provider) -> Client {
    oauth2::Client::new(ClientId::new(provider.client_id.clone()))
        .set_auth_uri(AuthUrl::from_url(provider.authorization_endpoint.clone()))
        .set_token_uri(TokenUrl::from_url(provider.token_endpoint.clone()))
}

/// Exchanges an authorization code, proving with `verifier` that this program asked for it.
pub(super) async fn exchange(
    http: &Http,
    provider: &Provider,
    code: AuthorizationCode,
    verifier: PkceCodeVerifier,
    redirect_uri: &RedirectUrl,
) -> Result<Session> {
    client(provider)
        .exchange_code(code)
        .set_pkce_verifier(verifier)
        .set_redirect_uri(Cow::Borrowed(redirect_uri))
        .request_async(&|request| send(http, request))
        .await
        .map_err(failure)
        .and_then(|tokens| session(&tokens, None))
        .map_err(|error| error.context("the sign-in could not be completed"))
}

/// Renews a session.
///
/// # Errors
/// [`Code::SessionEnded`] for `invalid_grant`; anything else says nothing about the session.
pub(super) async fn refresh(
    http: &Http,
    provider: &Provider,
    refresh_token: &SecretString,
) -> Result<Session> {
    let token = RefreshToken::new(refresh_token.expose_secret().to_owned());
    client(provider)
        .exchange_refresh_token(&token)
        .request_async(&|request| send(http, request))
        .await
        .map_err(failure)
        .and_then(|tokens| session(&tokens, Some(refresh_token)))
}

/// Carries the library's request over our own way to the network.
async fn send(http: &Http, request: HttpRequest) -> Result<HttpResponse> {
    let url = Url::parse(&request.uri().to_string())
        .map_err(|error| Error::new(Code::Internal, "a bad token endpoint").because(error))?;
    // What the answer brings works once and cannot be had again: the command's time does not cut it.
    let limits = Limits {
        beyond_command: true,
        ..Limits::default()
    };
    let request = Request::new(Method::POST, url)
        .body(Body::Form(request.into_body()))
        .limits(limits);
    let received = http.send(request).await?;
    let status = match received.status {
        status if status.is_success() => StatusCode::OK,
        // The statuses under which the protocol's errors come (RFC 6749 section 5.2).
        StatusCode::BAD_REQUEST | StatusCode::UNAUTHORIZED
            if received.json::<BasicErrorResponse>().is_ok() =>
        {
            StatusCode::BAD_REQUEST
        }
        _ => return Err(received.refusal()),
    };
    // No headers: the body decides whether it makes sense, not what it is called.
    let mut response = HttpResponse::new(received.body);
    *response.status_mut() = status;
    Ok(response)
}

fn failure(error: RequestTokenError<Error, BasicErrorResponse>) -> Error {
    match error {
        RequestTokenError::Request(error) => error,
        RequestTokenError::ServerResponse(said) => {
            let code = match said.error() {
                BasicErrorResponseType::InvalidGrant => Code::SessionEnded,
                _ => Code::SignInFailed,
            };
            let words = match said.error_description() {
                Some(words) => format!("{}: {words}", said.error()),
                None => said.error().to_string(),
            };
            let words = excerpt(&words);
            Error::new(code, format!("the sign-in provider refused ({words})"))
        }
        // The library's own error would carry the body, in which there may be tokens.
        RequestTokenError::Parse(error, _) => Error::new(
            Code::UnexpectedResponse,
            format!(
                "the sign-in provider's answer makes no sense ({})",
                error.inner()
            ),
        ),
        RequestTokenError::Other(what) => Error::new(
            Code::UnexpectedResponse,
            format!("the sign-in provider's answer makes no sense ({what})"),
        ),
    }
}

fn session(tokens: &Tokens, previous: Option<&SecretString>) -> Result<Session> {
    let access_token = tokens.access_token.secret().as_str();
    if !is_token(access_token) {
        return Err(Error::new(
            Code::UnexpectedResponse,
            "the sign-in provider's answer makes no sense (its access token cannot be one)",
        )
        .hint("try again later"));
    }
    let lifetime = tokens.expires_in.unwrap_or(DEFAULT_LIFETIME);
    let renewed = tokens.refresh_token.as_ref();
    #[allow(
        clippy::cast_precision_loss,
        reason = "exact for any sensible lifetime"
    )]
    let expires_at = now() + lifetime as f64;
    Ok(Session {
        access_token: access_token.into(),
        // A provider that does not rotate sends none: the old one stays good.
        refresh_token: renewed
            .map(|token| token.secret().as_str().into())
            .or_else(|| previous.cloned()),
        expires_at: Some(expires_at),
    })
}

/// Seconds since 1970, to the millisecond.
pub(super) fn now() -> f64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    (since.unwrap_or_default().as_secs_f64() * 1000.0).round() / 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_odd_lifetime_does_not_lose_the_tokens() {
        for (lifetime, seconds) in [
            ("3600", Some(3600)),
            ("\"7200\"", Some(7200)),
            ("59.9", Some(59)),
            ("null", None),
            ("-5", None),
            ("0", None),
            ("\"soon\"", None),
            ("{}", None),
        ] {
            let text = format!(r#"{{"access_token":"a","expires_in":{lifetime}}}"#);
            let tokens = serde_json::from_str::<Tokens>(&text);
            assert_eq!(
                tokens.ok().map(|tokens| tokens.expires_in),
                Some(seconds),
                "{lifetime}"
            );
        }
    }

    #[test]
    fn the_debug_form_shows_no_token() {
        let text = r#"{"access_token":"s3cret","refresh_token":"s3cret"}"#;
        let tokens = serde_json::from_str::<Tokens>(text);
        let session = tokens.ok().and_then(|tokens| session(&tokens, None).ok());
        assert!(session.is_some());
        assert!(!format!("{session:?}").contains("s3cret"));
    }
}
