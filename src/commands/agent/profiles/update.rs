//! `agent profiles update`.

use super::{change, check_resources};
use crate::api::ProfileChange;
use crate::commands::{InOrganization, Run, invalid};
use crate::completions;
use crate::context::Context;
use crate::error::Result;
use crate::output::{Note, Report};
use clap_complete::engine::ArgValueCompleter;

const EXAMPLES: &str = "\
Examples:
  pipecat cloud agent profiles update transcription --cpu 4 --memory 8Gi
  pipecat cloud agent profiles update transcription --display-name 'Transcription, large'";

/// Change an agent profile
///
/// The processors and the memory change together, and for later deploys only.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// The profile
    #[arg(value_name = "NAME", add = ArgValueCompleter::new(completions::profiles))]
    name: String,

    /// Processors, such as 500m or 2
    #[arg(long, value_name = "QUANTITY")]
    cpu: Option<String>,

    /// Memory, such as 512Mi or 4Gi
    #[arg(long, value_name = "QUANTITY")]
    memory: Option<String>,

    /// The name for people
    #[arg(long, value_name = "TEXT")]
    display_name: Option<String>,

    #[command(flatten)]
    organization: InOrganization,
}

impl Run for Args {
    async fn run(self, context: &Context) -> Result<Box<dyn Report>> {
        let resources = match (&self.cpu, &self.memory) {
            (Some(cpu), Some(memory)) => Some((cpu.as_str(), memory.as_str())),
            (None, None) => None,
            _ => {
                return Err(invalid(
                    "`--cpu` and `--memory` can only be changed together",
                ));
            }
        };
        if let Some(resources) = resources {
            check_resources(resources)?;
        } else if self.display_name.is_none() {
            return Err(invalid("nothing to change is given")
                .hint("give `--cpu` and `--memory`, or `--display-name`"));
        }
        let wanted = ProfileChange {
            display_name: self.display_name.as_deref(),
            resources,
            enabled: None,
        };
        let mut changed = change(context, self.name, &wanted, "updated").await?;
        if resources.is_some() {
            let later = "running agents keep what they have until their next deploy";
            changed.notes.push(Note::Plain(later.to_owned()));
        }
        Ok(Box::new(changed))
    }
}
