//! The top of the command tree: the program's names, the nouns of `cloud`, the global options, and
//! the commands that are about this program itself. Doc comments are the help that people read.
#![allow(
    missing_docs,
    reason = "a doc comment would be help: what needs none has none"
)]
#![allow(clippy::doc_markdown, reason = "backticks would stand in the help")]

mod completions;
mod man;
mod mistake;
mod parse;
mod show_config;
mod topics;
mod version;

use std::ffi::OsStr;
use std::path::Path;
use std::time::Duration;

use clap::builder::PossibleValuesParser;
use clap::builder::styling::Styles;
use clap::{Arg, ArgAction, Args, Command, CommandFactory as _, Parser};

pub use parse::{Invocation, Parsed, Reply, output_option, parse};
pub use version::Version;

use crate::commands::{
    ConfigUse, ORGANIZATION_OPTION, Run, agent, api, auth, build, deploy, docker, github,
    organizations, regions, secrets, spend_limit, subcommands,
};
use crate::context::Context;
use crate::error::Result;
use crate::output::{Mode, Report, style};
use crate::settings::Choice as _;

/// The colours of the help.
const STYLES: Styles = Styles::styled()
    .header(style::LABEL)
    .usage(style::LABEL)
    .literal(style::LITERAL)
    .placeholder(style::PLACEHOLDER);

/// Pipecat from the command line
#[derive(Debug, Parser)]
#[command(
    name = "pipecat",
    styles = STYLES,
    version,
    propagate_version = true,
    args_override_self = true,
    disable_version_flag = true,
    subcommand_required = false,
    arg_required_else_help = false,
    max_term_width = 100,
    arg = version().short('v').short_alias('V')
)]
pub struct Pipecat {
    #[command(subcommand)]
    pub command: PipecatCommand,
}

/// The option that prints the version. No field reads it: a command may call something else so.
fn version() -> Arg {
    Arg::new("version")
        .long("version")
        .action(ArgAction::Version)
        .help("Print the program's name and version")
}

subcommands! {
    /// The commands of `pipecat`.
    pub enum PipecatCommand {
        Cloud(Cloud),
        Completions(completions::Args),
        Man(man::Args),
        #[command(skip)]
        ShowConfig(show_config::ShowConfig),
    }
}

/// Deploy and run agents on Pipecat Cloud
#[derive(Debug, Parser)]
#[command(
    name = "pcc",
    styles = STYLES,
    version,
    propagate_version = true,
    args_override_self = true,
    disable_version_flag = true,
    subcommand_required = false,
    arg_required_else_help = false,
    max_term_width = 100
)]
pub struct Cloud {
    #[command(subcommand)]
    pub command: CloudCommand,

    #[command(flatten)]
    pub globals: Globals,
}

/// Options that stand before and after the subcommands of `cloud`.
#[derive(Debug, Args)]
#[command(arg = version().global(true).help_heading("Global options"))]
pub struct Globals {
    /// How results are written: `rich` for people, `plain` for line-oriented tools, `json` for
    /// programs. Without it: `rich` on a terminal, `plain` elsewhere [env: PIPECAT_OUTPUT]
    #[arg(
        long,
        global = true,
        value_name = "MODE",
        value_parser = PossibleValuesParser::new(Mode::NAMES),
        hide_possible_values = true,
        help_heading = "Global options"
    )]
    pub output: Option<String>,

    /// Print the settings in force and where each came from, with credentials redacted
    #[arg(long, global = true, help_heading = "Global options")]
    pub show_cli_config: bool,
}

impl Run for Cloud {
    fn config_use(&self) -> ConfigUse {
        self.command.config_use()
    }

    fn time_limit(&self) -> Option<Duration> {
        self.command.time_limit()
    }

    async fn run(self, context: &Context) -> Result<Box<dyn Report>> {
        self.command.run(context).await
    }
}

subcommands! {
    /// The commands of `pipecat cloud`.
    pub enum CloudCommand {
        Auth(auth::Auth),
        Organizations(organizations::Organizations),
        Agent(agent::Agent),
        Deploy(deploy::Args),
        Docker(docker::Docker),
        Build(build::Build),

        Secrets(secrets::Secrets),
        Regions(regions::Regions),
        SpendLimit(spend_limit::SpendLimit),
        Github(github::Github),
        Api(api::Args),
        Environment(topics::Environment),
        Config(topics::Config),
        ExitCodes(topics::ExitCodes),
        Errors(topics::Errors),
        AgentGuide(topics::AgentGuide),
    }
}

/// The program's name, and one that is short for it.
const OWN_NAMES: [&str; 2] = ["pipecat", "pc"];

/// Names under which the `cloud` level is implied.
const CLOUD_NAMES: [&str; 2] = ["pcc", "pipecatcloud"];

/// The tree as a program has it that is called by this name, which may be a path.
#[must_use]
pub fn tree_called(name: Option<&OsStr>) -> Command {
    tree(short_name(name))
}

/// Whether the command with these words, the program's name first, takes the option that names an
/// organization to work in.
#[must_use]
pub fn works_in_organization(words: &[&str]) -> bool {
    let mut command = &tree(None);
    for word in &words[1..] {
        match command.find_subcommand(word) {
            Some(below) => command = below,
            None => break,
        }
    }
    let mut options = command.get_arguments();
    options.any(|option| option.get_id() == ORGANIZATION_OPTION)
}

/// The name under which the `cloud` level is implied, if this is one, or a path that ends in one.
fn short_name(name: Option<&OsStr>) -> Option<&'static str> {
    let stem = Path::new(name?).file_stem()?.to_str()?;
    let is_stem = |name: &&str| {
        if cfg!(windows) {
            name.eq_ignore_ascii_case(stem)
        } else {
            *name == stem
        }
    };
    CLOUD_NAMES.into_iter().find(is_stem)
}

/// The tree under one of the names that imply `cloud`, or under the program's own.
fn tree(short_name: Option<&'static str>) -> Command {
    match short_name {
        Some(name) => Cloud::command().name(name).bin_name(name),
        None => Pipecat::command().bin_name("pipecat"),
    }
}
