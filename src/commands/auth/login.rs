//! `auth login`: in the browser, or with the address pasted.

use std::rc::Rc;
use std::time::Duration;

use clap::ArgAction;
use oauth2::AuthorizationCode;
use tokio::sync::mpsc;

use super::{SignedIn, store_session};
use crate::commands::{ConfigUse, Run};
use crate::context::Context;
use crate::error::{Code, Error, Result};
use crate::oauth::{
    self, AuthorizationRequest, CallbackOutcome, CallbackRequest, CallbackServer, Page, Revocation,
    revoke,
};
use crate::output::{Note, Report, clean};
use crate::settings::Source;
use crate::store::{OnMalformed, Session};

/// Whoever interrupts a sign-in does not wait longer than this for the new session's end.
const ENDING_LIMIT: Duration = Duration::from_secs(3);

const EXAMPLES: &str = "\
Examples:
  pipecat cloud auth login
  pipecat cloud auth login --headless          # over SSH: paste the address back
  pipecat cloud auth login --timeout 600

Exit status: 0 signed in; 1 denied, failed or nobody came back in time; 130 interrupted";

/// Sign in with the browser
///
/// Opens the browser, waits for you to approve, and stores the session in the configuration
/// file. Over SSH, or with --headless, open the printed address in any browser and paste the
/// address that it ends on.
#[derive(Debug, clap::Args)]
#[command(disable_help_flag = true, after_help = EXAMPLES)]
pub struct Args {
    /// Do not open a browser, only print the address
    #[arg(short = 'h', long)]
    headless: bool,

    /// How long to wait for the browser to come back
    #[arg(
        long,
        value_name = "SECONDS",
        default_value_t = 120,
        value_parser = clap::value_parser!(u64).range(1..=86_400)
    )]
    timeout: u64,

    /// Print help
    #[arg(long, action = ArgAction::HelpLong)]
    help: Option<bool>,
}

impl Run for Args {
    fn config_use(&self) -> ConfigUse {
        ConfigUse::Replaced
    }

    async fn run(self, context: &Context) -> Result<Box<dyn Report>> {
        Ok(Box::new(Box::pin(login(context, &self)).await?))
    }
}

async fn login(context: &Context, args: &Args) -> Result<SignedIn> {
    // Nobody is sent to the browser for a session that could not be stored. The lock is given back:
    // others may change the file while the person is there.
    let patience = context.limit.remaining();
    let mut locked = context.store.lock(patience, OnMalformed::SetAside).await?;
    locked.rehearse()?;
    drop(locked);
    let provider = {
        let _progress = context.printer.progress("asking how to sign in");
        oauth::discover(&context.http, &context.settings.api_host()?).await?
    };
    let mut server = CallbackServer::start(&oauth::PORTS).await?;
    let request = AuthorizationRequest::new(provider, server.redirect_uri().to_owned())?;
    invite(context, args, &request);

    let limit = Duration::from_secs(args.timeout);
    let waited = tokio::time::timeout(limit, approval(context, &request, &mut server)).await;
    context.limit.restart();
    // Whoever comes after the first callback that counts is too late.
    server.close();
    let Ok(approval) = waited else {
        return Err(Error::new(
            Code::TimedOut,
            format!("nobody signed in within {} s", args.timeout),
        )
        .hint("run `pipecat cloud auth login` again; `--timeout SECONDS` waits longer"));
    };

    let outcome = match approval.outcome {
        Ok(code) => complete(context, request, code).await,
        Err(error) => Err(error),
    };
    if let Some(callback) = approval.callback {
        callback.answer(page(&outcome));
        server.finish().await;
    }
    outcome
}

/// How the wait ended.
struct Approval {
    outcome: Result<AuthorizationCode>,
    /// The browser that waits for its page; none if the address was pasted.
    callback: Option<CallbackRequest>,
}

