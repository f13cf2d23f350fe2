//! A configuration file that cannot be read or written, for every command that needs it.

use std::fs;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::{COMMANDS, Use, each, json_command, perform, prepared, write_bytes};
use crate::support::cloud::ADA_PAT;
use crate::support::home::Home;

/// Stands for success in the table of faults.
const WORKS: &str = "";

/// What is wrong with the file.
struct Fault {
    name: &'static str,
    arrange: fn(&Home),
    /// What those say who only read it.
    reads: &'static str,
    /// What those say who change it.
    writes: &'static str,
    /// What those say who would put a new one in its place.
    renews: &'static str,
}

/// Everybody who reads it says the same.
const fn unreadable(name: &'static str, arrange: fn(&Home), said: &'static str) -> Fault {
    Fault {
        name,
        arrange,
        reads: said,
        writes: said,
        renews: said,
    }
}

/// It can be read and replaced, and not changed.
const fn malformed(name: &'static str, arrange: fn(&Home), said: &'static str) -> Fault {
    Fault {
        renews: WORKS,
        ..unreadable(name, arrange, said)
    }
}

/// It can be read and not written.
const fn unwritable(name: &'static str, arrange: fn(&Home), said: &'static str) -> Fault {
    Fault {
        reads: WORKS,
        ..unreadable(name, arrange, said)
    }
}

/// A line each.
const FAULTS: [Fault; 17] = [
    malformed(
        "malformed",
        |home| home.write_config("token = \n"),
        "line 1, column 9",
    ),
    malformed(
        "not UTF-8",
        |home| write_bytes(home, b"token = \"\xff\"\n"),
        "not UTF-8",
    ),
    malformed(
        "a NUL",
        |home| write_bytes(home, b"token = \"\0\"\n"),
        "line 1, column 10",
    ),
    malformed(
        "in UTF-16",
        |home| write_bytes(home, b"\xff\xfet\0o\0"),
        "not UTF-8",
    ),
    unreadable(
        "a folder",
        |home| replace(home, |path| fs::create_dir(path).unwrap()),
        "it is a folder",
    ),
    unreadable(
        "a socket",
        |home| replace(home, |path| drop(UnixListener::bind(path).unwrap())),
        "it is not a regular file",
    ),
    unreadable(
        "a FIFO",
        |home| replace(home, fifo),
        "it is not a regular file",
    ),
    unreadable(
        "a device",
        |home| replace(home, |path| symlink("/dev/zero", path).unwrap()),
        "it is not a regular file",
    ),
    unreadable(
        "a link to itself",
        |home| replace(home, |path| symlink(path, path).unwrap()),
        "ymbolic link",
    ),
    unreadable(
        "a circle of links",
        |home| replace(home, circle),
        "ymbolic link",
    ),
    unreadable(
        "below a file",
        |home| {
            fs::remove_dir_all(folder(home)).unwrap();
            fs::write(folder(home), "").unwrap();
        },
        "Not a directory",
    ),
    unwritable(
        "its lock a folder",
        |home| fs::create_dir(lock(home)).unwrap(),
        "toml.lock`",
    ),
    unwritable("its lock a FIFO", |home| fifo(&lock(home)), "toml.lock`"),
    unwritable(
        "its lock a socket",
        |home| drop(UnixListener::bind(lock(home)).unwrap()),
        "toml.lock`",
    ),
    unwritable(
        "its lock a device",
        |home| symlink("/dev/full", lock(home)).unwrap(),
        "toml.lock`",
    ),
    unwritable(
        "its lock a circle",
        |home| symlink(lock(home), lock(home)).unwrap(),
        "toml.lock`",
    ),
    unwritable(
        "linked to where nothing can be made",
        |home| replace_with_link(home, "/proc/none/here.toml"),
        "/proc/none",
    ),
];

fn folder(home: &Home) -> PathBuf {
    home.config_path().parent().unwrap().to_owned()
}

fn lock(home: &Home) -> PathBuf {
    home.config_path().with_file_name("pipecatcloud.toml.lock")
}

fn replace(home: &Home, by: impl FnOnce(&Path)) {
    fs::remove_file(home.config_path()).unwrap();
    by(&home.config_path());
}

fn replace_with_link(home: &Home, target: &str) {
    replace(home, |path| symlink(target, path).unwrap());
}

fn circle(path: &Path) {
    let other = path.with_file_name("other.toml");
    symlink(&other, path).unwrap();
    symlink(path, &other).unwrap();
}

fn fifo(path: &Path) {
    let made = Command::new("mkfifo").arg(path).status();
    assert!(made.unwrap().success());
}

/// What the file is, for comparison: its bytes, where a link leads, or that it is neither.
fn state(home: &Home) -> (Option<PathBuf>, Option<Vec<u8>>) {
    let path = home.config_path();
    let regular = fs::metadata(&path).is_ok_and(|found| found.is_file());
    (
        fs::read_link(&path).ok(),
        regular.then(|| fs::read(&path).unwrap()),
    )
}

fn befall(fault: &Fault, line: &str, uses: Use) {
    let (cloud, mut home) = prepared();
    (fault.arrange)(&home);
    // Nobody is signed in where a link leads nowhere: the token comes from outside.
    if fault.reads == WORKS && fs::metadata(home.config_path()).is_err() {
        home.env("PIPECAT_TOKEN", ADA_PAT);
    }
    let (before, files) = (state(&home), home.files());
    let trial = perform(&cloud, json_command(&home, line));
    let what = format!("{} / {line}: {trial:?}", fault.name);
    let said = match uses {
        Use::Reads => fault.reads,
        // There is nothing to be changed in a file that is not there.
        Use::Follows if line.contains("revoke") && before.1.is_none() => fault.reads,
        Use::Writes | Use::Follows => fault.writes,
        Use::Renews => fault.renews,
    };
    let value = trial.json();
    assert_eq!(trial.code(), i32::from(said != WORKS), "{what}");
    assert!(trial.stderr.contains(said), "{what}");
    if said == WORKS {
        return;
    }
    let told = value["error"]["error"].as_str().unwrap();
    assert!(told.contains(said), "{what}");
    assert_eq!(state(&home), before, "{what}");
    let mut now = home.files();
    now.retain(|name| files.contains(name) || !name.ends_with(".lock"));
    assert_eq!(now, files, "{what}");
    // A key that was created before the file could not be written is shown all the same.
    if line.contains("create") && fault.reads == WORKS {
        assert!(trial.stdout.contains("\"pk_acme_"), "{what}");
    }
}

#[test]
fn every_command_says_what_is_wrong_with_the_file_and_leaves_it_alone() {
    let cases: Vec<_> = FAULTS
        .iter()
        .flat_map(|fault| COMMANDS.map(|(line, uses)| (fault, line, uses)))
        .filter(|(fault, line, _)| !(fault.name.starts_with("linked") && line.ends_with("logout")))
        .collect();
    each(&cases, |(fault, line, uses)| befall(fault, line, *uses));
}
