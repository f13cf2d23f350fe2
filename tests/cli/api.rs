//! A request of one's own: with the sign-in in force, and to the service alone.

use std::fs;

use serde_json::{Value, json};

use crate::support::cloud::{ADA_PAT, Cloud, Fault};
use crate::support::home::Home;
use crate::support::run::{ada, json, stderr, stdout};

const ANY: &str = "/v1/organizations/acme/any";

/// A cloud with a route that answers anything with this.
fn answering(text: &str) -> (Cloud, Home) {
    let (cloud, home) = ada();
    cloud.fault(Fault::on("*", ANY).text(text).status(200));
    (cloud, home)
}

#[test]
fn an_answer_comes_as_it_was_sent() {
    // Nothing of it may be read and written anew; but nothing in it takes effect on a terminal.
    let sent = "{\"b\":1.10,\n\t\"a\" : [\"x\\u00e9\u{9b}2J\", 12345678901234567890123]}";
    let (cloud, home) = answering(sent);
    let line = "api get v1/organizations/{org}/any -o acme";
    let run = home.cloud(line).assert().success().stderr_eq("");
    let harmless = sent.replace('\u{9b}', "\\u009b");
    assert_eq!(stdout(&run), format!("{harmless}\n"));
    let requests = cloud.requests();
    assert_eq!(requests, [format!("GET {ANY}").as_str()]);
    assert_eq!(requests[0].bearer(), Some(ADA_PAT));

    let run = home
        .cloud(&format!("{line} --include --output json"))
        .assert()
        .success();
    let answer = json(&run);
    assert_eq!(answer["status"], 200);
    assert_eq!(answer["headers"]["content-type"], "application/json");
    assert_eq!(answer["body"]["a"][0], "x\u{e9}\u{9b}2J");
    let run = home.cloud(&format!("{line} -i")).assert().success();
    let told = stdout(&run);
    assert!(told.starts_with("HTTP 200 OK\n"), "{told}");
    assert!(told.ends_with(&format!("\n\n{harmless}\n")), "{told}");
    home.cloud(&format!("{line} --silent"))
        .assert()
        .success()
        .stdout_eq("");
}

#[test]
fn fields_become_a_query_or_an_object_and_a_file_goes_as_it_is() {
    let (cloud, home) = answering("{}");
    let fields =
        "-f name=007 -F count=3 -F on=true -F none=null -F a[b]=x -F a[c][]=-1 -F note=@note";
    fs::write(home.path().join("note"), "two\nlines").unwrap();
    let run = home.cloud(&format!("api POST {ANY} {fields}")).assert();
    run.success();
    home.cloud(&format!("api GET {ANY}?x=1 -f q=a&b -F n=2"))
        .assert()
        .success();
    let body = "{ \"big\": 1e400,\n\"b\":1 }";
    fs::write(home.path().join("body.json"), body).unwrap();
    let run = home
        .cloud(&format!("api PUT {ANY} --input body.json -f dry=yes"))
        .assert();
    run.success();
    let requests = cloud.requests();
    assert_eq!(
        requests[0].json(),
        json!({
            "name": "007", "count": 3, "on": true, "none": null,
            "a": {"b": "x", "c": [-1]}, "note": "two\nlines",
        })
    );
    assert_eq!(requests[1].query, "x=1&q=a%26b&n=2");
    assert_eq!(
        (requests[1].body.as_str(), requests[2].query.as_str()),
        ("", "dry=yes")
    );
    assert_eq!(requests[2].body, body);
    assert_eq!(requests[2].header("content-type"), Some("application/json"));
}

