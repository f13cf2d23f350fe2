//! `pipecat cloud spend-limit`.

mod clear;
mod set;
mod show;

use serde_json::{Value, json};

use super::noun;
use crate::api::{self, WithRaw, dollars};
use crate::output::{Note, Report, Row, Table, View};

noun! {
    /// What an organization may spend in a period
    SpendLimit {
        Show(show::Args),
        Set(set::Args),
        Clear(clear::Args),
    }
}

/// The command that shows how things stand.
fn show_command(organization: &str) -> String {
    format!("pipecat cloud spend-limit show -o {organization}")
}

/// A spend limit as it is, or as it has just become.
struct Limit {
    organization: String,
    limit: Option<WithRaw<api::SpendLimit>>,
}

impl Report for Limit {
    fn json(&self) -> Value {
        let Some(WithRaw { raw, .. }) = &self.limit else {
            return json!({});
        };
        let mut object = raw.clone();
        if object.get("organization").is_none() {
            object["organization"] = json!(self.organization);
        }
        object
    }

    fn plain(&self) -> View {
        let limit = self.limit.as_ref().map(|limit| &limit.value);
        let rows = limit.map_or_else(Vec::new, |limit| rows(&self.organization, limit));
        View::Table(Table {
            columns: vec!["Field", "Value"],
            rows,
        })
    }

    fn notes(&self) -> Vec<Note> {
        match &self.limit {
            None => vec![Note::Plain(format!(
                "the service knows no spend limit of `{}`",
                self.organization
            ))],
            Some(limit) if limit.value.is_blocked => vec![
                Note::Warning(
                    "the limit is reached: new sessions are turned away, running ones go on"
                        .to_owned(),
                ),
                Note::Hint("raise it with `pipecat cloud spend-limit set AMOUNT`".to_owned()),
            ],
            Some(_) => Vec::new(),
        }
    }
}

fn rows(organization: &str, limit: &api::SpendLimit) -> Vec<Row> {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let amount = limit
        .limit
        .map_or_else(|| "no limit set".to_owned(), dollars);
    let spent = dollars(limit.current_spend);
    let spent = match limit.limit {
        Some(limit_cents) if limit_cents > 0 => {
            // To a tenth of a percent, in whole numbers.
            let tenths = i128::from(limit.current_spend) * 1000 / i128::from(limit_cents);
            format!("{spent} ({}.{}%)", tenths / 10, (tenths % 10).abs())
        }
        _ => spent,
    };
    let blocked = if limit.is_blocked { "yes" } else { "no" };
    vec![
        Row::new(["Organization", organization]),
        Row::new(["Limit", &amount]),
        Row::new(["Current spend", &spent]),
        Row::new(["Period start", &text(&limit.period_start)]),
        Row::new(["Period end", &text(&limit.period_end)]),
        Row::new(["Blocked", blocked]),
        Row::new(["Blocked at", &text(&limit.blocked_at)]),
    ]
}
