//! The command tree. Doc comments are the help that people read.
#![allow(
    missing_docs,
    reason = "a doc comment would be help: what needs none has none"
)]
#![allow(clippy::doc_markdown, reason = "backticks would stand in the help")]

use clap::builder::PossibleValuesParser;
mod examples;
pub mod topics;

use std::path::PathBuf;

use clap::builder::styling::{AnsiColor, Style, Styles};
use clap::{ArgAction, Args, Parser, Subcommand, ValueHint};
use clap_complete::engine::ArgValueCompleter;

use crate::completions;
use crate::output::Mode;

/// The colours of the help.
const STYLES: Styles = Styles::styled()
    .header(Style::new().bold())
    .usage(Style::new().bold())
    .literal(AnsiColor::Cyan.on_default())
    .placeholder(AnsiColor::Green.on_default());

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
    max_term_width = 100
)]
pub struct Pipecat {
    #[command(subcommand)]
    pub command: PipecatCommand,

    /// Print the program's name and version
    #[arg(short = 'v', short_alias = 'V', long, action = ArgAction::Version)]
    version: Option<bool>,
}

/// The commands of `pipecat`.
#[derive(Debug, Subcommand)]
pub enum PipecatCommand {
    /// Sign in to Pipecat Cloud, and manage organizations and API keys
    Cloud(Cloud),
    /// Print the script that lets a shell complete command lines
    ///
    /// Put it where your shell looks for it:
    ///
    ///   bash        echo 'source <(pipecat completions bash)' >> ~/.bashrc
    ///   zsh         echo 'source <(pipecat completions zsh)' >> ~/.zshrc
    ///   fish        echo 'pipecat completions fish | source' >> ~/.config/fish/config.fish
    ///   elvish      echo 'eval (pipecat completions elvish | slurp)' >> ~/.elvish/rc.elv
    ///   powershell  pipecat completions powershell >> $PROFILE
    #[command(verbatim_doc_comment)]
    Completions(Completions),
    /// Write the manual pages into a folder
    ///
    /// Then read them with `man -l FILE`, or put the folder's parent into MANPATH: a folder named
    /// `man1` is looked through.
    Man(Man),
}

#[derive(Debug, Args)]
pub struct Completions {
    /// The shell
    #[arg(value_name = "SHELL", value_parser = PossibleValuesParser::new(SHELLS))]
    pub shell: String,
}

/// The shells there are scripts for.
const SHELLS: [&str; 5] = ["bash", "elvish", "fish", "powershell", "zsh"];

#[derive(Debug, Args)]
pub struct Man {
    /// The folder, which is made if there is none
    #[arg(value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub folder: PathBuf,
}

/// Sign in to Pipecat Cloud, and manage organizations and API keys
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

    /// Print the program's name and version
    #[arg(long, global = true, action = ArgAction::Version, help_heading = "Global options")]
    version: Option<bool>,
}

/// The commands of `pipecat cloud`.
#[derive(Debug, Subcommand)]
pub enum CloudCommand {
    /// Sign in and out, and see who is signed in
    #[command(subcommand_required = false, arg_required_else_help = false)]
    Auth(Auth),
    /// Organizations and their API keys
    #[command(subcommand_required = false, arg_required_else_help = false)]
    Organizations(Organizations),
    /// The environment variables that count
    #[command(hide = true, help_template = topics::ENVIRONMENT)]
    Environment,
    /// The configuration file
    #[command(hide = true, help_template = topics::CONFIG)]
    Config,
}

#[derive(Debug, Args)]
pub struct Auth {
    #[command(subcommand)]
    pub command: AuthCommand,
}

