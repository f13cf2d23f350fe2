//! The build context: the files of a folder that go up to be built, found by walking before
//! anything is read.

use std::collections::BTreeSet;
use std::fs::{self, FileType, Metadata};
use std::io::ErrorKind;
use std::path::{Component, Path, PathBuf};

use super::file::Placed;
use super::ignore::{Effect, Rules};
use super::pattern::Pattern;
use crate::error::{Code, Error, Result};
use crate::text;

/// What is built where nobody says otherwise.
pub const DEFAULT_FOLDER: &str = ".";

/// The Dockerfile where nobody says otherwise.
pub const DEFAULT_DOCKERFILE: &str = "Dockerfile";

/// The lines that leave files out.
const DOCKERIGNORE: &str = ".dockerignore";

/// So many bytes of content can be built.
pub const LIMIT: u64 = 500 * 1024 * 1024;

/// So many of the largest files are named.
pub const LARGEST: usize = 5;

/// Names behind which there are secrets, as a rule.
const SECRETS: [&str; 14] = [
    ".env*",
    "*.env",
    "*.pem",
    "*.key",
    "id_rsa",
    "id_dsa",
    "id_ecdsa",
    "id_ed25519",
    ".netrc",
    ".npmrc",
    ".pypirc",
    ".aws/credentials",
    "credentials.json",
    "service-account*.json",
];

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

/// A walk under way.
struct Walk<'a> {
    rules: Rules,
    secrets: Vec<Pattern>,
    /// The folder as it is found without links.
    root: PathBuf,
    token_file: Option<(&'a Path, Metadata)>,
    files: Vec<ContextFile>,
    bytes: u64,
    secret_paths: BTreeSet<String>,
    left_out: Vec<String>,
    warnings: Vec<String>,
}

impl<'a> Walk<'a> {
    fn new(options: &Options<'a>) -> Result<Self> {
        let Options {
            folder, patterns, ..
        } = options;
        let path = folder.join(DOCKERIGNORE);
        let mut warnings = Vec::new();
        let mut no_pattern = |place: String, text: &str| {
            let what = if text.starts_with('!') {
                "so it takes nothing in again"
            } else {
                "so `[` and `\\` in it stand for themselves"
            };
            warnings.push(format!(
                "{place}: `{text}` is not a valid Docker pattern, {what}"
            ));
        };
        let rules = match fs::read(&path) {
            Ok(bytes) => {
                let text = String::from_utf8(bytes)
                    .map_err(|_| invalid(format!("`{}` is not UTF-8", path.display())))?;
                let (rules, bad) = Rules::of_dockerignore(&text);
                for bad in bad {
                    no_pattern(format!("{}:{}", path.display(), bad.number), &bad.text);
                }
                if !patterns.is_empty() {
                    warnings.push(
                        "`build.exclude.patterns` of the deploy file is ignored, since there is a \
                         `.dockerignore`"
                            .to_owned(),
                    );
                }
                rules
            }
            Err(error) if error.kind() == ErrorKind::NotFound => {
                let texts = patterns.iter().map(|pattern| pattern.value.as_str());
                let (rules, bad) = Rules::built_in(texts);
                for bad in bad {
                    no_pattern("`build.exclude.patterns`".to_owned(), &bad.text);
                }
                rules
            }
            Err(error) => return Err(unreadable("file", &path, error)),
        };
        let root = fs::canonicalize(folder);
        let token_file = options.token_file;
        Ok(Self {
            rules,
            secrets: SECRETS.map(Pattern::loose).into(),
            root: root.map_err(|error| unreadable("folder", folder, error))?,
            token_file: token_file.and_then(|path| Some((path, fs::metadata(path).ok()?))),
            files: Vec::new(),
            bytes: 0,
            secret_paths: BTreeSet::new(),
            left_out: Vec::new(),
            warnings,
        })
    }

    /// Walks a folder, whose path in the context ends with `/`, but for the context itself.
    fn folder(&mut self, folder: &Path, prefix: &str) -> Result<()> {
        let unreadable = |error| unreadable("folder", folder, error);
        for entry in fs::read_dir(folder).map_err(unreadable)? {
            let entry = entry.map_err(unreadable)?;
            let (name, source) = (entry.file_name(), entry.path());
            let kind = entry.file_type().map_err(unreadable)?;
            let path = format!("{prefix}{}", name.to_string_lossy());
            let effect = self.rules.effect(&path);
            if effect != Effect::In {
                if effect == Effect::OutAndSaid {
                    self.left_out.push(path.clone());
                }
                if kind.is_dir() && self.rules.may_hold(&path) {
                    self.folder(&source, &format!("{path}/"))?;
                }
                continue;
            }
            if name.to_str().is_none() {
                return Err(invalid(format!("the name of `{path}` is not UTF-8"))
                    .hint("rename it, or leave it out in a `.dockerignore`"));
            }
            if kind.is_dir() {
                self.folder(&source, &format!("{path}/"))?;
            } else if kind.is_symlink() {
                self.link(source, path)?;
            } else if kind.is_file() {
                self.file(source, path)?;
            } else {
                let what = special(kind);
                self.warnings
                    .push(format!("left out `{path}`: it is {what}"));
            }
        }
        Ok(())
    }

