//! The build in the cloud.

use std::fs;

use serde_json::{Value, json};

use super::in_acme;
use crate::support::cloud::builds::STORE;
use crate::support::cloud::{Cloud, Fault};
use crate::support::home::Home;
use crate::support::run::{ada, json, stderr};

const BUILDS: &str = "/v1/organizations/acme/builds";
const LINE: &str = "deploy my-agent -o acme --yes --output json";

/// A home with a bot in it, deployed from a folder of its own, and a service that builds in no
/// time.
fn with_bot() -> (Cloud, Home) {
    let (cloud, home) = ada();
    in_acme(&cloud, |acme| {
        acme.builds.course = vec![json!({"status": "success"})];
    });
    let bot = home.path().join("bot");
    fs::create_dir(&bot).unwrap();
    for (name, text) in [
        (
            "Dockerfile",
            "FROM dailyco/pipecat-base:latest\nCOPY bot.py .\n",
        ),
        ("bot.py", "print('hello')\n"),
        (".env", "OPENAI_API_KEY=sk-s3cret\n"),
    ] {
        fs::write(bot.join(name), text).unwrap();
    }
    (cloud, home)
}

/// The methods and paths of all requests, those that go out together sorted.
fn lines(cloud: &Cloud) -> Vec<String> {
    let requests = cloud.requests();
    // The list of agents is given up where the agent's own details say enough, sent or not.
    let list = |path: &str| path.ends_with("/services");
    let requests = requests
        .iter()
        .filter(|request| request.method != "GET" || !list(&request.path));
    let lines = requests.map(|request| {
        let path = request.path.trim_start_matches("/v1/organizations/acme/");
        let path = if path.starts_with(STORE) { STORE } else { path };
        format!("{} {path}", request.method)
    });
    lines.collect()
}

fn folder() -> String {
    format!("{LINE} -d bot")
}

#[test]
fn a_folder_is_built_once_and_then_known() {
    let (cloud, home) = with_bot();
    let run = home.cloud(&folder()).assert().success();
    let first = json(&run);
    assert_eq!(first["ready"], true);
    assert_eq!(first["cached"], false);
    let (paths, id) = cloud.change(|state| {
        let acme = state.at("acme");
        let archive = acme.builds.uploads[0].archive.clone().unwrap();
        let paths: Vec<String> = archive.paths().iter().map(ToString::to_string).collect();
        let body = acme.agent("my-agent").body.clone().unwrap();
        assert_eq!(body["image"], Value::Null);
        (paths, body["buildId"].clone())
    });
    assert_eq!(paths, ["Dockerfile", "bot.py"]);
    assert_eq!(first["buildId"], id);
    assert!(first["region"] == "us-west");
    let mut all = lines(&cloud);
    let rest = all.split_off(3);
    all.sort();
    let reads = ["GET builds", "GET properties", "GET services/my-agent"];
    assert_eq!(all, reads);
    let id = id.as_str().unwrap().to_owned();
    let mut build = rest[3..5].to_vec();
    build.sort();
    assert_eq!(
        rest[..3],
        [
            "POST builds/upload-url",
            &format!("POST {STORE}"),
            "POST builds"
        ]
    );
    assert_eq!(
        build,
        [format!("GET builds/{id}"), format!("GET builds/{id}/logs")]
    );
    assert_eq!(rest[5..], ["POST services", "GET services/my-agent"]);
    assert!(stderr(&run).contains("#1 [internal] load build definition"));

    let before = lines(&cloud).len();
    let run = home.cloud(&folder()).assert().success();
    assert_eq!(json(&run)["cached"], true);
    assert_eq!(json(&run)["buildId"], id.as_str());
    let mut again = lines(&cloud).split_off(before);
    again[..3].sort();
    assert_eq!(again[..3], reads);
    assert_eq!(
        again[3..],
        ["PUT services", "GET services/my-agent"].map(str::to_owned)[..]
    );
}

#[test]
fn a_build_that_fails_deploys_nothing_and_says_why() {
    let (cloud, home) = with_bot();
    in_acme(&cloud, |acme| {
        acme.builds.course =
            vec![json!({"status": "failed", "errorMessage": "[/x] no such package"})];
    });
    let run = home.cloud(&folder()).assert().code(1);
    let error = json(&run)["error"].clone();
    assert_eq!(error["code"], "build_failed");
    assert!(error["buildId"].is_string());
    assert!(
        error["logs"]
            .as_array()
            .is_some_and(|lines| !lines.is_empty())
    );
    assert!(stderr(&run).contains("the build failed: [/x] no such package"));
    assert!(
        !cloud
            .writes()
            .iter()
            .any(|request| request.path.ends_with("/services"))
    );
}

#[test]
fn a_build_that_takes_too_long_goes_on_and_can_be_deployed_later() {
    let (cloud, home) = with_bot();
    in_acme(&cloud, |acme| {
        acme.builds.course = vec![json!({"status": "building"})];
    });
    let run = home
        .cloud(&format!("{} --timeout 1", folder()))
        .assert()
        .code(1);
    let id = json(&run)["error"]["buildId"].as_str().unwrap().to_owned();
    let said = stderr(&run);
    assert!(
        said.contains(&format!(
            "pipecat cloud deploy my-agent --build-id {id} -o acme"
        )),
        "{said}"
    );
    // The line that it gives works once the build is done.
    in_acme(&cloud, |acme| {
        acme.builds.build(&id).unwrap().detail["status"] = "success".into();
    });
    let run = home
        .cloud(&format!(
            "deploy my-agent --build-id {id} -o acme --yes --output json"
        ))
        .assert()
        .success();
    assert_eq!(json(&run)["buildId"], id.as_str());
}

