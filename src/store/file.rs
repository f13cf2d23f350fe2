//! The file system under the store: reading, links, permissions, names.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::owner;
use super::patience::{FOR_READING, patiently};
use crate::error::{Code, Error, Result};

/// More links than this are a circle.
const MAX_LINKS: usize = 40;

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
    match patiently(FOR_READING, || fs::read(path)) {
        Ok(bytes) => Ok(bytes),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(unreadable(error)),
    }
}

/// What something is that should be a file.
pub(super) fn kind_of(metadata: &fs::Metadata) -> &'static str {
    if metadata.is_dir() {
        "it is a folder"
    } else {
        "it is not a regular file"
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
        format!("`{}` is a loop of symbolic links", path.display()),
    )
    .hint("name another file in `PIPECAT_CONFIG_PATH`"))
}

/// Makes the folder and those above it, each for its owner alone, where there are none.
pub(super) fn make_folder(folder: &Path) -> io::Result<()> {
    let missing: Vec<&Path> = folder
        .ancestors()
        .take_while(|folder| !folder.as_os_str().is_empty() && !folder.exists())
        .collect();
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)?;
    for made in missing.into_iter().rev() {
        owner::keep_folder(made, folder_of(made));
    }
    Ok(())
}

/// Takes other users' rights to a file or a folder away, with a warning, where there are any.
#[cfg(unix)]
pub(super) fn close(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt as _;
    let Ok(metadata) = fs::metadata(path) else {
        return;
    };
    let found = metadata.permissions().mode() & 0o777;
    if found & 0o077 == 0 {
        return;
    }
    let shown = path.display();
    match fs::set_permissions(path, fs::Permissions::from_mode(mode)) {
        Ok(()) => tracing::warn!(
            "others could access `{shown}` (mode {found:o}); its mode is now {mode:o}"
        ),
        Err(error) => tracing::warn!(
            "others can access `{shown}` (mode {found:o}), and that cannot be changed: {error}"
        ),
    }
}

/// Access is the folder's affair where there are no modes.
#[cfg(not(unix))]
pub(super) fn close(_path: &Path, _mode: u32) {}

pub(super) fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// The path of the same name with `suffix` at its end.
pub(super) fn beside(target: &Path, suffix: &str) -> PathBuf {
    let mut name = target.file_name().unwrap_or_default().to_os_string();
    name.push(suffix);
    target.with_file_name(name)
}

pub(super) fn unwritable(target: &Path, error: io::Error) -> Error {
    Error::new(
        Code::ConfigUnwritable,
        format!("cannot write `{}`", target.display()),
    )
    .because(error)
    .hint("check the folder's permissions and the space on the disk, or name another file in `PIPECAT_CONFIG_PATH`")
}
