//! A run in a workflow of GitHub Actions.

use std::fs;

use serde_json::json as value;

use super::{SERVICES, UPDATE, in_acme};
use crate::support::cloud::{Cloud, Fault};
use crate::support::home::Home;
use crate::support::run::{ada, json, stderr, stdout};

/// A run in a workflow, with what it writes for the page of the job and for the steps that follow.
struct Job {
    cloud: Cloud,
    home: Home,
}

impl Job {
    fn new() -> Self {
        let (cloud, mut home) = ada();
        let path = home.path().to_owned();
        home.env("GITHUB_ACTIONS", "true")
            .env("GITHUB_WORKSPACE", &path)
            .env("GITHUB_STEP_SUMMARY", path.join("summary"))
            .env("GITHUB_OUTPUT", path.join("outputs"));
        Self { cloud, home }
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.home.path().join(name)).unwrap_or_default()
    }
}

#[test]
fn what_is_wrong_in_the_deploy_file_is_told_beside_its_line() {
    let mut job = Job::new();
    let file = "agent_name = \"a\"\n[scaling]\nmin_agents = \"1\"\nmax = 2\n";
    fs::write(job.home.path().join("pcc-deploy.toml"), file).unwrap();
    for line in ["deploy -o acme --yes", "deploy -o acme --check"] {
        let run = job.home.cloud(line).assert().code(1);
        let said = stderr(&run);
        for place in ["line=3,col=14", "line=4,col=1"] {
            let start = format!("::error file=pcc-deploy.toml,{place}::pcc-deploy.toml:");
            assert!(said.lines().any(|line| line.starts_with(&start)), "{said}");
        }
        assert!(!stdout(&run).contains("::error"), "{said}");
    }
    // A check sums nothing up.
    let summary = job.read("summary");
    assert_eq!(summary.matches("### ").count(), 1, "{summary}");
    assert!(
        summary.contains("| Outcome | failed: pcc-deploy.toml:3:14:"),
        "{summary}"
    );
    assert!(summary.contains("pcc-deploy.toml:4:1:"), "{summary}");
    job.home.env("PIPECAT_CI", "none");
    let run = job.home.cloud("deploy -o acme --yes").assert().code(1);
    assert!(!stderr(&run).contains("::error"));
    assert_eq!(job.read("summary"), summary);
}

#[test]
fn what_is_worth_a_warning_in_the_deploy_file_is_told_beside_its_line_too() {
    let job = Job::new();
    let file = "agent_name = \"a\"\nimage = \"localhost:5000/i\"\n";
    fs::write(job.home.path().join("pcc-deploy.toml"), file).unwrap();
    fs::write(job.home.path().join("Dockerfile"), "FROM scratch\n").unwrap();
    for line in [
        "deploy -o acme --yes --no-credentials",
        "deploy -o acme --plan",
        "deploy -o acme --check --no-credentials",
        "build context",
    ] {
        let run = job.home.cloud(line).assert().success();
        let said = stderr(&run);
        let start = "::warning file=pcc-deploy.toml,line=2,col=9::pcc-deploy.toml:2:9: ";
        assert!(
            said.lines().any(|line| line.starts_with(start)),
            "{line}: {said}"
        );
    }
}

#[test]
fn a_build_that_fails_and_a_refusal_are_summed_up_with_reason_and_ids() {
    let job = Job::new();
    fs::write(job.home.path().join("Dockerfile"), "FROM scratch\n").unwrap();
    in_acme(&job.cloud, |acme| {
        acme.builds.course = vec![value!({"status": "failed", "errorMessage": "<b>no"})];
    });
    let line = "deploy my-agent -o acme --yes --output json";
    let run = job.home.cloud(line).assert().code(1);
    let id = json(&run)["error"]["buildId"].as_str().unwrap().to_owned();
    assert_eq!(job.read("outputs"), format!("build-id={id}\n"));
    let summary = job.read("summary");
    for row in [
        "| Agent | my-agent |".to_owned(),
        format!("| Build | {id} |"),
        "| Outcome | failed: the build failed: &#60;b&#62;no |".to_owned(),
    ] {
        assert!(summary.contains(&row), "{row}: {summary}");
    }
    in_acme(&job.cloud, |acme| {
        acme.builds.course = vec![value!({"status": "success"})];
    });
    let refusal = value!({"error": "too many agents", "code": "400"});
    job.cloud
        .fault(Fault::on("POST", SERVICES).status(400).json(&refusal));
    let run = job.home.cloud(line).assert().code(1);
    let id = json(&run)["error"]["buildId"].as_str().unwrap().to_owned();
    assert!(job.read("outputs").ends_with(&format!("\nbuild-id={id}\n")));
    assert!(job.read("summary").contains("too many agents"));
}

