//! stdout, and the terminals that it and stderr may be.

use std::io::{self, Write as _};

use anstream::AutoStream;

use crate::error::{Code, Error};

/// Writes to stdout, whole. What is not in colour has nothing in it that would have to be taken out.
pub(super) fn write(text: &str, coloured: bool) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    if !coloured {
        stdout.write_all(text.as_bytes())?;
        return stdout.flush();
    }
    let mut stream = AutoStream::auto(stdout);
    stream.write_all(text.as_bytes())?;
    stream.flush()
}

pub(super) fn reader_gone() -> Error {
    Error::new(Code::ReaderGone, "nobody reads any more")
}

/// Whether stdout is a pipe without anybody at its other end.
#[cfg(unix)]
pub(super) fn is_abandoned(stdout: &io::Stdout) -> bool {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    let mut looked_at = [PollFd::new(stdout, PollFlags::empty())];
    let is_looked_at = poll(&mut looked_at, Some(&Timespec::default())).is_ok();
    let [stdout] = looked_at;
    is_looked_at && stdout.revents().intersects(PollFlags::ERR | PollFlags::HUP)
}

/// Only writing tells, on Windows.
#[cfg(not(unix))]
pub(super) const fn is_abandoned(_: &io::Stdout) -> bool {
    false
}

pub(super) fn cannot_write(error: io::Error) -> Error {
    Error::new(Code::OutputFailed, "cannot write the output").because(error)
}

/// Columns of the terminal that stdout is; none where it is not one.
pub(super) fn stdout_width() -> Option<usize> {
    terminal_size::terminal_size_of(io::stdout()).map(|(width, _)| usize::from(width.0))
}

/// The same for stderr.
pub(super) fn stderr_width() -> Option<usize> {
    terminal_size::terminal_size_of(io::stderr()).map(|(width, _)| usize::from(width.0))
}
