//! `organizations keys list`.

use serde_json::Value;

use super::{display_key, no_keys};
use crate::api::{ApiKey, ApiKeys, KeyKind, WithRaw};
use crate::commands::{InOrganization, Run, titled};
use crate::context::Context;
use crate::error::Result;
use crate::output::{Column, Report, Row, Table, Tone, View, day};

const EXAMPLES: &str = "\
Examples:
  pipecat cloud organizations keys list
  pipecat cloud organizations keys list -o my-team --output json | jq -r '.public[].key'

Exit status: 0 listed; 1 there are none";

/// List the API keys
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    #[command(flatten)]
    organization: InOrganization,
}

/// The keys of an organization.
struct List {
    organization: String,
    keys: WithRaw<ApiKeys>,
    default: Option<String>,
}

impl Run for Args {
    async fn run(self, context: &Context) -> Result<Box<dyn Report>> {
        let organization = context.organization().await?.value;
        let keys = {
            let _progress = context.printer.progress("listing the API keys");
            context.api()?.keys(&organization).await?
        };
        if keys.value.is_empty() {
            return Err(no_keys(&organization, "API keys"));
        }
        Ok(Box::new(List {
            keys,
            default: context.settings.default_key(&organization)?,
            organization,
        }))
    }
}

impl List {
    fn is_default(&self, key: &ApiKey) -> bool {
        self.default.as_deref() == Some(key.key())
    }
}

fn status(key: &ApiKey) -> &'static str {
    if key.revoked { "Revoked" } else { "Active" }
}

impl Report for List {
    fn json(&self) -> Value {
        self.keys.raw.clone()
    }

    fn plain(&self) -> View {
        let rows = self.keys.value.iter().map(|key| {
            let kind = match key.kind {
                KeyKind::Public => "public",
                KeyKind::Private => "private",
            };
            let default = if self.is_default(key) { "default" } else { "" };
            Row::new([
                key.name.as_str(),
                &display_key(key),
                &key.created_at,
                status(key),
                &key.id,
                kind,
                default,
            ])
        });
        View::Table(Table::new(
            [
                "Name",
                "Key",
                "Created At",
                "Status",
                "ID",
                "Type",
                "Default",
            ],
            rows,
        ))
    }

    fn rich(&self) -> View {
        let rows = self.keys.value.iter().map(|key| {
            let (status, tone) = match (key.revoked, self.is_default(key)) {
                (true, true) => ("Revoked, default", Tone::Faded),
                (true, false) => (status(key), Tone::Faded),
                // That it is active goes without saying.
                (false, true) => ("Default", Tone::Active),
                (false, false) => (status(key), Tone::Normal),
            };
            let created = day(&key.created_at);
            Row::new([&key.name, &display_key(key), &created, status]).with_tone(tone)
        });
        View::Table(Table::new(
            [
                Column::text("Name"),
                Column::whole("Key"),
                Column::spare("Created"),
                Column::whole("Status"),
            ],
            rows,
        ))
    }

    fn title(&self) -> Option<String> {
        titled("API keys", &self.organization)
    }
}
