//! `build logs`.

use serde_json::Value;

use super::missing;
use crate::api::{BuildLogLine, WithRaw};
use crate::commands::{InOrganization, Run};
use crate::context::Context;
use crate::error::Result;
use crate::output::{Note, Report, View, clean, moment, shell_word};

const EXAMPLES: &str = "\
Examples:
  pipecat cloud build logs BUILD_ID
  pipecat cloud build logs BUILD_ID --limit 10000 | grep -i error";

/// Show the log of a build
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// The build
    #[arg(value_name = "BUILD_ID")]
    build: String,

    /// Show at most this many lines
    #[arg(short = 'n', long, value_name = "NUMBER", default_value_t = 500,
        value_parser = clap::value_parser!(u32).range(1..=10_000))]
    limit: u32,

    #[command(flatten)]
    organization: InOrganization,
}

impl Run for Args {
    async fn run(self, context: &Context) -> Result<Box<dyn Report>> {
        let organization = context.organization().await?.value;
        let _progress = context.printer.progress("reading the build's log");
        let api = context.api()?;
        let lines = api.build_log(&organization, &self.build, self.limit).await;
        let lines = lines.map_err(|error| missing(error, &organization, &self.build))?;
        Ok(Box::new(Log {
            lines,
            id: self.build,
        }))
    }
}

/// What a build has written.
struct Log {
    lines: WithRaw<Vec<BuildLogLine>>,
    /// The build's id, as it was given.
    id: String,
}

impl Report for Log {
    fn json(&self) -> Value {
        self.lines.raw.clone()
    }

    fn plain(&self) -> View {
        let lines = self.lines.value.iter().map(|line| {
            // One that ends with a line end says no more than one that does not.
            let text = clean(line.text.trim_end_matches(['\r', '\n']));
            match &line.timestamp {
                Some(time) => format!("{} {text}", clean(&moment(time))),
                None => text,
            }
        });
        View::Lines(lines.collect())
    }

    fn notes(&self) -> Vec<Note> {
        let id = shell_word(&self.id);
        let mut notes = Vec::new();
        if self.lines.value.is_empty() {
            notes.push(Note::Plain(format!(
                "the build `{}` has written nothing yet",
                self.id
            )));
        }
        notes.push(Note::Hint(format!(
            "check on it with `pipecat cloud build status {id}`"
        )));
        notes
    }
}
