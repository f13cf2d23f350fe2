//! Answers that make no sense.

use serde_json::json;
use snapbox::str;

use crate::support::cloud::{Cloud, Fault};
use crate::support::home::Home;
use crate::support::run::{ada, json, stderr};

const PAGE: &str = "<!DOCTYPE html><html><title>Sign in</title><p>Please sign in</p></html>";
const KEYS: &str = "/v1/organizations/acme/apiKeys";

/// Runs a command line that fails with this code, and gives what people are told.
fn told(cloud: &Cloud, home: &Home, line: &str, code: &str, fault: Fault) -> String {
    cloud.clear_faults();
    cloud.fault(fault);
    let run = home
        .cloud(&format!("{line} --output json"))
        .assert()
        .code(1);
    assert_eq!(json(&run)["error"]["code"], code, "{}", stderr(&run));
    stderr(&run)
}

#[test]
fn a_success_of_the_wrong_shape_is_an_unexpected_response() {
    let (cloud, home) = ada();
    let list = || Fault::on("GET", "/v1/organizations");
    let keys = || Fault::on("GET", KEYS);
    for (line, fault) in [
        ("organizations list", list().status(200)),
        ("organizations list", list().text("{\"organizations\": [")),
        ("organizations list", list().text("")),
        ("organizations list", list().page(PAGE)),
        ("organizations list", list().json(&json!(null))),
        ("organizations list", list().json(&json!([]))),
        (
            "organizations list",
            list().json(&json!({"organizations": {}})),
        ),
        (
            "organizations list",
            list().json(&json!({"organizations": [{"id": 1}]})),
        ),
        (
            "organizations list",
            list().json(&json!({"organizations": [{"name": 5}]})),
        ),
        (
            "organizations select -o acme",
            list().json(&json!({"organizations": 7})),
        ),
        ("organizations keys list -o acme", keys().json(&json!({}))),
        (
            "organizations keys list -o acme",
            keys().json(&json!({"public": [{"id": "x"}]})),
        ),
        (
            "organizations keys list -o acme",
            keys().json(&json!({"public": [{"key": 5}]})),
        ),
        ("organizations keys use -o acme --key x", keys().page(PAGE)),
        (
            "organizations keys revoke -o acme --key x -y",
            keys().status(204),
        ),
        (
            "organizations keys create -o acme -n x",
            Fault::on("POST", KEYS).json(&json!("x")),
        ),
        (
            "organizations keys create -o acme -n x",
            Fault::on("POST", KEYS).status(201),
        ),
    ] {
        let shown = format!("{fault:?}");
        let told = told(&cloud, &home, line, "unexpected_response", fault);
        assert!(told.starts_with("error: `127.0.0.1"), "{shown}: {told}");
        assert!(!told.contains('<'), "{shown}: {told}");
    }
}

#[test]
fn what_was_wrong_with_it_is_told() {
    let (cloud, home) = ada();
    cloud.fault(Fault::on("GET", "/v1/organizations").page(PAGE).times(1));
    home.cloud("organizations list").assert().code(1).stderr_eq(str![[r"
error: `127.0.0.1:[..]/v1/organizations` sent an answer that makes no sense (200): expected value at [..]
hint: try again later; if it stays so, this program may be too old for the service

"]]);
    cloud.fault(Fault::on("GET", "/v1/organizations").status(200));
    home.cloud("organizations list")
        .assert()
        .code(1)
        .stderr_eq(str![[r"
error: `127.0.0.1:[..]/v1/organizations` sent an empty answer (200)
hint: try again later; if it stays so, this program may be too old for the service

"]]);
}

#[test]
fn a_page_as_an_error_is_told_by_its_status() {
    let (cloud, home) = ada();
    for (status, code, said) in [
        (400, "400", "(400 Bad Request)"),
        (403, "403", "(403 Forbidden)"),
        (404, "404", "(404 Not Found)"),
        (500, "500", "(500 Internal Server Error)"),
        (520, "520", "(520"),
    ] {
        let fault = Fault::on("GET", "/v1/organizations")
            .status(status)
            .page(PAGE);
        let told = told(&cloud, &home, "organizations list", code, fault);
        assert!(told.contains(said) && !told.contains('<'), "{told}");
    }
}

#[test]
fn errors_come_in_several_shapes() {
    let (cloud, home) = ada();
    for body in [
        json!({"error": "too warm", "code": "E1", "more": {"a": [1]}}),
        json!({"status": 422, "code": 77, "message": "too warm"}),
        json!({"message": "too warm"}),
    ] {
        cloud.clear_faults();
        cloud.fault(
            Fault::on("GET", "/v1/organizations")
                .status(422)
                .json(&body),
        );
        let run = home
            .cloud("organizations list --output json")
            .assert()
            .code(1);
        let error = json(&run)["error"].clone();
        for (name, value) in body.as_object().unwrap() {
            assert_eq!(&error[name], value);
        }
        assert!(
            error["error"].is_string() && !error["code"].is_null(),
            "{error}"
        );
        let said = "refused the request (422 Unprocessable Entity: too warm)";
        assert!(stderr(&run).contains(said), "{}", stderr(&run));
    }
}
