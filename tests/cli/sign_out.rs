//! `auth logout`: the session ends at the service, and here in any case.

use std::fs;
use std::net::TcpListener;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::json;
use snapbox::cmd::OutputAssert;
use snapbox::{IntoData as _, str};

use crate::login::redacting;
use crate::support::cloud::{ADA_PAT, Cloud, Fault, Session};
use crate::support::home::Home;
use crate::support::run::json;
use crate::support::running::Running;

/// Signs out, with `[HOME]` in the place of the home folder.
fn logout(home: &Home, options: &[&str]) -> OutputAssert {
    let arguments = ["cloud", "auth", "logout"].iter().chain(options);
    let assert = redacting(&[("[HOME]", &home.path().display().to_string())]);
    home.pipecat(arguments).assert().with_assert(assert)
}

/// Somebody is signed in, in a file with all sorts of things in it.
fn signed_in() -> (Cloud, Home, Session) {
    let cloud = Cloud::start();
    let home = Home::new(&cloud);
    let session = cloud.session("ada");
    home.write_config(&format!(
        r#"# Edited by hand.
token = "{}"
org = "acme" # work
refresh_token = "{}"
token_expires_at = 4000000000.5
colour = "blue"

[acme] # the company
default_public_key = "pk_acme_web"
default_public_key_name = "Web client"
"#,
        session.access_token, session.refresh_token
    ));
    (cloud, home, session)
}

/// The file of [`signed_in`] without the session, and otherwise byte for byte the same.
const SIGNED_OUT: &str = r#"# Edited by hand.
org = "acme" # work
colour = "blue"

[acme] # the company
default_public_key = "pk_acme_web"
default_public_key_name = "Web client"
"#;

