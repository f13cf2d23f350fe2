//! Completion of command lines by the shell, with the organizations and keys of the local
//! file, and with what was last [seen](crate::seen) of the service.

mod shells;

use std::ffi::{OsStr, OsString};
use std::path::Path;

use clap::Command;
use clap_complete::engine::CompletionCandidate;
use clap_complete::env::CompleteEnv;

use self::shells::SHELLS;
use crate::environment::Environment;
use crate::error::{Code, Error, Result};
use crate::seen::{Kind, Seen};
use crate::settings::{Key, Overrides, Settings};
use crate::store::{Document, Store, keys};

/// The variable under which the shell asks. Its value is the shell's name.
const VARIABLE: &str = "PIPECAT_COMPLETE";

/// Which program a script asks, under whatever name the command line calls it.
const PROGRAM: &str = "pipecat";

/// Whether it is a shell that has called the program, and asks what may come next.
#[must_use]
pub fn is_asked(environment: &Environment) -> bool {
    let value = environment.raw(VARIABLE).map(OsStr::to_string_lossy);
    value.is_some_and(|value| !matches!(value.trim(), "" | "0"))
}

/// Answers a shell that asks what may come next on a command line. `tree` gives the commands of a
/// program by the name that it is called under.
///
/// # Errors
/// There is no such shell, or nobody listens.
pub fn answer(
    environment: &Environment,
    arguments: &[OsString],
    tree: fn(Option<&OsStr>) -> Command,
) -> Result<()> {
    check_shell(environment)?;
    let program = line(arguments).first();
    let here = std::env::current_dir().ok();
    let asked = CompleteEnv::with_factory(|| tree(program.map(OsString::as_os_str)))
        .var(VARIABLE)
        .shells(SHELLS)
        .bin(PROGRAM)
        .completer(PROGRAM)
        .try_complete(arguments, here.as_deref());
    asked
        .map(|_| ())
        .map_err(|error| Error::new(Code::OutputFailed, "cannot complete").because(error))
}

/// Refuses what is no shell's name.
fn check_shell(environment: &Environment) -> Result<()> {
    let value = environment.raw(VARIABLE).unwrap_or_default();
    // The path of a shell does as well.
    let name = Path::new(value).file_stem().unwrap_or_default();
    let name = name.to_string_lossy();
    if SHELLS.completer(&name).is_some() {
        return Ok(());
    }
    let shells: Vec<&str> = SHELLS.names().collect();
    Err(Error::new(
        Code::Usage,
        format!("`{VARIABLE}` is set to `{name}`, which is not a supported shell"),
    )
    .hint(format!(
        "unset it to run commands; completion scripts set it to one of {}",
        shells.join(", ")
    )))
}

/// The script that tells a shell whom to ask for the completions of the program, under each of
/// `names`.
///
/// # Errors
/// There is no such shell, or the script cannot be written.
pub fn script(shell: &str, names: &[&str]) -> std::io::Result<String> {
    let shell = SHELLS
        .completer(shell)
        .ok_or_else(|| std::io::Error::other("there is no such shell"))?;
    let mut script = Vec::new();
    for name in names {
        shell.write_registration(VARIABLE, name, name, PROGRAM, &mut script)?;
    }
    String::from_utf8(script).map_err(std::io::Error::other)
}

/// The organizations that the file knows.
#[must_use]
pub fn organizations(current: &OsStr) -> Vec<CompletionCandidate> {
    let (_, document) = environment_and_document();
    let active = document.get(keys::ORG).and_then(|org| org.as_str());
    let tables = document.organizations();
    beginning_with(current, active.into_iter().chain(tables))
}

/// The names of the keys that the file knows of the organization that the command line names, or
/// else of the active one; of all where there is none.
#[must_use]
pub fn key_names(current: &OsStr) -> Vec<CompletionCandidate> {
    let settings = settings_of_line();
    let setting = |key| settings.get(key).ok().flatten();
    if setting(Key::Org).is_some() {
        let name = setting(Key::DefaultPublicKeyName).map(|name| name.value);
        return beginning_with(current, name.as_deref().into_iter());
    }
    let document = settings.document();
    let names = document.organizations().filter_map(|organization| {
        let name = document.get_in(organization, keys::DEFAULT_PUBLIC_KEY_NAME)?;
        name.as_str()
    });
    beginning_with(current, names)
}

