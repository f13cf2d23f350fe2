//! `pipecat cloud deploy`.
//!
//! | module      | what it has                                                              |
//! |-------------|--------------------------------------------------------------------------|
//! | [`options`] | the command line                                                         |
//! | [`wanted`]  | options over file over defaults, and every check that needs no request   |
//! | [`look`]    | what there is already, read all at once, and what is wrong with it       |
//! | [`build`]   | the build in the cloud: known, or uploaded and waited for                |
//! | [`plan`]    | what would change                                                        |
//! | [`review`]  | the plan before it is carried out, and the question                      |
//! | [`write`]   | sending it, once                                                         |
//! | [`follow`]  | waiting until it serves; [`state`] says how it stands                    |
//! | [`finish`]  | how the wait ended, as a report                                          |
//! | [`github`]  | the same where the service builds from a repository                      |

mod check;
mod finish;
mod follow;
mod github;
mod look;
mod options;
mod plan;
mod report;
mod review;
mod state;
mod wanted;
mod write;

use std::time::Duration;

use super::{ConfigUse, Run, invalid};
use crate::api::DeploymentSource;
use crate::context::Context;
use crate::error::{Code, Error, Result};
use crate::output::{Report, Text};
use crate::project::{DeployFile, Location, into_error, schema};
use options::Options;
use plan::Plan;
use wanted::{Wanted, What};

const EXAMPLES: &str = "\
Examples:
  pipecat cloud deploy my-agent --yes                       # build this folder in the cloud, and deploy it
  pipecat cloud deploy my-agent acme/my-agent:1.0 --credentials docker-hub
  pipecat cloud deploy my-agent --plan                      # what would change
  pipecat cloud deploy my-agent --repo acme/bot --branch main
  PIPECAT_TOKEN=pcc_pat_... pipecat cloud deploy --yes      # in CI, with pcc-deploy.toml in the folder

Exit status: 0 it serves, or is reachable and still rolling out when the time is over (a warning says so); 1 refused, failed, or not there in time; 2 there is no terminal to ask on, and no `--yes`; 3 with `--plan --exit-code`: something would change";

/// Deploy an agent: build it if need be, update or create it, and wait until it serves
///
/// What is not said here is taken from `pcc-deploy.toml` in this folder. Without an image, a build
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
            return check::run(context, &options, &location).await;
        }
        let file = location.read().map_err(|problems| into_error(&problems))?;
        let wanted = Wanted::merge(&options, &file).map_err(|problems| into_error(&problems))?;
        let asks = !options.is_settled() && !options.plan;
        if asks {
            ask_ahead(context, &options, &wanted).await?;
        }
        let organization = context.organization().await?.value;
        let run = Deploy {
            context,
            organization: &organization,
            options: &options,
            wanted: &wanted,
            file: &file,
            asks,
        };
        run.run().await
    }
}

/// The questions that are due before any request: whether an image is public, and whether to build.
async fn ask_ahead(context: &Context, options: &Options, wanted: &Wanted) -> Result<()> {
    match &wanted.what {
        What::Image(image) if needs_login(options, wanted) => {
            if !context.prompt.is_terminal() {
                return Err(no_login());
            }
            let question = format!(
                "Is {} public, so that it can be pulled without an image pull secret?",
                image.value
            );
            if context
                .prompt
                .confirm_by_default(&question, "`--no-credentials`")
                .await?
            {
                return Ok(());
            }
            let error = Error::new(Code::Declined, "nothing was deployed");
            Err(error.hint("name the image pull secret with `--credentials NAME`"))
        }
        What::Folder => {
            let question =
                "No image, build or repository is named. Build this folder in the cloud?";
            if context
                .prompt
                .confirm_by_default(question, "`--yes`")
                .await?
            {
                return Ok(());
            }
            Err(Error::new(Code::Declined, "nothing was built or deployed"))
        }
        _ => Ok(()),
    }
}

/// Whether nobody says how an image is pulled.
fn needs_login(options: &Options, wanted: &Wanted) -> bool {
    wanted.credentials.is_none() && !options.no_credentials && !options.is_settled()
}

fn no_login() -> Error {
    invalid("nobody says how the image is pulled")
        .hint("name an image pull secret with `--credentials NAME`, or say with `--no-credentials` that the image is public")
}

/// One deployment.
struct Deploy<'a> {
    context: &'a Context,
    organization: &'a str,
    options: &'a Options,
    wanted: &'a Wanted,
    file: &'a DeployFile,
    /// Whether there are questions.
    asks: bool,
}

impl Deploy<'_> {
    async fn run(&self) -> Result<Box<dyn Report>> {
        let Self {
            context,
            organization,
            options,
            wanted,
            ..
        } = *self;
        let (found, problems) = {
            let _progress = context.printer.progress("looking up what there is");
            look::look(context, organization, wanted, self.file).await?
        };
        if !problems.is_empty() {
            return Err(into_error(&problems));
        }
        let mut plan = Plan::new(organization, wanted, &found, None);
        if options.plan {
            plan.tells_by_status = options.exit_code;
            return Ok(Box::new(plan));
        }
        let source = match &wanted.what {
            What::Image(image) => DeploymentSource::Image(image.value.clone()),
            What::Build(id) => DeploymentSource::Build(id.value.clone()),
            What::Git(git) => DeploymentSource::Git(git.clone()),
            What::Folder => return Err(invalid("building in the cloud is not there yet")),
        };
        review::review(context, wanted, &found, &plan, !self.asks).await?;
        let deployment = wanted.deployment(source);
        let before = found.agent.as_ref();
        let accepted = write::write(context, organization, &deployment, before).await?;
        let written = finish::Written {
            context,
            organization,
            agent: &wanted.agent,
            region: accepted.region.clone().or_else(|| found.region.clone()),
            before: before.map(|agent| &agent.value),
            accepted,
            source: report::Source::of(&deployment.source),
            timeout: options.timeout.map(Duration::from_secs),
            waits: !options.no_wait,
        };
        if matches!(deployment.source, DeploymentSource::Git(_)) {
            return github::finish(written).await;
        }
        written.finish().await
    }
}
