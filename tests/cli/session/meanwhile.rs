//! What other programs, which know nothing of our lock, do to the file while a session is renewed.

use std::fs;
use std::thread;
use std::time::Duration;

use serde_json::json;
use snapbox::str;

use super::{WHOAMI, count, run, signed_in, start, until_asked};
use crate::support::cloud::{Cloud, Fault, Session};
use crate::support::home::Home;
use crate::support::running::Running;

/// The token endpoint takes so long, which is time enough for others.
const SLOW: Duration = Duration::from_millis(400);

/// A renewal under way: the token is on its way to the provider.
fn renewing(fault: Fault) -> (Cloud, Home, Running) {
    let (cloud, home, _) = signed_in(-1.0);
    cloud.fault(fault);
    let renewing = start(&home, &WHOAMI);
    until_asked(&cloud, "POST", "/oauth/token");
    (cloud, home, renewing)
}

/// A run that has read the file and waits for its lock, which is held until it is dropped.
fn waiting(home: &Home) -> (fs::File, Running) {
    let lock = home.config_path().with_file_name("pipecatcloud.toml.lock");
    let lock = fs::File::create(lock).unwrap();
    lock.lock().unwrap();
    let mut command = home.command(WHOAMI);
    command.env("PIPECAT_CLI_LOG_LEVEL", "DEBUG");
    let mut waiting = Running::start(command);
    waiting.line("debug: another process holds the lock");
    (lock, waiting)
}

fn slow() -> Fault {
    Fault::on("POST", "/oauth/token").delay(SLOW)
}

/// A file that says that somebody is signed in, and nothing else.
fn file_of(session: &Session) -> String {
    format!(
        "token = \"{}\"\nrefresh_token = \"{}\"\ntoken_expires_at = 4000000000.5\n",
        session.access_token, session.refresh_token
    )
}

/// Whose tokens the requests of a run had.
fn bearers(cloud: &Cloud) -> Vec<String> {
    let requests = cloud.requests();
    let mut bearers: Vec<String> = requests
        .iter()
        .filter_map(|request| Some(request.bearer()?.to_owned()))
        .collect();
    bearers.dedup();
    bearers
}

#[test]
fn what_is_written_meanwhile_stays() {
    let (cloud, home, renewing) = renewing(slow());
    let other = home.config().replace("\"acme\"", "\"team.with.dots\"")
        + "\n[\"team.with.dots\"]\ndefault_public_key = \"pk_dots\"\n";
    home.write_config(&other);
    assert!(renewing.finish().status.success());
    let expected = other.replace("_0000000000000001", "_0000000000000002");
    let without_time = |text: &str| {
        let lines = text.lines();
        let lines: Vec<_> = lines
            .filter(|line| !line.starts_with("token_expires_at"))
            .map(str::to_owned)
            .collect();
        lines
    };
    assert_eq!(without_time(&home.config()), without_time(&expected));
    assert_eq!((cloud.renewals(), cloud.reuses()), (1, 0));
}

/// Writers that truncate leave an empty file, or half of one, for a moment.
#[test]
fn a_file_that_is_only_half_there_for_a_moment_is_waited_for() {
    for half in ["", "# Edited by hand.\nrefresh_token = \"ort_"] {
        let (cloud, home, renewing) = renewing(slow());
        let whole = home.config();
        home.write_config(half);
        // Until after the provider's answer.
        thread::sleep(SLOW * 2);
        home.write_config(&whole);
        assert!(renewing.finish().status.success());
        assert!(home.config().contains("ort_ada_0000000000000002"));
        run(&home, &WHOAMI).success();
        assert_eq!((cloud.renewals(), cloud.reuses()), (1, 0));
    }
}

#[test]
fn a_sign_out_is_not_undone() {
    let (cloud, home, renewing) = renewing(slow());
    let signed_out = "org = \"acme\"\n";
    home.write_config(signed_out);
    let output = renewing.finish();
    assert_eq!(output.status.code(), Some(1));
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(stderr.contains("was signed out meanwhile"), "{stderr}");
    assert_eq!(home.config(), signed_out);
    // Nor does what was renewed live on where nobody could end it any more.
    assert_eq!(count(&cloud, "POST", "/auth/logout"), 1);
    assert_eq!(cloud.user_of("oat_ada_0000000000000002"), None);
}

#[test]
fn a_sign_in_is_not_undone_and_not_made_use_of() {
    for token in ["a session", "a personal access token"] {
        let (cloud, home, renewing) = renewing(slow());
        let other = match token {
            "a session" => file_of(&cloud.session("grace")),
            _ => format!("token = \"{}\"\n", crate::support::cloud::GRACE_PAT),
        };
        home.write_config(&other);
        assert!(renewing.finish().status.success());
        assert_eq!(home.config(), other);
        let renewed = bearers(&cloud);
        assert!(
            renewed.iter().all(|token| token.starts_with("oat_ada_")),
            "{renewed:?}"
        );
        // The next command is whoever signed in.
        let json = [&WHOAMI[..], &["--output", "json"]].concat();
        let whoami = run(&home, &json).success();
        let whoami = String::from_utf8_lossy(&whoami.get_output().stdout).into_owned();
        assert!(whoami.contains("user_grace"), "{whoami}");
    }
}

