//! The keys and values that `secrets set` stores, from wherever they come.

use std::fmt;
use std::path::PathBuf;

use secrecy::{ExposeSecret as _, SecretString};

use super::dotenv;
use super::key::check_key;
use crate::commands::{input, invalid};
use crate::context::Context;
use crate::error::{Redaction, Result};
use crate::output::Note;

/// No file, and no value, is larger, in bytes.
const MOST: u64 = 1 << 20;

/// A pair of the command line, whose `Debug` shows nothing.
#[derive(Clone)]
pub(super) struct Pair(SecretString);

impl fmt::Debug for Pair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pair(..)")
    }
}

impl std::str::FromStr for Pair {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self(text.into()))
    }
}

/// Keys with their values, in the order in which they are stored.
#[derive(Debug, Default)]
pub(super) struct Values(Vec<(String, SecretString)>);

/// Where they come from.
#[derive(Debug, clap::Args)]
pub(super) struct Sources {
    /// A key and its value; white space and one pair of double quotes around the value are stripped.
    /// The options below keep values out of the shell's history
    #[arg(value_name = "KEY=VALUE")]
    pairs: Vec<Pair>,

    /// Keys and values from a `.env` file, or from standard input for -
    #[arg(short = 'f', long, value_name = "PATH")]
    file: Option<String>,

    /// The value of the environment variable of that name
    #[arg(long, value_name = "KEY")]
    from_env: Vec<String>,

    /// The value from standard input, whole but for one line end
    #[arg(long, value_name = "KEY")]
    value_stdin: Vec<String>,

    /// Ask for the value without showing it
    #[arg(long, value_name = "KEY")]
    ask: Vec<String>,
}

impl Values {
    /// The last value of a key counts, at the place of the first.
    fn add(&mut self, key: String, value: SecretString) {
        match self.0.iter_mut().find(|(known, _)| *known == key) {
            Some((_, known)) => *known = value,
            None => self.0.push((key, value)),
        }
    }

    pub(super) fn keys(&self) -> Vec<String> {
        self.0.iter().map(|(key, _)| key.clone()).collect()
    }

    /// Hides them, where the service echoes one.
    pub(super) fn redaction(&self) -> Redaction {
        Redaction::new(self.0.iter().map(|(_, value)| value.expose_secret()))
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &(String, SecretString)> {
        self.0.iter()
    }
}

impl Sources {
    /// Collects them: pairs, file, environment, standard input, questions; the later wins.
    pub(super) async fn collect(self, context: &Context) -> Result<Values> {
        self.check()?;
        let mut values = Values::default();
        if !self.pairs.is_empty() && context.prompt.is_terminal() {
            context.printer.note(&Note::Warning(
                "the values are now in your shell's history; `--ask KEY` keeps them out of it"
                    .to_owned(),
            ));
        }
        for pair in &self.pairs {
            let (key, value) = pair.parse()?;
            values.add(key, value);
        }
        if let Some(path) = &self.file {
            from_file(context, path, &mut values).await?;
        }
        for key in self.from_env {
            check_key(&key)?;
            let value = context.settings.environment().raw(&key);
            let Some(value) = value.filter(|value| !value.is_empty()) else {
                return Err(invalid(format!(
                    "the environment variable `{key}` is not set"
                )));
            };
            let value = value.to_str().ok_or_else(|| {
                invalid(format!(
                    "the environment variable `{key}` is not valid UTF-8"
                ))
            })?;
            values.add(key, value.into());
        }
        for key in self.value_stdin {
            check_key(&key)?;
            let bytes = input::stdin(context, "standard input", MOST).await?;
            let text = utf8(&bytes, "standard input")?;
            let text = text.strip_suffix('\n').unwrap_or(text);
            let text = text.strip_suffix('\r').unwrap_or(text);
            values.add(key.clone(), whole(&key, text)?);
        }
        for key in self.ask {
            check_key(&key)?;
            let question = format!("Value of {key}:");
            let answer = "`--value-stdin KEY` or `--from-env KEY`";
            let value = context.prompt.secret(&question, answer).await?;
            values.add(key.clone(), whole(&key, value.expose_secret())?);
        }
        Ok(values)
    }

