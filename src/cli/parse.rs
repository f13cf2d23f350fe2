//! From the words of the command line to something to do, or to what the parser answers itself.

use std::ffi::OsString;
use std::process::ExitCode;

use clap::builder::StyledStr;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{ArgMatches, Command, FromArgMatches as _};

use super::mistake::{Advice, explain};
use super::{Cloud, Pipecat, PipecatCommand, short_name, show_config::ShowConfig, tree};
use crate::commands::ORGANIZATION_OPTION;
use crate::error::{Error, Result};
use crate::official::{self, CommandLevel, Official};
use crate::output::Mode;
use crate::settings::{Choice as _, Overrides};

/// What the command line turned out to be.
#[allow(clippy::large_enum_variant, reason = "a run has one of it")]
pub enum Parsed {
    /// Something to do.
    Invocation(Invocation),
    /// A command of the official CLI, or of nobody.
    External {
        /// What to hand over to it, after its name.
        line: Vec<OsString>,
        /// What to say where it is not there.
        otherwise: Reply,
    },
    /// Something that is answered without doing anything.
    Reply(Reply),
}

/// Something to do.
pub struct Invocation {
    /// The command.
    pub command: PipecatCommand,
    /// What the command line says over every other setting.
    pub overrides: Overrides,
}

/// What is answered without doing anything.
pub enum Reply {
    /// Help that was asked for.
    Help(clap::Error),
    /// `--version`.
    Version,
    /// The command line is wrong.
    Refused(Error),
    /// A group without a command, which is answered with its help.
    Missing {
        /// The help.
        help: StyledStr,
        /// Whether it is the program itself that was called so, or `cloud`.
        is_top: bool,
    },
    /// Another program has done it, or could not be started.
    HandedOver(Result<ExitCode>),
}

/// Reads the command line, the program's own name first.
#[must_use]
pub fn parse(arguments: &[OsString], official: &Official) -> Parsed {
    let short_name = short_name(arguments.first().map(OsString::as_os_str));
    let arguments = &spelled_out(arguments, short_name.is_some());
    let mut tree = tree(short_name);
    let matches = match tree.try_get_matches_from_mut(arguments) {
        Ok(matches) => matches,
        Err(error) => return not_ours(error, arguments, short_name, official),
    };
    let (group, deepest) = deepest(&tree, &matches);
    // Blank counts as absent, as in `-o "$ORG"` of a script where nobody has set it.
    let text = |id: &str| {
        let given = deepest.try_get_one::<String>(id).ok().flatten();
        given.filter(|value| !value.trim().is_empty()).cloned()
    };
    let overrides = Overrides {
        organization: text(ORGANIZATION_OPTION),
        // `spend-limit show --json`, which the official CLI has.
        output: match deepest.try_get_one("json") {
            Ok(Some(true)) => Some("json".to_owned()),
            _ => text("output").or_else(|| {
                // A command that takes anything takes this too.
                let anything = deepest.try_get_many::<OsString>("anything").ok()??;
                output_option(&anything.cloned().collect::<Vec<_>>())
            }),
        },
    };
    if matches!(deepest.try_get_one("show_cli_config"), Ok(Some(true))) {
        return Parsed::Invocation(Invocation {
            command: PipecatCommand::ShowConfig(ShowConfig {}),
            overrides,
        });
    }
    if group.has_subcommands() {
        let with_official = official.in_help(tree, short_name.is_some());
        let (group, _) = self::deepest(&with_official, &matches);
        let is_top = matches
            .subcommand()
            .is_none_or(|(name, below)| name == "cloud" && below.subcommand().is_none());
        return Parsed::Reply(Reply::Missing {
            help: group.clone().render_help(),
            is_top,
        });
    }
    let command = match short_name {
        Some(_) => Cloud::from_arg_matches(&matches).map(PipecatCommand::Cloud),
        None => Pipecat::from_arg_matches(&matches).map(|pipecat| pipecat.command),
    };
    match command {
        Ok(command) => Parsed::Invocation(Invocation { command, overrides }),
        Err(mistake) => not_ours(mistake, arguments, short_name, official),
    }
}

/// Options of `deploy` that are whole words with one dash, and what they are called otherwise.
const SINGLE_DASH: [(&str, &str); 3] = [
    ("-min", "--min-agents"),
    ("-max", "--max-agents"),
    ("-nc", "--no-credentials"),
];

