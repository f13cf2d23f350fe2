//! The pages that the browser shows when it comes back.
//!
//! Self-contained, in the colours that the person has chosen for their system, and without a word
//! that is not true yet. What comes from outside is escaped.

/// A page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Page {
    /// The session is stored.
    SignedIn {
        /// Who is signed in, if the service said so.
        user: Option<String>,
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
        /// The command line to go on with, if there is one.
        next: Option<String>,
    },
    /// A callback that does not belong to the sign-in under way.
    Foreign,
    /// Any other path or method.
    NotFound,
}

/// Takes the authorization code out of the address bar and the history.
const SCRIPT: &str = "history.replaceState(null,'',location.pathname)";

/// Nothing is loaded but the icon, which is in the page, and no script runs but the one above, by
/// its SHA-256.
pub(super) const CONTENT_SECURITY_POLICY: &str = concat!(
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; ",
    "script-src 'sha256-UBodp8UhLR9ASBc1PNRKcs3r2CjAFWxCbrUGPN7u1jo='; ",
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
);

const STYLE: &str = include_str!("page.css");

/// A prompt and a voice, in the tab and above the heading.
const LOGO: &str = concat!(
    "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32' aria-hidden='true'>",
    "<rect width='32' height='32' rx='8' fill='royalblue'/>",
    "<path d='m7 11 5 5-5 5M17 12.5v7M21 9v14M25 13v6' fill='none' stroke='white' ",
    "stroke-width='2.5' stroke-linecap='round' stroke-linejoin='round'/></svg>"
);

const TICK: &str = r#"<path d="m7.5 12.5 3 3 6-6.5"/>"#;
const CROSS: &str = r#"<path d="m8.5 8.5 7 7m0-7-7 7"/>"#;

/// What begins a sign-in.
const LOGIN: &str = "pipecat cloud auth login";

/// What differs from page to page; all of it is HTML.
struct Content {
    class: &'static str,
    mark: &'static str,
    title: &'static str,
    about: String,
    next: &'static str,
    command: Option<String>,
}

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
        let Content {
            class,
            mark,
            title,
            about,
            next,
            command,
        } = self.content();
        let icon = LOGO.replace('<', "%3C").replace('>', "%3E");
        let command = command.map_or_else(String::new, |command| {
            format!("<pre><code>{}</code></pre>\n", escape(&command))
        });
        format!(
            r#"<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title} · Pipecat Cloud</title>
<link rel="icon" href="data:image/svg+xml,{icon}">
<style>{STYLE}</style>
<script>{SCRIPT}</script>
</head>
<body>
<main class="{class}">
<header>{LOGO} Pipecat Cloud CLI</header>
<svg class="mark" viewBox="0 0 24 24" aria-hidden="true"><circle cx="12" cy="12" r="11"/>{mark}</svg>
<h1>{title}</h1>
{about}
<p class="next">{next}</p>
{command}</main>
</body>
</html>
"#
        )
    }

    fn content(&self) -> Content {
        let bad = |title, about, next, command| Content {
            class: "bad",
            mark: CROSS,
            title,
            about,
            next,
            command,
        };
        match self {
            Self::SignedIn { user, organization } => Content {
                class: "good",
                mark: TICK,
                title: "You are signed in",
                about: account(user.as_deref(), organization),
                next: "You can close this tab and go back to your terminal.",
                command: None,
            },
            Self::Denied { reason } => bad(
                "Sign-in was denied",
                sentence(denial(reason)),
                "Nothing was stored. To try again, run this in your terminal:",
                Some(LOGIN.to_owned()),
            ),
            Self::Failed { reason, next } => bad(
                "Sign-in did not work",
                sentence(reason),
                match next {
                    Some(_) => "Nothing was stored. To continue, run this in your terminal:",
                    None => "Nothing was stored. Your terminal says what to do next.",
                },
                next.clone(),
            ),
            Self::Foreign => bad(
                "Not part of this sign-in",
                sentence("This address does not belong to the sign\u{2011}in that is under way."),
                "Use the address that your terminal shows, or start again there:",
                Some(LOGIN.to_owned()),
            ),
            Self::NotFound => bad(
                "Nothing here",
                sentence("This server only waits for a sign\u{2011}in to come back."),
                "You can close this tab.",
                None,
            ),
        }
    }
}

/// A denial without what the heading says already.
fn denial(reason: &str) -> &str {
    let words = reason.strip_prefix("the sign-in was denied: ");
    words.unwrap_or(reason)
}

/// Who is signed in, and where.
fn account(user: Option<&str>, organization: &str) -> String {
    let row = |name: &str, value: &str| {
        let value = escape(value);
        format!("<div><dt>{name}</dt><dd>{value}</dd></div>")
    };
    let user = user.map(|user| row("User", user)).unwrap_or_default();
    let organization = row("Organization", organization);
    format!("<dl>{user}{organization}</dl>")
}

/// A message as a sentence, with what stands between backticks set as code.
fn sentence(message: &str) -> String {
    let mut html = String::from("<p>");
    let parts: Vec<&str> = message.split('`').collect();
    for (index, part) in parts.iter().enumerate() {
        let part = escape(part);
        match (index % 2 == 1, index + 1 == parts.len()) {
            (false, _) => html += &part,
            (true, false) => html.extend(["<code>", &part, "</code>"]),
            // It has no end.
            (true, true) => html.extend(["`", &part]),
        }
    }
    if message.ends_with(|last: char| last.is_alphanumeric() || "`)\"'".contains(last)) {
        html.push('.');
    }
    html + "</p>"
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
        let next = Some(reason.clone());
        for page in [
            Page::Failed {
                reason: reason.clone(),
                next,
            },
            Page::Denied {
                reason: reason.clone(),
            },
            Page::SignedIn {
                user: Some(reason.clone()),
                organization: reason,
            },
        ] {
            let html = page.html();
            assert!(html.contains("&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;&quot;"));
            assert_eq!(html.matches("<script>").count(), 1);
            assert!(!html.contains("alert('1')"));
        }
    }

    #[test]
    fn a_message_becomes_a_sentence() {
        for (message, html) in [
            ("it failed", "<p>it failed.</p>"),
            ("it failed!", "<p>it failed!</p>"),
            ("no `a b` here", "<p>no <code>a b</code> here.</p>"),
            ("no `<b>`", "<p>no <code>&lt;b&gt;</code>.</p>"),
            ("no `end", "<p>no `end.</p>"),
        ] {
            assert_eq!(sentence(message), html);
        }
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
