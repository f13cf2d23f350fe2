//! One deployment, from what there is to the wait for its end.

use std::time::Duration;

use super::build::{Built, CloudBuild, Known};
use super::folder::Packed;
use super::look::{self, Found};
use super::options::Options;
use super::plan::Plan;
use super::wanted::{Wanted, What};
use super::{finish, github, invalid, report, review, write};
use crate::api::DeploymentSource;
use crate::context::Context;
use crate::error::{Code, Error, Result};
use crate::output::{Note, Report};
use crate::project::{BuildContext, DeployFile, into_error};
use crate::text::size;

/// One deployment.
pub(super) struct Deploy<'a> {
    pub(super) context: &'a Context,
    pub(super) organization: &'a str,
    pub(super) options: &'a Options,
    pub(super) wanted: &'a Wanted,
    pub(super) file: &'a DeployFile,
    /// Whether there are questions.
    pub(super) asks: bool,
}

impl Deploy<'_> {
    pub(super) async fn run(&self, files: Option<BuildContext>) -> Result<Box<dyn Report>> {
        let Self {
            context,
            organization,
            options,
            wanted,
            ..
        } = *self;
        let (found, packed) = {
            let _progress = context.printer.progress(match files {
                Some(_) => "packing the folder",
                None => "looking up agents and secrets",
            });
            let looked = Box::pin(look::look(context, organization, wanted, self.file));
            let (looked, packed) = tokio::join!(looked, self.pack(files));
            let (found, problems) = looked?;
            if !problems.is_empty() {
                return Err(into_error(&problems));
            }
            let packed = match packed? {
                Some((packed, known)) => {
                    let known = known.plan(&packed, region(&found)?);
                    Some((packed, known))
                }
                None => None,
            };
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

    /// Packs the folder, and looks among the builds at once, whatever the region will be.
    async fn pack(&self, files: Option<BuildContext>) -> Result<Option<(Packed, Known)>> {
        let Some(files) = files else {
            return Ok(None);
        };
        let temporary = self.context.settings.environment().temporary_folder();
        let packed = Packed::new(files, temporary.to_owned()).await?;
        let region = self.wanted.region.as_ref();
        let region = region.map(|region| region.value.as_str());
        let api = self.context.api()?;
        let known = Known::look(api, self.organization, &packed, region).await;
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
    async fn build(&self, packed: &Packed, found: &Found) -> Result<Built> {
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
pub(super) fn called(files: &BuildContext) -> String {
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
