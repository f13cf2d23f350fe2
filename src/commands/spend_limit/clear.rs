//! `spend-limit clear`.

use serde_json::json;

use super::{Limit, show_command};
use crate::api::{self, WithRaw};
use crate::commands::{Confirm, InOrganization, Run, look_with};
use crate::context::Context;
use crate::error::Result;
use crate::output::Report;

const EXAMPLES: &str = "\
Examples:
  pipecat cloud spend-limit clear
  pipecat cloud spend-limit clear --yes";

/// Remove the spend limit
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    #[command(flatten)]
    confirm: Confirm,

    #[command(flatten)]
    organization: InOrganization,
}

impl Run for Args {
    async fn run(self, context: &Context) -> Result<Box<dyn Report>> {
        let organization = context.organization().await?.value;
        let question = format!("Remove the spend limit of {organization}?");
        let declined = "the spend limit has not changed";
        self.confirm.or_ask(context, &question, declined).await?;
        let _progress = context.printer.progress("removing the spend limit");
        context.set_last_words("the spend limit may have been removed".to_owned());
        let answer = context.api()?.set_spend_limit(&organization, None).await;
        let answer = answer.map_err(|error| look_with(error, &show_command(&organization)))?;
        let limit = answer.unwrap_or_else(|| WithRaw {
            value: api::SpendLimit::default(),
            raw: json!({"limitCents": null}),
        });
        Ok(Box::new(Limit {
            done: Some(format!("removed the spend limit of `{organization}`")),
            organization,
            state: Some(limit),
        }))
    }
}
