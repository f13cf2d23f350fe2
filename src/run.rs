//! One run of the program, from its arguments to its exit status.

use std::cell::Cell;
use std::ffi::OsString;
use std::io;
use std::panic::{self, AssertUnwindSafe};
use std::path::PathBuf;
use std::process::ExitCode;
use std::rc::Rc;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::runtime::Runtime;
use tokio::task::LocalSet;

use crate::cli::{self, Invocation, Parsed, PipecatCommand, Reply, Version};
use crate::commands::{ConfigUse, Run as _, explain_host, suggest_organization};
use crate::completions;
use crate::context::Context;
use crate::environment::Environment;
use crate::error::{Code, Error, Result};
use crate::limit::TimeLimit;
use crate::official::Official;
use crate::output::{Hints, LogLevel, Mode, Note, Renderer, Report, Workflow, start_log};
use crate::settings::{Key, Overrides, Settings};
use crate::signals::{Signal, Signals};
use crate::store::{Document, Store};

/// Who waits longer for the end, after a signal, is told what for.
const SETTLING_SILENCE: Duration = Duration::from_millis(300);

/// What broke that should not have, for whoever reports it.
static BROKEN: Mutex<Broken> = Mutex::new(Broken::Somewhere);

/// What broke.
enum Broken {
    /// Something at this place.
    At(String),
    /// Something, nobody knows where.
    Somewhere,
    /// Nothing of ours: libraries know no other way to say that there is no thread to be had.
    NoThread,
}

/// What libraries say then.
const NO_THREAD: [&str; 2] = ["OS can't spawn worker thread", "failed to spawn thread"];

/// What helps where the system has nothing left.
const RAISE_LIMITS: &str = if cfg!(unix) {
    "end other programs, or raise the limits of this one (`ulimit -u`, `ulimit -n`)"
} else {
    "end other programs, and try again"
};

/// Runs the program with `arguments`, its own name first, and gives the exit status.
#[must_use]
pub fn run(arguments: &[OsString], environment: Environment) -> ExitCode {
    // A panic in a library, on whichever thread, is a failure like any other, and is told as one.
    // What it says may hold anything, so only its place is kept.
    panic::set_hook(Box::new(|panic| {
        let said = panic.payload().downcast_ref::<String>();
        let has_no_thread = said.is_some_and(|said| NO_THREAD.iter().any(|no| said.contains(no)));
        let place = panic.location().map(ToString::to_string);
        let broken = match place {
            _ if has_no_thread => Broken::NoThread,
            Some(place) => Broken::At(place),
            None => Broken::Somewhere,
        };
        *BROKEN.lock().unwrap_or_else(PoisonError::into_inner) = broken;
    }));
    let surroundings = environment.clone();
    panic::catch_unwind(AssertUnwindSafe(|| answer(arguments, surroundings)))
        .unwrap_or_else(|_| broken(arguments, environment))
}

/// Does what the command line asks for, or tells why not.
fn answer(arguments: &[OsString], environment: Environment) -> ExitCode {
    if completions::is_asked(&environment) {
        return match completions::answer(&environment, arguments, cli::tree_called) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                let (renderer, _) = without_command(arguments, environment);
                conclude(&renderer, &Err(error))
            }
        };
    }
    let official = Official::new(&environment);
    let reply = match cli::parse(arguments, &official) {
        Parsed::Invocation(invocation) => return execute(invocation, environment),
        Parsed::External { line, otherwise } => match official.hand_over(&line) {
            Some(outcome) => Reply::HandedOver(outcome),
            None => otherwise,
        },
        Parsed::Reply(reply) => reply,
    };
    let (renderer, settings) = without_command(arguments, environment);
    tell(&renderer, &settings, reply)
}

/// Tells that something broke that should not have.
fn broken(arguments: &[OsString], environment: Environment) -> ExitCode {
    let broken = BROKEN.lock().unwrap_or_else(PoisonError::into_inner);
    let broke = |place| {
        let message = format!("something broke inside this program, at {place}");
        Error::new(Code::Internal, message)
            .hint("please report it with the command and this message")
    };
    let error = match &*broken {
        Broken::At(place) => broke(place.as_str()),
        Broken::Somewhere => broke("an unknown place"),
        Broken::NoThread => {
            Error::new(Code::Internal, "the system cannot start another thread").hint(RAISE_LIMITS)
        }
    };
    let (renderer, _) = without_command(arguments, environment);
    conclude(&renderer, &Err(error))
}

