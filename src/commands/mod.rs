//! The commands: a folder a noun, a file a verb.
//!
//! A verb is one file with its arguments (whose doc comments are the help), its examples, what it
//! does ([`Run`]), and its report. In its noun it is one line. It prints nothing.

#![allow(clippy::doc_markdown, reason = "backticks would stand in the help")]

pub mod agent;
pub mod api;
pub mod auth;
pub mod build;
pub mod deploy;
pub mod docker;
pub mod github;
mod input;
#[cfg(test)]
mod odd;
pub mod organizations;
pub mod regions;
pub mod secrets;
pub mod spend_limit;
mod whereabouts;

use std::convert::Infallible;
use std::time::Duration;

use clap_complete::engine::ArgValueCompleter;
use secrecy::SecretString;

use crate::api::Region;
use crate::completions;
use crate::context::Context;
use crate::error::{Code, Error, Result};
use crate::limit;
use crate::output::{Field, Note, Report, Row, Table, View, quoted, shell_word};
use crate::project::DeployFile;
use crate::project::values::is_repository;
use crate::settings::Key;
use crate::text::nearest;
pub use whereabouts::{explain_host, suggest_organization};
use whereabouts::{meant, not_a_member};

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
    /// It shows what stands there, whether or not anybody could go by it.
    Shown,
    /// It puts a new one in the place of one that is malformed.
    Replaced,
    /// Nothing.
    Unused,
}

impl ConfigUse {
    /// Whether a setting that makes no sense ends the command before it begins.
    #[must_use]
    pub fn depends_on_settings(self) -> bool {
        matches!(self, Self::Needed | Self::Replaced)
    }
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
        #[allow(clippy::large_enum_variant, reason = "a run has one of it")]
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
                    $(Self::$verb(verb) => Box::pin(verb.run(context)).await),+
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
pub(crate) use noun;

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

/// Whether the question before something that cannot be undone is settled beforehand.
#[derive(Debug, clap::Args)]
pub struct Confirm {
    /// Do not ask for confirmation
    #[arg(short = 'y', long, alias = "skip", short_alias = 's')]
    yes: bool,
}

impl Confirm {
    /// Whether it is.
    fn is_settled(&self) -> bool {
        self.yes
    }

    /// Goes on if it is settled, or the person says yes. `declined` is what has not happened.
    async fn or_ask(&self, context: &Context, question: &str, declined: &str) -> Result<()> {
        if self.yes || context.prompt.confirm(question, "`--yes`").await? {
            return Ok(());
        }
        Err(Error::new(Code::Declined, declined))
    }
}

/// The title of a result that is about this in that organization.
#[allow(clippy::unnecessary_wraps, reason = "it is what `Report::title` gives")]
fn titled(what: &str, organization: &str) -> Option<String> {
    Some(format!("{what} of the organization `{organization}`"))
}

/// The properties of one thing as rows, as the official CLI has them.
fn field_rows(fields: Vec<Field>) -> View {
    let rows = fields.into_iter();
    let rows = rows.map(|field| Row::new([field.label, &field.value]));
    View::Table(Table::new(["Field", "Value"], rows))
}

/// Kept from being shown from the first moment on.
#[allow(clippy::unnecessary_wraps, reason = "a parser may fail")]
fn secret(text: &str) -> Result<SecretString, Infallible> {
    Ok(text.into())
}

/// A value that is refused before the service is asked.
fn invalid(message: impl Into<String>) -> Error {
    Error::new(Code::InvalidInput, message)
}

/// The error of a write, with the command that shows how things stand where nobody knows whether it
/// was carried out.
fn look_with(error: Error, command: &str) -> Error {
    if error.is_in_doubt() {
        return error.hint(format!("check with `{command}`"));
    }
    error
}

/// The code of a region, if it is one that the organization may use.
async fn known_region(context: &Context, organization: &str, code: &str) -> Result<()> {
    let regions = context.api()?.regions(organization).await?.value;
    if regions.iter().any(|region| region.code == code) {
        return Ok(());
    }
    Err(unknown_region(organization, code, &regions))
}

/// The error for a region that is none of an organization's.
fn unknown_region(organization: &str, code: &str, regions: &[Region]) -> Error {
    let codes: Vec<&str> = regions.iter().map(|region| region.code.as_str()).collect();
    let error = invalid(format!(
        "the organization `{organization}` has no region `{code}`"
    ));
    let error = match nearest(code, codes.iter().copied()) {
        Some(nearest) => error.hint(format!("did you mean {}?", quoted(nearest))),
        None => error,
    };
    if codes.is_empty() {
        error.hint("this organization has no regions yet")
    } else {
        error.hint(format!("its regions are {}", listed(&codes)))
    }
}

/// Names in a sentence.
fn listed(names: &[impl AsRef<str>]) -> String {
    let names = names.iter().map(|name| quoted(name.as_ref()));
    names.collect::<Vec<_>>().join(", ")
}

/// A repository as `owner/name`.
fn repository(text: &str) -> Result<(&str, &str)> {
    match text.split_once('/') {
        Some(parts) if is_repository(text) => Ok(parts),
        _ => Err(invalid(format!("`{text}` is not of the form OWNER/REPO"))
            .hint("for example, `acme/voice-bot`")),
    }
}

/// A warning for each variable that overrides what has just been stored in the file.
fn overridden(context: &Context, stored: &[(Key, &str)]) -> Vec<Note> {
    let overrides = context.settings.overridden(stored).into_iter();
    overrides
        .map(|key| {
            Note::Warning(format!(
                "`{}` is set and overrides `{}` in the file; unset it to use the file",
                key.variable(),
                key.name()
            ))
        })
        .collect()
}

/// The name of something new, as it was given or is answered to `question`. A blank one that was
/// given is a wrong command line; a question is asked again.
async fn name_of(
    what: &str,
    given: Option<String>,
    context: &Context,
    question: &str,
) -> Result<String> {
    let option = "`--name NAME`";
    match given {
        None => context.prompt.text(question, option).await,
        Some(name) if name.trim().is_empty() => {
            let error = Error::new(Code::Usage, format!("{what} needs a name"));
            Err(error.hint(format!("give one with {option}")))
        }
        Some(name) => Ok(name),
    }
}

/// What is worth a warning in a deploy file, with its place.
fn warnings_of(file: &DeployFile) -> impl Iterator<Item = Note> {
    file.warnings.iter().map(|warning| match &warning.file {
        Some(file) => Note::WarningIn(file.clone(), warning.place, warning.to_string()),
        None => Note::Warning(warning.to_string()),
    })
}
