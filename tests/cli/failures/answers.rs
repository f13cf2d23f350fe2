//! Answers that make no sense.

use serde_json::json;
use snapbox::str;

use crate::support::cloud::{Cloud, Fault};
use crate::support::home::Home;
use crate::support::run::{ada, json, stderr, stdout};

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
            keys().json(&json!({"public": [{"key": 5}, 7]})),
        ),
        (
            "organizations keys list -o acme",
            keys().json(&json!({"public": {}})),
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
    cloud.fault(
        Fault::on("GET", "/v1/organizations")
            .text("{\"organizations\": [")
            .times(1),
    );
    home.cloud("organizations list").assert().code(1).stderr_eq(str![[r"
error: `127.0.0.1:[..]/v1/organizations` sent an answer that makes no sense (200): EOF while parsing a list at [..]
hint: try again later; if this persists, this program may be too old for the service

"]]);
    cloud.fault(Fault::on("GET", "/v1/organizations").status(200));
    home.cloud("organizations list")
        .assert()
        .code(1)
        .stderr_eq(str![[r"
error: `127.0.0.1:[..]/v1/organizations` sent an empty answer (200)
hint: try again later; if this persists, this program may be too old for the service

"]]);
}

#[test]
fn a_web_page_in_the_place_of_an_answer_is_called_one() {
    let (cloud, home) = ada();
    let list = || Fault::on("GET", "/v1/organizations");
    for fault in [
        list().page(PAGE),
        list().page("Please sign in"),
        list().text(&format!("\u{feff}\r\n {PAGE}")),
    ] {
        cloud.clear_faults();
        cloud.fault(fault);
        home.cloud("organizations list")
            .assert()
            .code(1)
            .stdout_eq("")
            .stderr_eq(str![[r"
error: `127.0.0.1:[..]/v1/organizations` sent a web page instead of an answer (200)
hint: check the address, and whether a proxy or a sign-in page stands in between
hint: `127.0.0.1:[..]` comes from `PIPECAT_API_HOST`

"]]);
    }
}

#[test]
fn a_page_that_refuses_is_not_taken_for_the_services_word() {
    let (cloud, home) = ada();
    cloud.fault(Fault::on("GET", KEYS).status(403).page(PAGE));
    home.cloud("organizations keys list -o acme")
        .assert()
        .code(1)
        .stdout_eq("")
        .stderr_eq(str![[r"
error: `127.0.0.1:[..]` does not allow this (403 Forbidden)
hint: the refusal is a web page: check the address, and whether a proxy or a firewall stands in between
hint: `127.0.0.1:[..]` comes from `PIPECAT_API_HOST`

"]]);
}

#[test]
fn one_odd_value_does_not_spoil_the_answer() {
    let (cloud, home) = ada();
    let rows = |odd: &str| {
        format!(
            "{{\"organizations\": [{{\"name\": \"one\", \"verboseName\": {odd}}}, \
             {{\"name\": \"two\", \"name\": \"acme\", \"verboseName\": \"Acme\"}}]}}"
        )
    };
    for (odd, shown) in [
        (r#""half \ud83d""#, "half \u{fffd}"),
        (r#""\udc00\ud800\u0041""#, "\u{fffd}\u{fffd}A"),
        (r#""\ud83d\ude00 \\ud83d""#, "\u{1f600} \\ud83d"),
        ("1e999", "1e+999"),
        ("null", "one"),
        ("[1]", "one"),
        ("7", "7"),
    ] {
        cloud.clear_faults();
        cloud.fault(Fault::on("GET", "/v1/organizations").text(&rows(odd)));
        let run = home.cloud("organizations list").assert().success();
        assert_eq!(
            stdout(&run),
            format!(
                "Organization Name\tOrganization ID\tActive\n{shown}\tone\tactive\nAcme\tacme\t\n"
            ),
            "{odd}"
        );
        let run = home
            .cloud("organizations list --output json")
            .assert()
            .success();
        assert_eq!(json(&run)["organizations"][1]["name"], "acme");
    }
}

#[test]
fn one_odd_row_does_not_hide_the_others() {
    let (cloud, home) = ada();
    let odd = [
        json!({}),
        json!(null),
        json!(7),
        json!(["name"]),
        json!({"name": null, "key": {}, "id": [], "metadata": 7, "createdAt": {}, "revoked": "?"}),
        json!({"name": 7, "key": 7, "id": 7, "metadata": {"name": {}}}),
    ];
    for odd in odd {
        cloud.clear_faults();
        cloud.fault(Fault::on("GET", "/v1/organizations").json(&json!({
            "organizations": [odd, {"name": "acme"}]
        })));
        let run = home.cloud("organizations list").assert().success();
        assert_eq!(stdout(&run).lines().count(), 3, "{odd}: {}", stdout(&run));
        assert!(stdout(&run).contains("acme\tacme\t"), "{odd}");
        home.cloud("organizations select -o acme")
            .assert()
            .success();

        let key = json!({"id": "key_1", "key": "pk_1", "metadata": {"name": "Web"}});
        cloud.fault(Fault::on("GET", KEYS).json(&json!({"public": [odd, key], "private": 7})));
        let run = home
            .cloud("organizations keys list -o acme")
            .assert()
            .success();
        assert_eq!(stdout(&run).lines().count(), 3, "{odd}: {}", stdout(&run));
        assert!(stdout(&run).contains("Web\tpk_1\t"), "{odd}");
        home.cloud("organizations keys use -o acme --key Web")
            .assert()
            .success();
        let run = home
            .cloud("organizations keys list -o acme --output json")
            .assert()
            .success();
        assert_eq!(json(&run)["public"][0], odd);

        let route = "/v1/organizations/acme/registry-keys";
        cloud.fault(Fault::on("GET", route).json(&json!({"registry_keys": [odd, {"id": "rk_1"}]})));
        let run = home
            .cloud("organizations registry-keys list -o acme")
            .assert()
            .success();
        assert_eq!(stdout(&run).lines().count(), 3, "{odd}: {}", stdout(&run));
        assert!(stdout(&run).contains("rk_1\t"), "{odd}");

        let user = json!({"user": {"userId": "u", "emails": [odd, {"emailAddress": "a@b.c"}]}});
        cloud.fault(Fault::on("GET", "/v1/users").json(&user));
        let run = home.cloud("auth whoami").assert().success();
        assert!(
            stdout(&run).starts_with("User\ta@b.c\n"),
            "{}",
            stdout(&run)
        );
    }
}

#[test]
fn a_name_that_cannot_be_one_is_shown_and_not_used() {
    for name in ["", ".", "..", "a\nb"] {
        let (cloud, home) = ada();
        cloud.change(|state| {
            state.organizations[0].profile["name"] = name.into();
            let acme = state.organization("acme").unwrap();
            acme.public_keys[0]["id"] = name.into();
        });
        let run = home.cloud("organizations list").assert().success();
        let shown = format!("Ada's workspace\t{}\t", name.escape_default());
        assert!(stdout(&run).contains(&shown), "{}", stdout(&run));
        assert!(stdout(&run).contains("\tacme\t"), "{}", stdout(&run));
        // Where nobody has chosen, the first one counts that can be used.
        let run = home.cloud("organizations keys list").assert().success();
        assert!(
            stdout(&run).contains("pk_acme_web_0123456789abcdef"),
            "{}",
            stdout(&run)
        );
        let writes = cloud.writes().len();
        let run = home
            .cloud("organizations keys revoke -o acme --yes --key pk_acme_web_0123456789abcdef")
            .assert()
            .code(1);
        assert!(
            stderr(&run).contains("the service gave the key an unusable id"),
            "{}",
            stderr(&run)
        );
        assert_eq!(cloud.writes().len(), writes);
    }
}

#[test]
fn people_are_told_in_few_words_what_the_service_says_in_many() {
    let (cloud, home) = ada();
    let long = "no ".repeat(1 << 20);
    let list = || Fault::on("GET", "/v1/organizations");
    for fault in [
        list().status(422).json(&json!({"error": long, "code": 7})),
        list().status(422).json(&json!({"message": long})),
        list().status(500).json(&json!({"error": long})),
        list()
            .status(302)
            .header("Location", &format!("https://x/{}", "x".repeat(20_000))),
    ] {
        cloud.clear_faults();
        cloud.fault(fault);
        let run = home.cloud("organizations list").assert().code(1);
        let told = stderr(&run);
        assert!(told.len() < 2000, "{} bytes", told.len());
        assert!(told.contains("…"), "{told}");
    }
    cloud.clear_faults();
    cloud.fault(list().status(422).json(&json!({"error": long})));
    let run = home
        .cloud("organizations list --output json")
        .assert()
        .code(1);
    assert_eq!(json(&run)["error"]["error"], long);
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
