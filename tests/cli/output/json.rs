//! In JSON mode, one value on stdout for every outcome.

use crate::support::cloud::Fault;
use crate::support::home::Home;
use crate::support::run::{ada, json, stderr};

/// The error that a run ended with, whose text people are told too.
fn failure(home: &Home, line: &str, status: i32) -> String {
    let run = home.cloud(line).assert().code(status);
    let value = json(&run);
    let error = &value["error"];
    let text = error["error"].as_str().unwrap();
    assert!(!text.is_empty() && !text.contains('\u{1b}'), "{value}");
    assert!(
        stderr(&run).contains("error") || stderr(&run).contains("Usage"),
        "{line}"
    );
    assert_eq!(value.as_object().unwrap().len(), 1, "{value}");
    error["code"].as_str().unwrap().to_owned()
}

#[test]
fn a_wrong_command_line_is_a_value() {
    let (_cloud, home) = ada();
    for line in [
        "--output json",
        "--output json auth",
        "--output json organizations",
        "organizations keys --output=json",
        "--output json nonsense",
        "organizations nonsense --output json",
        "organizations list --nonsense --output json",
        "organizations list --output json surplus",
        "organizations keys list --output json -o",
        "organizations keys use --key --output json",
    ] {
        assert_eq!(failure(&home, line, 2), "usage", "{line}");
    }
}

#[test]
fn a_failure_is_a_value() {
    let (cloud, mut home) = ada();
    for (line, status, code) in [
        ("organizations select", 2, "prompt_required"),
        ("organizations select -o nobodys", 1, "not_found"),
        ("organizations keys create", 2, "prompt_required"),
        ("organizations keys list -o grace-personal", 1, "PCC-1003"),
        (
            "organizations keys use -o acme --key Staging",
            1,
            "ambiguous",
        ),
        (
            "organizations keys revoke -o acme --key key_acme_web",
            2,
            "prompt_required",
        ),
    ] {
        let line = format!("{line} --output json");
        assert_eq!(failure(&home, &line, status), code, "{line}");
    }
    let list = "organizations list --output json";

    cloud.fault(Fault::on("GET", "/v1/organizations").status(500));
    assert_eq!(failure(&home, list, 1), "500");
    cloud.clear_faults();

    home.env("PIPECAT_CLI_LOG_LEVEL", "loud");
    assert_eq!(failure(&home, list, 2), "usage");
    home.env_remove("PIPECAT_CLI_LOG_LEVEL");

    home.env("PIPECAT_API_HOST", "nonsense");
    assert_eq!(failure(&home, list, 1), "invalid_setting");

    home.write_config("");
    assert_eq!(failure(&home, list, 1), "not_signed_in");

    home.write_config("token = \n");
    assert_eq!(failure(&home, list, 1), "config_malformed");
    assert_eq!(
        failure(&home, "--show-cli-config --output json", 1),
        "config_malformed"
    );
}

#[cfg(unix)]
#[test]
fn an_interruption_is_a_value() {
    use std::io::Read as _;
    use std::process::Stdio;
    use std::time::{Duration, Instant};

    let (cloud, home) = ada();
    cloud.fault(Fault::on("GET", "/v1/organizations").delay(Duration::from_secs(60)));
    let mut child = home
        .command(["cloud", "organizations", "list", "--output", "json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let deadline = Instant::now() + Duration::from_secs(20);
    while cloud.requests().is_empty() {
        assert!(Instant::now() < deadline, "no request");
        std::thread::sleep(Duration::from_millis(5));
    }
    let kill = format!("kill -INT {}", child.id());
    std::process::Command::new("sh")
        .args(["-c", &kill])
        .status()
        .unwrap();
    let status = child.wait().unwrap();
    assert_eq!(status.code(), Some(130));
    let mut stdout = String::new();
    child.stdout.unwrap().read_to_string(&mut stdout).unwrap();
    let value: serde_json::Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!(value["error"]["code"], "interrupted");
}
