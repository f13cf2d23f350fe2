//! Nobody to show: not signed in, a bad token, an answer that makes no sense.

use serde_json::{Value, json};
use snapbox::str;

use super::{signed_in, whoami};
use crate::support::cloud::{ADA_PAT, Cloud, Fault};
use crate::support::home::Home;

#[test]
fn an_account_without_organizations_is_told_where_to_get_one() {
    let cloud = Cloud::start();
    cloud.change(|state| state.organizations.clear());
    let mut home = Home::new(&cloud);
    home.env("PIPECAT_TOKEN", ADA_PAT);
    whoami(&home, &[]).code(1).stdout_eq("").stderr_eq(str![[r"
error: your account has no organization yet
hint: finish signing up on the dashboard: https://pipecat.daily.co

"]]);
}

#[test]
fn a_bad_token_is_named_by_its_source() {
    let cloud = Cloud::start();
    let mut home = Home::new(&cloud);
    home.sign_in_pat("pcc_pat_deleted");
    whoami(&home, &[]).code(1).stdout_eq("").stderr_eq(str![[r"
error: the service does not accept the token from `[HOME]/.config/pipecatcloud/pipecatcloud.toml` (401 Unauthorized)
hint: run `pipecat cloud auth login` to sign in again

"]]);
    whoami(&home, &["--output", "json"])
        .code(1)
        .stdout_eq(str![[r#"
{
  "error": {
    "error": "Unauthorized",
    "code": "401",
    "hint": "run `pipecat cloud auth login` to sign in again",
    "next": [
      [
        "pipecat",
        "cloud",
        "auth",
        "login"
      ]
    ],
    "retryable": false
  }
}

"#]]);
    home.env("PIPECAT_TOKEN", "pcc_pat_mistyped");
    whoami(&home, &["--output", "rich"])
        .code(1)
        .stdout_eq("")
        .stderr_eq(str![[r"
error: the service does not accept the token from `PIPECAT_TOKEN` (401 Unauthorized)
hint: put a valid token in `PIPECAT_TOKEN`, or unset it to use your stored session

"]]);
}

#[test]
fn who_is_not_signed_in_is_told_what_to_do() {
    for (mode, stdout) in [
        ("plain", str![]),
        ("rich", str![]),
        (
            "json",
            str![[r#"
{
  "error": {
    "error": "you are not signed in",
    "code": "not_signed_in",
    "hint": "run `pipecat cloud auth login`, or set `PIPECAT_TOKEN` to a personal access token",
    "next": [
      [
        "pipecat",
        "cloud",
        "auth",
        "login"
      ]
    ],
    "retryable": false
  }
}

"#]],
        ),
    ] {
        let cloud = Cloud::start();
        let home = Home::new(&cloud);
        whoami(&home, &["--output", mode])
            .code(1)
            .stdout_eq(stdout)
            .stderr_eq(str![[r"
error: you are not signed in
hint: run `pipecat cloud auth login`, or set `PIPECAT_TOKEN` to a personal access token

"]]);
        assert_eq!(cloud.requests(), [""; 0]);
        assert_eq!(home.files(), [""; 0]);
    }
}

#[test]
fn an_answer_that_makes_no_sense_is_an_error() {
    for (fault, stderr) in [
        (
            Fault::on("GET", "/v1/users").page("<h1>Welcome to the hotel</h1>"),
            str![[r"
error: `127.0.0.1:[..]/v1/users` sent a web page instead of an answer (200)
hint: check the address, and whether a proxy or a sign-in page stands in between
hint: `127.0.0.1:[..]` comes from `PIPECAT_API_HOST`

"]],
        ),
        (
            Fault::on("GET", "/v1/users").json(&json!({})),
            str![[r"
error: `127.0.0.1:[..]/v1/users` sent an answer that makes no sense (200): it has no `user` with a `userId`
hint: try again later; if this persists, this program may be too old for the service

"]],
        ),
        (
            Fault::on("GET", "/v1/users").json(&json!({"user": {"userId": 7}})),
            str![[r"
error: `127.0.0.1:[..]/v1/users` sent an answer that makes no sense (200): it has no `user` with a `userId`
hint: try again later; if this persists, this program may be too old for the service

"]],
        ),
        (
            Fault::on("GET", "/v1/organizations").json(&json!({"organizations": [{}]})),
            str![[r"
error: `127.0.0.1:[..]/v1/organizations` sent an answer that makes no sense (200): none of its entries has a `name`
hint: try again later; if this persists, this program may be too old for the service

"]],
        ),
        (
            Fault::on("GET", "/v1/users").text(""),
            str![[r"
error: `127.0.0.1:[..]/v1/users` sent an empty answer (200)
hint: try again later; if this persists, this program may be too old for the service

"]],
        ),
    ] {
        let (cloud, home) = signed_in(ADA_PAT, "acme");
        cloud.fault(fault);
        whoami(&home, &[]).code(1).stdout_eq("").stderr_eq(stderr);
        let output = whoami(&home, &["--output", "json"]).code(1);
        let failure: Value = serde_json::from_slice(&output.get_output().stdout).unwrap();
        assert_eq!(failure["error"]["code"], "unexpected_response");
    }
}
