//! The install script, with releases from a file server on this machine. Says that it skips where
//! there is nothing to download with.
#![expect(
    clippy::print_stderr,
    reason = "a test that was skipped should not look like one that passed"
)]

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Arc;
use std::thread;

use tempfile::TempDir;

const TARGET: &str = "x86_64-unknown-linux-musl";

/// Serves these files, by path, for as long as the tests run; its address.
fn serve(files: BTreeMap<String, Vec<u8>>) -> String {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    let address = format!("http://{}", listener.local_addr().expect("an address"));
    let files = Arc::new(files);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let files = Arc::clone(&files);
            thread::spawn(move || answer(stream, &files));
        }
    });
    address
}

/// Answers one request and hangs up.
fn answer(mut stream: TcpStream, files: &BTreeMap<String, Vec<u8>>) {
    let head: Vec<String> = BufReader::new(&stream)
        .lines()
        .map_while(Result::ok)
        .take_while(|line| !line.is_empty())
        .collect();
    let path = head.first().and_then(|line| line.split(' ').nth(1));
    let file = path.and_then(|path| files.get(path.trim_start_matches('/')));
    let status = if file.is_some() {
        "200 OK"
    } else {
        "404 Not Found"
    };
    let body = file.map_or(&[][..], Vec::as_slice);
    let length = body.len();
    let head =
        format!("HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n");
    // A client that has gone needs no answer.
    let _ = stream
        .write_all(head.as_bytes())
        .and_then(|()| stream.write_all(body));
}

/// Whether a shell here finds this program.
fn has(program: &str) -> bool {
    let run = Command::new("sh")
        .args(["-c", "command -v \"$1\"", "sh", program])
        .output();
    run.is_ok_and(|run| run.status.success())
}

/// What a shell command prints, in a folder.
fn sh(folder: &Path, line: &str) -> Vec<u8> {
    let run = Command::new("sh")
        .args(["-euc", line])
        .current_dir(folder)
        .output()
        .expect("a shell");
    assert!(
        run.status.success(),
        "{line}: {}",
        String::from_utf8_lossy(&run.stderr)
    );
    run.stdout
}

/// An archive as a release has it, with a program that says only its version, and its checksum.
fn release() -> (String, Vec<u8>, Vec<u8>) {
    let folder = tempfile::tempdir().expect("a folder");
    let name = format!("pipecat-{TARGET}");
    fs::create_dir(folder.path().join(&name)).unwrap();
    let program = folder.path().join(&name).join("pipecat");
    fs::write(program, "#!/bin/sh\necho pipecat 9.9.9\n").unwrap();
    let archive = format!("{name}.tar.gz");
    sh(folder.path(), &format!("tar -czf {archive} {name}"));
    let checksum = sh(
        folder.path(),
        &format!("sha256sum {archive} 2>/dev/null || shasum -a 256 {archive}"),
    );
    let content = fs::read(folder.path().join(&archive)).unwrap();
    (archive, content, checksum)
}

/// A home in which the script runs.
struct Place(TempDir);

impl Place {
    /// None, and a word about it, where the script cannot run.
    fn new() -> Option<Self> {
        if !(has("curl") || has("wget")) || !has("tar") {
            eprintln!("skipped: there is neither curl nor wget, or no tar");
            return None;
        }
        let folder = tempfile::tempdir().expect("a folder");
        fs::create_dir(folder.path().join("tmp")).unwrap();
        Some(Self(folder))
    }

    fn install(&self, settings: &[(&str, &str)]) -> Output {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join(".github/install.sh");
        Command::new("sh")
            .arg(script)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.0.path())
            .env("TMPDIR", self.0.path().join("tmp"))
            .env("PIPECAT_INSTALL_TARGET", TARGET)
            .envs(settings.iter().copied())
            .output()
            .expect("a run of the script")
    }

    /// Every file below the home.
    fn files(&self) -> Vec<PathBuf> {
        let mut found = Vec::new();
        let mut folders = vec![self.0.path().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    found.push(path.strip_prefix(self.0.path()).unwrap().to_owned());
                }
            }
        }
        found
    }
}

/// What the script refused with; nothing may be left behind.
fn refused(place: &Place, settings: &[(&str, &str)]) -> String {
    let run = place.install(settings);
    let said = String::from_utf8_lossy(&run.stderr).into_owned();
    assert_eq!(run.status.code(), Some(1), "{said}");
    assert!(place.files().is_empty(), "{said}");
    assert!(!place.0.path().join(".local").exists(), "{said}");
    said
}

#[test]
fn what_is_verified_is_installed() {
    let Some(place) = Place::new() else { return };
    let (archive, content, checksum) = release();
    let base = serve(BTreeMap::from([
        (format!("{archive}.sha256"), checksum),
        (archive, content),
    ]));

    let run = place.install(&[("PIPECAT_INSTALL_BASE_URL", &base)]);
    let said = String::from_utf8_lossy(&run.stderr);
    assert!(run.status.success(), "{said}");
    assert!(said.contains("installed pipecat 9.9.9"), "{said}");
    let bin = place.0.path().join(".local/bin");
    let line = format!("export PATH=\"{}:$PATH\"", bin.display());
    assert!(said.contains(&line), "{said}");
    assert_eq!(place.files(), [Path::new(".local/bin/pipecat")]);

    // Once more, over the one that is there, and elsewhere.
    let elsewhere = place.0.path().join("tools and more");
    for folder in [&bin, &elsewhere] {
        let run = place.install(&[
            ("PIPECAT_INSTALL_BASE_URL", &base),
            ("PIPECAT_INSTALL_DIR", folder.to_str().unwrap()),
        ]);
        assert!(run.status.success());
        assert!(folder.join("pipecat").is_file());
    }
}

#[test]
fn a_wrong_checksum_installs_nothing() {
    let Some(place) = Place::new() else { return };
    let (archive, content, _) = release();
    for (checksum, complaint) in [
        ("0".repeat(64), "nothing was installed"),
        ("<html>".to_owned(), "does not hold a SHA-256 checksum"),
        (String::new(), "does not hold a SHA-256 checksum"),
    ] {
        let base = serve(BTreeMap::from([
            (format!("{archive}.sha256"), checksum.into_bytes()),
            (archive.clone(), content.clone()),
        ]));
        let said = refused(&place, &[("PIPECAT_INSTALL_BASE_URL", &base)]);
        assert!(said.contains(complaint), "{said}");
    }
}

#[test]
fn what_is_not_there_installs_nothing() {
    let Some(place) = Place::new() else { return };
    let (archive, content, checksum) = release();
    for (name, file) in [
        (archive.clone(), content),
        (format!("{archive}.sha256"), checksum),
    ] {
        let base = serve(BTreeMap::from([(name, file)]));
        let said = refused(&place, &[("PIPECAT_INSTALL_BASE_URL", &base)]);
        assert!(said.contains("could not download"), "{said}");
    }
}

#[test]
fn a_place_to_download_from_must_be_named_and_safe() {
    let Some(place) = Place::new() else { return };
    let said = refused(&place, &[]);
    assert!(
        said.contains("PIPECAT_INSTALL_REPOSITORY=owner/name"),
        "{said}"
    );
    let said = refused(
        &place,
        &[("PIPECAT_INSTALL_BASE_URL", "http://example.com")],
    );
    assert!(said.contains("not an https address"), "{said}");
    for repository in ["name", "owner/", "a/b/c", "a/b;c"] {
        let said = refused(&place, &[("PIPECAT_INSTALL_REPOSITORY", repository)]);
        assert!(said.contains("owner/name"), "{said}");
    }
}
