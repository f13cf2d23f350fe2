//! The authorization request (RFC 6749 section 4.1.1): what goes to the browser, and what counts
//! when it comes back.

use oauth2::{
    AuthorizationCode, CsrfToken, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope,
};
use url::{Url, form_urlencoded};

use super::callback::CALLBACK_PATH;
use super::{Provider, tokens};
use crate::error::{Code, Error, Result, excerpt};
use crate::http::Http;
use crate::store::Session;

/// What to do when a request has gone wrong on the provider's side.
const AGAIN: &str = "nothing was stored; run `pipecat cloud auth login` again";

/// A request to sign in, which can be completed once. It is known by its `state`, so it has no form
/// for logs.
pub struct AuthorizationRequest {
    provider: Provider,
    redirect_uri: RedirectUrl,
    state: CsrfToken,
    verifier: PkceCodeVerifier,
    address: Url,
}

/// What something that came back means.
#[derive(Debug)]
pub enum CallbackOutcome {
    /// Approved.
    Code(AuthorizationCode),
    /// The sign-in is over.
    Failed(Error),
    /// Not for this request, for the reason given; the wait goes on.
    Ignored(&'static str),
    /// The beginning of an address that was pasted; the rest may come.
    Incomplete,
}

/// Why something that was pasted does not count.
const NEITHER: &str = "it is neither an address nor a code";

/// No provider's code is shorter (RFC 6749 section 10.10 wants it to be beyond guessing).
const MIN_CODE_LENGTH: usize = 8;

impl AuthorizationRequest {
    /// A fresh one, with its own `state` and code verifier.
    ///
    /// # Errors
    /// `redirect_uri` is no address.
    pub fn new(provider: Provider, redirect_uri: String) -> Result<Self> {
        let redirect_uri = RedirectUrl::new(redirect_uri)
            .map_err(|error| Error::new(Code::Internal, "a bad redirect URI").because(error))?;
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let scopes = provider.scopes.split_whitespace();
        let (address, state) = tokens::client(&provider)
            .set_redirect_uri(redirect_uri.clone())
            .authorize_url(CsrfToken::new_random)
            .add_scopes(scopes.map(|scope| Scope::new(scope.to_owned())))
            .set_pkce_challenge(challenge)
            .url();
        Ok(Self {
            provider,
            redirect_uri,
            state,
            verifier,
            address,
        })
    }

    /// The address to open in a browser.
    #[must_use]
    pub fn address(&self) -> &Url {
        &self.address
    }

    /// Validates the query of a callback (RFC 6749 section 4.1.2, RFC 9207).
    #[must_use]
    pub fn validate(&self, query: &str) -> CallbackOutcome {
        let value = |name: &str| {
            let mut pairs = form_urlencoded::parse(query.as_bytes());
            let found = pairs.find(|(key, _)| key == name);
            found
                .map(|(_, value)| value.into_owned())
                .filter(|value| !value.is_empty())
        };
        if value("state").as_ref() != Some(self.state.secret()) {
            return CallbackOutcome::Ignored("it does not belong to this sign-in");
        }
        let wrong_issuer = match value("iss") {
            Some(issuer) if issuer != self.provider.issuer => {
                Some("the answer came from a different provider than the one that was asked")
            }
            None if self.provider.sends_issuer => Some(
                "the answer does not say which provider it came from, though this one always does",
            ),
            _ => None,
        };
        if let Some(wrong) = wrong_issuer {
            return CallbackOutcome::Failed(Error::new(Code::SignInFailed, wrong).hint(AGAIN));
        }
        if let Some(error) = value("error") {
            let words = value("error_description");
            let words = words.map(|words| format!(": {}", excerpt(&words)));
            let words = words.unwrap_or_default();
            return CallbackOutcome::Failed(match error.as_str() {
                "access_denied" => {
                    Error::new(Code::SignInDenied, format!("the sign-in was denied{words}"))
                        .hint("to sign in, run `pipecat cloud auth login` again and approve")
                }
                _ => Error::new(
                    Code::SignInFailed,
                    format!("the sign-in provider reported `{}`{words}", excerpt(&error)),
                )
                .hint(AGAIN),
            });
        }
        match value("code") {
            Some(code) => CallbackOutcome::Code(AuthorizationCode::new(code)),
            None => CallbackOutcome::Failed(
                Error::new(
                    Code::SignInFailed,
                    "the sign-in provider sent neither a code nor an error",
                )
                .hint(AGAIN),
            ),
        }
    }

