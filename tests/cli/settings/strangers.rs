//! Files of other users in the way: those that the administrator left in somebody's home, and
//! those of strangers in a folder that everybody may use. Only root can play two users.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use super::replacing::{due, skip};
use crate::support::cloud::ADA_PAT;
use crate::support::home::Home;
use crate::support::run::ada;
use crate::support::running::Running;

/// Somebody who is not root.
const SOMEBODY: u32 = 65534;

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

/// The home and everything in it, the deepest last.
fn everything(home: &Home) -> Vec<PathBuf> {
    let mut found = vec![home.path().to_owned()];
    let mut next = 0;
    while let Some(path) = found.get(next).cloned() {
        next += 1;
        if path.is_dir() {
            let entries = fs::read_dir(path).unwrap();
            found.extend(entries.map(|entry| entry.unwrap().path()));
        }
    }
    found
}

/// Gives the home to somebody. False where that cannot be done.
fn give_away(home: &Home) -> bool {
    let given = everything(home)
        .iter()
        .all(|path| chown(path, Some(SOMEBODY), Some(SOMEBODY)).is_ok());
    if !given {
        skip("only root can play two users");
    }
    given
}

fn as_somebody(home: &Home, line: &str) -> Output {
    // Where the program was built may be closed to others.
    let program = home.path().join("bin/program");
    if !program.exists() {
        fs::copy(home.program(), &program).unwrap();
        set_mode(&program, 0o755);
    }
    let mut command = Command::new(program);
    command
        .args(line.split(' '))
        .env_clear()
        .envs(home.environment())
        .current_dir(home.path())
        .uid(SOMEBODY)
        .gid(SOMEBODY);
    Running::start(command).finish()
}

#[track_caller]
fn assert_success(output: &Output) {
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}");
    assert_eq!(told, "");
}

#[test]
fn what_root_makes_in_somebodys_home_is_that_persons() {
    let (_cloud, mut home) = ada();
    home.env("PIPECAT_TOKEN", ADA_PAT);
    fs::remove_dir_all(home.path().join(".config")).unwrap();
    if !give_away(&home) {
        return;
    }
    for organization in ["acme", "ada-personal"] {
        let run = home.cloud(&format!("organizations select -o {organization}"));
        run.assert().success().stderr_eq("");
        for path in everything(&home) {
            let owner = fs::metadata(&path).unwrap().uid();
            assert_eq!(owner, SOMEBODY, "{}", path.display());
        }
    }
    let output = as_somebody(&home, "cloud organizations select -o acme");
    assert_success(&output);
}

#[test]
fn a_lock_that_root_left_locks_nobody_out() {
    for mode in [0o600, 0o644] {
        let (_cloud, home) = ada();
        let lock = home.config_path().with_file_name("pipecatcloud.toml.lock");
        if !give_away(&home) {
            return;
        }
        fs::write(&lock, "").unwrap();
        set_mode(&lock, mode);
        let output = as_somebody(&home, "cloud organizations select -o acme");
        assert_success(&output);
        assert!(home.config().contains("org = \"acme\"\n"), "{mode:o}");
        // It need not be anybody's else to be locked, if it can be read.
        let owner = fs::metadata(&lock).unwrap().uid();
        assert_eq!(owner == SOMEBODY, mode == 0o600, "{mode:o}");
    }
}

/// In a folder like `/tmp`, only its owner removes or replaces a file, whoever may write it.
#[test]
fn a_strangers_file_that_everybody_may_write_is_written_as_it_stands() {
    let (cloud, home, _) = due();
    if !give_away(&home) {
        return;
    }
    let folder = home.config_path().parent().unwrap().to_owned();
    for path in [&folder, &home.config_path()] {
        chown(path, Some(0), Some(0)).unwrap();
    }
    set_mode(&folder, 0o1777);
    set_mode(&home.config_path(), 0o666);
    let output = as_somebody(&home, "cloud organizations select -o acme");
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}");
    assert!(told.contains("that cannot be changed"), "{told}");
    let config = home.config();
    assert!(config.contains("oat_ada_0000000000000002"), "{config}");
    assert!(config.contains("org = \"acme\"\n"), "{config}");
    assert_eq!(cloud.renewals(), 1);
}

#[test]
fn a_token_is_not_spent_where_a_stranger_has_the_file() {
    let (cloud, home, _) = due();
    if !give_away(&home) {
        return;
    }
    let folder = home.config_path().parent().unwrap().to_owned();
    for path in [&folder, &home.config_path()] {
        chown(path, Some(0), Some(0)).unwrap();
    }
    set_mode(&folder, 0o1777);
    set_mode(&home.config_path(), 0o644);
    let before = home.config();
    let output = as_somebody(&home, "cloud auth whoami");
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert!(told.contains("cannot write `"), "{told}");
    assert_eq!(cloud.writes(), [""; 0]);
    assert_eq!(home.config(), before);
}

/// A folder that may not be listed cannot be seen safe on the disk. What is in it is written
/// before that shows.
#[test]
fn a_folder_that_cannot_be_synced_is_no_failed_write() {
    let (_cloud, home) = ada();
    if !give_away(&home) {
        return;
    }
    let folder = home.config_path().parent().unwrap().to_owned();
    set_mode(&folder, 0o300);
    let output = as_somebody(&home, "cloud organizations select -o acme");
    assert_success(&output);
    assert!(home.config().contains("org = \"acme\"\n"));
}