    /// A link: one to a file is followed.
    fn link(&mut self, source: PathBuf, path: String) -> Result<()> {
        let real = fs::canonicalize(&source);
        let real = real.map_err(|error| {
            let what = match error.kind() {
                ErrorKind::NotFound => format!("the link `{path}` is broken"),
                _ => format!("cannot follow the link `{path}`: {error}"),
            };
            invalid(what).hint("fix it, or leave it out in a `.dockerignore`")
        })?;
        let metadata = fs::metadata(&real).map_err(|error| unreadable("file", &source, error))?;
        let target = real.display();
        if metadata.is_dir() {
            let warning = format!("left out `{path}`: it is a link to a folder, `{target}`");
            self.warnings.push(warning);
        } else if metadata.is_file() {
            if !real.starts_with(&self.root) {
                self.warnings.push(format!(
                    "`{path}` is a link out of the folder: the content of `{target}` will be \
                     uploaded"
                ));
            }
            if self.looks_secret(&real.to_string_lossy().replace('\\', "/")) {
                self.secret_paths.insert(path.clone());
            }
            self.file(source, path)?;
        } else {
            let what = special(metadata.file_type());
            let warning = format!("left out `{path}`: it is a link to {what}");
            self.warnings.push(warning);
        }
        Ok(())
    }

    /// A file, which goes up unless the token is in it.
    fn file(&mut self, source: PathBuf, path: String) -> Result<()> {
        let metadata = fs::metadata(&source).map_err(|error| unreadable("file", &source, error))?;
        if let Some((token_file, of_token)) = &self.token_file
            && is_same(&source, &metadata, token_file, of_token)
        {
            let warning = format!("left out `{path}`: your token is in it");
            self.warnings.push(warning);
            return Ok(());
        }
        if self.looks_secret(&path) {
            self.secret_paths.insert(path.clone());
        }
        self.bytes += metadata.len();
        self.files.push(ContextFile {
            path,
            size: metadata.len(),
            is_executable: is_executable(&metadata),
            source,
        });
        Ok(())
    }

    fn looks_secret(&self, path: &str) -> bool {
        let last = |count: usize| {
            let mut slashes = path.rmatch_indices('/').skip(count - 1);
            slashes.next().map_or(path, |(at, _)| &path[at + 1..])
        };
        let mut secrets = self.secrets.iter();
        secrets.any(|secret| secret.matches(last(1)) || secret.matches(last(2)))
    }

    fn finish(mut self, options: &Options, dockerfile: String) -> Result<BuildContext> {
        if self.bytes > LIMIT {
            let largest: Vec<String> = largest(&self.files)
                .iter()
                .map(|file| format!("`{}` ({})", file.path, text::size(file.size)))
                .collect();
            let (size, limit) = (text::size(self.bytes), text::size(LIMIT));
            return Err(invalid(format!(
                "the files to build are too large in total: {size}, where {limit} is the limit"
            ))
            .hint(format!("the largest are {}", largest.join(", ")))
            .hint("leave out what the build does not need in a `.dockerignore`"));
        }
        if !self.left_out.is_empty() {
            self.left_out.sort_unstable();
            let names = listed(&self.left_out);
            self.warnings.push(format!(
                "left out, since there is no `.dockerignore` and their names are on the built-in list: {names}"
            ));
        }
        self.files
            .sort_unstable_by(|one, other| one.path.cmp(&other.path));
        Ok(BuildContext {
            folder: options.folder.to_owned(),
            dockerfile,
            files: self.files,
            bytes: self.bytes,
            secrets: self.secret_paths.into_iter().collect(),
            warnings: self.warnings,
        })
    }
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

/// What something is called that is neither a file nor a folder.
#[cfg(unix)]
fn special(kind: FileType) -> &'static str {
    use std::os::unix::fs::FileTypeExt as _;
    if kind.is_fifo() {
        "a named pipe"
    } else if kind.is_socket() {
        "a socket"
    } else {
        "a device"
    }
}

#[cfg(not(unix))]
fn special(_: FileType) -> &'static str {
    "neither a file nor a folder"
}

/// Whether anybody may execute it.
#[cfg(unix)]
fn is_executable(metadata: &Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    metadata.permissions().mode() & 0o111 != 0
}

/// Nothing tells there, so every file may be executed, as Docker has it too: a script that cannot
/// be started would break the build.
#[cfg(not(unix))]
fn is_executable(_: &Metadata) -> bool {
    true
}

/// Whether two names lead to one file.
#[cfg(unix)]
fn is_same(_: &Path, one: &Metadata, _: &Path, other: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    (one.dev(), one.ino()) == (other.dev(), other.ino())
}

