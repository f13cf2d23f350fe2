//! A system that has no thread left.
#![cfg(target_os = "linux")]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

use crate::support::cloud::ADA_PAT;
use crate::support::home::Home;

/// Nobody's number, for who is root: root may have as many processes as there are.
const NOBODY: u32 = 54_321;

/// A run of the program as somebody who may have so many processes.
fn run(program: &Path, home: &Home, processes: u32, line: &str) -> Output {
    let script = format!("ulimit -u {processes}; exec \"$0\" cloud {line}");
    let is_root = fs::metadata("/proc/self").is_ok_and(|own| {
        use std::os::unix::fs::MetadataExt as _;
        own.uid() == 0
    });
    let mut command = if is_root {
        let mut command = Command::new("setpriv");
        let number = NOBODY.to_string();
        command.args([
            "--reuid",
            &number,
            "--regid",
            &number,
            "--clear-groups",
            "bash",
        ]);
        command
    } else {
        Command::new("bash")
    };
    command
        .args(["-c", &script])
        .arg(program)
        .env_clear()
        .envs(home.environment())
        .env("PATH", "/usr/bin:/bin")
        .env("HOME", "/nonexistent")
        .env("PIPECAT_TOKEN", ADA_PAT)
        .output()
        .unwrap()
}

#[test]
fn no_thread_to_be_had_is_told_as_that() {
    let home = Home::with_program(crate::support::program(), "https://nobody.invalid");
    // Where anybody can start it.
    fs::set_permissions(home.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let program = home.path().join("pipecat");
    fs::copy(home.program(), &program).unwrap();
    // Two are enough for the program, and one too few for the look-up of a name.
    for processes in [1, 2] {
        for mode in ["json", "plain"] {
            let line = format!("organizations list --output {mode}");
            let output = run(&program, &home, processes, &line);
            let told = String::from_utf8(output.stderr).unwrap();
            assert_eq!(output.status.code(), Some(1), "{told}");
            assert!(told.starts_with("error: "), "{told}");
            assert!(
                told.contains("hint: end other programs, or raise"),
                "{told}"
            );
            assert_eq!(told.lines().count(), 2, "{told}");
            if mode == "json" {
                let value: Value = serde_json::from_slice(&output.stdout).unwrap();
                assert_eq!(value["error"]["code"], "internal", "{value}");
            }
        }
    }
}
