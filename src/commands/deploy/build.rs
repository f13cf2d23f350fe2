//! The build in the cloud: known already, or uploaded, started and waited for.

use std::ops::ControlFlow;
use std::sync::atomic::Ordering;
use std::time::Duration;

use serde_json::json;

use super::compare::BuildPlan;
use super::finish::PATIENCE;
use super::folder::Packed;
use super::follow::passes;
use crate::api::{Api, Build, BuildFilter, StartedBuild};
use crate::context::Context;
use crate::error::{Code, Error, Result};
use crate::limit::optional;
use crate::output::{Note, shell_word};
use crate::poll::{Poll, Polled};

/// How long a build is waited for where nobody says otherwise.
const TIMEOUT: Duration = Duration::from_secs(600);

/// The pause between two looks.
const PAUSES: [Duration; 1] = [Duration::from_secs(5)];

/// How often the bar of an upload moves.
const TICK: Duration = Duration::from_millis(100);

/// So many of the last lines of its log tell why a build failed.
const LAST_LINES: usize = 20;

/// So many builds are looked through where the region is not known yet.
const MOST_BUILDS: u32 = 100;

/// So much of a log is asked for at once.
const LOG_LIMIT: u32 = 10_000;

/// A build of a folder.
pub(super) struct CloudBuild<'a> {
    pub(super) context: &'a Context,
    pub(super) organization: &'a str,
    pub(super) agent: &'a str,
    pub(super) region: &'a str,
    pub(super) packed: &'a Packed,
    pub(super) timeout: Option<Duration>,
}

/// A build that can be deployed.
pub(super) struct Built {
    pub(super) id: String,
    /// Whether it was there already.
    pub(super) is_cached: bool,
}

/// Builds of one context that have succeeded; nothing where that cannot be seen.
pub(super) struct Known(Option<Vec<Build>>);

impl Known {
    /// Looks for them: in a region, or in all where nobody knows yet which it is.
    pub(super) async fn look(
        api: &Api,
        organization: &str,
        packed: &Packed,
        region: Option<&str>,
    ) -> Self {
        let filter = BuildFilter {
            limit: if region.is_some() { 1 } else { MOST_BUILDS },
            status: Some("success"),
            region,
            context_hash: Some(&packed.archive.hash),
        };
        let found = optional(api.builds(organization, &filter)).await;
        if found.is_none() {
            tracing::debug!("cannot tell whether this context has been built already");
        }
        Self(found.map(|found| found.value))
    }

    /// The newest one in a region. Where no look has brought anything, there is none as far as
    /// anybody knows.
    pub(super) fn plan(self, packed: &Packed, region: &str) -> BuildPlan {
        let mut all = self.0.into_iter().flatten();
        let here = all.find(|build| build.region.as_deref().is_none_or(|own| own == region));
        BuildPlan {
            context_hash: packed.archive.hash.clone(),
            cached: here.and_then(|build| build.id),
        }
    }
}

impl CloudBuild<'_> {
    /// Uploads, starts and waits.
    pub(super) async fn run(&self) -> Result<Built> {
        let api = self.context.api()?;
        let upload = self.upload(api).await?;
        let StartedBuild { build, is_cached } = self.start(api, &upload).await?;
        let is_done = is_cached || build.is_success();
        let id = build.id.ok_or_else(|| {
            let message = "the service does not say which build it has started";
            Error::new(Code::UnexpectedResponse, message).hint(format!(
                "list the builds with `pipecat cloud build list -o {}`",
                self.organization
            ))
        })?;
        if is_done {
            self.say_if_left(&id);
            return Ok(Built { id, is_cached });
        }
        self.context.set_if_interrupted("buildId", json!(id));
        self.context.set_last_words(format!(
            "the build {id} continues: see `{}`; deploy it with `{}`",
            self.show(&id),
            self.deploy(&id)
        ));
        let ended = self.wait(api, &id).await;
        ended.map_err(|error| error.with_detail("buildId", json!(id)))?;
        self.say_if_left(&id);
        Ok(Built {
            id,
            is_cached: false,
        })
    }

    /// What is said where somebody leaves between the build and the deployment.
    fn say_if_left(&self, id: &str) {
        self.context.set_if_interrupted("buildId", json!(id));
        self.context.set_last_words(format!(
            "the build {id} is done, and nothing was deployed; deploy it with `{}`",
            self.deploy(id)
        ));
    }

    /// The newest build of this context.
    fn filter<'f>(&'f self, hash: &'f str, status: Option<&'f str>) -> BuildFilter<'f> {
        BuildFilter {
            limit: 1,
            status,
            region: Some(self.region),
            context_hash: Some(hash),
        }
    }

    fn show(&self, id: &str) -> String {
        let (id, organization) = (shell_word(id), self.organization);
        format!("pipecat cloud build status {id} -o {organization}")
    }

    fn deploy(&self, id: &str) -> String {
        let (agent, id) = (shell_word(self.agent), shell_word(id));
        let organization = self.organization;
        format!("pipecat cloud deploy {agent} --build-id {id} -o {organization}")
    }
}

/// The log of a build, as far as it was told.
#[derive(Default)]
struct Told {
    lines: Vec<String>,
}

impl Told {
    /// The lines that are new: what comes behind those that were told already.
    fn news(&mut self, log: Vec<String>) -> &[String] {
        let known = self.lines.len();
        if log.len() <= known {
            return &[];
        }
        self.lines = log;
        &self.lines[known..]
    }
}