#[cfg(not(unix))]
fn is_same(one: &Path, of_one: &Metadata, other: &Path, of_other: &Metadata) -> bool {
    let real = |path: &Path| fs::canonicalize(path).ok();
    of_one.len() == of_other.len() && real(one).is_some_and(|one| real(other) == Some(one))
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;

    fn folder(files: &[&str]) -> TempDir {
        let folder = tempfile::tempdir().unwrap();
        for file in files {
            let path = folder.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "x").unwrap();
        }
        folder
    }

    fn walk(folder: &TempDir, dockerfile: &str) -> Result<BuildContext> {
        BuildContext::walk(&Options {
            folder: folder.path(),
            dockerfile,
            patterns: &[],
            token_file: None,
        })
    }

    fn paths(context: &BuildContext) -> Vec<&str> {
        let files = context.files.iter();
        files.map(|file| file.path.as_str()).collect()
    }

    #[test]
    fn files_are_sorted_by_the_bytes_of_their_paths() {
        let folder = folder(&["a/b", "a.b", "a-b", "Z", "\u{e4}", "Dockerfile", ".hidden"]);
        let context = walk(&folder, "Dockerfile").unwrap();
        assert_eq!(
            paths(&context),
            [".hidden", "Dockerfile", "Z", "a-b", "a.b", "a/b", "\u{e4}"]
        );
    }

    #[test]
    fn the_dockerfile_goes_in_whatever_leaves_it_out() {
        let folder = folder(&["docker/Dockerfile", "docker/x", "a"]);
        fs::write(folder.path().join(".dockerignore"), "docker\n*file*\n.*").unwrap();
        let context = walk(&folder, "./docker/../docker/Dockerfile").unwrap();
        assert_eq!(paths(&context), ["a", "docker/Dockerfile"]);
        assert_eq!(context.dockerfile, "docker/Dockerfile");
        let absolute = folder.path().join("docker/Dockerfile");
        let context = walk(&folder, absolute.to_str().unwrap()).unwrap();
        assert_eq!(context.dockerfile, "docker/Dockerfile");
    }

    #[test]
    fn what_is_taken_in_again_is_found_below_what_is_left_out() {
        let folder = folder(&[
            "Dockerfile",
            "src/a/b.py",
            "src/a/b.txt",
            "node_modules/x/y.js",
        ]);
        fs::write(folder.path().join(".dockerignore"), "*\n!src/**/*.py\n").unwrap();
        let context = walk(&folder, "Dockerfile").unwrap();
        assert_eq!(paths(&context), ["Dockerfile", "src/a/b.py"]);
    }

    #[test]
    fn names_of_secrets_are_noticed_and_others_are_not() {
        let folder = folder(&[
            "Dockerfile",
            ".dockerignore",
            ".env.production",
            "deploy/prod.env",
            "keys/tls.key",
            "home/.aws/credentials",
            "credentials",
            "config/service-account-7.json",
            ".ssh/id_ed25519",
            ".ssh/id_ed25519.pub",
            "environment.py",
            "monkey.py",
        ]);
        fs::write(folder.path().join(".dockerignore"), "").unwrap();
        let context = walk(&folder, "Dockerfile").unwrap();
        assert_eq!(
            context.secrets,
            [
                ".env.production",
                ".ssh/id_ed25519",
                "config/service-account-7.json",
                "deploy/prod.env",
                "home/.aws/credentials",
                "keys/tls.key",
            ]
        );
    }

    #[test]
    fn too_much_is_found_before_anything_is_read() {
        let folder = folder(&["Dockerfile", "small"]);
        for (name, size) in [("one", LIMIT / 2), ("two", LIMIT / 2 + 1)] {
            // Nothing of it is written where a file may have holes.
            let file = fs::File::create(folder.path().join(name)).unwrap();
            file.set_len(size).unwrap();
        }
        let error = walk(&folder, "Dockerfile").unwrap_err();
        assert_eq!(
            error.to_string(),
            "the files to build are too large in total: 500.0 MB, where 500.0 MB is the limit"
        );
        let hint = &error.hints()[0];
        assert!(
            hint.starts_with("the largest are `two` (250.0 MB), `one` (250.0 MB), `"),
            "{hint}"
        );
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_name_that_is_no_text_ends_the_walk_unless_it_is_left_out() {
        use std::os::unix::ffi::OsStrExt as _;

        let folder = folder(&["Dockerfile"]);
        let name = std::ffi::OsStr::from_bytes(b"a\xff.bin");
        fs::write(folder.path().join(name), "").unwrap();
        let error = walk(&folder, "Dockerfile").unwrap_err();
        assert!(error.to_string().contains("is not UTF-8"), "{error}");
        fs::write(folder.path().join(".dockerignore"), "*.bin").unwrap();
        assert!(walk(&folder, "Dockerfile").is_ok());
    }
}
