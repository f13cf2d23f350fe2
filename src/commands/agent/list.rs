//! `agent list`.

use clap_complete::engine::ArgValueCompleter;
use serde_json::{Value, json};

use crate::api::{Agent, WithRaw};
use crate::commands::{InOrganization, Run, known_region};
use crate::completions;
use crate::context::Context;
use crate::error::{Code, Error, Result};
use crate::output::{Column, Report, Row, Table, View};
use crate::seen::Kind;

const EXAMPLES: &str = "\
Examples:
  pipecat cloud agent list
  pipecat cloud agent list --region us-west
  pipecat cloud agent list --output json | jq -r '.agents[].name'

Exit status: 0 listed; 1 there are none";

/// List the agents
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// Only the agents of this region
    #[arg(short = 'r', long, value_name = "CODE", add = ArgValueCompleter::new(completions::regions))]
    region: Option<String>,

    #[command(flatten)]
    organization: InOrganization,
}

impl Run for Args {
    async fn run(self, context: &Context) -> Result<Box<dyn Report>> {
        let organization = context.organization().await?.value;
        let region = self.region.as_deref().filter(|code| !code.is_empty());
        let _progress = context.printer.progress("listing the agents");
        if let Some(code) = region {
            known_region(context, &organization, code).await?;
        }
        let agents = context.api()?.agents(&organization, region).await?;
        if region.is_none() {
            let names = agents
                .value
                .iter()
                .filter_map(|agent| agent.name.as_deref());
            context.keep_seen(&organization, Kind::Agents, names);
        }
        if agents.value.is_empty() {
            return Err(none(&organization, region));
        }
        Ok(Box::new(List {
            agents,
            organization,
        }))
    }
}

fn none(organization: &str, region: Option<&str>) -> Error {
    let place = region.map_or_else(String::new, |code| format!(" in the region `{code}`"));
    Error::new(
        Code::NotFound,
        format!("the organization `{organization}` has no agents{place}"),
    )
    .hint(format!(
        "deploy one with `pipecat cloud deploy -o {organization}`"
    ))
}

/// The agents of an organization.
pub(super) struct List {
    pub(super) agents: WithRaw<Vec<Agent>>,
    pub(super) organization: String,
}

impl Report for List {
    fn json(&self) -> Value {
        json!({"agents": self.agents.raw["services"]})
    }

    fn plain(&self) -> View {
        let rows = self.agents.value.iter().map(|agent| {
            let text = |text: &Option<String>| text.clone().unwrap_or_default();
            Row::new([
                text(&agent.name),
                text(&agent.region),
                text(&agent.id),
                text(&agent.active_deployment_id),
                text(&agent.created_at),
                text(&agent.updated_at),
                match &agent.link {
                    Some(link) => link.to_string(),
                    None => "—".to_owned(),
                },
            ])
        });
        View::Table(Table::new(
            [
                Column::whole("Name"),
                Column::whole("Region"),
                Column::spare("Agent ID"),
                Column::spare("Active Deployment ID"),
                Column::spare("Created At"),
                Column::spare("Updated At"),
                Column::text("GitHub"),
            ],
            rows,
        ))
    }

    fn title(&self) -> Option<String> {
        Some(format!(
            "agents of the organization `{}`",
            self.organization
        ))
    }
}
