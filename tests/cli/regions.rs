//! `regions`.

use serde_json::{Value, json};
use snapbox::str;

use crate::support::cloud::Fault;
use crate::support::run::{ada, json, stderr, stdout};

#[test]
fn regions_are_listed_with_a_dash_for_what_is_not_known() {
    let (_cloud, home) = ada();
    let run = home.cloud("regions list -o acme").assert().success();
    let text = stdout(&run);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], "Code\tName\tArchitectures\tDefault");
    assert!(
        lines.contains(&"us-west\tUS West (Oregon)\tarm64, amd64\tarm64"),
        "{text}"
    );
    let frankfurt = "eu-central\tEurope (Frankfurt)\t—\t—";
    assert!(lines.contains(&frankfurt), "{text}");
    let run = home.cloud("regions list -o acme --output json").assert();
    let regions = json(&run.success())["regions"].as_array().unwrap().len();
    assert_eq!(regions, lines.len() - 1);
    home.cloud("regions list -o ada-personal")
        .assert()
        .success()
        .stdout_eq("Code\tName\tArchitectures\tDefault\n")
        .stderr_eq("the organization `ada-personal` has no regions\n");
}

#[test]
fn a_region_of_ones_own_is_shown_field_by_field() {
    let (cloud, home) = ada();
    let run = home
        .cloud("regions show pce-berlin -o acme")
        .assert()
        .success();
    let labels: Vec<String> = stdout(&run)
        .lines()
        .map(|line| line.split('\t').next().unwrap().to_owned())
        .collect();
    assert_eq!(
        labels,
        [
            "Field",
            "Region key",
            "Display name",
            "Enrollment status",
            "Intermediate expires",
            "WS public endpoint",
            "Architectures",
            "Default architecture",
            "Workloads namespace",
        ]
    );
    // Every field may be missing, or of another type.
    let odd = json!({"region_key": 7, "display_name": null, "supported_architectures": "x"});
    cloud.fault(Fault::on("GET", "/v1/organizations/acme/regions/pce-berlin").json(&odd));
    let run = home
        .cloud("regions show pce-berlin -o acme")
        .assert()
        .success();
    assert!(stdout(&run).contains("Display name\t—\n"));
    let run = home
        .cloud("regions show pce-nowhere -o acme")
        .assert()
        .code(1);
    let told = stderr(&run);
    assert!(
        told.contains("has no region `pce-nowhere` of its own"),
        "{told}"
    );
}

#[test]
fn only_what_is_given_is_registered() {
    let (cloud, home) = ada();
    home.pipecat([
        "cloud",
        "regions",
        "register",
        "pce-new",
        "-o",
        "acme",
        "--architectures",
        " amd64, ,arm64",
        "--display-name",
        "New one",
    ])
    .assert()
    .success();
    let body = cloud.writes()[0].json();
    assert_eq!(
        body,
        json!({
            "regionKey": "pce-new",
            "supportedArchitectures": ["amd64", "arm64"],
            "displayName": "New one",
        })
    );
    home.pipecat([
        "cloud",
        "regions",
        "register",
        "pce-new",
        "-o",
        "acme",
        "--architectures",
        " ,",
    ])
    .assert()
    .code(1);
    assert_eq!(cloud.writes().len(), 1);
}

#[test]
fn revoking_a_region_says_when_it_takes_effect_or_why_it_is_refused() {
    let (cloud, home) = ada();
    cloud.change(|state| {
        let acme = state.organization("acme").unwrap();
        acme.regions.revokes_slowly = true;
        acme.agents.all.clear();
    });
    let run = home
        .cloud("regions delete pce-berlin -o acme --yes --output json")
        .assert()
        .success();
    let value: Value = json(&run);
    assert_eq!(value["deleted"], "pce-berlin");
    assert_eq!(value["result"]["propagation"], "pending");
    assert!(stderr(&run).contains("may stay open a moment longer"));
    let busy = json!({"error": "two agents still live there"});
    cloud.fault(Fault::under("DELETE", "/v1/").status(409).json(&busy));
    let run = home
        .cloud("regions delete pce-berlin -o acme --yes")
        .assert()
        .code(1);
    assert!(stderr(&run).contains("two agents still live there"));
}

#[test]
fn an_enrollment_token_is_shown_and_nowhere_logged() {
    let (cloud, mut home) = ada();
    home.env("PIPECAT_CLI_LOG_LEVEL", "TRACE");
    let run = home
        .cloud("regions enroll-token pce-berlin -o acme --output json")
        .assert()
        .success();
    let value = json(&run);
    let token = value["token"].as_str().unwrap();
    assert_eq!(value["region"], "pce-berlin");
    let command = value["kubectlCommand"].as_str().unwrap();
    assert!(command.ends_with(&format!("--from-literal=token={token}")));
    let told = stderr(&run);
    assert!(
        !told.contains(token) && told.contains("valid for one hour"),
        "{told}"
    );
    cloud.fault(Fault::under("POST", "/v1/").status(201).json(&json!({})));
    home.cloud("regions enroll-token pce-berlin -o acme")
        .assert()
        .code(1)
        .stdout_eq("");
}

#[test]
fn a_service_that_does_not_answer_is_not_taken_for_an_empty_list() {
    let (cloud, home) = ada();
    for fault in [
        Fault::under("GET", "/v1/organizations/acme/").status(500),
        Fault::under("GET", "/v1/organizations/acme/").page("<p>hello</p>"),
        Fault::under("GET", "/v1/organizations/acme/").text("[]"),
        Fault::under("GET", "/v1/organizations/acme/").json(&json!({"other": 1})),
    ] {
        cloud.clear_faults();
        cloud.fault(fault);
        for line in [
            "regions list",
            "secrets list",
            "github repos",
            "github branches acme/voice-bot",
        ] {
            let line = format!("{line} -o acme --output json");
            let run = home.cloud(&line).assert().code(1);
            assert!(json(&run)["error"]["code"].is_string(), "{line}");
        }
    }
    home.cloud("regions show .. -o acme")
        .assert()
        .code(1)
        .stdout_eq("")
        .stderr_eq(str![
            "error: `..` is not a valid name

"
        ]);
}