/// Opens the browser if there is one, and says where to sign in in any case.
fn invite(context: &Context, args: &Args, request: &AuthorizationRequest) {
    let obstacle = if args.headless {
        Some(String::new())
    } else {
        let here = oauth::obstacle(context.settings.environment()).map(str::to_owned);
        here.or_else(|| {
            oauth::open(context.settings.environment(), request.address())
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
    context.printer.note(&Note::Plain(how));
    context.printer.say(&format!("\n{}\n", request.address()));
    if context.prompt.is_terminal() {
        context.printer.note(&Note::Plain(
            "is that browser on another machine? then paste here the address that it ends on"
                .to_owned(),
        ));
    }
}

/// Waits for the browser to come back, or for its address to be pasted, whichever is first.
async fn approval(
    context: &Context,
    request: &AuthorizationRequest,
    server: &mut CallbackServer,
) -> Approval {
    let mut pasted = pasted_lines(context.prompt.is_terminal());
    loop {
        let (outcome, callback) = tokio::select! {
            callback = server.next() => (request.validate(&callback.query), Some(callback)),
            Some(line) = pasted.recv() => (request.validate_pasted(&line), None),
        };
        let outcome = match outcome {
            CallbackOutcome::Code(code) => Ok(code),
            CallbackOutcome::Failed(error) => Err(error),
            CallbackOutcome::Ignored(why) => {
                match callback {
                    Some(callback) => {
                        tracing::debug!("a callback was ignored: {why}");
                        callback.answer(Page::Foreign);
                    }
                    None => context.printer.note(&Note::Warning(format!(
                        "that cannot be used: {why}; still waiting"
                    ))),
                }
                continue;
            }
        };
        return Approval { outcome, callback };
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
    request: AuthorizationRequest,
    code: AuthorizationCode,
) -> Result<SignedIn> {
    let progress = context.printer.progress("signing in");
    let session = request.complete(&context.http, code).await?;
    drop(progress);
    let unstored = Unstored::new(context, session);
    let token = unstored.session.access_token.clone();
    let api = context.api_with(token, Source::Input("the sign-in provider"))?;
    let stored = store_session(context, &api, &unstored.session).await;
    unstored.end_unless(stored).await
}

/// A session that is not in the file yet. If it does not get there, it does not live on at the
/// service either.
struct Unstored<'a> {
    context: &'a Context,
    session: Session,
    is_settled: bool,
}

impl<'a> Unstored<'a> {
    fn new(context: &'a Context, session: Session) -> Self {
        Self {
            context,
            session,
            is_settled: false,
        }
    }

    /// Ends the session if it was not `stored`, and says what has become of it.
    async fn end_unless(mut self, stored: Result<SignedIn>) -> Result<SignedIn> {
        let Err(error) = stored else {
            self.is_settled = true;
            return stored;
        };
        let context = self.context;
        context.limit.restart();
        let progress = context.printer.progress("ending the session again");
        let revocation = revoke(&context.http, context.settings.api_host(), &self.session).await;
        self.is_settled = true;
        drop(progress);
        match revocation {
            Revocation::Confirmed => {
                let what = "the new session was ended at the service; nothing was stored";
                context.printer.note(&Note::Plain(what.to_owned()));
                Err(error)
            }
            Revocation::Unconfirmed(cause) => {
                let page = context.settings.dashboard("/sign-out")?;
                Err(error.hint(format!(
                    "the new session could not be ended ({cause}) and lives on for up to a day; end it at {page}"
                )))
            }
            Revocation::NotApplicable => Err(error),
        }
    }
}

impl Drop for Unstored<'_> {
    /// The command was interrupted.
    fn drop(&mut self) {
        if self.is_settled || std::thread::panicking() {
            return;
        }
        let what = "ending the new session at the service, since it was not stored";
        self.context.printer.note(&Note::Plain(what.to_owned()));
        let http = Rc::clone(&self.context.http);
        let api_host = self.context.settings.api_host();
        let session = self.session.clone();
        self.context.see_through(async move {
            let revocation = revoke(&http, api_host, &session);
            let _ = tokio::time::timeout(ENDING_LIMIT, revocation).await;
        });
    }
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
