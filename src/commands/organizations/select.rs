//! `organizations select`.

use clap_complete::engine::ArgValueCompleter;
use serde_json::{Value, json};

use crate::api::Organization;
use crate::commands::{Run, meant, overridden};
use crate::completions;
use crate::context::Context;
use crate::error::{Code, Error, Result};
use crate::output::{Note, Report, View};
use crate::settings::{Key, Setting, Source};
use crate::store::{OnMalformed, keys};

const EXAMPLES: &str = "\
Examples:
  pipecat cloud organizations select           # from a list
  pipecat cloud organizations select -o my-team";

/// Choose the organization that commands work in
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// The organization to make active. Without it, choose from a list
    #[arg(
        short = 'o',
        long = "organization",
        visible_alias = "org",
        value_name = "ORG",
        add = ArgValueCompleter::new(completions::organizations)
    )]
    choice: Option<String>,
}

/// Another organization is active.
struct Selected {
    organization: Organization,
    path: String,
    notes: Vec<Note>,
}

impl Run for Args {
    async fn run(self, context: &Context) -> Result<Box<dyn Report>> {
        let mut organizations: Vec<Organization> = {
            let _progress = context.printer.progress("listing your organizations");
            let organizations = context.api()?.organizations().await?;
            organizations.into_iter().map(|one| one.value).collect()
        };
        if organizations.is_empty() {
            return Err(context.no_organizations());
        }
        let chosen = match self.choice.filter(|name| !name.trim().is_empty()) {
            Some(name) => match organizations.iter().position(|one| one.name == name) {
                Some(index) => organizations.swap_remove(index),
                None => return Err(not_a_member(&name, &organizations)),
            },
            None => ask(context, organizations).await?,
        };
        if !chosen.is_usable() {
            return Err(Error::new(
                Code::UnexpectedResponse,
                "the service gave the organization a name that cannot be used",
            ));
        }
        context
            .edit(OnMalformed::Fail, |document| {
                document.set(keys::ORG, chosen.name.as_str())
            })
            .await?;
        Ok(Box::new(Selected {
            notes: overridden(context, &[(Key::Org, &chosen.name)]),
            organization: chosen,
            path: context.store.path().display().to_string(),
        }))
    }
}

fn not_a_member(name: &str, organizations: &[Organization]) -> Error {
    let error = Error::new(
        Code::NotFound,
        format!("you are not a member of any organization named `{name}`"),
    );
    let named = Setting {
        value: name.to_owned(),
        source: Source::Option("--organization"),
    };
    match meant(&named, organizations.iter()) {
        Some(hint) => error.hint(hint),
        None => error,
    }
    .hint("run `pipecat cloud organizations list` to see yours")
}

async fn ask(context: &Context, mut organizations: Vec<Organization>) -> Result<Organization> {
    let active = context.settings.get(Key::Org)?.map(|active| active.value);
    let is_active = |one: &Organization| active.as_ref() == Some(&one.name);
    let start = organizations.iter().position(is_active).unwrap_or_default();
    let labels: Vec<String> = organizations
        .iter()
        .map(|one| {
            let mark = if is_active(one) { ", active" } else { "" };
            format!("{}{mark}", one.label())
        })
        .collect();
    let question = "Which organization should commands work in?";
    let index = context
        .prompt
        .select(question, &labels, start, "`--organization ORG`")
        .await?;
    Ok(organizations.swap_remove(index))
}

impl Report for Selected {
    fn json(&self) -> Value {
        json!({
            "organization": self.organization.to_json(),
            "configPath": self.path,
        })
    }

    fn plain(&self) -> View {
        View::Done(format!(
            "the active organization is now {}",
            self.organization.label()
        ))
    }

    fn notes(&self) -> Vec<Note> {
        self.notes.clone()
    }
}
