//! Where the file lies, or would lie: links, folders that come and go, disks that are full.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::process::Command;
use std::time::{Duration, Instant};

use super::{COMMANDS, Use, each, json_command, perform, prepared};
use crate::support::cloud::{ADA_PAT, Fault};
use crate::support::home::Home;
use crate::support::run::ada;
use crate::support::running::Running;

/// The commands that change the file.
fn writers() -> Vec<&'static str> {
    let writers = COMMANDS.iter().filter(|(_, uses)| *uses != Use::Reads);
    writers.map(|(line, _)| *line).collect()
}

/// The same run by a shell that does something before it becomes the program.
pub fn after(script: &str, run: &Command) -> Command {
    let mut command = Command::new("/bin/sh");
    command
        .args(["-c", &format!("{script}; exec \"$0\" \"$@\"")])
        .arg(run.get_program())
        .args(run.get_args())
        .env_clear();
    for (name, value) in run.get_envs() {
        command.env(name, value.unwrap_or_default());
    }
    command.current_dir(run.get_current_dir().unwrap());
    command
}

/// A disk without space, for this program alone: no file may have any byte.
const FULL: &str = "trap '' XFSZ; ulimit -f 0";

#[test]
fn on_a_full_disk_everything_stays_as_it_was() {
    let texts = [None, Some("token = [\n")];
    let cases: Vec<_> = writers()
        .into_iter()
        .flat_map(|line| texts.map(|text| (line, text)))
        // An empty file needs no space: signing out of a malformed one works.
        .filter(|(line, text)| {
            text.is_none() || ["auth login --headless", "auth use-pat"].contains(line)
        })
        .collect();
    each(&cases, |&(line, malformed)| {
        let (cloud, home) = prepared();
        if let Some(text) = malformed {
            home.write_config(text);
        }
        let before = home.config();
        let trial = perform(&cloud, after(FULL, &json_command(&home, line)));
        let value = trial.json();
        assert_eq!(trial.code(), 1, "{line}: {trial:?}");
        let told = value["error"]["error"].as_str().unwrap();
        assert!(told.contains("File too large"), "{line}: {told}");
        assert!(told.contains("cannot write `"), "{line}: {told}");
        assert_eq!(home.config(), before, "{line}");
        assert_eq!(
            home.files(),
            ["pipecatcloud.toml", "pipecatcloud.toml.lock"],
            "{line}"
        );
    });
}

/// Everything that is possible without a file is done without one.
#[test]
fn on_a_full_disk_reading_works() {
    for (line, uses) in COMMANDS {
        if uses == Use::Reads {
            let (cloud, home) = prepared();
            let trial = perform(&cloud, after(FULL, &json_command(&home, line)));
            trial.json();
            assert_eq!(trial.code(), 0, "{line}: {trial:?}");
        }
    }
}

#[test]
fn through_any_chain_of_links_the_last_one_is_written() {
    each(&writers(), |line| {
        let (cloud, home) = prepared();
        let folder = home.path().join("dotfiles/deep");
        fs::create_dir_all(&folder).unwrap();
        let target = folder.join("pipecat.toml");
        fs::rename(home.config_path(), &target).unwrap();
        symlink("deep/pipecat.toml", home.path().join("dotfiles/one")).unwrap();
        symlink(home.path().join("dotfiles/one"), home.path().join("two")).unwrap();
        symlink("../../two", home.config_path()).unwrap();
        let before = fs::read(&target).unwrap();
        let trial = perform(&cloud, json_command(&home, line));
        trial.json();
        assert_eq!(trial.code(), 0, "{line}: {trial:?}");
        assert_ne!(fs::read(&target).unwrap(), before, "{line}");
        assert!(
            fs::symlink_metadata(home.config_path())
                .unwrap()
                .is_symlink()
        );
        let mut names: Vec<_> = fs::read_dir(&folder)
            .unwrap()
            .flatten()
            .map(|entry| entry.file_name())
            .collect();
        names.sort();
        assert_eq!(names, ["pipecat.toml", "pipecat.toml.lock"], "{line}");
    });
}

