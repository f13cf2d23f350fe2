//! The commands that are not ours are handed over to the official CLI.
#![cfg(unix)]

use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::PathBuf;
use std::process::{Command, Output};

use snapbox::str;

use crate::support::home::Home;
use crate::support::run::{ada, json, stderr};

/// Puts an executable script into a folder of the home, and the folder at the end of `PATH`.
pub fn install(home: &mut Home, folder: &str, script: &str) -> PathBuf {
    let folder = home.path().join(folder);
    fs::create_dir_all(&folder).unwrap();
    let program = folder.join("pipecat");
    fs::write(&program, format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    append_to_path(home, folder);
    program
}

fn append_to_path(home: &mut Home, folder: PathBuf) {
    let path = home.environment()[OsStr::new("PATH")].clone();
    let folders = std::env::split_paths(&path).chain([folder]);
    let path = std::env::join_paths(folders).unwrap();
    home.env("PATH", path);
}

/// A stand-in that says what it was given, byte for byte.
const ECHO: &str = r#"printf '<%s>' "$@"; echo "$PIPECAT_CONFIG_PATH" >&2; exit 7"#;

fn run(mut command: Command) -> Output {
    command.output().expect("a run")
}

#[test]
fn the_whole_command_line_is_handed_over_as_it_is() {
    let (cloud, mut home) = ada();
    install(&mut home, "official", ECHO);
    home.env("PIPECAT_CONFIG_PATH", "/tmp/my.toml");
    let odd = OsString::from(OsStr::from_bytes(b"not\xffutf8"));
    let words = [
        "cloud", "--output", "json", "deploy", "my agent", "", "--x='y'", "-h", "$HOME",
    ];
    let arguments = words.iter().map(OsString::from).chain([odd]);
    let output = run(home.command(arguments));
    assert_eq!(output.status.code(), Some(7));
    let expected = b"<cloud><--output><json><deploy><my agent><><--x='y'><-h><$HOME><not\xffutf8>";
    assert_eq!(output.stdout, expected);
    assert_eq!(output.stderr, b"/tmp/my.toml\n");
    assert_eq!(cloud.requests(), [""; 0]);
}

#[test]
fn every_command_that_is_not_ours_is_handed_over() {
    let (_cloud, mut home) = ada();
    install(&mut home, "official", ECHO);
    for line in [
        "cloud agent list",
        "cloud build x",
        "cloud docker",
        "cloud github",
        "cloud regions list",
        "cloud secrets set a b",
        "cloud spend-limit",
        "cloud something-of-tomorrow",
        "init --name x",
    ] {
        let output = run(home.command(line.split(' ')));
        let words: Vec<String> = line.split(' ').map(|word| format!("<{word}>")).collect();
        assert_eq!(String::from_utf8_lossy(&output.stdout), words.concat());
        assert_eq!(output.status.code(), Some(7), "{line}");
    }
    for line in ["cloud auth nothing", "cloud organizations keys nothing"] {
        let output = run(home.command(line.split(' ')));
        assert_eq!(output.status.code(), Some(2), "{line}");
        assert_eq!(output.stdout, b"");
    }
}

#[test]
fn under_an_old_name_the_level_that_was_implied_is_said() {
    let (_cloud, mut home) = ada();
    install(&mut home, "official", ECHO);
    let link = home.path().join("pcc");
    symlink(home.program(), &link).unwrap();
    let mut command = Command::new(link);
    command
        .args(["agent", "list"])
        .env_clear()
        .envs(home.environment());
    assert_eq!(run(command).stdout, b"<cloud><agent><list>");
}

#[test]
fn the_process_is_replaced() {
    let (_cloud, mut home) = ada();
    install(&mut home, "official", "echo $$; kill -TERM $$");
    let child = home
        .command(["cloud", "deploy"])
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let id = child.id();
    let output = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout), format!("{id}\n"));
    // It died of the signal itself.
    assert_eq!(output.status.code(), None);
}

#[test]
fn where_it_is_not_installed_the_way_to_do_so_is_said() {
    let (_cloud, mut home) = ada();
    // This program under its own name, once more as a link, and something that cannot be run.
    let folder = home.path().join("links");
    fs::create_dir_all(&folder).unwrap();
    symlink(home.program(), folder.join("pipecat")).unwrap();
    append_to_path(&mut home, folder);
    let plain = install(&mut home, "plain", "exit 0");
    fs::set_permissions(&plain, fs::Permissions::from_mode(0o644)).unwrap();
    home.cloud("deploy my-agent")
        .assert()
        .code(2)
        .stdout_eq("")
        .stderr_eq(str![[r#"
error: `deploy` is a command of the official CLI, and there is no other `pipecat` on `PATH`
hint: install it beside this program: `pip install pipecat-ai-cli pipecatcloud`, in a folder that comes later on `PATH`

"#]]);
    let run = home.cloud("--output json agent list").assert().code(2);
    assert_eq!(json(&run)["error"]["code"], "usage");
    let run = home.judged(["init"]).assert().code(2);
    assert!(stderr(&run).contains("`init` is a command of the official CLI"));
    let run = home.cloud("organisations list").assert().code(2);
    assert!(stderr(&run).contains("`pipecat cloud organizations list`"));
}

#[test]
fn it_never_calls_itself_in_a_circle() {
    let (_cloud, mut home) = ada();
    // A copy is another program to look at, and the same to run.
    let folder = home.path().join("copy");
    fs::create_dir_all(&folder).unwrap();
    fs::copy(home.program(), folder.join("pipecat")).unwrap();
    append_to_path(&mut home, folder);
    home.cloud("deploy").assert().code(2).stdout_eq("");
    // A script that leads back.
    let program = home.program().display().to_string();
    install(&mut home, "wrapper", &format!("exec '{program}' \"$@\""));
    home.cloud("deploy").assert().code(2).stdout_eq("");
}

#[test]
fn the_official_cli_may_call_this_program_which_may_call_it_again() {
    let (_cloud, mut home) = ada();
    let program = home.program().display().to_string();
    let script = format!("[ \"$2\" = inner ] && echo done && exit 0; '{program}' cloud inner");
    install(&mut home, "official", &script);
    home.cloud("outer").assert().success().stdout_eq("done\n");
}

#[test]
fn help_says_what_is_handed_over_and_to_whom() {
    let (_cloud, mut home) = ada();
    let absent = home.cloud("--help").assert().success();
    let absent = String::from_utf8_lossy(&absent.get_output().stdout).into_owned();
    assert!(
        absent.contains("Commands of the official CLI (not found on PATH"),
        "{absent}"
    );
    let official = install(&mut home, "official", ECHO);
    for (line, command) in [
        ("cloud --help", "spend-limit"),
        ("--help", "init"),
        ("help cloud", "agent"),
    ] {
        let run = home.judged(line.split(' ')).assert().success();
        let help = String::from_utf8_lossy(&run.get_output().stdout).into_owned();
        assert!(
            help.contains(&format!("(handed over to {})", official.display())),
            "{help}"
        );
        assert!(help.contains(&format!("  {command} ")), "{help}");
    }
    let run = home.cloud("auth --help").assert().success();
    let help = String::from_utf8_lossy(&run.get_output().stdout).into_owned();
    assert!(!help.contains("official"), "{help}");
}
