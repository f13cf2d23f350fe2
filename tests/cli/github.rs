//! `github`.

use serde_json::{Value, json};
use snapbox::str;

use crate::support::cloud::Fault;
use crate::support::cloud::github::{Attempt, installation};
use crate::support::run::{ada, json, stderr, stdout};

#[test]
fn the_connection_is_shown_with_its_page_on_github() {
    let (cloud, home) = ada();
    let run = home.cloud("github status -o acme").assert().success();
    let text = stdout(&run);
    assert!(
        text.starts_with("Field\tValue\nAccount\tacme-voice\nAccount type\torganization\n"),
        "{text}"
    );
    assert!(
        text.contains(
            "Manage on GitHub\thttps://github.com/organizations/acme-voice/settings/installations/"
        ),
        "{text}"
    );
    home.cloud("github status -o ada-personal")
        .assert()
        .success()
        .stdout_eq("Field\tValue\n")
        .stderr_eq(str![[r#"
`ada-personal` is not connected to GitHub
hint: connect it with `pipecat cloud github connect -o ada-personal`

"#]]);
    let run = home.cloud("github status -o ada-personal --output json");
    assert_eq!(json(&run.assert().success()), json!({"installation": null}));
    cloud.change(|state| {
        let acme = state.organization("acme").unwrap();
        acme.github.installation["suspendedAt"] = json!("2026-02-01T00:00:00Z");
    });
    let run = home.cloud("github status -o acme").assert().success();
    assert!(stdout(&run).contains("Status\tSuspended (2026-02-01T00:00:00Z)\n"));
    assert!(stderr(&run).contains("nothing can be deployed"));
}

#[test]
fn repositories_and_branches_are_listed() {
    let (cloud, home) = ada();
    let run = home.cloud("github repos -o acme").assert().success();
    let text = stdout(&run);
    assert!(
        text.starts_with("Repository\tDefault branch\tVisibility\n"),
        "{text}"
    );
    assert!(
        text.contains("\tprivate\n") && text.contains("\tpublic\n"),
        "{text}"
    );
    let repository = text
        .lines()
        .nth(1)
        .unwrap()
        .split('\t')
        .next()
        .unwrap()
        .to_owned();
    let run = home
        .cloud(&format!(
            "github branches {repository} -o acme --output json"
        ))
        .assert()
        .success();
    let value = json(&run);
    assert_eq!(value["repository"], repository.as_str());
    assert!(!value["branches"].as_array().unwrap().is_empty());
    let before = cloud.requests().len();
    for odd in [
        "acme", "acme/", "/x", "a/b/c", "acme/..", "acme/b c", "acme/b?c",
    ] {
        home.pipecat(["cloud", "github", "branches", odd, "-o", "acme"])
            .assert()
            .code(1);
    }
    assert_eq!(cloud.requests().len(), before);
}

#[test]
fn connecting_waits_until_it_is_connected() {
    let (cloud, home) = ada();
    cloud.change(|state| {
        let personal = state.organization("ada-personal").unwrap();
        personal.github.attempt = Some(Attempt {
            looks: 1,
            installation: installation("ada", "user"),
        });
    });
    let run = home
        .cloud("github connect --headless -o ada-personal --output json")
        .assert()
        .success();
    let value: Value = json(&run);
    assert_eq!(value["connected"], true);
    assert_eq!(value["installation"]["githubAccountLogin"], "ada");
    let told = stderr(&run);
    assert!(told.lines().any(|line| line.starts_with("http")), "{told}");
    // There is one now, so nothing else is asked for.
    let before = cloud.requests().len();
    home.cloud("github connect -o ada-personal")
        .assert()
        .success();
    assert_eq!(cloud.requests().len(), before + 1);
}

#[test]
fn an_address_that_is_not_safe_to_open_is_not() {
    let (cloud, home) = ada();
    for address in [
        "file:///etc/passwd",
        "http://github.example",
        "javascript:alert(1)",
        "",
    ] {
        cloud.clear_faults();
        let path = "/v1/organizations/ada-personal/github/install-url";
        cloud.fault(Fault::on("GET", path).json(&json!({"url": address})));
        home.cloud("github connect -o ada-personal")
            .assert()
            .code(1);
    }
}

#[test]
fn a_connection_that_never_comes_ends_in_time() {
    let (_cloud, home) = ada();
    let run = home
        .cloud("github connect --headless --timeout 1 -o ada-personal --output json")
        .assert()
        .code(1);
    assert_eq!(json(&run)["error"]["code"], "timed_out");
}

#[test]
fn disconnecting_says_what_stays() {
    let (cloud, home) = ada();
    let run = home
        .cloud("github disconnect --yes -o acme --output json")
        .assert()
        .success();
    assert_eq!(
        json(&run),
        json!({"disconnected": true, "organization": "acme"})
    );
    assert!(stderr(&run).contains("stays installed; remove it in the settings on GitHub"));
    let run = home
        .cloud("github disconnect --yes -o acme")
        .assert()
        .code(1);
    assert!(stderr(&run).contains("is not connected to GitHub"));
    assert_eq!(cloud.writes().len(), 2);
}
