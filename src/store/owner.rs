//! Whose the files are: what the administrator makes in somebody's home stays that person's, who
//! could not use it otherwise.

use std::fs::File;
use std::path::Path;

/// Gives `file` to whom `like` belongs, where that is somebody else, and where one may.
#[cfg(unix)]
pub(super) fn keep(file: &File, like: &Path) {
    if let Some((user, group)) = other_owner(file.metadata(), like) {
        let _ = std::os::unix::fs::fchown(file, Some(user), Some(group));
    }
}

/// The same for a folder.
#[cfg(unix)]
pub(super) fn keep_folder(folder: &Path, like: &Path) {
    if let Some((user, group)) = other_owner(std::fs::metadata(folder), like) {
        let _ = std::os::unix::fs::chown(folder, Some(user), Some(group));
    }
}

/// The user and the group of `like`, unless the user is the same.
#[cfg(unix)]
fn other_owner(made: std::io::Result<std::fs::Metadata>, like: &Path) -> Option<(u32, u32)> {
    use std::os::unix::fs::MetadataExt as _;
    let like = std::fs::metadata(like).ok()?;
    (made.ok()?.uid() != like.uid()).then(|| (like.uid(), like.gid()))
}

/// Who may do what is inherited from the folder where there are no owners to speak of.
#[cfg(not(unix))]
pub(super) fn keep(_file: &File, _like: &Path) {}

/// The same for a folder.
#[cfg(not(unix))]
pub(super) fn keep_folder(_folder: &Path, _like: &Path) {}
