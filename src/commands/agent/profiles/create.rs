//! `agent profiles create`.

use super::{Changed, check_resources, list_command, read_only};
use crate::api::ProfileChange;
use crate::commands::{InOrganization, Run, invalid, look_with, shell_word};
use crate::context::Context;
use crate::error::Result;
use crate::output::{Note, Report};

const EXAMPLES: &str = "\
Examples:
  pipecat cloud agent profiles create transcription --cpu 2 --memory 4Gi
  pipecat cloud agent profiles create large --cpu 1500m --memory 3Gi --display-name 'Large agents'";

/// Create an agent profile
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// Its name: `a` to `z`, `0` to `9` and `-`, up to 63 characters
    #[arg(value_name = "NAME")]
    name: String,

    /// Processors, such as 500m or 2
    #[arg(long, value_name = "QUANTITY")]
    cpu: String,

    /// Memory, such as 512Mi or 4Gi
    #[arg(long, value_name = "QUANTITY")]
    memory: String,

    /// The name that people see; without it, NAME
    #[arg(long, value_name = "TEXT")]
    display_name: Option<String>,

    #[command(flatten)]
    organization: InOrganization,
}

impl Run for Args {
    async fn run(self, context: &Context) -> Result<Box<dyn Report>> {
        let name = self.name;
        let resources = (self.cpu.as_str(), self.memory.as_str());
        if !is_name(&name) {
            return Err(
                invalid(format!("`{name}` is not a valid name for an agent profile")).hint(
                    "a name has up to 63 of `a` to `z`, `0` to `9` and `-`, and neither begins nor \
                 ends with `-`",
                ),
            );
        }
        check_resources(resources)?;
        let organization = context.organization().await?.value;
        let profile = ProfileChange {
            display_name: Some(self.display_name.as_deref().unwrap_or(&name)),
            resources: Some(resources),
            enabled: None,
        };
        let _progress = context.printer.progress("creating the agent profile");
        context.set_last_words(format!("the agent profile `{name}` may have been created"));
        let api = context.api()?;
        let answer = api
            .create_agent_profile(&organization, &name, &profile)
            .await;
        let answer =
            answer.map_err(|error| read_only(look_with(error, &list_command(&organization))))?;
        let use_it = format!(
            "use it with `pipecat cloud deploy --profile {} -o {organization}`",
            shell_word(&name)
        );
        Ok(Box::new(Changed {
            done: format!(
                "created the agent profile `{name}` in the organization `{organization}`"
            ),
            name,
            answer,
            notes: vec![Note::Hint(use_it)],
        }))
    }
}

fn is_name(name: &str) -> bool {
    let is_end = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let bytes = name.as_bytes();
    (1..=63).contains(&bytes.len())
        && bytes.first().is_some_and(is_end)
        && bytes.last().is_some_and(is_end)
        && bytes.iter().all(|byte| is_end(byte) || *byte == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_can_stand_in_an_address() {
        for name in ["a", "7", "agent-1x", "a--b", &"a".repeat(63)] {
            assert!(is_name(name), "{name}");
        }
        for name in [
            "",
            "-a",
            "a-",
            "A",
            "a_b",
            "a.b",
            "big\n",
            "ä",
            &"a".repeat(64),
        ] {
            assert!(!is_name(name), "{name}");
        }
    }
}
