//! What a signal does, in one place.
//!
//! SIGINT (130), SIGTERM (143) and SIGHUP (129) ask the program to end; on Windows, Ctrl-C (130)
//! and a console that is closed (129). While a command goes on, [`Signals::next`] tells of them, and
//! the run decides: it gives up the command, sees to it that nothing is lost, restores the terminal
//! and says what there is to say. One that was ignored when the program was started stays ignored,
//! where that can be found out (Linux). Once nobody listens, because the outcome is being written to
//! somebody who may never read it, a signal ends the program by itself.

use std::io;
use std::process::ExitCode;
use std::thread;
use std::time::Duration;

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// How long an outcome that is there may take to be written after a signal.
const WRITING: Duration = Duration::from_millis(500);

/// How long the last words may take.
const LAST_WORDS: Duration = Duration::from_secs(3);

/// A signal that asks the program to end, by its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signal(u8);

/// SIGINT.
const CTRL_C: Signal = Signal(2);

impl Signal {
    /// The exit status of a program that it ended.
    #[must_use]
    pub fn exit_code(self) -> ExitCode {
        ExitCode::from(128 + self.0)
    }

    /// Whether it is Ctrl-C's, which a terminal echoes.
    #[must_use]
    pub fn is_ctrl_c(self) -> bool {
        self == CTRL_C
    }

    /// Ends the program after a while, whatever it may wait for then.
    pub fn end_in_any_case(self) {
        let _ = thread::Builder::new().spawn(move || self.end_after(LAST_WORDS));
    }

    fn end_after(self, pause: Duration) -> ! {
        thread::sleep(pause);
        std::process::exit(128 + i32::from(self.0))
    }
}

/// The signals as they come.
#[derive(Debug)]
pub struct Signals {
    heard: UnboundedReceiver<Signal>,
    #[cfg(windows)]
    closing: tokio::signal::windows::CtrlClose,
}

impl Signals {
    /// Listens from now on.
    ///
    /// # Errors
    /// The system has no thread or no descriptor left for it.
    pub fn listen() -> io::Result<Self> {
        let (sender, receiver) = unbounded_channel();
        hear(sender)?;
        Ok(Self {
            heard: receiver,
            // After the other: the last that was asked for is the first to be told.
            #[cfg(windows)]
            closing: tokio::signal::windows::ctrl_close()?,
        })
    }

    /// The next one.
    #[cfg(not(windows))]
    pub async fn next(&mut self) -> Signal {
        match self.heard.recv().await {
            Some(signal) => signal,
            None => std::future::pending().await,
        }
    }

    /// The next one. Who waits for the console to be closed is given a few seconds to end; the
    /// program would be gone the moment it has heard of it otherwise.
    #[cfg(windows)]
    pub async fn next(&mut self) -> Signal {
        const HANG_UP: Signal = Signal(1);
        tokio::select! {
            Some(()) = self.closing.recv() => HANG_UP,
            Some(signal) = self.heard.recv() => signal,
            else => std::future::pending().await,
        }
    }
}

/// Passes a signal on; where nobody listens any more, it ends the program.
fn pass_on(sender: &UnboundedSender<Signal>, signal: Signal) {
    if sender.send(signal).is_err() {
        signal.end_after(WRITING);
    }
}

#[cfg(unix)]
fn hear(sender: UnboundedSender<Signal>) -> io::Result<()> {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    let ignored = ignored();
    let heard = [SIGINT, SIGTERM, SIGHUP]
        .into_iter()
        .filter(|number| ignored >> (number - 1) & 1 == 0);
    let mut signals = signal_hook::iterator::Signals::new(heard)?;
    thread::Builder::new().spawn(move || {
        for number in signals.forever() {
            let number = u8::try_from(number).unwrap_or_default();
            pass_on(&sender, Signal(number));
        }
    })?;
    Ok(())
}

/// The signals that were ignored when the program was started (`nohup`, a job in the background of
/// a script), and go on being so: a bit each, that of signal 1 the lowest.
#[cfg(target_os = "linux")]
fn ignored() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mut masks = status
        .lines()
        .filter_map(|line| line.strip_prefix("SigIgn:"));
    let mask = masks.next().unwrap_or_default();
    u64::from_str_radix(mask.trim(), 16).unwrap_or_default()
}

/// Elsewhere there is no way to find out that needs no `unsafe`: asking is what `sigaction` does,
/// which is an `unsafe` function in `nix` too; `signal-hook` only sets handlers, and `rustix` has
/// it for Linux alone. `ps -o ignored` would be another program at every start.
#[cfg(all(unix, not(target_os = "linux")))]
const fn ignored() -> u64 {
    0
}

#[cfg(not(unix))]
fn hear(sender: UnboundedSender<Signal>) -> io::Result<()> {
    ctrlc::set_handler(move || pass_on(&sender, CTRL_C)).map_err(io::Error::other)
}
