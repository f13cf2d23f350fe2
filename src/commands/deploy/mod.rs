//! `pipecat cloud deploy`.
//!
//! | module      | what it has                                                              |
//! |-------------|--------------------------------------------------------------------------|
//! | [`options`] | the command line                                                         |
//! | [`merge`]   | options over file over defaults, and every check that needs no request   |
//! | [`wanted`]  | what came of that                                                        |
//! | [`look`]    | what there is already, read all at once, and what is wrong with it       |
//! | [`folder`]  | the folder that is built, walked and packed                              |
//! | [`build`]   | the build in the cloud: known, or uploaded and waited for                |
//! | [`plan`]    | what would change                                                        |
//! | [`review`]  | the plan before it is carried out, and the question                      |
//! | [`write`]   | sending it, once                                                         |
//! | [`follow`]  | waiting until it is ready; [`state`] says how it stands                  |
//! | [`finish`]  | how the wait ended, as a report                                          |
//! | [`github`]  | the same where the service builds from a repository                      |

mod build;
mod check;
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
use crate::api::DeploymentSource;
use crate::context::Context;
use crate::error::{Code, Error, Result};
use crate::output::{Note, Report, Text};
use crate::project::{BuildContext, DeployFile, Location, into_error, schema};
use crate::settings::Key;
use crate::text::size;
use build::CloudBuild;
use folder::Packed;
use look::Found;
use options::Options;
use plan::{BuildPlan, Plan};
use wanted::{Wanted, What};

const EXAMPLES: &str = "\
Examples:
  pipecat cloud deploy my-agent --yes      # build this folder, and deploy it
  pipecat cloud deploy my-agent acme/my-agent:1.0 --credentials docker-hub
  pipecat cloud deploy my-agent --plan     # what would change
  pipecat cloud deploy my-agent --repo acme/bot --branch main
  PIPECAT_TOKEN=pcc_pat_... pipecat cloud deploy --yes     # in CI

