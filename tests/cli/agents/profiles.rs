//! `agent profiles`.

use serde_json::{Value, json};
use snapbox::str;

use crate::support::cloud::Fault;
use crate::support::run::{ada, json, stderr};

const PROFILES: &str = "/v1/organizations/acme/agent-profiles";

#[test]
fn profiles_are_listed_and_none_is_no_error() {
    let (cloud, home) = ada();
    home.cloud("agent profiles list -o acme")
        .assert()
        .success()
        .stderr_eq("")
        .stdout_eq(str![[r#"
Name	Display name	CPU	Memory	Source	Enabled
agent-1x	agent-1x	500m	1Gi	platform	yes
agent-2x	agent-2x	1	2Gi	platform	yes
agent-3x	agent-3x	1500m	3Gi	platform	yes
transcription	Transcription, large	2	4Gi	custom	yes
retired	retired	4	8Gi	custom	no

"#]]);
    let sent = json!({"agentProfiles": [{"api_name": "x", "resources": null}, null, {"enabled": "no", "custom": 1}]});
    cloud.fault(Fault::on("GET", PROFILES).json(&sent));
    home.cloud("agent profiles list -o acme")
        .assert()
        .success()
        .stdout_eq(str![[r#"
Name	Display name	CPU	Memory	Source	Enabled
x				platform	yes
				platform	yes
				platform	yes

"#]]);
    let run = home
        .cloud("agent profiles list -o acme --output json")
        .assert()
        .success();
    assert_eq!(json(&run), sent);
    let run = home
        .cloud("agent profiles list -o ada-personal")
        .assert()
        .success();
    assert!(stderr(&run).contains("no agent profiles"));
}

#[test]
fn each_change_is_one_request_with_only_what_changes() {
    let (cloud, home) = ada();
    for (line, method, path, body) in [
        (
            "create big --cpu 4 --memory 8Gi",
            "POST",
            PROFILES.to_owned(),
            json!({"apiName": "big", "displayName": "big", "resources": {"cpu": "4", "memory": "8Gi"}}),
        ),
        (
            "update big --memory 16Gi --cpu 7.5",
            "PATCH",
            format!("{PROFILES}/big"),
            json!({"resources": {"cpu": "7.5", "memory": "16Gi"}}),
        ),
        (
            "update big --display-name Large",
            "PATCH",
            format!("{PROFILES}/big"),
            json!({"displayName": "Large"}),
        ),
        (
            "disable big",
            "PATCH",
            format!("{PROFILES}/big"),
            json!({"enabled": false}),
        ),
        (
            "enable big",
            "PATCH",
            format!("{PROFILES}/big"),
            json!({"enabled": true}),
        ),
    ] {
        let run = home
            .cloud(&format!("agent profiles {line} -o acme --output json"))
            .assert()
            .success();
        assert_eq!(json(&run)["api_name"], "big", "{line}");
        let writes = cloud.writes();
        let last = writes.last().unwrap();
        assert_eq!(*last, format!("{method} {path} {body}").as_str());
    }
    assert_eq!(cloud.requests().len(), 5);
    let run = home
        .cloud("agent profiles disable big -o acme")
        .assert()
        .success();
    assert!(stderr(&run).contains("keep running"), "{}", stderr(&run));
    cloud.fault(Fault::under("PATCH", PROFILES).status(204));
    let run = home
        .cloud("agent profiles enable big -o acme --output json")
        .assert()
        .success();
    assert_eq!(json(&run), json!({"agentProfile": {"api_name": "big"}}));
}

#[test]
fn what_cannot_be_is_refused_before_any_request_and_what_may_not_be_by_the_service() {
    let (cloud, home) = ada();
    for line in [
        "create Big --cpu 1 --memory 1Gi",
        "create -- -a --cpu 1",
        "create big --cpu 0 --memory 1Gi",
        "create big --cpu 1 --memory 0.0Mi",
        "create big --cpu 1 --memory 1gb",
        "update big --cpu 1",
        "update big",
        "enable ..",
    ] {
        let line = format!("agent profiles {line} -o acme --output json");
        let run = home.cloud(&line).assert();
        let value: Value = json(&run);
        let expected = if line.contains(" -- ") {
            "usage"
        } else {
            "invalid_input"
        };
        assert_eq!(value["error"]["code"], expected, "{line}");
    }
    home.pipecat([
        "cloud", "agent", "profiles", "create", "big\n", "--cpu", "1", "--memory", "1Gi",
    ])
    .assert()
    .code(1);
    home.cloud("agent profiles create big --cpu 1 -o acme")
        .assert()
        .code(2);
    assert_eq!(cloud.requests().len(), 0);
    let run = home
        .cloud("agent profiles disable agent-1x -o acme")
        .assert()
        .code(1);
    assert!(
        stderr(&run).contains("platform's own profiles"),
        "{}",
        stderr(&run)
    );
    let run = home
        .cloud("agent profiles disable nothing -o acme")
        .assert()
        .code(1);
    assert!(
        stderr(&run).contains("no agent profile `nothing`"),
        "{}",
        stderr(&run)
    );
    cloud.fault(Fault::on("POST", PROFILES).page("<p>sign in</p>"));
    let run = home
        .cloud("agent profiles create big --cpu 1 --memory 1Gi -o acme")
        .assert()
        .code(1);
    assert!(
        stderr(&run).contains("may have been carried out"),
        "{}",
        stderr(&run)
    );
}
