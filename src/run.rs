//! One run of the program, from its arguments to its exit status.

use std::ffi::OsString;
use std::io;
use std::path::PathBuf;
use std::pin::pin;
use std::process::ExitCode;
use std::rc::Rc;
use std::time::Duration;

use tokio::runtime::{Builder, Runtime};

use crate::arguments::{self, Answer, Job, Parsed};
use crate::cli::{AuthCommand, CloudCommand};
use crate::commands::{self, Version};
use crate::completions;
use crate::context::Context;
use crate::deadline::Deadline;
use crate::environment::Environment;
use crate::error::{Code, Error, Result};
use crate::http::Http;
use crate::official::Official;
use crate::output::{Mode, Note, Output, Report, start_log};
use crate::prompt::{Prompt, restore_terminal};
use crate::settings::{Key, Overrides, Settings};
use crate::store::{Document, Store};

/// How long after a signal something that must not be stopped may go on.
const STOPPING: Duration = Duration::from_secs(3);

/// How long after a signal an outcome that is there may take to be written.
const WRITING: Duration = Duration::from_millis(500);

/// Runs the program with `arguments`, its own name first, and gives the exit status.
#[must_use]
pub fn run(arguments: &[OsString], environment: Environment) -> ExitCode {
    if environment.has(completions::VARIABLE) {
        return completions::answer(arguments, arguments::whole_tree);
    }
    let official = Official::new(&environment);
    let answer = match arguments::parse(arguments, &official) {
        Parsed::Invocation(job, overrides) => return execute(job, overrides, environment),
        Parsed::Foreign { line, answer } => match official.hand_over(&line) {
            Some(outcome) => Answer::HandedOver(outcome),
            None => answer,
        },
        Parsed::Answer(answer) => answer,
    };
    let overrides = Overrides {
        output: arguments::output_option(arguments),
        ..Overrides::default()
    };
    let surroundings = Surroundings::find(overrides, environment);
    let (output, _) = surroundings.output();
    tell(&output, &surroundings.settings, answer)
}

/// Passes the parser's answer on, in the colours and the mode of everything else.
fn tell(output: &Output, settings: &Settings, answer: Answer) -> ExitCode {
    let (said, message, next) = match answer {
        Answer::Version => return conclude(output, &Ok(Box::new(Version))),
        Answer::HandedOver(Ok(status)) => return status,
        Answer::HandedOver(Err(error)) | Answer::Refused(error) => {
            return conclude(output, &Err(error));
        }
        Answer::Help(help) => {
            return match output.help(&help.render()) {
                Ok(()) => ExitCode::SUCCESS,
                Err(error) => conclude(output, &Err(error)),
            };
        }
        Answer::Wrong(error) => {
            let said = error.render();
            let first = said.to_string();
            let first = first.lines().next().unwrap_or_default();
            let message = first.trim_start_matches("error: ").to_owned();
            (said, message, None)
        }
        Answer::Missing { help, is_top } => {
            let next = is_top.then(|| next_step(settings));
            (help, "a command is missing".to_owned(), next)
        }
    };
    output.talk().say(said.ansi().to_string().trim_end());
    if let Some(next) = next {
        output.talk().say("");
        output.talk().note(&Note::Hint(next));
    }
    let error = Error::new(Code::Usage, message);
    // Where stdout does not work either, the status still says what was wrong.
    let _ = output.error_value(&error);
    ExitCode::from(error.code().exit_status())
}

