//! `auth use-pat`: a personal access token instead of the browser.

use std::io::{self, BufRead as _, Read as _};
use std::thread;
use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::oneshot;

use super::{SignedIn, store_session};
use crate::commands::{ConfigUse, Run, secret};
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
/// The token is checked and then stored in the configuration file, and replaces whoever was
/// signed in. In CI, set PIPECAT_TOKEN instead.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// The token, which begins with pcc_pat_. Better left out: it is then asked for without being
    /// shown, or read from standard input, and does not end up in the shell's history
    #[arg(value_parser = secret)]
    token: Option<SecretString>,
}

impl Run for Args {
    fn config_use(&self) -> ConfigUse {
        ConfigUse::Replaced
    }

    async fn run(self, context: &Context) -> Result<Box<dyn Report>> {
        Ok(Box::new(use_pat(context, self.token).await?))
    }
}

async fn use_pat(context: &Context, token: Option<SecretString>) -> Result<SignedIn> {
    let page = context.settings.dashboard("/account/tokens")?;
    let (token, source) = match token {
        Some(token) => {
            context.printer.note(&Note::Warning(
                "the token is now in your shell's history; leave it off the command line to be \
                 asked for it without it being shown"
                    .to_owned(),
            ));
            (token, "the command line")
        }
        None if context.prompt.is_terminal() => {
            let where_from = format!("create a personal access token at {page}");
            context.printer.note(&Note::Plain(where_from));
            let question = "Personal access token:";
            let token = context.prompt.secret(question, "the argument TOKEN");
            (token.await?, "the prompt")
        }
        None => {
            let patience = context.limit.remaining();
            (from_stdin(patience).await?, "standard input")
        }
    };
    let token = token.expose_secret().trim();
    if token.is_empty() {
        let what = format!("the token from {source} is empty");
        return Err(Error::new(Code::InvalidSetting, what).hint(format!("create one at {page}")));
    }
    check_token(token, source)?;
    if !token.starts_with(PAT_PREFIX) {
        let what = format!("this is not a personal access token: they begin with `{PAT_PREFIX}`");
        return Err(Error::new(Code::InvalidSetting, what).hint(format!("create one at {page}")));
    }
    let session = Session::personal(token.into());
    let api = context.api_with(token.into(), Source::Input(source))?;
    let stored = store_session(context, &api, &session).await;
    match stored {
        Err(error) if error.code() == Code::Unauthorized => {
            Err(error.hint(format!("create a new one at {page}")))
        }
        stored => stored,
    }
}

/// The first line. Read on a thread of its own, so that signals and the time are heard meanwhile.
async fn from_stdin(patience: Duration) -> Result<SecretString> {
    let failed = |cause: io::Error| {
        let what = "cannot read the token from standard input";
        Error::new(Code::InvalidSetting, what).because(cause)
    };
    let (sender, line) = oneshot::channel();
    let read = move || {
        let mut line = String::new();
        let stdin = io::stdin().lock();
        let read = stdin.take(MAX_INPUT).read_line(&mut line);
        // Nobody may wait any more.
        let _ = sender.send(read.map(|_| SecretString::from(line)));
    };
    thread::Builder::new().spawn(read).map_err(failed)?;
    match tokio::time::timeout(patience, line).await {
        Ok(Ok(line)) => line.map_err(failed),
        Ok(Err(_)) => Err(failed(io::ErrorKind::UnexpectedEof.into())),
        Err(_) => Err(Error::new(
            Code::TimedOut,
            "no token arrived on standard input",
        )),
    }
}

#[cfg(test)]
mod tests {
    use clap::{Args as _, FromArgMatches as _};

    use super::*;

    #[test]
    fn the_debug_form_of_the_command_line_shows_no_token() {
        let command = Args::augment_args(clap::Command::new("use-pat"));
        let matches = command.try_get_matches_from(["use-pat", "pcc_pat_s3cret"]);
        let args = matches.and_then(|matches| Args::from_arg_matches(&matches));
        let shown = format!("{args:?}");
        assert!(shown.contains("token: Some("), "{shown}");
        assert!(!shown.contains("s3cret"), "{shown}");
    }
}
