//! The token endpoint (RFC 6749 sections 4.1.3 and 6). Each request is sent once: a code and a
//! refresh token work once.

use std::borrow::Cow;
use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::anyhow;
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
use serde::{Deserialize, Serialize};
use serde_json::json;
use url::Url;

use super::Provider;
use super::token_response::TokenFields;
use crate::error::{Code, Error, Result, excerpt};
use crate::http::{Body, Http, Limits, Request};
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

/// The token endpoint's answer, as far as it could be read.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(super) struct Tokens {
    /// Empty where there was none that can be one.
    access_token: AccessToken,
    refresh_token: Option<RefreshToken>,
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
        .request_async(&|request| send(http, request, Limits::default()))
        .await
        .map_err(|error| Failure::from(error).error)
        .and_then(|tokens| match access_token(&tokens) {
            Some(token) => Ok(session(&tokens, token, None)),
            None => Err(no_access_token()),
        })
        .map_err(|error| error.context("the sign-in could not be completed"))
}

/// What a renewal has brought.
pub(super) struct Renewed {
    /// What is to be stored in the place of the session that was renewed.
    pub session: Session,
    /// What is wrong with it all the same: the refresh token has rotated, but there is no new
    /// access token.
    pub problem: Option<Error>,
}

/// Why a request has brought nothing.
#[derive(Debug)]
pub(super) struct Failure {
    /// The cause.
    pub error: Error,
    /// Whether the provider may have done what it was asked, so that the token is spent.
    pub in_doubt: bool,
}

/// Renews `session`, whose refresh token this is. The request may take as long as `patience`.
///
/// # Errors
/// [`Code::SessionEnded`] for `invalid_grant`; anything else says nothing about the session, but
/// for whether that is in doubt.
pub(super) async fn refresh(
    http: &Http,
    provider: &Provider,
    current: &Session,
    refresh_token: &SecretString,
    patience: Option<Duration>,
) -> Result<Renewed, Failure> {
    let limits = Limits {
        total: patience.or(Limits::default().total),
        ..Limits::default()
    };
    let token = RefreshToken::new(refresh_token.expose_secret().to_owned());
    let tokens = client(provider)
        .exchange_refresh_token(&token)
        .request_async(&|request| send(http, request, limits))
        .await
        .map_err(Failure::from)?;
    Ok(match access_token(&tokens) {
        Some(token) => Renewed {
            session: session(&tokens, token, Some(refresh_token)),
            problem: None,
        },
        None => Renewed {
            session: Session {
                refresh_token: rotated(&tokens).or_else(|| Some(refresh_token.clone())),
                ..current.clone()
            },
            problem: Some(no_access_token()),
        },
    })
}

/// Carries the library's request over our own way to the network.
async fn send(http: &Http, request: HttpRequest, limits: Limits) -> Result<HttpResponse, Failure> {
    let certain = |error| Failure {
        error,
        in_doubt: false,
    };
    let url = Url::parse(&request.uri().to_string()).map_err(|error| {
        certain(Error::new(Code::Internal, "a bad token endpoint").because(error))
    })?;
    let request = Request::new(Method::POST, url)
        .body(Body::Form(request.into_body()))
        .limits(Limits {
            // What the answer brings works once and cannot be had again: the command's time does
            // not cut it.
            beyond_command: true,
            ..limits
        });
    let received = http.send(request).await.map_err(|error| Failure {
        in_doubt: error.is_in_doubt(),
        error,
    })?;
    let answer = TokenFields::read(&received.body);
    // No headers: the body decides whether it makes sense, not what it is called.
    let (status, body) = match received.status {
        status if status.is_success() => {
            if answer.access_token.is_none() && answer.refresh_token.is_none() {
                return Err(Failure {
                    error: received.nonsense(anyhow!("there is no token in it")),
                    in_doubt: true,
                });
            }
            let body = json!({
                "access_token": answer.access_token.unwrap_or_default(),
                "refresh_token": answer.refresh_token,
                "expires_in": answer.expires_in,
            });
            (StatusCode::OK, body)
        }
        // The statuses under which the protocol's errors come (RFC 6749 section 5.2).
        StatusCode::BAD_REQUEST | StatusCode::UNAUTHORIZED if answer.error.is_some() => {
            let body = json!({
                "error": answer.error,
                "error_description": answer.error_description,
            });
            (StatusCode::BAD_REQUEST, body)
        }
        status => {
            return Err(Failure {
                error: received.refusal(),
                in_doubt: status.is_server_error(),
            });
        }
    };
    let mut response = HttpResponse::new(body.to_string().into_bytes());
    *response.status_mut() = status;
    Ok(response)
}

impl From<RequestTokenError<Failure, BasicErrorResponse>> for Failure {
    fn from(error: RequestTokenError<Failure, BasicErrorResponse>) -> Self {
        let certain = |error| Self {
            error,
            in_doubt: false,
        };
        match error {
            RequestTokenError::Request(failure) => failure,
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
                certain(Error::new(
                    code,
                    format!("the sign-in provider refused ({words})"),
                ))
            }
            // The library's own error would carry the body, in which there are tokens.
            RequestTokenError::Parse(..) | RequestTokenError::Other(_) => certain(Error::new(
                Code::Internal,
                "the sign-in provider's answer was not passed on",
            )),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

impl std::error::Error for Failure {}

fn no_access_token() -> Error {
    Error::new(
        Code::UnexpectedResponse,
        "the sign-in provider's answer makes no sense (its access token is not usable)",
    )
    .hint("try again later")
}

fn access_token(tokens: &Tokens) -> Option<&str> {
    let token = tokens.access_token.secret().as_str();
    (!token.is_empty()).then_some(token)
}

fn rotated(tokens: &Tokens) -> Option<SecretString> {
    let token = tokens.refresh_token.as_ref()?;
    Some(token.secret().as_str().into())
}

fn session(tokens: &Tokens, access_token: &str, previous: Option<&SecretString>) -> Session {
    let lifetime = tokens.expires_in.unwrap_or(DEFAULT_LIFETIME);
    #[allow(
        clippy::cast_precision_loss,
        reason = "exact for any sensible lifetime"
    )]
    let expires_at = now() + lifetime as f64;
    Session {
        access_token: access_token.into(),
        // A provider that does not rotate sends none: the old one stays good.
        refresh_token: rotated(tokens).or_else(|| previous.cloned()),
        expires_at: Some(expires_at),
    }
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
    fn the_debug_form_shows_no_token() {
        let text = r#"{"access_token":"s3cret","refresh_token":"s3cret"}"#;
        let tokens = serde_json::from_str::<Tokens>(text);
        let session = tokens.map(|tokens| session(&tokens, "s3cret", None));
        assert!(session.is_ok());
        assert!(!format!("{session:?}").contains("s3cret"));
    }
}