/// The commands of `auth`.
#[derive(Debug, Subcommand)]
pub enum AuthCommand {
    /// Sign in with the browser
    ///
    /// Opens the browser, waits for you to approve, and stores the session in the configuration
    /// file. Over SSH, or with --headless, open the printed address in any browser and paste the
    /// address that it ends on.
    #[command(disable_help_flag = true)]
    #[command(after_help = examples::LOGIN)]
    Login(Login),
    /// Sign out: end the session and remove it from the configuration file
    #[command(after_help = examples::LOGOUT)]
    Logout,
    /// Sign in with a personal access token
    ///
    /// The token is checked and then stored in the configuration file, in the place of whoever was
    /// signed in. In CI, set PIPECAT_TOKEN instead.
    #[command(after_help = examples::USE_PAT)]
    UsePat(UsePat),
    /// Show who is signed in, the active organization and its Daily API key
    #[command(after_help = examples::WHOAMI)]
    Whoami,
    /// Print the access token in force, renewed if need be
    ///
    /// For scripts that talk to the service themselves. The token stands alone on stdout.
    #[command(after_help = examples::TOKEN)]
    Token,
}

#[derive(Debug, Args)]
pub struct Login {
    /// Do not open a browser, only print the address
    #[arg(short = 'h', long)]
    pub headless: bool,

    /// How long to wait for the browser to come back
    #[arg(
        long,
        value_name = "SECONDS",
        default_value_t = 120,
        value_parser = clap::value_parser!(u64).range(1..=86_400)
    )]
    pub timeout: u64,

    /// Print help
    #[arg(long, action = ArgAction::HelpLong)]
    help: Option<bool>,
}

#[derive(Debug, Args)]
pub struct UsePat {
    /// The token, which begins with pcc_pat_. Better left out: it is then asked for without being
    /// shown, or read from standard input, and does not end up in the shell's history
    pub token: Option<String>,
}

#[derive(Debug, Args)]
pub struct Organizations {
    #[command(subcommand)]
    pub command: OrganizationsCommand,
}

/// The commands of `organizations`.
#[derive(Debug, Subcommand)]
pub enum OrganizationsCommand {
    /// List the organizations that you are a member of
    #[command(after_help = examples::LIST)]
    List,
    /// Choose the organization that commands work in
    #[command(after_help = examples::SELECT)]
    Select(Select),
    /// API keys of an organization
    #[command(subcommand_required = false, arg_required_else_help = false)]
    Keys(Keys),
    /// Show or set the default region of an organization
    #[command(after_help = examples::DEFAULT_REGION)]
    DefaultRegion(DefaultRegion),
    /// Registry keys, which pull the region package from the container registry
    #[command(subcommand_required = false, arg_required_else_help = false)]
    RegistryKeys(RegistryKeys),
    /// Properties of an organization
    #[command(subcommand_required = false, arg_required_else_help = false)]
    Properties(Properties),
}

#[derive(Debug, Args)]
pub struct Select {
    /// The organization to make active. Without it, choose from a list
    #[arg(
        short = 'o',
        long = "organization",
        visible_alias = "org",
        value_name = "ORG",
        add = ArgValueCompleter::new(completions::organizations)
    )]
    pub choice: Option<String>,
}

#[derive(Debug, Args)]
pub struct Keys {
    #[command(subcommand)]
    pub command: KeysCommand,
}

/// The commands of `organizations keys`.
#[derive(Debug, Subcommand)]
pub enum KeysCommand {
    /// List the API keys
    #[command(after_help = examples::KEYS_LIST)]
    List(KeysList),
    /// Create a public API key
    #[command(after_help = examples::KEYS_CREATE)]
    Create(KeysCreate),
    /// Choose the default key, which is kept in the configuration file
    #[command(after_help = examples::KEYS_USE)]
    Use(KeysUse),
    /// Revoke an API key
    #[command(alias = "delete")]
    #[command(after_help = examples::KEYS_REVOKE)]
    Revoke(EndKey),
    /// Put a new key in the place of an old one
    ///
    /// Creates a key of the same name, makes it the default one if the old one was, and then
    /// revokes the old one. If a step fails, you are told what has been done and what has not.
    #[command(after_help = examples::KEYS_CYCLE)]
    Cycle(EndKey),
}

/// What every command that works in an organization takes.
#[derive(Debug, Args)]
pub struct InOrganization {
    /// The organization to work in, instead of the active one [env: PIPECAT_ORG]
    #[arg(short = 'o', long, visible_alias = "org", value_name = "ORG",
        add = ArgValueCompleter::new(completions::organizations))]
    pub organization: Option<String>,
}

#[derive(Debug, Args)]
pub struct KeysList {
    #[command(flatten)]
    pub organization: InOrganization,
}

