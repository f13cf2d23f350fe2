//! `organizations properties`, and `organizations default-region`.

use std::time::{Duration, Instant};

use serde_json::json;
use snapbox::str;

use crate::support::cloud::Fault;
use crate::support::run::{ada, json, stderr};

const PROPERTIES: &str = "/v1/organizations/acme/properties";
const SCHEMA: &str = "GET /v1/organizations/acme/properties/schema";

#[test]
fn properties_are_listed_in_every_mode() {
    let (cloud, home) = ada();
    home.cloud("organizations properties list -o acme")
        .assert()
        .success()
        .stdout_eq(str![[r#"
Property	Value
defaultRegion	us-west
maxAgents	25

"#]])
        .stderr_eq("");
    assert_eq!(cloud.requests(), [format!("GET {PROPERTIES}").as_str()]);
    let run = home
        .cloud("organizations properties list -o acme --output json")
        .assert()
        .success();
    assert_eq!(
        json(&run),
        json!({"defaultRegion": "us-west", "maxAgents": 25})
    );
    home.cloud("organizations properties list -o acme --output rich")
        .assert()
        .success()
        .stdout_eq(str![[r#"
Property       Value
defaultRegion  us-west
maxAgents      25

"#]]);
}

#[test]
fn the_schema_tells_what_there_is_to_set() {
    let (cloud, home) = ada();
    home.cloud("organizations properties schema -o acme")
        .assert()
        .success()
        .stdout_eq(str![[r#"
Property	Type	Current Value	Default	Description	Available Values	Read Only
defaultRegion	string	us-west	us-west	Region used when none is given	us-west, us-east, eu-central, ap-south	
maxAgents	integer	25	10	Number of agents that may be deployed		yes

"#]])
        .stderr_eq("");
    assert_eq!(cloud.requests(), [SCHEMA]);
    let run = home
        .cloud("organizations properties schema -o acme --output json")
        .assert()
        .success();
    assert_eq!(json(&run)["maxAgents"]["readOnly"], true);
}

#[test]
fn no_properties_are_no_failure() {
    let (cloud, home) = ada();
    cloud.fault(Fault::under("GET", PROPERTIES).status(404));
    for (command, value) in [
        ("properties list", json!({})),
        ("properties schema", json!({})),
        (
            "default-region",
            json!({"organization": "acme", "defaultRegion": null, "availableRegions": []}),
        ),
    ] {
        let line = format!("organizations {command} -o acme");
        let run = home.cloud(&line).assert().success();
        assert!(stderr(&run).contains("`acme` has no "), "{}", stderr(&run));
        let run = home
            .cloud(&format!("{line} --output json"))
            .assert()
            .success();
        assert_eq!(json(&run), value);
    }
}

#[test]
fn a_property_is_set_by_one_request() {
    let (cloud, home) = ada();
    home.cloud("organizations properties set defaultRegion eu-central -o acme")
        .assert()
        .success()
        .stdout_eq(str![[r#"
`defaultRegion` of the organization `acme` is now `eu-central`

"#]])
        .stderr_eq("");
    let patch = format!("PATCH {PROPERTIES} {{\"defaultRegion\":\"eu-central\"}}");
    assert_eq!(cloud.requests(), [patch.as_str()]);
    let run = home
        .cloud("organizations properties set defaultRegion us-east -o acme --output json")
        .assert()
        .success();
    assert_eq!(
        json(&run),
        json!({
            "organization": "acme",
            "property": "defaultRegion",
            "value": "us-east",
            "properties": {"defaultRegion": "us-east", "maxAgents": 25},
        })
    );
}

#[test]
fn the_service_decides_and_the_schema_says_what_would_have_been_allowed() {
    for (arguments, said) in [
        (
            "defaultRegion mars",
            "hint: `defaultRegion` is one of `us-west`, `us-east`, `eu-central`, `ap-south`",
        ),
        ("maxAgents 30", "hint: `maxAgents` is read-only"),
        (
            "defaultregion us-east",
            "hint: did you mean `defaultRegion`? the properties are `defaultRegion`, `maxAgents`",
        ),
    ] {
        let (cloud, home) = ada();
        let run = home
            .cloud(&format!("organizations properties set {arguments} -o acme"))
            .assert()
            .code(1)
            .stdout_eq("");
        let told = stderr(&run);
        assert!(told.contains("refused the request (400 "), "{told}");
        assert!(told.contains(said), "{told}");
        let (name, value) = arguments.split_once(' ').unwrap();
        let patch = format!("PATCH {PROPERTIES} {{\"{name}\":\"{value}\"}}");
        assert_eq!(cloud.requests(), [&patch, SCHEMA]);
    }
}

#[test]
fn what_the_service_takes_is_set_whatever_the_schema_says() {
    let (cloud, home) = ada();
    let values = json!({"properties": {"maxAgents": "30"}});
    cloud.fault(Fault::on("PATCH", PROPERTIES).json(&values));
    home.cloud("organizations properties set maxAgents 30 -o acme")
        .assert()
        .success();
    assert_eq!(cloud.requests().len(), 1);
}

#[test]
fn a_refusal_without_a_schema_is_told_as_it_came() {
    let schema = format!("{PROPERTIES}/schema");
    for fault in [
        Fault::on("GET", &schema).status(404),
        Fault::on("GET", &schema).status(500),
        Fault::on("GET", &schema).delay(Duration::from_secs(30)),
    ] {
        let (cloud, home) = ada();
        cloud.fault(fault);
        let since = Instant::now();
        home.cloud("organizations properties set maxAgents -5 -o acme")
            .assert()
            .code(1)
            .stdout_eq("")
            .stderr_eq(str![[r"
error: in the organization `acme`: `127.0.0.1:[..]` refused the request (400 Bad Request: The property does not take this value)

"]]);
        assert!(since.elapsed() < Duration::from_secs(15));
        assert_eq!(cloud.writes().len(), 1);
    }
}

#[test]
fn what_is_no_refusal_of_the_value_asks_for_no_schema() {
    for (status, code) in [(403, "403"), (401, "401"), (500, "500")] {
        let (cloud, home) = ada();
        cloud.fault(Fault::on("PATCH", PROPERTIES).status(status));
        let run = home
            .cloud("organizations properties set maxAgents 5 -o acme --output json")
            .assert()
            .code(1);
        assert_eq!(json(&run)["error"]["code"], code);
        let asked = cloud.requests();
        assert!(asked.iter().all(|one| *one != SCHEMA), "{asked:?}");
    }
}

#[test]
fn the_default_region_is_shown_and_set() {
    let (cloud, home) = ada();
    home.cloud("organizations default-region -o acme")
        .assert()
        .success()
        .stdout_eq(str![[r#"
Default Region	us-west
Available Regions	us-west, us-east, eu-central, ap-south

"#]])
        .stderr_eq("");
    home.cloud("organizations default-region ap-south -o acme")
        .assert()
        .success()
        .stdout_eq(str![[r#"
`defaultRegion` of the organization `acme` is now `ap-south`

"#]])
        .stderr_eq("");
    let patch = format!("PATCH {PROPERTIES} {{\"defaultRegion\":\"ap-south\"}}");
    assert_eq!(cloud.writes(), [patch.as_str()]);
    let run = home
        .cloud("organizations default-region -o acme --output json")
        .assert()
        .success();
    assert_eq!(json(&run)["defaultRegion"], "ap-south");
    let run = home
        .cloud("organizations default-region mars -o acme")
        .assert()
        .code(1);
    let said = "hint: `defaultRegion` is one of `us-west`, ";
    assert!(stderr(&run).contains(said), "{}", stderr(&run));
}
