//! `organizations list`.

use serde_json::{Value, json};

use crate::api::{Organization, WithRaw};
use crate::commands::{Run, not_a_member};
use crate::context::Context;
use crate::error::Result;
use crate::output::{Column, Note, Report, Row, Table, Tone, View};
use crate::settings::Key;

const EXAMPLES: &str = "\
Examples:
  pipecat cloud organizations list
  pipecat cloud organizations list | tail -n +2 | cut -f2";

/// List the organizations that you are a member of
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {}

/// The organizations of the account.
struct List {
    organizations: Vec<WithRaw<Organization>>,
    /// The name of the active one.
    active: Option<String>,
    notes: Vec<Note>,
}

impl Run for Args {
    async fn run(self, context: &Context) -> Result<Box<dyn Report>> {
        let _progress = context.printer.progress("listing your organizations");
        let organizations = context.api()?.organizations().await?;
        if organizations.is_empty() {
            return Err(context.no_organizations());
        }
        let first = organizations.iter().find(|one| one.value.is_usable());
        let is_member = |name: &str| organizations.iter().any(|one| one.value.name == name);
        let (active, notes) = match context.settings.get(Key::Org)? {
            Some(chosen) if is_member(&chosen.value) => (Some(chosen.value), Vec::new()),
            Some(other) => {
                let own = organizations.iter().map(|one| &one.value);
                let notes = not_a_member(&other, own);
                (Some(other.value), notes)
            }
            // Where nobody has chosen, the first one counts.
            None => (first.map(|first| first.value.name.clone()), Vec::new()),
        };
        Ok(Box::new(List {
            organizations,
            active,
            notes,
        }))
    }
}

impl Report for List {
    fn json(&self) -> Value {
        let all: Vec<&Value> = self.organizations.iter().map(|one| &one.raw).collect();
        json!({"organizations": all})
    }

    fn plain(&self) -> View {
        let rows = self.rows("active");
        let columns = ["Organization Name", "Organization ID", "Active"];
        View::Table(Table::new(columns, rows))
    }

    fn rich(&self) -> View {
        let columns = [
            Column::text("Name"),
            Column::whole("ID"),
            Column::whole("Status"),
        ];
        View::Table(Table::new(columns, self.rows("Active")))
    }

    fn notes(&self) -> Vec<Note> {
        self.notes.clone()
    }
}

impl List {
    /// The organizations, the active one with this mark.
    fn rows(&self, active: &str) -> Vec<Row> {
        let rows = self.organizations.iter().map(|WithRaw { value, .. }| {
            let is_active = self.active.as_ref() == Some(&value.name);
            let (mark, tone) = if is_active {
                (active, Tone::Active)
            } else {
                ("", Tone::Normal)
            };
            Row::new([&value.verbose_name, &value.name, mark]).with_tone(tone)
        });
        rows.collect()
    }
}
