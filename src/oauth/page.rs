//! The pages that the browser shows when it comes back.
//!
//! Self-contained, in the colours that the person has chosen for their system, and without a word
//! that is not true yet. What comes from outside is escaped.

/// A page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Page {
    /// The session is stored.
    SignedIn {
        /// The active organization, for people.
        organization: String,
    },
    /// The person, or the provider, said no.
    Denied {
        /// In whose words.
        reason: String,
    },
    /// Something went wrong on the way.
    Failed {
        /// What.
        reason: String,
    },
    /// A callback that does not belong to the sign-in under way.
    Foreign,
    /// Any other path or method.
    NotFound,
}

/// Takes the authorization code out of the address bar and the history.
const SCRIPT: &str = "history.replaceState(null,'',location.pathname)";

/// Nothing is loaded, and no script runs but the one above, by its SHA-256.
pub(super) const CONTENT_SECURITY_POLICY: &str = concat!(
    "default-src 'none'; style-src 'unsafe-inline'; ",
    "script-src 'sha256-UBodp8UhLR9ASBc1PNRKcs3r2CjAFWxCbrUGPN7u1jo='; ",
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
);

const STYLE: &str = include_str!("page.css");

const TICK: &str = r#"<path d="m7.5 12.5 3 3 6-6.5"/>"#;
const CROSS: &str = r#"<path d="m8.5 8.5 7 7m0-7-7 7"/>"#;

impl Page {
    /// The HTTP status that it comes with.
    pub(super) fn status(&self) -> u16 {
        match self {
            Self::SignedIn { .. } => 200,
            Self::Denied { .. } | Self::Failed { .. } | Self::Foreign => 400,
            Self::NotFound => 404,
        }
    }

    /// The whole page.
    pub(super) fn html(&self) -> String {
        let (class, mark, title, text, next) = match self {
            Self::SignedIn { organization } => (
                "good",
                TICK,
                "You are signed in",
                format!(
                    "Active organization: <strong>{}</strong>",
                    escape(organization)
                ),
                "You can close this tab and go back to your terminal.",
            ),
            Self::Denied { reason } => (
                "bad",
                CROSS,
                "Sign-in was denied",
                escape(reason),
                "Nothing was stored. To try again, go back to your terminal.",
            ),
            Self::Failed { reason } => (
                "bad",
                CROSS,
                "Sign-in did not work",
                escape(reason),
                "Nothing was stored. Your terminal says what to do next.",
            ),
            Self::Foreign => (
                "bad",
                CROSS,
                "Not part of this sign-in",
                "This address does not belong to the sign-in that is under way.".into(),
                "If you are signing in, use the address that your terminal shows.",
            ),
            Self::NotFound => (
                "bad",
                CROSS,
                "Nothing here",
                "This server only waits for a sign-in to come back.".into(),
                "You can close this tab.",
            ),
        };
        format!(
            r#"<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title} · Pipecat Cloud</title>
<style>{STYLE}</style>
<script>{SCRIPT}</script>
</head>
<body>
<main class="{class}">
<svg viewBox="0 0 24 24" aria-hidden="true"><circle cx="12" cy="12" r="11"/>{mark}</svg>
<h1>{title}</h1>
<p>{text}</p>
<p class="next">{next}</p>
<footer>Pipecat Cloud command line</footer>
</main>
</body>
</html>
"#
        )
    }
}

/// Makes text from outside harmless in HTML.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_from_outside_is_text() {
        let reason = "<script>alert('1')</script>&\"".to_owned();
        let html = Page::Failed { reason }.html();
        assert!(html.contains("&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;&quot;"));
        assert_eq!(html.matches("<script>").count(), 1);
    }

    #[test]
    fn the_policy_allows_the_script_that_is_there() {
        // The challenge of PKCE is a SHA-256 in base64url without padding: the same digest.
        let script = oauth2::PkceCodeVerifier::new(SCRIPT.into());
        let digest = oauth2::PkceCodeChallenge::from_code_verifier_sha256(&script);
        let base64 = digest.as_str().replace('-', "+").replace('_', "/");
        assert!(CONTENT_SECURITY_POLICY.contains(&format!("'sha256-{base64}='")));
    }
}
