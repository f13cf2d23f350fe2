//! `spend-limit`.

use serde_json::json;
use snapbox::str;

use crate::support::cloud::Fault;
use crate::support::cloud::spend_limit::SpendLimit;
use crate::support::run::{ada, json, stderr, stdout};

const ROUTE: &str = "/v1/organizations/acme/spend-limit";

#[test]
fn the_limit_is_shown_with_what_has_been_spent() {
    let (cloud, home) = ada();
    cloud.fault(Fault::on("GET", ROUTE).json(&json!({
        "limitCents": 5000,
        "currentSpendCents": 1234,
        "periodStart": "2026-03-01T00:00:00.000Z",
        "periodEnd": "2026-04-01T00:00:00.000Z",
        "blocked": false,
        "blockedAt": null,
    })));
    home.cloud("spend-limit show -o acme")
        .assert()
        .success()
        .stdout_eq(str![[r#"
Field	Value
Organization	acme
Limit	$50.00
Current spend	$12.34 (24.7%)
Period start	2026-03-01T00:00:00.000Z
Period end	2026-04-01T00:00:00.000Z
Blocked	no
Blocked at	

"#]])
        .stderr_eq("");
    let run = home
        .cloud("spend-limit show --json -o acme")
        .assert()
        .success();
    assert_eq!(json(&run)["organization"], "acme");
    cloud.clear_faults();
    cloud.fault(Fault::on("GET", ROUTE).status(404));
    let run = home
        .cloud("spend-limit show -o acme --output json")
        .assert()
        .success();
    assert_eq!(json(&run), json!({}));
}

#[test]
fn an_amount_that_cannot_be_read_is_no_amount_and_no_reason_not_to_ask() {
    let (cloud, home) = ada();
    cloud.fault(Fault::on("GET", ROUTE).json(&json!({
        "limitCents": {"eur": 5000},
        "currentSpendCents": "much",
    })));
    let run = home.cloud("spend-limit show -o acme").assert().success();
    let shown = stdout(&run);
    assert!(shown.contains("Limit\t\nCurrent spend\t\n"), "{shown}");
    home.cloud("spend-limit set 600 -o acme").assert().code(2);
    assert_eq!(cloud.writes(), [""; 0]);
    home.cloud("spend-limit set 600 -o acme --yes")
        .assert()
        .success();
    assert_eq!(cloud.writes().len(), 1);
}

#[test]
fn an_organization_that_is_blocked_is_said_to_be() {
    let (cloud, home) = ada();
    cloud.change(|state| {
        state.organization("acme").unwrap().spend_limit = SpendLimit::new(Some(1000), 2000);
    });
    let run = home.cloud("spend-limit show -o acme").assert().success();
    assert!(stdout(&run).contains("Blocked\tyes\n"), "{}", stdout(&run));
    assert!(stderr(&run).contains("new sessions are refused"));
}

#[test]
fn only_a_limit_that_turns_sessions_away_is_asked_about() {
    let (cloud, home) = ada();
    cloud.change(|state| {
        state.organization("acme").unwrap().spend_limit = SpendLimit::new(None, 2000);
    });
    for (amount, status) in [("0", 2), ("19.99", 2), ("20", 0), ("50.5", 0)] {
        home.cloud(&format!("spend-limit set {amount} -o acme"))
            .assert()
            .code(status);
    }
    home.cloud("spend-limit set 0 --yes -o acme")
        .assert()
        .success();
    let sent: Vec<_> = cloud
        .writes()
        .iter()
        .map(|request| request.json()["limitCents"].clone())
        .collect();
    assert_eq!(sent, [2000, 5050, 0]);
}

#[test]
fn an_amount_that_is_none_is_refused_before_any_request() {
    let (cloud, home) = ada();
    for amount in ["1e400", "1_000", "٥٠", "NaN", "-5", "1.234", ""] {
        home.pipecat(["cloud", "spend-limit", "set", amount, "-o", "acme", "--yes"])
            .assert()
            .code(2);
    }
    assert_eq!(cloud.requests().len(), 0);
}

#[test]
fn nothing_is_written_where_what_was_spent_cannot_be_read() {
    let (cloud, home) = ada();
    cloud.fault(Fault::on("GET", ROUTE).status(500));
    home.cloud("spend-limit set 5 -o acme --yes")
        .assert()
        .code(1);
    assert_eq!(cloud.writes().len(), 0);
}

#[test]
fn the_limit_can_be_taken_away_and_an_empty_answer_is_a_success() {
    let (cloud, home) = ada();
    cloud.fault(Fault::on("PUT", ROUTE).status(204));
    let run = home
        .cloud("spend-limit clear --yes -o acme --output json")
        .assert()
        .success();
    assert_eq!(
        json(&run),
        json!({"limitCents": null, "organization": "acme"})
    );
    assert_eq!(cloud.writes()[0].json(), json!({"limitCents": null}));
}
