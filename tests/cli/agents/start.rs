//! `agent start`: a session, with a public API key in the place of the token.

use std::fs;

use serde_json::json;

use crate::support::cloud::{ADA_PAT, Cloud, Fault};
use crate::support::home::Home;
use crate::support::run::{ada, json, stderr, stdout};

const KEY: &str = "pk_acme_web_0123456789";

const START: &str = "/v1/public/support-line/start";

/// The public key that works in `acme`.
fn key(cloud: &Cloud) -> String {
    cloud.change(|state| {
        let keys = &state.at("acme").public_keys;
        let works = keys.iter().find(|key| key["revoked"] == false).unwrap();
        works["key"].as_str().unwrap().to_owned()
    })
}

fn with_key() -> (Cloud, Home, String) {
    let (cloud, mut home) = ada();
    let key = key(&cloud);
    home.env("PIPECAT_DEFAULT_PUBLIC_KEY", &key);
    (cloud, home, key)
}

#[test]
fn a_session_is_started_with_the_key_and_never_with_the_token() {
    let (cloud, mut home) = ada();
    let key = key(&cloud);
    home.env_remove("PIPECAT_DEFAULT_PUBLIC_KEY");
    home.write_config(&format!(
        "token = \"{ADA_PAT}\"\norg = \"ada-personal\"\n[acme]\ndefault_public_key = \"{key}\"\ndefault_public_key_name = \"Website\"\n[ada-personal]\ndefault_public_key = \"pk_wrong\"\n"
    ));
    let run = home
        .pipecat([
            "cloud",
            "agent",
            "start",
            "support-line",
            "-o",
            "acme",
            "-f",
            "-D",
            "-d",
            "[1, null]",
            "-p",
            "{\"exp\": 5}",
        ])
        .assert()
        .success();
    let text = stdout(&run);
    let lines: Vec<&str> = text.lines().collect();
    assert!(
        lines[0].starts_with("https://example.daily.co/support-line?t=token_"),
        "{text}"
    );
    assert!(lines[1].starts_with("Session ID: "), "{text}");
    let requests = cloud.requests();
    let asked = "GET /v1/organizations/acme/services/support-line";
    assert_eq!(requests[0], asked);
    assert_eq!(requests.len(), 2);
    assert_eq!((&*requests[1].method, &*requests[1].path), ("POST", START));
    assert_eq!(requests[0].bearer(), Some(ADA_PAT));
    assert_eq!(requests[1].bearer(), Some(key.as_str()));
    assert_eq!(
        requests[1].json(),
        json!({"createDailyRoom": true, "body": [1, null], "dailyRoomProperties": {"exp": 5}})
    );
    let told = stderr(&run);
    assert!(
        told.contains("`Website` (") && !told.contains(&key),
        "{told}"
    );

    let run = home
        .cloud("agent start support-line -o acme --force --output json")
        .assert()
        .success();
    assert_eq!(json(&run)["region"], "us-west");
    assert_eq!(
        cloud.requests()[3].json(),
        json!({"createDailyRoom": false})
    );
}

#[test]
fn a_number_arrives_as_it_was_written() {
    let (cloud, home, _) = with_key();
    let data = r#"{"id":123456789012345678901234567890,"rate":0.1000000000000000055}"#;
    let start = "cloud agent start support-line -o acme -f -d";
    home.pipecat(start.split(' ').chain([data]))
        .assert()
        .success();
    let sent = &cloud.requests()[1].body;
    assert!(sent.contains(&format!("\"body\":{data}")), "{sent}");
}

#[test]
fn what_can_be_wrong_beforehand_is_told_before_any_request() {
    let (cloud, mut home) = ada();
    home.env_remove("PIPECAT_DEFAULT_PUBLIC_KEY");
    fs::write(home.path().join("bad.json"), "{").unwrap();
    for (arguments, told) in [
        (&["-k", KEY, "-d", "{bad"][..], "`--data` is not JSON"),
        (&["-k", KEY, "-d", ""], "`--data` is not JSON"),
        (
            &["-k", KEY, "--data-file", "bad.json"],
            "`bad.json` is not JSON",
        ),
        (
            &["-k", KEY, "--data-file", "none.json"],
            "cannot read `none.json`",
        ),
        (&["-k", KEY, "-p", "{}"], "needs `--use-daily`"),
        (
            &["-k", KEY, "-D", "-p", "["],
            "`--daily-properties` is not JSON",
        ),
        (&["-k", KEY, "-D", "-p", "[]"], "not a JSON object"),
        (&["-k", "a\nb"], "API key from `--api-key`"),
        (&[], "no API key for starting sessions in `acme`"),
        (&["-k", ""], "no API key for starting sessions in `acme`"),
    ] {
        let line = [
            "cloud",
            "agent",
            "start",
            "support-line",
            "-o",
            "acme",
            "-f",
            "--output",
            "json",
        ];
        let run = home.pipecat(line.iter().chain(arguments)).assert().code(1);
        assert_eq!(
            json(&run)["error"]["code"],
            "invalid_input",
            "{arguments:?}"
        );
        assert!(stderr(&run).contains(told), "{told}: {}", stderr(&run));
    }
    let run = home
        .cloud(&format!("agent start support-line -o acme -k {KEY}"))
        .assert()
        .code(2)
        .stdout_eq("");
    assert!(stderr(&run).contains("`--force`"));
    assert!(!stderr(&run).contains(KEY));
    assert_eq!(cloud.requests(), [""; 0]);
}

