//! `agent profiles list`.

use serde_json::Value;

use crate::api::{AgentProfile, WithRaw};
use crate::commands::{InOrganization, Run};
use crate::context::Context;
use crate::error::Result;
use crate::output::{Column, Note, Report, Row, Table, Tone, View};
use crate::seen::Kind;

const EXAMPLES: &str = "\
Examples:
  pipecat cloud agent profiles list
  pipecat cloud agent profiles list --output json | jq -r '.agentProfiles[].api_name'";

/// List the agent profiles
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    #[command(flatten)]
    organization: InOrganization,
}

impl Run for Args {
    async fn run(self, context: &Context) -> Result<Box<dyn Report>> {
        let organization = context.organization().await?.value;
        let _progress = context.printer.progress("listing the agent profiles");
        let profiles = context.api()?.agent_profiles(&organization).await?;
        let names = profiles
            .value
            .iter()
            .filter_map(|profile| profile.name.as_deref());
        context.keep_seen(&organization, Kind::Profiles, names);
        Ok(Box::new(List {
            organization,
            profiles,
        }))
    }
}

/// The profiles that an organization may use.
struct List {
    organization: String,
    profiles: WithRaw<Vec<AgentProfile>>,
}

impl Report for List {
    fn json(&self) -> Value {
        self.profiles.raw.clone()
    }

    fn plain(&self) -> View {
        let rows = self.profiles.value.iter().map(|profile| {
            let text = |text: &Option<String>| text.clone().unwrap_or_default();
            let (source, enabled, tone) = (
                if profile.is_custom {
                    "custom"
                } else {
                    "platform"
                },
                if profile.is_enabled { "yes" } else { "no" },
                if profile.is_enabled {
                    Tone::Normal
                } else {
                    Tone::Faded
                },
            );
            Row::new([
                text(&profile.name),
                text(&profile.display_name),
                text(&profile.cpu),
                text(&profile.memory),
                source.to_owned(),
                enabled.to_owned(),
            ])
            .with_tone(tone)
        });
        View::Table(Table::new(
            [
                Column::whole("Name"),
                Column::text("Display name"),
                Column::whole("CPU"),
                Column::whole("Memory"),
                Column::spare("Source"),
                Column::spare("Enabled"),
            ],
            rows,
        ))
    }

    fn title(&self) -> Option<String> {
        Some(format!(
            "agent profiles of the organization `{}`",
            self.organization
        ))
    }

    fn notes(&self) -> Vec<Note> {
        if !self.profiles.value.is_empty() {
            return Vec::new();
        }
        vec![Note::Plain(format!(
            "the organization `{}` has no agent profiles",
            self.organization
        ))]
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::commands::odd::{changed, changes, check_table, config, rows};

    proptest! {
        #![proptest_config(config())]

        #[test]
        fn profiles_keep_their_rows(changes in changes()) {
            let one = json!({"api_name": "big", "display_name": "Big", "custom": true,
                "enabled": false, "resources": {"cpu": "2", "memory": "4Gi"}});
            let answer = changed(json!([one, one, one]), changes);
            let value = rows(&answer).iter().map(AgentProfile::read).collect();
            let profiles = WithRaw { value, raw: json!({"agentProfiles": answer}) };
            let list = List { profiles, organization: String::from("acme") };
            check_table(&list, rows(&answer).len(), 6)?;
        }
    }
}