    /// Validates what was pasted: the address that the browser ended on, or the code in it. A
    /// terminal or a mail may have broken it into several lines.
    #[must_use]
    pub fn validate_pasted(&self, text: &str) -> CallbackOutcome {
        let lines: Vec<&str> = text.lines().map(str::trim).collect();
        let whole = self.validate_line(&lines.concat());
        if lines.len() < 2 || !matches!(whole, CallbackOutcome::Ignored(_)) {
            return whole;
        }
        // It may stand among other lines.
        let mut outcomes = lines.iter().rev().map(|line| self.validate_line(line));
        let counts = |outcome: &CallbackOutcome| !matches!(outcome, CallbackOutcome::Ignored(_));
        outcomes.find(counts).unwrap_or(whole)
    }

    fn validate_line(&self, line: &str) -> CallbackOutcome {
        let line = line.trim().trim_matches(['"', '\'', '<', '>']);
        if line.is_empty() || line.contains(char::is_whitespace) {
            return CallbackOutcome::Ignored(NEITHER);
        }
        let query = match line.split_once('?') {
            Some((_, query)) => query,
            None if line.contains("://") || line.contains(CALLBACK_PATH) => "",
            None if line.contains("state=") || line.contains("code=") => line,
            // A code alone has no state with it; the code verifier ties it to this request.
            // Copied out of an address, it is encoded as it was there.
            None => {
                let pair = format!("code={line}");
                let code = form_urlencoded::parse(pair.as_bytes()).next();
                let code = code.map(|(_, code)| code.into_owned()).unwrap_or_default();
                if !may_be_code(&code) {
                    return CallbackOutcome::Ignored(NEITHER);
                }
                return CallbackOutcome::Code(AuthorizationCode::new(code));
            }
        };
        let query = query.split('#').next().unwrap_or_default();
        let value = |name: &str| {
            let mut pairs = form_urlencoded::parse(query.as_bytes());
            pairs.find(|(key, _)| key == name).map(|(_, value)| value)
        };
        if value("code_challenge").is_some() {
            return CallbackOutcome::Ignored(
                "it is the address to open, not the one that the browser ended on",
            );
        }
        let is_callback = line.starts_with(self.redirect_uri.as_str())
            || self.redirect_uri.starts_with(line) && line.contains("://");
        let is_begun = |name, whole: &str| {
            let value = value(name).unwrap_or_default();
            whole != value && whole.starts_with(&*value)
        };
        let is_said = value("code").is_some() || value("error").is_some();
        let is_cut = is_begun("state", self.state.secret())
            || value("iss").is_some() && is_begun("iss", &self.provider.issuer)
            || !is_said;
        if is_callback && is_cut {
            return CallbackOutcome::Incomplete;
        }
        self.validate(query)
    }

