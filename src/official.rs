//! The official CLI: the commands that are not ours are run by it, unchanged.
//!
//! It is what `PIPECAT_OFFICIAL_CLI` names, or the next `pipecat` on `PATH` that is not this program
//! and does not [lead back](trail) to it. The configuration file is shared, so it is signed in
//! already.

mod trail;

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command as Process, ExitCode};

use clap::Command;

use crate::environment::Environment;
use crate::error::{Code, Error, Result};
use trail::Trail;

/// Names the official CLI, by a path or by a name that is looked for on `PATH`.
const VARIABLE: &str = "PIPECAT_OFFICIAL_CLI";

/// What it is called.
const NAME: &str = "pipecat";

/// What runs it without installing it.
const WITHOUT_INSTALLING: &str = "uvx --from pipecat-ai-cli pipecat";

/// Its commands beside `cloud`, as far as they are known here. Under `cloud` it has none that is
/// not ours.
const TOP_COMMANDS: [(&str, &str); 1] = [("init", "Start a new project")];

/// Its commands, by their paths.
#[must_use]
pub fn commands() -> Vec<Vec<&'static str>> {
    TOP_COMMANDS.iter().map(|(name, _)| vec![*name]).collect()
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
    /// What [`VARIABLE`] says.
    named: Option<PathBuf>,
    path: Option<OsString>,
    trail: Trail,
}

impl Official {
    /// Looks where `environment` says, once somebody asks.
    #[must_use]
    pub fn new(environment: &Environment) -> Self {
        let named = match environment.get(VARIABLE) {
            Ok(name) => name.and_then(|name| environment.expand(name)),
            // A path of any bytes.
            Err(_) => environment.raw(VARIABLE).map(PathBuf::from),
        };
        let folders = environment.raw("PATH").map(std::env::split_paths);
        // Whatever folder the program happens to be started in is no place for programs.
        let folders = folders.map(|folders| folders.filter(|folder| folder.is_absolute()));
        Self {
            named,
            path: folders.and_then(|folders| std::env::join_paths(folders).ok()),
            trail: Trail::read(environment.raw(trail::VARIABLE)),
        }
    }

    /// What may be the official CLI, the likeliest first: as it stands, and where links lead.
    fn candidates(&self) -> Result<Vec<(PathBuf, PathBuf)>> {
        let own = own_path();
        let is_ours = |real: &Path| Some(real) == own.as_deref();
        let mut candidates = Vec::new();
        if let Some(named) = &self.named {
            let found = self.programs(named).find_map(with_real_path);
            let wrong = match &found {
                None => "which is not a program",
                Some((_, real)) if is_ours(real) => "which is this program",
                Some(_) => "",
            };
            if !wrong.is_empty() {
                return Err(Error::new(
                    Code::InvalidSetting,
                    format!("`{VARIABLE}` names `{}`, {wrong}", named.display()),
                )
                .hint(format!(
                    "set it to the path of the official CLI's `{NAME}`, or unset it to search \
                     `PATH`"
                )));
            }
            candidates.extend(found);
        }
        let others = self.programs(Path::new(NAME)).filter_map(with_real_path);
        candidates.extend(others.filter(|(_, real)| !is_ours(real)));
        Ok(candidates)
    }

    /// The programs of that name on `PATH`, or the one with that path.
    fn programs(&self, name: &Path) -> impl Iterator<Item = PathBuf> {
        let found = which::which_in_all(name, self.path.clone(), ".");
        found.into_iter().flatten()
    }

    /// Hands `line` over, if there is somebody to hand it to. On Unix that program takes this one's
    /// place, so that signals, the terminal and the exit status are its own.
    #[must_use]
    pub fn hand_over(&self, line: &[OsString]) -> Option<Result<ExitCode>> {
        let candidates = match self.candidates() {
            Ok(candidates) => candidates,
            Err(error) => return Some(Err(error)),
        };
        let own = own_path();
        let mut failure = None;
        for (program, real) in candidates {
            if self.trail.leads_back(line, &real) {
                continue;
            }
            let trail = self
                .trail
                .then(line, own.as_deref().into_iter().chain([&*real]));
            let mut process = Process::new(&program);
            process.args(line).env(trail::VARIABLE, trail.value());
            match run(&mut process) {
                Ok(status) => return Some(Ok(status)),
                // What it was written for may be gone: the Python of a virtual environment.
                Err(error) => {
                    failure.get_or_insert_with(|| {
                        let program = program.display();
                        let what = format!("cannot start the official CLI, `{program}`");
                        Error::new(Code::Internal, what).because(error)
                    });
                }
            }
        }
        failure.map(Err)
    }

