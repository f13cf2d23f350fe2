//! `regions show`.

use super::{Record, missing};
use crate::commands::{InOrganization, Run};
use crate::context::Context;
use crate::error::Result;
use crate::http::check_segment;
use crate::output::Report;

const EXAMPLES: &str = "\
Examples:
  pipecat cloud regions show pce-frankfurt
  pipecat cloud regions show pce-frankfurt --output json | jq -r .region.enrollment_status";

/// Show a region of your own
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// The region's key
    #[arg(value_name = "KEY")]
    key: String,

    #[command(flatten)]
    organization: InOrganization,
}

impl Run for Args {
    async fn run(self, context: &Context) -> Result<Box<dyn Report>> {
        check_segment(&self.key)?;
        let organization = context.organization().await?.value;
        let _progress = context.printer.progress("looking up the region");
        let region = context.api()?.region(&organization, &self.key).await;
        let region = region.map_err(|error| missing(error, &organization, &self.key))?;
        Ok(Box::new(Record {
            organization,
            region,
            done: None,
        }))
    }
}
