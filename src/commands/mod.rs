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

use std::convert::Infallible;
use std::time::Duration;

use clap_complete::engine::ArgValueCompleter;
use secrecy::SecretString;

use crate::api::{Organization, Region};
use crate::completions;
use crate::context::Context;
use crate::error::{Code, Error, Result};
use crate::http::authority;
use crate::limit::{self, optional};
use crate::output::{Field, Note, Report, Row, Table, View, quoted, shell_word};
use crate::project::DeployFile;
use crate::project::values::is_repository;
use crate::settings::{Key, Setting, Source};
use crate::text::nearest;

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

/// To who is turned away from an organization, the one of theirs that may be meant.
pub async fn suggest_organization(context: &Context, error: Error) -> Error {
    let Ok(Some(named)) = context.settings.get(Key::Org) else {
        return error;
    };
    let Ok(api) = context.api() else {
        return error;
    };
    let organizations = optional(api.organizations()).await.unwrap_or_default();
    let own = organizations.iter().map(|one| &one.value);
    match meant(&named, own) {
        Some(hint) => error.hint(hint),
        None => error,
    }
}

/// To who may have asked another host than the one that is meant, where its address comes from.
pub fn explain_host(context: &Context, error: Error) -> Error {
    let settings = &context.settings;
    let (Ok(url), Ok(Some(host))) = (settings.api_host(), settings.get(Key::ApiHost)) else {
        return error;
    };
    let authority = authority(&url);
    if error.doubtful_host() != Some(authority.as_str()) || host.source == Source::Default {
        return error;
    }
    error.hint(format!("`{authority}` comes from {}", host.source))
}

/// Which of the account's organizations may be meant by a name that is none of theirs: the one that
/// people call so, or the one whose name is most like it.
fn meant<'a>(
    named: &Setting,
    own: impl Iterator<Item = &'a Organization> + Clone,
) -> Option<String> {
    let name = named.value.trim();
    let called_so =
        |one: &&Organization| one.verbose_name.trim().to_lowercase() == name.to_lowercase();
    let usable = own.filter(|one| one.is_usable() && one.name != named.value);
    let called_so: Vec<&Organization> = usable.clone().filter(called_so).collect();
    match called_so[..] {
        [one] => {
            let use_it = match named.source {
                Source::Environment(variable) => format!("set `{variable}` to that"),
                _ => format!("name it with `-o {}`", one.name),
            };
            let Organization { verbose_name, name } = one;
            let (called, name) = (quoted(verbose_name), quoted(name));
            Some(format!("{called} is called {name} here: {use_it}"))
        }
        [] => {
            let nearest = nearest(name, usable.map(|one| one.name.as_str()));
            nearest.map(|name| format!("did you mean {}?", quoted(name)))
        }
        _ => {
            let all: Vec<String> = called_so.iter().map(|one| quoted(&one.name)).collect();
            Some(format!("{} could be {}", quoted(name), all.join(" or ")))
        }
    }
}

/// What to say where the account is no member of the active organization.
fn not_a_member<'a>(
    active: &Setting,
    own: impl Iterator<Item = &'a Organization> + Clone,
) -> Vec<Note> {
    let Setting { value, source } = active;
    let warning = Note::Warning(format!(
        "you are not a member of the active organization `{value}` (from {source})"
    ));
    let hint = match source {
        Source::Environment(name) => format!("set `{name}` to another one, or unset it"),
        _ => "choose another with `pipecat cloud organizations select`".to_owned(),
    };
    let meant = meant(active, own).map(Note::Hint);
    [Some(warning), meant, Some(Note::Hint(hint))]
        .into_iter()
        .flatten()
        .collect()
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
