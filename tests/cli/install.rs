//! The install script, with releases from a file server on this machine. Says that it skips where
//! there is nothing to download with.
#![expect(
    clippy::print_stderr,
    reason = "a test that was skipped should not look like one that passed"
)]

mod action;
mod redirects;
mod repository;
mod server;

use std::fs::{self, File};
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

use server::{Files, Server};

const TARGET: &str = "x86_64-unknown-linux-musl";

/// All that the script calls, beside what it downloads with.
const TOOLS: [&str; 21] = [
    "cat",
    "chmod",
    "cp",
    "cut",
    "dirname",
    "grep",
    "gzip",
    "head",
    "mkdir",
    "mktemp",
    "mv",
    "openssl",
    "rm",
    "sed",
    "sh",
    "sha256sum",
    "shasum",
    "tail",
    "tar",
    "tr",
    "uname",
];

/// Where a shell here finds this program.
fn find(program: &str) -> Option<PathBuf> {
    let run = Command::new("sh")
        .args(["-c", "command -v \"$1\"", "sh", program])
        .output()
        .ok()?;
    let path = PathBuf::from(String::from_utf8(run.stdout).ok()?.trim_end());
    (run.status.success() && path.is_absolute()).then_some(path)
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

/// The name of a release's archive.
fn archive() -> String {
    format!("pipecat-{TARGET}.tar.gz")
}

/// A program that says only its version, and can be told for ours.
const PROGRAM: &str = "# pipecat-cloud-cli\necho pipecat 9.9.9\n";

/// A release: an archive with a program, and its checksum.
fn release() -> Files {
    let folder = tempfile::tempdir().expect("a folder");
    let name = format!("pipecat-{TARGET}");
    fs::create_dir(folder.path().join(&name)).unwrap();
    let program = folder.path().join(&name).join("pipecat");
    fs::write(program, PROGRAM).unwrap();
    let archive = archive();
    sh(folder.path(), &format!("tar -czf {archive} {name}"));
    let checksum = sh(
        folder.path(),
        &format!("sha256sum {archive} 2>/dev/null || shasum -a 256 {archive}"),
    );
    let content = fs::read(folder.path().join(&archive)).unwrap();
    Files::from([(format!("{archive}.sha256"), checksum), (archive, content)])
}

/// A clone with the script, a home for it to install into, and the programs that it may call.
struct Place {
    folder: TempDir,
    path: PathBuf,
    /// The script, as it is called in the clone.
    script: &'static str,
}

impl Place {
    /// None, and a word about it, where the script cannot run.
    fn new() -> Option<Self> {
        ["curl", "wget"].into_iter().find_map(Self::with)
    }

    /// One where this is all there is to download with. None, and a word about it, where that is
    /// not installed here.
    fn with(downloader: &str) -> Option<Self> {
        let Some(downloader) = find(downloader).filter(|_| find("tar").is_some()) else {
            eprintln!("skipped: there is no {downloader}, or no tar");
            return None;
        };
        let place = Self::bare();
        symlink(&downloader, place.path.join(downloader.file_name()?)).unwrap();
        Some(place)
    }

    /// One with a program of that name to download with, which is this script.
    fn with_script(downloader: &str, script: &str) -> Self {
        let place = Self::bare();
        let file = place.path.join(downloader);
        fs::write(&file, script).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
        place
    }

    fn bare() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("bin");
        for part in ["home/tmp", "clone/.github", "bin"] {
            fs::create_dir_all(folder.path().join(part)).unwrap();
        }
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join(".github/install.sh");
        fs::copy(script, folder.path().join("clone/.github/install.sh")).unwrap();
        for tool in TOOLS {
            if let Some(found) = find(tool) {
                symlink(found, path.join(tool)).unwrap();
            }
        }
        Self {
            folder,
            path,
            script: ".github/install.sh",
        }
    }

    fn home(&self) -> PathBuf {
        self.folder.path().join("home")
    }

    fn clone_folder(&self) -> PathBuf {
        self.folder.path().join("clone")
    }

    fn install(&self, settings: &[(&str, &str)]) -> Output {
        let mut shell = self.shell(settings);
        shell
            .arg(self.script)
            .output()
            .expect("a run of the script")
    }

    /// The script on its way from somewhere else, straight into a shell.
    fn install_piped(&self, settings: &[(&str, &str)]) -> Output {
        let script = File::open(self.clone_folder().join(self.script)).unwrap();
        let mut shell = self.shell(settings);
        shell.stdin(script).output().expect("a run of the script")
    }

    fn shell(&self, settings: &[(&str, &str)]) -> Command {
        let mut shell = Command::new("sh");
        shell
            .current_dir(self.clone_folder())
            .env_clear()
            .env("PATH", &self.path)
            .env("HOME", self.home())
            .env("TMPDIR", self.home().join("tmp"))
            .env("PIPECAT_INSTALL_TARGET", TARGET)
            .envs(settings.iter().copied());
        shell
    }

    /// Every file below the home.
    fn files(&self) -> Vec<PathBuf> {
        let mut found = Vec::new();
        let mut folders = vec![self.home()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    found.push(path.strip_prefix(self.home()).unwrap().to_owned());
                }
            }
        }
        found
    }
}

/// What the script refused with; nothing may be left behind.
fn refused(place: &Place, settings: &[(&str, &str)]) -> String {
    refusal(place, &place.install(settings))
}