/// The renderer and the settings where the command line names nothing to do.
fn without_command(arguments: &[OsString], environment: Environment) -> (Renderer, Settings) {
    let overrides = Overrides {
        output: cli::output_option(arguments),
        ..Overrides::default()
    };
    let surroundings = Surroundings::find(overrides, environment);
    let (renderer, _) = surroundings.renderer();
    (renderer, surroundings.settings)
}

/// Passes the parser's reply on, in the colours and the mode of everything else.
fn tell(renderer: &Renderer, settings: &Settings, reply: Reply) -> ExitCode {
    let (help, is_top) = match reply {
        Reply::Version => return conclude(renderer, &Ok(Box::new(Version))),
        Reply::HandedOver(Ok(status)) => return status,
        Reply::HandedOver(Err(error)) | Reply::Refused(error) => {
            return conclude(renderer, &Err(error));
        }
        Reply::Help(help) => {
            return match renderer.help(&help.render()) {
                Ok(()) => ExitCode::SUCCESS,
                Err(error) => conclude(renderer, &Err(error)),
            };
        }
        Reply::Missing { help, is_top } => (help, is_top),
    };
    renderer.printer().say(help.ansi().to_string().trim_end());
    if is_top {
        renderer.printer().say("");
        renderer.printer().note(&Note::Hint(next_step(settings)));
    }
    let error = Error::new(Code::Usage, "a command is missing");
    // Where stdout does not work either, the status still says what was wrong.
    let _ = renderer.error_value(&error);
    ExitCode::from(error.code().exit_status())
}

/// What a newcomer would type next.
fn next_step(settings: &Settings) -> String {
    let is_signed_in = settings.token().is_ok_and(|token| token.is_some());
    if is_signed_in {
        return "you are signed in; `pipecat cloud auth whoami` shows the account".to_owned();
    }
    if settings.environment().has("CI") {
        let page = settings.dashboard("/account/tokens").unwrap_or_default();
        return format!(
            "in CI, set `PIPECAT_TOKEN` to a personal access token; create one at {page}"
        );
    }
    "sign in with `pipecat cloud auth login`".to_owned()
}

/// Where the program finds itself before it has done anything.
struct Surroundings {
    store: Store,
    settings: Settings,
    /// Why the file could not be read.
    problem: Option<Error>,
    unicode: bool,
}

impl Surroundings {
    fn find(overrides: Overrides, environment: Environment) -> Self {
        let unicode = environment.is_unicode();
        let path = environment.config_path();
        let (path, no_path) = match path {
            Ok(path) => (path, None),
            Err(error) => (PathBuf::new(), Some(error)),
        };
        let store = Store::new(path.clone());
        let (document, unread) = match store.read() {
            Ok(document) => (document, None),
            Err(error) => (Document::default(), Some(error)),
        };
        Self {
            settings: Settings::new(overrides, environment, path, document),
            store,
            problem: no_path.or(unread),
            unicode,
        }
    }

    /// The renderer, even where the settings do not say which.
    fn renderer(&self) -> (Renderer, Result<()>) {
        let (mode, outcome) = match self.settings.choice(Key::Output) {
            Ok(mode) => (mode, Ok(())),
            Err(error) => (None, Err(error)),
        };
        let organization = self.settings.given_organization();
        let hints = Hints::new(organization, cli::works_in_organization);
        let renderer = Renderer::new(mode.unwrap_or_else(Mode::of_stdout), self.unicode);
        let workflow = Workflow::find(self.settings.environment());
        (renderer.with_hints(hints).in_workflow(workflow), outcome)
    }

    /// Makes ready for `command`.
    fn into_context(self, command: &PipecatCommand, renderer: Rc<Renderer>) -> Result<Context> {
        let level = self.settings.choice::<LogLevel>(Key::CliLogLevel);
        // A shell that reads its completions at its start must not depend on the settings.
        let config_use = command.config_use();
        let level = if config_use.depends_on_settings() {
            level?
        } else {
            level.unwrap_or_default()
        };
        start_log(level.unwrap_or_default(), renderer.printer().clone());
        if config_use != ConfigUse::Unused {
            let own_folder = self.settings.environment().own_folder();
            self.store
                .close_permissions(self.settings.document(), own_folder.as_deref());
        }
        if let Some(problem) = self.problem
            && !goes_on_after(&problem, config_use)
        {
            let token = self.settings.environment().get(Key::Token.variable())?;
            if token.is_none() {
                return Err(problem);
            }
            tracing::warn!("{problem}; continuing without the file, with `PIPECAT_TOKEN`");
        }
        let limit = TimeLimit::new(command.time_limit());
        Ok(Context::new(self.settings, self.store, limit, renderer))
    }
}

