//! What goes wrong on the way of a look, while a build or a deployment is waited for.

use std::sync::Arc;
use std::thread;

use serde_json::{Value, json};
use snapbox::cmd::OutputAssert;

use super::{SERVICES, UPDATE, in_acme};
use crate::support::cloud::{ADA_PAT, Cloud, Fault};
use crate::support::home::Home;
use crate::support::interposer::{self, Interposer, Reply, Trap};
use crate::support::run::{ada, json, stderr};

/// The first build that the cloud starts.
const BUILD: &str = "/v1/organizations/acme/builds/74abf1b5-289e-4aff-a74b-24b528a7362d";

const PAGE: &str = "<!DOCTYPE html><title>Sign in</title>";

/// What passes: one look brings nothing, the next one does.
fn passing(path: &str) -> Vec<Fault> {
    let on = || Fault::on("GET", path).times(1);
    vec![
        on().status(500),
        on().status(502).page(PAGE),
        on().status(429).header("Retry-After", "0"),
        on().status(408),
        on().status(404)
            .json(&json!({"error": "no", "code": "404"})),
        on().page(PAGE),
        on().text("{"),
        on().json(&json!({})),
        on().json(&json!({"body": null, "build": null})),
    ]
}

/// What does not.
fn final_ones(path: &str) -> Vec<Fault> {
    let on = |status: u16| Fault::on("GET", path).status(status);
    let refused = |status: u16| on(status).json(&json!({"error": "no", "code": "E-NO"}));
    vec![refused(401), refused(403), refused(400)]
}

fn deploy(home: &Home, line: &str) -> OutputAssert {
    home.cloud(&format!("{line} --output json")).assert()
}

/// A cloud that builds at once, and a folder to build.
fn with_folder(cloud: &Cloud, home: &Home) -> &'static str {
    in_acme(cloud, |acme| {
        acme.builds.course = vec![json!({"status": "success"})];
    });
    let bot = home.path().join("bot");
    std::fs::create_dir(&bot).unwrap();
    std::fs::write(bot.join("Dockerfile"), "FROM scratch\n").unwrap();
    "deploy my-agent -d bot -o acme --yes"
}

/// A deployment whose second look at the agent meets a fault.
fn with_agent(fault: Fault) -> (Cloud, Home) {
    let (cloud, home) = ada();
    // The look before anything is sent gets the true answer.
    cloud.fault(Fault::on("GET", &format!("{SERVICES}/support-line")).times(1));
    cloud.fault(fault);
    (cloud, home)
}

#[test]
fn what_passes_is_borne_and_what_does_not_ends_it_with_the_id() {
    let agent = format!("{SERVICES}/support-line");
    // Each waits a while for its next look, so all of them wait together.
    thread::scope(|scope| {
        for fault in passing(&agent) {
            scope.spawn(move || {
                let (_cloud, home) = with_agent(fault.clone());
                let run = deploy(&home, UPDATE);
                assert_eq!(json(&run)["ready"], true, "{fault:?}: {}", stderr(&run));
            });
        }
        for fault in final_ones(&agent) {
            scope.spawn(move || {
                let (cloud, home) = with_agent(fault.clone());
                let run = deploy(&home, UPDATE).code(1);
                let said = stderr(&run);
                assert!(said.contains("it may well continue"), "{fault:?}: {said}");
                assert!(json(&run)["error"]["deploymentId"].is_string(), "{fault:?}");
                assert_eq!(cloud.writes().len(), 1, "{fault:?}");
            });
        }
        for fault in passing(BUILD) {
            scope.spawn(move || {
                let (cloud, home) = ada();
                let line = with_folder(&cloud, &home);
                cloud.fault(fault.clone());
                let run = deploy(&home, line);
                assert_eq!(json(&run)["ready"], true, "{fault:?}: {}", stderr(&run));
            });
        }
        for fault in final_ones(BUILD) {
            scope.spawn(move || {
                let (cloud, home) = ada();
                let line = with_folder(&cloud, &home);
                cloud.fault(fault.clone());
                let run = deploy(&home, line).code(1);
                let said = stderr(&run);
                assert!(said.contains("the build continues"), "{fault:?}: {said}");
                let id = BUILD.rsplit('/').next().unwrap();
                assert_eq!(json(&run)["error"]["buildId"], id, "{fault:?}");
                assert!(!cloud.writes().iter().any(|one| one.path == SERVICES));
            });
        }
        for fault in [
            interposer::Fault::Close,
            interposer::Fault::Changed(Arc::new(|reply: &Reply| {
                let mut bytes = reply.bytes();
                bytes.truncate(bytes.len() / 2);
                bytes
            })),
        ] {
            scope.spawn(move || {
                let interposer = Interposer::start(Some(Trap {
                    method: "GET",
                    path: BUILD,
                    fault,
                    times: 1,
                }));
                let home = Home::new(&interposer.cloud);
                home.sign_in_pat(ADA_PAT);
                let line = with_folder(&interposer.cloud, &home);
                let run = deploy(&home, line);
                assert_eq!(json(&run)["ready"], true, "{}", stderr(&run));
                assert_eq!(interposer.count("GET", BUILD), 2);
            });
        }
    });
}

#[test]
fn a_session_that_ends_meanwhile_is_renewed() {
    let refused = json!({"error": "expired", "code": "401"});
    let fault = Fault::on("GET", &format!("{SERVICES}/support-line")).times(1);
    let (cloud, home) = with_agent(fault.status(401).json(&refused));
    home.sign_in(&cloud.session("ada"));
    let run = deploy(&home, UPDATE);
    assert_eq!(json(&run)["ready"], true, "{}", stderr(&run));
    let writes = cloud.writes();
    let sent = writes.iter().filter(|one| one.path == SERVICES).count();
    assert_eq!(sent, 1, "{writes:?}");
}

#[test]
fn what_ran_before_is_not_taken_for_what_was_sent() {
    let path = format!("{SERVICES}/support-line");
    for answer in [
        json!({}),
        json!({"ready": true}),
        json!({"desiredDeploymentId": null}),
    ] {
        let (cloud, home) = ada();
        // The service says nothing of what it has taken, and takes nothing.
        cloud.fault(Fault::on("PUT", SERVICES).json(&answer));
        let run = deploy(&home, &format!("{UPDATE} --timeout 1")).code(1);
        let value: Value = json(&run);
        assert_eq!(value["ready"], false, "{answer}");
        assert_eq!(value["state"], "not_taken_up", "{answer}");
        let seen = cloud.requests();
        assert!(
            seen.iter()
                .any(|one| one.method == "GET" && one.path == path)
        );

        // It has taken it, and says nothing of it.
        let (cloud, home) = ada();
        cloud.fault(Fault::on("PUT", SERVICES).json(&answer).applied());
        let run = deploy(&home, UPDATE).success();
        assert_eq!(json(&run)["ready"], true, "{answer}");
        assert!(json(&run)["deploymentId"].is_string(), "{answer}");
    }
}
