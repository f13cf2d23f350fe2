//! `secrets set`.

use clap_complete::engine::ArgValueCompleter;
use serde_json::{Value, json};

use super::values::{Sources, Values};
use super::wait::Wait;
use super::{check_set, default_region, show_command};
use crate::api::SecretSetDetail;
use crate::commands::{Confirm, InOrganization, Run, invalid, known_region, listed, look_with};
use crate::completions;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::output::{Note, Report, View};

const EXAMPLES: &str = "\
Examples:
  pipecat cloud secrets set my-bot --file .env
  pipecat cloud secrets set my-bot OPENAI_API_KEY=sk-...
  pipecat cloud secrets set my-bot --ask OPENAI_API_KEY
  pipecat cloud secrets set my-bot --from-env OPENAI_API_KEY --yes   # in CI
  pipecat cloud secrets set my-bot --value-stdin TLS_KEY < key.pem

Exit status: 0 stored; 1 refused, or stored in part: you are told which keys; 2 there is no terminal to ask on, and no `--yes`";

/// Store keys and values in a secret set
///
/// Creates the set if there is none. Agents get the values with their next deploy. A file is read
/// as python-dotenv reads it, without expansion.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// The set
    #[arg(value_name = "SET", add = ArgValueCompleter::new(completions::secret_sets))]
    set: String,

    #[command(flatten)]
    sources: Sources,

    /// The region to create the set in
    #[arg(short = 'r', long, value_name = "CODE", add = ArgValueCompleter::new(completions::regions))]
    region: Option<String>,

    #[command(flatten)]
    wait: Wait,

    #[command(flatten)]
    confirm: Confirm,

    #[command(flatten)]
    organization: InOrganization,
}

impl Run for Args {
    async fn run(self, context: &Context) -> Result<Box<dyn Report>> {
        check_set(&self.set)?;
        let values = self.sources.collect(context).await?;
        let organization = context.organization().await?.value;
        let api = context.api()?;
        let set = self.set.as_str();
        let region = self.region.as_deref().filter(|code| !code.is_empty());
        let present = {
            let _progress = context.printer.progress("looking up the secret set");
            let known = async {
                match region {
                    Some(code) => known_region(context, &organization, code).await,
                    None => Ok(()),
                }
            };
            let (known, present) = tokio::join!(known, api.secret_set(&organization, set));
            known?;
            present.map_err(|error| not_a_set(error, set))?
        };
        let present = present.map(|present| present.value);
        if present
            .as_ref()
            .is_some_and(|present| present.is_referenced)
        {
            return Err(invalid(format!(
                "`{set}` refers to a secret in a cluster of yours, which holds its values"
            ))
            .hint("change them there, with kubectl"));
        }
        let mut place = present.as_ref().and_then(|present| present.region.clone());
        place = place.or_else(|| region.map(str::to_owned));
        if !self.confirm.is_settled() {
            if place.is_none() {
                place = default_region(context, &organization).await;
            }
            let question = question(
                &organization,
                set,
                place.as_deref(),
                &values,
                present.as_ref(),
            );
            let declined = "nothing was stored";
            self.confirm.or_ask(context, &question, declined).await?;
        }
        let stored = store(context, &organization, set, &values, region).await?;
        let set = Stored {
            action: if present.is_some() {
                "modified"
            } else {
                "created"
            },
            region: stored.or(place),
            keys: values.keys(),
            is_ready: self.wait.is_wanted(),
            set: self.set,
            organization,
        };
        self.wait
            .until_ready(context, &set.organization, &set.set)
            .await
            .map_err(|error| error.redacted(&values.redaction()))
            .map_err(|error| error.with_detail("stored", json!(set.keys)))?;
        Ok(Box::new(set))
    }
}

/// Says what a set that cannot be read most likely is.
fn not_a_set(error: Error, set: &str) -> Error {
    if error.status() != Some(400) {
        return error;
    }
    error
        .reworded(format!("`{set}` is most likely an image pull secret"))
        .hint("store its login with `pipecat cloud secrets image-pull-secret`")
}

