//! The action that installs on GitHub's runners, run here as a runner of Linux does it.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;

use super::server::{Files, Server};
use super::{archive, find, release, sh};

/// A runner with the action, and a GitHub CLI that writes down what it is asked.
struct Runner {
    folder: TempDir,
}

impl Runner {
    /// None, and a word about it, where the script cannot run.
    fn new() -> Option<Self> {
        let runner = Self {
            folder: tempfile::tempdir().expect("a folder"),
        };
        for part in ["bin", "temp", "tools"] {
            fs::create_dir(runner.at(part)).unwrap();
        }
        let tools = "bash chmod curl cut gzip mkdir mktemp mv rm sha256sum shasum tar sh unzip";
        for tool in tools.split(' ') {
            match find(tool) {
                Some(found) => symlink(found, runner.at("bin").join(tool)).unwrap(),
                None if ["sha256sum", "shasum", "unzip"].contains(&tool) => {}
                None => {
                    eprintln!("skipped: there is no {tool}");
                    return None;
                }
            }
        }
        let gh = "#!/bin/sh\necho \"$*\" >>\"$HOME/asked\"\nexit \"${GH_STATUS:-0}\"\n";
        let place = runner.at("bin/gh");
        fs::write(&place, gh).unwrap();
        fs::set_permissions(&place, fs::Permissions::from_mode(0o755)).unwrap();
        Some(runner)
    }

    fn at(&self, part: &str) -> std::path::PathBuf {
        self.folder.path().join(part)
    }

    fn text(&self, part: &str) -> String {
        fs::read_to_string(self.at(part)).unwrap_or_default()
    }

    fn run(&self, base: &str, settings: &[(&str, &str)]) -> Output {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join(".github/actions/setup/setup.sh");
        Command::new("bash")
            .arg(script)
            .env_clear()
            .env("PATH", self.at("bin"))
            .env("HOME", self.folder.path())
            .env("RUNNER_OS", "Linux")
            .env("RUNNER_ARCH", "X64")
            .env("RUNNER_TEMP", self.at("temp"))
            .env("RUNNER_TOOL_CACHE", self.at("tools"))
            .env("GITHUB_PATH", self.at("path"))
            .env("GITHUB_OUTPUT", self.at("output"))
            .env("REPOSITORY", "acme/pipecat")
            .env("VERSION", "v9.9.9")
            .env("PIPECAT_INSTALL_BASE_URL", base)
            .envs(settings.iter().copied())
            .output()
            .expect("a run of the script")
    }

    /// What it refused with; nothing may be left behind.
    fn refused(&self, files: Files, settings: &[(&str, &str)]) -> String {
        let server = Server::http(files);
        let run = self.run(&server.base, settings);
        let said = String::from_utf8_lossy(&run.stdout).into_owned();
        assert_eq!(run.status.code(), Some(1), "{said}");
        assert!(said.contains("::error title=Set up pipecat::"), "{said}");
        for part in ["tools", "temp"] {
            assert_eq!(fs::read_dir(self.at(part)).unwrap().count(), 0, "{said}");
        }
        assert!(!self.at("path").exists(), "{said}");
        said
    }
}

#[test]
fn an_action_installs_what_is_vouched_for_and_finds_it_again() {
    let Some(runner) = Runner::new() else { return };
    let server = Server::http(release());
    let run = runner.run(&server.base, &[]);
    let said = String::from_utf8_lossy(&run.stderr);
    assert!(run.status.success(), "{said}");
    let folder = runner.at("tools/pipecat/9.9.9/X64").display().to_string();
    assert_eq!(runner.text("path"), format!("{folder}\n"));
    let output = format!("version=9.9.9\npath={folder}/pipecat\n");
    assert_eq!(runner.text("output"), output);
    let asked = format!(
        "attestation verify {} --repo acme/pipecat --signer-workflow acme/pipecat/.github/workflows/release.yml\n",
        archive()
    );
    assert_eq!(runner.text("asked"), asked);
    // The next job on that runner asks nobody.
    let before = server.asked();
    let run = runner.run(&server.base, &[("GH_STATUS", "1")]);
    assert!(run.status.success());
    assert_eq!(server.asked(), before);
}

#[test]
fn an_action_installs_from_a_zip_on_windows() {
    let Some(runner) = Runner::new().filter(|_| find("zip").and(find("unzip")).is_some()) else {
        eprintln!("skipped: there is no zip, or no unzip");
        return;
    };
    let folder = tempfile::tempdir().expect("a folder");
    let name = "pipecat-x86_64-pc-windows-msvc";
    fs::create_dir(folder.path().join(name)).unwrap();
    let program = folder.path().join(name).join("pipecat.exe");
    fs::write(program, "#!/bin/sh\necho pipecat 9.9.9\n").unwrap();
    sh(folder.path(), &format!("zip -qr {name}.zip {name}"));
    let sum = format!("sha256sum {name}.zip 2>/dev/null || shasum -a 256 {name}.zip");
    let sum = sh(folder.path(), &sum);
    let archive = fs::read(folder.path().join(format!("{name}.zip"))).unwrap();
    let files = [
        (format!("{name}.zip"), archive),
        (format!("{name}.zip.sha256"), sum),
    ];
    let server = Server::http(Files::from(files));
    let run = runner.run(&server.base, &[("RUNNER_OS", "Windows")]);
    assert!(
        run.status.success(),
        "{}",
        String::from_utf8_lossy(&run.stderr)
    );
    assert!(runner.at("tools/pipecat/9.9.9/X64/pipecat.exe").is_file());
}

#[test]
fn an_action_installs_nothing_that_is_in_doubt() {
    let Some(runner) = Runner::new() else { return };
    let mut wrong = release();
    wrong.insert(format!("{}.sha256", archive()), "0".repeat(64).into());
    let said = runner.refused(wrong, &[]);
    assert!(said.contains("the checksum of"), "{said}");
    for (settings, words) in [
        (("GH_STATUS", "1"), "nobody vouches"),
        (("VERSION", "v9.9.8"), "does not hold the version 9.9.8"),
        (("VERSION", "main"), "name one, as in `version: 0.1.0`"),
        (("RUNNER_ARCH", "X86"), "there is no build"),
    ] {
        let said = runner.refused(release(), &[settings]);
        assert!(said.contains(words), "{said}");
    }
    fs::remove_file(runner.at("bin/gh")).unwrap();
    let said = runner.refused(release(), &[]);
    assert!(said.contains("there is no GitHub CLI"), "{said}");
    let server = Server::http(release());
    let run = runner.run(&server.base, &[("PROVENANCE", "false")]);
    assert!(run.status.success());
}
