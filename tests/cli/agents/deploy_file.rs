//! The agent's name, where a deploy file says it.

use std::fs;

use crate::support::run::{ada, json, stderr};

#[test]
fn the_name_comes_from_the_line_the_option_the_variable_or_the_folder() {
    let (cloud, mut home) = ada();
    let asked = |agent: &str| {
        let requests = cloud.requests();
        let path = format!("/v1/organizations/acme/services/{agent}/sessions");
        assert_eq!(requests.last().unwrap().path, path);
    };
    let write = |name: &str, text: &str| fs::write(home.path().join(name), text).unwrap();
    // Nothing in it matters but the name.
    write(
        "pcc-deploy.toml",
        "unknown = 1\nimage = 7\nagent_name = \"booking\"\n[[x]]\n",
    );
    write("other.toml", "agent_name = 'survey'\n");
    write("third.toml", "agent_name = 'newcomer'\n");
    home.cloud("agent sessions -o acme").assert().success();
    asked("booking");
    home.cloud("agent sessions -o acme --config-file other.toml --deploy-config x")
        .assert()
        .success();
    asked("survey");
    home.cloud("agent sessions support-line -o acme --config-file other.toml")
        .assert()
        .success();
    asked("support-line");
    home.env("PIPECAT_DEPLOY_CONFIG_PATH", "~/third.toml");
    home.cloud("agent sessions -o acme").assert().success();
    asked("newcomer");
    home.cloud("agent sessions -o acme --config-file other.toml")
        .assert()
        .success();
    asked("survey");
}

#[test]
fn a_file_that_cannot_tell_is_an_error_where_it_is_needed() {
    let (cloud, home) = ada();
    let path = home.path().join("pcc-deploy.toml");
    let fails = |line: &str, told: &str| {
        let run = home
            .cloud(&format!("agent {line} -o acme --output json"))
            .assert()
            .code(1);
        assert_eq!(json(&run)["error"]["code"], "invalid_input", "{line}");
        assert!(stderr(&run).contains(told), "{told}: {}", stderr(&run));
    };
    fails("sessions", "no agent is named");
    fails("start -f -k pk_test", "no agent is named");
    fails("stop -f -s x", "no agent is named");
    fails(
        "sessions --config-file none.toml",
        "there is no file `none.toml`",
    );
    fails(
        "sessions booking --config-file none.toml",
        "there is no file `none.toml`",
    );
    fs::write(&path, "a = 1\nb = = 2\n").unwrap();
    fails("sessions", "`pcc-deploy.toml`: line 2, column 5: ");
    fs::write(&path, "[agent]\nagent_name = 'x'\n").unwrap();
    fails("sessions", "`pcc-deploy.toml` has no `agent_name`");
    assert_eq!(cloud.requests(), [""; 0]);
    fs::write(&path, "this is no TOML").unwrap();
    home.cloud("agent sessions booking -o acme")
        .assert()
        .success();
}
