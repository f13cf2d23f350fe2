//! The browser came back, and then it went wrong: nothing is stored unless everything worked.

use serde_json::json;
use snapbox::cmd::OutputAssert;
use snapbox::str;

use super::{Login, assert_untouched, lived_in};
use crate::support::browser;
use crate::support::cloud::{Fault, Request};

#[test]
fn a_denial_is_told_in_the_providers_words() {
    for (mode, stdout) in [
        ("plain", str![]),
        ("rich", str![]),
        (
            "json",
            str![[r#"
{
  "error": {
    "error": "the sign-in was denied: The user denied the request",
    "code": "sign_in_denied",
    "hint": "to sign in, run `pipecat cloud auth login` again and approve",
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
        let (cloud, home) = lived_in();
        let login = Login::start(&home, &["--headless", "--output", mode]);
        let page = browser::get(&cloud.deny(&login.address));
        assert_eq!(page.status, 400);
        assert!(page.body.contains("<h1>Sign-in was denied</h1>"));
        assert!(page.body.contains("The user denied the request"));
        assert!(page.body.contains("Nothing was stored."));
        login.outcome().code(1).stdout_eq(stdout).stderr_eq(str![[r"
error: the sign-in was denied: The user denied the request
hint: to sign in, run `pipecat cloud auth login` again and approve

"]]);
        assert_untouched(&home);
        assert_eq!(cloud.writes(), [""; 0]);
    }
}

#[test]
fn an_answer_that_is_no_approval_ends_the_attempt() {
    for (query, stderr) in [
        (
            "error=server_error&error_description=Out+of+order",
            str![[r"
error: the sign-in provider reported `server_error`: Out of order
hint: nothing was stored; run `pipecat cloud auth login` again

"]],
        ),
        (
            "error=login_required",
            str![[r"
error: the sign-in provider reported `login_required`
hint: nothing was stored; run `pipecat cloud auth login` again

"]],
        ),
        (
            "code=c&iss=https://evil.example.com",
            str![[r"
error: the answer came from a different provider than the one that was asked
hint: nothing was stored; run `pipecat cloud auth login` again

"]],
        ),
        (
            "",
            str![[r"
error: the sign-in provider sent neither a code nor an error
hint: nothing was stored; run `pipecat cloud auth login` again

"]],
        ),
    ] {
        let (cloud, home) = lived_in();
        let login = Login::start(&home, &["--headless"]);
        let page = browser::get(&login.own_callback(query));
        assert_eq!(page.status, 400);
        assert!(page.body.contains("<h1>Sign-in did not work</h1>"));
        login.outcome().code(1).stdout_eq("").stderr_eq(stderr);
        assert_untouched(&home);
        assert_eq!(cloud.writes(), [""; 0]);
    }
}

/// Signs in against a fault, after which nothing may have changed.
fn fails(fault: Fault) -> OutputAssert {
    let (cloud, home) = lived_in();
    cloud.fault(fault);
    let login = Login::start(&home, &["--headless"]);
    let page = browser::get(&cloud.approve(&login.address));
    assert_eq!(page.status, 400);
    assert!(page.body.contains("<h1>Sign-in did not work</h1>"));
    assert!(page.body.contains("Nothing was stored."));
    let output = login.outcome().code(1).stdout_eq("");
    assert_untouched(&home);
    // A code works once, so it is sent once; and what is not stored does not live on.
    let writes: Vec<_> = cloud.writes().into_iter().map(|write| write.path).collect();
    match &writes[..] {
        [token] => assert_eq!(token, "/oauth/token"),
        [token, logout] => assert_eq!((&**token, &**logout), ("/oauth/token", "/auth/logout")),
        more => panic!("{more:?}"),
    }
    for account in ["ada", "grace"] {
        let token = format!("oat_{account}_0000000000000001");
        assert_eq!(cloud.user_of(&token), None, "a live session is left");
    }
    output
}

#[test]
fn an_exchange_that_fails_stores_nothing() {
    let token = || Fault::on("POST", "/oauth/token");
    for (fault, stderr) in [
        (
            token().status(500).page("<h1>Oops</h1>"),
            str![[r"
error: the sign-in could not be completed: `127.0.0.1:[..]` failed (500 Internal Server Error)
hint: the fault is not on your side; try again in a while

"]],
        ),
        (
            token().status(503),
            str![[r"
error: the sign-in could not be completed: `127.0.0.1:[..]` failed (503 Service Unavailable)
hint: the fault is not on your side; try again in a while

"]],
        ),
        (
            token().status(400).json(&json!({
                "error": "invalid_grant",
                "error_description": "The code has expired",
            })),
            str![[r"
error: the sign-in could not be completed: the sign-in provider refused (invalid_grant: The code has expired)
hint: run `pipecat cloud auth login` again

"]],
        ),
        (
            token()
                .status(401)
                .json(&json!({"error": "invalid_client"})),
            str![[r"
error: the sign-in could not be completed: the sign-in provider refused (invalid_client)

"]],
        ),
        (
            token().page("<h1>Welcome to the hotel</h1>"),
            str![[r"
error: the sign-in could not be completed: `127.0.0.1:[..]/oauth/token` sent [..] (200)[..]
hint: [..]
hint: `127.0.0.1:[..]` comes from `PIPECAT_API_HOST`

"]],
        ),
        (
            token().json(&json!({"refresh_token": "ort_secret"})),
            str![[r"
error: the sign-in could not be completed: the sign-in provider's answer makes no sense (its access token is not usable)
hint: try again later

"]],
        ),
    ] {
        fails(fault).stderr_eq(stderr);
    }
}

#[test]
fn an_account_that_cannot_be_looked_up_stores_nothing() {
    let organizations = || Fault::on("GET", "/v1/organizations");
    for (fault, stderr) in [
        (
            organizations().status(500),
            str![[r"
the new session was ended at the service; nothing was stored
error: `127.0.0.1:[..]` failed (500 Internal Server Error)
hint: the fault is not on your side; try again in a while

"]],
        ),
        (
            organizations().json(&json!({"organizations": []})),
            str![[r"
the new session was ended at the service; nothing was stored
error: your account has no organization yet
hint: finish signing up on the dashboard: https://pipecat.daily.co

"]],
        ),
        (
            organizations().json(&json!({"organizations": 7})),
            str![[r"
the new session was ended at the service; nothing was stored
error: `127.0.0.1:[..]/v1/organizations` sent an answer that makes no sense (200): it has no `organizations` list
hint: try again later; if this persists, this program may be too old for the service

"]],
        ),
        (
            organizations().text("{\"organizations\": ["),
            str![[r"
the new session was ended at the service; nothing was stored
error: `127.0.0.1:[..]/v1/organizations` sent an answer that makes no sense (200): EOF while parsing a list at [..]
hint: try again later; if this persists, this program may be too old for the service

"]],
        ),
    ] {
        fails(fault).stderr_eq(stderr);
    }
}

#[test]
fn a_token_that_cannot_be_one_makes_no_sense() {
    for token in ["", " ", "two words", "line\nend", "söme"] {
        let (cloud, home) = lived_in();
        let answer = json!({"access_token": token, "refresh_token": "ort", "expires_in": 60});
        cloud.fault(Fault::on("POST", "/oauth/token").json(&answer));
        let login = Login::start(&home, &["--headless"]);
        browser::get(&cloud.approve(&login.address));
        let output = login.outcome().code(1);
        let stderr = String::from_utf8_lossy(&output.get_output().stderr);
        assert!(stderr.contains("makes no sense"), "{token:?}: {stderr}");
        let used = |request: &Request| request.header("authorization").is_some();
        assert!(!cloud.requests().iter().any(used), "{token:?}");
        assert_untouched(&home);
    }
}

#[test]
fn a_new_token_that_the_service_turns_down_is_called_what_it_is() {
    let output = fails(Fault::on("GET", "/v1/organizations").status(401));
    let stderr = String::from_utf8_lossy(&output.get_output().stderr);
    assert!(stderr.contains("401 Unauthorized"), "{stderr}");
    assert!(!stderr.contains("first organization"), "{stderr}");
}