/// The agents that were last seen in the organization that the command line names, or else in the
/// active one.
#[must_use]
pub fn agents(current: &OsStr) -> Vec<CompletionCandidate> {
    seen(current, Kind::Agents)
}

/// The secret sets that were last seen there.
#[must_use]
pub fn secret_sets(current: &OsStr) -> Vec<CompletionCandidate> {
    seen(current, Kind::SecretSets)
}

/// The regions that were last seen there.
#[must_use]
pub fn regions(current: &OsStr) -> Vec<CompletionCandidate> {
    seen(current, Kind::Regions)
}

/// The agent profiles that were last seen there.
#[must_use]
pub fn profiles(current: &OsStr) -> Vec<CompletionCandidate> {
    seen(current, Kind::Profiles)
}

fn seen(current: &OsStr, kind: Kind) -> Vec<CompletionCandidate> {
    let settings = settings_of_line();
    let (Some(cache), Ok(service)) = (settings.environment().cache_folder(), settings.api_host())
    else {
        return Vec::new();
    };
    let organization = settings.get(Key::Org).ok().flatten();
    let organization = organization.map_or_else(String::new, |organization| organization.value);
    let list = (&service, organization.as_str(), kind);
    let now = settings.environment().now();
    let names = Seen::below(cache).names(list, now);
    beginning_with(current, names.iter().map(String::as_str))
}

/// The settings as they are for the command line that is to be completed.
fn settings_of_line() -> Settings {
    let (environment, document) = environment_and_document();
    let arguments: Vec<OsString> = std::env::args_os().collect();
    let overrides = Overrides {
        organization: organization_of(line(&arguments)),
        ..Overrides::default()
    };
    let path = environment.config_path().unwrap_or_default();
    Settings::new(overrides, environment, path, document)
}

/// The words that are to be completed: what the shell says behind `--`.
fn line(arguments: &[OsString]) -> &[OsString] {
    let before = arguments.iter().position(|argument| argument == "--");
    before.map_or(&[], |at| &arguments[at + 1..])
}

/// The organization that a command line names, whether it is finished or not.
fn organization_of(line: &[OsString]) -> Option<String> {
    let mut words = line.iter().filter_map(|word| word.to_str());
    let mut named = None;
    while let Some(word) = words.next() {
        let value = match word {
            "-o" | "--org" | "--organization" => match words.next() {
                // bash takes what follows for a word of its own.
                Some("=") => words.next(),
                value => value,
            },
            _ => ["--org=", "--organization=", "-o=", "-o"]
                .iter()
                .find_map(|option| word.strip_prefix(option)),
        };
        named = value.or(named);
    }
    named.map(shells::unquoted)
}

fn beginning_with<'a>(
    current: &OsStr,
    names: impl Iterator<Item = &'a str>,
) -> Vec<CompletionCandidate> {
    let current = current.to_string_lossy();
    let mut names: Vec<&str> = names
        // One with a hyphen in front would be taken for an option, and where a backslash separates
        // folders it is turned round for most shells.
        .filter(|name| name.starts_with(&*current) && !name.starts_with('-'))
        .filter(|name| !(cfg!(windows) && name.contains('\\')))
        .collect();
    names.sort_unstable();
    names.dedup();
    names.into_iter().map(CompletionCandidate::new).collect()
}

/// The surroundings and the file, or nothing: a shell that completes is no place for errors.
fn environment_and_document() -> (Environment, Document) {
    // The completion library calls back without a context of ours.
    let environment = Environment::of_process();
    let path = environment.config_path();
    let document = path.and_then(|path| Store::new(path).read());
    (environment, document.unwrap_or_default())
}
