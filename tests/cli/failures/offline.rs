//! A machine without any network.
#![cfg(target_os = "linux")]

use std::process::{Command, Stdio};

use crate::support::cloud::ADA_PAT;
use crate::support::home::Home;

/// A run of a list in a network namespace of its own, in which there is nothing. None where the
/// system lets nobody have one.
fn offline(home: &Home) -> Option<String> {
    let available = Command::new("unshare")
        .args(["-rn", "true"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    if !available.is_ok_and(|status| status.success()) {
        return None;
    }
    let output = Command::new("unshare")
        .arg("-rn")
        .arg(home.program())
        .args(["cloud", "organizations", "list"])
        .env_clear()
        .envs(home.environment())
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    Some(String::from_utf8(output.stderr).unwrap())
}

#[test]
fn no_network_at_all_is_told_as_that() {
    for (host, verb) in [
        ("api.example.com", "looked up"),
        ("198.51.100.7", "reached"),
    ] {
        let home = Home::with_program(crate::support::program(), &format!("https://{host}"));
        home.sign_in_pat(ADA_PAT);
        let Some(told) = offline(&home) else { return };
        let sentence =
            format!("error: this machine is not on a network: `{host}` cannot be {verb}");
        assert!(told.starts_with(&sentence), "{told}");
        assert!(
            told.contains("\nhint: connect it to a network, and try again\n"),
            "{told}"
        );
    }
}
