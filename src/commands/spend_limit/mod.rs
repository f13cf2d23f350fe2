//! `pipecat cloud spend-limit`.

mod clear;
mod set;
mod show;

use serde_json::{Value, json};

use super::{field_rows, noun, titled};
use crate::api::{self, WithRaw, dollars};
use crate::output::{Field, Note, Report, View};

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
    state: Option<WithRaw<api::SpendLimit>>,
    /// What was done to it, if anything.
    done: Option<String>,
}

impl Limit {
    fn fields(&self) -> Vec<Field> {
        let limit = self.state.as_ref().map(|limit| &limit.value);
        limit.map_or_else(Vec::new, |limit| fields(&self.organization, limit))
    }
}

impl Report for Limit {
    fn json(&self) -> Value {
        let Some(WithRaw { raw, .. }) = &self.state else {
            return json!({});
        };
        let mut object = raw.clone();
        if object.get("organization").is_none() {
            object["organization"] = json!(self.organization);
        }
        object
    }

    fn plain(&self) -> View {
        field_rows(self.fields())
    }

    fn rich(&self) -> View {
        View::Fields(self.fields())
    }

    fn title(&self) -> Option<String> {
        match self.done {
            Some(_) => None,
            None => titled("spend limit", &self.organization),
        }
    }

    fn done(&self) -> Option<String> {
        self.done.clone()
    }

    fn notes(&self) -> Vec<Note> {
        match &self.state {
            None => vec![Note::Plain(format!(
                "the service has no spend limit for `{}`",
                self.organization
            ))],
            Some(limit) if limit.value.is_blocked => vec![
                Note::Warning(
                    "the limit has been reached: new sessions are refused, running ones continue"
                        .to_owned(),
                ),
                Note::Hint("raise it with `pipecat cloud spend-limit set AMOUNT`".to_owned()),
            ],
            Some(_) => Vec::new(),
        }
    }
}

fn fields(organization: &str, limit: &api::SpendLimit) -> Vec<Field> {
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
        Field::new("Organization", organization),
        Field::new("Limit", amount),
        Field::new("Current spend", spent),
        Field::new("Period start", text(&limit.period_start)),
        Field::new("Period end", text(&limit.period_end)),
        Field::new("Blocked", blocked),
        Field::new("Blocked at", text(&limit.blocked_at)),
    ]
}
