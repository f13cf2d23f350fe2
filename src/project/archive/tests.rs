//! The archive, byte by byte.

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
