//! The file system under the store: permissions, links, the lock file, atomic and durable writes.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::error::{Code, Error, Result};

/// More links than this are a circle.
const MAX_LINKS: usize = 40;

/// Ends the names of the temporary files that writers make beside the target.
const TEMPORARY: &str = ".tmp";

/// The name of the folder that belongs to this program. Any other folder's rights are not ours.
const OWN_FOLDER: &str = "pipecatcloud";

/// The bytes at `path`; none where there is no file.
pub(super) fn read(path: &Path) -> Result<Vec<u8>> {
    let unreadable = |error: io::Error| {
        Error::new(
            Code::ConfigUnreadable,
            format!("cannot read `{}`", path.display()),
        )
        .because(error)
        .hint("check the file's permissions, or name another file in `PIPECAT_CONFIG_PATH`")
    };
    // Looked at before it is opened: opening a FIFO would wait for a writer.
    let metadata = match fs::metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(unreadable(error)),
    };
    if !metadata.is_file() {
        return Err(unreadable(io::Error::other(kind_of(&metadata))));
    }
    match fs::read(path) {
        Ok(bytes) => Ok(bytes),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(unreadable(error)),
    }
}

/// What something is that should be a file.
fn kind_of(metadata: &fs::Metadata) -> &'static str {
    if metadata.is_dir() {
        "it is a folder"
    } else {
        "it is no regular file"
    }
}

/// Takes other users' rights away from the file, and from its folder where that is our own.
pub(super) fn close_permissions(path: &Path) {
    let folder = path.parent().filter(|folder| folder.ends_with(OWN_FOLDER));
    let metadata = |path| fs::metadata(path).ok();
    if let Some(file) = metadata(path).filter(fs::Metadata::is_file) {
        close(path, &file, 0o600);
        if let Some((folder, metadata)) = folder.zip(folder.and_then(metadata)) {
            close(folder, &metadata, 0o700);
        }
    }
}

/// Where writing to `path` really writes: the end of its chain of symbolic links.
pub(super) fn follow_links(path: &Path) -> Result<PathBuf> {
    let mut target = path.to_path_buf();
    for _ in 0..MAX_LINKS {
        match fs::read_link(&target) {
            Ok(next) => target = folder_of(&target).join(next),
            // No link, or nothing there yet.
            Err(_) => return Ok(target),
        }
    }
    Err(Error::new(
        Code::ConfigUnreadable,
        format!("`{}` is a circle of symbolic links", path.display()),
    )
    .hint("name another file in `PIPECAT_CONFIG_PATH`"))
}

/// Opens the lock file beside `target`, making the folder where there is none.
pub(super) fn open_lock(target: &Path) -> Result<File> {
    let folder = folder_of(target);
    make_folder(folder).map_err(|error| {
        unwritable(target, error).context(&format!("cannot make the folder `{}`", folder.display()))
    })?;
    let lock = beside(target, ".lock");
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    // Looked at before it is opened: opening a FIFO would wait for a reader.
    let opened = match fs::metadata(&lock) {
        Ok(metadata) if !metadata.is_file() => Err(io::Error::other(kind_of(&metadata))),
        _ => options.open(&lock),
    };
    opened.map_err(|error| unwritable(&lock, error))
}

/// Removes what writers left that were killed. Only for who holds the lock.
pub(super) fn remove_leftovers(target: &Path) {
    let prefix = temporary_prefix(target);
    let Ok(entries) = fs::read_dir(folder_of(target)) else {
        return;
    };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.starts_with(&prefix) && name.ends_with(TEMPORARY) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// Gives the file at `target` a second name that nothing has yet: `.bak`, `.bak.1`, …
fn keep_aside(target: &Path) -> Result<PathBuf> {
    for number in 0_u32.. {
        let suffix = match number {
            0 => ".bak".to_owned(),
            _ => format!(".bak.{number}"),
        };
        let aside = beside(target, &suffix);
        match fs::hard_link(target, &aside) {
            Ok(()) => return Ok(aside),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            // A file system without hard links: the name is free, or was a moment ago.
            Err(_) if !aside.exists() => {
                fs::rename(target, &aside).map_err(|error| unwritable(target, error))?;
                return Ok(aside);
            }
            Err(_) => {}
        }
    }
    Err(unwritable(
        target,
        io::Error::other("no name is left for a copy"),
    ))
}

/// Fails where [`write`] would: for those who must not find out afterwards.
pub(super) fn rehearse_write(target: &Path, text: &str) -> Result<()> {
    write_temporary(target, text)
        .map(drop)
        .map_err(|error| unwritable(target, error))
}

/// Replaces `target` by a file with this text, in one step that survives a power cut. Where the
/// old one is to be kept, gives its new name; that is made only once the new file is on the disk.
pub(super) fn write(target: &Path, text: &str, keep: bool) -> Result<Option<PathBuf>> {
    let failed = |error| unwritable(target, error);
    let temporary = write_temporary(target, text).map_err(failed)?;
    let kept = keep.then(|| keep_aside(target)).transpose()?;
    temporary
        .persist(target)
        .map_err(|error| failed(error.error))?;
    // The new name is durable only with its folder. Windows has no such call and no such need.
    #[cfg(unix)]
    File::open(folder_of(target))
        .and_then(|folder| folder.sync_all())
        .map_err(failed)?;
    Ok(kept)
}

/// A file beside `target` that is safe on the disk, of mode 0600 from the start on Unix.
fn write_temporary(target: &Path, text: &str) -> io::Result<tempfile::NamedTempFile> {
    let mut temporary = tempfile::Builder::new()
        .prefix(&temporary_prefix(target))
        .suffix(TEMPORARY)
        .tempfile_in(folder_of(target))?;
    temporary.write_all(text.as_bytes())?;
    temporary.as_file().sync_all()?;
    Ok(temporary)
}

fn make_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Takes other users' rights away, with a warning, where there are any.
#[cfg(unix)]
fn close(path: &Path, metadata: &fs::Metadata, mode: u32) {
    use std::os::unix::fs::PermissionsExt as _;
    let found = metadata.permissions().mode() & 0o777;
    if found & 0o077 == 0 {
        return;
    }
    let shown = path.display();
    match fs::set_permissions(path, fs::Permissions::from_mode(mode)) {
        Ok(()) => tracing::warn!(
            "others could get at `{shown}` (mode {found:o}); its mode is now {mode:o}"
        ),
        Err(error) => tracing::warn!(
            "others can get at `{shown}` (mode {found:o}), and that cannot be changed: {error}"
        ),
    }
}

/// Access is the folder's affair where there are no modes.
#[cfg(not(unix))]
fn close(_path: &Path, _metadata: &fs::Metadata, _mode: u32) {}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

fn beside(target: &Path, suffix: &str) -> PathBuf {
    let mut name = target.file_name().unwrap_or_default().to_os_string();
    name.push(suffix);
    target.with_file_name(name)
}

fn temporary_prefix(target: &Path) -> String {
    let name = target.file_name().unwrap_or_default();
    format!(".{}.", name.to_string_lossy())
}

fn unwritable(target: &Path, error: io::Error) -> Error {
    Error::new(
        Code::ConfigUnwritable,
        format!("cannot write `{}`", target.display()),
    )
    .because(error)
    .hint("check the folder's permissions and the space on the disk, or name another file in `PIPECAT_CONFIG_PATH`")
}