#[test]
fn faults_on_the_way_pass_and_a_refusal_of_the_store_is_told() {
    let (cloud, home) = with_bot();
    // The look for a known build is not needed; the store is out of order twice; the answer to the
    // start is lost.
    cloud.fault(Fault::on("GET", BUILDS).status(400).times(1));
    cloud.fault(Fault::under("POST", STORE).status(500).times(2));
    cloud.fault(Fault::on("POST", BUILDS).status(502).applied().times(1));
    let run = home.cloud(&folder()).assert().success();
    assert_eq!(json(&run)["ready"], true, "{}", stderr(&run));

    let (cloud, mut home) = with_bot();
    home.env("PIPECAT_CLI_LOG_LEVEL", "TRACE");
    // The public route demands what this one may come to demand.
    let demand = json!({"error": "contentLength is required", "code": "400"});
    let target = format!("{BUILDS}/upload-url");
    cloud.fault(
        Fault::on("POST", &target)
            .status(400)
            .json(&demand)
            .times(1),
    );
    let run = home.cloud(&folder()).assert().code(1);
    assert!(stderr(&run).contains("update it"), "{}", stderr(&run));
    let xml = "<Error><Code>AccessDenied</Code><Message>Policy expired</Message></Error>";
    cloud.fault(Fault::under("POST", STORE).status(403).text(xml));
    let run = home.cloud(&folder()).assert().code(1);
    let said = stderr(&run);
    assert!(
        said.contains("403, AccessDenied: Policy expired") && said.contains("15 minutes"),
        "{said}"
    );
    // Address and fields are nobody's business.
    for secret in ["AWS4", "signature-", STORE, "sk-s3cret"] {
        assert!(!said.contains(secret), "{secret}: {said}");
    }
}

#[test]
fn what_does_not_need_the_service_is_told_before_it_is_asked() {
    let (cloud, home) = with_bot();
    for (line, status, told) in [
        ("-d nothing --yes", 1, "nothing"),
        (
            "-d bot --dockerfile Containerfile --yes",
            1,
            "Containerfile",
        ),
        ("-d bot", 2, "`--yes`"),
    ] {
        let run = home
            .cloud(&format!("deploy my-agent -o acme {line}"))
            .assert();
        let said = stderr(&run);
        assert!(said.contains(told), "{line}: {said}");
        run.code(status);
    }
    assert!(cloud.requests().is_empty());
}

#[test]
fn an_agent_that_is_there_is_built_where_it_runs() {
    let (cloud, home) = with_bot();
    in_acme(&cloud, |acme| {
        let detail = acme.agent("booking").detail.as_object_mut();
        // Not every answer says it; the list does.
        detail.unwrap().shift_remove("region");
    });
    home.cloud("deploy booking -d bot -o acme --yes")
        .assert()
        .success();
    let sent = cloud.writes()[0].json();
    assert_eq!(sent, json!({"region": "eu-central"}));
    in_acme(&cloud, |acme| {
        let body = acme.agent("booking").body.clone().unwrap();
        assert_eq!(body["region"], Value::Null);
    });
}

#[test]
fn a_build_in_another_region_is_none() {
    let (cloud, home) = with_bot();
    let plan = "deploy my-agent -d bot -o acme --plan --output json";
    let hash = json(&home.cloud(plan).assert().success())["build"]["contextHash"].clone();
    in_acme(&cloud, |acme| {
        let hash = hash.as_str().unwrap();
        for region in ["eu-central", "us-west"] {
            let build = crate::support::cloud::builds::Build::new(region, region, hash);
            acme.builds.all.insert(0, build);
        }
        acme.builds.all.swap(0, 1);
    });
    let here = cloud.change(|state| state.at("acme").builds.all[1].id().to_owned());
    let plan = json(&home.cloud(plan).assert().success());
    assert_eq!(plan["build"]["cachedBuildId"], here.as_str());
}

#[test]
fn the_plan_of_a_folder_says_whether_a_build_is_needed() {
    let (cloud, home) = with_bot();
    let line = "deploy my-agent -d bot -o acme --plan --output json";
    let plan = json(&home.cloud(line).assert().success());
    assert_eq!(plan["build"]["needed"], true);
    assert_eq!(plan["build"]["cachedBuildId"], Value::Null);
    assert!(cloud.writes().is_empty());
    let built = json(&home.cloud(&folder()).assert().success());
    let plan = json(&home.cloud(line).assert().success());
    assert_eq!(plan["build"]["needed"], false);
    assert_eq!(plan["build"]["cachedBuildId"], built["buildId"]);
}

#[cfg(unix)]
#[test]
fn an_interruption_says_which_build_goes_on_and_leaves_no_file() {
    use crate::support::running::Running;
    let (cloud, home) = with_bot();
    in_acme(&cloud, |acme| {
        acme.builds.course = vec![json!({"status": "building"})];
    });
    let line = folder();
    let mut running =
        Running::start(home.command(["cloud"].into_iter().chain(line.split_whitespace())));
    let begun = running.line("build ");
    running.signal("INT");
    let output = running.finish();
    assert_eq!(output.status.code(), Some(130));
    let value: Value = serde_json::from_slice(&output.stdout).unwrap();
    let id = value["error"]["buildId"].as_str().unwrap();
    assert!(begun.contains(id), "{begun}");
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        said.contains(&format!("pipecat cloud build status {id} -o acme")),
        "{said}"
    );
    let mut left: Vec<_> = fs::read_dir(home.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    left.sort();
    assert_eq!(left, [".config", "bin", "bot"]);
}
