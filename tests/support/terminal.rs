//! A terminal around the program: a pseudo-terminal with a screen that can be read.

use std::io::{ErrorKind, Read, Write};
use std::num::NonZeroU16;
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread;
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, ExitStatus, MasterPty, PtySize, native_pty_system};
use vt100::{Callbacks, Parser, Screen};

use super::home::Home;

/// How long anything on the screen may take.
const DEADLINE: Duration = Duration::from_secs(20);

/// A running program with a screen and a keyboard. It is killed when dropped.
pub struct Terminal {
    child: Box<dyn Child + Send + Sync>,
    master: Box<dyn MasterPty + Send>,
    keyboard: Keyboard,
    display: Arc<Display>,
}

type Keyboard = Arc<Mutex<Box<dyn Write + Send>>>;

/// What has been written, with a bell for whoever waits for more.
struct Display {
    output: Mutex<Output>,
    changed: Condvar,
}

struct Output {
    parser: Parser<Replies>,
    raw: Vec<u8>,
    closed: bool,
}

/// What the terminal itself types, asked by the program.
#[derive(Default)]
struct Replies(Vec<u8>);

impl Callbacks for Replies {
    /// Answers "where is the cursor?" (DSR 6, ECMA-48).
    fn unhandled_csi(
        &mut self,
        screen: &mut Screen,
        _: Option<u8>,
        _: Option<u8>,
        parameters: &[&[u16]],
        command: char,
    ) {
        if command == 'n' && parameters == [[6]] {
            let (row, column) = screen.cursor_position();
            let reply = format!("\x1b[{};{}R", row + 1, column + 1);
            self.0.extend_from_slice(reply.as_bytes());
        }
    }
}

impl Terminal {
    /// Starts the program of a home in a terminal of so many rows and columns.
    pub fn spawn<A: AsRef<str>>(
        home: &Home,
        size: (u16, u16),
        arguments: impl IntoIterator<Item = A>,
    ) -> Self {
        Self::spawn_in(home.path(), home, size, arguments)
    }

    /// The same, in a folder.
    pub fn spawn_in<A: AsRef<str>>(
        folder: &Path,
        home: &Home,
        (rows, columns): (u16, u16),
        arguments: impl IntoIterator<Item = A>,
    ) -> Self {
        let mut command = CommandBuilder::new(home.program());
        for argument in arguments {
            command.arg(argument.as_ref());
        }
        command.env_clear();
        command.env("TERM", "xterm-256color");
        for (name, value) in home.environment() {
            command.env(name, value);
        }
        command.cwd(folder);

        let pair = native_pty_system()
            .openpty(size(rows, columns))
            .expect("a pseudo-terminal");
        let child = pair.slave.spawn_command(command).expect("the program");
        let reader = pair.master.try_clone_reader().expect("its output");
        let writer = pair.master.take_writer().expect("its input");
        let keyboard = Arc::new(Mutex::new(writer));
        let display = Arc::new(Display::new(rows, columns));
        thread::spawn({
            let (display, keyboard) = (Arc::clone(&display), Arc::clone(&keyboard));
            move || display.show(reader, &keyboard)
        });
        Self {
            child,
            master: pair.master,
            keyboard,
            display,
        }
    }

    /// The text on the screen.
    pub fn screen(&self) -> String {
        self.display.output().screen()
    }

    /// Whether the cursor can be seen.
    pub fn cursor_visible(&self) -> bool {
        !self.display.output().parser.screen().hide_cursor()
    }

    /// Every byte that the program wrote so far.
    pub fn raw(&self) -> Vec<u8> {
        self.display.output().raw.clone()
    }

    /// Waits until the screen shows this text.
    pub fn wait_for(&self, text: &str) {
        let seen = self.wait_until(|output| output.screen().contains(text));
        assert!(seen, "no {text:?} on the screen:\n{}", self.screen());
    }

    /// Waits until the program has written these one after the other, after so many bytes.
    pub fn wait_for_raw(&self, texts: &[&str], after: usize) {
        let written = self.wait_until(|output| {
            let mut rest = &output.raw[after..];
            texts.iter().all(|text| {
                let found = rest
                    .windows(text.len())
                    .position(|one| one == text.as_bytes());
                rest = &rest[found.map_or(0, |at| at + text.len())..];
                found.is_some()
            })
        });
        assert!(written, "no {texts:?} was written:\n{}", self.screen());
    }