#[test]
fn what_leads_elsewhere_or_makes_no_sense_is_refused_before_any_request() {
    let (cloud, home) = ada();
    for (line, status) in [
        ("GET https://evil.example/v1/users", 1),
        ("GET //evil.example/v1/users", 1),
        ("DELETE /v1/organizations/{org}/services/../apiKeys/k", 1),
        ("DELETE /v1/organizations/{org}/services/", 1),
        ("GET /v1/{agent}", 1),
        ("POST /v1/x --input missing.json", 1),
        ("TRACE /v1/users", 2),
        ("POST /v1/x --paginate", 2),
        ("GET /v1/x --input body.json", 2),
        ("POST /v1/x -F a=@- --input -", 2),
        ("POST /v1/x -f a", 2),
        ("POST /v1/x -f a=1 -f a[b]=2", 2),
    ] {
        let run = home.cloud(&format!("api {line}")).assert().code(status);
        run.stdout_eq("");
    }
    assert_eq!(cloud.requests(), [""; 0]);
}

#[test]
fn a_path_without_the_version_is_sent_and_its_absence_explained() {
    let (_cloud, home) = ada();
    let run = home.cloud("api GET organizations").assert().code(1);
    let hint = "hint: the paths of the service begin with `/v1/`\n";
    assert!(stderr(&run).ends_with(hint), "{}", stderr(&run));
    let run = home.cloud("api GET /v1/nowhere").assert().code(1);
    assert!(!stderr(&run).contains("begin with"), "{}", stderr(&run));
}

#[test]
fn it_is_renewed_told_and_kept_to_the_host_like_everything_else() {
    let cloud = Cloud::start();
    let home = Home::new(&cloud);
    home.sign_in_at(cloud.url(), &cloud.session("ada"));
    cloud.expire_access_tokens();
    home.cloud("api GET /v1/users").assert().success();
    assert_eq!(cloud.renewals(), 1);

    let elsewhere = Cloud::start();
    let to = format!("{}/v1/users", elsewhere.url());
    cloud.fault(Fault::on("GET", ANY).status(302).header("Location", &to));
    home.cloud(&format!("api GET {ANY}"))
        .assert()
        .code(1)
        .stdout_eq("");
    assert_eq!(elsewhere.requests(), [""; 0]);

    let refusal = json!({"error": "too warm", "code": "PCC-1", "more": [1]});
    cloud.fault(Fault::on("PATCH", ANY).status(503).json(&refusal));
    let run = home
        .cloud(&format!("api PATCH {ANY} -f a=b --output json"))
        .assert()
        .code(1);
    let error = &json(&run)["error"];
    assert_eq!(
        (&error["error"], &error["more"]),
        (&json!("too warm"), &json!([1]))
    );
    assert_eq!(error["retryable"], false);
    assert!(
        stderr(&run).contains("may have been carried out"),
        "{}",
        stderr(&run)
    );

    cloud.fault(Fault::on("DELETE", ANY).page("<html>sign in</html>"));
    let run = home.cloud(&format!("api DELETE {ANY}")).assert().code(1);
    assert!(stderr(&run).contains("a web page"), "{}", stderr(&run));
}

#[test]
fn a_list_is_asked_for_page_by_page_until_it_is_whole() {
    let (cloud, home) = ada();
    cloud.change(|state| state.at("acme").agent("support-line").add_sessions(235));
    let line = "api GET /v1/organizations/acme/services/support-line/sessions --paginate";
    let whole = |line: &str| {
        let run = home.cloud(line).assert().success();
        let answer: Value = serde_json::from_str(&stdout(&run)).unwrap();
        let sessions = answer["sessions"].as_array().unwrap().len();
        (sessions, answer["total_count"].clone(), stderr(&run))
    };
    assert_eq!(whole(line), (250, json!(250), String::new()));
    let queries: Vec<String> = cloud.requests().into_iter().map(|one| one.query).collect();
    assert_eq!(
        queries,
        ["limit=100", "limit=100&offset=100", "limit=100&offset=200"]
    );
    // A service that does not know `offset` sends the same again and again.
    cloud.change(|state| state.at("acme").agents.paging.knows_offset = false);
    let (sessions, _, told) = whole(&format!("{line} -F limit=40"));
    assert_eq!(sessions, 40);
    assert!(told.contains("only 40 of 250"), "{told}");
}
