//! `agent status` and `agent deployments`.

use serde_json::json;
use snapbox::str;

use crate::support::run::{ada, json, stderr, stdout};

#[test]
fn an_agent_is_told_line_by_line_in_the_order_that_scripts_know() {
    let (cloud, home) = ada();
    home.cloud("agent status support-line -o acme")
        .assert()
        .success()
        .stderr_eq("")
        .stdout_eq(str![[r#"
Agent: support-line
Ready: True
Deployment Phase: Active
Active Session Count: 1
Image: docker.io/acme/support-line:1.3
Agent Profile: agent-1x
Architecture: arm64
Resources: cpu=500m, memory=1Gi
Active Deployment ID: fed39dd8-b6b6-4f8d-afed-34d8b6b3b74b
Created At: 2026-01-12T08:00:00.000Z
Updated At: 2026-01-12T08:00:00.000Z
Krisp VIVA: Enabled (tel)
Max Session Duration: 3600s
Min Agents: 1
Max Agents: 10
Available: True
Revision: fed39dd8 Active, 1 replica ready

"#]]);
    assert_eq!(
        cloud.requests(),
        ["GET /v1/organizations/acme/services/support-line"]
    );
    home.cloud("agent status survey -o acme")
        .assert()
        .success()
        .stdout_eq(str![[r#"
Agent: survey
Ready: True
Deployment Phase: Active
Active Session Count: 0
Build: build_survey_2
Agent Profile: agent-1x
Architecture: arm64
Resources: cpu=500m, memory=1Gi
GitHub Repository: acme-voice/survey
GitHub Branch: main
Dockerfile Path: docker/Dockerfile.prod
Auto-deploy On Push: no
Running Commit: bd46be8 (from acme-voice/survey-old@develop, not from the linked branch)
Latest Deploy: failed (92086c9): docker/Dockerfile.prod: no such file
Active Deployment ID: e32d5ab9-fd23-4028-ae32-2bb9fd1adbc6
Created At: 2026-01-12T08:00:00.000Z
Updated At: 2026-01-12T08:00:00.000Z
Krisp VIVA: Disabled
Max Session Duration: 3600s
Min Agents: 1
Max Agents: 10
Available: True
Revision: e32d5ab9 Active, 1 replica ready

"#]]);
    home.cloud("agent status legacy -o acme")
        .assert()
        .success()
        .stdout_eq(str![[r#"
Agent: legacy
Ready: False
Active Session Count: N/A
Image: N/A
Active Deployment ID: N/A
Created At: N/A
Updated At: N/A
Krisp VIVA: Disabled
Max Session Duration: default
Available: N/A

"#]]);
}

#[test]
fn what_is_wrong_with_an_agent_is_told_too() {
    let (_cloud, home) = ada();
    for (agent, told) in [
        (
            "outbound-sales",
            &[
                "Revision: ",
                "The agent keeps crashing on startup; exit code 1; 7 restarts; KeyError: 'OPENAI_API_KEY'\n",
                "Krisp VIVA: Enabled (pro)\n",
            ][..],
        ),
        (
            "transcriber",
            &[
                "Error: PCC-2001 The image could not be pulled\nError: PCC-2004 No node has room for 2 CPUs\n",
                "ImagePullBackOff; the infrastructure has a problem\n",
                "Resources: cpu=2, memory=4Gi\n",
            ],
        ),
        (
            "booking",
            &[
                "Ready: False\nDeployment Phase: Validating\n",
                "Build: build_booking_2\n",
                "Available: True\n",
                " (previous) Active, 2 replicas ready\n",
            ],
        ),
        (
            "concierge",
            &[
                "Build Subdirectory: agents/concierge\n",
                "Auto-deploy On Push: yes\n",
            ],
        ),
        (
            "newcomer",
            &["Max Session Duration: default\nMin Agents: 0\nMax Agents: 1\n"],
        ),
    ] {
        let run = home
            .cloud(&format!("agent status {agent} -o acme"))
            .assert()
            .success();
        let text = stdout(&run);
        for told in told {
            assert!(text.contains(told), "{told}\n{text}");
        }
    }
    let run = home
        .cloud("agent status survey -o acme --output json")
        .assert()
        .success();
    // As sent, without the `body` around it.
    assert_eq!(
        json(&run)["deployedCommit"]["repoFullName"],
        "acme-voice/survey-old"
    );
}

#[test]
fn an_agent_that_there_is_not_is_said_so_and_one_must_be_named() {
    let (cloud, home) = ada();
    for verb in ["status", "deployments", "sessions"] {
        let run = home
            .cloud(&format!("agent {verb} nobody -o acme --output json"))
            .assert()
            .code(1);
        assert_eq!(json(&run)["error"]["code"], "404", "{verb}");
        let told = stderr(&run);
        assert!(
            told.starts_with("error: the organization `acme` has no agent `nobody`\n"),
            "{told}"
        );
    }
    let before = cloud.requests().len();
    for verb in ["status", "deployments", "delete"] {
        home.cloud(&format!("agent {verb} -o acme"))
            .assert()
            .code(2)
            .stdout_eq("");
    }
    assert_eq!(cloud.requests().len(), before);
}

#[test]
fn deployments_are_listed_and_read_whole() {
    let (cloud, home) = ada();
    let run = home
        .cloud("agent deployments booking -o acme")
        .assert()
        .success();
    let text = stdout(&run);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(
        lines[0],
        "ID\tNode Type\tImage / Build\tCreated At\tUpdated At"
    );
    assert!(
        lines[1].ends_with(
            "\tarm\tbuild_booking_2\t2026-01-13T08:00:00.000Z\t2026-01-13T08:00:00.000Z"
        ),
        "{text}"
    );
    assert!(
        lines[2].contains("\tdocker.io/acme/booking:1.1\t"),
        "{text}"
    );
    home.cloud("agent deployments legacy -o acme")
        .assert()
        .success()
        .stdout_eq(str![[r#"
ID	Node Type	Image / Build	Created At	Updated At
[..]	N/A	N/A	N/A	N/A

"#]]);
    cloud.change(|state| {
        let agent = state.at("acme").agent("booking");
        let one = agent.deployments[0].clone();
        agent.deployments = (0..1000).map(|_| one.clone()).collect();
    });
    let run = home
        .cloud("agent deployments booking -o acme --output json")
        .assert()
        .success();
    assert_eq!(json(&run)["deployments"].as_array().unwrap().len(), 1000);
    cloud.change(|state| state.at("acme").agent("booking").deployments.clear());
    home.cloud("agent deployments booking -o acme")
        .assert()
        .success()
        .stdout_eq("ID\tNode Type\tImage / Build\tCreated At\tUpdated At\n")
        .stderr_eq("`booking` has no deployments\n");
    let run = home
        .cloud("agent deployments booking -o acme --output json")
        .assert();
    assert_eq!(json(&run.success()), json!({"deployments": []}));
}
