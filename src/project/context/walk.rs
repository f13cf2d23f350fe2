//! The walk through a folder, which reads nothing but names and sizes.

use std::collections::BTreeSet;
use std::fs::{self, FileType, Metadata};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::{BuildContext, ContextFile, LIMIT, Options, invalid, largest, listed, unreadable};
use crate::error::Result;
use crate::project::ignore::{Effect, Rules};
use crate::project::pattern::Pattern;
use crate::text;

/// The lines that leave files out.
const DOCKERIGNORE: &str = ".dockerignore";

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

/// A walk under way.
pub(super) struct Walk<'a> {
    rules: Rules,
    secrets: Vec<Pattern>,
    /// The folder as it is found without links.
    root: PathBuf,
    token_file: Option<(&'a Path, Metadata)>,
    pub(super) files: Vec<ContextFile>,
    bytes: u64,
    secret_paths: BTreeSet<String>,
    left_out: Vec<String>,
    warnings: Vec<String>,
}

impl<'a> Walk<'a> {
    pub(super) fn new(options: &Options<'a>) -> Result<Self> {
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
    pub(super) fn folder(&mut self, folder: &Path, prefix: &str) -> Result<()> {
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
    pub(super) fn file(&mut self, source: PathBuf, path: String) -> Result<()> {
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

    pub(super) fn finish(mut self, options: &Options, dockerfile: String) -> Result<BuildContext> {
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
