//! `spend-limit show`.

use super::Limit;
use crate::commands::{InOrganization, Run};
use crate::context::Context;
use crate::error::Result;
use crate::output::Report;

const EXAMPLES: &str = "\
Examples:
  pipecat cloud spend-limit show
  pipecat cloud --output json spend-limit show | jq .currentSpendCents";

/// Show the spend limit, and what has been spent
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// The same as `--output json`
    #[arg(long, hide = true)]
    json: bool,

    #[command(flatten)]
    organization: InOrganization,
}

impl Run for Args {
    async fn run(self, context: &Context) -> Result<Box<dyn Report>> {
        let organization = context.organization().await?.value;
        let _progress = context.printer.progress("looking up the spend limit");
        let limit = context.api()?.spend_limit(&organization).await?;
        Ok(Box::new(Limit {
            organization,
            state: limit,
            done: None,
        }))
    }
}
