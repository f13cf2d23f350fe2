//! A refresh token works once: within a run, and between many.

use std::fs;
use std::time::Duration;

use serde_json::json;

use super::{WHOAMI, count, run, signed_in};
use crate::support::cloud::Fault;
use crate::support::home::Home;
use crate::support::running::Running;

/// Whether it was spent nobody knows, and whoever tries a spent one loses the session.
#[test]
fn a_refresh_token_is_tried_once_in_a_run() {
    let token = || Fault::on("POST", "/oauth/token");
    for (seconds, fault) in [
        (45.0, token().status(503)),
        (-1.0, token().status(503)),
        (-1.0, token().page("<h1>Welcome to the hotel</h1>")),
        (
            -1.0,
            token().status(400).json(&json!({"error": "invalid_grant"})),
        ),
    ] {
        let (cloud, home, _) = signed_in(seconds);
        if seconds < 0.0 {
            cloud.expire_access_tokens();
        }
        cloud.fault(fault);
        let output = run(&home, &WHOAMI);
        let stderr = String::from_utf8_lossy(&output.get_output().stderr);
        let told = stderr.matches("your session ").count();
        assert_eq!(
            (count(&cloud, "POST", "/oauth/token"), told),
            (1, 1),
            "{stderr}"
        );
    }
}

#[test]
fn a_renewal_whose_answer_is_lost_does_not_end_the_session() {
    let (cloud, home, session) = signed_in(45.0);
    let token = Fault::on("POST", "/oauth/token");
    cloud.fault(token.status(502).applied().times(1));
    run(&home, &WHOAMI).success();
    assert_eq!((cloud.renewals(), cloud.reuses()), (1, 0));
    assert_eq!(cloud.user_of(&session.access_token), Some("ada"));
}

#[test]
fn a_session_that_could_not_be_stored_is_not_renewed() {
    for (seconds, status) in [(45.0, 0), (-1.0, 1)] {
        let (cloud, home, session) = signed_in(seconds);
        if seconds < 0.0 {
            cloud.expire_access_tokens();
        }
        // Nobody can write beside a lock that is a folder, not even root.
        let lock = home.config_path().with_file_name("pipecatcloud.toml.lock");
        fs::create_dir(lock).unwrap();
        let output = run(&home, &WHOAMI).code(status);
        let stderr = String::from_utf8_lossy(&output.get_output().stderr);
        assert!(stderr.contains("pipecatcloud.toml.lock`"), "{stderr}");
        assert_eq!(cloud.writes(), [""; 0]);
        let user = cloud.user_of(&session.access_token);
        assert_eq!(user.is_some(), seconds > 0.0);
    }
}

/// Many processes, started together.
fn stampede(home: &Home) {
    let processes = [(); 24].map(|()| Running::start(home.command(WHOAMI)));
    for process in processes {
        let output = process.finish();
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{stderr}");
        assert_eq!(stderr, "");
    }
}

#[test]
fn many_processes_renew_an_expired_session_once() {
    let (cloud, home, _) = signed_in(-1.0);
    // Slow enough for all of them to find the session expired.
    cloud.fault(Fault::on("POST", "/oauth/token").delay(Duration::from_millis(300)));
    stampede(&home);
    assert_eq!((cloud.renewals(), cloud.reuses()), (1, 0));
    assert_eq!(count(&cloud, "POST", "/oauth/token"), 1);
    assert_eq!(count(&cloud, "GET", "/v1/users"), 24);
    assert!(home.config().contains("ort_ada_0000000000000002"));
}

#[test]
fn many_processes_that_are_turned_down_renew_once() {
    let (cloud, home, _) = signed_in(86_400.0);
    cloud.expire_access_tokens();
    cloud.fault(Fault::on("POST", "/oauth/token").delay(Duration::from_millis(300)));
    stampede(&home);
    assert_eq!((cloud.renewals(), cloud.reuses()), (1, 0));
    assert_eq!(count(&cloud, "POST", "/oauth/token"), 1);
    assert!(home.config().contains("ort_ada_0000000000000002"));
}
