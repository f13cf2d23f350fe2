//! `build list`, `build status`, `build logs`, and the fake cloud's builds themselves.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::Path;

use pipecat_cloud_cli::project::context::Options;
use pipecat_cloud_cli::project::{Archive, BuildContext};
use serde_json::{Value, json};
use snapbox::str;

use crate::support::browser::client;
use crate::support::cloud::{ADA_PAT, Cloud, Fault};
use crate::support::run::{ada, json, stderr, stdout};

const BUILDS: &str = "/v1/organizations/acme/builds";

/// The id of a build of acme's, by its place in the list.
fn id(cloud: &Cloud, place: usize) -> String {
    cloud.change(|state| state.at("acme").builds.all[place].id().to_owned())
}

#[test]
fn builds_are_listed_newest_first_and_filtered_by_the_service() {
    let (cloud, home) = ada();
    let run = home.cloud("build list -o acme").assert().success();
    let text = stdout(&run);
    let rows: Vec<Vec<&str>> = text.lines().map(|row| row.split('\t').collect()).collect();
    let columns = [
        "Build ID", "Status", "Region", "Duration", "Created", "Source",
    ];
    assert_eq!(rows[0], columns);
    let without_id: Vec<&[&str]> = rows[1..].iter().map(|row| &row[1..5]).collect();
    assert_eq!(
        without_id,
        [
            ["building", "us-west", "N/A", "2026-01-31 16:20:00"],
            ["failed", "eu-central", "42s", "2026-01-30 11:00:00"],
            ["success", "us-west", "1m 39s", "2026-01-20 07:58:00"],
            ["timeout", "pce-berlin", "1h 2m", "2026-01-15 09:00:00"],
            ["pending", "us-west", "N/A", "2026-01-12 08:00:00"],
        ]
    );
    assert_eq!(rows[1][0], id(&cloud, 0));
    let sources: Vec<&str> = rows[1..].iter().map(|row| row[5]).collect();
    assert!(sources[0].starts_with("acme-voice/concierge@"), "{text}");
    assert_eq!(sources[0].rsplit('@').next().unwrap().len(), 7);
    assert_eq!(sources[1].len(), 7);
    assert_eq!(sources[2], "—");

    let line = "build list -n 1 -s success -r us-west -o acme --output json";
    let answer = json(&home.cloud(line).assert().success());
    assert_eq!(answer["builds"].as_array().unwrap().len(), 1);
    assert_eq!(answer["total"], 1);
    let queries: Vec<String> = cloud
        .requests()
        .iter()
        .map(|one| one.query.clone())
        .collect();
    assert_eq!(
        queries,
        ["limit=10", "limit=1&region=us-west&status=success"]
    );

    home.cloud("build list -o acme -s cancelled")
        .assert()
        .success()
        .stdout_eq("Build ID\tStatus\tRegion\tDuration\tCreated\tSource\n")
        .stderr_eq("the organization `acme` has no such builds\n");
    for line in [
        "list -n 0",
        "list -n 101",
        "logs x -n 0",
        "logs x -n 10001",
        "list -n x",
    ] {
        home.cloud(&format!("build {line} -o acme"))
            .assert()
            .code(2);
    }
}