#[derive(Debug, Args)]
pub struct KeysCreate {
    /// The name of the new key, for people
    #[arg(short = 'n', long, value_name = "NAME", allow_hyphen_values = true)]
    pub name: Option<String>,

    /// Make the new key the default one
    #[arg(short = 'd', long)]
    pub default: bool,

    #[command(flatten)]
    pub organization: InOrganization,
}

#[derive(Debug, Args)]
pub struct KeysUse {
    /// The key: its id, its name or the key itself. Without it, choose from a list
    #[arg(
        long,
        value_name = "ID|NAME|KEY",
        add = ArgValueCompleter::new(completions::key_names)
    )]
    pub key: Option<String>,

    #[command(flatten)]
    pub organization: InOrganization,
}

/// A key that is about to end, and whether that is settled.
#[derive(Debug, Args)]
pub struct EndKey {
    /// The key: its id, its name or the key itself. Without it, choose from a list
    #[arg(
        long,
        value_name = "ID|NAME|KEY",
        add = ArgValueCompleter::new(completions::key_names)
    )]
    pub key: Option<String>,

    /// Do not ask for confirmation
    #[arg(short = 'y', long)]
    pub yes: bool,

    #[command(flatten)]
    pub organization: InOrganization,
}

#[derive(Debug, Args)]
pub struct DefaultRegion {
    /// The region to make the default one. Without it, the present one is shown
    pub region: Option<String>,

    #[command(flatten)]
    pub organization: InOrganization,
}

#[derive(Debug, Args)]
pub struct RegistryKeys {
    #[command(subcommand)]
    pub command: RegistryKeysCommand,
}

/// The commands of `organizations registry-keys`.
#[derive(Debug, Subcommand)]
pub enum RegistryKeysCommand {
    /// Make a registry key, which is shown this once
    #[command(after_help = examples::MINT)]
    Mint(RegistryKeysMint),
    /// List the registry keys, without the keys themselves
    #[command(after_help = examples::REGISTRY_LIST)]
    List(RegistryKeysList),
    /// Revoke a registry key
    #[command(after_help = examples::REGISTRY_REVOKE)]
    Revoke(RegistryKeysRevoke),
}

#[derive(Debug, Args)]
pub struct RegistryKeysMint {
    /// The name of the new key, for people: where it is used, say
    #[arg(long, value_name = "NAME", allow_hyphen_values = true)]
    pub name: Option<String>,

    #[command(flatten)]
    pub organization: InOrganization,
}

#[derive(Debug, Args)]
pub struct RegistryKeysList {
    /// Revoked and expired keys, too
    #[arg(long)]
    pub all: bool,

    #[command(flatten)]
    pub organization: InOrganization,
}

#[derive(Debug, Args)]
pub struct RegistryKeysRevoke {
    /// The key's id, as in the list
    #[arg(value_name = "ID")]
    pub id: String,

    /// Do not ask for confirmation
    #[arg(short = 'f', long)]
    pub force: bool,

    #[command(flatten)]
    pub organization: InOrganization,
}

#[derive(Debug, Args)]
pub struct Properties {
    #[command(subcommand)]
    pub command: PropertiesCommand,
}

/// The commands of `organizations properties`.
#[derive(Debug, Subcommand)]
pub enum PropertiesCommand {
    /// List the properties and their values
    #[command(after_help = examples::PROPERTIES_LIST)]
    List(PropertiesList),
    /// List what there is to set, and what it may be set to
    #[command(after_help = examples::PROPERTIES_SCHEMA)]
    Schema(PropertiesList),
    /// Set a property
    #[command(after_help = examples::PROPERTIES_SET)]
    Set(PropertiesSet),
}

#[derive(Debug, Args)]
pub struct PropertiesList {
    #[command(flatten)]
    pub organization: InOrganization,
}

#[derive(Debug, Args)]
pub struct PropertiesSet {
    /// The property
    #[arg(value_name = "NAME")]
    pub name: String,

    /// Its new value
    #[arg(value_name = "VALUE", allow_hyphen_values = true)]
    pub value: String,

    #[command(flatten)]
    pub organization: InOrganization,
}
