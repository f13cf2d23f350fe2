//! `agent list`, and `agent scale`, which there is not.

use serde_json::{Value, json};
use snapbox::str;

use crate::support::cloud::Fault;
use crate::support::run::{ada, json, stderr, stdout};

const SERVICES: &str = "/v1/organizations/acme/services";

#[test]
fn agents_are_listed_in_one_request_with_the_columns_of_the_original() {
    let (cloud, home) = ada();
    let run = home.cloud("agent list -o acme").assert().success();
    let text = stdout(&run);
    let mut lines = text.lines();
    assert_eq!(
        lines.next(),
        Some("Name\tRegion\tAgent ID\tActive Deployment ID\tCreated At\tUpdated At\tGitHub")
    );
    let rows: Vec<Vec<&str>> = lines.map(|line| line.split('\t').collect()).collect();
    assert!(rows.iter().all(|row| row.len() == 7), "{text}");
    let link = |name: &str| rows.iter().find(|row| row[0] == name).unwrap()[6];
    assert_eq!(link("concierge"), "acme-voice/concierge@main");
    assert_eq!(link("support-line"), "—");
    // One of which hardly anything is known keeps its row.
    assert_eq!(rows.last().unwrap()[..2], ["legacy", ""]);
    assert_eq!(
        cloud.requests(),
        [format!("GET {SERVICES}?include=git").as_str()]
    );

    let run = home.cloud("agent list -o acme --output json").assert();
    let listed = json(&run.success())["agents"].as_array().unwrap().clone();
    assert_eq!(listed.len(), rows.len());
    assert_eq!(listed[0]["organizationId"].as_str().unwrap().len(), 36);
}

#[test]
fn a_region_is_checked_and_then_filtered_by_the_service() {
    let (cloud, home) = ada();
    let run = home
        .cloud("agent list -o acme -r us-wset")
        .assert()
        .code(1)
        .stdout_eq("");
    assert!(stderr(&run).contains("did you mean `us-west`?"));
    assert_eq!(cloud.requests(), ["GET /v1/organizations/acme/regions"]);
    let run = home
        .cloud("agent list -o acme --region eu-central")
        .assert()
        .success();
    let names: Vec<String> = stdout(&run)
        .lines()
        .skip(1)
        .map(|line| line.split('\t').next().unwrap().to_owned())
        .collect();
    assert_eq!(names, ["booking", "survey"]);
    let asked = format!("GET {SERVICES}?include=git&region=eu-central");
    assert_eq!(*cloud.requests().last().unwrap(), asked.as_str());
}

#[test]
fn none_is_told_apart_from_a_service_that_does_not_say() {
    let (cloud, home) = ada();
    home.cloud("agent list -o ada-personal")
        .assert()
        .code(1)
        .stdout_eq("")
        .stderr_eq(str![[r#"
error: the organization `ada-personal` has no agents
hint: deploy one with `pipecat cloud deploy -o ada-personal`

"#]]);
    for (answer, code) in [
        (Fault::under("GET", SERVICES).status(500), "500"),
        (
            Fault::under("GET", SERVICES).page("<p>hello</p>"),
            "unexpected_response",
        ),
        (
            Fault::under("GET", SERVICES).json(&json!({"services": {}})),
            "unexpected_response",
        ),
        (
            Fault::under("GET", SERVICES).status(403).json(&json!({})),
            "403",
        ),
    ] {
        cloud.clear_faults();
        cloud.fault(answer);
        let run = home
            .cloud("agent list -o acme --output json")
            .assert()
            .code(1);
        assert_eq!(json(&run)["error"]["code"], code);
    }
}

#[test]
fn a_deployment_that_is_desired_stands_for_an_active_one_and_an_odd_row_stays() {
    let (cloud, home) = ada();
    let rows = json!([
        {"name": "a", "activeDeploymentId": null, "desiredDeploymentId": "d1", "git": {}},
        null,
        7,
        {"name": 7, "region": ["x"], "git": "x"},
    ]);
    cloud.fault(Fault::under("GET", SERVICES).json(&json!({"services": rows})));
    home.cloud("agent list -o acme")
        .assert()
        .success()
        .stdout_eq(str![[r#"
Name	Region	Agent ID	Active Deployment ID	Created At	Updated At	GitHub
a			d1			?@?
						—
						—
7						—

"#]]);
}

#[test]
fn scaling_is_said_not_to_be_there_whatever_is_given() {
    let (cloud, home) = ada();
    for arguments in [
        "",
        "support-line",
        "support-line --min-agents 1 -x",
        "--foo",
    ] {
        let run = home
            .cloud(&format!("agent scale {arguments} --output json"))
            .assert()
            .code(1);
        let value: Value = json(&run);
        assert_eq!(value["error"]["code"], "invalid_input", "{arguments}");
        assert!(stderr(&run).contains("pipecat cloud deploy"), "{arguments}");
    }
    assert_eq!(cloud.requests(), [""; 0]);
}