#[test]
fn a_build_is_shown_with_what_is_known_of_it() {
    let (cloud, home) = ada();
    let line = format!("build status {} -o acme", id(&cloud, 2));
    home.cloud(&line)
        .assert()
        .success()
        .stdout_eq(str![[r#"
Build ID: [..]
Status: success
Region: us-west
Context Hash: 0123456789abcdef
Dockerfile: Dockerfile
Created: 2026-01-20 07:58:00
Started: 2026-01-20 07:58:05
Completed: 2026-01-20 07:59:44
Duration: 1m 39s
Context Size: 2.0 KB
Image Size: 500.0 MB

"#]])
        .stderr_eq(str![[r#"
hint: see its log with `pipecat cloud build logs [..] -o acme`
hint: deploy it with `pipecat cloud deploy AGENT_NAME --build-id [..]`

"#]]);
    let run = home
        .cloud(&format!("build status {} -o acme", id(&cloud, 0)))
        .assert()
        .success();
    let text = stdout(&run);
    assert!(
        text.contains("Repository: acme-voice/concierge\nRef: main\nCommit: "),
        "{text}"
    );
    let run = home
        .cloud(&format!("build status {} -o acme", id(&cloud, 1)))
        .assert()
        .success();
    assert!(stdout(&run).contains("\nError: process \"/bin/sh"));

    // It comes in a wrapping, or as it is.
    let bare =
        json!({"id": "b1", "status": "exporting", "imageSizeBytes": "much", "createdAt": null});
    for answer in [json!({"build": bare}), bare.clone()] {
        cloud.clear_faults();
        cloud.fault(Fault::on("GET", &format!("{BUILDS}/b1")).json(&answer));
        let run = home.cloud("build status b1 -o acme --output json");
        assert_eq!(json(&run.assert().success()), bare);
        home.cloud("build status b1 -o acme")
            .assert()
            .success()
            .stdout_eq(str![[r#"
Build ID: b1
Status: exporting
Region: N/A
Context Hash: N/A
Dockerfile: N/A
Created: N/A

"#]]);
    }
}

#[test]
fn a_log_is_shown_as_it_grows() {
    let (cloud, home) = ada();
    let building = id(&cloud, 0);
    cloud.change(|state| {
        let build = &mut state.at("acme").builds.all[0];
        build.upcoming_logs = [
            vec![],
            vec![
                json!({"timestamp": 5, "log": "a\tb\u{1b}[2J\n"}),
                json!(null),
                json!(7),
            ],
        ]
        .into();
    });
    let line = format!("build logs {building} -o acme");
    home.cloud(&line)
        .assert()
        .success()
        .stdout_eq(str![[r#"
2026-01-31 16:20:05 #1 [internal] load build definition from Dockerfile
2026-01-31 16:20:07 #2 RUN pip install -r requirements.txt
Collecting pipecat-ai

"#]])
        .stderr_eq(str![[r#"
hint: check on it with `pipecat cloud build status [..] -o acme`

"#]]);
    let run = home.cloud(&format!("{line} -n 4")).assert().success();
    let text = stdout(&run);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(
        lines,
        ["Collecting pipecat-ai", "5 a\\tb\\u{1b}[2J", "", "7"]
    );
    let run = home.cloud(&format!("{line} --output json")).assert();
    assert_eq!(json(&run.success())["logs"][2], "Collecting pipecat-ai");

    let run = home
        .cloud(&format!("build logs {} -o acme", id(&cloud, 4)))
        .assert()
        .success()
        .stdout_eq("");
    assert!(stderr(&run).contains("has written nothing yet"));
}

#[test]
fn a_build_that_is_not_there_and_answers_without_sense_are_told() {
    let (cloud, home) = ada();
    for verb in ["status", "logs"] {
        let run = home
            .cloud(&format!("build {verb} b1 -o acme"))
            .assert()
            .code(1);
        let told = stderr(&run);
        assert!(
            told.contains("the organization `acme` has no build `b1`"),
            "{told}"
        );
        assert!(
            told.contains("`pipecat cloud build list -o acme`"),
            "{told}"
        );
        let before = cloud.requests().len();
        home.cloud(&format!("build {verb} ../services -o acme"))
            .assert()
            .code(1);
        let line = "GET /v1/organizations/acme/builds/..%2Fservices";
        let request = &cloud.requests()[before];
        assert!(request.to_string().starts_with(line), "{request:?}");
        home.cloud(&format!("build {verb} .. -o acme"))
            .assert()
            .code(1);
        assert_eq!(cloud.requests().len(), before + 1);
    }
    for (line, answer) in [
        ("list", json!({"builds": null, "total": null})),
        ("list", json!({})),
        ("list", json!([])),
        ("status b1", json!({"build": null})),
        ("status b1", json!({})),
        ("logs b1", json!({"logs": "x"})),
    ] {
        cloud.clear_faults();
        cloud.fault(Fault::under("GET", BUILDS).json(&answer));
        let line = format!("build {line} -o acme --output json");
        let run = home.cloud(&line).assert().code(1);
        assert_eq!(
            json(&run)["error"]["code"],
            "unexpected_response",
            "{line}: {answer}"
        );
    }
    cloud.clear_faults();
    cloud.fault(Fault::under("GET", BUILDS).json(&json!({"builds": [null, 5, {"id": 7}]})));
    let run = home.cloud("build list -o acme").assert().success();
    assert_eq!(stdout(&run).lines().count(), 4);
}

/// A form, as it stands in a request.
fn form(parts: &[(&str, &str, &[u8])]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, more, content) in parts {
        let head = format!("--b0\r\nContent-Disposition: form-data; name=\"{name}\"{more}\r\n\r\n");
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(content);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--b0--\r\n");
    body
}

#[test]
fn the_fake_store_takes_a_form_in_order_and_builds_what_is_in_it() {
    let (cloud, home) = ada();
    let folder = home.path().join("bot");
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(folder.join("Dockerfile"), "FROM scratch\n").unwrap();
    std::fs::write(folder.join("bot.py"), "print()\n").unwrap();
    let context = BuildContext::walk(&Options {
        folder: &folder,
        dockerfile: "Dockerfile",
        patterns: &[],
        token_file: None,
    });
    let mut packed = Archive::pack(&context.unwrap(), Path::new(home.path())).unwrap();
    let mut archive = Vec::new();
    packed.file.read_to_end(&mut archive).unwrap();
    assert_eq!(archive.len() as u64, packed.size);

    let client = client();
    let url = |path: &str| format!("{}{path}", cloud.url());
    let post = |path: &str, body: &Value| {
        let request = client.post(url(path)).bearer_auth(ADA_PAT);
        let request = request.json(body);
        let answer = request.send().unwrap();
        (answer.status().as_u16(), answer.json::<Value>().unwrap())
    };
    let (status, target) = post(
        &format!("{BUILDS}/upload-url"),
        &json!({"region": "us-west"}),
    );
    assert_eq!(status, 200);
    let fields: BTreeMap<String, String> =
        serde_json::from_value(target["uploadFields"].clone()).unwrap();
    let file = "; filename=\"context.tar.gz\"\r\nContent-Type: application/gzip";
    let mut parts: Vec<(&str, &str, &[u8])> = fields
        .iter()
        .map(|(name, value)| (name.as_str(), "", value.as_bytes()))
        .collect();
    parts.push(("Content-Type", "", b"application/gzip"));
    parts.push(("file", file, &archive));
    let send = |body: Vec<u8>, token: Option<&str>| {
        let request = client.post(target["uploadUrl"].as_str().unwrap());
        let request = request.header("content-type", "multipart/form-data; boundary=b0");
        let request = match token {
            Some(token) => request.bearer_auth(token),
            None => request,
        };
        request.body(body).send().unwrap().status().as_u16()
    };
    assert_eq!(send(form(&parts), Some(ADA_PAT)), 400, "with a token");
    assert_eq!(send(form(&parts[1..]), None), 403, "a field is missing");
    let mut turned = parts.clone();
    turned.reverse();
    assert_eq!(send(form(&turned), None), 403, "the file comes first");
    let broken = [&parts[..parts.len() - 1], &[("file", file, b"x" as &[u8])]].concat();
    assert_eq!(send(form(&broken), None), 403, "no archive");
    let start = json!({
        "uploadId": target["uploadId"], "dockerfilePath": "Dockerfile", "region": "us-west",
    });
    assert_eq!(post(BUILDS, &start).0, 400, "nothing was uploaded");
    assert_eq!(send(form(&parts), None), 204);
    let paths = cloud.change(|state| {
        let archive = state.at("acme").builds.uploads[0].archive.clone().unwrap();
        archive.paths().join(" ")
    });
    assert_eq!(paths, "Dockerfile bot.py");

    let (status, started) = post(BUILDS, &start);
    assert_eq!((status, &started["cached"]), (201, &json!(false)));
    assert_eq!(started["contextHash"], packed.hash.as_str());
    let build = started["build"]["id"].as_str().unwrap();
    let statuses = [(); 4].map(|()| {
        let run = home.cloud(&format!("build status {build} -o acme --output json"));
        json(&run.assert().success())["status"]
            .as_str()
            .unwrap()
            .to_owned()
    });
    assert_eq!(statuses, ["pending", "building", "success", "success"]);
    let (status, again) = post(BUILDS, &start);
    assert_eq!((status, &again["cached"]), (200, &json!(true)));
    assert_eq!(again["build"]["id"], build);
}