/// The same command line with such options written out, up to `--`.
fn spelled_out(arguments: &[OsString], cloud_is_implied: bool) -> Vec<OsString> {
    const COMMAND: &str = "deploy";
    let mut words = arguments.to_vec();
    if level_of(COMMAND, arguments, cloud_is_implied) != Some(CommandLevel::Cloud) {
        return words;
    }
    let after = words.iter_mut().skip_while(|word| *word != COMMAND);
    for word in after.take_while(|word| *word != "--") {
        let Some(text) = word.to_str() else {
            continue;
        };
        let (name, value) = match text.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (text, None),
        };
        let Some((_, long)) = SINGLE_DASH.iter().find(|(short, _)| *short == name) else {
            continue;
        };
        *word = match value {
            Some(value) => format!("{long}={value}").into(),
            None => long.into(),
        };
    }
    words
}

/// What the parser could do nothing with.
fn not_ours(
    error: clap::Error,
    arguments: &[OsString],
    short_name: Option<&'static str>,
    official: &Official,
) -> Parsed {
    match error.kind() {
        ErrorKind::DisplayVersion => Parsed::Reply(Reply::Version),
        // Again, with the commands of the official CLI, which are looked for only now.
        ErrorKind::DisplayHelp => {
            let mut tree = official.in_help(tree(short_name), short_name.is_some());
            let again = tree.try_get_matches_from_mut(arguments);
            Parsed::Reply(Reply::Help(again.err().unwrap_or(error)))
        }
        ErrorKind::InvalidSubcommand => unknown_command(&error, arguments, short_name, official),
        _ => Parsed::Reply(Reply::Refused(explain(
            &error,
            &advice(&error, arguments, short_name),
        ))),
    }
}

/// A command that is not ours is the official CLI's, unless it is one of ours, mistyped.
fn unknown_command(
    mistake: &clap::Error,
    arguments: &[OsString],
    short_name: Option<&'static str>,
    official: &Official,
) -> Parsed {
    let name = match mistake.get(ContextKind::InvalidSubcommand) {
        Some(ContextValue::String(name)) => name.clone(),
        _ => String::new(),
    };
    let level = level_of(&name, arguments, short_name.is_some());
    let missing = level.and_then(|level| official.missing(&name, level));
    let advice = advice(mistake, arguments, short_name);
    let otherwise = match missing {
        Some(missing) => Reply::Refused(missing),
        None if level.is_none() || advice.is_ours() => {
            return Parsed::Reply(Reply::Refused(explain(mistake, &advice)));
        }
        None => Reply::Refused(explain(mistake, &advice)),
    };
    let implied = short_name.map(|_| OsString::from("cloud"));
    let line = implied.into_iter().chain(arguments.iter().skip(1).cloned());
    Parsed::External {
        line: line.collect(),
        otherwise,
    }
}

/// What may have been meant where the parser has found a mistake.
fn advice(
    mistake: &clap::Error,
    arguments: &[OsString],
    short_name: Option<&'static str>,
) -> Advice {
    let mut foreign = official::commands();
    if short_name.is_some() {
        foreign.retain(|path| path[0] == "cloud");
        for path in &mut foreign {
            path.remove(0);
        }
    }
    Advice::new(mistake, &tree(short_name), &foreign, arguments)
}

/// The level on which `name` stands, if it is one where the official CLI has commands.
fn level_of(name: &str, arguments: &[OsString], cloud_is_implied: bool) -> Option<CommandLevel> {
    let mut words = arguments.iter().skip(1).filter_map(|word| word.to_str());
    let mut level = if cloud_is_implied {
        CommandLevel::Cloud
    } else {
        CommandLevel::Top
    };
    loop {
        match words.next()? {
            "--output" => {
                words.next();
            }
            "cloud" if level == CommandLevel::Top => level = CommandLevel::Cloud,
            word if word == name => return Some(level),
            option if option.starts_with('-') => {}
            _ => return None,
        }
    }
}

/// The command that was named last, and what was said to it.
fn deepest<'a>(tree: &'a Command, matches: &'a ArgMatches) -> (&'a Command, &'a ArgMatches) {
    match matches.subcommand() {
        Some((name, below)) => match tree.find_subcommand(name) {
            Some(command) => deepest(command, below),
            None => (tree, below),
        },
        None => (tree, matches),
    }
}

/// `--output`, from a command line that does not parse.
#[must_use]
pub fn output_option(arguments: &[OsString]) -> Option<String> {
    let mut arguments = arguments.iter().filter_map(|argument| argument.to_str());
    let mode = loop {
        match arguments.next()? {
            "--output" => break arguments.next()?,
            argument => {
                if let Some(mode) = argument.strip_prefix("--output=") {
                    break mode;
                }
            }
        }
    };
    Mode::named(mode).map(|_| mode.to_owned())
}
