//! Text with intentions, and answers that make no sense.

use serde_json::json;

use crate::support::cloud::{Fault, hostile};
use crate::support::run::{ada, json, stderr, stdout};

const LINES: [&str; 4] = [
    "agent list",
    "agent status survey",
    "agent deployments survey",
    "agent sessions support-line",
];

#[test]
fn text_of_the_service_is_data_in_every_mode() {
    let (cloud, home) = ada();
    cloud.change(|state| state.at("acme").taint(hostile::TEXT));
    for line in LINES {
        for mode in ["plain", "rich", "json"] {
            let run = home
                .cloud(&format!("{line} -o acme --output {mode}"))
                .assert()
                .success();
            let text = stdout(&run) + &stderr(&run);
            let is_harmful = |one: char| {
                one.is_control() && !matches!(one, '\n' | '\t')
                    || ('\u{202a}'..='\u{202e}').contains(&one)
            };
            assert!(!text.contains(is_harmful), "{line} {mode}: {text:?}");
            assert!(text.contains("[/x][red]:rocket:"), "{line} {mode}: {text}");
        }
    }
}

#[test]
fn an_answer_without_what_was_asked_for_is_no_empty_one() {
    let (cloud, home) = ada();
    for answer in [
        json!({}),
        json!([]),
        json!({"services": null, "body": [], "sessions": {}, "deployments": 1}),
    ] {
        cloud.clear_faults();
        cloud.fault(Fault::under("GET", "/v1/organizations/acme/services").json(&answer));
        for line in LINES {
            let run = home
                .cloud(&format!("{line} -o acme --output json"))
                .assert()
                .code(1);
            assert_eq!(
                json(&run)["error"]["code"],
                "unexpected_response",
                "{line} {answer}"
            );
        }
    }
}