    /// Presses keys.
    pub fn send(&self, keys: &str) {
        let mut keyboard = self.keyboard.lock().unwrap();
        let typed = keyboard.write_all(keys.as_bytes());
        typed
            .and_then(|()| keyboard.flush())
            .expect("a program that still listens");
    }

    /// Sends the program a signal, by its name without `SIG`.
    #[cfg(unix)]
    pub fn signal(&self, name: &str) {
        let id = self.child.process_id().expect("a running program");
        let sent = std::process::Command::new("sh")
            .args(["-c", &format!("kill -{name} {id}")])
            .status();
        assert!(sent.expect("a shell").success(), "no signal could be sent");
    }

    /// Sends a signal to all programs in the foreground, by its name without `SIG`.
    #[cfg(unix)]
    pub fn signal_foreground(&self, name: &str) {
        let group = self.master.process_group_leader();
        let group = group.expect("programs in the foreground");
        let sent = std::process::Command::new("sh")
            .args(["-c", &format!("kill -{name} -{group}")])
            .status();
        assert!(sent.expect("a shell").success(), "no signal could be sent");
    }

    /// How the terminal handles what is typed and shown, as the kernel keeps it. It differs from
    /// that of a fresh terminal while the program reads single keys.
    #[cfg(unix)]
    pub fn line_settings(&self) -> String {
        let settings = self.master.get_termios().expect("a terminal's settings");
        format!("{settings:?}")
    }

    /// Gives the window another size.
    pub fn resize(&self, rows: u16, columns: u16) {
        let (high, wide) = dimensions(rows, columns);
        self.display.output().parser.set_size(high, wide);
        let resized = self.master.resize(size(rows, columns));
        resized.expect("a terminal that can be resized");
    }

    /// Waits until the program has ended and everything it wrote is on the screen.
    pub fn wait(&mut self) -> ExitStatus {
        let closed = self.wait_until(|output| output.closed);
        assert!(closed, "still running:\n{}", self.screen());
        self.child.wait().expect("the program's exit status")
    }

    /// Waits for a condition. False: the deadline came first.
    fn wait_until(&self, condition: impl Fn(&Output) -> bool) -> bool {
        let deadline = Instant::now() + DEADLINE;
        let mut output = self.display.output();
        while !condition(&output) {
            let left = deadline.saturating_duration_since(Instant::now());
            if output.closed || left.is_zero() {
                return false;
            }
            output = self.display.changed.wait_timeout(output, left).unwrap().0;
        }
        true
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Display {
    fn new(rows: u16, columns: u16) -> Self {
        let (rows, columns) = dimensions(rows, columns);
        let output = Output {
            parser: Parser::new_with_callbacks(rows, columns, 0, Replies::default()),
            raw: Vec::new(),
            closed: false,
        };
        Self {
            output: Mutex::new(output),
            changed: Condvar::new(),
        }
    }

    fn output(&self) -> MutexGuard<'_, Output> {
        self.output.lock().unwrap()
    }

    /// Shows everything that the program writes, until it ends.
    fn show(&self, mut reader: impl Read, keyboard: &Keyboard) {
        let mut buffer = [0; 4096];
        loop {
            match reader.read(&mut buffer) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                // At the end, some systems report an error rather than the end.
                Ok(0) | Err(_) => break,
                Ok(count) => {
                    let replies = self.output().write(&buffer[..count]);
                    let _ = keyboard.lock().unwrap().write_all(&replies);
                    self.changed.notify_all();
                }
            }
        }
        self.output().closed = true;
        self.changed.notify_all();
    }
}

impl Output {
    fn screen(&self) -> String {
        self.parser.screen().contents()
    }

    /// Takes what the program wrote; gives what the terminal replies.
    fn write(&mut self, bytes: &[u8]) -> Vec<u8> {
        self.raw.extend_from_slice(bytes);
        self.parser.process(bytes);
        std::mem::take(&mut self.parser.callbacks_mut().0)
    }
}

fn size(rows: u16, cols: u16) -> PtySize {
    PtySize {
        rows,
        cols,
        ..PtySize::default()
    }
}

fn dimensions(rows: u16, columns: u16) -> (NonZeroU16, NonZeroU16) {
    let rows = NonZeroU16::new(rows).expect("a row");
    (rows, NonZeroU16::new(columns).expect("a column"))
}