    /// Exchanges the code for a session.
    ///
    /// # Errors
    /// [`Code::SessionEnded`] for `invalid_grant`, which is about the code here: there is no session
    /// yet, and another code may be tried. Otherwise the provider refuses or cannot be reached.
    pub async fn complete(&self, http: &Http, code: AuthorizationCode) -> Result<Session> {
        let verifier = PkceCodeVerifier::new(self.verifier.secret().clone());
        tokens::exchange(http, &self.provider, code, verifier, &self.redirect_uri).await
    }
}

/// Whether a word can be a code that somebody has copied, rather than an answer to somebody.
fn may_be_code(word: &str) -> bool {
    let is_word = |text: &str| {
        text.bytes().all(|byte| byte.is_ascii_lowercase())
            || text.bytes().all(|byte| byte.is_ascii_uppercase())
    };
    word.len() >= MIN_CODE_LENGTH && word.get(1..).is_some_and(|rest| !is_word(rest))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn request() -> Result<AuthorizationRequest> {
        let url =
            |text: &str| Url::parse(text).map_err(|_| Error::new(Code::Internal, "a bad test"));
        let provider = Provider {
            issuer: "https://id.example.com".into(),
            sends_issuer: false,
            client_id: "cli".into(),
            scopes: "openid  profile".into(),
            authorization_endpoint: url("https://id.example.com/authorize?tenant=7")?,
            token_endpoint: url("https://id.example.com/token")?,
        };
        AuthorizationRequest::new(provider, format!("http://127.0.0.1:8400{CALLBACK_PATH}"))
    }

    #[test]
    fn the_challenge_is_the_one_of_rfc_7636() {
        let verifier = PkceCodeVerifier::new("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk".into());
        let challenge = PkceCodeChallenge::from_code_verifier_sha256(&verifier);
        assert_eq!(
            challenge.as_str(),
            "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
        );
    }

    #[test]
    fn the_address_has_all_that_the_provider_needs_and_what_it_had() -> Result<()> {
        let request = request()?;
        let pairs: std::collections::BTreeMap<_, _> =
            request.address().query_pairs().into_owned().collect();
        for (name, value) in [
            ("tenant", "7"),
            ("response_type", "code"),
            ("client_id", "cli"),
            ("redirect_uri", "http://127.0.0.1:8400/oauth_callback"),
            ("scope", "openid profile"),
            ("code_challenge_method", "S256"),
        ] {
            assert_eq!(pairs.get(name).map(String::as_str), Some(value), "{name}");
        }
        assert_eq!(pairs.get("code_challenge").map(String::len), Some(43));
        assert_eq!(pairs.get("state"), Some(request.state.secret()));
        Ok(())
    }

    #[test]
    fn only_the_right_state_counts() -> Result<()> {
        let request = request()?;
        for foreign in [
            "",
            "code=c",
            "code=c&state=",
            "code=c&state=wrong",
            "error=access_denied",
        ] {
            assert!(
                matches!(request.validate(foreign), CallbackOutcome::Ignored(_)),
                "{foreign}"
            );
        }
        let state = request.state.secret();
        let validated = request.validate(&format!(
            "code=c%2B1&state={state}&iss=https://id.example.com"
        ));
        assert!(matches!(validated, CallbackOutcome::Code(code) if code.secret() == "c+1"));
        Ok(())
    }

    #[test]
    fn an_answer_that_is_ours_but_no_approval_ends_the_attempt() -> Result<()> {
        let request = request()?;
        let state = request.state.secret();
        for (query, code, words) in [
            (
                "error=access_denied&error_description=Not+today",
                Code::SignInDenied,
                "Not today",
            ),
            ("error=server_error", Code::SignInFailed, "server_error"),
            (
                "code=c&iss=https://evil.example.com",
                Code::SignInFailed,
                "a different provider",
            ),
            ("", Code::SignInFailed, "neither"),
        ] {
            match request.validate(&format!("state={state}&{query}")) {
                CallbackOutcome::Failed(error) => {
                    assert_eq!(error.code(), code, "{query}");
                    assert!(error.to_string().contains(words), "{error}");
                }
                other => return Err(Error::new(Code::Internal, format!("{query}: {other:?}"))),
            }
        }
        Ok(())
    }

    #[test]
    fn an_answer_without_an_issuer_is_refused_where_the_provider_always_sends_one() -> Result<()> {
        let mut request = request()?;
        request.provider.sends_issuer = true;
        let state = request.state.secret();
        for query in ["code=c", "code=c&iss=", "error=access_denied"] {
            match request.validate(&format!("state={state}&{query}")) {
                CallbackOutcome::Failed(error) => {
                    assert_eq!(error.code(), Code::SignInFailed, "{query}");
                    assert!(error.to_string().contains("which provider"), "{error}");
                }
                other => return Err(Error::new(Code::Internal, format!("{query}: {other:?}"))),
            }
        }
        let query = format!("state={state}&code=c&iss=https%3A%2F%2Fid.example.com");
        assert!(matches!(request.validate(&query), CallbackOutcome::Code(_)));
        // A code alone is tied to this request by the code verifier.
        assert!(matches!(
            request.validate_pasted("SplxlOBeZQQYbYS6WxSbIA"),
            CallbackOutcome::Code(_)
        ));
        Ok(())
    }

    #[test]
    fn an_address_or_a_code_can_be_pasted() -> Result<()> {
        let request = request()?;
        let state = request.state.secret();
        for good in [
            format!("  http://127.0.0.1:8400{CALLBACK_PATH}?code=abc&state={state}#x\n"),
            format!("'http://127.0.0.1:8400{CALLBACK_PATH}?state={state}&code=abc'"),
            format!("code=abc&state={state}"),
            format!("http://127.0.0.1:8400{CALLBACK_PATH}?code=abc\n  &state={state}\n"),
            format!("http://127.0.0.1:8400{CALLBACK_PATH}?state={state}&co\nde=abc"),
            format!("see\nhttp://127.0.0.1:8400{CALLBACK_PATH}?code=abc&state={state}\nthanks"),
        ] {
            let outcome = request.validate_pasted(&good);
            assert!(
                matches!(&outcome, CallbackOutcome::Code(code) if code.secret() == "abc"),
                "{good}"
            );
        }
        for code in ["01JZX0C4DE", "code_0000000000000001", "a%2Bb-c_d~9"] {
            let outcome = request.validate_pasted(code);
            assert!(matches!(outcome, CallbackOutcome::Code(_)), "{code}");
        }
        for bad in [
            String::new(),
            "two words".into(),
            "&code".into(),
            "no".into(),
            "yes\nno".into(),
            "Whatever".into(),
            "CANCELLED".into(),
            "ümläutwort".into(),
            format!("http://127.0.0.1:8400{CALLBACK_PATH}?code=abc&state=wrong"),
            format!("http://127.0.0.1:8401{CALLBACK_PATH}"),
            "https://id.example.com".into(),
            request.address().to_string(),
        ] {
            assert!(
                matches!(request.validate_pasted(&bad), CallbackOutcome::Ignored(_)),
                "{bad}"
            );
        }
        Ok(())
    }

    #[test]
    fn the_beginning_of_an_address_waits_for_its_rest() -> Result<()> {
        let request = request()?;
        let state = request.state.secret();
        let whole = format!(
            "http://127.0.0.1:8400{CALLBACK_PATH}?code=abc&state={state}&iss=https://id.example.com"
        );
        let issuer_begins = whole.len() - "ttps://id.example.com".len();
        let state_ends = whole.len() - "&iss=https://id.example.com".len();
        for cut in 12..state_ends {
            let outcome = request.validate_pasted(&whole[..cut]);
            assert!(matches!(outcome, CallbackOutcome::Incomplete), "{cut}");
        }
        for cut in issuer_begins..whole.len() {
            let outcome = request.validate_pasted(&whole[..cut]);
            assert!(matches!(outcome, CallbackOutcome::Incomplete), "{cut}");
        }
        assert!(matches!(
            request.validate_pasted(&whole),
            CallbackOutcome::Code(_)
        ));
        Ok(())
    }

    /// A query of names that matter, right and wrong values, and noise; `$S` is the state.
    fn query() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            4 => "(state|code|error|iss|error_description|code_challenge)=",
            2 => Just("$S".to_owned()),
            1 => Just("https://id.example.com".to_owned()),
            4 => Just("&".to_owned()),
            1 => "[?#%+;=/:]|%[0-9a-f]{2}",
            2 => "\\PC{0,4}",
        ];
        proptest::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn no_query_counts_without_the_state_and_no_code_is_empty(query in query()) {
            let request = request().map_err(|error| TestCaseError::fail(error.to_string()))?;
            let query = query.replace("$S", request.state.secret());
            let is_ours = |query: &str| {
                let mut pairs = form_urlencoded::parse(query.as_bytes());
                let state = pairs.find(|(name, _)| name == "state");
                state.is_some_and(|(_, state)| state == request.state.secret().as_str())
            };
            let outcome = request.validate(&query);
            prop_assert_eq!(!matches!(outcome, CallbackOutcome::Ignored(_)), is_ours(&query));
            if let CallbackOutcome::Code(code) = outcome {
                prop_assert!(!code.secret().is_empty());
            }
            if let CallbackOutcome::Code(code) = request.validate_pasted(&query) {
                prop_assert!(!code.secret().is_empty());
                let line = query.trim().trim_matches(['"', '\'', '<', '>']);
                let pasted = line.split_once('?').map_or(line, |(_, query)| query);
                let alone = !["?", "state=", "code="].iter().any(|mark| line.contains(mark));
                prop_assert!(alone || is_ours(pasted.split('#').next().unwrap_or_default()));
            }
        }
    }
}
