//! What `pipecat cloud help` tells beside the help of the commands: a page a topic.

use std::fmt::Write as _;

use crate::commands::{ConfigUse, Run};
use crate::context::Context;
use crate::error::{Code, Result};
use crate::output::{Report, Text};

/// A topic is a hidden command, so that the parser's own `help` knows it by its name.
macro_rules! topics {
    ($($(#[doc = $about:literal])+ $topic:ident = $page:expr;)+) => {
        $(
            $(#[doc = $about])+
            #[derive(Debug, clap::Args)]
            #[command(hide = true, override_help = $page)]
            pub struct $topic {}

            impl Run for $topic {
                fn config_use(&self) -> ConfigUse {
                    ConfigUse::Unused
                }

                async fn run(self, _context: &Context) -> Result<Box<dyn Report>> {
                    Ok(Box::new(Text($page.to_owned())))
                }
            }
        )+
    };
}

topics! {
    /// The environment variables that count
    Environment = ENVIRONMENT_PAGE;
    /// The configuration file
    Config = CONFIG_PAGE;
    /// The exit statuses
    ExitCodes = exit_codes();
    /// The codes of errors, for programs
    Errors = errors();
    /// How a coding agent uses this program
    AgentGuide = include_str!("agent-guide.txt");
}

/// The exit statuses.
fn exit_codes() -> String {
    let mut page = "\
Exit statuses

  0    done; also where the reader of the output has gone away
  1    it ran and failed, or the person said no
  2    the command line is wrong, or a question would have to be asked and there
       is no terminal: the message names the option that answers it
  3    `deploy --plan --exit-code`: something would change
  130  interrupted, by Ctrl-C; 143 terminated, 129 hung up

What has failed is told on stderr, with `--output json` also on stdout. By `code`:

"
    .to_owned();
    for status in [2, 130] {
        let codes = Code::ALL.iter().filter(|code| code.exit_status() == status);
        let codes: Vec<&str> = codes.map(|code| code.as_str()).collect();
        let _ = writeln!(page, "  {status:<3}  {}", codes.join(", "));
    }
    page + "  1    every other one: see `pipecat cloud help errors`\n"
}

/// The codes, each with its meaning.
fn errors() -> String {
    let mut page = "\
Errors, for programs

With `--output json`, a command that fails prints one value on stdout:

  {\"error\": {\"error\": \"you are not signed in\", \"code\": \"not_signed_in\",
             \"hint\": \"run `pipecat cloud auth login`, or …\",
             \"next\": [[\"pipecat\", \"cloud\", \"auth\", \"login\"]],
             \"retryable\": false}}

  error      what happened, in a sentence
  code       which kind of failure it is: one of those below, or the service's own
  hint       what to do next, in sentences; only where there is something
  next       the command lines to go on with, each as a list of words; a word in
             capitals stands for what you fill in
  retryable  whether the same line may work later, with nothing done twice

What the service answered stands beside them, as it came. Where something was done
before the failure, the result is there too, beside `error`.

The codes. Those with a * may pass: `retryable` is true, unless a change was sent
and nobody knows whether it was made.

"
    .to_owned();
    let widest = Code::ALL.iter().map(|code| code.as_str().len()).max();
    for code in Code::ALL {
        let mark = if code.passes() { '*' } else { ' ' };
        let (name, meaning, width) = (code.as_str(), code.meaning(), widest.unwrap_or_default());
        let _ = writeln!(page, "{mark} {name:width$}  {meaning}");
    }
    page + "
The service's own codes that begin with PCC are explained at
https://docs.pipecat.ai/pipecat-cloud/fundamentals/error-codes
"
}

/// The variables.
pub(super) const ENVIRONMENT_PAGE: &str = "\
Environment variables

An option beats a variable, which beats the configuration file, which beats the
default. A variable that is blank counts as unset. `pipecat cloud
--show-cli-config` shows what is in force, and where it came from.

  PIPECAT_TOKEN          the bearer token: a personal access token, in CI. It is
                         used as it is: never renewed, never written to disk
  PIPECAT_ORG            the organization to work in, by its ID
  PIPECAT_OUTPUT         rich, plain or json
  PIPECAT_CONFIG_PATH    the configuration file; ~/ at its beginning is your home
  PIPECAT_CLI_LOG_LEVEL  TRACE, DEBUG, INFO, SUCCESS, WARNING, ERROR or CRITICAL
  PIPECAT_DEFAULT_PUBLIC_KEY
  PIPECAT_DEFAULT_PUBLIC_KEY_NAME
                         the default API key, and its name
  PIPECAT_API_HOST       the service; https://api.pipecat.daily.co by default
  PIPECAT_DASHBOARD_HOST the dashboard; https://pipecat.daily.co by default
  PIPECAT_ALLOW_HTTP     1: speak plain HTTP to another machine
  PIPECAT_DEPLOY_CONFIG_PATH
                         the deploy file; pcc-deploy.toml in this folder by default
  PIPECAT_CI             none: tell GitHub Actions nothing
  PIPECAT_OFFICIAL_CLI   the official CLI, which has the commands that this one lacks;
                         otherwise the next `pipecat` on PATH

Of other programs, these count here:

  HTTPS_PROXY, HTTP_PROXY, NO_PROXY    proxies
  SSL_CERT_FILE, SSL_CERT_DIR          certificates to trust instead of the system's
  NO_COLOR, CLICOLOR_FORCE, TERM=dumb  colour
  BROWSER, SSH_CONNECTION, DISPLAY     which browser to open, and whether
  GITHUB_ACTIONS                       true: errors on the page of the job, too
";

/// The file.
pub(super) const CONFIG_PAGE: &str = r#"Configuration file

~/.config/pipecatcloud/pipecatcloud.toml, or what PIPECAT_CONFIG_PATH names. It is
shared with the official CLI, and looks like this:

  token = "..."                     # access token or personal access token
  refresh_token = "..."             # renews the session; works once
  token_expires_at = 1792612345.5   # seconds since 1970
  org = "my-team"                   # the active organization, by its ID

  [my-team]                         # one table per organization
  default_public_key = "pk_..."
  default_public_key_name = "Phone"

`auth login`, `auth use-pat`, `auth logout`, `organizations select` and
`organizations keys` write it, each only what it is about: comments, order and
unknown keys stay. Commands that run at the same time wait for each other.

If you edit it and it is malformed, commands say where; `pipecat cloud auth login`
starts a new one and keeps the old one beside it, as .bak. The folder belongs to
you alone (0700), and so does the file (0600).
"#;
