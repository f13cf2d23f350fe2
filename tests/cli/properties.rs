//! `organizations properties`, and `organizations default-region`.

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
    assert_eq!(cloud.requests(), [SCHEMA, &patch]);
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
fn what_the_schema_is_against_is_not_sent() {
    for (arguments, said) in [
        (
            "defaultRegion mars",
            "hint: it is one of `us-west`, `us-east`, `eu-central`, `ap-south`",
        ),
        ("maxAgents 30", "`maxAgents` cannot be set: it is read-only"),
        (
            "region us-east",
            "hint: there are `defaultRegion`, `maxAgents`",
        ),
    ] {
        let (cloud, home) = ada();
        let run = home
            .cloud(&format!("organizations properties set {arguments} -o acme"))
            .assert()
            .code(2)
            .stdout_eq("");
        assert!(stderr(&run).contains(said), "{}", stderr(&run));
        assert_eq!(cloud.writes(), [""; 0]);
    }
}

#[test]
fn without_a_schema_the_service_has_the_only_word() {
    let (cloud, home) = ada();
    cloud.fault(Fault::on("GET", &format!("{PROPERTIES}/schema")).status(404));
    home.cloud("organizations properties set maxAgents -5 -o acme")
        .assert()
        .code(1)
        .stdout_eq("")
        .stderr_eq(str![[r#"
error: in the organization `acme`: `127.0.0.1:[..]` refused the request (400 Bad Request: The property does not take this value)

"#]]);
    assert_eq!(cloud.writes().len(), 1);
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
    home.cloud("organizations default-region mars -o acme")
        .assert()
        .code(2);
}