#[test]
fn only_an_agent_that_takes_sessions_is_started() {
    let (cloud, home, _) = with_key();
    for (agent, starts) in [
        ("support-line", true),
        // In a rolling update: available, though not ready.
        ("booking", true),
        ("outbound-sales", false),
        ("newcomer", false),
        // Of which the service says neither.
        ("legacy", true),
    ] {
        let before = cloud.writes().len();
        let run = home
            .cloud(&format!("agent start {agent} -o acme -f"))
            .assert();
        if starts {
            run.success();
        } else {
            let run = run.code(1).stdout_eq("");
            assert!(
                stderr(&run).contains(&format!("agent status {agent}")),
                "{}",
                stderr(&run)
            );
        }
        assert_eq!(
            cloud.writes().len() - before,
            usize::from(starts),
            "{agent}"
        );
    }
    let run = home.cloud("agent start nobody -o acme -f").assert().code(1);
    assert!(stderr(&run).contains("has no agent `nobody`"));
}

#[test]
fn a_refusal_is_told_for_what_it_is() {
    let (cloud, home, key) = with_key();
    for (fault, told) in [
        (Fault::on("POST", START).status(401).json(&json!({"error": format!("bad {key}")})), "does not accept the API key from `PIPECAT_DEFAULT_PUBLIC_KEY`"),
        (Fault::on("POST", START).status(402).json(&json!({"code": "SPEND_LIMIT_REACHED", "currentSpendCents": 1000, "limitCents": 1000})), "spend limit: $10.00 of $10.00"),
        (Fault::on("POST", START).status(404).json(&json!({})), "no agent `support-line` for the API key"),
        (Fault::on("POST", START).status(413).json(&json!({})), "the data is too large"),
        (Fault::on("POST", START).status(429).json(&json!({"status": 429, "code": "429", "message": "Agent is at maximum capacity"})), "at capacity"),
        (Fault::on("POST", START).status(400).json(&json!({"error": "no", "code": "PCC-1001"})), "agent status support-line -o acme`"),
        (Fault::on("POST", START).status(500).json(&json!({})), "nobody knows"),
        (Fault::on("POST", START).page("<p>hello</p>"), "nobody knows"),
        (Fault::on("POST", START).text("[]"), "nobody knows"),
    ] {
        cloud.clear_faults();
        cloud.fault(fault);
        let before = cloud.writes().len();
        let run = home.cloud("agent start support-line -o acme -f --output json").assert().code(1);
        assert!(json(&run)["error"]["code"].is_string());
        let said = stderr(&run) + &stdout(&run);
        let is_in_doubt = told == "nobody knows" && said.contains("agent sessions support-line -o acme");
        assert!(is_in_doubt || said.contains(told), "{told}: {said}");
        assert!(!said.contains(&key), "{said}");
        assert_eq!(cloud.writes().len() - before, 1, "{told}");
    }
    cloud.clear_faults();
    cloud.fault(Fault::on("POST", START).json(&json!({"dailyRoom": "https://a.daily.co/x"})));
    let run = home
        .cloud("agent start support-line -o acme -f")
        .assert()
        .success();
    assert_eq!(stdout(&run), "https://a.daily.co/x\nSession ID: N/A\n");
    assert!(stderr(&run).contains("did not name a session"));
}

#[test]
fn a_bad_key_renews_no_session_and_says_nothing_of_the_sign_in() {
    let (cloud, mut home) = ada();
    home.sign_in(&cloud.session("ada"));
    home.env("PIPECAT_DEFAULT_PUBLIC_KEY", "pk_of_nobody_0123456789");
    let before = home.config();
    let run = home
        .cloud("agent start support-line -o acme -f")
        .assert()
        .code(1);
    let told = stderr(&run);
    assert!(!told.contains("auth login"), "{told}");
    assert_eq!((cloud.renewals(), home.config()), (0, before));
}