/// What a newcomer would type next.
fn next_step(settings: &Settings) -> String {
    let is_signed_in = settings.token().is_ok_and(|token| token.is_some());
    if is_signed_in {
        return "you are signed in; see as whom with `pipecat cloud auth whoami`".to_owned();
    }
    if settings.environment().has("CI") {
        let page = settings.dashboard("/account/tokens").unwrap_or_default();
        return format!(
            "in CI, set `PIPECAT_TOKEN` to a personal access token; make one at {page}"
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
    fn output(&self) -> (Output, Result<()>) {
        let (mode, outcome) = match self.settings.output_mode() {
            Ok(mode) => (mode, Ok(())),
            Err(error) => (None, Err(error)),
        };
        let output = Output::new(mode.unwrap_or_else(Mode::of_stdout), self.unicode);
        (output, outcome)
    }

    /// Makes ready for `command`.
    fn into_context(self, job: &Job, output: &Output) -> Result<Context> {
        start_log(self.settings.log_level()?, output.talk().clone());
        let own_folder = self.settings.environment().own_folder();
        self.store
            .close_permissions(self.settings.document(), own_folder.as_deref());
        if let Some(problem) = self.problem
            && !goes_on_after(&problem, job)
        {
            let token = self.settings.environment().get(Key::Token.variable())?;
            if token.is_none() {
                return Err(problem);
            }
            tracing::warn!("{problem}; going on without the file, with `PIPECAT_TOKEN`");
        }
        let deadline = Rc::new(Deadline::default());
        Ok(Context::new(
            self.settings,
            self.store,
            Rc::new(Http::new(Rc::clone(&deadline))),
            output.talk().clone(),
            Prompt::new(deadline),
        ))
    }
}

/// Whether the job is done all the same: it does not need the file, or puts a new one in its place.
fn goes_on_after(problem: &Error, job: &Job) -> bool {
    match job {
        Job::Completions(_)
        | Job::Man(_)
        | Job::Cloud(CloudCommand::Environment | CloudCommand::Config) => true,
        Job::Cloud(CloudCommand::Auth(auth)) => {
            problem.code() == Code::ConfigMalformed
                && !matches!(auth.command, AuthCommand::Whoami | AuthCommand::Token)
        }
        _ => false,
    }
}

fn execute(job: Job, overrides: Overrides, environment: Environment) -> ExitCode {
    let surroundings = Surroundings::find(overrides, environment);
    let (output, chosen) = surroundings.output();
    let context = match chosen.and_then(|()| surroundings.into_context(&job, &output)) {
        Ok(context) => context,
        Err(error) => return conclude(&output, &Err(error)),
    };
    let runtime = match new_runtime() {
        Ok(runtime) => runtime,
        Err(error) => {
            let error = Error::new(Code::Internal, "cannot start").because(error);
            return conclude(&output, &Err(error));
        }
    };
    let outcome = runtime.block_on(run_until_interrupted(&context, job));
    // A prompt may still stand on a thread of its own: nobody waits for it.
    runtime.shutdown_background();
    end_on_signal();
    match outcome {
        Ok(outcome) => {
            let status = conclude(&output, &outcome);
            if output.is_broken() {
                // What cannot be undone, and could not be said on stdout.
                context.say_last_words();
            }
            status
        }
        Err(signal) => {
            end_anyway(signal);
            output.talk().quiet();
            restore_terminal();
            context.say_last_words();
            conclude(&output, &Err(Error::new(Code::Interrupted, "interrupted")));
            ExitCode::from(128 + signal)
        }
    }
}

/// Does the command, or gives the number of the signal that ended it.
async fn run_until_interrupted(
    context: &Context,
    job: Job,
) -> std::result::Result<Result<Box<dyn Report>>, u8> {
    let mut dispatched = pin!(commands::dispatch(context, job));
    let signal = tokio::select! {
        biased;
        signal = interruption() => signal,
        outcome = &mut dispatched => return Ok(outcome),
    };
    tokio::select! {
        biased;
        () = context.http.deadline().stop() => {}
        _ = interruption() => {}
        () = tokio::time::sleep(STOPPING) => {}
        _ = dispatched => {}
    }
    Err(signal)
}

/// Ends the program, whatever a thread that was left behind may hold.
fn end_anyway(signal: u8) {
    let _ = std::thread::Builder::new().spawn(move || {
        std::thread::sleep(STOPPING);
        std::process::exit(128 + i32::from(signal));
    });
}

/// Hears signals while the outcome is written, which takes for ever where nobody reads it.
fn end_on_signal() {
    let _ = std::thread::Builder::new().spawn(|| {
        let Ok(runtime) = new_runtime() else { return };
        let signal = runtime.block_on(async {
            let signal = interruption().await;
            // What can be written has been by then.
            tokio::time::sleep(WRITING).await;
            signal
        });
        std::process::exit(128 + i32::from(signal));
    });
}

fn new_runtime() -> io::Result<Runtime> {
    // It panics where the system has no descriptors left for its channel of signals. So as many as
    // it takes are tried before.
    #[cfg(unix)]
    {
        let pair = std::os::unix::net::UnixStream::pair;
        let _three = (pair()?, pair()?, pair()?);
    }
    Builder::new_current_thread().enable_all().build()
}

/// The number of the signal that asks the program to end.
async fn interruption() -> u8 {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let next = async |kind: SignalKind| match signal(kind) {
            Ok(mut signals) => signals.recv().await,
            Err(_) => std::future::pending().await,
        };
        tokio::select! {
            _ = next(SignalKind::interrupt()) => 2,
            _ = next(SignalKind::terminate()) => 15,
            _ = next(SignalKind::hangup()) => 1,
        }
    }
    #[cfg(not(unix))]
    {
        match tokio::signal::ctrl_c().await {
            Ok(()) => 2,
            Err(_) => std::future::pending().await,
        }
    }
}

/// Writes the outcome and gives its exit status.
fn conclude(output: &Output, outcome: &Result<Box<dyn Report>>) -> ExitCode {
    let written = match outcome {
        Ok(report) => output.report(report.as_ref()),
        Err(error) => output.error(error),
    };
    if let Err(error) = &written {
        // stdout is out of order; stderr may not be.
        output.talk().error(error);
    }
    let failure = match outcome {
        Ok(report) => report.failure(),
        Err(error) => Some(error),
    };
    match failure.or(written.as_ref().err()) {
        Some(error) => ExitCode::from(error.code().exit_status()),
        None => ExitCode::SUCCESS,
    }
}
