//! What only Windows has: names of variables without case, backslashes, programs that are scripts.

use std::fs;

use crate::support::home::Home;
use crate::support::run::ada;

/// Puts a stand-in for the official CLI into the home: a script, as package managers make them.
fn install(home: &mut Home, script: &str) {
    let folder = home.path().join("official");
    fs::create_dir(&folder).unwrap();
    fs::write(
        folder.join("pipecat.cmd"),
        format!("@echo off\r\n{script}\r\n"),
    )
    .unwrap();
    // As the system itself calls it.
    home.env_remove("PATH").env("Path", folder);
}

#[test]
fn the_official_cli_is_found_among_scripts_and_its_status_is_passed_on() {
    let (_cloud, mut home) = ada();
    install(&mut home, "echo ^<%1^>^<%2^>\r\nexit /b 7");
    let output = home.command(["init", "x"]).output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        "<init><x>\r\n",
        "{told}"
    );
    assert_eq!(output.status.code(), Some(7));
}

#[test]
fn a_status_that_no_byte_holds_is_passed_on() {
    let (_cloud, mut home) = ada();
    install(&mut home, "exit /b 1000");
    let output = home.command(["init"]).output().unwrap();
    assert_eq!(output.status.code(), Some(1000));
}

#[test]
fn the_home_folder_is_meant_before_a_backslash_too() {
    let (_cloud, mut home) = ada();
    fs::rename(home.config_path(), home.path().join("own.toml")).unwrap();
    home.env("PIPECAT_CONFIG_PATH", "~\\own.toml");
    home.cloud("organizations list").assert().success();
}

#[test]
fn variables_count_in_whatever_case() {
    let (_cloud, mut home) = ada();
    home.env("Pipecat_Output", "json");
    let run = home.cloud("organizations list").assert().success();
    let stdout = String::from_utf8_lossy(&run.get_output().stdout).into_owned();
    assert!(stdout.starts_with('{'), "{stdout}");
}
