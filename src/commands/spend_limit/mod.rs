//! `pipecat cloud spend-limit`.

mod clear;
mod set;
mod show;

use serde_json::{Value, json};

use super::{field_rows, noun, titled};
use crate::api::{self, Amount, WithRaw, dollars};
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
    // What cannot be read is an empty cell.
    let amount = match limit.limit {
        Amount::None => "no limit set".to_owned(),
        Amount::Cents(cents) => dollars(cents),
        Amount::Unknown => String::new(),
    };
    let spent = match (limit.current_spend, limit.limit) {
        (Amount::None, _) => dollars(0),
        (Amount::Cents(spent), Amount::Cents(limit @ 1..)) => {
            // Rounded to a tenth of a percent, in whole numbers.
            let (spent_cents, limit) = (i128::from(spent), i128::from(limit));
            let tenths = (2000 * spent_cents + limit).div_euclid(2 * limit);
            format!(
                "{} ({}.{}%)",
                dollars(spent),
                tenths / 10,
                (tenths % 10).abs()
            )
        }
        (Amount::Cents(spent), _) => dollars(spent),
        (Amount::Unknown, _) => String::new(),
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::commands::odd::{changed, changes, check_table, config};

    proptest! {
        #![proptest_config(config())]

        #[test]
        fn a_limit_keeps_its_fields(changes in changes()) {
            let raw = json!({"limitCents": 5000, "currentSpendCents": 1234,
                "periodStart": "2026-02-01T00:00:00Z", "periodEnd": "2026-03-01T00:00:00Z",
                "blocked": true, "blockedAt": "2026-02-03T00:00:00.123Z"});
            let raw = changed(raw, changes);
            let state = Some(WithRaw { value: api::SpendLimit::read(&raw), raw });
            let limit = Limit { organization: String::from("acme"), state, done: None };
            check_table(&limit, 7, 2)?;
        }
    }
}
