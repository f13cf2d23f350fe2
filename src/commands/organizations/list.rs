//! `organizations list`.

use serde_json::{Value, json};

use crate::api::{Organization, Received};
use crate::context::Context;
use crate::error::Result;
use crate::output::{Report, Row, Table, Tone, View};
use crate::settings::Key;

/// The organizations of the account.
pub struct List {
    organizations: Vec<Received<Organization>>,
    active: Option<String>,
}

pub async fn list(context: &Context) -> Result<List> {
    let _progress = context.talk.progress("listing your organizations");
    let organizations = context.api()?.organizations().await?;
    let Some(first) = organizations.first() else {
        return Err(context.no_organizations());
    };
    // Where nobody has chosen, the first one counts.
    let active = match context.settings.get(Key::Org)? {
        Some(chosen) => chosen.value,
        None => first.value.name.clone(),
    };
    Ok(List {
        organizations,
        active: Some(active),
    })
}

impl Report for List {
    fn json(&self) -> Value {
        let all: Vec<&Value> = self.organizations.iter().map(|one| &one.raw).collect();
        json!({"organizations": all})
    }

    fn plain(&self) -> View {
        let rows = self.organizations.iter().map(|Received { value, .. }| {
            let is_active = self.active.as_ref() == Some(&value.name);
            let (mark, tone) = if is_active {
                ("active", Tone::Active)
            } else {
                ("", Tone::Normal)
            };
            Row::new([&value.verbose_name, &value.name, mark]).with_tone(tone)
        });
        View::Table(Table {
            columns: vec!["Organization Name", "Organization ID", "Active"],
            rows: rows.collect(),
        })
    }
}
