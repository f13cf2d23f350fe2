//! The look before, and the write of which nobody knows whether it arrived.

use serde_json::json;

use super::{CREATE, SERVICES, UPDATE};
use crate::support::cloud::Fault;
use crate::support::run::{ada, json, stderr};

#[test]
fn an_agent_that_cannot_be_looked_up_is_not_taken_for_none() {
    let page = "<html>not found</html>";
    for (fault, code) in [
        (Fault::under("GET", SERVICES).status(404).page(page), "404"),
        (Fault::under("GET", SERVICES).status(500), "500"),
        (
            Fault::under("GET", SERVICES).text("{}"),
            "unexpected_response",
        ),
        (
            Fault::under("GET", SERVICES).text("no json"),
            "unexpected_response",
        ),
    ] {
        let (cloud, home) = ada();
        cloud.fault(fault);
        let run = home
            .cloud(&format!("{UPDATE} --output json"))
            .assert()
            .code(1);
        assert_eq!(json(&run)["error"]["code"], code, "{}", stderr(&run));
        assert!(cloud.writes().is_empty());
    }
}

#[test]
fn a_lost_answer_is_looked_into_and_counts_only_if_something_has_changed() {
    for (line, method) in [(UPDATE, "PUT"), (CREATE, "POST")] {
        for (fault, is_taken) in [
            (Fault::on(method, SERVICES).status(502).applied(), true),
            (
                Fault::on(method, SERVICES).page("<html></html>").applied(),
                true,
            ),
            (Fault::on(method, SERVICES).status(502), false),
            (Fault::on(method, SERVICES).page("<html></html>"), false),
        ] {
            let (cloud, home) = ada();
            cloud.fault(fault);
            let run = home.cloud(&format!("{line} --output json")).assert();
            let said = stderr(&run);
            if is_taken {
                let run = run.success();
                assert_eq!(json(&run)["ready"], true, "{said}");
                assert!(said.contains("has accepted the deployment"), "{said}");
            } else {
                let run = run.code(1);
                assert!(json(&run)["error"].is_object());
                assert!(said.contains("no trace of it"), "{said}");
            }
            assert_eq!(cloud.writes().len(), 1);
        }
    }
}

#[test]
fn an_empty_answer_is_an_answer() {
    for (line, method) in [(UPDATE, "PUT"), (CREATE, "POST")] {
        let (cloud, home) = ada();
        cloud.fault(Fault::on(method, SERVICES).json(&json!({})).applied());
        let run = home
            .cloud(&format!("{line} --output json"))
            .assert()
            .success();
        assert_eq!(json(&run)["ready"], true);
        assert!(json(&run)["deploymentId"].is_string());
    }
}

#[test]
fn what_the_service_has_to_say_is_passed_on() {
    let (_cloud, home) = ada();
    home.cloud(UPDATE).assert().success();
    let run = home
        .cloud(&format!("{UPDATE} --output json"))
        .assert()
        .success();
    let warning = json(&run)["warning"].as_str().unwrap().to_owned();
    assert!(stderr(&run).contains(&warning));
    assert_eq!(json(&run)["ready"], true);
}

#[test]
fn a_refusal_is_the_services_own_and_nothing_is_looked_into() {
    let (cloud, home) = ada();
    let refusal = json!({"error": "The secret set is not ready", "code": "409"});
    cloud.fault(Fault::on("PUT", SERVICES).status(409).json(&refusal));
    let run = home
        .cloud(&format!("{UPDATE} --output json"))
        .assert()
        .code(1);
    assert_eq!(json(&run)["error"]["error"], refusal["error"]);
    assert_eq!(cloud.requests().last().unwrap().method, "PUT");
}
