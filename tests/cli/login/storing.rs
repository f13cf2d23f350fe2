//! A file that cannot be written: found out before the browser, and what becomes of the session
//! where it is found out only afterwards.

use std::fs;

#[cfg(unix)]
use super::command;
use super::{Login, lived_in};
use crate::support::browser;
use crate::support::cloud::{Cloud, Fault};
use crate::support::home::Home;
#[cfg(unix)]
use crate::support::running::Running;

/// Puts a folder where the file was, so that nothing can be stored, whoever asks.
pub fn obstruct(home: &Home) {
    fs::remove_file(home.config_path()).unwrap();
    fs::create_dir(home.config_path()).unwrap();
}

#[cfg(unix)]
#[test]
fn a_file_that_cannot_be_written_is_found_out_before_the_browser() {
    let cloud = Cloud::start();
    let mut home = Home::new(&cloud);
    // Not even root can make a folder there.
    home.env("PIPECAT_CONFIG_PATH", "/proc/nobody/pipecatcloud.toml");
    let output = Running::start(command(&home, &["--headless"])).finish();
    assert_eq!(output.status.code(), Some(1));
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(stderr.starts_with("error: cannot "), "{stderr}");
    assert!(stderr.contains("/proc/nobody"), "{stderr}");
    assert!(!stderr.contains("http"), "{stderr}");
    assert_eq!(cloud.requests(), [""; 0]);
}

#[test]
fn others_may_change_the_file_while_the_browser_is_open() {
    let (cloud, home) = lived_in();
    let login = Login::start(&home, &["--headless"]);
    home.cloud("auth logout").assert().success();
    browser::get(&cloud.approve(&login.address));
    login.finish().success();
}

/// Signs in, and lets the file become one that cannot be written while the browser is open.
fn cannot_store(cloud: &Cloud, home: &Home) -> String {
    let login = Login::start(home, &["--headless"]);
    obstruct(home);
    let page = browser::get(&cloud.approve(&login.address));
    assert_eq!(page.status, 400);
    assert!(page.body.contains("Nothing was stored."));
    let output = login.outcome().code(1).stdout_eq("");
    String::from_utf8(output.get_output().stderr.clone()).unwrap()
}

#[test]
fn a_session_that_cannot_be_stored_is_ended_at_the_service() {
    let (cloud, home) = lived_in();
    let stderr = cannot_store(&cloud, &home);
    assert!(
        stderr.starts_with(
            "the new session was ended at the service; nothing was stored
error: cannot "
        ),
        "{stderr}"
    );
    assert_eq!(cloud.user_of("oat_ada_0000000000000001"), None);
    let [_, logout] = &cloud.writes()[..] else {
        panic!("{:?}", cloud.writes())
    };
    assert_eq!(
        logout.to_string(),
        r#"POST /auth/logout {"refresh_token":"ort_ada_0000000000000001"}"#
    );
}

#[test]
fn a_session_that_can_neither_be_stored_nor_ended_is_said_to_live_on() {
    let (cloud, home) = lived_in();
    cloud.fault(Fault::on("POST", "/auth/logout").status(503));
    let stderr = cannot_store(&cloud, &home);
    let (error, hint) = stderr
        .split_once("hint: the new session could not be ended (")
        .unwrap_or_else(|| panic!("{stderr}"));
    assert!(error.starts_with("error: cannot "), "{stderr}");
    assert!(
        hint.ends_with(
            "; end it at https://pipecat.daily.co/sign-out
"
        ),
        "{stderr}"
    );
}
