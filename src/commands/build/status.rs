//! `build status`.

use serde_json::Value;

use super::{NOTHING, missing};
use crate::api::{Build, WithRaw};
use crate::commands::{InOrganization, Run};
use crate::context::Context;
use crate::error::Result;
use crate::output::{Field, Note, Report, View, moment, shell_word};
use crate::text::{duration, size};

const EXAMPLES: &str = "\
Examples:
  pipecat cloud build status BUILD_ID
  pipecat cloud build status BUILD_ID --output json | jq -r .status";

/// Show the state of a build
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// The build
    #[arg(value_name = "BUILD_ID")]
    build: String,

    #[command(flatten)]
    organization: InOrganization,
}

impl Run for Args {
    async fn run(self, context: &Context) -> Result<Box<dyn Report>> {
        let organization = context.organization().await?.value;
        let _progress = context.printer.progress("looking up the build");
        let build = context.api()?.build(&organization, &self.build).await;
        let build = build.map_err(|error| missing(error, &organization, &self.build))?;
        Ok(Box::new(Status {
            build,
            id: self.build,
        }))
    }
}

/// A build.
struct Status {
    build: WithRaw<Build>,
    /// As it was given.
    id: String,
}

impl Report for Status {
    fn json(&self) -> Value {
        self.build.raw.clone()
    }

    fn plain(&self) -> View {
        let build = &self.build.value;
        let always =
            |text: &Option<String>| Some(text.clone().unwrap_or_else(|| NOTHING.to_owned()));
        let time = |text: &Option<String>| text.as_deref().map(moment);
        let git_ref = build.git_ref.as_deref();
        let git_ref = git_ref.map(|name| name.strip_prefix("refs/heads/").unwrap_or(name));
        let fields = [
            ("Build ID", always(&build.id)),
            ("Status", always(&build.status)),
            ("Region", always(&build.region)),
            ("Context Hash", always(&build.context_hash)),
            ("Dockerfile", always(&build.dockerfile)),
            ("Created", always(&time(&build.created_at))),
            ("Repository", build.repository.clone()),
            ("Ref", git_ref.map(str::to_owned)),
            ("Commit", build.commit.clone()),
            ("Started", time(&build.started_at)),
            ("Completed", time(&build.completed_at)),
            ("Duration", build.duration.map(duration)),
            ("Context Size", build.context_size.map(size)),
            ("Image Size", build.image_size.map(size)),
            ("Error", build.error.clone()),
        ];
        let fields = fields.into_iter();
        let known = fields.filter_map(|(label, value)| Some(Field::new(label, value?)));
        View::Labelled(known.collect())
    }

    fn notes(&self) -> Vec<Note> {
        let id = shell_word(&self.id);
        let mut notes = vec![Note::Hint(format!(
            "see its log with `pipecat cloud build logs {id}`"
        ))];
        if self.build.value.is_success() {
            notes.push(Note::Hint(format!(
                "deploy it with `pipecat cloud deploy AGENT_NAME --build-id {id}`"
            )));
        }
        notes
    }
}
