//! `organizations registry-keys list`.

use std::time::SystemTime;

use serde_json::{Value, json};

use crate::api::{RegistryKey, WithRaw};
use crate::commands::{InOrganization, Run, titled};
use crate::context::Context;
use crate::error::Result;
use crate::output::{Column, Note, Report, Row, Table, Tone, View, ago, day};

/// States of keys that are no more. A state that this program does not know is shown.
const DEAD: [&str; 2] = ["revoked", "expired"];

const EXAMPLES: &str = "\
Examples:
  pipecat cloud organizations registry-keys list
  pipecat cloud organizations registry-keys list --all";

/// List the registry keys, without the keys themselves
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// Revoked and expired keys, too
    #[arg(long)]
    all: bool,

    #[command(flatten)]
    organization: InOrganization,
}

/// Registry keys.
struct List {
    organization: String,
    keys: Vec<WithRaw<RegistryKey>>,
    hidden: usize,
    now: SystemTime,
}

impl Run for Args {
    async fn run(self, context: &Context) -> Result<Box<dyn Report>> {
        let organization = context.organization().await?.value;
        let _progress = context.printer.progress("listing the registry keys");
        let mut keys = context.api()?.registry_keys(&organization).await?;
        let all = keys.len();
        if !self.all {
            keys.retain(|key| !DEAD.contains(&key.value.status()));
        }
        let hidden = all - keys.len();
        Ok(Box::new(List {
            organization,
            keys,
            hidden,
            now: context.settings.environment().now(),
        }))
    }
}

impl Report for List {
    fn json(&self) -> Value {
        let keys: Vec<&Value> = self.keys.iter().map(|key| &key.raw).collect();
        json!({"keys": keys, "hidden": self.hidden})
    }

    fn plain(&self) -> View {
        self.table(str::to_owned, str::to_owned, str::to_owned)
    }

    fn rich(&self) -> View {
        self.table(day, |time| ago(time, self.now), capitalized)
    }

    fn title(&self) -> Option<String> {
        titled("registry keys", &self.organization)
    }

    fn notes(&self) -> Vec<Note> {
        let note = match (self.keys.len(), self.hidden) {
            (0, 0) => "there are no registry keys".to_owned(),
            (_, 0) => return Vec::new(),
            (_, hidden) => format!("not shown: {hidden} revoked or expired; `--all` shows them"),
        };
        vec![Note::Plain(note)]
    }
}

impl List {
    /// The keys, with the times when they were made and used, and what they are now, in a form of
    /// the caller's choice.
    fn table(
        &self,
        made: impl Fn(&str) -> String,
        used: impl Fn(&str) -> String,
        status: impl Fn(&str) -> String,
    ) -> View {
        let rows = self.keys.iter().map(|WithRaw { value: key, .. }| {
            let tone = if DEAD.contains(&key.status()) {
                Tone::Faded
            } else {
                Tone::Normal
            };
            let known = |text: &Option<String>| match text.as_deref() {
                None | Some("") => "—".to_owned(),
                Some(text) => text.to_owned(),
            };
            Row::new([
                key.id.clone(),
                known(&key.name),
                known(&key.key_prefix),
                known(&key.created_at.as_deref().map(&made)),
                known(&key.last_used_at.as_deref().map(&used)),
                status(key.status()),
                known(&key.region),
            ])
            .with_tone(tone)
        });
        View::Table(Table::new(
            [
                Column::whole("ID"),
                Column::text("Name"),
                Column::whole("Prefix"),
                Column::spare("Created"),
                Column::spare("Last used"),
                Column::whole("Status"),
                Column::spare("Region"),
            ],
            rows,
        ))
    }
}

/// A state as the other lists have it.
fn capitalized(state: &str) -> String {
    let mut rest = state.chars();
    let first = rest.next().map(|first| first.to_uppercase().to_string());
    first.unwrap_or_default() + rest.as_str()
}
