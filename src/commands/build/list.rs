//! `build list`.

use clap_complete::engine::ArgValueCompleter;
use serde_json::Value;

use super::NOTHING;
use crate::api::{Build, BuildFilter, WithRaw};
use crate::commands::{InOrganization, Run};
use crate::completions;
use crate::context::Context;
use crate::error::Result;
use crate::output::{Column, Note, Report, Row, Table, View, moment};
use crate::text::duration;

const EXAMPLES: &str = "\
Examples:
  pipecat cloud build list
  pipecat cloud build list --status failed --limit 50
  pipecat cloud build list --output json | jq -r '.builds[].id'";

/// List the builds of an organization, newest first
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// List at most this many builds
    #[arg(short = 'n', long, value_name = "NUMBER", default_value_t = 10,
        value_parser = clap::value_parser!(u32).range(1..=100))]
    limit: u32,

    /// Only those with this status: pending, building, success, failed, timeout
    #[arg(short = 's', long, value_name = "STATUS")]
    status: Option<String>,

    /// Only those in this region
    #[arg(short = 'r', long, value_name = "CODE", add = ArgValueCompleter::new(completions::regions))]
    region: Option<String>,

    #[command(flatten)]
    organization: InOrganization,
}

impl Run for Args {
    async fn run(self, context: &Context) -> Result<Box<dyn Report>> {
        let organization = context.organization().await?.value;
        let _progress = context.printer.progress("listing the builds");
        let given = |text: &'_ Option<String>| {
            let text = text.clone();
            text.filter(|text| !text.trim().is_empty())
        };
        let (status, region) = (given(&self.status), given(&self.region));
        let filter = BuildFilter {
            limit: self.limit,
            status: status.as_deref(),
            region: region.as_deref(),
            context_hash: None,
        };
        let builds = context.api()?.builds(&organization, &filter).await?;
        Ok(Box::new(List {
            builds,
            organization,
            is_filtered: status.is_some() || region.is_some(),
        }))
    }
}

/// The builds.
struct List {
    builds: WithRaw<Vec<Build>>,
    organization: String,
    is_filtered: bool,
}

impl Report for List {
    fn json(&self) -> Value {
        self.builds.raw.clone()
    }

    fn title(&self) -> Option<String> {
        Some(format!(
            "builds of the organization `{}`",
            self.organization
        ))
    }

    fn plain(&self) -> View {
        let rows = self.builds.value.iter().map(|build| {
            let text = |text: &Option<String>| text.clone().unwrap_or_else(|| NOTHING.to_owned());
            let created = build.created_at.as_deref();
            Row::new([
                text(&build.id),
                text(&build.status),
                text(&build.region),
                build.duration.map_or_else(|| NOTHING.to_owned(), duration),
                created.map_or_else(|| NOTHING.to_owned(), moment),
                source(build),
            ])
        });
        View::Table(Table::new(
            [
                Column::whole("Build ID"),
                Column::whole("Status"),
                Column::spare("Region"),
                Column::spare("Duration"),
                Column::whole("Created"),
                Column::text("Source"),
            ],
            rows,
        ))
    }

    fn notes(&self) -> Vec<Note> {
        if !self.builds.value.is_empty() {
            return Vec::new();
        }
        let organization = &self.organization;
        let such = if self.is_filtered { "such " } else { "" };
        vec![Note::Plain(format!(
            "the organization `{organization}` has no {such}builds"
        ))]
    }
}

/// What a build was built from, if that is in a repository.
fn source(build: &Build) -> String {
    let commit = build.commit.as_deref();
    let short = commit.map(|commit| commit.chars().take(7).collect::<String>());
    match (&build.repository, short) {
        (Some(repository), Some(commit)) => format!("{repository}@{commit}"),
        (None, Some(commit)) => commit,
        (_, None) => "—".to_owned(),
    }
}
