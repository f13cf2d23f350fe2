//! Renewal: ahead of time, after a 401, and by many processes at once. A refresh token works once.

mod answers;
mod elsewhere;
mod meanwhile;
mod once;
mod unstored;

use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use serde_json::json;
use snapbox::cmd::OutputAssert;
use snapbox::str;
use toml_edit::DocumentMut;

use crate::login::redacting;
use crate::support::cloud::{ADA_PAT, Cloud, Fault, Session};
use crate::support::home::Home;
use crate::support::running::Running;

const WHOAMI: [&str; 3] = ["cloud", "auth", "whoami"];

/// Somebody whose session ends in so many seconds, as far as the file says.
fn signed_in(seconds: f64) -> (Cloud, Home, Session) {
    let cloud = Cloud::start();
    let home = Home::new(&cloud);
    let session = cloud.session("ada");
    let expires_at = now() + seconds;
    home.write_config(&format!(
        r#"# Edited by hand.
refresh_token = "{}" # rotates
token = "{}"
token_expires_at = {expires_at:.3} # a day
org = "acme"

[acme]
default_public_key = "pk_acme_web"
"#,
        session.refresh_token, session.access_token
    ));
    (cloud, home, session)
}

fn now() -> f64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    now.unwrap().as_secs_f64()
}

fn run(home: &Home, arguments: &[&str]) -> OutputAssert {
    let assert = redacting(&[("[HOME]", &home.path().display().to_string())]);
    home.pipecat(arguments).assert().with_assert(assert)
}

/// How many requests with this method and path there were.
fn count(cloud: &Cloud, method: &str, path: &str) -> usize {
    let requests = cloud.requests();
    let same = requests
        .iter()
        .filter(|request| request.method == method && request.path == path);
    same.count()
}

fn start(home: &Home, arguments: &[&str]) -> Running {
    Running::start(home.command(arguments))
}

/// Waits until the service has been asked for something.
#[track_caller]
fn until_asked(cloud: &Cloud, method: &str, path: &str) {
    let since = Instant::now();
    while count(cloud, method, path) == 0 {
        let late = since.elapsed() > Duration::from_secs(20);
        assert!(!late, "never asked: {method} {path}");
        thread::sleep(Duration::from_millis(2));
    }
}

#[test]
fn a_session_is_renewed_a_minute_before_its_end() {
    for (seconds, renewals) in [(30.0, 1), (-100_000.0, 1), (300.0, 0), (86_400.0, 0)] {
        let (cloud, home, first) = signed_in(seconds);
        let stored = home.config();
        run(&home, &WHOAMI).success().stderr_eq("");
        assert_eq!((cloud.renewals(), cloud.reuses()), (renewals, 0));
        let used = match renewals {
            0 => "oat_ada_0000000000000001",
            _ => "oat_ada_0000000000000002",
        };
        for request in cloud.requests() {
            if request.path.starts_with("/v1/") {
                assert_eq!(request.bearer(), Some(used), "{request}");
            }
        }
        if renewals == 0 {
            assert_eq!(home.config(), stored);
        } else {
            let [renewal] = &cloud.writes()[..] else {
                panic!("one renewal: {:?}", cloud.writes());
            };
            let form: Vec<_> = renewal.form().into_iter().collect();
            let expected = [
                ("client_id", "pipecat-cli"),
                ("grant_type", "refresh_token"),
                ("refresh_token", &first.refresh_token),
            ];
            let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
            assert_eq!(form, expected);
        }
    }
}

#[test]
fn the_rotated_tokens_are_stored_and_the_rest_of_the_file_stays() {
    let (_cloud, home, _) = signed_in(-1.0);
    let before = home.config();
    run(&home, &WHOAMI).success();
    let config: DocumentMut = home.config().parse().unwrap();
    let expires_at = config["token_expires_at"].as_float().unwrap();
    let lifetime = expires_at - now();
    assert!((86_300.0..=86_400.0).contains(&lifetime), "{lifetime}");
    let line = |text: &str| {
        let line = text
            .lines()
            .find(|line| line.starts_with("token_expires_at"));
        line.unwrap().to_owned()
    };
    let expected = before
        .replace("_0000000000000001", "_0000000000000002")
        .replace(&line(&before), &line(&home.config()));
    assert_eq!(home.config(), expected);
    assert!(line(&expected).ends_with(" # a day"), "{expected}");
    assert_eq!(
        home.files(),
        ["pipecatcloud.toml", "pipecatcloud.toml.lock"]
    );
}