#[test]
fn a_deployment_from_github_is_summed_up_too() {
    let job = Job::new();
    let line = "deploy from-git --repo acme-voice/survey --branch main -o acme --yes";
    for (status, outcome) in [("failed", "failed: "), ("succeeded", "ready")] {
        in_acme(&job.cloud, |acme| {
            acme.agents.all.retain(|agent| agent.name != "from-git");
            acme.agents.deploy_course = Some(vec![value!({"status": status})]);
        });
        let run = job.home.cloud(line).assert();
        run.code(i32::from(status == "failed"));
        let summary = job.read("summary");
        let last = summary.rsplit("### ").next().unwrap();
        for row in ["acme-voice/survey", "| Branch | main |", "| Commit | "] {
            assert!(last.contains(row), "{row}: {last}");
        }
        assert!(last.contains(&format!("| Outcome | {outcome}")), "{last}");
    }
    assert_eq!(job.read("outputs").matches("commit=").count(), 2);
}

#[test]
fn a_deploy_of_a_linked_branch_is_summed_up_likewise() {
    let job = Job::new();
    let line = "agent deploy survey --github -o acme";
    job.home.cloud(line).assert().success();
    for (status, outcome) in [("failed", "failed: "), ("succeeded", "ready")] {
        in_acme(&job.cloud, |acme| {
            acme.agent("survey").deploy_course = vec![value!({"status": status})];
        });
        let run = job.home.cloud(&format!("{line} --wait")).assert();
        run.code(i32::from(status == "failed"));
        let summary = job.read("summary");
        let last = summary.rsplit("### ").next().unwrap();
        for row in ["| Agent | survey |", "| Branch | main |", "| Commit | "] {
            assert!(last.contains(row), "{row}: {last}");
        }
        assert!(last.contains(&format!("| Outcome | {outcome}")), "{last}");
    }
    job.home
        .cloud("agent deploy nobody --github -o acme")
        .assert()
        .code(1);
    let summary = job.read("summary");
    let outcomes = summary.lines().filter(|line| line.starts_with("| Outcome"));
    let outcomes: Vec<&str> = outcomes.collect();
    let organizations = summary.matches("| Organization | acme |").count();
    assert_eq!(organizations, outcomes.len(), "{summary}");
    assert_eq!(outcomes[0], "| Outcome | queued |");
    assert!(outcomes[3].contains("cannot deploy"), "{summary}");
    assert_eq!(job.read("outputs").matches("commit=").count(), 3);
}

#[test]
fn errors_go_to_the_page_of_the_job_and_values_to_the_steps_that_follow() {
    let (cloud, mut home) = ada();
    let (summary, outputs) = (home.path().join("summary"), home.path().join("outputs"));
    home.env("GITHUB_ACTIONS", "true")
        .env("GITHUB_STEP_SUMMARY", &summary)
        .env("GITHUB_OUTPUT", &outputs);
    let run = home
        .cloud(&format!("{UPDATE} --output json"))
        .assert()
        .success();
    let id = json(&run)["deploymentId"].as_str().unwrap().to_owned();
    let said = stderr(&run);
    assert!(
        said.lines().any(|line| line.starts_with("::warning::")),
        "{said}"
    );
    assert_eq!(
        fs::read_to_string(&outputs).unwrap(),
        format!("deployment-id={id}\nimage=acme/bot:1\n")
    );
    let summary = fs::read_to_string(&summary).unwrap();
    assert!(
        summary.contains("support-line") && summary.contains(&id),
        "{summary}"
    );

    let evil = serde_json::json!({"error": "50%\n::set-env name=a::b", "code": "400"});
    cloud.fault(Fault::on("PUT", SERVICES).status(400).json(&evil));
    let run = home.cloud(UPDATE).assert().code(1);
    let said = stderr(&run);
    let commands: Vec<&str> = said
        .lines()
        .filter(|line| line.trim_start().starts_with("::"))
        .collect();
    let errors: Vec<&&str> = commands
        .iter()
        .filter(|line| line.starts_with("::error::"))
        .collect();
    assert_eq!(errors.len(), 1, "{said}");
    assert!(errors[0].contains("50%25"), "{said}");
    assert!(
        !commands
            .iter()
            .any(|line| line.contains("::set-env") && !line.starts_with("::error::"))
    );

    home.env("PIPECAT_CI", "none");
    let run = home.cloud(UPDATE).assert().code(1);
    assert!(!stderr(&run).contains("::error::"));
}
