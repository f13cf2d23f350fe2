//! `pipecat cloud deploy`.
//!
//! | module      | what it has                                                              |
//! |-------------|--------------------------------------------------------------------------|
//! | [`options`] | the command line                                                         |
//! | [`merge`]   | options over file over defaults, and every check that needs no request   |
//! | [`wanted`]  | what came of that                                                        |
//! | [`deployment`] | all of the following, one after the other                            |
//! | [`look`]    | what there is already, read all at once, and what is wrong with it       |
//! | [`folder`]  | the folder that is built, walked and packed                              |
//! | [`build`]   | the build in the cloud: known, or uploaded and waited for                |
//! | [`plan`]    | what would change, by what [`compare`] finds                             |
//! | [`review`]  | the plan before it is carried out, and the question                      |
//! | [`write`]   | sending it, once                                                         |
//! | [`follow`]  | waiting until it is ready; [`state`] says how it stands                  |
//! | [`finish`]  | the wait as a whole; [`ending`] says how it ended                        |
//! | [`github`]  | the same where the service builds from a repository                      |

mod build;
mod check;
mod compare;
mod deployment;
mod ending;
mod finish;
mod folder;
mod follow;
mod github;
mod look;
mod merge;
mod options;
mod plan;
mod report;
mod review;
mod state;
mod wanted;
mod write;

use std::time::Duration;

use super::{ConfigUse, Run, invalid};
use crate::context::Context;
use crate::error::{Code, Error, Result};
use crate::output::{Report, Text};
use crate::project::{BuildContext, Location, into_error, schema};
use crate::text::size;
use deployment::{Deploy, called};
use options::Options;
pub(super) use report::{TITLE, outcome, tell_failure};
use wanted::{Wanted, What};

const EXAMPLES: &str = "\
Examples:
  pipecat cloud deploy my-agent --yes      # build this folder, and deploy it
  pipecat cloud deploy my-agent acme/my-agent:1.0 --credentials docker-hub
  pipecat cloud deploy my-agent --plan     # what would change
  pipecat cloud deploy my-agent --repo acme/bot --branch main
  PIPECAT_TOKEN=pcc_pat_... pipecat cloud deploy --yes     # in CI

Exit status: 0 it is ready, or --no-wait was given, or time ran out while it was reachable and still rolling out, or under way from GitHub (a warning says so); 1 refused, failed, or not ready in time; 2 there is no terminal to ask on, and no `--yes`; 3 with `--plan --exit-code`: something would change";

/// Build an agent if necessary, deploy it, and wait until it is ready
///
/// What is not given here is taken from `pcc-deploy.toml` in this folder. Without an image, a build
/// or a repository, the folder is built in the cloud.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    #[command(flatten)]
    options: Options,
}

impl Run for Args {
    fn config_use(&self) -> ConfigUse {
        if self.options.schema {
            return ConfigUse::Unused;
        }
        ConfigUse::Needed
    }

    /// It waits by nature; each request keeps its own limits.
    fn time_limit(&self) -> Option<Duration> {
        None
    }

    async fn run(self, context: &Context) -> Result<Box<dyn Report>> {
        let options = self.options;
        if options.schema {
            return Ok(Box::new(Text(schema::SCHEMA.to_owned())));
        }
        context.api()?;
        let environment = context.settings.environment();
        let location = Location::find(options.config_file.as_deref(), environment);
        if options.check {
            return Box::pin(check::run(context, &options, &location)).await;
        }
        if !options.plan {
            context.set_last_words("nothing was built or deployed".to_owned());
        }
        let mut agent = options.agent.clone();
        let outcome = Box::pin(deploy(context, &options, &location, &mut agent)).await;
        if let (Err(error), false) = (&outcome, options.plan)
            && error.code() != Code::Declined
        {
            tell_failure(context, agent.as_deref(), error);
        }
        outcome
    }
}

/// Deploys, or plans to. `agent` becomes the agent's name as soon as that is known.
async fn deploy(
    context: &Context,
    options: &Options,
    location: &Location,
    agent: &mut Option<String>,
) -> Result<Box<dyn Report>> {
    let file = location.read().map_err(|problems| into_error(&problems))?;
    let wanted = Wanted::merge(options, &file).map_err(|problems| into_error(&problems))?;
    *agent = Some(wanted.agent.clone());
    let files = match &wanted.what {
        What::Folder => Some(folder::walk(context, &wanted, &file).await?),
        _ => None,
    };
    let asks = !options.is_settled() && !options.plan;
    if asks {
        ask_ahead(context, options, &wanted, files.as_ref()).await?;
    }
    let organization = context.organization().await?.value;
    let run = Deploy {
        context,
        organization: &organization,
        options,
        wanted: &wanted,
        file: &file,
        asks,
    };
    Box::pin(run.run(files)).await
}

/// The questions that are due before any request: whether an image is public, and whether to build.
async fn ask_ahead(
    context: &Context,
    options: &Options,
    wanted: &Wanted,
    files: Option<&BuildContext>,
) -> Result<()> {
    match (&wanted.what, files) {
        (What::Image(image), _) if needs_login(options, wanted) => {
            if !context.prompt.is_terminal() {
                return Err(no_login());
            }
            let question = format!(
                "Is {} public, so that it can be pulled without an image pull secret?",
                image.value
            );
            if context
                .prompt
                .confirm_harmless(&question, "`--no-credentials`")
                .await?
            {
                return Ok(());
            }
            let error = Error::new(Code::Declined, "nothing was deployed");
            Err(error.hint("name the image pull secret with `--credentials NAME`"))
        }
        (What::Folder, Some(files)) => {
            let question = format!(
                "Build {} ({}, {}) in the cloud, since no image is named?",
                called(files),
                counted(files.files.len()),
                size(files.bytes)
            );
            if context
                .prompt
                .confirm_harmless(&question, "`--yes`")
                .await?
            {
                return Ok(());
            }
            Err(Error::new(Code::Declined, "nothing was built or deployed"))
        }
        _ => Ok(()),
    }
}

/// So many files.
fn counted(files: usize) -> String {
    match files {
        1 => "1 file".to_owned(),
        more => format!("{more} files"),
    }
}

/// Whether nobody says how an image is pulled.
fn needs_login(options: &Options, wanted: &Wanted) -> bool {
    wanted.credentials.is_none() && !options.no_credentials && !options.is_settled()
}

fn no_login() -> Error {
    invalid("no image pull secret is given")
        .hint("name an image pull secret with `--credentials NAME`, or say with `--no-credentials` that the image is public")
}
