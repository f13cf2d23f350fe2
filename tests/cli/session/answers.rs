//! What cannot be had again is taken first: a rotated token is kept, whatever stands beside it.

use serde_json::Value;

use super::{WHOAMI, run, signed_in};
use crate::support::cloud::Fault;

const OLD: &str = "ort_ada_0000000000000001";
const NEW: &str = "ort_ada_0000000000000002";
const TOKENS: &str =
    r#""access_token":"oat_ada_0000000000000002","refresh_token":"ort_ada_0000000000000002""#;

/// The provider renews the session, and says so with `body`.
#[track_caller]
fn renewed(body: &str, status: i32) -> String {
    let (cloud, home, _) = signed_in(-1.0);
    cloud.expire_access_tokens();
    let answer = Fault::on("POST", "/oauth/token").text(body);
    cloud.fault(answer.applied().times(1));
    run(&home, &WHOAMI).code(status);
    assert_eq!(cloud.reuses(), 0, "{body}");
    home.config()
}

#[test]
fn an_oddity_beside_the_tokens_loses_none() {
    for body in [
        format!(r#"{{{TOKENS},"expires_in":1e999}}"#),
        format!(r#"{{"weight":-1e999,{TOKENS}}}"#),
        format!(r#"{{{TOKENS},"nested":{{"a":[1e999]}}}}"#),
        format!(r#"{{{TOKENS},"expires_in":60,"expires_in":3600}}"#),
        format!(r#"{{{TOKENS},{TOKENS}}}"#),
        format!(r#"{{"refresh_token":"","access_token":7,{TOKENS}}}"#),
        format!(r#"{{{TOKENS},"access_token":null,"refresh_token":null}}"#),
        format!(r#"{{{TOKENS},"name":"\ud83d"}}"#),
        format!("\u{feff} {{{TOKENS}}}"),
        format!(r#"{{{TOKENS},"scope":["openid"],"token_type":7}}"#),
        // Cut off behind them.
        format!(r#"{{{TOKENS},"expires_in":"#),
        format!(r#"{{{TOKENS},"scope":"ope"#),
    ] {
        let config = renewed(&body, 0);
        assert!(config.contains(NEW), "{body}\n{config}");
    }
}

#[test]
fn a_refresh_token_that_is_none_takes_no_place() {
    for refresh_token in [
        r#""""#, r#"" ""#, "null", "7", "{}", "[\"a\"]", "true", "1e999",
    ] {
        let access = r#""access_token":"oat_ada_0000000000000002""#;
        let config = renewed(
            &format!(r#"{{{access},"refresh_token":{refresh_token}}}"#),
            0,
        );
        assert!(config.contains(OLD), "{refresh_token}\n{config}");
        assert!(config.contains("oat_ada_0000000000000002"), "{config}");
    }
}

#[test]
fn a_rotated_token_without_a_sound_access_token_is_kept() {
    for access_token in ["7", "null", r#""""#, r#""two words""#, "1e999"] {
        let (cloud, home, _) = signed_in(-1.0);
        cloud.expire_access_tokens();
        let body = format!(r#"{{"access_token":{access_token},"refresh_token":"{NEW}"}}"#);
        let answer = Fault::on("POST", "/oauth/token").text(&body);
        cloud.fault(answer.applied().times(1));
        let json = [&WHOAMI[..], &["--output", "json"]].concat();
        let output = run(&home, &json).code(1);
        let value: Value = serde_json::from_slice(&output.get_output().stdout).unwrap();
        assert_eq!(value["error"]["code"], "unexpected_response");
        assert!(home.config().contains(NEW), "{}", home.config());
        run(&home, &WHOAMI).success();
        assert_eq!((cloud.renewals(), cloud.reuses()), (2, 0));
    }
}

/// What lies in doubt is told as such: nobody knows whether the token was spent.
#[test]
fn a_session_is_called_kept_only_where_that_is_certain() {
    let token = || Fault::on("POST", "/oauth/token");
    let over_there = Fault::on("GET", "/auth/config").status(503);
    for (fault, kept) in [
        (over_there, true),
        (token().status(429), true),
        (token().status(403), true),
        (token().status(400).text(r#"{"error":"slow_down"}"#), true),
        (token().status(500), false),
        (token().status(502).applied(), false),
        (token().text(r#"{"access_token":"#), false),
        (token().page("<h1>Welcome to the hotel</h1>"), false),
    ] {
        let (cloud, home, _) = signed_in(-1.0);
        cloud.expire_access_tokens();
        cloud.fault(fault.clone());
        let output = run(&home, &WHOAMI).code(1);
        let stderr = String::from_utf8_lossy(&output.get_output().stderr).into_owned();
        let said = "error: your session could not be renewed just now, and ";
        let is = if kept {
            "is kept: "
        } else {
            "may have ended: "
        };
        assert!(
            stderr.starts_with(&format!("{said}{is}")),
            "{fault:?}\n{stderr}"
        );
        let how = "if it has ended, run `pipecat cloud auth login`";
        assert_eq!(stderr.contains(how), !kept, "{stderr}");
        assert!(
            !stderr.contains("check before you send it again"),
            "{stderr}"
        );
    }
}
