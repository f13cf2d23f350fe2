//! The lock on the configuration file. It lies on a file of its own beside it, since that one is
//! replaced at every write.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::file::{beside, folder_of, kind_of, make_folder, unwritable};
use super::owner;
use crate::error::{Code, Error, Result};

/// How often a busy lock is tried again.
const POLL: Duration = Duration::from_millis(15);

/// Whoever waits longer for the lock is told what for.
const SILENCE: Duration = Duration::from_secs(3);

/// How often a lock file may have been removed while it was waited for. After that it is the file
/// system that cannot tell one file from another.
const MAX_REMOVALS: usize = 20;

/// The lock, until it is dropped.
#[derive(Debug)]
pub(super) struct Lock {
    pub(super) file: File,
    /// Whether it keeps anybody out: not on a file system without locks.
    pub(super) holds: bool,
}

/// What became of one attempt.
#[derive(Debug)]
enum Attempt {
    Held,
    Busy,
    /// The file system has no locks.
    Impossible(io::Error),
}

impl From<std::result::Result<(), TryLockError>> for Attempt {
    fn from(outcome: std::result::Result<(), TryLockError>) -> Self {
        match outcome {
            Ok(()) => Self::Held,
            Err(TryLockError::WouldBlock) => Self::Busy,
            // A signal came between; that says nothing of the lock.
            Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Interrupted => {
                Self::Busy
            }
            Err(TryLockError::Error(error)) => Self::Impossible(error),
        }
    }
}

/// Takes the lock for changing `target`, waiting for it up to `patience`. The file is called
/// `shown` towards people.
pub(super) async fn acquire(target: &Path, shown: &Path, patience: Duration) -> Result<Lock> {
    let since = Instant::now();
    let (mut waits, mut told) = (false, false);
    let mut removals = 0;
    let (mut path, mut lock) = open(target)?;
    loop {
        match Attempt::from(lock.try_lock()) {
            Attempt::Held if removals == MAX_REMOVALS || is_at(&lock, &path) => {
                return Ok(Lock {
                    file: lock,
                    holds: true,
                });
            }
            // It was removed while it was waited for: whoever comes now takes another.
            Attempt::Held => {
                removals += 1;
                (path, lock) = open(target)?;
            }
            Attempt::Busy if since.elapsed() < patience => {
                if !waits {
                    waits = true;
                    tracing::debug!("another process holds the lock on `{}`", shown.display());
                }
                if !told && since.elapsed() > SILENCE {
                    told = true;
                    let shown = shown.display();
                    tracing::warn!("another process is changing `{shown}`; waiting for it");
                }
                tokio::time::sleep(POLL).await;
            }
            Attempt::Busy => {
                let shown = shown.display();
                return Err(Error::new(
                    Code::ConfigLocked,
                    format!("another process is still changing `{shown}`"),
                )
                .hint("wait for it to finish, or stop it, and try again"));
            }
            Attempt::Impossible(error) => {
                let shown = shown.display();
                tracing::warn!(
                    "`{shown}` cannot be locked ({error}): do not run two commands that change it at once"
                );
                return Ok(Lock {
                    file: lock,
                    holds: false,
                });
            }
        }
    }
}

/// Opens what is to be locked, making the folder where there is none. Gives its path too.
fn open(target: &Path) -> Result<(PathBuf, File)> {
    let folder = folder_of(target);
    make_folder(folder).map_err(|error| {
        unwritable(target, error)
            .context(&format!("cannot create the folder `{}`", folder.display()))
    })?;
    let path = beside(target, ".lock");
    match open_lock_file(&path) {
        Ok(lock) => Ok((path, lock)),
        Err(error) => match in_its_place(target, &error) {
            Some(file) => Ok((target.to_owned(), file)),
            None => Err(unwritable(&path, error)),
        },
    }
}

fn open_lock_file(path: &Path) -> io::Result<File> {
    // Looked at before it is opened: opening a FIFO would wait for a reader.
    if let Ok(metadata) = fs::metadata(path)
        && !metadata.is_file()
    {
        return Err(io::Error::other(kind_of(&metadata)));
    }
    let error = match make_lock_file(path) {
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => error,
        outcome => return outcome,
    };
    // Somebody else's, root's perhaps, who was here in this home. To be read is enough for a lock.
    // If not even that is allowed, it can still be removed in a folder of one's own.
    File::open(path).or_else(|_| {
        fs::remove_file(path).map_err(|_| error)?;
        make_lock_file(path)
    })
}

fn make_lock_file(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let lock = options.open(path)?;
    owner::keep(&lock, folder_of(path));
    Ok(lock)
}

/// The configuration file itself, to be locked where nothing can be made beside it: a file that is
/// alone writable is never replaced. Not on Windows, where a lock keeps readers out.
///
/// It is opened for reading only: whoever may come to keep something in the lock file must not
/// write it over the configuration.
fn in_its_place(target: &Path, error: &io::Error) -> Option<File> {
    let refused = matches!(
        error.kind(),
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem
    );
    if !cfg!(unix) || !refused {
        return None;
    }
    OpenOptions::new().write(true).open(target).ok()?;
    File::open(target).ok()
}

/// Whether the path still leads to what has been locked.
#[cfg(unix)]
fn is_at(lock: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let identity = |metadata: fs::Metadata| (metadata.dev(), metadata.ino());
    match (lock.metadata(), fs::metadata(path)) {
        (Ok(lock), Ok(found)) => identity(lock) == identity(found),
        _ => false,
    }
}

/// Windows removes no file that somebody has open.
#[cfg(not(unix))]
fn is_at(_lock: &File, _path: &Path) -> bool {
    true
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        reason = "a broken assumption ends the test there and then"
    )]

    use super::*;

    #[test]
    #[cfg(unix)]
    fn nothing_can_be_written_into_a_configuration_file_that_is_its_own_lock() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("pipecatcloud.toml");
        fs::write(&target, "org = 'acme'\n").unwrap();
        let refused = io::Error::from(io::ErrorKind::ReadOnlyFilesystem);
        let mut lock = in_its_place(&target, &refused).unwrap();
        assert!(lock.set_len(0).is_err());
        assert!(io::Write::write_all(&mut lock, b"x").is_err());
        assert_eq!(fs::read_to_string(&target).unwrap(), "org = 'acme'\n");
    }

    #[test]
    fn a_signal_in_between_is_no_missing_lock() {
        let interrupted = io::Error::from(io::ErrorKind::Interrupted);
        let attempt = Attempt::from(Err(TryLockError::Error(interrupted)));
        assert!(matches!(attempt, Attempt::Busy), "{attempt:?}");
        let none = io::Error::from(io::ErrorKind::Unsupported);
        let attempt = Attempt::from(Err(TryLockError::Error(none)));
        assert!(matches!(attempt, Attempt::Impossible(_)), "{attempt:?}");
    }
}
