//! `secrets list`.

use clap_complete::engine::ArgValueCompleter;
use serde_json::{Value, json};

use super::missing;
use crate::api::{SecretSet, SecretSetDetail, SetStatus, WithRaw};
use crate::commands::{InOrganization, Run, known_region, titled};
use crate::completions;
use crate::context::Context;
use crate::error::{Code, Error, Result};
use crate::http::check_segment;
use crate::output::{Column, Note, Report, Row, Table, Tone, View};
use crate::seen::Kind;

const EXAMPLES: &str = "\
Examples:
  pipecat cloud secrets list
  pipecat cloud secrets list my-bot            # the names of its keys
  pipecat cloud secrets list --sets --region us-west

Exit status: 0 listed; 1 there are none";

/// List the secret sets, or the names of the keys of one
///
/// Values are never shown: they can be set, and not be read again.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// The set whose keys to list
    #[arg(value_name = "SET", add = ArgValueCompleter::new(completions::secret_sets))]
    set: Option<String>,

    /// Only secret sets, no image pull secrets
    #[arg(short = 's', long)]
    sets: bool,

    /// Only what this region holds
    #[arg(short = 'r', long, value_name = "CODE", add = ArgValueCompleter::new(completions::regions))]
    region: Option<String>,

    #[command(flatten)]
    organization: InOrganization,
}

impl Run for Args {
    async fn run(self, context: &Context) -> Result<Box<dyn Report>> {
        if let Some(set) = &self.set {
            check_segment(set)?;
        }
        let organization = context.organization().await?.value;
        let _progress = context.printer.progress("listing the secrets");
        match &self.set {
            Some(set) => keys(context, &organization, set).await,
            None => self.sets(context, organization).await,
        }
    }
}

impl Args {
    async fn sets(&self, context: &Context, organization: String) -> Result<Box<dyn Report>> {
        let region = self.region.as_deref().filter(|code| !code.is_empty());
        if let Some(code) = region {
            known_region(context, &organization, code).await?;
        }
        let sets = context.api()?.secret_sets(&organization, region).await?;
        if region.is_none() {
            let names = sets.value.iter().map(|set| set.name.as_str());
            context.keep_seen(&organization, Kind::SecretSets, names);
        }
        let rows = sets.raw["sets"].as_array().cloned().unwrap_or_default();
        let mut sets: Vec<WithRaw<SecretSet>> = sets
            .value
            .into_iter()
            .zip(rows)
            .map(|(value, raw)| WithRaw { value, raw })
            .collect();
        if self.sets {
            sets.retain(|set| !set.value.is_image_pull_secret());
        }
        if sets.is_empty() {
            let place = region.map_or_else(String::new, |code| format!(" in the region `{code}`"));
            return Err(Error::new(
                Code::NotFound,
                format!("the organization `{organization}` has no secret sets{place}"),
            )
            .hint(format!(
                "create one with `pipecat cloud secrets set SET --file .env -o {organization}`"
            )));
        }
        Ok(Box::new(Sets { organization, sets }))
    }
}

/// The sets of an organization.
struct Sets {
    organization: String,
    sets: Vec<WithRaw<SecretSet>>,
}

impl Report for Sets {
    fn json(&self) -> Value {
        let sets: Vec<&Value> = self.sets.iter().map(|set| &set.raw).collect();
        json!({"secretSets": sets})
    }

    fn plain(&self) -> View {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let rows = self.sets.iter().map(|WithRaw { value: set, .. }| {
            let kind = if set.is_image_pull_secret() {
                "Image Pull Secret"
            } else {
                "Secret Set"
            };
            let tone = match set.status() {
                SetStatus::Failed => Tone::Striking,
                _ => Tone::Normal,
            };
            Row::new([
                set.name.clone(),
                text(&set.region),
                set.status.clone().unwrap_or_else(|| "unknown".to_owned()),
                kind.to_owned(),
                text(&set.source),
                text(&set.error),
            ])
            .with_tone(tone)
        });
        View::Table(Table::new(
            [
                Column::whole("Secret Set Name"),
                Column::whole("Region"),
                Column::whole("Status"),
                Column::spare("Type"),
                Column::spare("Source"),
                Column::text("Error"),
            ],
            rows,
        ))
    }

    fn title(&self) -> Option<String> {
        titled("secret sets", &self.organization)
    }
}

async fn keys(context: &Context, organization: &str, set: &str) -> Result<Box<dyn Report>> {
    let what = || format!("secret set `{set}`");
    let detail = match context.api()?.secret_set(organization, set).await {
        Err(error) if error.status() == Some(400) => {
            return Err(error.reworded(format!(
                "`{set}` cannot be listed: most likely it is an image pull secret, which has no keys"
            )));
        }
        detail => detail?,
    };
    match detail {
        Some(detail) => Ok(Box::new(Keys {
            organization: organization.to_owned(),
            set: set.to_owned(),
            detail,
        })),
        None => Err(missing(
            Error::new(Code::NotFound, String::new()),
            organization,
            &what(),
        )),
    }
}

/// The names of a set's keys.
struct Keys {
    organization: String,
    set: String,
    detail: WithRaw<SecretSetDetail>,
}

impl Report for Keys {
    fn json(&self) -> Value {
        self.detail.raw.clone()
    }

    fn plain(&self) -> View {
        let rows = self.detail.value.keys.iter().map(|key| Row::new([key]));
        View::Table(Table::new(["Key"], rows))
    }

    fn title(&self) -> Option<String> {
        titled(
            &format!("keys of the secret set `{}`", self.set),
            &self.organization,
        )
    }

    fn notes(&self) -> Vec<Note> {
        let set = &self.detail.value;
        let mut notes = Vec::new();
        if let Some(status) = &set.status {
            notes.push(Note::Plain(format!("the set is {status}")));
        }
        if let Some(error) = &set.error {
            notes.push(Note::Warning(error.clone()));
        }
        if set.keys.is_empty() {
            notes.push(Note::Plain("it has no keys".to_owned()));
        }
        notes
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::commands::odd::{changed, changes, check_table, config, rows};

    proptest! {
        #![proptest_config(config())]

        #[test]
        fn sets_keep_their_rows_and_each_says_how_it_stands(changes in changes()) {
            let one = json!({"name": "bot", "type": "secret", "region": "us-west",
                "status": "failed", "source": "managed", "errorMessage": "no"});
            let answer = changed(json!([one, one, one]), changes);
            let read = |raw: &Value| WithRaw { value: SecretSet::read(raw), raw: raw.clone() };
            let sets: Vec<_> = rows(&answer).iter().map(read).collect();
            let list = Sets { organization: String::from("acme"), sets };
            let lines = check_table(&list, rows(&answer).len(), 6)?;
            for line in &lines[1..] {
                let cells: Vec<&str> = line.split('\t').collect();
                prop_assert!(!cells[2].is_empty() && !cells[3].is_empty(), "{}", line);
            }
        }

        #[test]
        fn keys_keep_their_rows(changes in changes()) {
            let key = json!({"fieldName": "A"});
            let raw = json!({"secrets": [key, key, key], "region": "us-west", "status": "ready",
                "source": "managed", "errorMessage": "no"});
            let raw = changed(raw, changes);
            let count = rows(&raw["secrets"]).len();
            let detail = WithRaw { value: SecretSetDetail::read(&raw), raw };
            let [organization, set] = ["acme", "bot"].map(String::from);
            check_table(&Keys { organization, set, detail }, count, 1)?;
        }
    }
}
