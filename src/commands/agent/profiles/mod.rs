//! `pipecat cloud agent profiles`.

mod create;
mod disable;
mod enable;
mod list;
mod update;

use serde_json::{Value, json};

use crate::api::ProfileChange;
use crate::commands::{invalid, look_with, noun};
use crate::context::Context;
use crate::error::{Code, Error, Result};
use crate::http::check_segment;
use crate::output::{Note, Report, View};
use crate::project::values::is_positive_quantity;

noun! {
    /// Agent profiles: how much of a machine an agent gets
    Profiles {
        List(list::Args),
        Create(create::Args),
        Update(update::Args),
        Disable(disable::Args),
        Enable(enable::Args),
    }
}

/// The command that shows the profiles.
fn list_command(organization: &str) -> String {
    format!("pipecat cloud agent profiles list -o {organization}")
}

/// Processor time and memory, as Kubernetes writes them.
fn check_resources((cpu, memory): (&str, &str)) -> Result<()> {
    for (option, quantity) in [("--cpu", cpu), ("--memory", memory)] {
        if !is_positive_quantity(quantity) {
            return Err(invalid(format!(
                "`{quantity}` is not a valid quantity for `{option}`"
            ))
            .hint(
                "quantities look like `500m` or `2` for CPU, and `1Gi` or `512Mi` for \
                     memory",
            ));
        }
    }
    Ok(())
}

/// Changes a profile, and tells what has been done to it in a word.
async fn change(
    context: &Context,
    name: String,
    change: &ProfileChange<'_>,
    done: &'static str,
) -> Result<Changed> {
    check_segment(&name)?;
    let organization = context.organization().await?.value;
    let _progress = context.printer.progress("changing the agent profile");
    context.set_last_words(format!("the agent profile `{name}` may have been changed"));
    let api = context.api()?;
    let answer = api.change_agent_profile(&organization, &name, change).await;
    let answer = answer.map_err(|error| {
        let error = look_with(error, &list_command(&organization));
        match error.code() {
            Code::NotFound => error
                .reworded(format!(
                    "the organization `{organization}` has no agent profile `{name}`"
                ))
                .hint(format!("list them with `{}`", list_command(&organization))),
            _ => read_only(error),
        }
    })?;
    Ok(Changed {
        done: format!("{done} the agent profile `{name}`"),
        name,
        answer,
        notes: Vec::new(),
    })
}

/// What a refusal may mean for a profile.
fn read_only(error: Error) -> Error {
    match error.code() {
        Code::NotAMember => error.hint("the platform's own profiles cannot be changed"),
        _ => error,
    }
}

/// A profile is new, or other than before.
struct Changed {
    done: String,
    name: String,
    /// What the service answered, if that is anything.
    answer: Option<Value>,
    notes: Vec<Note>,
}

impl Report for Changed {
    fn json(&self) -> Value {
        let answer = self.answer.clone();
        answer.unwrap_or_else(|| json!({"agentProfile": {"api_name": self.name}}))
    }

    fn plain(&self) -> View {
        View::Done(self.done.clone())
    }

    fn notes(&self) -> Vec<Note> {
        self.notes.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quantity_is_a_number_with_a_unit_and_more_than_nothing() {
        for text in ["1", "0.5", "500m", "1Gi", "12.25E", "007", "1k", "0.0001"] {
            assert!(is_positive_quantity(text), "{text}");
        }
        for text in [
            "", "0", "0.0", "0m", "00", "-1", "+1", "1.", ".5", "1.5.2", "1 Gi", "1gi", "1K",
            "1KiB", "1e3", "1Gi\n", "٣", "m", "NaN",
        ] {
            assert!(!is_positive_quantity(text), "{text}");
        }
    }
}
