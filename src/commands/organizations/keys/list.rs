//! `organizations keys list`.

use std::time::SystemTime;

use serde_json::Value;

use super::{display_key, no_keys};
use crate::api::{ApiKey, ApiKeys, KeyKind, WithRaw};
use crate::commands::{InOrganization, Run};
use crate::context::Context;
use crate::error::Result;
use crate::output::{Report, Row, Table, Tone, View, ago};

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
    keys: WithRaw<ApiKeys>,
    default: Option<String>,
    now: SystemTime,
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
            now: context.settings.environment().now(),
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
        View::Table(Table {
            columns: vec![
                "Name",
                "Key",
                "Created At",
                "Status",
                "ID",
                "Type",
                "Default",
            ],
            rows: rows.collect(),
        })
    }

    fn rich(&self) -> View {
        let rows = self.keys.value.iter().map(|key| {
            let (note, tone) = match (self.is_default(key), key.kind) {
                (true, _) => (", default", Tone::Active),
                (false, KeyKind::Private) => (", private", Tone::Normal),
                (false, KeyKind::Public) => ("", Tone::Normal),
            };
            let tone = if key.revoked { Tone::Faded } else { tone };
            let age = ago(&key.created_at, self.now);
            let status = format!("{}{note}", status(key));
            Row::new([key.name.as_str(), &display_key(key), &age, &status]).with_tone(tone)
        });
        View::Table(Table {
            columns: vec!["Name", "Key", "Created", "Status"],
            rows: rows.collect(),
        })
    }
}