#[test]
fn the_session_is_revoked_and_taken_out_of_the_file() {
    for (mode, stdout) in [
        (
            "plain",
            str![[r"
signed out, and the session was ended at the service

"]]
            .into_data(),
        ),
        (
            "rich",
            str![[r"
[..] signed out, and the session was ended at the service

"]]
            .into_data(),
        ),
        (
            "json",
            str![[r#"
{
  "signedOut": true,
  "revoked": true,
  "configPath": "[HOME]/.config/pipecatcloud/pipecatcloud.toml"
}

"#]]
            .is_json(),
        ),
    ] {
        let (cloud, home, session) = signed_in();
        logout(&home, &["--output", mode])
            .success()
            .stdout_eq(stdout)
            .stderr_eq("");
        let revocation = format!(
            r#"POST /auth/logout {{"refresh_token":"{}"}}"#,
            session.refresh_token
        );
        let requests = cloud.requests();
        assert_eq!(requests, [revocation.as_str()]);
        assert_eq!(requests[0].bearer(), Some(&*session.access_token));
        assert_eq!(cloud.user_of(&session.access_token), None);
        assert_eq!(home.config(), SIGNED_OUT);
    }
}

#[test]
fn a_personal_access_token_is_left_to_the_dashboard() {
    let cloud = Cloud::start();
    let mut home = Home::new(&cloud);
    home.env("PIPECAT_DASHBOARD_HOST", "https://dashboard.example.com/");
    home.write_config("org = \"acme\"\n");
    home.sign_in_pat(ADA_PAT);
    logout(&home, &[]).success().stdout_eq(str![[r"
signed out on this machine

"]]).stderr_eq(str![[r"
hint: the personal access token itself stays valid; delete it at https://dashboard.example.com/account/tokens

"]]);
    assert_eq!(cloud.requests(), [""; 0]);
    assert_eq!(home.config(), "org = \"acme\"\n");
    assert_eq!(cloud.user_of(ADA_PAT), Some("ada"));
}

#[test]
fn a_service_that_does_not_confirm_stops_nobody_from_signing_out() {
    let revocation = || Fault::on("POST", "/auth/logout");
    for (fault, stderr) in [
        (
            revocation().status(503),
            str![[r"
warning: the service did not confirm that the session has ended: `127.0.0.1:[..]` failed (503 Service Unavailable)
hint: it may still be valid there; end it at https://pipecat.daily.co/sign-out

"]],
        ),
        (
            revocation().status(500).page("<h1>Oops</h1>"),
            str![[r"
warning: the service did not confirm that the session has ended: `127.0.0.1:[..]` failed (500 Internal Server Error)
hint: it may still be valid there; end it at https://pipecat.daily.co/sign-out

"]],
        ),
        (
            revocation().status(302).header("Location", "/hotel"),
            str![[r"
warning: the service did not confirm that the session has ended: `127.0.0.1:[..]` redirects to `/hotel`, which is not followed (302 Found)
hint: it may still be valid there; end it at https://pipecat.daily.co/sign-out

"]],
        ),
    ] {
        let (cloud, home, _) = signed_in();
        cloud.fault(fault);
        logout(&home, &[])
            .success()
            .stdout_eq("signed out on this machine\n")
            .stderr_eq(stderr);
        // Sent once: it is no read.
        assert_eq!(cloud.requests().len(), 1);
        assert_eq!(home.config(), SIGNED_OUT);
    }
}

#[test]
fn json_output_says_that_nobody_confirmed() {
    let (cloud, home, _) = signed_in();
    cloud.fault(Fault::on("POST", "/auth/logout").status(503));
    logout(&home, &["--output", "json"]).success().stdout_eq(
        str![[r#"
{
  "signedOut": true,
  "revoked": false,
  "configPath": "[HOME]/.config/pipecatcloud/pipecatcloud.toml"
}

"#]]
        .is_json(),
    );
}

#[test]
fn a_service_that_cannot_be_reached_stops_nobody_from_signing_out() {
    let closed = TcpListener::bind("127.0.0.1:0").unwrap();
    let refused = format!("http://{}", closed.local_addr().unwrap());
    drop(closed);
    for (host, stderr) in [
        (
            &*refused,
            str![[r"
warning: the service did not confirm that the session has ended: cannot connect to `127.0.0.1:[..]`: [..] (os error [..])
hint: it may still be valid there; end it at https://pipecat.daily.co/sign-out

"]],
        ),
        (
            "http://api.example.com",
            str![[r"
warning: the service did not confirm that the session has ended: the API host `http://api.example.com` (`PIPECAT_API_HOST`) is plain HTTP: the token would travel in the clear
hint: it may still be valid there; end it at https://pipecat.daily.co/sign-out

"]],
        ),
        (
            "nowhere",
            str![[r"
warning: the service did not confirm that the session has ended: the API host `nowhere` (`PIPECAT_API_HOST`) is not an address
hint: it may still be valid there; end it at https://pipecat.daily.co/sign-out

"]],
        ),
    ] {
        let (_cloud, mut home, _) = signed_in();
        home.env("PIPECAT_API_HOST", host);
        logout(&home, &[])
            .success()
            .stdout_eq("signed out on this machine\n")
            .stderr_eq(stderr);
        assert_eq!(home.config(), SIGNED_OUT);
    }
}

#[test]
fn a_service_that_does_not_answer_is_not_waited_for() {
    let (cloud, home, _) = signed_in();
    let silence = Duration::from_secs(60);
    cloud.fault(Fault::on("POST", "/auth/logout").delay(silence));
    let since = Instant::now();
    logout(&home, &[])
        .success()
        .stdout_eq("signed out on this machine\n")
        .stderr_eq(str![[r"
warning: the service did not confirm that the session has ended: no answer within 10 s
hint: it may still be valid there; end it at https://pipecat.daily.co/sign-out

"]]);
    assert!(since.elapsed() < Duration::from_secs(20), "{since:?}");
    assert_eq!(home.config(), SIGNED_OUT);
}

#[test]
fn who_is_not_signed_in_cannot_sign_out() {
    for (mode, stdout) in [
        ("plain", str![].into_data()),
        ("rich", str![].into_data()),
        (
            "json",
            str![[r#"
{
  "error": {
    "error": "you are not signed in: there is no session in `[HOME]/.config/pipecatcloud/pipecatcloud.toml`",
    "code": "not_signed_in",
    "next": [],
    "retryable": false
  }
}
"#]].is_json(),
        ),
    ] {
        let cloud = Cloud::start();
        let home = Home::new(&cloud);
        home.write_config(SIGNED_OUT);
        logout(&home, &["--output", mode])
            .code(1)
            .stdout_eq(stdout)
            .stderr_eq(str![[r"
error: you are not signed in: there is no session in `[HOME]/.config/pipecatcloud/pipecatcloud.toml`

"]]);
        assert_eq!(cloud.requests(), [""; 0]);
        assert_eq!(home.config(), SIGNED_OUT);
    }
}

#[test]
fn a_token_in_the_environment_is_not_what_is_signed_out() {
    let (cloud, mut home, session) = signed_in();
    home.env("PIPECAT_TOKEN", ADA_PAT);
    let output = logout(&home, &[]).success();
    let stderr = String::from_utf8_lossy(&output.get_output().stderr);
    assert!(stderr.starts_with("warning: `PIPECAT_TOKEN` "), "{stderr}");
    let bearers: Vec<_> = cloud
        .requests()
        .iter()
        .map(|request| request.bearer().map(str::to_owned))
        .collect();
    assert_eq!(bearers, [Some(session.access_token)]);
    assert_eq!(home.config(), SIGNED_OUT);

    logout(&home, &[]).code(1).stdout_eq("").stderr_eq(str![[r"
error: you are not signed in: there is no session in `[HOME]/.config/pipecatcloud/pipecatcloud.toml`
hint: `PIPECAT_TOKEN` is still set, and keeps you signed in; unset it to sign out

"]]);
}

#[test]
fn nobody_is_sent_to_a_token_that_has_just_been_removed() {
    let (_cloud, mut home, _) = signed_in();
    home.env("PIPECAT_TOKEN", ADA_PAT);
    let output = logout(&home, &[]).success();
    let stderr = String::from_utf8_lossy(&output.get_output().stderr);
    assert!(!stderr.contains("unset it to use the file"), "{stderr}");
}

/// The service ends a session only for who has an access token that works.
#[test]
fn an_access_token_that_has_run_out_is_renewed_to_end_the_session() {
    for knows in [true, false] {
        let (cloud, home, session) = signed_in();
        cloud.expire_access_tokens();
        if knows {
            let text = home.config().replace("4000000000.5", "1700000000");
            home.write_config(&text);
        }
        logout(&home, &[])
            .success()
            .stdout_eq("signed out, and the session was ended at the service\n")
            .stderr_eq("");
        assert_eq!((cloud.renewals(), cloud.reuses()), (1, 0));
        let writes: Vec<_> = cloud
            .writes()
            .iter()
            .map(|request| request.path.clone())
            .collect();
        let (renewal, revocation) = ("/oauth/token", "/auth/logout");
        // Who does not know finds out.
        let found_out = usize::from(!knows);
        assert_eq!(writes[found_out..], [renewal, revocation]);
        assert_eq!(writes[..found_out], [revocation; 1][..found_out]);
        assert_eq!(cloud.user_of("oat_ada_0000000000000002"), None);
        assert_eq!(cloud.user_of(&session.access_token), None);
        assert_eq!(home.config(), SIGNED_OUT);
    }
}

#[test]
fn what_cannot_be_renewed_is_not_said_to_be_over() {
    let token = || Fault::on("POST", "/oauth/token");
    let over = json!({"error": "invalid_grant"});
    for (fault, stdout, stderr, revoked) in [
        (
            token().status(503),
            "signed out on this machine\n",
            str![[r"
warning: the service did not confirm that the session has ended: its access token no longer works, and could not be renewed: `127.0.0.1:[..]` failed (503 Service Unavailable)
hint: it may still be valid there; end it at https://pipecat.daily.co/sign-out

"]],
            false,
        ),
        (
            token().status(400).json(&over),
            "signed out; the session had already ended at the service\n",
            str![""],
            true,
        ),
    ] {
        for mode in ["plain", "json"] {
            let (cloud, home, _) = signed_in();
            home.write_config(&home.config().replace("4000000000.5", "1700000000"));
            cloud.fault(fault.clone());
            let run = logout(&home, &["--output", mode])
                .success()
                .stderr_eq(stderr.clone());
            match mode {
                "plain" => drop(run.stdout_eq(stdout)),
                _ => assert_eq!(json(&run)["revoked"], revoked),
            }
            assert_eq!(home.config(), SIGNED_OUT);
            let asked = cloud.writes();
            assert_eq!(asked.len(), 1, "{asked:?}");
        }
    }
}

/// Turned down with every token, there is nothing left to try.
#[test]
fn a_service_that_turns_down_a_fresh_token_is_believed() {
    let (cloud, home, _) = signed_in();
    cloud.fault(Fault::on("POST", "/auth/logout").status(401));
    logout(&home, &[]).success().stderr_eq(str![[r"
warning: the service did not confirm that the session has ended: `127.0.0.1:[..]` does not accept the token (401 Unauthorized)
hint: it may still be valid there; end it at https://pipecat.daily.co/sign-out

"]]);
    assert_eq!((cloud.renewals(), cloud.reuses()), (1, 0));
    assert_eq!(home.config(), SIGNED_OUT);
}

/// A logout under way: the service has been asked to end the session.
fn signing_out() -> (Cloud, Home, Running) {
    let (cloud, home, _) = signed_in();
    let slow = Duration::from_millis(400);
    cloud.fault(Fault::on("POST", "/auth/logout").delay(slow));
    let running = Running::start(home.command(["cloud", "auth", "logout"]));
    let since = Instant::now();
    while cloud.writes().is_empty() {
        assert!(since.elapsed() < Duration::from_secs(20), "never asked");
        thread::sleep(Duration::from_millis(2));
    }
    (cloud, home, running)
}

#[test]
fn what_is_written_meanwhile_stays() {
    let (_cloud, home, running) = signing_out();
    let key = "\n[\"team.with.dots\"]\ndefault_public_key = \"pk_dots\"\n";
    let changed = |text: &str| text.replace("\"acme\" # work", "\"other\" # play") + key;
    home.write_config(&changed(&home.config()));
    assert!(running.finish().status.success());
    assert_eq!(home.config(), changed(SIGNED_OUT));
}

#[test]
fn who_signs_in_meanwhile_is_not_signed_out() {
    let (cloud, home, running) = signing_out();
    let other = cloud.session("grace");
    let text = format!(
        "token = \"{}\"\nrefresh_token = \"{}\"\n",
        other.access_token, other.refresh_token
    );
    home.write_config(&text);
    let output = running.finish();
    assert!(output.status.success());
    let stderr = String::from_utf8(output.stderr).unwrap();
    let said = "warning: someone has signed in in the meantime; that session stays in ";
    assert!(stderr.starts_with(said), "{stderr}");
    assert_eq!(home.config(), text);
    assert_eq!(cloud.user_of(&other.access_token), Some("grace"));
}

#[test]
fn a_session_that_cannot_be_renewed_cannot_be_revoked_either() {
    let cloud = Cloud::start();
    let home = Home::new(&cloud);
    home.write_config("token = \"oat_without_a_refresh_token\"\n");
    logout(&home, &[])
        .success()
        .stdout_eq("signed out on this machine\n")
        .stderr_eq(str![[r"
hint: the session stays valid until it expires, within a day; end it at https://pipecat.daily.co/sign-out

"]]);
    assert_eq!(cloud.requests(), [""; 0]);
    assert_eq!(home.config(), "");

    // What has run out is over.
    home.write_config("token = \"oat_old\"\ntoken_expires_at = 1700000000\n");
    logout(&home, &[]).success().stderr_eq("");
}

#[test]
fn a_malformed_file_is_kept_aside() {
    let malformed = "token = \"oat_old\norg = acme\n";
    let cloud = Cloud::start();
    let home = Home::new(&cloud);
    home.write_config(malformed);
    logout(&home, &[]).success().stdout_eq(str![[r"
signed out on this machine

"]]).stderr_eq(str![[r"
warning: the malformed configuration file was kept as `[HOME]/.config/pipecatcloud/pipecatcloud.toml.bak`; it may still hold a token

"]]);
    assert_eq!(cloud.requests(), [""; 0]);
    let aside = home.config_path().with_file_name("pipecatcloud.toml.bak");
    assert_eq!(fs::read_to_string(aside).unwrap(), malformed);
    assert_eq!(home.config(), "");
}
