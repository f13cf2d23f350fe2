//! The configuration file, shared with the official CLI: reading, locking, writing.
//!
//! Reading needs no lock, since a write replaces the file in one step. Writing does: only
//! [`Store::lock`] gives the [`Locked`] that has [`Locked::edit`], and that reads the file anew, so
//! no change of another process is lost, and of programs that know no lock only what they write in
//! the very moment of ours.

mod assignment;
mod document;
mod file;
mod lock;
mod origin;
mod owner;
mod patience;
mod replace;
mod session;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

pub use document::{Document, SyntaxError};
pub use origin::{Origin, is_same_service};
pub use session::{Session, keys};

use crate::error::{Code, Error, Result};
use crate::text::Place;
use lock::Lock;
use replace::Draft;

/// How long a file that has become malformed or empty is read again before it counts as such:
/// somebody may be in the middle of writing it.
const SETTLING: Duration = Duration::from_millis(500);

/// How often meanwhile.
const SETTLING_POLL: Duration = Duration::from_millis(25);

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
            .hint("name a file in `PIPECAT_CONFIG_PATH`"));
        }
        Ok(())
    }

    /// Takes other users' rights away, with a warning, where there are any: from a file that
    /// `document` has been read from, if it holds credentials, and from whatever lies at the
    /// default place in `own_folder`, that folder included. Nothing else is ours to close.
    pub fn close_permissions(&self, document: &Document, own_folder: Option<&Path>) {
        let own = own_folder.filter(|own| self.path.parent() == Some(own));
        if !self.path.is_file() || (own.is_none() && !document.has_credentials()) {
            return;
        }
        file::close(&self.path, 0o600);
        // A link leads to a folder that is somebody's for more than this.
        if let Some(own) = own.filter(|own| !own.is_symlink()) {
            file::close(own, 0o700);
        }
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
        let lock = lock::acquire(&target, &self.path, patience).await?;
        if lock.holds {
            replace::remove_leftovers(&target);
        }
        let (document, set_aside) = on_malformed.apply(self.read())?;
        Ok(Locked {
            store: self.clone(),
            target,
            on_malformed,
            document,
            set_aside,
            draft: None,
            lock,
        })
    }
}

impl OnMalformed {
    /// What there is to work with, and whether it takes the place of a malformed file.
    fn apply(self, found: Result<Document>) -> Result<(Document, bool)> {
        match found {
            Ok(document) => Ok((document, false)),
            Err(error) if error.code() == Code::ConfigMalformed && self == Self::SetAside => {
                Ok((Document::default(), true))
            }
            Err(error) => Err(error),
        }
    }
}

/// The right to change the file, until it is dropped.
#[derive(Debug)]
pub struct Locked {
    store: Store,
    target: PathBuf,
    on_malformed: OnMalformed,
    document: Document,
    set_aside: bool,
    /// Where the next text goes, if that has been rehearsed.
    draft: Option<Draft>,
    lock: Lock,
}

impl Locked {
    /// What the file held when the lock was taken, or holds since the last edit.
    #[must_use]
    pub fn document(&self) -> &Document {
        &self.document
    }

    /// Whether the file was malformed, so that the next edit keeps it under another name.
    #[must_use]
    pub fn replaces_malformed(&self) -> bool {
        self.set_aside
    }

    /// Finds out whether an edit could be written now, before something that cannot be undone, and
    /// keeps the place for it, so that a disk that fills up meanwhile does not matter.
    ///
    /// # Errors
    /// [`Code::ConfigUnwritable`].
    pub fn rehearse(&mut self) -> Result<()> {
        self.draft = Some(Draft::rehearse(&self.target, &self.document.text())?);
        Ok(())
    }

    /// Where the session that this program stored last is from.
    #[must_use]
    pub fn origin(&self) -> Origin {
        Origin::read(&self.lock.file)
    }

    /// Remembers where the session that was just stored is from. Without it, the session is one
    /// of which nothing is known, which is no reason to fail.
    pub fn set_origin(&self, origin: &Origin) {
        if let Err(error) = origin.write(&self.lock.file) {
            tracing::debug!("cannot record which service the session is from: {error}");
        }
    }

    /// Changes the file as it is now: all of `change` or nothing. A change that changes nothing
    /// writes nothing. Gives the place where a malformed file was kept.
    ///
    /// Other programs, which know no lock, may have written it since the lock was taken. Blocks
    /// the thread for up to about two seconds where somebody has the file open, on Windows.
    ///
    /// # Errors
    /// Those of `change`, [`Code::ConfigUnwritable`], and those of reading the file anew.
    pub fn edit(
        &mut self,
        change: impl FnOnce(&mut Document) -> Result<()>,
    ) -> Result<Option<PathBuf>> {
        let (present, set_aside) = self.present()?;
        let mut document = present.clone();
        change(&mut document).map_err(|error| match error.code() {
            Code::ConfigMalformed => {
                error.context(&format!("cannot change `{}`", self.target.display()))
            }
            _ => error,
        })?;
        let text = document.text();
        let mut kept = None;
        if text != present.text() || set_aside {
            kept = replace::write(&self.target, &text, self.draft.take(), set_aside)?;
        }
        self.document = document;
        self.set_aside = false;
        Ok(kept)
    }

    /// What the file holds now, and whether that takes the place of a malformed file.
    fn present(&self) -> Result<(Document, bool)> {
        let since = Instant::now();
        loop {
            let found = self.store.read();
            let unsettled = match &found {
                Ok(document) => document.text().is_empty() && !self.document.text().is_empty(),
                Err(error) => error.code() == Code::ConfigMalformed && !self.set_aside,
            };
            if !unsettled || since.elapsed() > SETTLING {
                return self.on_malformed.apply(found);
            }
            std::thread::sleep(SETTLING_POLL);
        }
    }
}

fn parse(path: &Path, bytes: &[u8]) -> Result<Document> {
    let malformed = |what: String| {
        Error::new(
            Code::ConfigMalformed,
            format!("`{}` is malformed: {what}", path.display()),
        )
        .hint(
            "run `pipecat cloud auth login` to regenerate it; the current file is kept beside \
             it as `.bak`",
        )
    };
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let before = String::from_utf8_lossy(&bytes[..error.valid_up_to()]);
        let Place { line, column } = Place::after(&before);
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
