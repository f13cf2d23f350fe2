//! A build context as the service sees it: the archive, unpacked and looked at closely.

use std::io::Read as _;

use flate2::read::GzDecoder;
use md5::{Digest as _, Md5};
use tar::EntryType;

/// An archive that is as it should be.
#[derive(Clone, Debug, Default)]
pub struct Archive {
    /// The first 16 digits of the MD5 of its bytes.
    pub hash: String,
    /// What is in it, in its order.
    pub files: Vec<File>,
}

/// A file of an archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Its path, with `/`.
    pub path: String,
    /// Its mode.
    pub mode: u32,
    /// What is in it.
    pub content: Vec<u8>,
}

impl Archive {
    /// Unpacks an archive. The error says what is not as it should be.
    pub fn read(bytes: &[u8]) -> Result<Self, String> {
        let mut gzip = GzDecoder::new(bytes);
        let header = gzip.header().ok_or("no gzip")?;
        if header.mtime() != 0 || header.filename().is_some() {
            return Err("a gzip header with a time or a name".to_owned());
        }
        let mut files = Vec::new();
        let mut archive = tar::Archive::new(&mut gzip);
        let entries = archive.entries().map_err(|error| error.to_string())?;
        for entry in entries {
            let mut entry = entry.map_err(|error| error.to_string())?;
            let path = String::from_utf8(entry.path_bytes().into_owned());
            let path = path.map_err(|error| error.to_string())?;
            let header = entry.header();
            let number = |field: std::io::Result<u64>| field.map_err(|error| error.to_string());
            if header.entry_type() != EntryType::Regular {
                return Err(format!("{path}: no regular file"));
            }
            if number(header.uid())? != 0
                || number(header.gid())? != 0
                || number(header.mtime())? != 0
                || header.username_bytes().is_some_and(|name| !name.is_empty())
                || header
                    .groupname_bytes()
                    .is_some_and(|name| !name.is_empty())
            {
                return Err(format!("{path}: a time or an owner"));
            }
            let mode = header.mode().map_err(|error| error.to_string())?;
            if !matches!(mode, 0o644 | 0o755) {
                return Err(format!("{path}: mode {mode:o}"));
            }
            let mut content = Vec::new();
            let read = entry.read_to_end(&mut content);
            read.map_err(|error| format!("{path}: {error}"))?;
            files.push(File {
                path,
                mode,
                content,
            });
        }
        if !files.is_sorted_by(|one, other| one.path.as_bytes() < other.path.as_bytes()) {
            return Err("not sorted".to_owned());
        }
        let hash = format!("{:x}", Md5::digest(bytes));
        Ok(Self {
            hash: hash[..16].to_owned(),
            files,
        })
    }

    /// The paths of all files.
    pub fn paths(&self) -> Vec<&str> {
        self.files.iter().map(|file| file.path.as_str()).collect()
    }
}
