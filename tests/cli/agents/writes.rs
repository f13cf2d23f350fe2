//! `agent stop` and `agent delete`.

use serde_json::json;

use crate::support::cloud::Fault;
use crate::support::run::{ada, json, stderr};

const STRANGER: &str = "00000000-0000-4000-8000-000000000000";

#[test]
fn a_session_is_ended_once_and_one_that_is_not_there_is_said_so() {
    let (cloud, home) = ada();
    let id = cloud.change(|state| {
        let agent = state.at("acme").agent("support-line");
        agent.sessions[0]["sessionId"].as_str().unwrap().to_owned()
    });
    let stop = |id: &str| {
        home.cloud(&format!(
            "agent stop support-line -s {id} -o acme -f --output json"
        ))
    };
    let run = stop(&id).assert().success();
    assert_eq!(
        json(&run),
        json!({"stopped": id, "agent": "support-line", "organization": "acme"})
    );
    let path = format!("/v1/organizations/acme/services/support-line/sessions/{id}");
    assert_eq!(cloud.requests(), [format!("DELETE {path}").as_str()]);
    for id in [id.as_str(), STRANGER] {
        let run = stop(id).assert().code(1);
        assert_eq!(json(&run)["error"]["code"], "404");
        assert!(
            stderr(&run).contains(&format!("has no running session `{id}`")),
            "{}",
            stderr(&run)
        );
    }
    home.cloud("agent stop support-line -o acme -f")
        .assert()
        .code(2);
}

#[test]
fn an_agent_is_deleted_with_one_request_whatever_a_success_looks_like() {
    let (cloud, home) = ada();
    let path = "/v1/organizations/acme/services/booking";
    for (fault, is_done) in [
        (Fault::on("DELETE", path).status(204), true),
        (Fault::on("DELETE", path).json(&json!({})), true),
        (Fault::on("DELETE", path).text("gone"), true),
        (Fault::on("DELETE", path).page("<p>hello</p>"), false),
        (
            Fault::on("DELETE", path).status(500).json(&json!({})),
            false,
        ),
    ] {
        cloud.clear_faults();
        cloud.fault(fault);
        let run = home
            .cloud("agent delete booking -o acme --yes --output json")
            .assert();
        if is_done {
            let run = run.success();
            assert_eq!(
                json(&run),
                json!({"deleted": "booking", "organization": "acme"})
            );
            assert!(stderr(&run).contains("continue until they end"));
        } else {
            let told = stderr(&run.code(1));
            assert!(
                told.contains("`pipecat cloud agent status booking -o acme`"),
                "{told}"
            );
        }
    }
    assert_eq!(cloud.requests().len(), 5);
    cloud.clear_faults();
    home.cloud("agent delete booking -o acme --force")
        .assert()
        .success();
    let run = home
        .cloud("agent delete booking -o acme -f")
        .assert()
        .code(1);
    assert!(stderr(&run).contains("has no agent `booking`"));
}

#[test]
fn off_a_terminal_nothing_is_done_without_leave() {
    let (cloud, home) = ada();
    for line in ["delete booking", &format!("stop booking -s {STRANGER}")] {
        let run = home
            .cloud(&format!("agent {line} -o acme"))
            .assert()
            .code(2)
            .stdout_eq("");
        assert!(stderr(&run).contains("`--force`"), "{line}");
    }
    assert_eq!(cloud.requests(), [""; 0]);
}
