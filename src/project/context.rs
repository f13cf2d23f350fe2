//! The build context: the files of a folder that go up to be built, found by walking before
//! anything is read.

mod walk;

use std::fs;
use std::io::ErrorKind;
use std::path::{Component, Path, PathBuf};

use super::section::Placed;
use crate::error::{Code, Error, Result};
use walk::Walk;

/// What is built where nobody says otherwise.
pub const DEFAULT_FOLDER: &str = ".";

/// The Dockerfile where nobody says otherwise.
pub const DEFAULT_DOCKERFILE: &str = "Dockerfile";

/// So many bytes of content can be built.
pub const LIMIT: u64 = 500 * 1024 * 1024;

/// So many of the largest files are named.
pub const LARGEST: usize = 5;

/// What is to be built.
#[derive(Clone, Copy, Debug)]
pub struct Options<'a> {
    /// The folder.
    pub folder: &'a Path,
    /// The Dockerfile, from there.
    pub dockerfile: &'a str,
    /// What the deploy file leaves out.
    pub patterns: &'a [Placed<String>],
    /// The file with the token in force, which never goes up.
    pub token_file: Option<&'a Path>,
}

/// The files that go up.
#[derive(Clone, Debug)]
pub struct BuildContext {
    /// The folder.
    pub folder: PathBuf,
    /// The Dockerfile, from there, with `/`.
    pub dockerfile: String,
    /// The files, sorted by the bytes of their paths.
    pub files: Vec<ContextFile>,
    /// The bytes in them.
    pub bytes: u64,
    /// The paths that look like those of secrets.
    pub secrets: Vec<String>,
    /// What people should know, beside that.
    pub warnings: Vec<String>,
}

/// A file that goes up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContextFile {
    /// Its path in the context, with `/`.
    pub path: String,
    /// Its bytes.
    pub size: u64,
    /// Whether anybody may execute it.
    pub is_executable: bool,
    /// Where it is read.
    pub(super) source: PathBuf,
}

impl ContextFile {
    /// Its mode in the archive.
    #[must_use]
    pub fn mode(&self) -> u32 {
        if self.is_executable { 0o755 } else { 0o644 }
    }
}

impl BuildContext {
    /// Walks the folder.
    ///
    /// # Errors
    /// The folder or its Dockerfile is not there, something in it cannot be read, or there is too
    /// much of it.
    pub fn walk(options: &Options) -> Result<Self> {
        let dockerfile = dockerfile(options)?;
        let mut walk = Walk::new(options)?;
        walk.folder(options.folder, "")?;
        let is_there = |file: &ContextFile| file.path == dockerfile;
        if !walk.files.iter().any(is_there) {
            let path = options.folder.join(&dockerfile);
            walk.file(path, dockerfile.clone())?;
        }
        walk.finish(options, dockerfile)
    }

    /// The largest files, the largest first.
    #[must_use]
    pub fn largest(&self) -> Vec<&ContextFile> {
        largest(&self.files)
    }

    /// Everything that people should know, in sentences.
    #[must_use]
    pub fn all_warnings(&self) -> Vec<String> {
        let mut warnings = self.warnings.clone();
        if !self.secrets.is_empty() {
            let names = listed(&self.secrets);
            warnings.push(format!(
                "these look like secrets, and will be uploaded: {names}"
            ));
        }
        warnings
    }
}

/// The Dockerfile's path from the folder, with `/`, if it is there.
fn dockerfile(options: &Options) -> Result<String> {
    let Options {
        folder, dockerfile, ..
    } = options;
    match fs::metadata(folder) {
        Ok(metadata) if metadata.is_dir() => {}
        Ok(_) => return Err(invalid(format!("`{}` is not a folder", folder.display()))),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let message = format!("there is no folder `{}` to build", folder.display());
            return Err(invalid(message).hint("name it with `--build-dir DIR`"));
        }
        Err(error) => return Err(unreadable("folder", folder, error)),
    }
    let Some(path) = below(folder, dockerfile) else {
        let folder = folder.display();
        return Err(invalid(format!(
            "the Dockerfile `{dockerfile}` is not in the folder that is built, `{folder}`"
        )));
    };
    match fs::metadata(folder.join(&path)) {
        Ok(metadata) if metadata.is_dir() => {
            Err(invalid(format!("`{path}` is a folder, not a Dockerfile")))
        }
        Ok(_) => Ok(path),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let message = format!("there is no `{path}` in the folder `{}`", folder.display());
            Err(invalid(message)
                .hint("name the Dockerfile with `--dockerfile PATH`, or another folder with `--build-dir DIR`"))
        }
        Err(error) => Err(unreadable("Dockerfile", &folder.join(path), error)),
    }
}

/// A path in the folder, without steps that lead nowhere, with `/`; nothing where it leads out.
fn below(folder: &Path, path: &str) -> Option<String> {
    let path = Path::new(path);
    let path = if path.is_absolute() {
        let folder = std::path::absolute(folder).ok()?;
        path.strip_prefix(folder).ok()?
    } else {
        path
    };
    let mut names: Vec<&str> = Vec::new();
    for component in path.components() {
        match component {
            Component::Normal(name) => names.push(name.to_str()?),
            Component::CurDir => {}
            Component::ParentDir => {
                names.pop()?;
            }
            Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    (!names.is_empty()).then(|| names.join("/"))
}

fn largest(files: &[ContextFile]) -> Vec<&ContextFile> {
    let mut files: Vec<&ContextFile> = files.iter().collect();
    files.sort_by_key(|file| (std::cmp::Reverse(file.size), &file.path));
    files.truncate(LARGEST);
    files
}

/// Some of the paths, and how many more there are.
fn listed(paths: &[String]) -> String {
    const SOME: usize = 10;
    let some = paths.iter().take(SOME).map(|path| format!("`{path}`"));
    let some = some.collect::<Vec<_>>().join(", ");
    match paths.len().saturating_sub(SOME) {
        0 => some,
        more => format!("{some} and {more} more"),
    }
}

fn invalid(message: impl Into<String>) -> Error {
    Error::new(Code::InvalidInput, message)
}

pub(super) fn unreadable(what: &str, path: &Path, error: std::io::Error) -> Error {
    let message = format!("cannot read the {what} `{}`", path.display());
    invalid(message).because(error)
}

#[cfg(test)]
mod tests;
