//! The folder that is built: walked before anything is asked, packed while the service is read.

use std::fs::File;
use std::io::{self, Seek as _};
use std::path::PathBuf;

use super::wanted::Wanted;
use crate::context::Context;
use crate::error::{Code, Error, Result};
use crate::project::context::Options;
use crate::project::{Archive, BuildContext, DeployFile};

/// A folder, packed.
pub(super) struct Packed {
    pub(super) files: BuildContext,
    pub(super) archive: Archive,
}

/// Walks the folder.
pub(super) async fn walk(
    context: &Context,
    wanted: &Wanted,
    file: &DeployFile,
) -> Result<BuildContext> {
    let folder = PathBuf::from(&wanted.context_dir);
    let dockerfile = wanted.dockerfile.clone();
    let patterns = file.config.build.exclude.patterns.clone();
    let token_file = context.store.path().to_owned();
    let _progress = context.printer.progress("looking through the folder");
    off_this_thread(move || {
        let has_file = !token_file.as_os_str().is_empty();
        BuildContext::walk(&Options {
            folder: &folder,
            dockerfile: &dockerfile,
            patterns: &patterns,
            token_file: has_file.then_some(&token_file),
        })
    })
    .await
}

impl Packed {
    /// Packs what was walked.
    pub(super) async fn new(files: BuildContext, temporary: PathBuf) -> Result<Self> {
        off_this_thread(move || {
            let archive = Archive::pack(&files, &temporary)?;
            Ok(Self { files, archive })
        })
        .await
    }

    /// What opens the archive at its beginning, as often as need be.
    pub(super) fn opener(&self) -> Result<impl Fn() -> io::Result<File> + use<>> {
        let file = self.archive.file.try_clone();
        let file = file.map_err(|error| {
            Error::new(Code::Internal, "cannot read the archive").because(error)
        })?;
        Ok(move || {
            // All of them share one place in the file, and only one is read at a time.
            let mut file = file.try_clone()?;
            file.rewind()?;
            Ok(file)
        })
    }
}

/// Does work that takes as long as there are files, while the network is listened to.
async fn off_this_thread<T: Send + 'static>(
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|error| {
        Err(Error::new(
            Code::Internal,
            "packing was cut \
         short",
        )
        .because(error))
    })
}