#[test]
fn a_session_that_the_service_turns_down_is_renewed_once() {
    let (cloud, home, _) = signed_in(86_400.0);
    cloud.expire_access_tokens();
    run(&home, &WHOAMI).success().stderr_eq("");
    assert_eq!((cloud.renewals(), cloud.reuses()), (1, 0));
    assert!(home.config().contains("oat_ada_0000000000000002"));

    // Where the new one is turned down too, that is the answer.
    let (cloud, home, _) = signed_in(86_400.0);
    cloud.fault(Fault::on("GET", "/v1/users").status(401));
    run(&home, &WHOAMI).code(1).stdout_eq("").stderr_eq(str![[r"
error: the service does not accept the token from `[HOME]/.config/pipecatcloud/pipecatcloud.toml` (401 Unauthorized)
hint: run `pipecat cloud auth login` to sign in again

"]]);
    assert_eq!((cloud.renewals(), cloud.reuses()), (1, 0));
    assert_eq!(count(&cloud, "GET", "/v1/users"), 2);
}

#[test]
fn a_write_that_was_turned_down_is_sent_again_and_done_once() {
    let (cloud, home, _) = signed_in(86_400.0);
    cloud.expire_access_tokens();
    let create = "cloud organizations keys create --name Kiosk --output json";
    let arguments: Vec<&str> = create.split(' ').collect();
    run(&home, &arguments).success();
    assert_eq!((cloud.renewals(), cloud.reuses()), (1, 0));
    let keys = cloud.change(|state| {
        let acme = state.organization("acme").unwrap();
        let named = |key: &&serde_json::Value| key["metadata"]["name"] == "Kiosk";
        acme.public_keys.iter().filter(named).count()
    });
    assert_eq!(keys, 1);
    assert_eq!(count(&cloud, "POST", "/v1/organizations/acme/apiKeys"), 2);
}

#[test]
fn a_session_that_is_over_stays_in_the_file_and_says_what_to_do() {
    for (mode, stdout) in [
        ("plain", str![]),
        ("rich", str![]),
        (
            "json",
            str![[r#"
{
  "error": {
    "error": "your session has ended: the sign-in provider refused (invalid_grant: Signed out elsewhere)",
    "code": "session_ended",
    "hint": "run `pipecat cloud auth login`",
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
        let (cloud, home, _) = signed_in(-1.0);
        cloud.fault(Fault::on("POST", "/oauth/token").status(400).json(&json!({
            "error": "invalid_grant",
            "error_description": "Signed out elsewhere",
        })));
        let before = home.config();
        let arguments = [&WHOAMI[..], &["--output", mode]].concat();
        run(&home, &arguments)
            .code(1)
            .stdout_eq(stdout)
            .stderr_eq(str![[r"
error: your session has ended: the sign-in provider refused (invalid_grant: Signed out elsewhere)
hint: run `pipecat cloud auth login`

"]]);
        assert_eq!(home.config(), before);
    }
}

#[test]
fn a_provider_out_of_order_is_only_a_warning_while_the_token_works() {
    for (fault, session) in [
        (
            Fault::on("POST", "/oauth/token").status(503),
            "may have ended",
        ),
        (
            Fault::on("POST", "/oauth/token").page("<h1>Welcome to the hotel</h1>"),
            "may have ended",
        ),
        (Fault::on("GET", "/auth/config").status(500), "is kept"),
        (
            Fault::on("GET", "/.well-known/openid-configuration").status(500),
            "is kept",
        ),
    ] {
        let (cloud, home, _) = signed_in(45.0);
        cloud.fault(fault);
        let before = home.config();
        let output = run(&home, &WHOAMI).success();
        let stderr = String::from_utf8_lossy(&output.get_output().stderr);
        let said = format!("warning: your session could not be renewed just now, and {session}: ");
        assert!(stderr.starts_with(&said), "{stderr}");
        assert_eq!(home.config(), before);
    }
}

#[test]
fn a_provider_out_of_order_is_an_error_once_the_token_has_run_out() {
    let (cloud, home, _) = signed_in(-1.0);
    cloud.expire_access_tokens();
    cloud.fault(Fault::on("POST", "/oauth/token").status(503));
    let before = home.config();
    run(&home, &WHOAMI).code(1).stdout_eq("").stderr_eq(str![[r#"
error: your session could not be renewed just now, and may have ended: `127.0.0.1:[..]` failed (503 Service Unavailable)
hint: the fault is not on your side; try again in a while
hint: if it has ended, run `pipecat cloud auth login`

"#]]);
    assert_eq!(home.config(), before);

    cloud.clear_faults();
    run(&home, &WHOAMI).success();
}

/// A clock that is fast is no reason to fail.
#[test]
fn a_token_that_the_service_still_accepts_works_whatever_the_clock_says() {
    let (cloud, home, _) = signed_in(-1.0);
    cloud.fault(Fault::on("POST", "/oauth/token").status(503));
    let before = home.config();
    run(&home, &WHOAMI).success().stderr_eq("");
    assert_eq!(home.config(), before);
}

#[test]
fn a_provider_that_does_not_rotate_leaves_the_refresh_token() {
    let (cloud, home, session) = signed_in(-1.0);
    let omitted = "refresh_token".to_owned();
    cloud.change(|state| state.omitted_token_fields.insert(omitted));
    run(&home, &WHOAMI).success();
    let config = home.config();
    assert!(config.contains(&session.refresh_token), "{config}");
    assert!(config.contains("oat_ada_0000000000000002"), "{config}");
}

#[test]
fn a_personal_access_token_is_never_renewed() {
    let cloud = Cloud::start();
    let home = Home::new(&cloud);
    let stray = cloud.session("ada").refresh_token;
    for (token, status) in [(ADA_PAT, 0), ("pcc_pat_deleted", 1)] {
        let config = format!(
            "token = \"{token}\"\nrefresh_token = \"{stray}\"\ntoken_expires_at = 1700000000\n"
        );
        home.write_config(&config);
        run(&home, &WHOAMI).code(status);
        assert_eq!(home.config(), config);
    }
    assert_eq!(cloud.writes(), [""; 0]);
}

#[test]
fn without_a_time_the_session_is_used_until_it_is_turned_down() {
    let cloud = Cloud::start();
    let home = Home::new(&cloud);
    let session = cloud.session("ada");
    home.write_config(&format!(
        "token = \"{}\"\nrefresh_token = \"{}\"\n",
        session.access_token, session.refresh_token
    ));
    run(&home, &WHOAMI).success();
    assert_eq!(cloud.renewals(), 0);
    cloud.expire_access_tokens();
    run(&home, &WHOAMI).success();
    assert_eq!((cloud.renewals(), cloud.reuses()), (1, 0));
}
