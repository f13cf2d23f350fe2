//! `pipecat cloud secrets`.

mod delete;
mod dotenv;
mod image_pull_secret;
mod key;
mod list;
mod reference;
mod set;
mod unset;
mod values;
mod wait;

use super::{invalid, noun};
use crate::context::Context;
use crate::error::{Code, Error, Result};

noun! {
    /// Secrets that agents get as environment variables, and credentials that pull images
    Secrets {
        List(list::Args),
        Set(set::Args),
        Unset(unset::Args),
        Delete(delete::Args),
        ImagePullSecret(image_pull_secret::Args),
        Reference(reference::Args),
    }
}

/// The form of a set's name, as the service has it.
const SET_RULE: &str = "a name has 3 to 63 of `a` to `z`, `0` to `9`, `-` and `.`, and begins and \
     ends with a letter or digit";

/// The command that shows how a set stands.
fn show_command(organization: &str, set: &str) -> String {
    format!("pipecat cloud secrets list {set} -o {organization}")
}

/// Says which set, or which key of it, is not there.
fn missing(error: Error, organization: &str, what: &str) -> Error {
    match error.code() {
        Code::NotFound => error
            .reworded(format!("the organization `{organization}` has no {what}"))
            .hint(format!(
                "list its sets with `pipecat cloud secrets list -o {organization}`"
            )),
        _ => error,
    }
}

/// Refuses the name of a set that no service would take.
fn check_set(name: &str) -> Result<()> {
    let is_end = |character: Option<char>| character.is_some_and(|one| one.is_ascii_alphanumeric());
    let is_allowed = |one: char| one.is_ascii_alphanumeric() || "-_.".contains(one);
    let mut characters = name.chars();
    let (first, last) = (characters.next(), name.chars().next_back());
    if is_end(first) && is_end(last) && name.chars().all(is_allowed) {
        return Ok(());
    }
    Err(invalid(format!("`{name}` is not a valid name for a secret set")).hint(SET_RULE))
}

/// The organization's region where nobody names one, if the service tells.
async fn default_region(context: &Context, organization: &str) -> Option<String> {
    let properties = context.api().ok()?.properties(organization).await.ok()?;
    let region = properties.get("defaultRegion")?.as_str()?;
    Some(region.to_owned())
}
