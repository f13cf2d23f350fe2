//! Atomic and durable writes: a temporary file beside the target takes its place in one step.
//!
//! Where a rename can never do that (a file mounted alone into a container, a stranger's file in a
//! folder such as `/tmp`, a folder that may not be written), the file is written as it stands.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::file::{beside, close, folder_of, make_folder, unwritable};
use super::owner;
use super::patience::{FOR_WRITING, is_not_now, patiently};
use crate::error::Result;

/// Ends the names of temporary files.
const TEMPORARY: &str = ".tmp";

/// So many letters and digits between the target's name and [`TEMPORARY`] differ.
const RANDOM: usize = 6;

/// How much longer than the present text the one may be for which a place is kept: two tokens of
/// the largest size that a header can hold, and more.
const ROOM: usize = 32 * 1024;

/// A place for the file's next text, which exists already.
#[derive(Debug)]
pub(super) enum Draft {
    /// A file beside the target.
    Temporary(NamedTempFile),
    /// The target itself.
    InPlace,
}

impl Draft {
    /// A place for a text not much longer than `text`, once it is sure that it will take the
    /// target's place: for those who must not find out afterwards.
    pub(super) fn rehearse(target: &Path, text: &str) -> Result<Self> {
        let failed = |error| unwritable(target, error);
        let mut prepared = text.as_bytes().to_vec();
        prepared.resize(text.len() + ROOM, b'\n');
        let draft = Self::new(target, &prepared).map_err(failed)?;
        check_replaceable(target).map_err(failed)?;
        Ok(draft)
    }

    /// A place with these bytes in it, safe on the disk.
    fn new(target: &Path, bytes: &[u8]) -> io::Result<Self> {
        match new_temporary(target, bytes) {
            Ok(temporary) => Ok(Self::Temporary(temporary)),
            Err(error) if is_refusal(&error) && open_in_place(target).is_ok() => Ok(Self::InPlace),
            Err(error) => Err(error),
        }
    }

    /// Puts the text into a temporary that has been made for it.
    fn fill(mut self, text: &str) -> io::Result<Self> {
        if let Self::Temporary(temporary) = &mut self {
            fill(temporary.as_file_mut(), text.as_bytes())?;
        }
        Ok(self)
    }

    /// Lets the text, which is in the draft, take the target's place.
    fn put(self, target: &Path, text: &str) -> io::Result<()> {
        let Self::Temporary(temporary) = self else {
            return write_in_place(target, text);
        };
        // Closed before it is moved: Windows cares.
        let mut temporary = temporary.into_temp_path();
        match rename(&temporary, target) {
            Ok(()) => {
                temporary.disable_cleanup(true);
                sync_folder(folder_of(target));
                Ok(())
            }
            Err(error) if is_refusal(&error) => write_in_place(target, text).map_err(|_| error),
            Err(error) => Err(error),
        }
    }
}

/// Replaces `target` by a file with this text, in one step that survives a power cut, by way of the
/// draft that has been rehearsed, if one has. Where the old file is to be kept, gives its new name;
/// that is made only once the new text is on the disk.
pub(super) fn write(
    target: &Path,
    text: &str,
    draft: Option<Draft>,
    keep: bool,
) -> Result<Option<PathBuf>> {
    let failed = |error| unwritable(target, error);
    let fresh = || Draft::new(target, text.as_bytes());
    let draft = match draft {
        Some(draft) => draft.fill(text),
        None => fresh(),
    };
    let draft = draft.map_err(failed)?;
    let kept = keep.then(|| keep_aside(target)).transpose()?;
    let written = draft.put(target, text).or_else(|error| {
        // Somebody has cleared the draft away, or the folder with all that was in it.
        if error.kind() != io::ErrorKind::NotFound {
            return Err(error);
        }
        make_folder(folder_of(target))?;
        fresh()?.put(target, text)
    });
    written.map_err(failed)?;
    Ok(kept)
}

/// Moves a file to another's place, in one step. Tries for a while where somebody has that one
/// open, which stands in the way on Windows.
///
/// # Errors
/// Those of the system.
pub(super) fn rename(from: &Path, to: &Path) -> io::Result<()> {
    patiently(FOR_WRITING, || fs::rename(from, to))
}

