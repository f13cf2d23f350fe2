//! `agent scale`.

use std::ffi::OsString;

use crate::commands::{ConfigUse, Run, invalid};
use crate::context::Context;
use crate::error::Result;
use crate::output::Report;

/// Not available: how far an agent scales is set when it is deployed
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Whatever is given: it makes no difference
    #[arg(hide = true, num_args = 0.., allow_hyphen_values = true)]
    anything: Vec<OsString>,
}

impl Run for Args {
    fn config_use(&self) -> ConfigUse {
        ConfigUse::Unused
    }

    async fn run(self, _context: &Context) -> Result<Box<dyn Report>> {
        Err(invalid("agents are not scaled separately").hint(
            "set the limits with `pipecat cloud deploy AGENT --min-agents N --max-agents N`, or in `pcc-deploy.toml`",
        ))
    }
}
