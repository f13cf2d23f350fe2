//! `agent link`, `unlink` and `deploy --github`.

use serde_json::{Value, json};
use snapbox::str;

use crate::support::cloud::{Fault, Request};
use crate::support::run::{ada, json, stderr, stdout};

const GIT: &str = "/v1/organizations/acme/services/survey/environments/production/git";
const AGENT: &str = "/v1/organizations/acme/services/survey";

#[test]
fn a_link_is_made_and_changed_with_only_what_is_given() {
    let (cloud, home) = ada();
    home.cloud("agent link survey --repo acme-voice/survey --branch main --subdirectory  -o acme")
        .assert()
        .code(2);
    home.pipecat([
        "cloud",
        "agent",
        "link",
        "survey",
        "--repo",
        "acme-voice/survey",
        "--branch",
        "main",
        "--subdirectory",
        "",
        "--auto-deploy",
        "--no-auto-deploy",
        "-o",
        "acme",
    ])
    .assert()
    .success()
    .stdout_eq(str![[r#"
Field	Value
Repository	acme-voice/survey
Branch	main
Dockerfile path	docker/Dockerfile.prod
Subdirectory	—
Auto-deploy on push	no

"#]])
    .stderr_eq(str![[r#"
the running deployment has not changed
hint: deploy the branch with `pipecat cloud agent deploy survey --github -o acme`

"#]]);
    let run = home
        .cloud("agent link survey --repo acme-voice/site --branch trunk -o acme --output json")
        .assert()
        .success();
    assert_eq!(json(&run)["gitConfig"]["repoFullName"], "acme-voice/site");
    let bodies: Vec<Value> = cloud.writes().iter().map(Request::json).collect();
    assert_eq!(
        bodies,
        [
            json!({"repoFullName": "acme-voice/survey", "branch": "main", "subdirectory": "", "autoDeploy": false}),
            json!({"repoFullName": "acme-voice/site", "branch": "trunk"}),
        ]
    );
    let paths: Vec<String> = cloud.requests().into_iter().map(|one| one.path).collect();
    assert_eq!(paths, [GIT, GIT]);
}

#[test]
fn what_can_be_no_repository_or_branch_is_refused_before_any_request() {
    let (cloud, home) = ada();
    for (repository, branch) in [
        ("acme", "main"),
        ("acme/..", "main"),
        ("a/b/c", "main"),
        ("a/b c", "main"),
        ("/b", "main"),
        ("a/b", ""),
        ("a/b", "x//y"),
        ("a/b", ".."),
        ("a/b", "x/"),
    ] {
        let run = home
            .pipecat([
                "cloud", "agent", "link", "survey", "--repo", repository, "--branch", branch, "-o",
                "acme", "--output", "json",
            ])
            .assert()
            .code(1);
        assert_eq!(
            json(&run)["error"]["code"],
            "invalid_input",
            "{repository} {branch}"
        );
    }
    let run = home.cloud("agent deploy survey -o acme").assert().code(1);
    assert!(
        stderr(&run).contains("pipecat cloud deploy"),
        "{}",
        stderr(&run)
    );
    home.cloud("agent link survey --repo a/b -o acme")
        .assert()
        .code(2);
    assert_eq!(cloud.requests().len(), 0);
    // What is not there is told in the service's words, since it may be any of three.
    let run = home
        .cloud("agent link survey --repo acme-voice/survey --branch nowhere -o acme")
        .assert()
        .code(1);
    assert!(
        stderr(&run).contains("Branch not found"),
        "{}",
        stderr(&run)
    );
}

#[test]
fn unlinking_is_asked_for_and_any_success_is_one() {
    let (cloud, home) = ada();
    let run = home.cloud("agent unlink survey -o acme").assert().code(2);
    assert!(stderr(&run).contains("`--force`"), "{}", stderr(&run));
    assert_eq!(cloud.writes().len(), 0);
    let run = home
        .cloud("agent unlink survey -o acme --force --output json")
        .assert()
        .success();
    assert_eq!(json(&run), json!({"unlinked": "survey"}));
    let run = home
        .cloud("agent unlink survey -o acme -y")
        .assert()
        .code(1);
    assert!(
        stderr(&run).contains("not linked to a repository"),
        "{}",
        stderr(&run)
    );
    cloud.fault(Fault::on("DELETE", GIT).status(200).text("gone"));
    home.cloud("agent unlink survey -o acme -f")
        .assert()
        .success();
    cloud.clear_faults();
    cloud.fault(Fault::on("*", GIT).status(200).page("<p>sign in</p>"));
    for line in [
        "agent unlink survey -f",
        "agent link survey --repo a/b --branch c",
    ] {
        let run = home
            .cloud(&format!("{line} -o acme --output json"))
            .assert()
            .code(1);
        assert_eq!(json(&run)["error"]["code"], "unexpected_response");
        assert!(
            stderr(&run).contains("agent status survey -o acme"),
            "{}",
            stderr(&run)
        );
    }
}

#[test]
fn a_deploy_is_queued_and_that_is_said() {
    let (cloud, home) = ada();
    let run = home
        .cloud("agent deploy survey --github -o acme")
        .assert()
        .success();
    let text = stdout(&run);
    let labels: Vec<&str> = text
        .lines()
        .map(|line| line.split(": ").next().unwrap())
        .collect();
    assert_eq!(labels, ["Branch", "Commit", "Deploy Intent"]);
    assert!(text.starts_with("Branch: main\n"), "{text}");
    assert!(stderr(&run).contains("queued"), "{}", stderr(&run));
    assert_eq!(cloud.writes()[0].json(), json!({}));
    assert_eq!(
        cloud.requests(),
        [format!("POST {GIT}/deploy {{}}").as_str()]
    );
    cloud.fault(Fault::on("POST", &format!("{GIT}/deploy")).json(&json!({"deployIntent": null})));
    let run = home
        .cloud("agent deploy survey --github -o acme --output json")
        .assert()
        .code(1);
    assert_eq!(json(&run)["error"]["code"], "unexpected_response");
}

/// How `--wait` ends: what the looks show, what `waitOutcome` is then, and the exit status. The looks
/// are at once and every 5 s: each row takes one.
#[test]
fn each_end_of_the_wait_has_its_status_and_its_outcome() {
    let other = "f".repeat(40);
    for (course, outcome, status, words) in [
        (json!([{"status": "succeeded"}]), "terminal", 0, ""),
        (
            json!([{"status": "failed", "reason": "no Dockerfile"}]),
            "terminal",
            1,
            "`failed`: no Dockerfile",
        ),
        (
            json!([{"status": "cancelled"}]),
            "terminal",
            1,
            "`cancelled`",
        ),
        (
            json!([{"status": "building", "commitSha": other}]),
            "superseded",
            0,
            "replaced by a newer deployment",
        ),
        (
            json!([{"status": "building"}]),
            "in_flight",
            1,
            "still under way",
        ),
        (
            json!([null]),
            "unobserved",
            1,
            "no deployment of `survey` was seen",
        ),
    ] {
        let (cloud, home) = ada();
        cloud.change(|state| {
            state.at("acme").agent("survey").deploy_course = course.as_array().unwrap().clone();
        });
        let line = "agent deploy survey --github --wait --timeout 2 -o acme --output json";
        let run = home.cloud(line).assert().code(status);
        let value = json(&run);
        assert_eq!(value["waitOutcome"], outcome, "{course}");
        assert!(value["deployIntent"]["id"].is_string());
        assert_eq!(
            value["latestDeploy"].is_null(),
            matches!(outcome, "superseded" | "unobserved")
        );
        let by = if outcome == "superseded" {
            json!(other)
        } else {
            Value::Null
        };
        assert_eq!(value["supersededBy"], by);
        assert_eq!(value.get("error").is_some(), status == 1, "{value}");
        assert!(stderr(&run).contains(words), "{}", stderr(&run));
    }
    let (cloud, home) = ada();
    cloud.fault(
        Fault::on("GET", AGENT)
            .status(401)
            .json(&json!({"error": "revoked"})),
    );
    let run = home
        .cloud("agent deploy survey --github --wait -o acme --output json")
        .assert()
        .code(1);
    let value = json(&run);
    assert_eq!(value["waitOutcome"], "unobserved");
    assert_eq!(value["error"]["error"], "revoked");
}
