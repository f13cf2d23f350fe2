//! A sign-in that is given up: by the clock, or by a signal.

use std::thread;
use std::time::Duration;

use snapbox::str;

use super::{Login, assert_untouched, lived_in};
use crate::support::browser;
use crate::support::cloud::Fault;

#[test]
fn nobody_comes_back_in_time() {
    for (mode, stdout) in [
        ("plain", str![]),
        (
            "json",
            str![[r#"
{
  "error": {
    "error": "nobody signed in within 1 s",
    "code": "timed_out",
    "hint": "run `pipecat cloud auth login` again; `--timeout SECONDS` waits longer",
    "next": [
      [
        "pipecat",
        "cloud",
        "auth",
        "login"
      ]
    ],
    "retryable": true
  }
}

"#]],
        ),
    ] {
        let (cloud, home) = lived_in();
        let login = Login::start(&home, &["-h", "--timeout", "1", "--output", mode]);
        login.outcome().code(1).stdout_eq(stdout).stderr_eq(str![[r"
error: nobody signed in within 1 s
hint: run `pipecat cloud auth login` again; `--timeout SECONDS` waits longer

"]]);
        assert_untouched(&home);
        assert_eq!(cloud.writes(), [""; 0]);
    }
}

#[test]
fn a_signal_ends_the_wait_and_leaves_nothing_behind() {
    for (signal, status, mode, stdout) in [
        ("INT", 130, "plain", str![]),
        (
            "INT",
            130,
            "json",
            str![[r#"
{
  "error": {
    "error": "interrupted",
    "code": "interrupted",
    "next": [],
    "retryable": false
  }
}

"#]],
        ),
        ("TERM", 143, "rich", str![]),
    ] {
        let (_cloud, home) = lived_in();
        let login = Login::start(&home, &["--headless", "--output", mode]);
        login.signal(signal);
        login
            .outcome()
            .code(status)
            .stdout_eq(stdout)
            .stderr_eq(str![]);
        assert_untouched(&home);
    }
}

#[test]
fn a_signal_in_the_middle_of_the_exchange_leaves_nothing_behind() {
    let (cloud, home) = lived_in();
    cloud.fault(Fault::on("POST", "/oauth/token").delay(Duration::from_secs(30)));
    let login = Login::start(&home, &["--headless"]);
    let returned = cloud.approve(&login.address);
    // The page is never sent: what the browser makes of that is its own business.
    let browser = thread::spawn(move || browser::client().get(&returned).send().is_ok());
    while cloud.writes().is_empty() {
        thread::sleep(Duration::from_millis(5));
    }
    login.signal("INT");
    login.finish().code(130).stdout_eq("");
    assert!(!browser.join().unwrap());
    assert_untouched(&home);
}

#[test]
fn a_session_that_an_interruption_kept_from_being_stored_does_not_live_on() {
    let (cloud, home) = lived_in();
    cloud.fault(Fault::on("GET", "/v1/organizations").delay(Duration::from_secs(30)));
    let login = Login::start(&home, &["--headless"]);
    let returned = cloud.approve(&login.address);
    let browser = thread::spawn(move || browser::client().get(&returned).send().is_ok());
    let asked = |path| cloud.requests().iter().any(|request| request.path == path);
    while !asked("/v1/organizations") {
        thread::sleep(Duration::from_millis(5));
    }
    login.signal("INT");
    login.outcome().code(130).stdout_eq("").stderr_eq(str![[r"
ending the new session at the service, since it was not stored

"]]);
    // Whatever the browser is shown: it has come back.
    let _ = browser.join();
    assert_eq!(cloud.user_of("oat_ada_0000000000000001"), None);
    assert_untouched(&home);
}
