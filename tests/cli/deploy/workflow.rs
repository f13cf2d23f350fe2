//! A run in a workflow of GitHub Actions.

use std::fs;

use super::{SERVICES, UPDATE};
use crate::support::cloud::Fault;
use crate::support::run::{ada, json, stderr};

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
