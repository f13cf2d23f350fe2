//! The commands: a folder a noun, a file a verb.
//!
//! A verb is one file with its arguments (whose doc comments are the help), its examples, what it
//! does ([`Run`]), and its report. In its noun it is one line. It prints nothing.

#![allow(clippy::doc_markdown, reason = "backticks would stand in the help")]

pub mod auth;
pub mod organizations;

use std::time::Duration;

use clap_complete::engine::ArgValueCompleter;

use crate::completions;
use crate::context::Context;
use crate::error::{Code, Error, Result};
use crate::limit;
use crate::output::{Note, Report};
use crate::settings::{Key, Setting, Source};

/// What a command line asks for: a verb's arguments, or a noun's choice of one.
#[allow(async_fn_in_trait, reason = "commands run on one thread")]
pub trait Run: Sized {
    /// What becomes of the command where the configuration file cannot be read.
    fn config_use(&self) -> ConfigUse {
        ConfigUse::Needed
    }

    /// What all its waiting for the network may take together; `None` for a command that waits by
    /// nature and states its own limits.
    fn time_limit(&self) -> Option<Duration> {
        Some(limit::DEFAULT)
    }

    /// Does it.
    ///
    /// # Errors
    /// Those of the command.
    async fn run(self, context: &Context) -> Result<Box<dyn Report>>;
}

/// What a command wants of the configuration file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConfigUse {
    /// It goes by what stands there.
    Needed,
    /// It puts a new one in the place of one that is malformed.
    Replaced,
    /// Nothing.
    Unused,
}

/// An enumeration of subcommands, each a line: what clap's `Subcommand` is derived for, and what
/// passes each on to its arguments' [`Run`].
macro_rules! subcommands {
    (
        $(#[$attribute:meta])*
        $visibility:vis enum $name:ident {
            $($(#[$of_verb:meta])* $verb:ident($arguments:ty)),+ $(,)?
        }
    ) => {
        $(#[$attribute])*
        #[derive(Debug, clap::Subcommand)]
        $visibility enum $name {
            $($(#[$of_verb])* $verb($arguments)),+
        }

        impl $crate::commands::Run for $name {
            fn config_use(&self) -> $crate::commands::ConfigUse {
                match self {
                    $(Self::$verb(verb) => verb.config_use()),+
                }
            }

            fn time_limit(&self) -> Option<std::time::Duration> {
                match self {
                    $(Self::$verb(verb) => verb.time_limit()),+
                }
            }

            async fn run(
                self,
                context: &$crate::context::Context,
            ) -> $crate::error::Result<Box<dyn $crate::output::Report>> {
                match self {
                    $(Self::$verb(verb) => verb.run(context).await),+
                }
            }
        }
    };
}
pub(crate) use subcommands;

/// A noun with its verbs, a line each: all that there is to write for a verb outside of its own
/// file. A noun is a verb of the noun above it.
macro_rules! noun {
    (
        $(#[$attribute:meta])*
        $noun:ident { $($verbs:tt)+ }
    ) => {
        $(#[$attribute])*
        #[derive(Debug, clap::Args)]
        #[command(subcommand_required = false, arg_required_else_help = false)]
        pub struct $noun {
            #[command(subcommand)]
            verb: Verb,
        }

        $crate::commands::subcommands! {
            enum Verb { $($verbs)+ }
        }

        impl $crate::commands::Run for $noun {
            fn config_use(&self) -> $crate::commands::ConfigUse {
                self.verb.config_use()
            }

            fn time_limit(&self) -> Option<std::time::Duration> {
                self.verb.time_limit()
            }

            async fn run(
                self,
                context: &$crate::context::Context,
            ) -> $crate::error::Result<Box<dyn $crate::output::Report>> {
                self.verb.run(context).await
            }
        }
    };
}
use noun;

/// How [`InOrganization`]'s option is called within this program.
pub const ORGANIZATION_OPTION: &str = "organization";

/// What every command that works in an organization takes. It is read through the settings, where
/// it beats the environment and the file.
#[derive(Debug, clap::Args)]
pub struct InOrganization {
    /// The organization to work in, instead of the active one [env: PIPECAT_ORG]
    #[arg(short = 'o', long, visible_alias = "org", value_name = "ORG",
        add = ArgValueCompleter::new(completions::organizations))]
    organization: Option<String>,
}

/// To who is turned away from an organization, the one of theirs that is most like it.
pub async fn suggest_organization(context: &Context, error: Error) -> Error {
    let Ok(Some(named)) = context.settings.get(Key::Org) else {
        return error;
    };
    let Ok(api) = context.api() else {
        return error;
    };
    let organizations = api.organizations().await.unwrap_or_default();
    let own = organizations.iter().map(|one| one.value.name.as_str());
    match nearest(&named.value, own) {
        Some(nearest) if nearest != named.value => error.hint(format!("did you mean `{nearest}`?")),
        _ => error,
    }
}

/// What to say where the account is no member of the active organization.
fn not_a_member(active: &Setting) -> [Note; 2] {
    let Setting { value, source } = active;
    let hint = match source {
        Source::Environment(name) => format!("name another in `{name}`, or unset it"),
        _ => "choose another with `pipecat cloud organizations select`".to_owned(),
    };
    [
        Note::Warning(format!(
            "you are not a member of the active organization `{value}` (from {source})"
        )),
        Note::Hint(hint),
    ]
}

/// A warning for each variable that overrides what has just been stored in the file.
fn overridden(context: &Context, stored: &[(Key, &str)]) -> Vec<Note> {
    let overrides = context.settings.overridden(stored).into_iter();
    overrides
        .map(|key| {
            Note::Warning(format!(
                "`{}` is set and overrides `{}` in the file; unset it to use the file's",
                key.variable(),
                key.name()
            ))
        })
        .collect()
}

/// The name of something new, as it was given or is answered to `question`. A blank one is a wrong
/// command line where it was given, and no answer where it was asked for.
async fn name_of(
    what: &str,
    given: Option<String>,
    context: &Context,
    question: &str,
) -> Result<String> {
    let option = "`--name NAME`";
    let (name, if_blank) = match given {
        Some(name) => (name, Code::Usage),
        None => (context.prompt.text(question, option).await?, Code::Declined),
    };
    if name.trim().is_empty() {
        let error = Error::new(if_blank, format!("{what} needs a name"));
        return Err(error.hint(format!("give one with {option}")));
    }
    Ok(name)
}

/// The one of `names` that is most like `name`, if one is like it at all.
fn nearest<'a>(name: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let alike = names.map(|other| (strsim::jaro_winkler(name, other), other));
    let (likeness, other) = alike.max_by(|one, other| one.0.total_cmp(&other.0))?;
    (likeness > LIKE).then_some(other)
}

/// From here on, two names are taken for the same one, mistyped. 1 is the same name.
const LIKE: f64 = 0.8;

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_mistyped_name_finds_its_nearest() {
        let names = ["acme", "ada-personal", "team.with.dots"];
        let nearest = |name| nearest(name, names.into_iter());
        assert_eq!(nearest("acne"), Some("acme"));
        assert_eq!(nearest("ada-persnal"), Some("ada-personal"));
        assert_eq!(nearest("xyz"), None);
        assert_eq!(super::nearest("acme", std::iter::empty()), None);
    }
}