/// The provider says that the token is spent: whoever spent it is about to write its successor.
#[test]
fn a_session_that_somebody_else_has_renewed_is_looked_for() {
    let over = json!({"error": "invalid_grant"});
    let fault = Fault::on("POST", "/oauth/token").status(400).json(&over);
    let (cloud, home, renewing) = renewing(fault);
    let successor = file_of(&cloud.session("ada"));
    thread::sleep(SLOW);
    home.write_config(&successor);
    let output = renewing.finish();
    assert!(output.status.success(), "{output:?}");
    assert_eq!(home.config(), successor);
    assert_eq!(count(&cloud, "POST", "/oauth/token"), 1);
}

#[test]
fn a_session_that_was_signed_out_elsewhere_has_not_just_ended() {
    let over = json!({"error": "invalid_grant"});
    let fault = Fault::on("POST", "/oauth/token").status(400).json(&over);
    let (_cloud, home, renewing) = renewing(fault.delay(SLOW));
    home.write_config("org = \"acme\"\n");
    let output = renewing.finish();
    assert_eq!(output.status.code(), Some(1));
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(stderr.contains("was signed out meanwhile"), "{stderr}");
}

/// Turned down as one account, a request is not sent again as another, whatever it asks for.
#[test]
fn no_request_is_sent_again_as_somebody_else() {
    let keys = "/v1/organizations/acme/apiKeys";
    for (line, method, path) in [
        ("organizations keys create -n Kiosk", "POST", keys),
        ("organizations keys list", "GET", keys),
        ("organizations list", "GET", "/v1/organizations"),
    ] {
        for token in ["a session", "a personal access token"] {
            let (cloud, home, _) = signed_in(86_400.0);
            let turned_down = Fault::on(method, path).status(401).times(1);
            cloud.fault(turned_down.delay(SLOW));
            let words: Vec<&str> = line.split(' ').collect();
            let running = start(&home, &[&["cloud"], &words[..]].concat());
            until_asked(&cloud, method, path);
            let other = match token {
                "a session" => file_of(&cloud.session("grace")),
                _ => format!("token = \"{}\"\n", crate::support::cloud::GRACE_PAT),
            };
            home.write_config(&other);
            let output = running.finish();
            assert_eq!(output.status.code(), Some(1), "{line}: {output:?}");
            let home_path = home.path().display().to_string();
            let assert = crate::login::redacting(&[("[HOME]", &home_path)]);
            assert.eq(
                String::from_utf8(output.stderr).unwrap(),
                str![[r"
error: someone else may have signed in meanwhile: `[HOME]/.config/pipecatcloud/pipecatcloud.toml` now holds another session, so nothing was done
hint: run the command again to use the session that is there now

"]],
            );
            assert_eq!(count(&cloud, method, path), 1, "{line}");
            assert_eq!(bearers(&cloud), ["oat_ada_0000000000000001"]);
            assert_eq!(home.config(), other);
        }
    }
}

/// What one of us renewed is the same account for all of us, for writes too.
#[test]
fn many_writes_that_are_turned_down_are_all_done_as_the_same_account() {
    let (cloud, home, _) = signed_in(86_400.0);
    cloud.expire_access_tokens();
    cloud.fault(slow());
    let create = |name| {
        let words = [
            "cloud",
            "organizations",
            "properties",
            "set",
            name,
            "us-east",
        ];
        start(&home, &words)
    };
    let writers = [(); 6].map(|()| create("defaultRegion"));
    for writer in writers {
        let output = writer.finish();
        assert!(output.status.success(), "{output:?}");
    }
    assert_eq!((cloud.renewals(), cloud.reuses()), (1, 0));
}

#[test]
fn a_file_that_is_empty_for_a_moment_has_not_been_signed_out() {
    let (cloud, home, _) = signed_in(-1.0);
    let (lock, running) = waiting(&home);
    let whole = home.config();
    home.write_config("");
    drop(lock);
    thread::sleep(SLOW);
    home.write_config(&whole);
    let output = running.finish();
    assert!(output.status.success(), "{output:?}");
    assert_eq!((cloud.renewals(), cloud.reuses()), (1, 0));
    assert!(home.config().contains("ort_ada_0000000000000002"));
}

/// Nothing has been begun before the first request: a session that is there by then is taken.
#[test]
fn a_session_that_is_renewed_before_the_first_request_is_taken() {
    let (cloud, home, _) = signed_in(-1.0);
    let (lock, running) = waiting(&home);
    let other = file_of(&cloud.session("ada"));
    home.write_config(&other);
    drop(lock);
    let output = running.finish();
    assert!(output.status.success(), "{output:?}");
    assert_eq!(cloud.writes(), [""; 0]);
    assert_eq!(bearers(&cloud), ["oat_ada_0000000000000002"]);
    assert_eq!(home.config(), other);
}
