//! No answer, or half of one.

use serde_json::json;
use snapbox::str;

use crate::support::cloud::{ADA_PAT, Cloud};
use crate::support::home::Home;
use crate::support::ports::closed;
use crate::support::run::{json, stderr, stdout};
use crate::support::wire::{Behaviour, HALF_ANSWER, Wire};

/// A home in which ada is signed in to the service at this address.
fn home_of(address: &str) -> Home {
    let home = Home::with_program(crate::support::program(), address);
    home.sign_in_pat(ADA_PAT);
    home
}

#[test]
fn a_refused_connection_is_no_missing_network() {
    let home = home_of(&format!("http://{}", closed()));
    home.cloud("organizations list")
        .assert()
        .code(1)
        .stdout_eq("")
        .stderr_eq(str![[r"
error: cannot connect to `127.0.0.1:[..]`: [..] (os error [..])
hint: nothing listens there: check the address, and whether the service is up
hint: `127.0.0.1:[..]` comes from `PIPECAT_API_HOST`

"]]);
    let run = home
        .cloud("organizations list --output json")
        .assert()
        .code(1);
    assert_eq!(json(&run)["error"]["code"], "unreachable");
}

#[test]
fn a_host_that_does_not_exist_is_named() {
    let home = home_of("https://nobody.invalid");
    let run = home
        .cloud("organizations list")
        .assert()
        .code(1)
        .stdout_eq("");
    let told = stderr(&run);
    // The resolver's own words differ from system to system, and a machine that cannot ask a name
    // server does not know.
    assert!(told.starts_with("error: "), "{told}");
    assert!(
        told.contains("there is no host `nobody.invalid`: ")
            || told.contains("`nobody.invalid` cannot be looked up"),
        "{told}"
    );
    assert!(told.contains("\nhint: "), "{told}");
    let run = home
        .cloud("organizations list --output json")
        .assert()
        .code(1);
    assert_eq!(json(&run)["error"]["code"], "unknown_host");
}

#[test]
fn a_connection_that_breaks_is_tried_twice_more_for_a_read() {
    for behaviour in [
        Behaviour::Close,
        Behaviour::ReadThenClose,
        Behaviour::Answer(HALF_ANSWER.to_owned()),
        Behaviour::Answer("HTTP/1.1 200 O".to_owned()),
    ] {
        let wire = Wire::start([behaviour.clone()]);
        let home = home_of(&wire.url());
        let run = home
            .cloud("organizations list --output json")
            .assert()
            .code(1);
        assert_eq!(
            json(&run)["error"]["code"],
            "connection_broken",
            "{behaviour:?}"
        );
        assert_eq!(wire.connections(), 3, "{behaviour:?}");
        let told = stderr(&run);
        let sentence = "error: the connection to `127.0.0.1";
        assert!(told.starts_with(sentence), "{told}");
        assert!(
            told.contains("broke before the answer was complete"),
            "{told}"
        );
        assert_eq!(told.lines().count(), 2, "{told}");
    }
}

#[test]
fn a_read_succeeds_once_the_connection_holds() {
    let cloud = Cloud::start();
    let wire = Wire::start([
        Behaviour::ReadThenClose,
        Behaviour::Answer(HALF_ANSWER.to_owned()),
        Behaviour::Forward(cloud.address()),
    ]);
    let home = home_of(&wire.url());
    let run = home
        .cloud("organizations list")
        .assert()
        .success()
        .stderr_eq("");
    assert!(stdout(&run).contains("\tacme\t"), "{}", stdout(&run));
    assert_eq!(wire.connections(), 3);
}

#[test]
fn a_write_whose_connection_breaks_is_sent_once_and_the_doubt_is_told() {
    for behaviour in [
        Behaviour::ReadThenClose,
        Behaviour::Answer(HALF_ANSWER.to_owned()),
    ] {
        let wire = Wire::start([behaviour.clone()]);
        let home = home_of(&wire.url());
        let run = home
            .cloud("organizations keys create -n Kiosk -o acme -d")
            .assert()
            .code(1)
            .stdout_eq("");
        assert_eq!(wire.connections(), 1, "{behaviour:?}");
        let doubt = "hint: the request may have been carried out all the same";
        assert!(stderr(&run).contains(doubt), "{}", stderr(&run));
        assert_eq!(home.config(), format!("token = \"{ADA_PAT}\"\n"));
    }
}

#[test]
fn a_revocation_whose_connection_breaks_is_sent_once_and_the_doubt_is_told() {
    let keys = json!({"public": [
        {"id": "key_1", "key": "pk_1", "metadata": {"name": "Web"}, "revoked": false}
    ]})
    .to_string();
    let listed = format!(
        "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{keys}",
        keys.len()
    );
    let wire = Wire::start([Behaviour::Answer(listed), Behaviour::ReadThenClose]);
    let home = home_of(&wire.url());
    let before = format!("token = \"{ADA_PAT}\"\n[acme]\ndefault_public_key = \"pk_1\"\n");
    home.write_config(&before);
    let run = home
        .cloud("organizations keys revoke --key key_1 --yes -o acme")
        .assert()
        .code(1)
        .stdout_eq("");
    assert_eq!(wire.connections(), 2);
    assert!(
        stderr(&run).contains("may have been carried out all the same"),
        "{}",
        stderr(&run)
    );
    assert_eq!(home.config(), before);
}

#[test]
fn what_speaks_no_http_is_told_apart_from_silence() {
    let wire = Wire::start([Behaviour::Answer("SSH-2.0-OpenSSH_9.6\r\n".to_owned())]);
    let home = home_of(&wire.url());
    let run = home
        .cloud("organizations list")
        .assert()
        .code(1)
        .stdout_eq("");
    assert!(stderr(&run).contains("HTTP"), "{}", stderr(&run));
}
