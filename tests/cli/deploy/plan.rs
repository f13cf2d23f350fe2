//! `--plan`: what would change.

use serde_json::json;

use crate::support::run::{ada, json, stderr, stdout};

#[test]
fn a_plan_says_what_would_change_and_changes_nothing() {
    let (cloud, home) = ada();
    super::in_acme(&cloud, |acme| {
        acme.agent("support-line").detail["autoScaling"]["minReplicas"] = 2.into();
    });
    let line = "deploy support-line acme/bot:1 --max-session-duration 3600 -max 10 -o acme --plan";
    let run = home
        .cloud(&format!("{line} --output json"))
        .assert()
        .success();
    assert_eq!(
        json(&run),
        json!({
            "agentName": "support-line",
            "organization": "acme",
            "region": "us-west",
            "exists": true,
            "changes": [
                {"field": "image", "from": "docker.io/acme/support-line:1.3", "to": "acme/bot:1"},
                {"field": "scaling.min_agents", "from": 2, "to": 0},
            ],
            "notCompared": [],
            "replacesInstances": true,
            "build": null,
        })
    );
    let said = stderr(&run);
    assert!(said.contains("`min_agents` goes from 2 to 0"), "{said}");
    assert!(said.contains("Krisp VIVA (`tel`) stays on"), "{said}");
    let run = home.cloud(&format!("{line} --exit-code")).assert().code(3);
    assert_eq!(
        stdout(&run),
        "Field\tFrom\tTo\nimage\tdocker.io/acme/support-line:1.3\tacme/bot:1\nscaling.min_agents\t2\t0\n"
    );
    assert!(cloud.writes().is_empty());
}

#[test]
fn a_plan_that_changes_nothing_is_exit_status_0_in_any_case() {
    let (cloud, home) = ada();
    let line =
        "deploy support-line docker.io/acme/support-line:1.3 -min 1 -o acme --plan --exit-code";
    let run = home
        .cloud(&format!("{line} --output json"))
        .assert()
        .success();
    assert_eq!(json(&run)["changes"], json!([]));
    assert_eq!(json(&run)["replacesInstances"], false);
    home.cloud(&format!("{line} --force")).assert().code(3);
    assert!(cloud.writes().is_empty());
}

#[test]
fn the_plan_of_a_new_agent_is_all_of_it() {
    let (_cloud, home) = ada();
    let run = home
        .cloud("deploy my-agent i:1 -o acme --plan --exit-code --output json")
        .assert()
        .code(3);
    let value = json(&run);
    assert_eq!(value["exists"], false);
    assert_eq!(value["replacesInstances"], false);
    assert_eq!(
        value["changes"],
        json!([
            {"field": "image", "from": null, "to": "i:1"},
            {"field": "scaling.min_agents", "from": null, "to": 0},
        ])
    );
}
