//! `regions list`.

use serde_json::{Value, json};

use super::{NOTHING, joined};
use crate::api::{Region, WithRaw};
use crate::commands::{InOrganization, Run, titled};
use crate::context::Context;
use crate::error::Result;
use crate::output::{Column, Note, Report, Row, Table, View};
use crate::seen::Kind;

const EXAMPLES: &str = "\
Examples:
  pipecat cloud regions list
  pipecat cloud regions list -o my-team | cut -f1";

/// List the regions that agents can run in
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    #[command(flatten)]
    organization: InOrganization,
}

impl Run for Args {
    async fn run(self, context: &Context) -> Result<Box<dyn Report>> {
        let organization = context.organization().await?.value;
        let _progress = context.printer.progress("listing the regions");
        let regions = context.api()?.regions(&organization).await?;
        let codes = regions.value.iter().map(|region| region.code.as_str());
        context.keep_seen(&organization, Kind::Regions, codes);
        Ok(Box::new(List {
            regions,
            organization,
        }))
    }
}

/// The regions that an organization may use.
struct List {
    regions: WithRaw<Vec<Region>>,
    organization: String,
}

impl Report for List {
    fn json(&self) -> Value {
        json!({"regions": self.regions.raw["regions"]})
    }

    fn plain(&self) -> View {
        let text = |text: &Option<String>| text.clone().unwrap_or_else(|| NOTHING.to_owned());
        let rows = self.regions.value.iter().map(|region| {
            let code = Some(region.code.clone()).filter(|code| !code.is_empty());
            Row::new([
                text(&code),
                text(&region.display_name),
                joined(&region.architectures),
                text(&region.default_architecture),
            ])
        });
        View::Table(Table::new(
            [
                Column::whole("Code"),
                Column::text("Name"),
                Column::spare("Architectures"),
                Column::spare("Default"),
            ],
            rows,
        ))
    }

    fn title(&self) -> Option<String> {
        titled("regions", &self.organization)
    }

    fn notes(&self) -> Vec<Note> {
        if self.regions.value.is_empty() {
            let organization = &self.organization;
            return vec![Note::Plain(format!(
                "the organization `{organization}` has no regions"
            ))];
        }
        Vec::new()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::commands::odd::{changed, changes, check_table, config, rows};

    proptest! {
        #![proptest_config(config())]

        #[test]
        fn regions_keep_their_rows_and_no_cell_is_empty(changes in changes()) {
            let one = json!({"code": "us-west", "display_name": "West",
                "supported_architectures": ["arm64", "amd64"], "default_architecture": "arm64"});
            let answer = changed(json!([one, one, one]), changes);
            let value = rows(&answer).iter().map(Region::read).collect();
            let regions = WithRaw { value, raw: json!({"regions": answer}) };
            let list = List { regions, organization: String::from("acme") };
            for line in check_table(&list, rows(&answer).len(), 4)? {
                prop_assert!(line.split('\t').all(|cell| !cell.is_empty()), "{}", line);
            }
        }
    }
}