#[test]
fn a_link_into_nothing_is_filled() {
    for target in ["new.toml", "new/folder/new.toml"] {
        let (cloud, mut home) = prepared();
        home.env("PIPECAT_TOKEN", ADA_PAT);
        fs::remove_file(home.config_path()).unwrap();
        let target = home.path().join(target);
        symlink(&target, home.config_path()).unwrap();
        let trial = perform(&cloud, json_command(&home, "organizations select -o acme"));
        assert_eq!(trial.code(), 0, "{trial:?}");
        assert_eq!(fs::read_to_string(&target).unwrap(), "org = \"acme\"\n");
    }
}

/// Its name, how it happens, and the outcome.
type Event = (&'static str, fn(&Home), Option<&'static str>);

/// What happens to the folder while the program waits for an answer: a line each, with what the
/// file holds afterwards; nothing where the change cannot be written.
const MEANWHILE: [Event; 6] = [
    (
        "deleted",
        |home| fs::remove_file(home.config_path()).unwrap(),
        Some("org = \"acme\"\n"),
    ),
    (
        "deleted with its folder",
        |home| fs::remove_dir_all(home.config_path().parent().unwrap()).unwrap(),
        Some("org = \"acme\"\n"),
    ),
    (
        "replaced",
        |home| home.write_config("# another\nx = 1\n"),
        Some("# another\nx = 1\norg = \"acme\"\n"),
    ),
    (
        "changed by hand",
        |home| home.write_config(&format!("{}# end\n", home.config())),
        None,
    ),
    ("spoiled", |home| home.write_config("x = \n"), None),
    (
        "made a folder",
        |home| {
            fs::remove_file(home.config_path()).unwrap();
            fs::create_dir(home.config_path()).unwrap();
        },
        None,
    ),
];

#[test]
fn what_happens_to_the_file_meanwhile_counts() {
    each(&MEANWHILE, |(name, happens, text)| {
        let (cloud, home) = ada();
        cloud.fault(Fault::on("GET", "/v1/organizations").delay(Duration::from_millis(400)));
        let running = Running::start(json_command(&home, "organizations select -o acme"));
        let since = Instant::now();
        while cloud.requests().is_empty() {
            assert!(since.elapsed() < Duration::from_secs(20), "no request");
            std::thread::sleep(Duration::from_millis(2));
        }
        happens(&home);
        let output = running.finish();
        let told = String::from_utf8_lossy(&output.stderr);
        let value: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        match (*name, text) {
            (_, Some(text)) => {
                assert!(output.status.success(), "{name}: {told}");
                assert_eq!(home.config(), *text, "{name}");
            }
            ("changed by hand", _) => {
                assert!(output.status.success(), "{name}: {told}");
                assert!(
                    home.config().contains("org = \"acme\"\n"),
                    "{}",
                    home.config()
                );
                assert!(home.config().ends_with("# end\n"), "{}", home.config());
            }
            _ => {
                assert_eq!(output.status.code(), Some(1), "{name}: {told}");
                let code = value["error"]["code"].as_str().unwrap();
                assert!(code.starts_with("config_"), "{name}: {code}");
                assert!(told.contains("pipecatcloud.toml`"), "{name}: {told}");
            }
        }
    });
}

/// Where no place can be named nothing is written anywhere, and not where the program stands.
#[test]
fn without_a_place_for_the_file_none_is_made() {
    for (line, uses) in COMMANDS {
        let (cloud, mut home) = prepared();
        let here = home.path().join("here");
        fs::create_dir(&here).unwrap();
        home.env("PIPECAT_CONFIG_PATH", OsStr::from_bytes(b"\xff"))
            .env("PIPECAT_TOKEN", ADA_PAT);
        let mut command = json_command(&home, line);
        command.current_dir(&here);
        let trial = perform(&cloud, command);
        trial.json();
        let reads = uses == Use::Reads || line.contains("revoke");
        assert_eq!(trial.code(), i32::from(!reads), "{line}: {trial:?}");
        assert!(
            trial
                .stderr
                .contains("`PIPECAT_CONFIG_PATH` is not valid UTF-8"),
            "{line}: {trial:?}"
        );
        assert_eq!(fs::read_dir(&here).unwrap().count(), 0, "{line}: {trial:?}");
    }
}
