//! Very many at once: more processes than anybody starts.

use std::process::{Child, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use toml_edit::DocumentMut;

use super::{json_command, perform, prepared};
use crate::support::cloud::world::{organization, public_key};
use crate::support::cloud::{Cloud, Fault};
use crate::support::home::Home;

const MANY: usize = 100;

fn start(home: &Home, line: &str) -> Child {
    json_command(home, line)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

fn all_succeed(processes: Vec<Child>) {
    for process in processes {
        let output = process.wait_with_output().unwrap();
        assert!(output.status.success(), "{output:?}");
        let value: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        assert!(value.is_object(), "{value}");
    }
}

fn run_out() -> (Cloud, Home) {
    let (cloud, home) = prepared();
    let mut session = cloud.session("ada");
    session.expires_in = 0;
    home.sign_in(&session);
    cloud.expire_access_tokens();
    (cloud, home)
}

#[test]
fn a_hundred_processes_renew_a_session_once() {
    let (cloud, home) = run_out();
    // Slow enough for many of them to find the session expired.
    cloud.fault(Fault::on("POST", "/oauth/token").delay(Duration::from_millis(400)));
    all_succeed((0..MANY).map(|_| start(&home, "auth whoami")).collect());
    assert_eq!((cloud.renewals(), cloud.reuses()), (1, 0));
    assert_eq!(cloud.writes().len(), 1);
}

/// Default keys of different organizations, the active organization, and keys that are created
/// and revoked: whatever the order, nobody's change is lost.
#[test]
fn a_hundred_writers_lose_no_change() {
    let (cloud, home) = prepared();
    let names: Vec<&'static str> = (0..MANY - 10)
        .map(|number| &*format!("team.{number}").leak())
        .collect();
    cloud.change(|state| {
        for name in &names {
            let mut organization = organization(name, name, &["ada"]);
            organization.public_keys = vec![public_key(name, "web", "Web", 1)];
            state.organizations.push(organization);
        }
    });
    let uses = |name: &&str| format!("organizations keys use -o {name} --key Web");
    let mut lines: Vec<String> = names.iter().map(uses).collect();
    for turn in 0..8 {
        lines.insert(turn * 11, "organizations select -o acme".to_owned());
    }
    lines.insert(
        40,
        "organizations keys create -o ada-personal -n Kiosk -d".to_owned(),
    );
    lines.insert(
        60,
        "organizations keys revoke -o acme --key key_acme_web --yes".to_owned(),
    );
    all_succeed(lines.iter().map(|line| start(&home, line)).collect());

    let config: DocumentMut = home.config().parse().unwrap();
    assert_eq!(config["org"].as_str(), Some("acme"));
    for name in names {
        let key = config[name]["default_public_key"].as_str();
        assert_eq!(key, Some(&*format!("pk_{name}_web_0123456789abcdef")));
    }
    let created = config["ada-personal"]["default_public_key_name"].as_str();
    assert_eq!(created, Some("Kiosk"));
    assert!(config["acme"].get("default_public_key").is_none());
    assert!(home.config().starts_with("# mine\n"));
    assert_eq!(
        home.files(),
        ["pipecatcloud.toml", "pipecatcloud.toml.lock"]
    );
}

/// One of them hangs: the others say so, and still have the time to ask with what they have.
#[test]
fn a_renewal_that_hangs_holds_nobody_up_for_ever() {
    let (cloud, home) = run_out();
    cloud.fault(Fault::on("POST", "/oauth/token").delay(Duration::from_secs(90)));
    let mut hanging = start(&home, "auth whoami");
    let since = Instant::now();
    while cloud.writes().is_empty() {
        assert!(since.elapsed() < Duration::from_secs(20), "no renewal");
        thread::sleep(Duration::from_millis(2));
    }
    let before = home.config();
    let since = Instant::now();
    let trial = perform(&cloud, json_command(&home, "auth whoami"));
    let value = trial.json();
    assert_eq!(trial.code(), 1, "{trial:?}");
    assert_eq!(value["error"]["code"], "config_locked", "{trial:?}");
    assert!(trial.stderr.contains("; waiting for it\n"), "{trial:?}");
    assert!(trial.stderr.contains("is still changing"), "{trial:?}");
    assert!(since.elapsed() < Duration::from_secs(25), "{trial:?}");
    assert_eq!(home.config(), before);
    hanging.kill().unwrap();
    hanging.wait().unwrap();
}
