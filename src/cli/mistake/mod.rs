//! Command lines that the parser does not understand: what is wrong with them, in the words of
//! every other error, and the line to type instead.

mod advice;
mod distance;
mod options;
mod search;

use clap::Command;
use clap::error::{ContextKind, ContextValue, ErrorKind};

pub(super) use advice::Advice;

use crate::error::{Code, Error};
use crate::settings::PAT_PREFIX;

/// The commands to which values of secrets are given.
const SECRETS: &str = "secrets";

/// The error for `mistake`, which the parser found in a command line, with the lines that may have
/// been meant.
pub(super) fn explain(mistake: &clap::Error, advice: &Advice) -> Error {
    let command = advice.command();
    let error = Error::new(Code::Usage, problem(mistake, &command));
    let lines = advice.lines();
    if !lines.is_empty() {
        let meant = |(index, line): (usize, &String)| match index {
            0 => format!("did you mean `{line}`?"),
            _ => format!("or `{line}`?"),
        };
        let lines = lines.iter().enumerate().map(meant);
        return lines.fold(error, Error::hint);
    }
    let values = strings(mistake, ContextKind::ValidValue);
    if !values.is_empty() {
        return error.hint(format!("use one of {}", values.join(", ")));
    }
    let what = match mistake.kind() {
        ErrorKind::InvalidSubcommand => "its commands",
        _ => "how it is used",
    };
    // Help is said of a command, and is none itself.
    let command = command.strip_suffix(" help").unwrap_or(&command);
    error.hint(format!("run `{command} --help` to see {what}"))
}

/// What is wrong, in a sentence.
fn problem(mistake: &clap::Error, command: &str) -> String {
    let argument = string(mistake, ContextKind::InvalidArg);
    // The parser names an option with what stands behind it.
    let name = argument.split([' ', '=']).next().unwrap_or_default();
    let name = name.trim_matches(['<', '>']);
    let value = without_credential(&string(mistake, ContextKind::InvalidValue));
    let shown = if takes_secrets(command) {
        without_secret
    } else {
        without_credential
    };
    match mistake.kind() {
        ErrorKind::InvalidSubcommand => {
            let unknown = string(mistake, ContextKind::InvalidSubcommand);
            format!("there is no command `{command} {}`", shown(&unknown))
        }
        ErrorKind::UnknownArgument if argument.starts_with('-') => {
            format!("`{command}` has no option `{}`", without_credential(name))
        }
        // What stands there too much may be a part of a value with a space in it.
        ErrorKind::UnknownArgument if takes_secrets(command) => {
            format!("`{command}` takes no more arguments")
        }
        ErrorKind::UnknownArgument => {
            format!(
                "`{command}` does not take the argument `{}`",
                without_credential(&argument)
            )
        }
        ErrorKind::InvalidValue if value.is_empty() => format!("`{name}` needs a value"),
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            let why = std::error::Error::source(mistake).map(|why| format!(": {why}"));
            format!("`{name}` cannot be `{value}`{}", why.unwrap_or_default())
        }
        ErrorKind::TooManyValues => format!("`{name}` takes no value"),
        ErrorKind::MissingRequiredArgument => {
            let missing = strings(mistake, ContextKind::InvalidArg);
            let missing: Vec<String> = missing
                .iter()
                .map(|name| name.replace(['<', '>'], ""))
                .collect();
            format!("`{command}` needs {}", listed(&missing))
        }
        _ => {
            let said = mistake.render().to_string();
            let first = said.lines().next().unwrap_or_default();
            first.trim_start_matches("error: ").replace('\'', "`")
        }
    }
}

/// A word of the command line as it may be shown: a credential may be shown to nobody.
fn without_credential(word: &str) -> String {
    let value = word.split_once('=').map_or(word, |(_, value)| value);
    if word.contains(PAT_PREFIX) || value.starts_with("sk_") {
        "TOKEN".to_owned()
    } else {
        word.to_owned()
    }
}

/// Whether values of secrets may stand among the arguments of a command.
fn takes_secrets(command: &str) -> bool {
    command.split(' ').any(|word| word == SECRETS)
}

/// The words of a line as they may be shown.
fn shown_words(words: &[String]) -> impl Iterator<Item = String> {
    let takes_secrets = words.iter().any(|word| word == SECRETS);
    let shown = if takes_secrets {
        without_secret
    } else {
        without_credential
    };
    words.iter().map(move |word| shown(word))
}

/// A word as it may be shown where it may hold the value of a secret, or a login: not the port of a
/// host, and no option.
fn without_secret(word: &str) -> String {
    if word.starts_with('-') {
        return without_credential(word);
    }
    let is_port = |text: &str| {
        text.bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'/')
    };
    match (word.split_once('='), word.split_once(':')) {
        (Some((key, _)), _) => format!("{key}=VALUE"),
        (_, Some((_, rest))) if !rest.starts_with("//") && !is_port(rest) => {
            "USERNAME:PASSWORD".to_owned()
        }
        _ => without_credential(word),
    }
}

/// `a, b and c`.
fn listed(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

fn string(mistake: &clap::Error, kind: ContextKind) -> String {
    match mistake.get(kind) {
        Some(ContextValue::String(text)) => text.clone(),
        _ => String::new(),
    }
}

fn strings(mistake: &clap::Error, kind: ContextKind) -> Vec<String> {
    match mistake.get(kind) {
        Some(ContextValue::Strings(texts)) => texts.clone(),
        _ => Vec::new(),
    }
}

/// Whether people are told of a command.
fn is_visible(command: &Command) -> bool {
    !command.is_hide_set() && command.get_name() != "help"
}
