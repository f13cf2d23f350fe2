//! What `pipecat cloud help environment` and `pipecat cloud help config` tell.

use crate::commands::{ConfigUse, Run};
use crate::context::Context;
use crate::error::Result;
use crate::output::{Report, Text};

/// The environment variables that count
#[derive(Debug, clap::Args)]
#[command(hide = true, help_template = ENVIRONMENT_PAGE)]
pub struct Environment {}

/// The configuration file
#[derive(Debug, clap::Args)]
#[command(hide = true, help_template = CONFIG_PAGE)]
pub struct Config {}

impl Run for Environment {
    fn config_use(&self) -> ConfigUse {
        ConfigUse::Unused
    }

    async fn run(self, _context: &Context) -> Result<Box<dyn Report>> {
        Ok(Box::new(Text(ENVIRONMENT_PAGE.to_owned())))
    }
}

impl Run for Config {
    fn config_use(&self) -> ConfigUse {
        ConfigUse::Unused
    }

    async fn run(self, _context: &Context) -> Result<Box<dyn Report>> {
        Ok(Box::new(Text(CONFIG_PAGE.to_owned())))
    }
}

/// The variables.
const ENVIRONMENT_PAGE: &str = "\
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
  PIPECAT_OFFICIAL_CLI   the official CLI, which has the commands that are not ours;
                         otherwise the next `pipecat` on PATH

Of other programs, these count here:

  HTTPS_PROXY, HTTP_PROXY, NO_PROXY    proxies
  SSL_CERT_FILE, SSL_CERT_DIR          certificates to trust instead of the system's
  NO_COLOR, CLICOLOR_FORCE, TERM=dumb  colour
  BROWSER, SSH_CONNECTION, DISPLAY     which browser to open, and whether
";

/// The file.
const CONFIG_PAGE: &str = r#"Configuration file

~/.config/pipecatcloud/pipecatcloud.toml, or what PIPECAT_CONFIG_PATH names. It is
shared with the official CLI, and looks like this:

  token = "..."                     # access token or personal access token
  refresh_token = "..."             # renews the session; works once
  token_expires_at = 1792612345.5   # seconds since 1970
  org = "my-team"                   # the active organization, by its ID

  [my-team]                         # a table an organization
  default_public_key = "pk_..."
  default_public_key_name = "Phone"

`auth login`, `auth use-pat`, `auth logout`, `organizations select` and
`organizations keys` write it, each only what it is about: comments, order and
unknown keys stay. Commands that run at the same time wait for each other.

If you edit it and it is malformed, commands say where; `pipecat cloud auth login`
starts a new one and keeps the old one beside it, as .bak. The folder belongs to
you alone (0700), and so does the file (0600).
"#;
