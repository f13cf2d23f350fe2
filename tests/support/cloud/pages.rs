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
  --page: #f3f4f7; --card: #ffffff; --line: #dfe2e8; --code: #eaf1fe;
  --text: #14171c; --quiet: #57606d; --accent: #1f5fd6; --on-accent: #ffffff;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #0e1116; --card: #171b22; --line: #2c333e; --code: #1d2a44;
    --text: #eef1f5; --quiet: #a3adba; --accent: #7fb0ff; --on-accent: #0b1220;
  }
}
* { box-sizing: border-box; margin: 0; }
body {
  min-height: 100vh; min-height: 100svh; display: grid; place-items: center; padding: 1rem;
  background: var(--page); color: var(--text);
  font: 1rem/1.5 system-ui, -apple-system, \"Segoe UI\", Roboto, sans-serif;
  overflow-wrap: anywhere;
}
main {
  width: 100%; max-width: 27rem; padding: 1.25rem 1.5rem 1.5rem; border: 1px solid var(--line);
  border-radius: 1rem; background: var(--card);
}
.brand { font-size: .875rem; font-weight: 600; color: var(--quiet); }
h1 { margin: .25rem 0 1rem; font-size: 1.375rem; line-height: 1.25; text-wrap: balance; }
h2 { margin: 1.25rem 0 .25rem; font-size: 1rem; }
.account {
  display: flex; align-items: center; gap: .75rem; padding: .625rem .75rem;
  border: 1px solid var(--line); border-radius: .625rem;
}
.initial {
  flex: none; display: grid; place-items: center; width: 2.25rem; height: 2.25rem;
  border-radius: 50%; background: var(--accent); color: var(--on-accent); font-weight: 600;
}
.account small { display: block; color: var(--quiet); font-size: .875rem; }
ul { padding: 0; list-style: none; }
li {
  display: flex; flex-wrap: wrap; justify-content: space-between; align-items: center;
  gap: 0 .75rem; padding: .375rem 0;
}
li + li { border-top: 1px solid var(--line); }
code {
  padding: .1rem .4rem; border-radius: .375rem;
  background: var(--code); color: var(--accent); font-size: .8125rem;
}
nav { display: flex; gap: .75rem; margin-top: 1.25rem; }
nav a {
  flex: 1; padding: .625rem .75rem; border: 1px solid var(--line); border-radius: .625rem;
  color: inherit; font-weight: 600; text-align: center; text-decoration: none;
  overflow-wrap: normal;
}
nav a:hover { border-color: var(--accent); }
nav a:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
#approve { background: var(--accent); border-color: var(--accent); color: var(--on-accent); }
footer { margin-top: 1rem; color: var(--quiet); font-size: .875rem; text-wrap: balance; }
@media (max-width: 22.5rem) {
  body { padding: .75rem; }
  main { padding: 1rem 1rem 1.25rem; }
}
";

/// A cloud on a bench, in the tab.
const ICON: &str = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E\
    %3Crect width='32' height='32' rx='8' fill='darkslategray'/%3E\
    %3Cpath d='M10 20a4 4 0 0 1 1-7.9 5.5 5.5 0 0 1 10.5 1.2A3.5 3.5 0 0 1 21.5 20zM8 24h16' \
    fill='none' stroke='white' stroke-width='2.5' stroke-linejoin='round' stroke-linecap='round'/%3E\
    %3C/svg%3E";

/// An answer that is a page.
pub(super) fn answer(status: u16, html: String) -> ResponseTemplate {
    ResponseTemplate::new(status)
        .set_body_raw(html, "text/html; charset=utf-8")
        .insert_header("Cache-Control", "no-store")
        .insert_header(
            "Content-Security-Policy",
            "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'",
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
            "openid" => "Know your account",
            "profile" => "See your name",
            "email" => "See your e-mail",
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
<div>{name}<small>{account}</small></div>
</div>
<h2>It will be able to</h2>
<ul role=\"list\">
{scopes}</ul>
<nav aria-label=\"Your answer\">
<a id=\"deny\" href=\"?{query}&amp;decision=deny\">Deny</a>
<a id=\"approve\" href=\"?{query}&amp;decision=approve\">Approve</a>
</nav>
<footer>Approve only what you have just started yourself. No account here is real.</footer>",
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
<link rel=\"icon\" href=\"{ICON}\">
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
