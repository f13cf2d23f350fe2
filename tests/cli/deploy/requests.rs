//! What is sent.

use std::fs;

use serde_json::{Value, json};

use super::{CREATE, SERVICES, body};
use crate::support::run::{ada, json, stderr, stdout};

/// The least that is sent of an image.
fn least() -> Value {
    json!({
        "serviceName": "my-agent",
        "image": "acme/bot:1",
        "autoScaling": {"minAgents": 0},
        "krispViva": {},
    })
}

fn with(fields: &Value) -> Value {
    let mut body = least();
    for (name, value) in fields.as_object().unwrap() {
        body[name] = value.clone();
    }
    body
}

#[test]
fn options_beat_the_file_key_by_key() {
    let file = r#"
agent_name = "from-file"
image = "acme/file:1"
image_credentials = "docker-hub"
secret_set = "survey-secrets"
agent_profile = "agent-1x"
websocket_auth = "token"
architecture = "amd64"
max_session_duration = 600

[scaling]
min_agents = 1
max_agents = 4

[krisp_viva]
audio_filter = "tel"
"#;
    let of_file = json!({
        "serviceName": "from-file",
        "image": "acme/file:1",
        "imagePullSecretSet": "docker-hub",
        "secretSet": "survey-secrets",
        "agentProfile": "agent-1x",
        "websocketAuth": "token",
        "architecture": "amd64",
        "maxSessionDuration": 600,
        "autoScaling": {"minAgents": 1, "maxAgents": 4},
        "krispViva": {"audioFilter": "tel"},
    });
    let over = |fields: Value| {
        let mut body = of_file.clone();
        for (name, value) in fields.as_object().unwrap() {
            body[name] = value.clone();
        }
        body
    };
    let without = |name: &str| {
        let mut body = of_file.clone();
        body.as_object_mut().unwrap().shift_remove(name);
        body
    };
    let mut with_resources = without("agentProfile");
    with_resources["resources"] = json!({"cpu": "2", "memory": "4Gi"});
    let mut other_name = over(json!({"serviceName": "my-agent", "image": "acme/bot:1"}));
    other_name["region"] = "us-west".into();
    for (line, file, expected) in [
        // The three that are whole words with one dash.
        ("my-agent acme/bot:1 -nc", "", least()),
        (
            "my-agent acme/bot:1 -min 2 -max=3 --yes",
            "",
            with(&json!({"autoScaling": {"minAgents": 2, "maxAgents": 3}})),
        ),
        (
            "-yf my-agent acme/bot:1 -cdocker-hub -ssupport-line-secrets -rus-west",
            "",
            with(&json!({
                "imagePullSecretSet": "docker-hub",
                "secretSet": "support-line-secrets",
                "region": "us-west",
                "forceRedeploy": true,
            })),
        ),
        ("--yes", file, of_file.clone()),
        ("my-agent acme/bot:1 -r us-west -y", file, other_name),
        ("-s= -p= --yes", file, of_file.clone()),
        (
            "-min 2 --yes",
            file,
            over(json!({"autoScaling": {"minAgents": 2, "maxAgents": 4}})),
        ),
        ("--resources memory=4Gi,cpu=2 --yes", file, with_resources),
        ("-nc --yes", file, without("imagePullSecretSet")),
    ] {
        let (cloud, home) = ada();
        if !file.is_empty() {
            fs::write(home.path().join("pcc-deploy.toml"), file).unwrap();
        }
        let run = home.cloud(&format!("deploy {line} -o acme")).assert();
        let said = stderr(&run);
        // A question that is due is answered by nobody here.
        if line.ends_with("-nc") && file.is_empty() {
            run.code(2);
            assert!(said.contains("`--yes`"), "{said}");
            assert!(cloud.writes().is_empty());
            continue;
        }
        run.success();
        let body = body(&cloud);
        assert_eq!(body, expected, "{line}: {said}");
        assert_eq!(cloud.writes()[0].path, SERVICES, "{line}");
        assert_eq!(cloud.writes()[0].method, "POST", "{line}");
    }
}

#[test]
fn a_repository_is_sent_as_it_is_and_an_image_of_the_file_gives_way_to_it() {
    let (cloud, home) = ada();
    fs::write(
        home.path().join("pcc-deploy.toml"),
        "image = \"acme/bot:1\"\n",
    )
    .unwrap();
    in_no_time(&cloud);
    let run = home
        .cloud("deploy from-git --repo acme-voice/survey --branch main --dockerfile-path d/D -o acme --yes --output json")
        .assert()
        .success();
    assert_eq!(
        body(&cloud)["git"],
        json!({"repoFullName": "acme-voice/survey", "branch": "main", "dockerfilePath": "d/D"})
    );
    let json = json(&run);
    assert_eq!(json["ready"], true);
    assert_eq!(json["waitOutcome"], "terminal");
    assert_eq!(json["latestDeploy"]["status"], "succeeded");
}

fn in_no_time(cloud: &crate::support::cloud::Cloud) {
    super::in_acme(cloud, |acme| {
        // A new agent has what the fake gives to all: its course is set where it is made.
        acme.agents.deploy_course = Some(vec![json!({"status": "succeeded"})]);
    });
}

#[test]
fn what_is_read_goes_out_together_and_the_deployment_once() {
    let (cloud, home) = ada();
    let run = home
        .cloud(&format!("{CREATE} -c docker-hub -s survey-secrets"))
        .assert()
        .success();
    assert_eq!(
        stdout(&run)
            .lines()
            .map(|line| line.split(':').next().unwrap())
            .collect::<Vec<_>>(),
        ["Agent", "Deployment", "Ready", "Available"]
    );
    // The list of agents is given up where the agent's own details say enough, sent or not.
    let mut lines: Vec<String> = cloud
        .requests()
        .iter()
        .filter(|request| request.method != "GET" || request.path != SERVICES)
        .map(|request| format!("{} {}", request.method, request.path))
        .collect();
    let (reads, rest) = lines.split_at_mut(4);
    reads.sort();
    assert_eq!(
        reads,
        [
            "GET /v1/organizations/acme/properties",
            "GET /v1/organizations/acme/secrets",
            "GET /v1/organizations/acme/secrets/survey-secrets",
            "GET /v1/organizations/acme/services/my-agent",
        ]
    );
    assert_eq!(
        rest,
        [
            "POST /v1/organizations/acme/services",
            "GET /v1/organizations/acme/services/my-agent",
        ]
    );
}
