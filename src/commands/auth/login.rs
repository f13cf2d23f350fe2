//! `auth login`: in the browser, or with the address pasted.

use std::time::Duration;

use oauth2::AuthorizationCode;
use tokio::sync::mpsc;

use super::{SignedIn, store_session};
use crate::cli::Login;
use crate::context::Context;
use crate::error::{Code, Error, Result};
use crate::oauth::{self, Arrival, Attempt, CallbackServer, Page, Verdict};
use crate::output::{Note, clean};
use crate::settings::Source;

pub async fn login(context: &Context, options: &Login) -> Result<SignedIn> {
    let provider = {
        let _progress = context.talk.progress("asking how to sign in");
        oauth::discover(&context.http, &context.settings.api_host()?).await?
    };
    let mut server = CallbackServer::start(&oauth::PORTS).await?;
    let attempt = Attempt::new(provider, server.redirect_uri().to_owned())?;
    invite(context, options, &attempt);

    let limit = Duration::from_secs(options.timeout);
    let waited = tokio::time::timeout(limit, approval(context, &attempt, &mut server)).await;
    context.http.deadline().restart();
    // Whoever comes after the first callback that counts is too late.
    server.close();
    let Ok(approval) = waited else {
        return Err(Error::new(
            Code::TimedOut,
            format!("nobody signed in within {} s", options.timeout),
        )
        .hint("run `pipecat cloud auth login` again; `--timeout SECONDS` waits longer"));
    };

    let outcome = match approval.verdict {
        Ok(code) => complete(context, attempt, code).await,
        Err(error) => Err(error),
    };
    if let Some(arrival) = approval.arrival {
        arrival.answer(page(&outcome));
        server.finish().await;
    }
    outcome
}

/// How the wait ended.
struct Approval {
    verdict: Result<AuthorizationCode>,
    /// The browser that waits for its page; none if the address was pasted.
    arrival: Option<Arrival>,
}

/// Opens the browser if there is one, and says where to sign in in any case.
fn invite(context: &Context, options: &Login, attempt: &Attempt) {
    let obstacle = if options.headless {
        Some(String::new())
    } else {
        let here = oauth::obstacle(context.settings.environment()).map(str::to_owned);
        here.or_else(|| {
            oauth::open(context.settings.environment(), attempt.address())
                .err()
                .map(|error| error.to_string())
        })
        .map(|obstacle| format!("{obstacle}; "))
    };
    let how = match obstacle {
        None => "opening your browser to sign in; if it does not open, go to".to_owned(),
        Some(obstacle) => format!("{obstacle}open this address in a browser to sign in"),
    };
    // The address stands alone on its line, so that it can be copied whole.
    context.talk.note(&Note::Plain(how));
    context.talk.say(&format!("\n{}\n", attempt.address()));
    if context.prompt.is_terminal() {
        context.talk.note(&Note::Plain(
            "is that browser on another machine? then paste here the address that it ends on"
                .to_owned(),
        ));
    }
}

/// Waits for the browser to come back, or for its address to be pasted, whichever is first.
async fn approval(context: &Context, attempt: &Attempt, server: &mut CallbackServer) -> Approval {
    let mut pasted = pasted_lines(context.prompt.is_terminal());
    loop {
        let (verdict, arrival) = tokio::select! {
            arrival = server.next() => (attempt.judge(&arrival.query), Some(arrival)),
            Some(line) = pasted.recv() => (attempt.judge_pasted(&line), None),
        };
        let verdict = match verdict {
            Verdict::Code(code) => Ok(code),
            Verdict::Failed(error) => Err(error),
            Verdict::Foreign(why) => {
                match arrival {
                    Some(arrival) => {
                        tracing::debug!("a callback was ignored: {why}");
                        arrival.answer(Page::Foreign);
                    }
                    None => context.talk.note(&Note::Warning(format!(
                        "that cannot be used: {why}; still waiting"
                    ))),
                }
                continue;
            }
        };
        return Approval { verdict, arrival };
    }
}

/// What is typed on the terminal, line by line; nothing if there is none. The thread that reads
/// ends with the program: there is no portable way to call a reader back.
fn pasted_lines(terminal: bool) -> mpsc::UnboundedReceiver<String> {
    let (sender, receiver) = mpsc::unbounded_channel();
    if terminal {
        std::thread::spawn(move || {
            for line in std::io::stdin().lines() {
                let Ok(line) = line else { break };
                if !line.trim().is_empty() && sender.send(line).is_err() {
                    break;
                }
            }
        });
    }
    receiver
}

async fn complete(
    context: &Context,
    attempt: Attempt,
    code: AuthorizationCode,
) -> Result<SignedIn> {
    let progress = context.talk.progress("signing in");
    let session = attempt.complete(&context.http, code).await?;
    drop(progress);
    let token = session.access_token.clone();
    let api = context.api_with(token, Source::Input("the sign-in provider"))?;
    store_session(context, &api, &session).await
}

/// What the browser shows: the truth, now that it is known.
fn page(outcome: &Result<SignedIn>) -> Page {
    match outcome {
        Ok(signed_in) => Page::SignedIn {
            organization: clean(&signed_in.organization.label()),
        },
        Err(error) if error.code() == Code::SignInDenied => Page::Denied {
            reason: clean(&error.to_string()),
        },
        Err(error) => Page::Failed {
            reason: clean(&error.to_string()),
        },
    }
}
