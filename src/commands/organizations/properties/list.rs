//! `organizations properties list`.

use serde_json::Value;

use super::text_of;
use crate::api::Properties;
use crate::commands::{InOrganization, Run, titled};
use crate::context::Context;
use crate::error::Result;
use crate::output::{Note, Report, Row, Table, View};

const EXAMPLES: &str = "\
Examples:
  pipecat cloud organizations properties list
  pipecat cloud organizations properties list -o my-team --output json";

/// List the properties and their values
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    #[command(flatten)]
    organization: InOrganization,
}

/// The properties of an organization.
struct List {
    organization: String,
    properties: Properties,
}

impl Run for Args {
    async fn run(self, context: &Context) -> Result<Box<dyn Report>> {
        let organization = context.organization().await?.value;
        let _progress = context.printer.progress("listing the properties");
        let properties = context.api()?.properties(&organization).await?;
        Ok(Box::new(List {
            organization,
            properties,
        }))
    }
}

impl Report for List {
    fn json(&self) -> Value {
        self.properties.clone().into()
    }

    fn plain(&self) -> View {
        let rows = self.properties.iter();
        let rows = rows.map(|(name, value)| Row::new([name, &text_of(value)]));
        View::Table(Table::new(["Property", "Value"], rows))
    }

    fn title(&self) -> Option<String> {
        titled("properties", &self.organization)
    }

    fn notes(&self) -> Vec<Note> {
        let none = format!("the organization `{}` has no properties", self.organization);
        let notes = [Note::Plain(none)];
        notes
            .into_iter()
            .filter(|_| self.properties.is_empty())
            .collect()
    }
}
