//! `auth token`: the token in force, alone on stdout.

use serde_json::json;

use crate::support::cloud::{ADA_PAT, Cloud, Fault};
use crate::support::home::Home;
use crate::support::run::{ada, json, stdout};

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

#[test]
fn without_a_sign_in_there_is_no_token() {
    let home = Home::new(&Cloud::start());
    home.cloud("auth token").assert().code(1).stdout_eq("");
}