Exit status: 0 it is ready, or time ran out while it was reachable and still rolling out (a warning says so); 1 refused, failed, or not ready in time; 2 there is no terminal to ask on, and no `--yes`; 3 with `--plan --exit-code`: something would change";

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
        let mut agent = options.agent.clone();
        let outcome = Box::pin(deploy(context, &options, &location, &mut agent)).await;
        if let (Err(error), Some(workflow), false) = (&outcome, &context.workflow, options.plan)
            && error.code() != Code::Declined
        {
            let organization = context.settings.get(Key::Org).ok().flatten();
            let organization = organization.map(|setting| setting.value);
            report::tell_failure(workflow, agent.as_deref(), organization.as_deref(), error);
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
                "Build {} ({} files, {}) in the cloud, since no image is named?",
                called(files),
                files.files.len(),
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

/// Whether nobody says how an image is pulled.
fn needs_login(options: &Options, wanted: &Wanted) -> bool {
    wanted.credentials.is_none() && !options.no_credentials && !options.is_settled()
}

fn no_login() -> Error {
    invalid("no image pull secret is given")
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
    async fn run(&self, files: Option<BuildContext>) -> Result<Box<dyn Report>> {
        let Self {
            context,
            organization,
            options,
            wanted,
            ..
        } = *self;
        let (found, packed) = {
            let _progress = context.printer.progress("looking up agents and secrets");
            let looked = Box::pin(look::look(context, organization, wanted, self.file));
            let (looked, packed) = tokio::join!(looked, self.pack(files));
            let (found, problems) = looked?;
            if !problems.is_empty() {
                return Err(into_error(&problems));
            }
            let packed = self.known(packed?, &found).await?;
            (found, packed)
        };
        let known = packed.as_ref().map(|(_, known)| known.clone());
        let mut plan = Plan::new(organization, wanted, &found, known);
        if let Some((packed, known)) = &packed
            // Before something goes up, it is told there.
            && (options.plan || known.cached.is_some())
        {
            let warnings = packed.files.all_warnings().into_iter();
            plan.notes.extend(warnings.map(Note::Warning));
        }
        if options.plan {
            plan.tells_by_status = options.exit_code;
            return Ok(Box::new(plan));
        }
        let mut was_cached = None;
        let source = match &wanted.what {
            What::Image(image) => DeploymentSource::Image(image.value.clone()),
            What::Build(id) => DeploymentSource::Build(id.value.clone()),
            What::Git(git) => DeploymentSource::Git(git.clone()),
            What::Folder => {
                let (packed, known) = packed.ok_or_else(nothing_packed)?;
                let (id, is_cached) = match known.cached {
                    Some(id) => (id, true),
                    None => {
                        let built = self.build(&packed, &found).await?;
                        plan.set_build(&built.id);
                        (built.id, built.is_cached)
                    }
                };
                was_cached = Some(is_cached);
                DeploymentSource::Build(id)
            }
        };
        review::review(context, wanted, &found, &plan, !self.asks).await?;
        let deployment = wanted.deployment(source);
        let before = found.agent.as_ref();
        let accepted = write::write(context, organization, &deployment, before).await;
        let accepted = accepted.map_err(|error| match &deployment.source {
            DeploymentSource::Build(id) => error.with_detail("buildId", id.as_str().into()),
            _ => error,
        })?;
        let written = finish::Written {
            context,
            organization,
            agent: &wanted.agent,
            region: accepted.region.clone().or_else(|| found.region.clone()),
            before: before.map(|agent| &agent.value),
            accepted,
            is_another: plan.replaces_instances() == Some(true),
            source: report::Source {
                is_cached: was_cached,
                ..report::Source::of(&deployment.source)
            },
            timeout: options.timeout.map(Duration::from_secs),
            waits: !options.no_wait,
        };
        if matches!(deployment.source, DeploymentSource::Git(_)) {
            return github::finish(written).await;
        }
        written.finish().await
    }

    /// Packs the folder, and looks among the builds at once where the region is known beforehand.
    async fn pack(
        &self,
        files: Option<BuildContext>,
    ) -> Result<Option<(Packed, Option<BuildPlan>)>> {
        let Some(files) = files else {
            return Ok(None);
        };
        let packed = Packed::new(files).await?;
        let known = match &self.wanted.region {
            Some(region) => Some(self.cloud_build(&packed, &region.value).plan().await?),
            None => None,
        };
        Ok(Some((packed, known)))
    }

    /// What was packed, and whether there is a build of it.
    async fn known(
        &self,
        packed: Option<(Packed, Option<BuildPlan>)>,
        found: &Found,
    ) -> Result<Option<(Packed, BuildPlan)>> {
        let Some((packed, known)) = packed else {
            return Ok(None);
        };
        let known = match known {
            Some(known) => known,
            None => self.cloud_build(&packed, region(found)?).plan().await?,
        };
        Ok(Some((packed, known)))
    }

    fn cloud_build<'b>(&'b self, packed: &'b Packed, region: &'b str) -> CloudBuild<'b> {
        CloudBuild {
            context: self.context,
            organization: self.organization,
            agent: &self.wanted.agent,
            region,
            packed,
            timeout: self.options.timeout.map(Duration::from_secs),
        }
    }

    /// Builds, unless the person would rather not.
    async fn build(&self, packed: &Packed, found: &Found) -> Result<build::Built> {
        let region = region(found)?;
        let files = &packed.files;
        for warning in files.all_warnings() {
            self.context.printer.note(&Note::Warning(warning));
        }
        let question = format!(
            "Build {} by {} for {} in {region}? {} will be uploaded.",
            called(files),
            files.dockerfile,
            self.organization,
            size(packed.archive.size)
        );
        let prompt = &self.context.prompt;
        if self.asks && !prompt.confirm_harmless(&question, "`--yes`").await? {
            return Err(Error::new(Code::Declined, "nothing was built or deployed"));
        }
        self.cloud_build(packed, region).run().await
    }
}

/// A folder in a question.
fn called(files: &BuildContext) -> String {
    match files.folder.to_str() {
        Some(".") => "this folder".to_owned(),
        _ => format!("the folder {}", files.folder.display()),
    }
}

/// Where something is built.
fn region(found: &Found) -> Result<&str> {
    let region = found.region.as_deref();
    region.ok_or_else(|| {
        invalid("no region to build in is given, and the organization has no default region")
            .hint("name one with `--region CODE`; see them with `pipecat cloud regions list`")
    })
}

fn nothing_packed() -> Error {
    Error::new(Code::Internal, "nothing was packed")
}
