//! The sign-in provider: discovery, the authorization endpoint and the token endpoint.
//!
//! As strict as the standards allow (RFC 6749, RFC 7636, RFC 8252, RFC 9207), so that a client
//! that passes here has got it right.

use std::collections::{BTreeMap, HashMap};

use oauth2::{PkceCodeChallenge, PkceCodeVerifier};
use serde_json::{Value, json};
use url::Url;
use wiremock::ResponseTemplate;

use super::super::ports::PORTS;
use super::api;
use super::pages;
use super::request::{Request, fields};
use super::sessions::{FamilyId, Session};
use super::state::State;

/// The registered client.
pub const CLIENT_ID: &str = "pipecat-cli";
/// All scopes there are.
pub const SCOPES: &str = "openid profile email offline_access";
/// Path of the sign-in settings.
pub const AUTH_CONFIG: &str = "/auth/config";
/// Path of the discovery document (`OpenID` Connect Discovery 1.0, section 4).
pub const DISCOVERY: &str = "/.well-known/openid-configuration";
/// Path of the authorization endpoint.
pub const AUTHORIZE: &str = "/oauth/authorize";
/// Path of the token endpoint.
pub const TOKEN: &str = "/oauth/token";

/// The authorization codes given out, with what each is bound to.
pub(super) type Codes = HashMap<String, Grant>;

/// What an authorization code is bound to.
#[derive(Debug)]
pub(super) struct Grant {
    user: String,
    redirect_uri: String,
    code_challenge: String,
    /// Set when the code has been redeemed.
    redeemed: Option<FamilyId>,
}

/// What the person in the browser says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Decision {
    Approve,
    Deny,
}

/// An authorization request that may be shown to a person.
#[derive(Debug)]
pub(super) struct Authorization {
    redirect_uri: Url,
    state: String,
    code_challenge: String,
    /// What the client asks for.
    pub(super) scopes: Vec<String>,
}

impl Authorization {
    /// Checks a query. The error is for the person: where the redirect URI cannot be trusted,
    /// nothing may be sent there (RFC 6749, section 4.1.2.1).
    pub(super) fn parse(query: &str) -> Result<Self, String> {
        let mut fields = fields(query);
        let mut take = |name: &str| {
            let value = fields.remove(name).filter(|value| !value.is_empty());
            value.ok_or_else(|| format!("{name} is missing"))
        };
        let mut expect = |name: &str, expected: &str| match take(name)? {
            value if value == expected => Ok(()),
            value => Err(format!("{name} is {value:?}, not {expected:?}")),
        };
        expect("response_type", "code")?;
        expect("client_id", CLIENT_ID)?;
        expect("code_challenge_method", "S256")?;

        let redirect_uri = take("redirect_uri")?;
        let registered = |port| format!("http://127.0.0.1:{port}/oauth_callback");
        if !PORTS.map(registered).contains(&redirect_uri) {
            return Err(format!("redirect_uri {redirect_uri:?} is not registered"));
        }
        let code_challenge = take("code_challenge")?;
        if code_challenge.len() != 43 {
            return Err("code_challenge is no SHA-256 digest".to_owned());
        }
        let scopes: Vec<String> = take("scope")?.split(' ').map(str::to_owned).collect();
        let unknown = |scope: &&String| !SCOPES.split(' ').any(|known| known == *scope);
        if let Some(scope) = scopes.iter().find(unknown) {
            return Err(format!("scope {scope:?} is unknown"));
        }
        Ok(Self {
            redirect_uri: redirect_uri.parse().expect("a registered address"),
            state: take("state")?,
            code_challenge,
            scopes,
        })
    }

    /// Where the browser goes after the decision.
    pub(super) fn decide(self, decision: Decision, state: &mut State) -> Url {
        let mut target = self.redirect_uri.clone();
        let mut query = target.query_pairs_mut();
        match decision {
            Decision::Approve => {
                let code = format!("code_{:016}", state.codes.len() + 1);
                query.append_pair("code", &code);
                let grant = Grant {
                    user: state.account.clone(),
                    redirect_uri: self.redirect_uri.into(),
                    code_challenge: self.code_challenge,
                    redeemed: None,
                };
                state.codes.insert(code, grant);
            }
            Decision::Deny => {
                query.append_pair("error", "access_denied");
                query.append_pair("error_description", "The user denied the request");
            }
        }
        query.append_pair("state", &self.state);
        query.append_pair("iss", &state.base);
        drop(query);
        target
    }
}

/// The sign-in settings.
pub(super) fn auth_config(base: &str) -> Value {
    json!({"issuer": base, "client_id": CLIENT_ID, "scopes": SCOPES})
}

