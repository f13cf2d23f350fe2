//! `agent deployments`.

use clap_complete::engine::ArgValueCompleter;
use serde_json::Value;

use super::{NOT_KNOWN, missing};
use crate::api::{Deployment, WithRaw};
use crate::commands::{InOrganization, Run};
use crate::completions;
use crate::context::Context;
use crate::error::Result;
use crate::http::check_segment;
use crate::output::{Column, Note, Report, Row, Table, View};

const EXAMPLES: &str = "\
Examples:
  pipecat cloud agent deployments my-bot
  pipecat cloud agent deployments my-bot --output json | jq -r '.deployments[0].id'";

/// List the deployments of an agent
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// The agent
    #[arg(value_name = "AGENT", add = ArgValueCompleter::new(completions::agents))]
    agent: String,

    #[command(flatten)]
    organization: InOrganization,
}

impl Run for Args {
    async fn run(self, context: &Context) -> Result<Box<dyn Report>> {
        check_segment(&self.agent)?;
        let organization = context.organization().await?.value;
        let _progress = context.printer.progress("listing the deployments");
        let deployments = context.api()?.deployments(&organization, &self.agent).await;
        let deployments =
            deployments.map_err(|error| missing(error, &organization, &self.agent))?;
        Ok(Box::new(Deployments {
            all: deployments,
            agent: self.agent,
            organization,
        }))
    }
}

/// The deployments of an agent.
pub(super) struct Deployments {
    pub(super) all: WithRaw<Vec<Deployment>>,
    pub(super) agent: String,
    pub(super) organization: String,
}

impl Report for Deployments {
    fn json(&self) -> Value {
        self.all.raw.clone()
    }

    fn plain(&self) -> View {
        let rows = self.all.value.iter().map(|deployment| {
            let made_of = deployment.image.as_ref().or(deployment.build_id.as_ref());
            let cells = [
                deployment.id.as_ref(),
                deployment.node_type.as_ref(),
                made_of,
                deployment.created_at.as_ref(),
                deployment.updated_at.as_ref(),
            ];
            Row::new(cells.map(|cell| cell.map_or(NOT_KNOWN, String::as_str)))
        });
        View::Table(Table::new(
            [
                Column::whole("ID"),
                Column::spare("Node Type"),
                Column::whole("Image / Build"),
                Column::spare("Created At"),
                Column::spare("Updated At"),
            ],
            rows,
        ))
    }

    fn title(&self) -> Option<String> {
        let Self {
            agent,
            organization,
            ..
        } = self;
        Some(format!(
            "deployments of the agent `{agent}` of `{organization}`"
        ))
    }

    fn notes(&self) -> Vec<Note> {
        if self.all.value.is_empty() {
            return vec![Note::Plain(format!("`{}` has no deployments", self.agent))];
        }
        Vec::new()
    }
}
