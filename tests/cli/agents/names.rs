//! A name stays within its segment of the path, whatever is in it.

use crate::support::run::{ada, json};

/// The verbs that take an agent's name, and what each adds to the path.
const VERBS: [(&str, &[&str], &str); 10] = [
    ("status", &[], ""),
    ("deployments", &[], "/deployments"),
    ("sessions", &[], "/sessions"),
    ("logs", &[], "/logs"),
    (
        "link",
        &["--repo", "a/b", "--branch", "c"],
        "/environments/production/git",
    ),
    ("unlink", &["-f"], "/environments/production/git"),
    (
        "deploy",
        &["--github"],
        "/environments/production/git/deploy",
    ),
    ("start", &["-f", "-k", "pk_test_0123456789"], ""),
    ("delete", &["-f"], ""),
    ("stop", &["-f", "-s", "x"], "/sessions/x"),
];

#[test]
fn every_name_goes_into_one_segment() {
    let (cloud, home) = ada();
    for (verb, options, below) in VERBS {
        for (name, segment) in [
            ("../apiKeys/k-1", "..%2FapiKeys%2Fk-1"),
            ("a/b?c#d", "a%2Fb%3Fc%23d"),
        ] {
            let before = cloud.requests().len();
            let line = ["cloud", "agent", verb, name, "-o", "acme"];
            home.pipecat(line.iter().chain(options)).assert().code(1);
            let requests = cloud.requests();
            let path = format!("/v1/organizations/acme/services/{segment}{below}");
            let paths: Vec<String> = requests[before..]
                .iter()
                .map(|request| request.path.clone())
                .collect();
            assert_eq!(paths, [path], "{verb} {name}");
        }
    }
    let stop = [
        "cloud",
        "agent",
        "stop",
        "support-line",
        "-o",
        "acme",
        "-f",
        "-s",
        "../../../apiKeys/k-1",
    ];
    home.pipecat(stop).assert().code(1);
    let last = cloud.requests().pop().unwrap();
    assert_eq!(
        last.path,
        "/v1/organizations/acme/services/support-line/sessions/..%2F..%2F..%2FapiKeys%2Fk-1"
    );
}

#[test]
fn what_can_be_no_name_is_refused_before_any_request() {
    let (cloud, home) = ada();
    for (verb, options, _) in VERBS {
        for name in ["", ".", ".."] {
            // Not even the organization is asked for.
            let line = ["cloud", "agent", verb, name, "--output", "json"];
            let run = home.pipecat(line.iter().chain(options)).assert().code(1);
            assert_eq!(
                json(&run)["error"]["code"],
                "invalid_input",
                "{verb} {name:?}"
            );
        }
    }
    for line in [
        "agent stop booking -f -s ..",
        "agent sessions booking --id .",
        "agent profiles enable ..",
        "agent profiles update .. --display-name x",
        "secrets list ..",
        "secrets delete ..",
        "secrets unset .. A",
        "secrets unset bot ..",
        "secrets image-pull-secret .. ghcr.io u:p",
        "regions show ..",
        "regions delete ..",
        "regions enroll-token ..",
    ] {
        home.cloud(line).assert().code(1).stdout_eq("");
    }
    assert_eq!(cloud.requests(), [""; 0]);
}
