//! The configuration file, shared with the official CLI: reading, locking, writing.
//!
//! Reading needs no lock, since a write replaces the file in one step. Writing does: only
//! [`Store::lock`] gives the [`Locked`] that has [`Locked::edit`], and that reads the file anew, so
//! no change of another process is lost, and of programs that know no lock only what they write in
//! the very moment of ours.

mod document;
mod file;
mod origin;
mod session;

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

pub use document::{Document, SyntaxError};
pub use origin::{Origin, is_same_service};
pub use session::{Session, keys};

use crate::error::{Code, Error, Result};

/// How often a busy lock is tried again.
const LOCK_POLL: Duration = Duration::from_millis(15);

/// Whoever waits longer for the lock is told what for.
const LOCK_SILENCE: Duration = Duration::from_secs(3);

/// What a writer does with a file that is not TOML.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnMalformed {
    /// Reports it and leaves it alone.
    Fail,
    /// Keeps it under another name and starts with an empty one, once there is something to write.
    SetAside,
}

/// The configuration file's place.
#[derive(Clone, Debug)]
pub struct Store {
    path: PathBuf,
}

impl Store {
    /// The store at `path`, which need not exist.
    #[must_use]
    pub fn new(path: PathBuf) -> Self {
        Self { path }
    }

    /// The file's path, as the person gave it.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What the file holds now; nothing where there is no file.
    ///
    /// # Errors
    /// [`Code::ConfigMalformed`] or [`Code::ConfigUnreadable`].
    pub fn read(&self) -> Result<Document> {
        self.check_place()?;
        parse(&self.path, &file::read(&self.path)?)
    }

    /// An empty path would stand for whatever folder the program was started in.
    fn check_place(&self) -> Result<()> {
        if self.path.as_os_str().is_empty() {
            return Err(Error::new(
                Code::ConfigUnreadable,
                "there is no place for the configuration file",
            )
            .hint("set `HOME`, or name a file in `PIPECAT_CONFIG_PATH`"));
        }
        Ok(())
    }

    /// Takes other users' rights away from the file, with a warning, where there are any.
    pub fn close_permissions(&self) {
        file::close_permissions(&self.path);
    }

    /// Takes the lock, waiting for it up to `patience`, and reads the file.
    ///
    /// The lock lies on a file of its own beside the configuration file, since that one is
    /// replaced at every write. On a file system without locks the work goes on without one, with
    /// a warning.
    ///
    /// # Errors
    /// [`Code::ConfigLocked`] after `patience`; whatever [`Store::read`] says;
    /// [`Code::ConfigUnwritable`] where the folder or the lock file cannot be made.
    pub async fn lock(&self, patience: Duration, on_malformed: OnMalformed) -> Result<Locked> {
        self.check_place()?;
        let target = file::follow_links(&self.path)?;
        let lock = file::open_lock(&target)?;
        let since = Instant::now();
        let mut told = false;
        let held = loop {
            match lock.try_lock() {
                Ok(()) => break true,
                Err(TryLockError::WouldBlock) if since.elapsed() < patience => {
                    if !told && since.elapsed() > LOCK_SILENCE {
                        told = true;
                        tracing::warn!(
                            "another process is changing `{}`; waiting for it",
                            self.path.display()
                        );
                    }
                    tokio::time::sleep(LOCK_POLL).await;
                }
                Err(TryLockError::WouldBlock) => {
                    let path = self.path.display();
                    return Err(Error::new(
                        Code::ConfigLocked,
                        format!("another process is still changing `{path}`"),
                    )
                    .hint("wait for it to end, or end it, and try again"));
                }
                Err(TryLockError::Error(error)) => {
                    tracing::warn!(
                        "`{}` cannot be locked ({error}): do not run two commands that change it at once",
                        self.path.display(),
                    );
                    break false;
                }
            }
        };
        if held {
            file::remove_leftovers(&target);
        }
        let (document, set_aside) = read_for_change(&target, on_malformed)?;
        Ok(Locked {
            target,
            document,
            on_malformed,
            set_aside,
            lock,
        })
    }
}

/// What the file holds, to be changed, and whether it is malformed and to be set aside.
fn read_for_change(target: &Path, on_malformed: OnMalformed) -> Result<(Document, bool)> {
    match parse(target, &file::read(target)?) {
        Ok(document) => Ok((document, false)),
        Err(error)
            if error.code() == Code::ConfigMalformed && on_malformed == OnMalformed::SetAside =>
        {
            Ok((Document::default(), true))
        }
        Err(error) => Err(error),
    }
}

/// The right to change the file, until it is dropped.
#[derive(Debug)]
pub struct Locked {
    target: PathBuf,
    document: Document,
    on_malformed: OnMalformed,
    set_aside: bool,
    lock: File,
}

impl Locked {
    /// What the file holds.
    #[must_use]
    pub fn document(&self) -> &Document {
        &self.document
    }

    /// Whether the file was malformed, so that the next edit keeps it under another name.
    #[must_use]
    pub fn replaces_malformed(&self) -> bool {
        self.set_aside
    }

    /// Finds out whether an edit could be written now, before something that cannot be undone.
    ///
    /// # Errors
    /// [`Code::ConfigUnwritable`].
    pub fn rehearse(&self) -> Result<()> {
        file::rehearse_write(&self.target, &self.document.text())
    }

    /// Where the session that this program stored last is from.
    #[must_use]
    pub fn origin(&self) -> Origin {
        Origin::read(&self.lock)
    }

    /// Remembers where the session that was just stored is from. Without it, the session is one
    /// of which nothing is known, which is no reason to fail.
    pub fn set_origin(&self, origin: &Origin) {
        if let Err(error) = origin.write(&self.lock) {
            tracing::debug!("where the session is from cannot be kept: {error}");
        }
    }

    /// Changes the file as it is now: all of `change` or nothing. A change that changes nothing
    /// writes nothing. Gives the place where a malformed file was kept.
    ///
    /// # Errors
    /// Those of `change`, [`Code::ConfigUnwritable`], and those of reading the file anew.
    pub fn edit(
        &mut self,
        change: impl FnOnce(&mut Document) -> Result<()>,
    ) -> Result<Option<PathBuf>> {
        // Programs that know nothing of the lock may have written it since.
        (self.document, self.set_aside) = read_for_change(&self.target, self.on_malformed)?;
        let mut document = self.document.clone();
        change(&mut document).map_err(|error| match error.code() {
            Code::ConfigMalformed => {
                error.context(&format!("cannot change `{}`", self.target.display()))
            }
            _ => error,
        })?;
        let text = document.text();
        if text == self.document.text() && !self.set_aside {
            return Ok(None);
        }
        let kept = file::write(&self.target, &text, self.set_aside)?;
        self.document = document;
        self.set_aside = false;
        Ok(kept)
    }
}

fn parse(path: &Path, bytes: &[u8]) -> Result<Document> {
    let malformed = |what: String| {
        Error::new(
            Code::ConfigMalformed,
            format!("`{}` is malformed: {what}", path.display()),
        )
        .hint("run `pipecat cloud auth login` to regenerate it; the present file is kept beside it as `.bak`")
    };
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let before = String::from_utf8_lossy(&bytes[..error.valid_up_to()]);
        let (line, column) = document::place_after(&before);
        malformed(format!("line {line}, column {column}: not UTF-8"))
    })?;
    Document::parse(text).map_err(
        |SyntaxError {
             line,
             column,
             message,
         }| { malformed(format!("line {line}, column {column}: {message}")) },
    )
}

#[cfg(test)]
mod tests;
