//! The commands that are not ours are run by the official CLI.
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
        "cloud", "--output", "json", "later", "my agent", "", "--x='y'", "-h", "$HOME",
    ];
    let arguments = words.iter().map(OsString::from).chain([odd]);
    let output = run(home.command(arguments));
    assert_eq!(output.status.code(), Some(7));
    let expected = b"<cloud><--output><json><later><my agent><><--x='y'><-h><$HOME><not\xffutf8>";
    assert_eq!(output.stdout, expected);
    assert_eq!(output.stderr, b"/tmp/my.toml\n");
    assert_eq!(cloud.requests(), [""; 0]);
}

#[test]
fn every_command_that_is_not_ours_is_handed_over() {
    let (_cloud, mut home) = ada();
    install(&mut home, "official", ECHO);
    for line in [
        "cloud later list",
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
        .args(["later", "list"])
        .env_clear()
        .envs(home.environment());
    assert_eq!(run(command).stdout, b"<cloud><later><list>");
}

#[test]
fn the_process_is_replaced() {
    let (_cloud, mut home) = ada();
    install(&mut home, "official", "echo $$; kill -TERM $$");
    let child = home
        .command(["init"])
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
    home.judged(["init", "my-agent"])
        .assert()
        .code(2)
        .stdout_eq("")
        .stderr_eq(str![[r#"
error: `init` is a command of the official CLI, and there is no other `pipecat` on `PATH`
hint: run it without installing it over this one: `uvx --from pipecat-ai-cli pipecat init`

"#]]);
    let run = home
        .cloud("--output json something-of-tomorrow")
        .assert()
        .code(2);
    assert_eq!(json(&run)["error"]["code"], "usage");
    let run = home.judged(["init"]).assert().code(2);
    assert!(stderr(&run).contains("`init` is a command of the official CLI"));
    let told = stderr(&run);
    assert!(
        told.contains("`uvx --from pipecat-ai-cli pipecat init`\n"),
        "{told}"
    );
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
    home.judged(["init"]).assert().code(2).stdout_eq("");
    // A script that leads back, and one that adds something each time.
    let program = home.program().display().to_string();
    install(&mut home, "shims", &format!("exec '{program}' \"$@\""));
    let longer = format!("'{program}' \"$@\" more");
    install(&mut home, "wrapper", &longer);
    home.judged(["init"]).assert().code(2).stdout_eq("");
}

/// The shims of asdf and mise, and wrappers as Nix makes them, stand before what they lead to, or
/// lead back to this program.
#[test]
fn shims_that_lead_back_are_passed_over() {
    let program = |home: &Home| home.program().display().to_string();
    for count in 1..4 {
        let (_cloud, mut home) = ada();
        for number in 0..count {
            // Some become what they lead to, others wait for it.
            let exec = if number % 2 == 0 { "exec " } else { "" };
            let shim = format!("{exec}'{}' \"$@\"", program(&home));
            install(&mut home, &format!("{number}/shims"), &shim);
        }
        home.judged(["init"]).assert().code(2).stdout_eq("");
        install(&mut home, "official", ECHO);
        let output = run(home.command(["init", "my agent"]));
        assert_eq!(String::from_utf8_lossy(&output.stdout), "<init><my agent>");
        assert_eq!(output.status.code(), Some(7), "{count}");
    }
}

#[test]
fn a_wrapper_that_adds_something_each_time_is_passed_over_too() {
    let (_cloud, mut home) = ada();
    let program = home.program().display().to_string();
    install(&mut home, "wrapper", &format!("exec '{program}' \"$@\" x"));
    install(&mut home, "official", ECHO);
    let output = run(home.command(["init"]));
    assert_eq!(String::from_utf8_lossy(&output.stdout), "<init><x><x><x>");
}

#[test]
fn a_shim_that_leads_to_the_official_cli_is_used() {
    let (_cloud, mut home) = ada();
    let elsewhere = home.path().join("elsewhere");
    fs::create_dir(&elsewhere).unwrap();
    let path = home.environment()[OsStr::new("PATH")].clone();
    let official = install(&mut home, "elsewhere", ECHO);
    home.env("PATH", path);
    let shim = format!("exec '{}' \"$@\"", official.display());
    let shim = install(&mut home, "shims", &shim);
    let output = run(home.command(["init"]));
    assert_eq!(output.stdout, b"<init>");
    let help = home.judged(["--help"]).assert().success();
    let help = String::from_utf8_lossy(&help.get_output().stdout).into_owned();
    let by_way_of = format!("(run through {})", shim.display());
    assert!(help.contains(&by_way_of), "{help}");
}

#[test]
fn one_that_cannot_be_started_is_passed_over() {
    let (_cloud, mut home) = ada();
    let broken = install(&mut home, "broken", "");
    fs::write(&broken, "#!/nowhere/bin/python\n").unwrap();
    let run_it = |home: &Home| run(home.command(["init"]));
    let output = run_it(&home);
    assert_eq!(output.status.code(), Some(1));
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    let named = format!("cannot start the official CLI, `{}`", broken.display());
    assert!(told.contains(&named), "{told}");
    install(&mut home, "official", ECHO);
    assert_eq!(run_it(&home).stdout, b"<init>");
}

#[test]
fn the_variable_names_it_first() {
    let (_cloud, mut home) = ada();
    install(&mut home, "official", "echo wrong");
    let path = home.environment()[OsStr::new("PATH")].clone();
    let named = install(&mut home, "my own", ECHO);
    home.env("PATH", path);
    let other_name = home.path().join("official/real-pipecat");
    symlink(&named, &other_name).unwrap();
    for value in [
        named.to_str().unwrap(),
        "~/my own/pipecat",
        "my own/pipecat",
        "real-pipecat",
        " ~/my own/pipecat ",
    ] {
        home.env("PIPECAT_OFFICIAL_CLI", value);
        let output = run(home.command(["init"]));
        assert_eq!(output.stdout, b"<init>", "{value}");
    }
    home.env("PIPECAT_OFFICIAL_CLI", " ");
    let output = run(home.command(["init"]));
    assert_eq!(output.stdout, b"wrong\n");
}

#[test]
fn a_variable_that_names_no_program_or_this_one_is_an_error() {
    let (_cloud, mut home) = ada();
    install(&mut home, "official", ECHO);
    let own = home.program().display().to_string();
    for (value, why) in [
        ("/nowhere/pipecat", "which is not a program"),
        ("nobody-has-this", "which is not a program"),
        (&*own, "which is this program"),
    ] {
        home.env("PIPECAT_OFFICIAL_CLI", value);
        let run = home.judged(["init"]).assert().code(1).stdout_eq("");
        let told = format!("error: `PIPECAT_OFFICIAL_CLI` names `{value}`, {why}\n");
        assert!(stderr(&run).starts_with(&told), "{}", stderr(&run));
        // Help is help all the same.
        home.judged(["--help"]).assert().success();
    }
}

#[test]
fn help_does_not_take_a_wrapper_of_this_program_for_the_official_cli() {
    let (_cloud, mut home) = ada();
    let program = fs::canonicalize(home.program()).unwrap();
    let wrapper = format!("exec '{}' \"$@\"", program.display());
    install(&mut home, "wrapper", &wrapper);
    let help = |home: &Home| {
        let run = home.judged(["--help"]).assert().success();
        String::from_utf8_lossy(&run.get_output().stdout).into_owned()
    };
    let absent = help(&home);
    assert!(
        absent.contains("(not found on PATH; `uvx --from pipecat-ai-cli pipecat` runs it)"),
        "{absent}"
    );
    let official = install(&mut home, "official", ECHO);
    let named = format!("(run by {})", official.display());
    assert!(help(&home).contains(&named), "{}", help(&home));
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
    let absent = home.judged(["--help"]).assert().success();
    let absent = String::from_utf8_lossy(&absent.get_output().stdout).into_owned();
    assert!(
        absent.contains("Commands of the official CLI (not found on PATH"),
        "{absent}"
    );
    let official = install(&mut home, "official", ECHO);
    for (line, command) in [("--help", "init"), ("help", "init")] {
        let run = home.judged(line.split(' ')).assert().success();
        let help = String::from_utf8_lossy(&run.get_output().stdout).into_owned();
        assert!(
            help.contains(&format!("(run by {})", official.display())),
            "{help}"
        );
        assert!(help.contains(&format!("  {command} ")), "{help}");
    }
    // All that stands below is ours.
    for line in ["--help", "auth --help"] {
        let run = home.cloud(line).assert().success();
        let help = String::from_utf8_lossy(&run.get_output().stdout).into_owned();
        assert!(!help.contains("official"), "{help}");
    }
}