/// Removes what writers left that were killed. Only for who holds the lock.
pub(super) fn remove_leftovers(target: &Path) {
    let Ok(entries) = fs::read_dir(folder_of(target)) else {
        return;
    };
    let prefix = temporary_prefix(target);
    for entry in entries.flatten() {
        if is_temporary(&entry.file_name(), &prefix) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// Whether a name is one that [`new_temporary`] gives, and not that of another file's temporary.
fn is_temporary(name: &OsStr, prefix: &OsStr) -> bool {
    let random = name
        .as_encoded_bytes()
        .strip_prefix(prefix.as_encoded_bytes())
        .and_then(|rest| rest.strip_suffix(TEMPORARY.as_bytes()));
    random.is_some_and(|random| {
        random.len() == RANDOM && random.iter().all(u8::is_ascii_alphanumeric)
    })
}

fn temporary_prefix(target: &Path) -> OsString {
    let mut prefix = OsString::from(".");
    prefix.push(target.file_name().unwrap_or_default());
    prefix.push(".");
    prefix
}

/// A file beside `target` that is safe on the disk, of mode 0600 from the start on Unix.
fn new_temporary(target: &Path, bytes: &[u8]) -> io::Result<NamedTempFile> {
    let folder = folder_of(target);
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut temporary = tempfile::Builder::new()
        .prefix(&temporary_prefix(target))
        .suffix(TEMPORARY)
        .rand_bytes(RANDOM)
        // Not with that library's own options: they mark the file as one that Windows need not
        // write to the disk.
        .make_in(folder, |path| options.open(path))?;
    let like = if target.exists() { target } else { folder };
    owner::keep(temporary.as_file(), like);
    fill(temporary.as_file_mut(), bytes)?;
    Ok(temporary)
}

/// Gives a file these bytes, and sees them safe on the disk.
fn fill(file: &mut File, bytes: &[u8]) -> io::Result<()> {
    file.rewind()?;
    file.write_all(bytes)?;
    file.set_len(bytes.len() as u64)?;
    sync(file)
}

/// Fails where nothing can take the target's place, nor be written into it. A target that can be
/// written as it stands is good enough. Of any other only a replacement tells, so it is replaced,
/// by a copy of itself.
fn check_replaceable(target: &Path) -> io::Result<()> {
    if !target.exists() || open_in_place(target).is_ok() {
        return Ok(());
    }
    let copy = new_temporary(target, &fs::read(target)?)?.into_temp_path();
    rename(&copy, target)
}

/// Whether the system does not allow this, however often it is tried.
fn is_refusal(error: &io::Error) -> bool {
    is_not_now(error)
        || matches!(
            error.kind(),
            io::ErrorKind::PermissionDenied
                | io::ErrorKind::ResourceBusy
                | io::ErrorKind::ReadOnlyFilesystem
                | io::ErrorKind::CrossesDevices
        )
}

fn open_in_place(target: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).write(true).open(target)
}

/// Gives the file another text as it stands. If that fails in the middle, its old one is restored.
fn write_in_place(target: &Path, text: &str) -> io::Result<()> {
    let mut file = open_in_place(target)?;
    close(target, 0o600);
    let mut old = Vec::new();
    file.read_to_end(&mut old)?;
    // Whoever reads meanwhile finds a whole text, with blank lines behind it.
    let mut bytes = text.as_bytes().to_vec();
    bytes.resize(bytes.len().max(old.len()), b'\n');
    file.rewind()?;
    file.write_all(&bytes).inspect_err(|_| {
        let _ = fill(&mut file, &old);
    })?;
    file.set_len(text.len() as u64)?;
    sync(&file)
}

/// Gives the file at `target` a second name that nothing has yet: `.bak`, `.bak.1`, …
fn keep_aside(target: &Path) -> Result<PathBuf> {
    for number in 0_u32.. {
        let suffix = match number {
            0 => ".bak".to_owned(),
            _ => format!(".bak.{number}"),
        };
        let aside = beside(target, &suffix);
        let kept = match fs::hard_link(target, &aside) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
                // A file system without second names, or a file mounted alone.
                copy(target, &aside)
            }
            linked => linked,
        };
        match kept {
            Ok(()) => {
                close(&aside, 0o600);
                return Ok(aside);
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(unwritable(&aside, error)),
        }
    }
    Err(unwritable(
        target,
        io::Error::other("no name is left for a copy"),
    ))
}

/// Copies a file to a name that nothing has yet.
fn copy(from: &Path, to: &Path) -> io::Result<()> {
    let bytes = fs::read(from)?;
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(to)?;
    owner::keep(&file, from);
    fill(&mut file, &bytes).inspect_err(|_| {
        let _ = fs::remove_file(to);
    })
}

/// Sees a file safe on the disk, as far as its file system knows how.
fn sync(file: &File) -> io::Result<()> {
    let synced = file.sync_all();
    // There that asks the disk itself to write out what it holds, which not every volume can pass
    // on. What they all can is what other systems do.
    #[cfg(target_vendor = "apple")]
    let synced = synced.or_else(|_| Ok(rustix::fs::fsync(file)?));
    match synced {
        Err(error) if cannot_sync(&error) => {
            tracing::debug!("the file system cannot sync a file to the disk: {error}");
            Ok(())
        }
        synced => synced,
    }
}

/// Sees the names in a folder safe on the disk. What is in it has been written already, so that is
/// no reason to fail. Windows has no such call and no such need.
fn sync_folder(folder: &Path) {
    if cfg!(unix)
        && let Err(error) = File::open(folder).and_then(|folder| sync(&folder))
    {
        let folder = folder.display();
        tracing::debug!("`{folder}` cannot be synced to the disk: {error}");
    }
}

/// Whether a file system has no such thing, as some on networks and in user space.
fn cannot_sync(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported
    )
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        reason = "a broken assumption ends the test there and then"
    )]

    use super::*;

    #[test]
    #[cfg(target_os = "linux")]
    fn a_file_system_that_cannot_sync_is_no_failure() {
        // What there is no other way to have everywhere: `fsync` on it says "invalid argument".
        let file = File::open("/dev/null").unwrap();
        assert!(cannot_sync(&file.sync_all().unwrap_err()));
        assert!(sync(&file).is_ok());
    }

    #[test]
    fn a_text_written_in_place_is_there_whole_whatever_its_length() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pipecatcloud.toml");
        for (old, new) in [
            ("", "a = 1\n"),
            ("a = 1\n", ""),
            ("a = 1\nb = 2\n", "c = 3\n"),
        ] {
            fs::write(&path, old).unwrap();
            write_in_place(&path, new).unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), new);
        }
        fs::remove_file(&path).unwrap();
        assert!(write_in_place(&path, "x").is_err());
    }
}
