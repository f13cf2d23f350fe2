//! The example that anyone can start: it works, and leaves the user's own things alone.

use std::env;
use std::env::consts::EXE_SUFFIX;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use snapbox::assert_data_eq;
use snapbox::str;
use tempfile::TempDir;

use crate::support::{self, ports};

/// The example, built as these tests were. A run of all tests has built it already; a run of these
/// alone has not.
fn sandbox() -> &'static Path {
    static SANDBOX: OnceLock<PathBuf> = OnceLock::new();
    SANDBOX.get_or_init(|| {
        let program = support::program();
        let folder = program.parent().expect("a target folder");
        let profile = match folder.file_name().and_then(|name| name.to_str()) {
            Some("debug") | None => "dev",
            Some(profile) => profile,
        };
        if let Some(cargo) = env::var_os("CARGO") {
            let mut build = Command::new(cargo);
            build
                .args([
                    "build",
                    "--quiet",
                    "--bin",
                    "pipecat",
                    "--example",
                    "sandbox",
                ])
                .args(["--profile", profile])
                .current_dir(env!("CARGO_MANIFEST_DIR"));
            let build = support::as_from_outside(&mut build);
            assert!(build.status().expect("a build").success());
        }
        folder.join(format!("examples/sandbox{EXE_SUFFIX}"))
    })
}

/// Somebody's home, signed in to something real, with variables that must not count.
struct User {
    home: TempDir,
}

const CONFIG: &str = "token = \"pcc_pat_real\"\norg = \"real\"\n";

impl User {
    fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join(".config/pipecatcloud");
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("pipecatcloud.toml"), CONFIG).unwrap();
        Self { home }
    }

    /// A run of the sandbox, which has been built.
    fn sandbox(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(sandbox());
        command
            .args(arguments)
            .env("HOME", self.home.path())
            .env("USERPROFILE", self.home.path())
            .env("PIPECAT_CONFIG_PATH", self.home.path().join("mine.toml"))
            .env("PIPECAT_API_HOST", "https://api.example.com")
            .env("PIPECAT_TOKEN", "pcc_pat_real")
            .env("PIPECAT_ORG", "real")
            .env("PIPECAT_OUTPUT", "json")
            .env_remove("CLICOLOR_FORCE")
            .env_remove("LANG")
            .env_remove("LC_ALL")
            .stdin(Stdio::null());
        if cfg!(unix) {
            // Nothing is left to build.
            command.env("CARGO", "true");
        }
        command
    }
}

impl Drop for User {
    /// Whatever was run: the home is as it was.
    fn drop(&mut self) {
        if std::thread::panicking() {
            return;
        }
        let mut files = Vec::new();
        let mut folders = vec![self.home.path().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    files.push(path);
                }
            }
        }
        let config = self
            .home
            .path()
            .join(".config/pipecatcloud/pipecatcloud.toml");
        assert_eq!(fs::read_to_string(&config).unwrap(), CONFIG);
        assert_eq!(files, [config]);
    }
}

#[test]
fn the_tour_shows_the_program_from_sign_in_to_sign_out() {
    let _permit = ports::one();
    let user = User::new();
    let output = user.sandbox(&[]).output().unwrap();
    let stdout = String::from_utf8_lossy(&output.stdout);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{stdout}{stderr}");
    let commands: Vec<&str> = stdout
        .lines()
        .filter(|line| line.starts_with("$ "))
        .collect();
    let [first, .., last] = &commands[..] else {
        panic!("no tour: {stdout}");
    };
    assert_eq!(*first, "$ pipecat cloud auth login --headless");
    assert_eq!(*last, "$ pipecat cloud auth logout");
    for result in [
        "signed in as ada@example.com",
        "the active organization is now Acme Voice Labs (acme)",
        "pk_acme_0005_0123456789abcdef",
        "outbound-sales",
        "Call goes on (#3601)",
        "Agent: my-agent\n",
        "Ready: True\n",
        "the session was ended at the service",
    ] {
        assert!(stdout.contains(result), "{stdout}");
    }
}

#[test]
fn one_command_runs_signed_in_and_gives_its_status() {
    let user = User::new();
    let output = user.sandbox(&["auth", "whoami"]).output().unwrap();
    assert_data_eq!(
        String::from_utf8_lossy(&output.stdout).into_owned(),
        str![[r#"
User	ada@example.com
User ID	user_ada
Active Organization	Ada's workspace (ada-personal)
Auth Method	OAuth
Daily API Key	daily_0123456789abcdef
Token Source	[..]
Token Expires	in [..], then renewed automatically

"#]]
    );
    assert_data_eq!(String::from_utf8_lossy(&output.stderr).into_owned(), "");
    assert_eq!(output.status.code(), Some(0));

    let output = user.sandbox(&["auth", "whoam"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
}

#[cfg(unix)]
#[test]
fn a_served_cloud_is_there_for_any_client_until_ctrl_c() {
    use std::io::{BufRead as _, BufReader};

    use crate::support::cloud::ADA_PAT;
    use crate::support::home::Home;

    let user = User::new();
    let mut serve = user.sandbox(&["--serve"]);
    let mut serve = serve.stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(serve.stdout.take().unwrap()).lines();
    let mut exported = |name: &str| {
        let start = format!("export {name}='");
        lines.find_map(|line| {
            let line = line.unwrap();
            let value = line.strip_prefix(&start)?.strip_suffix('\'')?;
            Some(value.to_owned())
        })
    };
    let api_host = exported("PIPECAT_API_HOST").unwrap();
    let config_path = exported("PIPECAT_CONFIG_PATH").unwrap();

    let mut home = Home::with_program(support::program(), &api_host);
    home.env("PIPECAT_CONFIG_PATH", &config_path);
    let use_pat = ["cloud", "auth", "use-pat"];
    home.pipecat(use_pat).stdin(ADA_PAT).assert().success();
    home.pipecat(["cloud", "auth", "whoami"]).assert().success();
    let config = fs::read_to_string(&config_path).unwrap();
    assert!(config.contains(ADA_PAT), "{config}");

    let interrupt = format!("kill -s INT {}", serve.id());
    let sent = Command::new("/bin/sh").args(["-c", &interrupt]).status();
    assert!(sent.unwrap().success());
    assert_eq!(serve.wait().unwrap().code(), Some(0));
    let folder = Path::new(&config_path).parent().unwrap();
    assert!(!folder.exists(), "{}", folder.display());
}
