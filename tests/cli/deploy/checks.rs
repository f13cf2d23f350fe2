//! What is refused before anything is sent.

use std::fs;

use serde_json::json;

use crate::support::run::{ada, json, stderr};

#[test]
fn what_is_wrong_with_the_command_line_is_told_before_any_request() {
    let (cloud, home) = ada();
    fs::write(home.path().join("Dockerfile"), "FROM scratch\n").unwrap();
    fs::write(
        home.path().join("sized.toml"),
        "agent_name = \"a\"\n[resources]\ncpu = 1\nmemory = \"1Gi\"\n",
    )
    .unwrap();
    for (line, status, told) in [
        ("", 1, "the agent has no name"),
        ("a i:1 -min1", 2, "-m"),
        ("a i:1 -ncy", 2, "-n"),
        ("a i:1 -max 0", 2, "0"),
        ("a i:1 --max-session-duration 59", 2, "59"),
        ("a i:1 -min 5 -max 2 -y", 1, "`max_agents` is 2"),
        ("a i:1 --architecture x86 -y", 1, "`amd64` or `arm64`"),
        (
            "a i:1 --krisp-viva-audio-filter loud -y",
            1,
            "`tel` or `pro`",
        ),
        ("a i:1 --resources cpu=1 -y", 1, "cpu=2,memory=4Gi"),
        (
            "a i:1 --resources cpu=1,memory=1Gi -p agent-1x -y",
            1,
            "cannot be used together",
        ),
        ("a i:1 -b build -y", 1, "cannot be used together"),
        (
            "a -b build --repo a/b --branch main -y",
            1,
            "cannot be used together",
        ),
        ("a --repo a/b -y", 1, "needs `--branch`"),
        ("a --branch main -y", 1, "needs `--repo`"),
        ("a --repo a --branch main -y", 1, "OWNER/REPO"),
        (
            "a --repo a/b --branch x//y -y",
            1,
            "is not a valid branch name",
        ),
        (
            "--repo a/b --branch main --config-file sized.toml -y",
            1,
            "not `resources`",
        ),
        ("a i:1 -c x -nc -y", 1, "cannot be used together"),
        ("a i:1 --config-file nothing.toml -y", 1, "nothing.toml"),
        ("a i:1", 1, "`--no-credentials`"),
        ("a", 2, "`--yes`"),
    ] {
        let run = home
            .cloud(&format!("deploy {line} -o acme --output json"))
            .assert();
        let said = stderr(&run);
        assert!(said.contains(told), "{line}: {said}");
        assert!(json(&run.code(status))["error"].is_object(), "{line}");
    }
    assert_eq!(cloud.requests().len(), 0);
}

#[test]
fn what_is_not_there_is_told_all_at_once_and_nothing_is_sent() {
    let (cloud, home) = ada();
    let line = "deploy Bad_Name i:1 -s nothing -c support-line-secrets -r us-wset -o acme --yes";
    let run = home
        .cloud(&format!("{line} --output json"))
        .assert()
        .code(1);
    let problems = json(&run)["error"]["problems"].as_array().unwrap().clone();
    let keys: Vec<&str> = problems
        .iter()
        .filter_map(|one| one["key"].as_str())
        .collect();
    assert_eq!(
        keys,
        ["region", "agent_name", "secret_set", "image_credentials"]
    );
    assert!(stderr(&run).contains("did you mean `us-west`?"));
    for (line, told) in [
        ("my-agent i:1 -s docker-hub -y", "image pull secret"),
        ("my-agent i:1 -r pce-berlin --architecture amd64 -y", ""),
        (
            "support-line --repo acme-voice/survey --branch main -y",
            "pipecat cloud agent link support-line",
        ),
    ] {
        let run = home.cloud(&format!("deploy {line} -o acme")).assert();
        if told.is_empty() {
            run.success();
            continue;
        }
        let said = stderr(&run.code(1));
        assert!(said.contains(told), "{line}: {said}");
    }
    assert_eq!(cloud.writes().len(), 1);
    // A name is one segment of the path, whatever is in it.
    let run = home
        .cloud("deploy ../secrets/x?y=1 i:1 -o acme -y")
        .assert()
        .code(1);
    assert!(stderr(&run).contains("is not a valid name for an agent"));
    let paths = cloud.requests().into_iter().map(|one| one.path);
    let mut odd = paths.filter(|path| path.contains("%2F"));
    assert_eq!(
        odd.next().as_deref(),
        Some("/v1/organizations/acme/services/..%2Fsecrets%2Fx%3Fy=1")
    );
    // What lies elsewhere is the service's to refuse.
    let run = home
        .cloud("deploy my-other i:1 -r eu-central -s support-line-secrets -o acme --plan")
        .assert()
        .success();
    let said = stderr(&run);
    assert!(
        said.contains("is in `us-west`, and the agent in `eu-central`"),
        "{said}"
    );
}

#[test]
fn a_set_without_keys_is_there() {
    let (_cloud, home) = ada();
    home.cloud("deploy my-agent i:1 -s survey-secrets -o acme -y")
        .assert()
        .success();
}

#[test]
fn check_tells_everything_and_changes_nothing() {
    let (cloud, home) = ada();
    let run = home
        .cloud("deploy my-agent i:1 -o acme --yes --check --output json")
        .assert()
        .success();
    assert_eq!(json(&run), json!({"ok": true, "problems": []}));
    home.cloud("deploy my-agent i:1 -o acme --yes --check")
        .assert()
        .success()
        .stdout_eq("Ok: True\n");
    let file = home.path().join("pcc-deploy.toml");
    fs::write(&file, "agnet_name = \"a\"\nmax_session_duration = 1\n").unwrap();
    let run = home
        .cloud("deploy --architecture x86 -o acme --yes --check --output json")
        .assert()
        .code(1);
    let value = json(&run);
    assert_eq!(value["ok"], false);
    let lines: Vec<_> = value["problems"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["line"].clone())
        .collect();
    assert_eq!(lines, [json!(1), json!(2), json!(null)]);
    assert!(
        value["error"]["error"]
            .as_str()
            .unwrap()
            .contains("agnet_name")
    );
    assert!(cloud.writes().is_empty());
}

#[test]
fn the_lines_of_the_documentation_work() {
    let (_cloud, mut home) = ada();
    let run = home
        .cloud("deploy my-agent image-name --org acme --yes")
        .assert()
        .success();
    let said = stderr(&run);
    assert!(
        said.contains("has no tag") && said.contains("image-name:1.0"),
        "{said}"
    );
    home.env("PIPECAT_TOKEN", crate::support::cloud::ADA_PAT);
    home.env("PIPECAT_ORG", "acme");
    home.cloud("deploy support-line i:1 --yes")
        .assert()
        .success();
}

#[test]
fn the_schema_needs_neither_a_sign_in_nor_a_file() {
    let cloud = crate::support::cloud::Cloud::start();
    let home = crate::support::home::Home::new(&cloud);
    for mode in ["plain", "json"] {
        let run = home
            .cloud(&format!("deploy --schema --output {mode}"))
            .assert()
            .success();
        assert_eq!(json(&run)["properties"]["agent_name"]["type"], "string");
    }
}