    /// What can be refused before anything is read.
    fn check(&self) -> Result<()> {
        let none = self.pairs.is_empty()
            && self.file.is_none()
            && self.from_env.is_empty()
            && self.value_stdin.is_empty()
            && self.ask.is_empty();
        if none {
            return Err(invalid("there is nothing to set")
                .hint("give KEY=VALUE, or `--file PATH`, `--from-env KEY`, `--ask KEY`"));
        }
        let from_stdin = self.file.as_deref() == Some("-");
        if !self.pairs.is_empty() && self.file.is_some() && !from_stdin {
            return Err(invalid("give either KEY=VALUE or `--file`, not both"));
        }
        if self.value_stdin.len() + usize::from(from_stdin) > 1 {
            return Err(invalid("standard input can be read only once"));
        }
        Ok(())
    }
}

impl Pair {
    fn parse(&self) -> Result<(String, SecretString)> {
        let Some((key, value)) = self.0.expose_secret().split_once('=') else {
            return Err(invalid("an argument is not of the form KEY=VALUE"));
        };
        let (key, value) = (key.trim(), value.trim());
        let is_quoted = value.len() > 1 && value.starts_with('"') && value.ends_with('"');
        let value = if is_quoted {
            &value[1..value.len() - 1]
        } else {
            value
        };
        check_key(key)?;
        Ok((key.to_owned(), whole(key, value)?))
    }
}

/// A value that can be stored.
fn whole(key: &str, value: &str) -> Result<SecretString> {
    if value.is_empty() {
        return Err(invalid(format!("the value of `{key}` is empty")));
    }
    if value.contains('\0') {
        return Err(invalid(format!(
            "the value of `{key}` has a zero byte in it"
        )));
    }
    Ok(value.into())
}

async fn from_file(context: &Context, path: &str, values: &mut Values) -> Result<()> {
    let (bytes, name) = if path == "-" {
        let bytes = input::stdin(context, "standard input", MOST).await?;
        (bytes, "standard input".to_owned())
    } else {
        let name = format!("`{path}`");
        (read_file(context, path.into(), &name).await?, name)
    };
    let text = utf8(&bytes, &name)?;
    let entries = dotenv::parse(text).map_err(|problem| {
        let key = problem.key.map(|key| format!(" (`{key}`)"));
        invalid(format!(
            "{name}, line {}{}: {}",
            problem.line,
            key.unwrap_or_default(),
            problem.what
        ))
    })?;
    if entries.is_empty() {
        return Err(invalid(format!("there are no keys in {name}")));
    }
    for entry in entries {
        check_key(&entry.key)
            .map_err(|error| error.context(&format!("{name}, line {}", entry.line)))?;
        if entry.would_expand {
            context.printer.note(&Note::Warning(format!(
                "{name}, line {}: the `${{` in the value of `{}` is stored as it is, and not \
                 expanded",
                entry.line, entry.key
            )));
        }
        if values.keys().contains(&entry.key) {
            context.printer.note(&Note::Warning(format!(
                "{name}, line {}: `{}` appears twice; the last one counts",
                entry.line, entry.key
            )));
        }
        let value = whole(&entry.key, entry.value.expose_secret())
            .map_err(|error| error.context(&format!("{name}, line {}", entry.line)))?;
        values.add(entry.key, value);
    }
    Ok(())
}

async fn read_file(context: &Context, path: PathBuf, name: &str) -> Result<Vec<u8>> {
    if path.is_dir() {
        return Err(invalid(format!("{name} is a folder")));
    }
    // Not always on a disk: `--file <(command)` is a pipe.
    input::read(context, name, MOST, move || std::fs::File::open(path)).await
}

fn utf8<'a>(bytes: &'a [u8], name: &str) -> Result<&'a str> {
    let encoding = match bytes {
        [0xff, 0xfe, ..] => "UTF-16 (little endian)",
        [0xfe, 0xff, ..] => "UTF-16 (big endian)",
        [first, 0, second, 0, ..] if *first != 0 && *second != 0 => "UTF-16 (little endian)",
        [0, first, 0, second, ..] if *first != 0 && *second != 0 => "UTF-16 (big endian)",
        _ => "another encoding, Latin-1 perhaps",
    };
    match std::str::from_utf8(bytes) {
        Ok(text) if !encoding.starts_with("UTF-16") => Ok(text),
        _ => Err(
            invalid(format!("{name} is not UTF-8: it looks like {encoding}"))
                .hint("save it as UTF-8"),
        ),
    }
}