/// The discovery document.
pub(super) fn discovery(base: &str) -> Value {
    json!({
        "issuer": base,
        "authorization_endpoint": format!("{base}{AUTHORIZE}"),
        "token_endpoint": format!("{base}{TOKEN}"),
        "response_types_supported": ["code"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": ["none"],
        "scopes_supported": SCOPES.split(' ').collect::<Vec<_>>(),
        "authorization_response_iss_parameter_supported": true,
    })
}

/// The authorization endpoint: the page, or with `decision` in the query what its buttons do.
pub(super) fn authorize(state: &mut State, request: &Request) -> ResponseTemplate {
    let authorization = match Authorization::parse(&request.query) {
        Ok(authorization) => authorization,
        Err(reason) => return pages::answer(400, pages::refusal(&reason)),
    };
    let decision = match fields(&request.query).get("decision").map(String::as_str) {
        Some("approve") => Decision::Approve,
        Some("deny") => Decision::Deny,
        _ => {
            let user = state.user(&state.account);
            return pages::answer(200, pages::consent(&authorization, user, &request.query));
        }
    };
    let target = authorization.decide(decision, state);
    ResponseTemplate::new(302)
        .insert_header("Location", target.as_str())
        .insert_header("Cache-Control", "no-store")
}

/// The token endpoint. Its errors are those of RFC 6749, section 5.2.
pub(super) fn token(state: &mut State, request: &Request) -> ResponseTemplate {
    let answer = match issue(state, request) {
        Ok(session) => {
            let mut body = json!({
                "access_token": session.access_token,
                "token_type": "Bearer",
                "expires_in": session.expires_in,
                "refresh_token": session.refresh_token,
                "scope": SCOPES,
            });
            let fields = body.as_object_mut().unwrap();
            fields.retain(|name, _| !state.omitted_token_fields.contains(name));
            api::json(200, &body)
        }
        Err((error, description)) => {
            let body = json!({"error": error, "error_description": description});
            api::json(400, &body)
        }
    };
    answer.insert_header("Cache-Control", "no-store")
}

/// An OAuth error code with its description.
type TokenError = (&'static str, &'static str);

fn issue(state: &mut State, request: &Request) -> Result<Session, TokenError> {
    let form_encoded = request
        .header("content-type")
        .is_some_and(|mime| mime.starts_with("application/x-www-form-urlencoded"));
    if !form_encoded {
        return Err(("invalid_request", "the body must be form-encoded"));
    }
    let form = request.form();
    if field(&form, "client_id")? != CLIENT_ID {
        return Err(("invalid_client", "unknown client_id"));
    }
    match field(&form, "grant_type")? {
        "authorization_code" => redeem(state, &form),
        "refresh_token" => state
            .sessions
            .renew(field(&form, "refresh_token")?)
            .ok_or(("invalid_grant", "the session is over")),
        _ => Err(("unsupported_grant_type", "unknown grant_type")),
    }
}

fn redeem(state: &mut State, form: &BTreeMap<String, String>) -> Result<Session, TokenError> {
    let verifier = field(form, "code_verifier")?;
    let redirect_uri = field(form, "redirect_uri")?;
    let grant = state
        .codes
        .get_mut(field(form, "code")?)
        .ok_or(("invalid_grant", "unknown code"))?;
    if let Some(family) = grant.redeemed {
        // RFC 6749, section 4.1.2: what was issued from a code that comes twice is revoked.
        state.sessions.end(family);
        return Err(("invalid_grant", "the code has been used"));
    }
    if grant.redirect_uri != redirect_uri {
        return Err(("invalid_grant", "another redirect_uri than before"));
    }
    if !verifies(verifier, &grant.code_challenge) {
        return Err(("invalid_grant", "the code_verifier does not fit"));
    }
    let (family, session) = state.sessions.start(&grant.user);
    grant.redeemed = Some(family);
    Ok(session)
}

/// Whether a code verifier belongs to a challenge (RFC 7636, section 4.6).
fn verifies(verifier: &str, challenge: &str) -> bool {
    let well_formed = (43..=128).contains(&verifier.len());
    well_formed && {
        let verifier = PkceCodeVerifier::new(verifier.to_owned());
        PkceCodeChallenge::from_code_verifier_sha256(&verifier).as_str() == challenge
    }
}

fn field<'f>(form: &'f BTreeMap<String, String>, name: &str) -> Result<&'f str, TokenError> {
    let value = form.get(name).filter(|value| !value.is_empty());
    value
        .map(String::as_str)
        .ok_or(("invalid_request", "a required field is missing"))
}

#[cfg(test)]
mod tests {
    use super::{Authorization, verifies};

    #[test]
    fn a_code_verifier_must_hash_to_the_challenge() {
        // The example of RFC 7636, appendix B.
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
        assert!(verifies(verifier, challenge));
        assert!(!verifies(challenge, challenge));
        assert!(!verifies("short", challenge));
    }

    #[test]
    fn only_registered_redirect_uris_are_trusted() {
        let ask = |redirect_uri: &str| {
            let query = format!(
                "response_type=code&client_id=pipecat-cli&code_challenge_method=S256&state=s\
                 &scope=openid&code_challenge={}&redirect_uri={redirect_uri}",
                "c".repeat(43)
            );
            Authorization::parse(&query).is_ok()
        };
        assert!(ask("http://127.0.0.1:8400/oauth_callback"));
        assert!(ask("http://127.0.0.1:8404/oauth_callback"));
        assert!(!ask("http://127.0.0.1:8405/oauth_callback"));
        assert!(!ask("http://localhost:8400/oauth_callback"));
        assert!(!ask("http://127.0.0.1:8400/oauth_callback/"));
        assert!(!ask("http://127.0.0.1:8400@example.com/oauth_callback"));
    }
}
