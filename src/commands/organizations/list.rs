//! `organizations list`.

use serde_json::{Value, json};

use crate::api::{Organization, Received};
use crate::context::Context;
use crate::error::Result;
use crate::output::{Note, Report, Row, Table, Tone, View};
use crate::settings::Key;

/// The organizations of the account.
pub struct List {
    organizations: Vec<Received<Organization>>,
    /// The name of the active one.
    active: String,
    notes: Vec<Note>,
}

pub async fn list(context: &Context) -> Result<List> {
    let _progress = context.talk.progress("listing your organizations");
    let organizations = context.api()?.organizations().await?;
    let Some(first) = organizations.first() else {
        return Err(context.no_organizations());
    };
    let is_member = |name: &str| organizations.iter().any(|one| one.value.name == name);
    let (active, notes) = match context.settings.get(Key::Org)? {
        Some(chosen) if is_member(&chosen.value) => (chosen.value, Vec::new()),
        Some(foreign) => {
            let notes = Context::not_a_member(&foreign).to_vec();
            (foreign.value, notes)
        }
        // Where nobody has chosen, the first one counts.
        None => (first.value.name.clone(), Vec::new()),
    };
    Ok(List {
        organizations,
        active,
        notes,
    })
}

impl Report for List {
    fn json(&self) -> Value {
        let all: Vec<&Value> = self.organizations.iter().map(|one| &one.raw).collect();
        json!({"organizations": all})
    }

    fn plain(&self) -> View {
        let rows = self.organizations.iter().map(|Received { value, .. }| {
            let is_active = self.active == value.name;
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

    fn notes(&self) -> Vec<Note> {
        self.notes.clone()
    }
}
