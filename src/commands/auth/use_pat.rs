//! `auth use-pat`: a personal access token instead of the browser.

use std::io::{BufRead as _, Read as _};
use std::time::Duration;

use super::{SignedIn, store_session};
use crate::commands::{ConfigUse, Run};
use crate::context::Context;
use crate::error::{Code, Error, Result};
use crate::output::{Note, Report};
use crate::settings::{PAT_PREFIX, Source, check_token};
use crate::store::Session;

/// No token is longer than this, in bytes.
const MAX_INPUT: u64 = 64 << 10;

const EXAMPLES: &str = "\
Examples:
  pipecat cloud auth use-pat                   # asks, without showing it
  pipecat cloud auth use-pat < token.txt";

/// Sign in with a personal access token
///
/// The token is checked and then stored in the configuration file, in the place of whoever was
/// signed in. In CI, set PIPECAT_TOKEN instead.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// The token, which begins with pcc_pat_. Better left out: it is then asked for without being
    /// shown, or read from standard input, and does not end up in the shell's history
    token: Option<String>,
}

impl Run for Args {
    fn config_use(&self) -> ConfigUse {
        ConfigUse::Replaced
    }

    async fn run(self, context: &Context) -> Result<Box<dyn Report>> {
        Ok(Box::new(use_pat(context, self.token).await?))
    }
}

async fn use_pat(context: &Context, token: Option<String>) -> Result<SignedIn> {
    let (token, source) = match token {
        Some(token) => {
            context.printer.note(&Note::Warning(
                "the token is now in your shell's history; without it on the command line, it is \
                 asked for without being shown"
                    .to_owned(),
            ));
            (token, "the command line")
        }
        None if context.prompt.is_terminal() => {
            let question = "Personal access token:";
            let token = context
                .prompt
                .secret(question, "the argument TOKEN")
                .await?;
            (token, "the prompt")
        }
        None => {
            let patience = context.limit.remaining();
            (from_stdin(patience).await?, "standard input")
        }
    };
    let token = token.trim();
    let tokens_page = || context.settings.dashboard("/account/tokens");
    if token.is_empty() {
        return Err(Error::new(
            Code::InvalidSetting,
            format!("there is no token from {source}"),
        )
        .hint(format!("make one at {}", tokens_page()?)));
    }
    check_token(token, source)?;
    if !token.starts_with(PAT_PREFIX) {
        return Err(Error::new(
            Code::InvalidSetting,
            format!("this is no personal access token: they begin with `{PAT_PREFIX}`"),
        )
        .hint(format!("make one at {}", tokens_page()?)));
    }
    let session = Session::personal(token.into());
    let api = context.api_with(token.into(), Source::Input(source))?;
    let stored = store_session(context, &api, &session).await;
    match stored {
        Err(error) if error.code() == Code::Unauthorized => {
            Err(error.hint(format!("make a new one at {}", tokens_page()?)))
        }
        stored => stored,
    }
}

/// The first line. Read on a thread of its own, so that signals and the time are heard meanwhile.
async fn from_stdin(patience: Duration) -> Result<String> {
    let failed = |cause: anyhow::Error| {
        Error::new(
            Code::InvalidSetting,
            "cannot read the token from standard input",
        )
        .because(cause)
    };
    let read = tokio::task::spawn_blocking(|| {
        let mut line = String::new();
        let stdin = std::io::stdin().lock();
        stdin.take(MAX_INPUT).read_line(&mut line).map(|_| line)
    });
    match tokio::time::timeout(patience, read).await {
        Ok(Ok(line)) => line.map_err(|error| failed(error.into())),
        Ok(Err(error)) => Err(failed(error.into())),
        Err(_) => Err(Error::new(
            Code::TimedOut,
            "no token came on standard input",
        )),
    }
}