/// Whether the command is done all the same where the file could not be read.
fn goes_on_after(problem: &Error, config_use: ConfigUse) -> bool {
    match config_use {
        ConfigUse::Unused => true,
        ConfigUse::Replaced => problem.code() == Code::ConfigMalformed,
        ConfigUse::Needed | ConfigUse::Shown => false,
    }
}

fn execute(invocation: Invocation, environment: Environment) -> ExitCode {
    let Invocation { command, overrides } = invocation;
    let surroundings = Surroundings::find(overrides, environment);
    let (renderer, chosen) = surroundings.renderer();
    let renderer = Rc::new(renderer);
    let made_ready = || {
        if command.config_use().depends_on_settings() {
            chosen?;
        }
        let context = surroundings.into_context(&command, Rc::clone(&renderer))?;
        let cannot_start = |error| {
            let error = Error::new(Code::Internal, "cannot start").because(error);
            error.hint(RAISE_LIMITS)
        };
        let runtime = new_runtime().map_err(cannot_start)?;
        let signals = Signals::listen().map_err(cannot_start)?;
        Ok((context, runtime, signals))
    };
    let (context, runtime, mut signals) = match made_ready() {
        Ok(ready) => ready,
        Err(error) => return conclude(&renderer, &Err(error)),
    };
    let outcome = LocalSet::new().block_on(
        &runtime,
        run_until_interrupted(&context, command, &mut signals),
    );
    // Standard input may still be read on a thread of its own: nobody waits for it.
    runtime.shutdown_background();
    // From here on a signal ends the program, whoever may not read what is written now.
    drop(signals);
    match outcome {
        // At a question, the key comes as an answer.
        Ok(Err(error)) if error.code() == Code::Interrupted => {
            context.say_last_words();
            conclude(&renderer, &Err(context.interruption()))
        }
        Ok(outcome) => {
            let status = conclude(&renderer, &outcome);
            if renderer.is_broken() {
                // What cannot be undone, and could not be said on stdout.
                context.say_last_words();
            }
            status
        }
        Err(signal) => {
            signal.end_in_any_case();
            context.say_last_words();
            conclude(&renderer, &Err(context.interruption()));
            signal.exit_code()
        }
    }
}

/// Does the command, or gives the signal that ended it. Either way nothing is lost that was under
/// way.
async fn run_until_interrupted(
    context: &Context,
    command: PipecatCommand,
    signals: &mut Signals,
) -> Result<Result<Box<dyn Report>>, Signal> {
    let echo_is_gone = Cell::new(false);
    let interrupted = async {
        let signal = signals.next().await;
        // While it is there, what is drawn takes along what the terminal has echoed beside it.
        echo_is_gone.set(context.printer.quiet());
        signal
    };
    let ended = tokio::select! {
        biased;
        signal = interrupted => Err(signal),
        outcome = dispatch(context, command) => Ok(outcome),
    };
    if ended.as_ref().is_err_and(|signal| signal.is_ctrl_c()) && !echo_is_gone.get() {
        context.printer.leave_echo();
    }
    let settled = context.settle();
    tokio::pin!(settled);
    if tokio::time::timeout(SETTLING_SILENCE, &mut settled)
        .await
        .is_err()
    {
        let what = "waiting for your session to be renewed, so that it is not lost";
        context.printer.note(&Note::Plain(what.to_owned()));
        settled.await;
    }
    context.finish_background().await;
    ended
}

async fn dispatch(context: &Context, command: PipecatCommand) -> Result<Box<dyn Report>> {
    match command.run(context).await {
        Err(error) if error.code() == Code::NotAMember => {
            Err(suggest_organization(context, error).await)
        }
        outcome => outcome.map_err(|error| explain_host(context, error)),
    }
}

fn new_runtime() -> io::Result<Runtime> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
}

/// Writes the outcome and gives its exit status.
fn conclude(renderer: &Renderer, outcome: &Result<Box<dyn Report>>) -> ExitCode {
    let written = match outcome {
        Ok(report) => renderer.report(report.as_ref()),
        Err(error) => renderer.error(error),
    };
    if let Err(error) = &written {
        // stdout is out of order; stderr may not be.
        renderer.printer().error(error);
    }
    let (failure, success) = match outcome {
        Ok(report) => (report.failure(), report.exit_status()),
        Err(error) => (Some(error), 0),
    };
    match failure.or(written.as_ref().err()) {
        Some(error) => ExitCode::from(error.code().exit_status()),
        None => ExitCode::from(success),
    }
}
