//! `agent profiles disable`.

use super::change;
use crate::api::ProfileChange;
use crate::commands::{InOrganization, Run};
use crate::completions;
use crate::context::Context;
use crate::error::Result;
use crate::output::{Note, Report};
use clap_complete::engine::ArgValueCompleter;

const EXAMPLES: &str = "\
Examples:
  pipecat cloud agent profiles disable transcription";

/// Disable an agent profile
///
/// Agents that run with it are not affected.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// The profile
    #[arg(value_name = "NAME", add = ArgValueCompleter::new(completions::profiles))]
    name: String,

    #[command(flatten)]
    organization: InOrganization,
}

impl Run for Args {
    async fn run(self, context: &Context) -> Result<Box<dyn Report>> {
        let wanted = ProfileChange {
            enabled: Some(false),
            ..ProfileChange::default()
        };
        let mut changed = change(context, self.name, &wanted, "disabled").await?;
        let meanwhile = "agents that have it keep running; no new deploy can choose it";
        changed.notes.push(Note::Plain(meanwhile.to_owned()));
        Ok(Box::new(changed))
    }
}
