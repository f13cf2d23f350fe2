//! What a person in a browser gets to see.

use std::fmt::Write;

use wiremock::ResponseTemplate;

use super::provider::Authorization;
use super::world::User;

/// What stands before the service answers to a client without a `User-Agent`.
pub(super) const BROWSER_SIGNATURE_BANNED: &str = "<!DOCTYPE html>\n\
    <html lang=\"en\"><title>Access denied</title><h1>Error 1010</h1>\n\
    <p>The owner of this website has banned your access based on your browser's signature.</p>\n\
    </html>\n";

const STYLE: &str = "
:root {
  color-scheme: light dark;
  --ground: light-dark(#eef1f6, #0d1117);
  --card: light-dark(#ffffff, #171c26);
  --edge: light-dark(#d8deea, #2a3242);
  --text: light-dark(#161b26, #e8ecf4);
  --quiet: light-dark(#566074, #9aa6bd);
  --accent: light-dark(#1f5fd6, #7fb0ff);
  --on-accent: light-dark(#ffffff, #0b1220);
  --tint: light-dark(#eaf1fe, #1d2a44);
}
* { box-sizing: border-box; margin: 0; }
body {
  min-height: 100vh; display: grid; place-items: center; padding: 1.25rem;
  background: var(--ground); color: var(--text);
  font: 1rem/1.5 system-ui, -apple-system, \"Segoe UI\", Roboto, sans-serif;
  overflow-wrap: anywhere;
}
main {
  width: 100%; max-width: 27rem; padding: 2rem; border: 1px solid var(--edge);
  border-radius: 1rem; background: var(--card); box-shadow: 0 1rem 2.5rem rgb(0 0 0 / .08);
}
.brand { font-size: .875rem; font-weight: 600; color: var(--quiet); }
h1 { margin: .25rem 0 1.5rem; font-size: 1.5rem; line-height: 1.25; text-wrap: balance; }
h2 { margin: 1.5rem 0 .5rem; font-size: 1rem; }
.account {
  display: flex; align-items: center; gap: .875rem; padding: .75rem 1rem;
  border: 1px solid var(--edge); border-radius: .75rem;
}
.initial {
  flex: none; display: grid; place-items: center; width: 2.5rem; height: 2.5rem;
  border-radius: 50%; background: var(--accent); color: var(--on-accent); font-weight: 600;
}
.account small { display: block; color: var(--quiet); font-size: .875rem; }
ul { padding: 0; list-style: none; }
li { display: flex; justify-content: space-between; gap: 1rem; padding: .5rem 0; }
li + li { border-top: 1px solid var(--edge); }
code {
  align-self: center; padding: .1rem .5rem; border-radius: .375rem;
  background: var(--tint); color: var(--accent); font-size: .8125rem;
}
nav { display: flex; flex-wrap: wrap; gap: .75rem; margin-top: 1.5rem; }
nav a {
  flex: 1 1 8rem; padding: .75rem 1rem; border: 1px solid var(--edge); border-radius: .625rem;
  color: inherit; font-weight: 600; text-align: center; text-decoration: none;
}
nav a:hover { border-color: var(--accent); }
nav a:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
#approve { background: var(--accent); border-color: var(--accent); color: var(--on-accent); }
#approve:hover { filter: brightness(1.08); }
footer { margin-top: 1.25rem; color: var(--quiet); font-size: .875rem; }
";

/// An answer that is a page.
pub(super) fn answer(status: u16, html: String) -> ResponseTemplate {
    ResponseTemplate::new(status)
        .set_body_raw(html, "text/html; charset=utf-8")
        .insert_header("Cache-Control", "no-store")
        .insert_header(
            "Content-Security-Policy",
            "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
        )
}

/// The authorization page: who is asked for what by whom, and the two answers, which are links to
/// the same address with a decision added.
pub(super) fn consent(authorization: &Authorization, user: &User, query: &str) -> String {
    let given_name = text(&user.profile["firstName"]);
    let name = format!("{given_name} {}", text(&user.profile["lastName"]));
    let account = match user.profile["emails"][0]["emailAddress"].as_str() {
        Some(email) => email.to_owned(),
        None => text(&user.profile["userId"]),
    };
    let mut scopes = String::new();
    for scope in &authorization.scopes {
        let meaning = match scope.as_str() {
            "openid" => "Know which account this is",
            "profile" => "See your name",
            "email" => "See your e-mail address",
            _ => "Stay signed in",
        };
        let scope = escape(scope);
        let _ = writeln!(scopes, "<li>{meaning} <code>{scope}</code></li>");
    }
    let body = format!(
        "<p class=\"brand\">Pipecat Cloud sandbox</p>
<h1>Let the Pipecat CLI use your account?</h1>
<div class=\"account\">
<span class=\"initial\" aria-hidden=\"true\">{initial}</span>
<div>{name}<small>Signed in as {account}</small></div>
</div>
<h2>It will be able to</h2>
<ul role=\"list\">
{scopes}</ul>
<nav aria-label=\"Your answer\">
<a id=\"deny\" href=\"?{query}&amp;decision=deny\">Deny</a>
<a id=\"approve\" href=\"?{query}&amp;decision=approve\">Approve</a>
</nav>
<footer>Approve only what you have just started yourself. This is a sandbox: nothing here is a
real account.</footer>",
        initial = escape(&given_name.chars().take(1).collect::<String>()),
        name = escape(&name),
        account = escape(&account),
        query = escape(query),
    );
    page("Let the Pipecat CLI use your account?", &body)
}

/// The page for a request that the provider will not pass on.
pub(super) fn refusal(reason: &str) -> String {
    let body = format!(
        "<p class=\"brand\">Pipecat Cloud sandbox</p>
<h1>This sign-in request is not in order</h1>
<p>{}</p>
<footer>Nothing was sent to the program that asked. Start again there.</footer>",
        escape(reason)
    );
    page("Sign-in request refused", &body)
}

fn page(title: &str, body: &str) -> String {
    format!(
        "<!DOCTYPE html>
<html lang=\"en\">
<head>
<meta charset=\"utf-8\">
<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">
<title>{title}</title>
<style>{STYLE}</style>
</head>
<body>
<main>
{body}
</main>
</body>
</html>
"
    )
}

fn text(value: &serde_json::Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// Makes text stand for itself in HTML, in attributes as well.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            _ => escaped.push(character),
        }
    }
    escaped
}
