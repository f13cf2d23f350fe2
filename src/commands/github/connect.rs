//! `github connect`.

use std::ops::ControlFlow;
use std::time::Duration;

use serde_json::{Value, json};
use url::Url;

use super::{fields, suspended};
use crate::api::{Api, Installation, WithRaw};
use crate::commands::{InOrganization, Run, field_rows};
use crate::context::Context;
use crate::error::{Code, Error, Result};
use crate::oauth;
use crate::output::{Note, Report, View};
use crate::poll::{Poll, Polled};

const EXAMPLES: &str = "\
Examples:
  pipecat cloud github connect
  pipecat cloud github connect --existing      # the App is installed on GitHub already
  pipecat cloud github connect --headless";

/// How long the service keeps an attempt to install the App alive, and a minute.
const INSTALLING: Duration = Duration::from_secs(26 * 60);

/// The same for taking over an installation.
const LINKING: Duration = Duration::from_secs(14 * 60);

/// How often the installation is looked at.
const PAUSES: [Duration; 1] = [Duration::from_millis(2500)];

/// So many answers of 401 in a row are the token's fault.
const UNAUTHORIZED: u32 = 2;

/// Connect the organization to GitHub
///
/// Opens a page on GitHub and waits until the GitHub App of Pipecat Cloud is installed there: for at most 26 minutes, or 14
/// with --existing.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// Take over an installation that is on GitHub already
    #[arg(long)]
    existing: bool,

    /// Do not open a browser, only print the address
    #[arg(long)]
    headless: bool,

    /// How long to wait, in seconds, instead of 26 minutes, or 14 with --existing
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=86_400))]
    timeout: Option<u64>,

    #[command(flatten)]
    organization: InOrganization,
}

impl Run for Args {
    fn time_limit(&self) -> Option<Duration> {
        None
    }

    async fn run(self, context: &Context) -> Result<Box<dyn Report>> {
        let organization = context.organization().await?.value;
        let api = context.api()?;
        if let Some(there) = api.github_installation(&organization).await? {
            return Ok(Box::new(Connected::to(organization, there)));
        }
        let address = match api.github_connect_url(&organization, self.existing).await {
            // Somebody has connected it meanwhile.
            Err(error) if error.body_says("reason", "org_has_one") => {
                return match api.github_installation(&organization).await? {
                    Some(there) => Ok(Box::new(Connected::to(organization, there))),
                    None => Err(error),
                };
            }
            address => address?,
        };
        self.invite(context, &organization, &address);
        let installed = self.wait(context, api, &organization).await?;
        Ok(Box::new(Connected::to(organization, installed)))
    }
}

impl Args {
    fn invite(&self, context: &Context, organization: &str, address: &Url) {
        let environment = context.settings.environment();
        let is_opened = !self.headless
            && oauth::obstacle(environment).is_none()
            && oauth::open(environment, address).is_ok();
        let how = if is_opened {
            format!(
                "opening your browser to connect `{organization}` to GitHub; if it does not open, go to"
            )
        } else {
            format!("open this address in a browser to connect `{organization}` to GitHub")
        };
        context.printer.note(&Note::Plain(how));
        context.printer.say(&format!("\n{address}\n"));
    }

    async fn wait(
        &self,
        context: &Context,
        api: &Api,
        organization: &str,
    ) -> Result<WithRaw<Installation>> {
        let limit = match self.timeout {
            Some(seconds) => Duration::from_secs(seconds),
            None if self.existing => LINKING,
            None => INSTALLING,
        };
        context.printer.note(&Note::Plain(format!(
            "waiting up to {} min for the connection",
            limit.as_secs().div_ceil(60)
        )));
        context.set_last_words(format!(
            "`pipecat cloud github status -o {organization}` shows whether it is connected"
        ));
        let _progress = context.printer.progress("waiting for GitHub");
        let poll = Poll {
            limit,
            pauses: &PAUSES,
            patience: u32::MAX,
        };
        let mut unauthorized = 0;
        let polled = poll
            .until(
                |error| {
                    !matches!(
                        error.code(),
                        Code::NotAMember
                            | Code::Forbidden
                            | Code::Unauthorized
                            | Code::SessionEnded
                    )
                },
                async || match api.github_installation(organization).await {
                    Ok(Some(there)) => Ok(ControlFlow::Break(there)),
                    Ok(None) => {
                        unauthorized = 0;
                        Ok(ControlFlow::Continue(()))
                    }
                    Err(error) if error.code() == Code::Unauthorized => {
                        unauthorized += 1;
                        if unauthorized < UNAUTHORIZED {
                            return Ok(ControlFlow::Continue(()));
                        }
                        Err(error)
                    }
                    Err(error) => {
                        unauthorized = 0;
                        Err(error)
                    }
                },
            )
            .await?;
        match polled {
            Polled::Done(installation) => Ok(installation),
            Polled::TimeOver => Err(Error::new(
                Code::TimedOut,
                format!("`{organization}` was not connected to GitHub in time"),
            )
            .hint(format!(
                "run `pipecat cloud github connect -o {organization}` again"
            ))),
        }
    }
}

/// The organization is connected.
struct Connected {
    organization: String,
    installation: WithRaw<Installation>,
}

impl Connected {
    fn to(organization: String, installation: WithRaw<Installation>) -> Self {
        Self {
            organization,
            installation,
        }
    }
}

impl Report for Connected {
    fn json(&self) -> Value {
        json!({"installation": self.installation.raw, "connected": true})
    }

    fn plain(&self) -> View {
        field_rows(fields(Some(&self.installation)))
    }

    fn rich(&self) -> View {
        View::Fields(fields(Some(&self.installation)))
    }

    fn done(&self) -> Option<String> {
        Some(format!("`{}` is connected to GitHub", self.organization))
    }

    fn notes(&self) -> Vec<Note> {
        suspended(Some(&self.installation))
    }
}
