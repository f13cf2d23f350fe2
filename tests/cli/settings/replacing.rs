//! A file that cannot be replaced: mounted alone, immutable, on a disk that is full. What must not
//! be found out after a token is spent is found out before.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::process::{Command, Output};
use std::time::Duration;

use crate::support::cloud::{Cloud, Fault, Session};
use crate::support::home::Home;
use crate::support::running::Running;

/// Somebody whose session has to be renewed at once.
pub fn due() -> (Cloud, Home, Session) {
    let cloud = Cloud::start();
    let home = Home::new(&cloud);
    let session = cloud.session("ada");
    home.sign_in(&Session {
        expires_in: 0,
        ..session.clone()
    });
    cloud.expire_access_tokens();
    (cloud, home, session)
}

/// Says that a test cannot be had on this machine.
#[allow(clippy::print_stderr, reason = "whoever runs the tests should know")]
pub fn skip(why: &str) {
    eprintln!("skipped: {why}");
}

/// Runs a script in which file systems can be mounted, seen by nobody else. `$0` and `$@` are the
/// run of the program, `$folder` and `$file` the home's configuration. Nothing where the system
/// does not allow that.
fn with_mounts(home: &Home, script: &str, words: &[&str]) -> Option<Output> {
    let namespace = || {
        let mut command = Command::new("unshare");
        command.args(["--map-root-user", "--mount", "sh", "-c"]);
        command
    };
    if !namespace()
        .arg("mount -t tmpfs tmpfs /tmp")
        .output()
        .is_ok_and(|output| output.status.success())
    {
        skip("nothing can be mounted here");
        return None;
    }
    let folder = home.config_path().parent().unwrap().to_owned();
    let mut command = namespace();
    command
        .arg(format!("set -e; {script}"))
        .arg(home.program())
        .args(words)
        .current_dir(home.path())
        .env("folder", folder)
        .env("file", home.config_path());
    for (name, value) in home.environment() {
        // The script needs the system's programs.
        if name != "PATH" {
            command.env(name, value);
        }
    }
    Some(Running::start(command).finish())
}

const MOUNTED: &str = "mount --bind \"$file\" \"$file\"; exec \"$0\" \"$@\"";

/// As in a container that is given the file and nothing else: a rename onto it never works.
#[test]
fn a_file_mounted_alone_is_written_as_it_stands() {
    let (cloud, home, _) = due();
    let before = fs::metadata(home.config_path()).unwrap().ino();
    let words = ["cloud", "organizations", "select", "-o", "acme"];
    let Some(output) = with_mounts(&home, MOUNTED, &words) else {
        return;
    };
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}");
    assert_eq!(fs::metadata(home.config_path()).unwrap().ino(), before);
    let config = home.config();
    // The renewed session, and the organization.
    assert!(config.contains("oat_ada_0000000000000002"), "{config}");
    assert!(config.contains("org = \"acme\"\n"), "{config}");
    assert_eq!(cloud.renewals(), 1);
    assert_eq!(
        home.files(),
        ["pipecatcloud.toml", "pipecatcloud.toml.lock"]
    );
}

#[test]
fn a_malformed_file_that_is_mounted_alone_is_kept_aside_all_the_same() {
    let (_cloud, home, _) = due();
    let malformed = "token = \"oat_old\norg = acme # much more than what takes its place\n";
    home.write_config(malformed);
    let Some(output) = with_mounts(&home, MOUNTED, &["cloud", "auth", "logout"]) else {
        return;
    };
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}");
    assert_eq!(home.config(), "");
    let aside = home.config_path().with_file_name("pipecatcloud.toml.bak");
    assert_eq!(fs::read_to_string(aside).unwrap(), malformed);
}

/// In a container too: the folder is not writable, the file in it is.
#[test]
fn in_a_folder_that_cannot_be_written_the_file_is_written_as_it_stands() {
    let (cloud, home, _) = due();
    let script = "mount --bind \"$file\" \"$file\"; mount --bind \"$folder\" \"$folder\"; \
                  mount --bind \"$file\" \"$file\"; mount -o remount,bind,ro \"$folder\"; \
                  exec \"$0\" \"$@\"";
    let words = ["cloud", "organizations", "select", "-o", "acme"];
    let Some(output) = with_mounts(&home, script, &words) else {
        return;
    };
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}");
    assert!(home.config().contains("org = \"acme\"\n"));
    assert_eq!(cloud.renewals(), 1);
    assert_eq!(home.files(), ["pipecatcloud.toml"]);
}

#[test]
fn a_token_is_not_spent_where_its_successor_could_not_be_stored() {
    let (cloud, home, _) = due();
    let before = home.config();
    let script = "mount --bind \"$file\" \"$file\"; mount -o remount,bind,ro \"$file\"; \
                  exec \"$0\" \"$@\"";
    let Some(output) = with_mounts(&home, script, &["cloud", "auth", "whoami"]) else {
        return;
    };
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert!(told.contains("cannot write `"), "{told}");
    assert_eq!(cloud.writes(), [""; 0]);
    assert_eq!(home.config(), before);
}

#[test]
fn a_token_is_not_spent_where_the_file_is_immutable() {
    let (cloud, home, _) = due();
    let before = home.config();
    let attribute = |change: &str| {
        let mut command = Command::new("chattr");
        command.arg(change).arg(home.config_path());
        command.output().is_ok_and(|output| output.status.success())
    };
    if !attribute("+i") {
        skip("no file can be made immutable here");
        return;
    }
    let output = Running::start(home.command(["cloud", "auth", "whoami"])).finish();
    assert!(attribute("-i"));
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert!(told.contains("cannot write `"), "{told}");
    assert_eq!(cloud.writes(), [""; 0]);
    assert_eq!(home.config(), before);
    assert_eq!(
        home.files(),
        ["pipecatcloud.toml", "pipecatcloud.toml.lock"]
    );
}

/// The place for the new tokens is kept from before the old one is spent.
#[test]
fn a_disk_that_fills_up_during_a_renewal_costs_no_session() {
    let (cloud, home, _) = due();
    cloud.fault(Fault::on("POST", "/oauth/token").delay(Duration::from_secs(2)));
    // Full from the moment on in which that place is there, and before it is used.
    let script = "mount -t tmpfs -o size=512k,mode=700 tmpfs /mnt; cp \"$file\" /mnt/a.toml; \
        ( until ls -A /mnt | grep -q tmp; do [ ! -e \"$HOME/result\" ] || exit; done; cat /dev/zero >/mnt/fill || \
          ls -A /mnt | grep tmp >\"$HOME/full\" ) 2>/dev/null & \
        status=0; PIPECAT_CONFIG_PATH=/mnt/a.toml \"$0\" \"$@\" || status=$?; \
        cp /mnt/a.toml \"$HOME/result\"; exit $status";
    let Some(output) = with_mounts(&home, script, &["cloud", "auth", "whoami"]) else {
        return;
    };
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}");
    assert_eq!(told, "");
    let full = fs::read_to_string(home.path().join("full")).unwrap();
    assert!(full.starts_with(".a.toml."), "not in time: {full}");
    assert_eq!(cloud.renewals(), 1);
    let stored = fs::read_to_string(home.path().join("result")).unwrap();
    assert!(stored.contains("oat_ada_0000000000000002"), "{stored}");
}
