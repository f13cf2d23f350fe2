//! `organizations properties schema`.

use serde_json::Value;

use super::text_of;
use crate::api::Properties;
use crate::commands::{InOrganization, Run, titled};
use crate::context::Context;
use crate::error::Result;
use crate::output::{Column, Note, Report, Row, Table, View};

const EXAMPLES: &str = "\
Examples:
  pipecat cloud organizations properties schema
  pipecat cloud organizations properties schema --output json | jq 'keys'";

/// List what there is to set, and what it may be set to
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    #[command(flatten)]
    organization: InOrganization,
}

/// What there is to set.
struct Schema {
    organization: String,
    properties: Properties,
}

impl Run for Args {
    async fn run(self, context: &Context) -> Result<Box<dyn Report>> {
        let organization = context.organization().await?.value;
        let _progress = context.printer.progress("looking up the properties");
        let properties = context.api()?.property_schema(&organization).await?;
        Ok(Box::new(Schema {
            organization,
            properties,
        }))
    }
}

impl Report for Schema {
    fn json(&self) -> Value {
        self.properties.clone().into()
    }

    fn plain(&self) -> View {
        let rows = self.properties.iter().map(|(name, property)| {
            let field = |key: &str| text_of(&property[key]);
            let available = property["availableValues"].as_array();
            let available: Vec<String> = available.into_iter().flatten().map(text_of).collect();
            let read_only = if property["readOnly"] == true {
                "yes"
            } else {
                ""
            };
            Row::new([
                name.as_str(),
                &field("type"),
                &field("currentValue"),
                &field("default"),
                &field("description"),
                &available.join(", "),
                read_only,
            ])
        });
        View::Table(Table::new(
            [
                Column::whole("Property"),
                Column::spare("Type"),
                Column::whole("Current Value"),
                Column::spare("Default"),
                Column::text("Description"),
                Column::whole("Available Values"),
                Column::spare("Read Only"),
            ],
            rows,
        ))
    }

    fn title(&self) -> Option<String> {
        titled("properties", &self.organization)
    }

    fn notes(&self) -> Vec<Note> {
        let none = format!(
            "the organization `{}` has no properties to set",
            self.organization
        );
        let notes = [Note::Plain(none)];
        notes
            .into_iter()
            .filter(|_| self.properties.is_empty())
            .collect()
    }
}
