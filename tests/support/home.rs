//! A home of its own for every run of the program: an own folder, an environment that holds
//! nothing but what is written here, and a [stand-in browser](super::desktop).

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, SystemTime};

use sha2::{Digest as _, Sha256};
use tempfile::TempDir;
use toml_edit::{DocumentMut, value};

use super::cloud::{Cloud, Session};

/// No run of the program takes longer than this, unless it hangs.
const DEADLINE: Duration = Duration::from_secs(60);

/// What counts as now where the program tells ages: 2026-03-31, in seconds since 1970. The keys of
/// the fake cloud were made at the beginning of that year.
const NOW: &str = "1775000000";

/// The folder with everything in it; removed when dropped.
pub struct Home {
    folder: TempDir,
    program: PathBuf,
    environment: BTreeMap<OsString, OsString>,
}

impl Home {
    /// A home for integration tests, with a fake cloud as its service.
    pub fn new(cloud: &Cloud) -> Self {
        Self::with_program(super::program(), cloud.url())
    }

    /// A home for a given program and a given service.
    pub fn with_program(program: PathBuf, api_host: &str) -> Self {
        let folder = tempfile::Builder::new()
            .prefix("pipecat-home-")
            .tempdir()
            .expect("a temporary folder");
        let bin = folder.path().join("bin");
        fs::create_dir(&bin).expect("a folder for programs");
        let mut home = Self {
            folder,
            program,
            environment: BTreeMap::new(),
        };
        let path = home.path().to_owned();
        home.env("PATH", bin)
            .env("HOME", &path)
            .env("USERPROFILE", &path)
            // What a program that is killed leaves behind goes with the home.
            .env("TMPDIR", &path)
            .env("PIPECAT_API_HOST", api_host)
            .env("SOURCE_DATE_EPOCH", NOW);
        // Without these, no program on Windows can open a socket, find a temporary folder, or tell
        // which files are programs.
        for name in ["SystemRoot", "TEMP", "PATHEXT"] {
            if let Some(value) = std::env::var_os(name) {
                home.env(name, value);
            }
        }
        #[cfg(unix)]
        home.install_browser();
        // Whatever else there is here stays shut.
        #[cfg(windows)]
        home.env("BROWSER", "no-browser");
        home
    }

    /// The home folder.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The program that runs in this home.
    pub fn program(&self) -> &Path {
        &self.program
    }

    /// Sets a variable for every run from now on.
    pub fn env(&mut self, name: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> &mut Self {
        let (name, value) = (name.as_ref().to_owned(), value.as_ref().to_owned());
        self.environment.insert(name, value);
        self
    }

    /// Takes a variable away.
    pub fn env_remove(&mut self, name: impl AsRef<OsStr>) -> &mut Self {
        self.environment.remove(name.as_ref());
        self
    }

    /// The whole environment of a run.
    pub fn environment(&self) -> &BTreeMap<OsString, OsString> {
        &self.environment
    }

    /// A run of the program whose output is to be judged. It fails if it takes too long.
    pub fn pipecat<A: AsRef<OsStr>>(
        &self,
        arguments: impl IntoIterator<Item = A>,
    ) -> snapbox::cmd::Command {
        snapbox::cmd::Command::from_std(self.command(arguments)).timeout(DEADLINE)
    }

    /// A run of the program, to be started and talked to.
    pub fn command<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Command {
        let mut command = Command::new(&self.program);
        command
            .args(arguments)
            .env_clear()
            .envs(&self.environment)
            .current_dir(self.path());
        command
    }

    /// Where the config file is by default.
    pub fn config_path(&self) -> PathBuf {
        let below = [".config", "pipecatcloud", "pipecatcloud.toml"];
        self.path().join(below.iter().collect::<PathBuf>())
    }

    /// The text of the config file.
    pub fn config(&self) -> String {
        fs::read_to_string(self.config_path()).expect("a config file")
    }

    /// Writes the config file, closed to others as the program would.
    pub fn write_config(&self, text: &str) {
        let path = self.config_path();
        let folder = path.parent().expect("the config folder");
        fs::create_dir_all(folder).expect("the config folder");
        fs::write(&path, text).expect("a written config file");
        #[cfg(unix)]
        {
            set_mode(folder, 0o700);
            set_mode(&path, 0o600);
        }
    }

    /// Writes a session into the config file, beside what it holds.
    pub fn sign_in(&self, session: &Session) {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        let expires_at = now.expect("a date after 1970") + Duration::from_secs(session.expires_in);
        self.edit_config(|config| {
            config["token"] = value(&session.access_token);
            config["refresh_token"] = value(&session.refresh_token);
            config["token_expires_at"] = value(expires_at.as_secs_f64());
        });
    }

    /// Writes a session into the config file, as the program does that signed in at this service.
    pub fn sign_in_at(&self, service: &str, session: &Session) {
        self.sign_in(session);
        let sum = Sha256::digest(&session.access_token);
        let lock = self.config_path().with_extension("toml.lock");
        let origin = format!("service {service}\ntoken {sum:x}\n");
        fs::write(&lock, origin).expect("a written lock file");
        #[cfg(unix)]
        set_mode(&lock, 0o600);
    }

    /// Writes a personal access token into the config file, instead of a session.
    pub fn sign_in_pat(&self, token: &str) {
        self.edit_config(|config| {
            config["token"] = value(token);
            config.remove("refresh_token");
            config.remove("token_expires_at");
        });
    }

    fn edit_config(&self, edit: impl FnOnce(&mut DocumentMut)) {
        let text = fs::read_to_string(self.config_path()).unwrap_or_default();
        let mut config = text.parse().expect("a config file in order");
        edit(&mut config);
        self.write_config(&config.to_string());
    }

    /// The names of all files in the config folder, sorted.
    pub fn files(&self) -> Vec<String> {
        let path = self.config_path();
        let Ok(entries) = fs::read_dir(path.parent().expect("the config folder")) else {
            return Vec::new();
        };
        let mut names: Vec<String> = entries
            .map(|entry| entry.expect("a readable folder").file_name())
            .map(|name| name.to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }
}

/// Sets a file's permissions.
#[cfg(unix)]
pub(super) fn set_mode(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    let permissions = fs::Permissions::from_mode(mode);
    fs::set_permissions(path, permissions).expect("permissions to set");
}
