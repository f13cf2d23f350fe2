//! Faults that pass, and those that do not.

use std::time::{Duration, Instant};

use snapbox::str;

use crate::support::cloud::Fault;
use crate::support::run::{ada, json, stdout};

const READ: &str = "GET /v1/organizations";
const PATH: &str = "/v1/organizations";

#[test]
fn a_fault_that_passes_is_ridden_out_in_silence() {
    for status in [429, 502, 503, 504] {
        for times in [1, 2] {
            let (cloud, home) = ada();
            cloud.fault(Fault::on("GET", PATH).status(status).times(times));
            let run = home
                .cloud("organizations list")
                .assert()
                .success()
                .stderr_eq("");
            assert!(stdout(&run).contains("\tacme\t"), "{status}");
            assert_eq!(cloud.requests(), vec![READ; times + 1]);
        }
    }
}

#[test]
fn a_fault_that_stays_is_told_after_the_third_time() {
    for status in [429, 502, 503, 504] {
        let (cloud, home) = ada();
        cloud.fault(Fault::on("GET", PATH).status(status));
        home.cloud("organizations list")
            .assert()
            .code(1)
            .stdout_eq("");
        assert_eq!(cloud.requests(), [READ; 3]);
    }
}

#[test]
fn a_fault_that_will_not_pass_is_told_at_once() {
    for status in [400, 401, 402, 403, 404, 409, 422, 500, 501] {
        let (cloud, home) = ada();
        cloud.fault(Fault::on("GET", PATH).status(status));
        home.cloud("organizations list")
            .assert()
            .code(1)
            .stdout_eq("");
        assert_eq!(cloud.requests(), [READ], "{status}");
    }
}

#[test]
fn the_service_says_how_long_to_wait() {
    let (cloud, home) = ada();
    cloud.fault(
        Fault::on("GET", PATH)
            .status(429)
            .header("Retry-After", "1")
            .times(1),
    );
    let since = Instant::now();
    home.cloud("organizations list").assert().success();
    assert!(
        since.elapsed() >= Duration::from_secs(1),
        "{:?}",
        since.elapsed()
    );
    assert_eq!(cloud.requests(), [READ; 2]);
}

#[test]
fn a_wait_that_does_not_fit_is_passed_on_to_the_person() {
    let (cloud, home) = ada();
    cloud.fault(
        Fault::on("GET", PATH)
            .status(429)
            .header("Retry-After", "3600"),
    );
    home.cloud("organizations list")
        .assert()
        .code(1)
        .stdout_eq("")
        .stderr_eq(str![[r"
error: too many requests to `127.0.0.1:[..]` (429 Too Many Requests)
hint: try again in 60 min

"]]);
    assert_eq!(cloud.requests(), [READ]);
    cloud.clear_faults();
    cloud.fault(
        Fault::on("GET", PATH)
            .status(503)
            .header("Retry-After", "3600"),
    );
    home.cloud("organizations list")
        .assert()
        .code(1)
        .stdout_eq("")
        .stderr_eq(str![[r"
error: `127.0.0.1:[..]` failed (503 Service Unavailable)
hint: the fault is not on your side; try again in 60 min

"]]);
    let run = home
        .cloud("organizations list --output json")
        .assert()
        .code(1);
    assert_eq!(json(&run)["error"]["code"], "503");
}
