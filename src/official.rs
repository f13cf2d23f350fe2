//! The official CLI: the commands that are not ours are handed over to it, unchanged.
//!
//! It is the next `pipecat` on `PATH` that is not this program. The configuration file is shared, so
//! it is signed in already.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command as Process, ExitCode};

use clap::Command;

use crate::environment::Environment;
use crate::error::{Code, Error, Result};

/// Its commands under `pipecat cloud`, as far as they are known here.
const CLOUD_COMMANDS: [(&str, &str); 8] = [
    ("agent", "Agents: list, start, stop, logs"),
    ("build", "Builds in the cloud"),
    ("deploy", "Deploy an agent"),
    ("docker", "Build and push an image"),
    ("github", "The connection to GitHub"),
    ("regions", "The regions there are"),
    ("secrets", "Secrets and image pull secrets"),
    ("spend-limit", "The spend limit of an organization"),
];

/// Its commands beside `cloud`.
const TOP_COMMANDS: [(&str, &str); 1] = [("init", "Start a new project")];

/// The programs that have handed the command line over so far: this one, under each of its paths.
const TRAIL_VARIABLE: &str = "PIPECAT_HANDED_OVER_BY";

/// A longer trail is a circle.
const MAX_TRAIL: usize = 8;

/// Its commands, by their paths.
#[must_use]
pub fn commands() -> Vec<Vec<&'static str>> {
    let cloud = CLOUD_COMMANDS.iter().map(|(name, _)| vec!["cloud", name]);
    let top = TOP_COMMANDS.iter().map(|(name, _)| vec![*name]);
    cloud.chain(top).collect()
}

/// Where a command stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CommandLevel {
    /// `pipecat …`
    Top,
    /// `pipecat cloud …`
    Cloud,
}

/// The way to the official CLI.
#[derive(Debug)]
pub struct Official {
    path: Option<OsString>,
    trail: Vec<PathBuf>,
}

impl Official {
    /// Looks where `environment` says, once somebody asks.
    #[must_use]
    pub fn new(environment: &Environment) -> Self {
        let trail = environment.raw(TRAIL_VARIABLE);
        Self {
            path: environment.raw("PATH").map(OsString::from),
            trail: trail
                .map(|trail| std::env::split_paths(trail).collect())
                .unwrap_or_default(),
        }
    }

    /// The next `pipecat` on `PATH` that is not this program.
    fn find(&self) -> Option<PathBuf> {
        if self.trail.len() >= MAX_TRAIL {
            return None;
        }
        let own = own_path();
        let is_ours =
            |path: &Path| Some(path) == own.as_deref() || self.trail.iter().any(|one| one == path);
        let folders = std::env::split_paths(self.path.as_ref()?);
        folders
            .filter(|folder| folder.is_absolute())
            .flat_map(|folder| NAMES.map(|name| folder.join(name)))
            .filter(|candidate| is_executable(candidate))
            .find(|candidate| candidate.canonicalize().is_ok_and(|path| !is_ours(&path)))
    }

    /// Hands `line` over, if there is somebody to hand it to. On Unix that program takes this one's
    /// place, so that signals, the terminal and the exit status are its own.
    #[must_use]
    pub fn hand_over(&self, line: &[OsString]) -> Option<Result<ExitCode>> {
        let program = self.find()?;
        let trail = self.trail.iter().cloned().chain(own_path());
        let mut process = Process::new(&program);
        process.args(line);
        if let Ok(trail) = std::env::join_paths(trail) {
            process.env(TRAIL_VARIABLE, trail);
        }
        let failed = |error: std::io::Error| {
            Error::new(
                Code::Internal,
                format!("cannot start the official CLI, `{}`", program.display()),
            )
            .because(error)
        };
        Some(run(&mut process).map_err(failed))
    }

    /// What to say where a command of the official CLI is asked for and it is not there; nothing
    /// for a command that is nobody's.
    #[must_use]
    pub fn missing(&self, name: &str, level: CommandLevel) -> Option<Error> {
        let known = match level {
            CommandLevel::Top => TOP_COMMANDS.iter(),
            CommandLevel::Cloud => CLOUD_COMMANDS.iter(),
        };
        let (name, _) = known.into_iter().find(|(known, _)| *known == name)?;
        Some(
            Error::new(
                Code::Usage,
                format!("`{name}` is a command of the official CLI, and there is no other `pipecat` on `PATH`"),
            )
            .hint("install it beside this program: `pip install pipecat-ai-cli pipecatcloud`, in a folder that comes later on `PATH`"),
        )
    }

    /// The tree with the official CLI's commands in its help.
    #[must_use]
    pub fn in_help(&self, tree: Command, cloud_is_implied: bool) -> Command {
        let found = match self.find() {
            Some(path) => format!("handed over to {}", path.display()),
            None => "not found on PATH; see the README for how to install it".to_owned(),
        };
        let heading = tree.get_styles().get_header().to_owned();
        let literal = tree.get_styles().get_literal().to_owned();
        let listed = |commands: &[(&str, &str)]| {
            let lines = commands.iter().map(|(name, about)| {
                format!(
                    "  {literal}{name}{literal:#}{}{about}",
                    " ".repeat(15 - name.len())
                )
            });
            let lines: Vec<String> = lines.collect();
            format!(
                "{heading}Commands of the official CLI{heading:#} ({found}):\n{}",
                lines.join("\n")
            )
        };
        let top = listed(&TOP_COMMANDS);
        let more = format!(
            "{heading}More help:{heading:#}\n  {literal}help environment{literal:#}  The environment variables that count\n  {literal}help config{literal:#}       The configuration file"
        );
        let cloud = format!("{}\n\n{more}", listed(&CLOUD_COMMANDS));
        if cloud_is_implied {
            return tree.after_help(cloud);
        }
        tree.after_help(top)
            .mut_subcommand("cloud", |tree| tree.after_help(cloud))
    }
}

/// This program, wherever links to it stand.
fn own_path() -> Option<PathBuf> {
    std::env::current_exe().ok()?.canonicalize().ok()
}

/// What it is called.
#[cfg(not(windows))]
const NAMES: [&str; 1] = ["pipecat"];
#[cfg(windows)]
const NAMES: [&str; 2] = ["pipecat.exe", "pipecat.cmd"];

#[cfg(unix)]
fn is_executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    path.metadata()
        .is_ok_and(|file| file.is_file() && file.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_executable(path: &Path) -> bool {
    path.is_file()
}

#[cfg(unix)]
fn run(process: &mut Process) -> std::io::Result<ExitCode> {
    use std::os::unix::process::CommandExt as _;
    // Returns only if it fails.
    Err(process.exec())
}

#[cfg(not(unix))]
fn run(process: &mut Process) -> std::io::Result<ExitCode> {
    let status = process.status()?;
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    Ok(code.map_or(ExitCode::FAILURE, ExitCode::from))
}
