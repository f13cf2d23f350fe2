//! The archive of a build context: a gzipped tar that is the same to the byte wherever the same
//! files are packed, written to a temporary file as it is read.

use std::fs::File;
use std::io::{self, BufWriter, Read as _, Seek as _, Write};
use std::path::Path;

use flate2::write::GzEncoder;
use flate2::{Compression, GzBuilder};
use md5::{Digest as _, Md5};
use tar::{EntryType, Header};

use super::context::{BuildContext, ContextFile, unreadable};
use crate::error::{Code, Error, Result};
use crate::text;

/// So many bytes the service takes.
const LIMIT: u64 = 500_000_000;

/// What the name in an old header holds at most. A longer one stands in a header of its own.
const OLD_NAME: usize = 100;

/// How hard the packer tries: of 150 MB, half a percent more than at 6 in little more than half the
/// time. Another level makes other bytes, and so another hash.
const LEVEL: u32 = 2;

/// An archive, in a file that nobody else can see and that is gone when this is dropped.
#[derive(Debug)]
pub struct Archive {
    /// The file, at its beginning.
    pub file: File,
    /// Its bytes.
    pub size: u64,
    /// The first 16 digits of the MD5 of its bytes: the service calls the context so.
    pub hash: String,
}

impl Archive {
    /// Packs a context into a file in the folder for temporary files. Takes as long as the files
    /// are large.
    ///
    /// # Errors
    /// A file cannot be read or has changed since the walk, or the archive cannot be written or is
    /// too large.
    pub fn pack(context: &BuildContext, temporary: &Path) -> Result<Self> {
        let unwritable = |error: io::Error| {
            let temporary = temporary.display();
            let message = format!("cannot write the archive in the folder `{temporary}`");
            Error::new(Code::InvalidInput, message).because(error)
        };
        let file = tempfile::tempfile_in(temporary).map_err(unwritable)?;
        let gzip = gzip(Hashing::new(BufWriter::new(file)));
        let mut tar = tar::Builder::new(gzip);
        for file in &context.files {
            append(&mut tar, file).map_err(|failure| match failure {
                Failure::Reading(error) => unreadable("file", &file.source, error),
                Failure::Writing(error) => unwritable(error),
                Failure::Changed => Error::new(
                    Code::InvalidInput,
                    format!("`{}` has changed while it was packed", file.path),
                )
                .hint("try again"),
            })?;
        }
        let finished = tar.into_inner().and_then(GzEncoder::finish);
        let Hashing { out, md5, size } = finished.map_err(unwritable)?;
        let file = out.into_inner().map_err(io::IntoInnerError::into_error);
        let mut file = file.map_err(unwritable)?;
        file.rewind().map_err(unwritable)?;
        if size > LIMIT {
            let (size, limit) = (text::size(size), text::size(LIMIT));
            return Err(Error::new(
                Code::InvalidInput,
                format!("the archive is too large: {size}, where {limit} is the limit"),
            )
            .hint("leave out what the build does not need in a `.dockerignore`"));
        }
        let mut hash = format!("{:x}", md5.finalize());
        hash.truncate(16);
        Ok(Self { file, size, hash })
    }
}

/// The packer, which says neither when nor where it has packed.
fn gzip<W: Write>(out: W) -> GzEncoder<W> {
    let header = GzBuilder::new().mtime(0).operating_system(255);
    header.write(out, Compression::new(LEVEL))
}

/// What went wrong with a file.
enum Failure {
    Reading(io::Error),
    Writing(io::Error),
    Changed,
}

/// Appends a file.
fn append(tar: &mut tar::Builder<impl Write>, file: &ContextFile) -> Result<(), Failure> {
    let mut content = File::open(&file.source).map_err(Failure::Reading)?;
    let found = content.metadata().map_err(Failure::Reading)?;
    if !found.is_file() || found.len() != file.size {
        return Err(Failure::Changed);
    }
    let path = &file.path;
    if path.len() > OLD_NAME || !path.is_ascii() {
        let records = [("path", path.as_bytes())];
        tar.append_pax_extensions(records)
            .map_err(Failure::Writing)?;
    }
    let mut header = header(file);
    header.set_cksum();
    let mut content = Counted {
        inner: (&mut content).take(file.size),
        read: 0,
        error: None,
    };
    let appended = tar.append(&header, &mut content);
    let Counted { read, error, .. } = content;
    if let Some(error) = error {
        return Err(Failure::Reading(error));
    }
    appended.map_err(Failure::Writing)?;
    if read == file.size {
        return Ok(());
    }
    Err(Failure::Changed)
}

/// A file's header: nothing of its owner and its time.
fn header(file: &ContextFile) -> Header {
    let mut header = Header::new_ustar();
    header.set_entry_type(EntryType::Regular);
    header.set_size(file.size);
    header.set_mode(file.mode());
    header.set_uid(0);
    header.set_gid(0);
    header.set_mtime(0);
    // Where the name does not fit, it stands in the header before this one.
    let ascii = |character: char| {
        let is_ascii = character.is_ascii();
        if is_ascii { character as u8 } else { b'?' }
    };
    let name: Vec<u8> = file.path.chars().map(ascii).take(OLD_NAME).collect();
    if let Some(old) = header.as_ustar_mut() {
        old.name[..name.len()].copy_from_slice(&name);
    }
    header
}

/// What is read, counted, with what went wrong on this side.
struct Counted<R> {
    inner: R,
    read: u64,
    error: Option<io::Error>,
}

impl<R: io::Read> io::Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.inner.read(buffer) {
            Ok(read) => {
                self.read += read as u64;
                Ok(read)
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Err(error),
            Err(error) => {
                let kind = error.kind();
                self.error = Some(error);
                Err(kind.into())
            }
        }
    }
}

/// What is written, with the sum of it.
struct Hashing<W> {
    out: W,
    md5: Md5,
    size: u64,
}

impl<W> Hashing<W> {
    fn new(out: W) -> Self {
        Self {
            out,
            md5: Md5::new(),
            size: 0,
        }
    }
}

impl<W: Write> Write for Hashing<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes)?;
        self.md5.update(&bytes[..written]);
        self.size += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

#[cfg(test)]
mod tests;
