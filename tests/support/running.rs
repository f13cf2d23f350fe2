//! A program under way: what it says is read as it comes, and its end is waited for.

use std::io::{BufRead, BufReader, ErrorKind, Read};
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// How long a line, or the end, may take.
const DEADLINE: Duration = Duration::from_secs(30);

/// A running program. It is killed when dropped.
pub struct Running {
    child: Child,
    stdout: Option<JoinHandle<Vec<u8>>>,
    lines: Receiver<String>,
    said: String,
}

impl Running {
    /// Starts a program. It has no terminal, and unless the command says otherwise no input.
    pub fn start(mut command: Command) -> Self {
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = loop {
            match command.spawn() {
                // A program that has just been copied, while another thread forks.
                Err(error) if error.kind() == ErrorKind::ExecutableFileBusy => {
                    thread::sleep(Duration::from_millis(5));
                }
                spawned => break spawned.expect("a program to start"),
            }
        };
        let mut stdout = child.stdout.take().expect("its stdout");
        let stderr = BufReader::new(child.stderr.take().expect("its stderr"));
        let stdout = thread::spawn(move || {
            let mut bytes = Vec::new();
            stdout.read_to_end(&mut bytes).expect("readable output");
            bytes
        });
        let (sender, lines) = mpsc::channel();
        thread::spawn(move || {
            // Whoever waited for more has gone.
            stderr.lines().try_for_each(|line| {
                let line = line.expect("lines of text");
                sender.send(format!("{line}\n"))
            })
        });
        Self {
            child,
            stdout: Some(stdout),
            lines,
            said: String::new(),
        }
    }

    /// Waits for a line on stderr that begins so.
    pub fn line(&mut self, start: &str) -> String {
        let line = self.line_if_any(start, DEADLINE);
        line.unwrap_or_else(|| panic!("no line {start:?} in:\n{}", self.said))
    }

    /// The same, where the program may end without one.
    pub fn line_if_any(&mut self, start: &str, patience: Duration) -> Option<String> {
        loop {
            let line = self.lines.recv_timeout(patience).ok()?;
            self.said.push_str(&line);
            if line.starts_with(start) {
                return Some(line.trim_end().to_owned());
            }
        }
    }

    /// Sends a signal by its name, `INT` for example.
    #[cfg(unix)]
    pub fn signal(&self, name: &str) {
        let script = format!("kill -s {name} {}", self.child.id());
        let sent = Command::new("/bin/sh").args(["-c", &script]).status();
        assert!(sent.expect("a shell").success(), "no {name} could be sent");
    }

    /// Waits until the program has ended, and gives all that it said.
    pub fn finish(self) -> Output {
        self.finish_within(DEADLINE)
    }

    /// The same, where it may take longer or must not take as long.
    pub fn finish_within(mut self, patience: Duration) -> Output {
        let deadline = Instant::now() + patience;
        let status = loop {
            if let Some(status) = self.child.try_wait().expect("a program to wait for") {
                break status;
            }
            let late = Instant::now() > deadline;
            assert!(!late, "still running after {patience:?}:\n{}", self.said);
            thread::sleep(Duration::from_millis(5));
        };
        loop {
            match self.lines.recv_timeout(DEADLINE) {
                Ok(line) => self.said.push_str(&line),
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => panic!("somebody else holds its stderr open"),
            }
        }
        let stdout = self.stdout.take().expect("its stdout").join();
        Output {
            status,
            stdout: stdout.expect("its stdout"),
            stderr: std::mem::take(&mut self.said).into_bytes(),
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
