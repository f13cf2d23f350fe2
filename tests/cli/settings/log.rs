//! The log on stderr.

use snapbox::str;

use crate::support::cloud::Fault;
use crate::support::run::{ada, stderr, stdout};

#[test]
fn requests_are_logged_without_tokens_and_keys() {
    for level in ["debug", "DEBUG", "trace"] {
        let (cloud, home) = ada();
        let host = cloud.address();
        let secrets = ["pcc_pat_ada", "0123456789", "sk_acme", "pk_acme"];
        for (line, request) in [
            (
                "organizations list",
                format!("GET {host}/v1/organizations: 200"),
            ),
            (
                "organizations keys list -o acme",
                format!("GET {host}/v1/organizations/acme/apiKeys: 200"),
            ),
            (
                "organizations keys create -n Kiosk -d -o acme",
                format!("POST {host}/v1/organizations/acme/apiKeys: 201"),
            ),
            (
                "organizations keys revoke --key key_acme_web -y -o acme",
                format!("DELETE {host}/v1/organizations/acme/apiKeys/key_acme_web: 200"),
            ),
        ] {
            let run = home
                .cloud(line)
                .env("PIPECAT_CLI_LOG_LEVEL", level)
                .assert()
                .success();
            let log = stderr(&run);
            assert!(log.contains(&format!("debug: {request}")), "{log}");
            assert!(!secrets.iter().any(|secret| log.contains(secret)), "{log}");
            assert!(!stdout(&run).contains("debug"), "{}", stdout(&run));
        }
        cloud.fault(Fault::on("GET", "/v1/organizations").status(503).times(1));
        let run = home
            .cloud("organizations list")
            .env("PIPECAT_CLI_LOG_LEVEL", level)
            .assert()
            .success();
        assert!(
            stderr(&run).contains("debug: trying again in "),
            "{}",
            stderr(&run)
        );
    }
}

#[test]
fn at_every_other_level_there_is_nothing_to_say() {
    let (_cloud, home) = ada();
    for level in [
        "info", "INFO", "SUCCESS", "warning", "Error", "critical", "",
    ] {
        home.cloud("organizations list")
            .env("PIPECAT_CLI_LOG_LEVEL", level)
            .assert()
            .success()
            .stderr_eq("");
    }
}

#[test]
fn an_unknown_level_is_refused_with_those_there_are() {
    let (cloud, home) = ada();
    home.cloud("organizations list")
        .env("PIPECAT_CLI_LOG_LEVEL", "loud")
        .assert()
        .code(2)
        .stdout_eq("")
        .stderr_eq(str![[r"
error: `cli_log_level` cannot be `loud` (from `PIPECAT_CLI_LOG_LEVEL`)
hint: use one of TRACE, DEBUG, INFO, SUCCESS, WARNING, ERROR, CRITICAL

"]]);
    home.write_config("cli_log_level = \"loud\"\n");
    home.cloud("organizations list")
        .assert()
        .code(2)
        .stdout_eq("")
        .stderr_eq(str![[r"
error: `cli_log_level` cannot be `loud` (from `[HOME]/.config/pipecatcloud/pipecatcloud.toml`)
hint: use one of TRACE, DEBUG, INFO, SUCCESS, WARNING, ERROR, CRITICAL

"]]);
    assert_eq!(cloud.requests(), [""; 0]);
}
