//! `auth token`: the token in force, alone on stdout.

use serde_json::json;

use crate::support::cloud::{ADA_PAT, Cloud, Fault};
use crate::support::home::Home;
use crate::support::run::{ada, json, stderr, stdout};

#[test]
fn the_token_stands_alone_on_stdout_without_a_request() {
    let (cloud, mut home) = ada();
    home.cloud("auth token")
        .assert()
        .success()
        .stdout_eq(format!("{ADA_PAT}\n"))
        .stderr_eq("");
    let run = home.cloud("auth token --output json").assert().success();
    assert_eq!(json(&run), json!({"token": ADA_PAT}));
    home.env("PIPECAT_TOKEN", "pcc_pat_other");
    home.cloud("auth token --output rich")
        .assert()
        .success()
        .stdout_eq("pcc_pat_other\n");
    assert_eq!(cloud.requests(), [""; 0]);
}

#[test]
fn a_token_that_runs_out_is_renewed_first() {
    let cloud = Cloud::start();
    let home = Home::new(&cloud);
    let mut session = cloud.session("ada");
    session.expires_in = 30;
    home.sign_in(&session);
    let run = home.cloud("auth token").assert().success();
    let token = stdout(&run).trim().to_owned();
    assert_ne!(token, session.access_token);
    assert_eq!(cloud.user_of(&token), Some("ada"));
    assert!(home.config().contains(&token));
}

#[test]
fn a_session_that_is_over_gives_no_token() {
    let cloud = Cloud::start();
    let home = Home::new(&cloud);
    let mut session = cloud.session("ada");
    session.expires_in = 0;
    home.sign_in(&session);
    let over = json!({"error": "invalid_grant"});
    cloud.fault(Fault::on("POST", "/oauth/token").status(400).json(&over));
    home.cloud("auth token").assert().code(1).stdout_eq("");
}

/// Nobody answers with a 401 here.
#[test]
fn a_token_that_has_run_out_and_cannot_be_renewed_is_not_printed() {
    let cloud = Cloud::start();
    let home = Home::new(&cloud);
    let mut session = cloud.session("ada");
    session.expires_in = 0;
    home.sign_in(&session);
    for (fault, code) in [
        (Fault::on("POST", "/oauth/token").status(503), "503"),
        (Fault::on("GET", "/auth/config").status(500), "500"),
    ] {
        cloud.fault(fault);
        let run = home.cloud("auth token").assert().code(1).stdout_eq("");
        let said = stderr(&run);
        let why = "error: your session could not be renewed just now";
        assert!(said.starts_with(why), "{said}");
        let run = home.cloud("auth token --output json").assert().code(1);
        assert_eq!(json(&run)["error"]["code"], code);
        cloud.clear_faults();
    }
    // Where there is nothing to renew it with.
    home.write_config("token = \"oat_old\"\ntoken_expires_at = 1700000000\n");
    let run = home.cloud("auth token").assert().code(1).stdout_eq("");
    assert!(stderr(&run).contains("has expired"), "{}", stderr(&run));
}

#[test]
fn a_token_that_still_works_is_printed_although_it_cannot_be_renewed() {
    let cloud = Cloud::start();
    let home = Home::new(&cloud);
    let mut session = cloud.session("ada");
    session.expires_in = 45;
    home.sign_in(&session);
    cloud.fault(Fault::on("GET", "/auth/config").status(503));
    let run = home.cloud("auth token").assert().success();
    assert_eq!(stdout(&run).trim(), session.access_token);
    assert!(stderr(&run).starts_with("warning: your session could not be renewed"));
}

#[test]
fn without_a_sign_in_there_is_no_token() {
    let home = Home::new(&Cloud::start());
    home.cloud("auth token").assert().code(1).stdout_eq("");
}
