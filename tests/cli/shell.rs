//! What stands around the commands: completion, manual pages, explanations, the first minute.

use std::fs;

use crate::support::home::Home;
use crate::support::run::{ada, json, stderr, stdout};

const SHELLS: [&str; 5] = ["bash", "elvish", "fish", "powershell", "zsh"];

/// What the program offers to a shell for the last of these words.
fn offered(home: &Home, words: &[&str]) -> Vec<String> {
    let index = (words.len() - 1).to_string();
    let output = home
        .command(["--"].iter().chain(words))
        .env("PIPECAT_COMPLETE", "bash")
        .env("_CLAP_COMPLETE_INDEX", index)
        .env("_CLAP_COMPLETE_COMP_TYPE", "9")
        .env("_CLAP_COMPLETE_SPACE", "true")
        .env("_CLAP_IFS", "\n")
        .output()
        .expect("a run");
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().map(str::to_owned).collect()
}

#[test]
fn there_is_a_script_for_every_shell() {
    let (cloud, home) = ada();
    // Completion is not a matter of the file.
    home.write_config("broken = ");
    for shell in SHELLS {
        let run = home.judged(["completions", shell]).assert().success();
        let script = stdout(&run);
        assert!(script.contains("PIPECAT_COMPLETE"), "{shell}: {script}");
        assert_eq!(stderr(&run), "");
    }
    home.judged(["completions", "tcsh"]).assert().code(2);
    assert_eq!(cloud.requests(), [""; 0]);
}

#[test]
fn commands_options_and_their_values_are_completed() {
    let (_cloud, home) = ada();
    for (words, wanted) in [
        (&["pipecat", "cl"][..], "cloud"),
        (&["pipecat", "cloud", "org"], "organizations"),
        (&["pipecat", "cloud", "auth", "log"], "login"),
        (&["pipecat", "cloud", "--output", "j"], "json"),
        (
            &["pipecat", "cloud", "auth", "login", "--head"],
            "--headless",
        ),
        (&["pipecat", "completions", "z"], "zsh"),
    ] {
        let offered = offered(&home, words);
        assert!(
            offered.iter().any(|one| one.trim() == wanted),
            "{offered:?}"
        );
    }
}

#[test]
fn organizations_and_keys_of_the_file_are_completed_without_a_request() {
    let (cloud, home) = ada();
    home.write_config(
        "org = \"acme\"\n[acme]\ndefault_public_key_name = \"Phone\"\n[\"team.with.dots\"]\n",
    );
    for (words, wanted) in [
        (
            &["pipecat", "cloud", "organizations", "select", "-o", ""][..],
            &["acme", "team.with.dots"][..],
        ),
        (
            &[
                "pipecat",
                "cloud",
                "organizations",
                "keys",
                "list",
                "--organization",
                "t",
            ],
            &["team.with.dots"],
        ),
        (
            &[
                "pipecat",
                "cloud",
                "organizations",
                "keys",
                "use",
                "--key",
                "",
            ],
            &["Phone"],
        ),
    ] {
        assert_eq!(offered(&home, words), wanted);
    }
    home.write_config("broken = ");
    let none = offered(
        &home,
        &["pipecat", "cloud", "organizations", "select", "-o", ""],
    );
    assert_eq!(none, [""; 0]);
    assert_eq!(cloud.requests(), [""; 0]);
}

#[test]
#[cfg(unix)]
fn bash_completes_with_the_script() {
    let Some(bash) = which("bash") else {
        #[allow(clippy::print_stderr, reason = "whoever runs the tests should know")]
        {
            eprintln!("skipped: there is no bash");
        }
        return;
    };
    let (_cloud, home) = ada();
    home.write_config("org = \"acme\"\n");
    let program = home.program().parent().unwrap().display().to_string();
    let script = format!(
        "PATH={program}:/usr/bin:/bin; source <(pipecat completions bash)\n\
         COMP_WORDS=(pipecat cloud organizations select -o ''); COMP_CWORD=5; COMP_TYPE=9\n\
         _clap_complete_pipecat pipecat '' -o; printf '%s\\n' \"${{COMPREPLY[@]}}\""
    );
    let output = std::process::Command::new(bash)
        .args(["--norc", "-c", &script])
        .env_clear()
        .envs(home.environment())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(
        String::from_utf8_lossy(&output.stdout).trim(),
        "acme",
        "{said}"
    );
}

