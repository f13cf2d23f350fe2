//! Completion of command lines by the shell, with the organizations and keys of the local file.

use std::ffi::{OsStr, OsString};
use std::process::ExitCode;

use clap::Command;
use clap_complete::engine::CompletionCandidate;
use clap_complete::env::{CompleteEnv, Shells};

use crate::environment::Environment;
use crate::store::{Document, Store, keys};

/// The variable under which the shell asks. Its value is the shell's name.
pub const VARIABLE: &str = "PIPECAT_COMPLETE";

/// Answers a shell that asks what may come next on a command line.
#[must_use]
pub fn answer(arguments: &[OsString], tree: fn() -> Command) -> ExitCode {
    let here = std::env::current_dir().ok();
    let asked = CompleteEnv::with_factory(tree)
        .var(VARIABLE)
        .try_complete(arguments, here.as_deref());
    match asked {
        Ok(true) => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    }
}

/// The script that tells a shell whom to ask for the completions of `program`.
///
/// # Errors
/// There is no such shell, or the script cannot be written.
pub fn script(shell: &str, program: &str) -> std::io::Result<String> {
    let shells = Shells::builtins();
    let shell = shells
        .completer(shell)
        .ok_or_else(|| std::io::Error::other("there is no such shell"))?;
    let mut script = Vec::new();
    shell.write_registration(VARIABLE, program, program, program, &mut script)?;
    String::from_utf8(script).map_err(std::io::Error::other)
}

/// The organizations that the file knows.
#[must_use]
pub fn organizations(current: &OsStr) -> Vec<CompletionCandidate> {
    let document = document();
    let active = document.get(keys::ORG).and_then(|org| org.as_str());
    let tables = document.organizations();
    beginning_with(current, active.into_iter().chain(tables))
}

/// The names of the keys that the file knows.
#[must_use]
pub fn key_names(current: &OsStr) -> Vec<CompletionCandidate> {
    let document = document();
    let names = document.organizations().filter_map(|organization| {
        document
            .get_in(organization, keys::DEFAULT_PUBLIC_KEY_NAME)?
            .as_str()
    });
    beginning_with(current, names)
}

fn beginning_with<'a>(
    current: &OsStr,
    names: impl Iterator<Item = &'a str>,
) -> Vec<CompletionCandidate> {
    let current = current.to_string_lossy();
    let mut names: Vec<&str> = names.filter(|name| name.starts_with(&*current)).collect();
    names.sort_unstable();
    names.dedup();
    names.into_iter().map(CompletionCandidate::new).collect()
}

/// The file, or nothing: a shell that completes is no place for errors.
fn document() -> Document {
    // The completion library calls back without a context of ours.
    let path = Environment::of_process().config_path();
    let document = path.and_then(|path| Store::new(path).read());
    document.unwrap_or_default()
}