/// The one question before anything is stored. No value is in it.
fn question(
    organization: &str,
    set: &str,
    region: Option<&str>,
    values: &Values,
    present: Option<&SecretSetDetail>,
) -> String {
    let there = present
        .map(|present| present.keys.as_slice())
        .unwrap_or_default();
    let (overwritten, new): (Vec<String>, Vec<String>) = values
        .keys()
        .into_iter()
        .partition(|key| there.contains(key));
    let mut parts = Vec::new();
    if !new.is_empty() {
        parts.push(format!("add {}", listed(&new)));
    }
    if !overwritten.is_empty() {
        parts.push(format!("overwrite {}", listed(&overwritten)));
    }
    let region = region.map_or_else(String::new, |region| format!(", region {region}"));
    let kind = if present.is_some() {
        "the secret set"
    } else {
        "a new secret set"
    };
    let what = parts.join(" and ");
    let what = what[..1].to_uppercase() + &what[1..];
    format!("{what} in {kind} {set} of {organization}{region}?")
}

/// Stores one key after the other. Gives the region that the service names.
async fn store(
    context: &Context,
    organization: &str,
    set: &str,
    values: &Values,
    region: Option<&str>,
) -> Result<Option<String>> {
    let api = context.api()?;
    let keys = values.keys();
    let mut place = None;
    for (number, pair) in values.iter().enumerate() {
        let (key, value) = pair;
        let (stored, not_stored) = keys.split_at(number);
        let _progress = context.printer.progress(&format!("storing {key}"));
        context.limit.restart();
        context.set_if_interrupted("stored", json!(stored));
        context.set_if_interrupted("notStored", json!(not_stored));
        context.set_last_words(if stored.is_empty() {
            format!("`{key}` may have been stored, and nothing else")
        } else {
            format!("{} are stored; `{key}` may be", listed(stored))
        });
        let answer = api
            .store_secret(organization, set, (key, value), region)
            .await;
        place = answer
            .map_err(|error| {
                let error = error
                    .context(&format!("`{key}` could not be stored in `{set}`"))
                    .with_detail("stored", json!(stored))
                    .with_detail("notStored", json!(not_stored));
                let error = match (stored.is_empty(), error.status()) {
                    (true, Some(400)) => error.hint(super::SET_RULE),
                    _ => error,
                };
                let told = if stored.is_empty() {
                    error.hint("nothing was stored")
                } else {
                    error.hint(format!(
                        "stored: {}; not stored: {}",
                        listed(stored),
                        listed(not_stored)
                    ))
                };
                look_with(told, &show_command(organization, set))
            })?
            .or(place);
    }
    Ok(place)
}

/// Keys are stored.
struct Stored {
    organization: String,
    set: String,
    region: Option<String>,
    action: &'static str,
    keys: Vec<String>,
    is_ready: bool,
}

impl Report for Stored {
    fn json(&self) -> Value {
        json!({
            "secretSet": self.set,
            "organization": self.organization,
            "region": self.region,
            "action": self.action,
            "keys": self.keys,
        })
    }

    fn plain(&self) -> View {
        let region = self.region.as_ref();
        let region = region.map_or_else(String::new, |region| format!(", region `{region}`"));
        View::Done(format!(
            "{} the secret set `{}` of `{}`{region}: {}",
            self.action,
            self.set,
            self.organization,
            listed(&self.keys)
        ))
    }

    fn notes(&self) -> Vec<Note> {
        let mut notes = vec![Note::Plain(
            "running agents get the values at their next deploy".to_owned(),
        )];
        if !self.is_ready {
            notes.push(Note::Plain(
                "the set is on its way to the region, which takes a few seconds; `--wait` waits for it"
                    .to_owned(),
            ));
        }
        notes
    }
}
