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
mod tests {
    use std::collections::BTreeMap;
    use std::fs;
    use std::io::Read as _;

    use flate2::read::GzDecoder;
    use proptest::prelude::*;
    use tempfile::TempDir;

    use super::super::context::Options;
    use super::*;

    /// A folder with these files and a Dockerfile, written in the order that is given.
    fn folder<'a>(files: impl IntoIterator<Item = (&'a str, &'a [u8])>) -> TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (path, content) in files
            .into_iter()
            .chain([("Dockerfile", b"FROM scratch\n" as &[u8])])
        {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, content).unwrap();
        }
        folder
    }

    fn walked(folder: &TempDir) -> BuildContext {
        let options = Options {
            folder: folder.path(),
            dockerfile: "Dockerfile",
            patterns: &[],
            token_file: None,
        };
        BuildContext::walk(&options).unwrap()
    }

    /// The archive of a context, with its hash.
    fn bytes_of(context: &BuildContext) -> (Vec<u8>, String) {
        let mut archive = Archive::pack(context, &std::env::temp_dir()).unwrap();
        let mut bytes = Vec::new();
        archive.file.read_to_end(&mut bytes).unwrap();
        assert_eq!(bytes.len() as u64, archive.size);
        (bytes, archive.hash)
    }

    /// What is in an archive, by the paths.
    fn unpacked(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
        let mut archive = tar::Archive::new(GzDecoder::new(bytes));
        let entries = archive.entries().unwrap();
        let files = entries.map(|entry| {
            let mut entry = entry.unwrap();
            let path = String::from_utf8(entry.path_bytes().into_owned()).unwrap();
            let mut content = Vec::new();
            entry.read_to_end(&mut content).unwrap();
            (path, content)
        });
        files.collect()
    }

    #[test]
    fn the_bytes_are_the_same_on_every_system_and_for_ever() {
        let folder = folder([
            ("a/b.txt", b"b" as &[u8]),
            ("a.txt", b"a\r\nb\n"),
            ("\u{e4}.txt", &[0; 2000]),
        ]);
        let mut context = walked(&folder);
        for file in &mut context.files {
            // Not every system has modes.
            file.is_executable = false;
        }
        let (bytes, hash) = bytes_of(&context);
        assert_eq!(bytes[..10], [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff]);
        assert_eq!(hash, "e7d87cdda3f0fbb1");
    }

    #[test]
    fn what_has_changed_since_the_walk_is_not_packed() {
        let folder = folder([("a", b"a" as &[u8])]);
        let context = walked(&folder);
        fs::write(folder.path().join("a"), "longer").unwrap();
        let error = Archive::pack(&context, &std::env::temp_dir()).unwrap_err();
        assert_eq!(error.to_string(), "`a` has changed while it was packed");
        fs::remove_file(folder.path().join("a")).unwrap();
        let error = Archive::pack(&context, &std::env::temp_dir()).unwrap_err();
        assert!(
            error.to_string().starts_with("cannot read the file"),
            "{error}"
        );
    }

    #[cfg(unix)]
    #[test]
    fn tar_reads_it_with_modes_and_names() {
        use std::os::unix::fs::PermissionsExt as _;

        let long = format!("{}/{}.txt", "d".repeat(90), "\u{e9}".repeat(60));
        let source = folder([("run.sh", b"#!/bin/sh\n" as &[u8]), (&long, b"long")]);
        let run = source.path().join("run.sh");
        fs::set_permissions(&run, fs::Permissions::from_mode(0o710)).unwrap();
        let (bytes, _) = bytes_of(&walked(&source));
        let target = tempfile::tempdir().unwrap();
        let archive = target.path().join("context.tar.gz");
        fs::write(&archive, bytes).unwrap();
        let mut tar = std::process::Command::new("tar");
        let tar = tar.arg("-xzpf").arg(&archive).arg("-C").arg(target.path());
        let output = tar.output().unwrap();
        assert!(
            output.status.success() && output.stderr.is_empty(),
            "{output:?}"
        );
        let mode = |path: &str| {
            let metadata = fs::metadata(target.path().join(path)).unwrap();
            metadata.permissions().mode() & 0o777
        };
        assert_eq!((mode("run.sh"), mode("Dockerfile")), (0o755, 0o644));
        assert_eq!(fs::read(target.path().join(&long)).unwrap(), b"long");
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, cases: 24, ..ProptestConfig::default() })]

        #[test]
        fn the_packer_makes_the_same_of_the_same_however_it_comes(
            content in proptest::collection::vec(0..4_u8, 0..40_000),
            lengths in proptest::collection::vec(1..5_000_usize, 1..8),
        ) {
            let mut whole = gzip(Vec::new());
            whole.write_all(&content).unwrap();
            let mut parts = gzip(Vec::new());
            let mut rest = &content[..];
            for length in lengths.iter().cycle() {
                let (part, more) = rest.split_at(rest.len().min(*length));
                if part.is_empty() {
                    break;
                }
                parts.write_all(part).unwrap();
                rest = more;
            }
            prop_assert!(whole.finish().unwrap() == parts.finish().unwrap());
        }

        #[test]
        fn the_order_of_a_folder_and_its_times_do_not_matter(
            files in proptest::collection::btree_map(
                "([a-c\u{e4}._-]{0,3}[a-z]/){0,2}[a-c\u{e4}._-]{0,60}[a-z]{1,50}",
                proptest::collection::vec(any::<u8>(), 0..1500),
                0..8,
            ),
        ) {
            // A name cannot be a folder's too.
            let is_folder = |path: &str| {
                files.keys().any(|other| other.starts_with(&format!("{path}/")))
            };
            let kept = files.iter().filter(|(path, _)| !is_folder(path) && *path != ".");
            let kept: BTreeMap<&str, &[u8]> = kept.map(|(path, content)| (&**path, &**content)).collect();
            let forth = folder(kept.iter().map(|(path, content)| (*path, *content)));
            let back = folder(kept.iter().rev().map(|(path, content)| (*path, *content)));
            let (bytes, hash) = bytes_of(&walked(&forth));
            let (again, same) = bytes_of(&walked(&back));
            prop_assert!(bytes == again);
            prop_assert_eq!(hash, same);
            let unpacked = unpacked(&bytes);
            prop_assert!(unpacked.is_sorted_by(|one, other| one.0.as_bytes() < other.0.as_bytes()));
            for (path, content) in &unpacked {
                prop_assert!(path == "Dockerfile" || kept.get(&**path) == Some(&&**content), "{}", path);
            }
        }
    }
}
