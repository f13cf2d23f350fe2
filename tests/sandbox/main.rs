//! Shows the program at work without an account: a fake Pipecat Cloud and a home of its own.
//!
//! - `cargo run --example sandbox` signs in and shows a few commands one after the other;
//! - `cargo run --example sandbox -- auth whoami` runs one command, already signed in;
//! - `cargo run --example sandbox -- --serve` keeps the service running for any client.
//!
//! Nothing of the user's own is read or written: neither config file nor `PIPECAT_*` variables.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "an example talks to the terminal"
)]

#[path = "../support/mod.rs"]
mod support;

use std::env::{self, consts::EXE_SUFFIX};
use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, TcpListener};
use std::path::PathBuf;
use std::process::{Command, ExitCode, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

use anstyle::Style;
use anyhow::{Context as _, Result, bail, ensure};
use clap::Parser;
use pipecat_cloud_cli::signals::Signals;
use serde_json::json;

use support::browser;
use support::cloud::agents::deploy::Fate;
use support::cloud::agents::logs::ago;
use support::cloud::{ADA_PAT, Builder, Cloud, provider};
use support::home::Home;

/// The tour: what is shown after the sign-in. The deployment is that of the folder below.
const TOUR: [&[&str]; 8] = [
    &["auth", "whoami"],
    &["organizations", "list"],
    &["organizations", "select", "-o", "acme"],
    &[
        "organizations",
        "keys",
        "create",
        "--name",
        "Sandbox key",
        "--default",
    ],
    &["organizations", "keys", "list"],
    &["agent", "list"],
    &[
        "secrets",
        "set",
        "support-line-secrets",
        "GREETING=Hello",
        "--yes",
    ],
    DEPLOY,
];

/// Deploys the bot in [`BOT`], with all that its deploy file says.
const DEPLOY: &[&str] = &["deploy", "--yes"];

/// A small bot with its Dockerfile and its deploy file.
const BOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/sandbox/bot");

/// What is followed for a while, and how the tour ends.
const FOLLOWED: &[&str] = &["agent", "logs", "support-line", "--follow", "-n", "3"];
const END: &[&str] = &["auth", "logout"];

/// So many lines are followed: those that were there, and one that comes.
const FOLLOWED_LINES: usize = 4;

/// What the program may know of the terminal that it runs in.
const TERMINAL_VARIABLES: [&str; 9] = [
    "TERM",
    "COLORTERM",
    "NO_COLOR",
    "CLICOLOR",
    "CLICOLOR_FORCE",
    "COLUMNS",
    "LANG",
    "LC_ALL",
    "WT_SESSION",
];

/// Try pipecat without an account, against a fake Pipecat Cloud
#[derive(Parser)]
struct Options {
    /// Keep the fake running and print how to reach it
    #[arg(long, conflicts_with = "command")]
    serve: bool,
    /// The port to serve on, instead of any free one
    #[arg(long, requires = "serve", default_value_t = 0)]
    port: u16,
    /// The address under which clients reach the fake, if something stands in between
    #[arg(long, value_name = "URL", requires = "serve")]
    public_url: Option<String>,
    /// The command to run, already signed in: `auth whoami`, say. Without one: a tour
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    command: Vec<String>,
}

fn main() -> ExitCode {
    let options = Options::parse();
    let interrupts = interrupts();
    let outcome = if options.serve {
        serve(&options, &interrupts)
    } else if options.command.is_empty() {
        tour()
    } else {
        run_one(&options.command)
    };
    outcome.unwrap_or_else(|error| {
        eprintln!("sandbox: {error:#}");
        ExitCode::FAILURE
    })
}

/// Signs in as a person would, then shows one command after the other.
fn tour() -> Result<ExitCode> {
    let cloud = start(Cloud::builder());
    let home = home(&cloud)?;
    sign_in(&home, &cloud)?;
    for arguments in TOUR {
        let mut command = show(&home, arguments);
        if arguments == DEPLOY {
            command.current_dir(BOT);
        }
        check(arguments, command.status()?)?;
    }
    follow(&home)?;
    check(END, show(&home, END).status()?)?;
    Ok(ExitCode::SUCCESS)
}

/// Shows the first lines of what would go on until Ctrl-C.
fn follow(home: &Home) -> Result<()> {
    let mut following = show(home, FOLLOWED).stdout(Stdio::piped()).spawn()?;
    let stdout = following.stdout.take().context("no stdout")?;
    for line in BufReader::new(stdout).lines().take(FOLLOWED_LINES) {
        println!("{}", line?);
    }
    following.kill()?;
    following.wait()?;
    Ok(())
}

/// Runs one command in place of this program.
fn run_one(arguments: &[String]) -> Result<ExitCode> {
    let cloud = start(Cloud::builder());
    let home = home(&cloud)?;
    home.sign_in(&cloud.session("ada"));
    let status = pipecat(&home, arguments).status()?;
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    Ok(code.map_or(ExitCode::FAILURE, ExitCode::from))
}

/// Keeps a fake running until Ctrl-C.
fn serve(options: &Options, interrupts: &Receiver<()>) -> Result<ExitCode> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, options.port))
        .with_context(|| format!("cannot listen on port {}", options.port))?;
    let mut builder = Cloud::builder().listener(listener);
    if let Some(url) = &options.public_url {
        builder = builder.public_url(url);
    }
    let cloud = start(builder);
    let folder = tempfile::tempdir()?;
    let config = folder.path().join("pipecatcloud.toml");
    println!("# A fake Pipecat Cloud, until Ctrl-C. In another terminal:");
    println!("export PIPECAT_API_HOST={}", quoted(cloud.url()));
    println!(
        "export PIPECAT_CONFIG_PATH={}",
        quoted(&config.to_string_lossy())
    );
    println!("# then `pipecat cloud auth login`, or `pipecat cloud auth use-pat {ADA_PAT}`");
    interrupts.recv()?;
    Ok(ExitCode::SUCCESS)
}

