//! `auth login`: in the browser, or with the address pasted.

use std::time::Duration;

use clap::ArgAction;

use super::unstored::Unstored;
use super::wait::{Approval, Wait};
use super::{SignedIn, store_session};
use crate::commands::{ConfigUse, Run};
use crate::context::Context;
use crate::error::{Code, Error, Result};
use crate::oauth::{self, AuthorizationRequest, CallbackServer, Page};
use crate::output::{Note, Report, clean, command_lines, shell_word};
use crate::settings::{Key, Source};
use crate::store::{OnMalformed, Session};

const EXAMPLES: &str = "\
Examples:
  pipecat cloud auth login
  pipecat cloud auth login --headless          # over SSH: paste the address back
  pipecat cloud auth login --timeout 600

Exit status: 0 signed in; 1 denied, failed or timed out; 130 interrupted";

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
    if !args.headless {
        refuse_where_nobody_is(context)?;
    }
    if !context.settings.overridden(&[(Key::Token, "")]).is_empty() {
        let what = "`PIPECAT_TOKEN` is set: commands will keep using it instead of this sign-in \
                    until you unset it";
        context.printer.note(&Note::Warning(what.to_owned()));
    }
    // Nobody is sent to the browser for a session that could not be stored. The lock is given back:
    // others may change the file while the person is there.
    let patience = context.limit.remaining();
    let mut locked = context.store.lock(patience, OnMalformed::SetAside).await?;
    locked.rehearse()?;
    drop(locked);

    let provider = {
        let _progress = context.printer.progress("looking up how to sign in");
        oauth::discover(&context.http, &context.settings.api_host()?).await?
    };
    let mut server = CallbackServer::start(&oauth::PORTS).await?;
    let request = AuthorizationRequest::new(provider, server.redirect_uri().to_owned())?;
    // First of all, so that nothing that is pasted comes too early.
    let pasting = context.prompt.pasting();
    invite(context, args, &request);

    let limit = Duration::from_secs(args.timeout);
    let mut wait = Wait::new(context, &request, pasting, limit);
    let Approval { session, callback } = wait.session(&mut server).await;
    context.limit.restart();
    let outcome = match session {
        Ok(session) => wait.undisturbed(Box::pin(store(context, session))).await,
        Err(error) => Err(error),
    };
    if let Some(callback) = callback {
        callback.respond(page(&outcome));
        server.finish().await;
    }
    outcome
}

/// In CI, nobody comes back from a browser, and nobody is there to be asked.
fn refuse_where_nobody_is(context: &Context) -> Result<()> {
    let environment = context.settings.environment();
    let is_ci = environment
        .get("CI")?
        .is_some_and(|value| !["false", "0"].contains(&value));
    if !is_ci || context.prompt.is_terminal() {
        return Ok(());
    }
    let error = Error::new(
        Code::PromptRequired,
        "nobody can sign in with a browser in CI",
    );
    let page = context.settings.dashboard("/account/tokens")?;
    Err(
        if context.settings.overridden(&[(Key::Token, "")]).is_empty() {
            error.hint(format!(
                "set `PIPECAT_TOKEN` to a personal access token; create one at {page}"
            ))
        } else {
            error.hint("`PIPECAT_TOKEN` is set, and commands use it: you do not need to sign in")
        }
        .hint("`pipecat cloud auth login --headless` waits for a browser anyway"),
    )
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
    let is_opened = obstacle.is_none();
    let how = match obstacle {
        None => "opening your browser to sign in; if it does not open, go to".to_owned(),
        Some(obstacle) => format!("{obstacle}open this address in a browser to sign in"),
    };
    let say = |text: String| context.printer.note(&Note::Plain(text));
    say(how);
    // The address stands alone on its line, so that it can be copied whole.
    context.printer.say(&format!("\n{}\n", request.address()));
    if context.prompt.is_terminal() {
        let what = "if the browser is on another machine, its last page will not load: paste the address of that page";
        say(what.to_owned());
    } else if !is_opened {
        let what = "the last page loads only if the browser is on this machine";
        say(what.to_owned());
    }
    say(format!(
        "waiting up to {} s; press Ctrl-C to give up",
        args.timeout
    ));
}

/// Stores a new session, or ends it.
async fn store(context: &Context, session: Session) -> Result<SignedIn> {
    let unstored = Unstored::new(context, session);
    let token = unstored.session.access_token.clone();
    let api = context.api_with(token, Source::Input("the sign-in provider"))?;
    let stored = store_session(context, &api, &unstored.session).await;
    unstored.end_unless(stored).await
}

/// What the browser shows: the truth, now that it is known.
fn page(outcome: &Result<SignedIn>) -> Page {
    match outcome {
        Ok(signed_in) => Page::SignedIn {
            user: signed_in
                .user
                .as_ref()
                .map(|user| clean(user.value.label())),
            organization: clean(&signed_in.organization.label()),
        },
        Err(error) if error.code() == Code::SignInDenied => Page::Denied {
            reason: clean(&error.to_string()),
        },
        Err(error) => Page::Failed {
            reason: clean(&error.to_string()),
            next: next_line(error),
        },
    }
}

/// The first command line of an error's hints.
fn next_line(error: &Error) -> Option<String> {
    let mut lines = error.hints().iter().flat_map(|hint| command_lines(hint));
    let words = lines.next()?;
    let words = words.iter().map(|word| clean(&shell_word(word)));
    Some(words.collect::<Vec<_>>().join(" "))
}