impl CloudBuild<'_> {
    /// Uploads the archive, tells how far it is, and gives the upload's id.
    async fn upload(&self, api: &Api) -> Result<String> {
        let target = api.upload_target(self.organization, self.region).await?;
        let (length, open) = (self.packed.archive.size, self.packed.opener()?);
        let upload = api.archive_upload(&target, length, open)?;
        let sent = upload.sent();
        let mut transfer = self.context.printer.transfer("uploading", upload.length);
        let mut done = std::pin::pin!(api.upload(&upload));
        loop {
            match tokio::time::timeout(TICK, &mut done).await {
                Ok(outcome) => {
                    outcome?;
                    return Ok(target.id().to_owned());
                }
                Err(_) => transfer.at(sent.load(Ordering::Relaxed)),
            }
        }
    }

    /// Starts the build; where the answer is lost, looks for it.
    async fn start(&self, api: &Api, upload: &str) -> Result<StartedBuild> {
        let Self {
            organization,
            region,
            ..
        } = *self;
        self.context.set_last_words(format!(
            "a build may have started: see `pipecat cloud build list -o {organization}`"
        ));
        let _progress = self.context.printer.progress("starting the build");
        let started = api
            .start_build(organization, upload, &self.packed.files.dockerfile, region)
            .await;
        let error = match started {
            Ok(started) => return Ok(started.value),
            Err(error) => error,
        };
        if !error.is_in_doubt() {
            return Err(error.context("the build was not started"));
        }
        let hash = self.packed.archive.hash.as_str();
        let filter = self.filter(hash, None);
        let found = optional(api.builds(organization, &filter)).await;
        match found.and_then(|all| all.value.into_iter().next()) {
            Some(build) if !build.is_over() || build.is_success() => {
                tracing::warn!(
                    "{error}; but this context has been built already, so the \
                     deployment continues"
                );
                Ok(StartedBuild {
                    build,
                    is_cached: false,
                })
            }
            _ => Err(error.hint(format!(
                "check with `pipecat cloud build list -o {organization}`"
            ))),
        }
    }

    /// Waits until the build is done, and passes on its log as it grows.
    async fn wait(&self, api: &Api, id: &str) -> Result<()> {
        let Self {
            context,
            organization,
            ..
        } = *self;
        let limit = self.timeout.unwrap_or(TIMEOUT);
        let poll = Poll {
            limit,
            pauses: &PAUSES,
            patience: PATIENCE,
        };
        let _progress = context.printer.progress("building");
        let say = |what: String| context.printer.note(&Note::Plain(what));
        let quote = |line: &str| context.printer.line(&format!("  {line}"));
        say(format!("build {id} has started"));
        let (mut told, mut status) = (Told::default(), String::new());
        let polled = poll
            .until(passes, async || {
                let (build, log) = tokio::join!(api.build_now(organization, id), self.log(api, id));
                for line in told.news(log) {
                    quote(line);
                }
                let build = build?;
                let now = build.status.unwrap_or_default();
                if now != status {
                    say(format!("build {id}: {now}"));
                    status = now;
                }
                Ok(match status.as_str() {
                    "success" => ControlFlow::Break(Ok(())),
                    "failed" | "timeout" => ControlFlow::Break(Err(build.error)),
                    _ => ControlFlow::Continue(()),
                })
            })
            .await;
        let polled = polled.map_err(|error| {
            let error = error.context("the build was started, but its progress cannot be read");
            self.it_goes_on(error, id)
        })?;
        match polled {
            Polled::Done(Ok(())) => Ok(()),
            Polled::Done(Err(why)) => {
                let why = why.map_or_else(String::new, |why| format!(": {why}"));
                let message = match status.as_str() {
                    "timeout" => format!("the build took longer than the service allows{why}"),
                    _ => format!("the build failed{why}"),
                };
                for line in told.news(self.log(api, id).await) {
                    quote(line);
                }
                let from = told.lines.len().saturating_sub(LAST_LINES);
                Err(Error::new(Code::BuildFailed, message)
                    .with_detail("logs", json!(told.lines[from..]))
                    .hint(format!(
                        "read its log with `pipecat cloud build logs {} -o {organization}`",
                        shell_word(id)
                    )))
            }
            Polled::TimeOver => {
                let seconds = limit.as_secs();
                let message = format!("the build did not finish within {seconds} s");
                Err(self.it_goes_on(Error::new(Code::TimedOut, message), id))
            }
        }
    }

    /// What it has written so far, as far as can be seen. It decides nothing.
    async fn log(&self, api: &Api, id: &str) -> Vec<String> {
        let log = optional(api.build_log(self.organization, id, LOG_LIMIT)).await;
        let lines = log.map(|log| log.value).unwrap_or_default();
        lines.into_iter().map(|line| line.text).collect()
    }

    fn it_goes_on(&self, error: Error, id: &str) -> Error {
        error.hint(format!(
            "the build continues: see `{}`; once it is done, deploy it with `{}`",
            self.show(id),
            self.deploy(id)
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_that_grows_is_told_once() {
        let log = |count: usize| (0..count).map(|n| n.to_string()).collect::<Vec<_>>();
        let mut told = Told::default();
        assert_eq!(told.news(log(2)), ["0", "1"]);
        assert!(told.news(log(2)).is_empty());
        assert_eq!(told.news(log(3)), ["2"]);
        // A look that brought nothing.
        assert!(told.news(Vec::new()).is_empty());
        assert_eq!(told.news(log(4)), ["3"]);
    }
}