/// Starts a fake in which an agent has been writing for the last hour, a line a second, and writes
/// on whenever somebody looks.
fn start(builder: Builder) -> Cloud {
    let cloud = builder.start();
    cloud.change(|state| {
        let acme = state.at("acme");
        acme.agents.fate = Fate::RollsOut;
        acme.builds.course = vec![json!({"status": "success", "buildDurationSeconds": 3})];
        let logs = &mut acme.agent("support-line").logs;
        let step = Duration::from_secs(1);
        logs.fill(3600, &ago(step * 3600), step, chatter);
        logs.upcoming = (3600..5000)
            .map(|n| vec![json!({"log": chatter(n)})])
            .collect();
    });
    cloud
}

/// What a bot has to say.
fn chatter(n: u32) -> String {
    let (level, place, text) = match n % 20 {
        3 => ("DEBUG", "stt:run:31", "Transcribed 1.4 s"),
        11 => ("WARNING", "llm:ask:77", "Slow answer: 1840 ms"),
        19 => ("ERROR", "tools:book:140", "No answer from crm.acme.example"),
        _ => ("INFO", "bot:main:88", "Call goes on"),
    };
    format!("{level:<8} | {place} - {text} (#{n})")
}

/// Signs in: reads the address off the program's stderr, approves, and sends a browser back.
fn sign_in(home: &Home, cloud: &Cloud) -> Result<()> {
    let arguments = ["auth", "login", "--headless"];
    let mut login = show(home, &arguments)
        .stdin(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()?;
    let stderr = login.stderr.take().context("no stderr")?;
    let endpoint = format!("{}{}?", cloud.url(), provider::AUTHORIZE);
    let mut address = None;
    for line in BufReader::new(stderr).lines() {
        let line = line?;
        eprintln!("{line}");
        if let Some(start) = line.find(&endpoint) {
            let ends = |character: char| character.is_whitespace() || character.is_control();
            address = line[start..].split(ends).next().map(str::to_owned);
        }
        // It has said all that it has to say before somebody approves.
        if line.starts_with("waiting") {
            let address = address.take().context("no address to open")?;
            let returned = browser::client().get(cloud.approve(&address)).send();
            if returned.is_err() {
                login.kill()?;
            }
            returned.context("the program did not wait for the browser")?;
        }
    }
    check(&arguments, login.wait()?)
}

/// Prints a command line as one would type it, and prepares its run.
fn show(home: &Home, arguments: &[&str]) -> Command {
    let bold = Style::new().bold();
    anstream::println!("\n{bold}$ {}{bold:#}", command_line(arguments));
    pipecat(home, arguments)
}

fn check(arguments: &[&str], status: ExitStatus) -> Result<()> {
    ensure!(
        status.success(),
        "`{}` failed: {status}",
        command_line(arguments)
    );
    Ok(())
}

fn command_line(arguments: &[&str]) -> String {
    let word = |argument: &&str| match argument {
        spaced if spaced.contains(' ') => format!("{spaced:?}"),
        plain => (*plain).to_owned(),
    };
    let words: Vec<String> = arguments.iter().map(word).collect();
    format!("pipecat cloud {}", words.join(" "))
}

/// A run of `pipecat cloud` on this terminal.
fn pipecat(home: &Home, arguments: &[impl AsRef<str>]) -> Command {
    let arguments = arguments.iter().map(AsRef::as_ref);
    home.command(["cloud"].into_iter().chain(arguments))
}

/// A home for the program, which knows the terminal but nothing else of the user.
fn home(cloud: &Cloud) -> Result<Home> {
    let mut home = Home::with_program(build()?, cloud.url());
    let config = home.config_path();
    home.env("PIPECAT_CONFIG_PATH", config);
    // No display, no browser: whoever tries `auth login` opens the address themselves.
    home.env_remove("DISPLAY");
    for name in TERMINAL_VARIABLES {
        if let Some(value) = env::var_os(name) {
            home.env(name, value);
        }
    }
    Ok(home)
}

/// Builds the program as this example was built, and says where it is.
fn build() -> Result<PathBuf> {
    let example = env::current_exe()?;
    let target = example.ancestors().nth(2).context("no target folder")?;
    let profile = match target.file_name().and_then(|name| name.to_str()) {
        Some("debug") | None => "dev",
        Some(profile) => profile,
    };
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    // The example is named too, since without its dependencies those of the program would have
    // other features, and be compiled once more.
    let status = support::as_from_outside(&mut Command::new(&cargo))
        .args([
            "build",
            "--quiet",
            "--bin",
            "pipecat",
            "--example",
            "sandbox",
        ])
        .args(["--profile", profile])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .status()
        .with_context(|| format!("cannot run {}", cargo.display()))?;
    if !status.success() {
        bail!("the program cannot be built");
    }
    Ok(target.join(format!("pipecat{EXE_SUFFIX}")))
}

/// Takes Ctrl-C from here on, so that it ends the program that runs, and then this one in order,
/// with its temporary folders removed.
fn interrupts() -> Receiver<()> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut signals = Signals::listen()?;
        let runtime = tokio::runtime::Builder::new_current_thread().build()?;
        runtime.block_on(async {
            loop {
                signals.next().await;
                if sender.send(()).is_err() {
                    return Ok::<(), std::io::Error>(());
                }
            }
        })
    });
    receiver
}

/// Text as one word of a POSIX shell.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}
