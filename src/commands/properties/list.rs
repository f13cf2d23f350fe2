//! `organizations properties list`.

use serde_json::Value;

use super::shown;
use crate::api::Properties;
use crate::context::Context;
use crate::error::Result;
use crate::output::{Note, Report, Row, Table, View};

/// The properties of an organization.
pub struct List {
    organization: String,
    properties: Properties,
}

pub async fn list(context: &Context) -> Result<List> {
    let organization = context.organization().await?.value;
    let _progress = context.talk.progress("listing the properties");
    let properties = context.api()?.properties(&organization).await?;
    Ok(List {
        organization,
        properties,
    })
}

impl Report for List {
    fn json(&self) -> Value {
        self.properties.clone().into()
    }

    fn plain(&self) -> View {
        let rows = self.properties.iter();
        View::Table(Table {
            columns: vec!["Property", "Value"],
            rows: rows
                .map(|(name, value)| Row::new([name, &shown(value)]))
                .collect(),
        })
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
