//! What comes from the terminal: keys, pasted text, a new size.
//!
//! The library reads on a thread of its own here, which looks up every now and then whether anybody
//! still listens. So a question is a future like any other: who drops it has the terminal back.

use std::io::{self, IsTerminal as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU16, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crossterm::event::{self, Event, KeyEvent, KeyEventKind};
use crossterm::terminal;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// How often the thread looks up.
const TICK: Duration = Duration::from_millis(50);

/// What comes from the terminal. It may be a secret, so it has no form for logs.
pub(super) enum Input {
    /// A key.
    Key(KeyEvent),
    /// Text that was pasted, as it was, ends of line included.
    Paste(String),
    /// The terminal has another size; where the cursor is now, if that was in doubt.
    Resized(Option<u16>),
    /// Somebody else has set the terminal's modes: a shell that has brought the program back.
    ModesLost,
}

/// How keys are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reading {
    /// Each as it is pressed; it is not shown.
    Keys,
    /// In lines, which the terminal itself shows and lets people correct.
    Lines,
}

/// The keyboard, while somebody is asked something.
pub(super) struct Keyboard {
    inputs: UnboundedReceiver<io::Result<Input>>,
    /// Tells the thread that nobody listens any more.
    left: Arc<AtomicBool>,
    cursor: Arc<AtomicU16>,
    /// Tells the thread that the modes are meant to be those of a shell now.
    away: Arc<AtomicBool>,
    ear: Option<JoinHandle<()>>,
    raw: Option<RawMode>,
}

impl Keyboard {
    /// Listens from now on.
    ///
    /// # Errors
    /// There is no terminal, or no thread to be had.
    pub fn open(reading: Reading) -> io::Result<Self> {
        let raw = match reading {
            Reading::Keys => Some(RawMode::enter()?),
            Reading::Lines => None,
        };
        let (sender, inputs) = unbounded_channel();
        let mut keyboard = Self {
            inputs,
            left: Arc::default(),
            cursor: Arc::default(),
            away: Arc::default(),
            ear: None,
            raw,
        };
        let ear = Ear {
            left: Arc::clone(&keyboard.left),
            cursor: Arc::clone(&keyboard.cursor),
            away: Arc::clone(&keyboard.away),
            reading,
            sender,
        };
        // From the first time on, a new size is heard of.
        event::poll(Duration::ZERO)?;
        let ear = thread::Builder::new().spawn(move || ear.listen())?;
        keyboard.ear = Some(ear);
        Ok(keyboard)
    }

    /// What comes next. Nothing is lost where this is dropped.
    ///
    /// # Errors
    /// The terminal cannot be read any more.
    pub async fn next(&mut self) -> io::Result<Input> {
        let gone = || Err(io::Error::from(io::ErrorKind::UnexpectedEof));
        self.inputs.recv().await.unwrap_or_else(gone)
    }

    /// Whether nothing has come that is still to be told.
    pub fn is_idle(&self) -> bool {
        self.inputs.is_empty()
    }

    /// Remembers where the cursor is, so that what a new size has done to it can be found out.
    pub fn cursor_is_at(&self, column: u16) {
        self.cursor.store(column, Ordering::Relaxed);
    }

    /// Sets the modes again, after somebody else has.
    pub fn take_back(&mut self) {
        if self.raw.is_some() {
            let _ = set_modes();
        }
    }

    /// Stops the program as Ctrl-Z does, with everything that the shell has started together with
    /// it, until it is brought back.
    #[cfg(unix)]
    pub fn suspend(&mut self) {
        self.away.store(true, Ordering::Relaxed);
        let was_raw = self.raw.take().is_some();
        let _ = rustix::process::kill_current_process_group(rustix::process::Signal::TSTP);
        if was_raw {
            self.raw = RawMode::enter().ok();
        }
        self.away.store(false, Ordering::Relaxed);
    }

    /// There is nothing like it here.
    #[cfg(not(unix))]
    #[allow(clippy::unused_self, reason = "it is used elsewhere")]
    pub fn suspend(&mut self) {}

