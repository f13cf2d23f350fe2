//! What programs go by: errors, exit statuses and topics of the help that are made for them.

use std::fs;

use pipecat_cloud_cli::error::Code;
use serde_json::{Value, json};

use crate::support::cloud::agents::Agent;
use crate::support::cloud::agents::logs::line;
use crate::support::cloud::secrets::{IMAGE_PULL_SECRET, SecretSet};
use crate::support::cloud::{Cloud, Fault};
use crate::support::home::Home;
use crate::support::run::{ada, json, stdout};

/// The error that a line ends with.
fn failure(home: &Home, line: &str) -> Value {
    let run = home.cloud(&format!("{line} --output json")).assert();
    json(&run.code(1))["error"].clone()
}

#[test]
fn an_error_says_how_to_go_on_and_whether_the_same_line_may_work_later() {
    let list = "organizations keys list -o acme";
    let error = failure(&Home::new(&Cloud::start()), list);
    let login = ["pipecat", "cloud", "auth", "login"];
    assert_eq!(error["next"], json!([login]));
    assert_eq!(error["retryable"], false);

    let (cloud, home) = ada();
    let keys = "/v1/organizations/acme/apiKeys";
    let busy = Fault::on("GET", keys).status(429).json(&json!({"code": 7}));
    cloud.fault(busy.header("Retry-After", "3600"));
    let error = failure(&home, list);
    assert_eq!((&error["code"], &error["next"]), (&json!(7), &json!([])));
    assert_eq!(error["retryable"], true);

    // Nobody knows whether it was done.
    cloud.fault(Fault::on("POST", keys).status(502));
    let error = failure(&home, "organizations keys create -n Kiosk -o acme");
    let list = [
        "pipecat",
        "cloud",
        "organizations",
        "keys",
        "list",
        "-o",
        "acme",
    ];
    assert_eq!(error["next"], json!([list]));
    assert_eq!(error["retryable"], false);

    // What the service says under these names is its own.
    let own = json!({"error": "no", "next": "door", "retryable": "perhaps"});
    cloud.clear_faults();
    cloud.fault(Fault::on("GET", keys).status(409).json(&own));
    let error = failure(&home, "organizations keys list -o acme");
    assert_eq!(
        (&error["next"], &error["retryable"]),
        (&json!("door"), &json!("perhaps"))
    );
}

/// What an agent is told to type, it will type.
#[test]
fn every_line_of_the_guide_for_agents_works() {
    let (cloud, mut home) = ada();
    cloud.change(|state| {
        let mut agent = Agent::new("my-bot", "us-west");
        agent.logs.add(line("2026-03-30T09:30:00Z", "ready"));
        let acme = state.at("acme");
        acme.agents.all.push(agent);
        acme.secrets.course = vec![json!({"status": "ready"})];
        let login = SecretSet::new("ghcr", IMAGE_PULL_SECRET, "us-west", "ready");
        acme.secrets.sets.push(login);
    });
    let deploy_file = concat!(
        "agent_name = \"my-bot\"\n",
        "image = \"acme/my-bot:2\"\n",
        "image_credentials = \"ghcr\"\n",
        "secret_set = \"my-bot\"\n",
        "scaling = { min_agents = 1 }\n",
    );
    fs::write(home.path().join("pcc-deploy.toml"), deploy_file).unwrap();
    home.env("API_KEY", "sk-s3cret");
    let guide = stdout(&home.cloud("help agent-guide").assert().success());
    let lines = guide
        .lines()
        .filter_map(|line| line.strip_prefix("  pipecat "));
    let lines: Vec<&str> = lines.collect();
    assert!(lines.len() > 12, "{guide}");
    // What these change, in this order; no other line changes anything.
    let mut changing = [
        ("cloud secrets set my-bot --from-env ", "/secrets/my-bot"),
        ("cloud deploy --yes ", "/services"),
    ]
    .into_iter()
    .peekable();
    for one in lines {
        let words = shlex::split(one).unwrap();
        let before = cloud.writes().len();
        let run = home
            .judged(words.iter().map(String::as_str))
            .assert()
            .success();
        if words.iter().any(|word| word == "json") {
            assert!(json(&run).is_object(), "{one}");
        }
        let writes = cloud.writes().split_off(before);
        let paths: Vec<&str> = writes.iter().map(|write| write.path.as_str()).collect();
        match changing.next_if(|(beginning, _)| one.starts_with(beginning)) {
            None => assert!(paths.is_empty(), "{one}: {paths:?}"),
            Some((_, path)) => assert!(
                matches!(paths[..], [only] if only.ends_with(path)),
                "{paths:?}"
            ),
        }
    }
    assert_eq!(changing.next(), None);
    for line in guide.lines() {
        assert!(line.chars().count() <= 90, "{line}");
    }
}

#[test]
fn every_code_is_explained() {
    let home = Home::new(&Cloud::start());
    let errors = stdout(&home.cloud("help errors").assert().success());
    let statuses = stdout(&home.cloud("help exit-codes").assert().success());
    for code in Code::ALL {
        let explained = errors.lines().any(|line| {
            let mut words = line.trim_start_matches('*').split_whitespace();
            words.next() == Some(code.as_str()) && words.next().is_some()
        });
        assert!(explained, "{errors}");
        if !matches!(code.exit_status(), 0 | 1) {
            assert!(statuses.contains(code.as_str()), "{statuses}");
        }
    }
    for line in errors.lines().chain(statuses.lines()) {
        assert!(line.chars().count() <= 84, "{line}");
    }
}