fn refusal(place: &Place, run: &Output) -> String {
    let said = String::from_utf8_lossy(&run.stderr).into_owned();
    assert_eq!(run.status.code(), Some(1), "{said}");
    assert!(place.files().is_empty(), "{said}");
    assert!(!place.home().join(".local").exists(), "{said}");
    said
}

#[test]
fn what_is_verified_is_installed() {
    let Some(place) = Place::new() else { return };
    let server = Server::http(release());
    let base = &server.base;

    let run = place.install(&[("PIPECAT_INSTALL_BASE_URL", base)]);
    let said = String::from_utf8_lossy(&run.stderr);
    assert!(run.status.success(), "{said}");
    assert!(said.contains("installed pipecat 9.9.9"), "{said}");
    let bin = place.home().join(".local/bin");
    let line = format!("export PATH=\"{}:$PATH\"", bin.display());
    assert!(said.contains(&line), "{said}");
    assert_eq!(place.files(), [Path::new(".local/bin/pipecat")]);

    // Once more, over the one that is there, and elsewhere.
    let elsewhere = place.home().join("tools and more");
    for folder in [&bin, &elsewhere] {
        let run = place.install(&[
            ("PIPECAT_INSTALL_BASE_URL", base),
            ("PIPECAT_INSTALL_DIR", folder.to_str().unwrap()),
        ]);
        assert!(run.status.success());
        assert!(folder.join("pipecat").is_file());
    }
}

/// The official CLI's file has the same name; so may have a link to it, or a file of one's own.
#[test]
fn another_program_of_that_name_is_kept_aside() {
    let Some(place) = Place::new() else { return };
    let server = Server::http(release());
    let settings = [("PIPECAT_INSTALL_BASE_URL", server.base.as_str())];
    let bin = place.home().join(".local/bin");
    fs::create_dir_all(&bin).unwrap();
    let program = bin.join("pipecat");
    // A place for it that has our name in it does not make it ours. It is not run, either.
    let ran = place.home().join("ran");
    let script = format!("#!{}/pipecat-cloud-cli/python\n", ran.display());
    let tool = place.home().join("tool");
    fs::write(&tool, &script).unwrap();

    for name in ["pipecat.official", "pipecat.official.2"] {
        fs::write(&program, &script).unwrap();
        let run = place.install(&settings);
        let said = String::from_utf8_lossy(&run.stderr);
        assert!(run.status.success(), "{said}");
        let kept = bin.join(name);
        let line = format!("export PIPECAT_OFFICIAL_CLI=\"{}\"\n", kept.display());
        assert!(said.contains(&line), "{said}");
        assert_eq!(fs::read_to_string(&kept).unwrap(), script);
        assert_eq!(fs::read_to_string(&program).unwrap(), PROGRAM);
    }
    assert!(!ran.exists());

    fs::remove_file(&program).unwrap();
    symlink(&tool, &program).unwrap();
    assert!(place.install(&settings).status.success());
    assert_eq!(fs::read_to_string(&program).unwrap(), PROGRAM);
    let kept = fs::read_link(bin.join("pipecat.official.3"));
    assert_eq!(
        (kept.unwrap(), fs::read_to_string(&tool).unwrap()),
        (tool.clone(), script)
    );

    // Ours makes way without a word.
    let run = place.install(&settings);
    let said = String::from_utf8_lossy(&run.stderr);
    assert!(!said.contains("another program"), "{said}");
    assert_eq!(fs::read_dir(&bin).unwrap().count(), 4);

    fs::remove_file(&program).unwrap();
    fs::create_dir(&program).unwrap();
    let run = place.install(&settings);
    let said = String::from_utf8_lossy(&run.stderr);
    assert!(
        !run.status.success() && said.contains("is a folder"),
        "{said}"
    );
    assert_eq!(fs::read_dir(&bin).unwrap().count(), 4);
}

#[test]
fn a_wrong_checksum_installs_nothing() {
    let Some(place) = Place::new() else { return };
    for (checksum, complaint) in [
        ("0".repeat(64), "nothing was installed"),
        ("<html>".to_owned(), "does not hold a SHA-256 checksum"),
        (String::new(), "does not hold a SHA-256 checksum"),
    ] {
        let mut files = release();
        files.insert(format!("{}.sha256", archive()), checksum.into_bytes());
        let server = Server::http(files);
        let said = refused(&place, &[("PIPECAT_INSTALL_BASE_URL", &server.base)]);
        assert!(said.contains(complaint), "{said}");
    }
}

#[test]
fn what_is_not_there_installs_nothing() {
    let Some(place) = Place::new() else { return };
    for missing in [archive(), format!("{}.sha256", archive())] {
        let mut files = release();
        files.remove(&missing);
        let server = Server::http(files);
        let said = refused(&place, &[("PIPECAT_INSTALL_BASE_URL", &server.base)]);
        assert!(said.contains("could not download"), "{said}");
    }
}

#[test]
fn a_place_to_download_from_must_be_safe() {
    let Some(place) = Place::new() else { return };
    for base in [
        "http://example.com",
        "ftp://127.0.0.1",
        "http://127.0.0.1.example.com",
    ] {
        let said = refused(&place, &[("PIPECAT_INSTALL_BASE_URL", base)]);
        assert!(said.contains("not an https address"), "{said}");
    }
}
