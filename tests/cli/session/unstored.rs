//! A renewed session that cannot be stored: at once, or at all.

use std::fs;
use std::thread;
use std::time::Duration;

use serde_json::Value;
use snapbox::str;

use super::{WHOAMI, run, signed_in, start, until_asked};
use crate::support::cloud::{Cloud, Fault};
use crate::support::home::Home;
use crate::support::running::Running;

const SLOW: Duration = Duration::from_millis(300);

/// A command whose session is being renewed while nobody, not even root, can write the file.
fn renewing_without_a_file(line: &[&str], faults: &[Fault]) -> (Cloud, Home, Running, String) {
    let (cloud, home, _) = signed_in(-1.0);
    cloud.expire_access_tokens();
    cloud.fault(Fault::on("POST", "/oauth/token").delay(SLOW));
    for fault in faults {
        cloud.fault(fault.clone());
    }
    let running = start(&home, line);
    until_asked(&cloud, "POST", "/oauth/token");
    let whole = home.config();
    fs::remove_file(home.config_path()).unwrap();
    fs::create_dir(home.config_path()).unwrap();
    (cloud, home, running, whole)
}

fn mend(home: &Home, whole: &str) {
    fs::remove_dir(home.config_path()).unwrap();
    home.write_config(whole);
}

#[test]
fn a_file_that_cannot_be_written_for_a_while_is_tried_again() {
    let (cloud, home, running, whole) = renewing_without_a_file(&WHOAMI, &[]);
    thread::sleep(SLOW * 4);
    mend(&home, &whole);
    let output = running.finish();
    assert!(output.status.success(), "{output:?}");
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
    run(&home, &WHOAMI).success();
    assert_eq!((cloud.renewals(), cloud.reuses()), (1, 0));
}

#[test]
fn a_command_goes_on_with_a_session_that_cannot_be_stored_and_says_so() {
    let whoami = [&WHOAMI[..], &["--output", "json"]].concat();
    let (cloud, home, running, _) = renewing_without_a_file(&whoami, &[]);
    let output = running.finish();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let value: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(value["user"]["userId"], "user_ada");
    let assert = crate::login::redacting(&[("[HOME]", &home.path().display().to_string())]);
    assert.eq(
        String::from_utf8(output.stderr).unwrap(),
        str![[r"
warning: your session was renewed but could not be stored, so it ends with this command: cannot read `[HOME]/.config/pipecatcloud/pipecatcloud.toml`: it is a folder
hint: fix that, then run `pipecat cloud auth login`

"]],
    );
    assert_eq!((cloud.renewals(), cloud.reuses()), (1, 0));
    assert_eq!(
        home.files(),
        ["pipecatcloud.toml", "pipecatcloud.toml.lock"]
    );
}

/// However quiet the log is.
#[test]
fn the_loss_of_a_session_is_said_at_every_log_level() {
    let (cloud, mut home, _) = signed_in(-1.0);
    home.env("PIPECAT_CLI_LOG_LEVEL", "CRITICAL");
    cloud.fault(Fault::on("POST", "/oauth/token").delay(SLOW));
    let running = start(&home, &WHOAMI);
    until_asked(&cloud, "POST", "/oauth/token");
    fs::remove_file(home.config_path()).unwrap();
    fs::create_dir(home.config_path()).unwrap();
    let output = running.finish();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(stderr.contains("ends with this command"), "{stderr}");
}

/// The last chance is the end of the run.
#[test]
fn a_file_that_can_be_written_by_the_end_of_the_command_has_the_session() {
    let slow = Fault::on("GET", "/v1/users").delay(Duration::from_secs(3));
    let (cloud, home, running, whole) = renewing_without_a_file(&WHOAMI, &[slow]);
    until_asked(&cloud, "GET", "/v1/users");
    mend(&home, &whole);
    let output = running.finish();
    assert!(output.status.success(), "{output:?}");
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
    run(&home, &WHOAMI).success();
    assert_eq!((cloud.renewals(), cloud.reuses()), (1, 0));
}
