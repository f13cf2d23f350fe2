//! `spend-limit set`.

use serde_json::json;

use super::{Limit, show_command};
use crate::api::{self, Amount, WithRaw, dollars};
use crate::commands::{Confirm, InOrganization, Run, look_with};
use crate::context::Context;
use crate::error::Result;
use crate::output::Report;

const EXAMPLES: &str = "\
Examples:
  pipecat cloud spend-limit set 50
  pipecat cloud spend-limit set 12.50 -o my-team
  pipecat cloud spend-limit set 0 --yes        # no new sessions";

/// No amount is larger, in cents: a JSON number holds no more to the cent.
const MOST: i64 = 1 << 53;

/// Set the spend limit
///
/// Once it is reached, new sessions are refused; running ones continue.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// The limit in dollars: 50, 12.5
    #[arg(value_name = "AMOUNT", value_parser = cents, allow_hyphen_values = true)]
    amount: i64,

    #[command(flatten)]
    confirm: Confirm,

    #[command(flatten)]
    organization: InOrganization,
}

/// Dollars as cents, counted in whole numbers.
fn cents(text: &str) -> Result<i64, String> {
    let refused = || "an amount looks like 50, 12.5 or .99".to_owned();
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let is_number = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_digit());
    let has_digits = !(whole.is_empty() && fraction.is_empty());
    if !has_digits || !is_number(whole) || !is_number(fraction) || fraction.len() > 2 {
        return Err(refused());
    }
    format!("{whole}{fraction:0<2}")
        .parse()
        .ok()
        .filter(|cents| *cents <= MOST)
        .ok_or_else(|| "that is more than the service can count".to_owned())
}

impl Run for Args {
    async fn run(self, context: &Context) -> Result<Box<dyn Report>> {
        let organization = context.organization().await?.value;
        let api = context.api()?;
        let spent = {
            let _progress = context.printer.progress("looking up the spend limit");
            let limit = api.spend_limit(&organization).await?;
            limit.map_or(Amount::None, |limit| limit.value.current_spend)
        };
        let told = match spent {
            Amount::None => Some(0),
            Amount::Cents(cents) => Some(cents),
            Amount::Unknown => None,
        };
        if self.amount == 0 || told.is_none_or(|spent| self.amount < spent) {
            let amount = dollars(self.amount);
            let question = match told {
                Some(spent) => format!(
                    "{organization} has already spent {}: with a limit of {amount}, new sessions will be refused. Set it?",
                    dollars(spent)
                ),
                None => format!(
                    "the service does not tell what {organization} has already spent: with a limit of {amount}, new sessions may be refused. Set it?"
                ),
            };
            let declined = "the spend limit has not changed";
            self.confirm.or_ask(context, &question, declined).await?;
        }
        let _progress = context.printer.progress("setting the spend limit");
        context.set_last_words("the spend limit may have been set".to_owned());
        let answer = api.set_spend_limit(&organization, Some(self.amount)).await;
        let answer = answer.map_err(|error| look_with(error, &show_command(&organization)))?;
        let limit = answer.unwrap_or_else(|| WithRaw {
            value: api::SpendLimit {
                limit: Amount::Cents(self.amount),
                current_spend: spent,
                ..api::SpendLimit::default()
            },
            raw: json!({"limitCents": self.amount}),
        });
        let amount = dollars(self.amount);
        Ok(Box::new(Limit {
            done: Some(format!(
                "the spend limit of `{organization}` is now {amount}"
            )),
            organization,
            state: Some(limit),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::cents;

    #[test]
    fn dollars_are_counted_in_whole_cents() {
        for (text, amount) in [
            ("50", 5000),
            ("12.5", 1250),
            (".5", 50),
            ("0", 0),
            ("0.07", 7),
            ("3.", 300),
            ("90071992547409.92", 1 << 53),
        ] {
            assert_eq!(cents(text), Ok(amount), "{text}");
        }
        for refused in [
            "",
            ".",
            "-1",
            "+1",
            "1.234",
            "1,5",
            "1e3",
            "1_000",
            "NaN",
            "٥٠",
            " 5",
            "$5",
            "90071992547409.93",
            "99999999999999999999999",
        ] {
            assert!(cents(refused).is_err(), "{refused}");
        }
    }
}
