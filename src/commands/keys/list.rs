//! `organizations keys list`.

use std::time::SystemTime;

use serde_json::Value;

use super::{no_keys, shown};
use crate::api::{ApiKey, ApiKeys, KeyKind, Received};
use crate::context::Context;
use crate::error::Result;
use crate::output::{Report, Row, Table, Tone, View, ago};

/// The keys of an organization.
pub struct List {
    keys: Received<ApiKeys>,
    default: Option<String>,
    now: SystemTime,
}

pub async fn list(context: &Context) -> Result<List> {
    let organization = context.organization().await?.value;
    let keys = {
        let _progress = context.talk.progress("listing the API keys");
        context.api()?.keys(&organization).await?
    };
    if keys.value.is_empty() {
        return Err(no_keys(&organization, "API keys"));
    }
    Ok(List {
        keys,
        default: context.default_key(&organization)?,
        now: context.settings.environment().now(),
    })
}

impl List {
    fn is_default(&self, key: &ApiKey) -> bool {
        self.default.as_ref() == Some(&key.key)
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
                &shown(key),
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
            Row::new([key.name.as_str(), &shown(key), &age, &status]).with_tone(tone)
        });
        View::Table(Table {
            columns: vec!["Name", "Key", "Created", "Status"],
            rows: rows.collect(),
        })
    }
}