    /// What to say where a command of the official CLI is asked for and it is not there; nothing
    /// for a command that is nobody's.
    #[must_use]
    pub fn missing(&self, name: &str, level: CommandLevel) -> Option<Error> {
        if level == CommandLevel::Cloud {
            return None;
        }
        let (name, _) = TOP_COMMANDS.iter().find(|(known, _)| *known == name)?;
        Some(
            Error::new(
                Code::Usage,
                format!("`{name}` is a command of the official CLI, and there is no other `pipecat` on `PATH`"),
            )
            .hint(format!(
                "run it without installing it over this one: `{WITHOUT_INSTALLING} {name}`"
            )),
        )
    }

    /// Where the official CLI is, as far as that can be seen without starting it.
    fn description(&self) -> String {
        let candidates = match self.candidates() {
            Ok(candidates) => candidates,
            Err(error) => return error.to_string(),
        };
        let own = own_path();
        let found = candidates
            .into_iter()
            .find(|(_, real)| !own.as_deref().is_some_and(|own| mentions(real, own)));
        match found {
            Some((program, real)) if is_shim(&program, &real) => {
                format!("run through {}", program.display())
            }
            Some((program, _)) => format!("run by {}", program.display()),
            None => format!("not found on PATH; `{WITHOUT_INSTALLING}` runs it"),
        }
    }

    /// The tree with the official CLI's commands in its help.
    #[must_use]
    pub fn in_help(&self, tree: Command, cloud_is_implied: bool) -> Command {
        let found = self.description();
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
        let cloud = if cloud_is_implied {
            Some(&tree)
        } else {
            tree.find_subcommand("cloud")
        };
        let topics = cloud.into_iter().flat_map(Command::get_subcommands);
        let topics = topics.filter(|topic| topic.is_hide_set()).map(|topic| {
            let (name, about) = (topic.get_name(), topic.get_about().cloned());
            format!(
                "\n  {literal}help {name}{literal:#}{}{}",
                " ".repeat(13 - name.len()),
                about.unwrap_or_default()
            )
        });
        let more = format!(
            "{heading}More help:{heading:#}{}",
            topics.collect::<String>()
        );
        if cloud_is_implied {
            return tree.after_help(more);
        }
        tree.after_help(top)
            .mut_subcommand("cloud", |tree| tree.after_help(more))
    }
}

/// This program, wherever links to it stand.
fn own_path() -> Option<PathBuf> {
    std::env::current_exe().ok()?.canonicalize().ok()
}

fn with_real_path(program: PathBuf) -> Option<(PathBuf, PathBuf)> {
    let real = program.canonicalize().ok()?;
    Some((program, real))
}

/// Whether a program is one of a version manager's, which finds out when it is started what to
/// start.
fn is_shim(program: &Path, real: &Path) -> bool {
    let in_shims = program
        .parent()
        .is_some_and(|folder| folder.ends_with("shims"));
    in_shims || real.file_stem().is_none_or(|name| name != NAME)
}

/// Whether `program` is a script that names this program.
fn mentions(program: &Path, own: &Path) -> bool {
    /// No wrapper is longer.
    const LONGEST: u64 = 16 * 1024;
    let is_short = fs::metadata(program).is_ok_and(|file| file.len() <= LONGEST);
    let script = is_short.then(|| fs::read_to_string(program).ok()).flatten();
    script.is_some_and(|script| {
        let own = own.to_str();
        script.starts_with("#!") && own.is_some_and(|own| script.contains(own))
    })
}

#[cfg(unix)]
fn run(process: &mut Process) -> std::io::Result<ExitCode> {
    use std::os::unix::process::CommandExt as _;
    // Returns only if it fails.
    Err(process.exec())
}

/// Waits for that program, which gets Ctrl-C as well and decides what comes of it, and ends with
/// its status.
#[cfg(not(unix))]
fn run(process: &mut Process) -> std::io::Result<ExitCode> {
    // Nobody listens for it otherwise at this point, and it would end this program.
    let _ = ctrlc::set_handler(|| {});
    let status = process.status()?;
    let code = status.code().unwrap_or(1);
    match u8::try_from(code) {
        Ok(code) => Ok(ExitCode::from(code)),
        // What ended it has a number that no exit code here can hold.
        Err(_) => std::process::exit(code),
    }
}