    /// Forgets what has been typed and was not read, so that no shell takes it for a command.
    pub fn forget_typed() {
        #[cfg(unix)]
        let _ = rustix::termios::tcflush(io::stdin(), rustix::termios::QueueSelector::IFlush);
        #[cfg(not(unix))]
        while event::poll(Duration::ZERO).is_ok_and(|is_there| is_there) && event::read().is_ok() {}
    }
}

impl Drop for Keyboard {
    /// What is typed from now on is for somebody else: the thread must not take it any more.
    fn drop(&mut self) {
        self.left.store(true, Ordering::Relaxed);
        // It waits for this signal too.
        #[cfg(unix)]
        let _ = rustix::process::kill_process(
            rustix::process::getpid(),
            rustix::process::Signal::WINCH,
        );
        let since = Instant::now();
        let is_listening = || self.ear.as_ref().is_some_and(|ear| !ear.is_finished());
        while is_listening() && since.elapsed() < 2 * TICK {
            thread::sleep(Duration::from_millis(1));
        }
    }
}

/// The thread's half.
struct Ear {
    left: Arc<AtomicBool>,
    cursor: Arc<AtomicU16>,
    away: Arc<AtomicBool>,
    reading: Reading,
    sender: UnboundedSender<io::Result<Input>>,
}

impl Ear {
    fn listen(&self) {
        while !self.left.load(Ordering::Relaxed) {
            let heard = self.hear();
            let is_broken = heard.is_err();
            if let Some(heard) = heard.transpose()
                && (self.sender.send(heard).is_err() || is_broken)
            {
                return;
            }
        }
    }

    fn hear(&self) -> io::Result<Option<Input>> {
        if !event::poll(TICK)? {
            let is_ours =
                self.reading == Reading::Lines || is_raw()? || self.away.load(Ordering::Relaxed);
            return Ok((!is_ours).then_some(Input::ModesLost));
        }
        if self.left.load(Ordering::Relaxed) {
            // It stays there for whoever asks next.
            return Ok(None);
        }
        Ok(match event::read()? {
            Event::Key(key) if key.kind != KeyEventKind::Release => Some(Input::Key(key)),
            Event::Paste(text) => Some(Input::Paste(text)),
            Event::Resize(columns, _) => Some(Input::Resized(self.cursor_now(columns))),
            _ => None,
        })
    }

    /// Where the cursor is, if the line that it was in is now too long.
    fn cursor_now(&self, columns: u16) -> Option<u16> {
        let is_in_doubt = columns <= self.cursor.load(Ordering::Relaxed);
        // The library asks on stdout.
        if !is_in_doubt || self.reading == Reading::Lines || !io::stdout().is_terminal() {
            return None;
        }
        crossterm::cursor::position().ok().map(|(column, _)| column)
    }
}

/// Keys come one by one and are not shown, until this is dropped.
struct RawMode;

impl RawMode {
    fn enter() -> io::Result<Self> {
        terminal::enable_raw_mode()?;
        let raw = Self;
        set_modes()?;
        Ok(raw)
    }
}

impl Drop for RawMode {
    fn drop(&mut self) {
        let _ = terminal::disable_raw_mode();
    }
}

/// Lets keys come one by one, without being shown. An end of line stays one: somebody else may have
/// something to say meanwhile.
#[cfg(unix)]
fn set_modes() -> io::Result<()> {
    use rustix::termios::{OptionalActions, OutputModes, tcgetattr, tcsetattr};
    let mut modes = tcgetattr(io::stdin())?;
    modes.make_raw();
    modes.output_modes.insert(OutputModes::OPOST);
    Ok(tcsetattr(io::stdin(), OptionalActions::Now, &modes)?)
}

#[cfg(not(unix))]
#[allow(clippy::unnecessary_wraps, reason = "it can fail elsewhere")]
fn set_modes() -> io::Result<()> {
    Ok(())
}

/// Whether keys come one by one, as they should.
///
/// # Errors
/// The terminal has gone.
#[cfg(unix)]
fn is_raw() -> io::Result<bool> {
    use rustix::termios::{LocalModes, tcgetattr};
    let modes = tcgetattr(io::stdin())?;
    Ok(!modes.local_modes.contains(LocalModes::ICANON))
}

#[cfg(not(unix))]
#[allow(clippy::unnecessary_wraps, reason = "it can fail elsewhere")]
fn is_raw() -> io::Result<bool> {
    Ok(true)
}