#[cfg(unix)]
fn which(program: &str) -> Option<std::path::PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .map(|folder| folder.join(program))
        .find(|candidate| candidate.is_file())
}

#[test]
fn a_manual_page_is_written_for_every_command() {
    let (_cloud, home) = ada();
    let folder = home.path().join("share/man/man1");
    let run = home
        .judged(["man", folder.to_str().unwrap()])
        .assert()
        .success();
    assert!(
        stdout(&run).contains("wrote the manual pages into"),
        "{}",
        stdout(&run)
    );
    for page in [
        "pipecat",
        "pipecat-cloud-auth-login",
        "pipecat-cloud-organizations-keys-cycle",
    ] {
        let text = fs::read_to_string(folder.join(format!("{page}.1"))).unwrap();
        assert!(text.contains(".SH NAME"), "{page}");
    }
    // Where a file stands in the way, that is said.
    let file = home.path().join("file");
    fs::write(&file, "").unwrap();
    let run = home
        .judged(["man", file.to_str().unwrap()])
        .assert()
        .code(1);
    assert!(
        stderr(&run).contains("cannot write the manual pages into"),
        "{}",
        stderr(&run)
    );
}

#[test]
fn the_variables_and_the_file_are_explained() {
    let (_cloud, home) = ada();
    home.write_config("broken = ");
    for (topic, word) in [
        ("environment", "PIPECAT_TOKEN"),
        ("config", "default_public_key"),
    ] {
        let asked = stdout(&home.cloud(&format!("help {topic}")).assert().success());
        assert!(asked.contains(word), "{asked}");
        assert_eq!(stdout(&home.cloud(topic).assert().success()), asked);
        let run = home
            .cloud(&format!("{topic} --output json"))
            .assert()
            .success();
        assert!(json(&run)["help"].as_str().unwrap().contains(word));
    }
}

#[test]
fn whoever_types_no_command_is_told_what_to_type_next() {
    for (config, variables, wanted) in [
        ("", &[][..], "sign in with `pipecat cloud auth login`"),
        (
            "",
            &[("CI", "true")],
            "in CI, set `PIPECAT_TOKEN` to a personal access token; make one at https://pipecat.daily.co/account/tokens",
        ),
        (
            "",
            &[("CI", "true"), ("PIPECAT_TOKEN", "pcc_pat_x")],
            "you are signed in",
        ),
        ("token = \"x\"\n", &[], "you are signed in"),
    ] {
        let (_cloud, mut home) = ada();
        home.write_config(config);
        for (name, value) in variables {
            home.env(name, value);
        }
        for arguments in [&[][..], &["cloud"]] {
            let run = home
                .judged(arguments.iter().copied())
                .assert()
                .code(2)
                .stdout_eq("");
            assert!(stderr(&run).contains(wanted), "{}", stderr(&run));
        }
        let run = home.cloud("auth").assert().code(2);
        assert!(!stderr(&run).contains(wanted), "{}", stderr(&run));
    }
}

#[test]
fn a_name_that_nobody_has_finds_its_nearest() {
    let (_cloud, home) = ada();
    for (line, status, wanted) in [
        ("organizations select -o acne", 1, "did you mean `acme`?"),
        (
            "organizations keys list -o ada-persnal",
            1,
            "did you mean `ada-personal`?",
        ),
        (
            "organizations keys use -o acme --key Stagin",
            1,
            "did you mean `Staging`?",
        ),
        (
            "organizations properties set -o acme defaultRegio x",
            1,
            "did you mean `defaultRegion`?",
        ),
        ("organizations lst", 2, "'list'"),
    ] {
        let run = home.cloud(line).assert().code(status);
        assert!(stderr(&run).contains(wanted), "{}", stderr(&run));
    }
    let run = home
        .cloud("organizations select -o something-else")
        .assert()
        .code(1);
    assert!(!stderr(&run).contains("did you mean"), "{}", stderr(&run));
}
