//! What comes back from the browser, as a callback's query or pasted: only the state of this very
//! sign-in makes it count, but for a code that is pasted alone.
//!
//! In the input, `$S` stands for the state and `$I` for the issuer.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pipecat_cloud_cli::oauth::{AuthorizationRequest, Provider, CallbackOutcome};
use pipecat_cloud_cli::output::clean;
use url::{Url, form_urlencoded};

const ISSUER: &str = "https://id.example.com";

std::thread_local! {
    static ATTEMPT: (AuthorizationRequest, String) = {
        let provider = Provider {
            issuer: ISSUER.into(),
            sends_issuer: false,
            client_id: "cli".into(),
            scopes: "openid profile".into(),
            authorization_endpoint: Url::parse("https://id.example.com/authorize").unwrap(),
            token_endpoint: Url::parse("https://id.example.com/token").unwrap(),
        };
        let redirect_uri = "http://127.0.0.1:8400/oauth_callback".to_owned();
        let attempt = AuthorizationRequest::new(provider, redirect_uri).unwrap();
        let state = first(attempt.address().query().unwrap(), "state").unwrap();
        (attempt, state)
    };
}

fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    ATTEMPT.with(|(attempt, state)| {
        let text = text.replace("$S", state).replace("$I", ISSUER);
        check_query(&attempt.validate(&text), &text, state);

        let pasted = attempt.validate_pasted(&text);
        if let CallbackOutcome::Code(code) = &pasted {
            assert!(!code.secret().is_empty(), "{text:?}");
            assert!(code.secret().len() <= text.len());
            let is_bare = !["?", "state=", "code=", "://"]
                .iter()
                .any(|mark| text.contains(mark));
            let line = text.trim().trim_matches(['"', '\'', '<', '>']);
            // Lines are put together before they are read.
            if !is_bare && !text.contains(['\r', '\n']) {
                let query = line.split_once('?').map_or(line, |(_, query)| query);
                let query = query.split('#').next().unwrap_or_default();
                check_query(&pasted, query, state);
            }
        }
    });
});

fn check_query(verdict: &CallbackOutcome, query: &str, state: &str) {
    let ours = first(query, "state").as_deref() == Some(state);
    match verdict {
        CallbackOutcome::Incomplete => unreachable!("only what is pasted is"),
        CallbackOutcome::Ignored(_) => assert!(!ours, "{query:?}"),
        CallbackOutcome::Failed(error) => {
            assert!(ours, "{query:?}");
            assert!(!clean(&error.to_string()).contains(char::is_control));
        }
        CallbackOutcome::Code(code) => {
            assert!(ours, "{query:?}");
            assert_eq!(first(query, "code").as_ref(), Some(code.secret()));
            assert!(!code.secret().is_empty());
            assert!(first(query, "error").is_none_or(|error| error.is_empty()));
            assert!(first(query, "iss").is_none_or(|iss| iss.is_empty() || iss == ISSUER));
        }
    }
}

fn first(query: &str, name: &str) -> Option<String> {
    let mut pairs = form_urlencoded::parse(query.as_bytes());
    let (_, value) = pairs.find(|(key, _)| key == name)?;
    Some(value.into_owned())
}
