//! Command lines that are not understood: what is wrong with them, and what to type instead.

use snapbox::str;

use crate::support::home::Home;
use crate::support::run::{ada, json, stderr};

/// What beginners type, and what they mean.
const MEANT: &[(&str, &str)] = &[
    // A level is missing, or there is one too many.
    ("auth login", "cloud auth login"),
    ("login", "cloud auth login"),
    ("whoami --output json", "cloud auth whoami --output json"),
    ("cloud whoami", "cloud auth whoami"),
    ("cloud keys list", "cloud organizations keys list"),
    ("cloud keys", "cloud organizations keys"),
    ("keys list -o acme", "cloud organizations keys list -o acme"),
    ("pipecat cloud auth login", "cloud auth login"),
    ("cloud cloud auth login", "cloud auth login"),
    ("pcc auth login", "cloud auth login"),
    // Help is asked for in many ways.
    ("help deploy", "cloud help deploy"),
    ("help errors", "cloud help errors"),
    ("help whoami", "cloud auth whoami --help"),
    ("cloud help whoami", "cloud auth whoami --help"),
    (
        "cloud help organizations kys",
        "cloud organizations keys --help",
    ),
    // Words in another order.
    ("cloud list keys", "cloud organizations keys list"),
    ("organizations cloud list", "cloud organizations list"),
    // Names that are nearly right.
    ("clod", "cloud"),
    ("cloud ath", "cloud auth"),
    ("cloud auht login", "cloud auth login"),
    ("cloud auth logn", "cloud auth login"),
    ("cloud org list", "cloud organizations list"),
    ("org list", "cloud organizations list"),
    ("cloud organization list", "cloud organizations list"),
    ("cloud organisations list", "cloud organizations list"),
    ("cloud organizations lst", "cloud organizations list"),
    (
        "cloud organizations keys revok --key x -y",
        "cloud organizations keys revoke --key x -y",
    ),
    // Options that are nearly right, or stand too early.
    (
        "cloud organizations list --outptu json",
        "cloud organizations list --output json",
    ),
    (
        "cloud organizations list --json",
        "cloud organizations list --output json",
    ),
    (
        "cloud --output=jsn auth whoami",
        "cloud --output=json auth whoami",
    ),
    ("completions fihs", "completions fish"),
    ("cloud --show-cli-confg", "cloud --show-cli-config"),
    (
        "cloud organizations keys create --nam=x",
        "cloud organizations keys create --name=x",
    ),
    (
        "cloud organizations keys list --organisation x",
        "cloud organizations keys list --organization x",
    ),
    (
        "--output json cloud auth whoami",
        "cloud auth whoami --output json",
    ),
    (
        "cloud -o acme organizations keys list",
        "cloud organizations keys list -o acme",
    ),
    (
        "cloud organizations keys --yes revoke --key x",
        "cloud organizations keys revoke --key x --yes",
    ),
    // An argument where there is an option.
    (
        "cloud organizations select acme",
        "cloud organizations select -o acme",
    ),
    ("org select acme", "cloud organizations select -o acme"),
    ("deploy", "cloud deploy"),
    (
        "cloud organizations keys use Phone",
        "cloud organizations keys use --key Phone",
    ),
    (
        "cloud organizations keys use Web client -o acme",
        "cloud organizations keys use --key 'Web client' -o acme",
    ),
    (
        "cloud organizations keys revoke Phone --yes",
        "cloud organizations keys revoke --key Phone --yes",
    ),
    (
        "cloud organizations keys create Kiosk",
        "cloud organizations keys create --name Kiosk",
    ),
    (
        "cloud organizations keys list acme",
        "cloud organizations keys list -o acme",
    ),
];

fn assert_answered(home: &Home, line: &str, meant: &str) {
    let run = home.judged(line.split(' ')).assert().code(2);
    let said = stderr(&run);
    assert!(said.starts_with("error: "), "{line}: {said}");
    let meant = if cfg!(windows) {
        meant.replace('\'', "\"")
    } else {
        meant.to_owned()
    };
    let hint = format!("\nhint: did you mean `pipecat {meant}`?\n");
    assert!(said.ends_with(&hint), "{line}: {said}");
    assert_eq!(said.lines().count(), 2, "{line}: {said}");
}

#[test]
fn what_is_nearly_right_is_answered_with_the_line_to_type() {
    let (cloud, home) = ada();
    for (line, meant) in MEANT {
        assert_answered(&home, line, meant);
    }
    assert_eq!(cloud.requests(), [""; 0]);
}

/// Whoever mistypes one of our commands is not sent to a program that knows it even less.
#[cfg(unix)]
#[test]
fn what_is_nearly_ours_is_answered_by_us_though_the_official_cli_is_there() {
    let (_cloud, mut home) = ada();
    super::official::install(&mut home, "official", "echo handed over; exit 7");
    for (line, meant) in MEANT {
        assert_answered(&home, line, meant);
    }
    for line in ["cloud tomorrow", "cloud init"] {
        let run = home.judged(line.split(' ')).assert().code(7);
        run.stdout_eq("handed over\n");
    }
}

#[cfg(unix)]
#[test]
fn under_its_short_names_the_program_answers_with_them() {
    let (_cloud, home) = ada();
    let link = home.path().join("pcc");
    std::os::unix::fs::symlink(home.program(), &link).unwrap();
    for (line, meant) in [
        ("cloud auth login", "pcc auth login"),
        (
            "cloud organizations keys list -o acme",
            "pcc organizations keys list -o acme",
        ),
        ("whoami", "pcc auth whoami"),
        (
            "organizations select acme",
            "pcc organizations select -o acme",
        ),
    ] {
        let mut command = std::process::Command::new(&link);
        command.args(line.split(' '));
        command.env_clear().envs(home.environment());
        let run = snapbox::cmd::Command::from_std(command).assert().code(2);
        let hint = format!("hint: did you mean `{meant}`?\n");
        assert!(stderr(&run).ends_with(&hint), "{}", stderr(&run));
    }
}

#[test]
fn a_wrong_command_line_says_what_is_wrong_with_it() {
    let (_cloud, home) = ada();
    for (line, expected) in [
        (
            "nonsense",
            str![[r"
error: there is no command `pipecat cloud nonsense`
hint: run `pipecat cloud --help` to see its commands

"]],
        ),
        (
            "revoke",
            str![[r"
error: there is no command `pipecat cloud revoke`
hint: did you mean `pipecat cloud organizations keys revoke`?
hint: or `pipecat cloud organizations registry-keys revoke`?

"]],
        ),
        (
            "organizations list surplus",
            str![[r"
error: `pipecat cloud organizations list` does not take the argument `surplus`
hint: run `pipecat cloud organizations list --help` to see how it is used

"]],
        ),
        (
            "organizations keys create --nonsense",
            str![[r"
error: `pipecat cloud organizations keys create` has no option `--nonsense`
hint: run `pipecat cloud organizations keys create --help` to see how it is used

"]],
        ),
        (
            "organizations keys list -o",
            str![[r"
error: `--organization` needs a value
hint: run `pipecat cloud organizations keys list --help` to see how it is used

"]],
        ),
        (
            "--output",
            str![[r"
error: `--output` needs a value
hint: use one of rich, plain, json

"]],
        ),
        (
            "--output yaml auth whoami",
            str![[r"
error: `--output` cannot be `yaml`
hint: use one of rich, plain, json

"]],
        ),
        (
            "auth login --timeout 0",
            str![[r"
error: `--timeout` cannot be `0`: 0 is not in 1..=86400
hint: run `pipecat cloud auth login --help` to see how it is used

"]],
        ),
        (
            "auth login --headless=yes",
            str![[r"
error: `--headless` takes no value
hint: run `pipecat cloud auth login --help` to see how it is used

"]],
        ),
        (
            "organizations properties set",
            str![[r"
error: `pipecat cloud organizations properties set` needs NAME and VALUE
hint: run `pipecat cloud organizations properties set --help` to see how it is used

"]],
        ),
    ] {
        home.cloud(line)
            .assert()
            .code(2)
            .stdout_eq("")
            .stderr_eq(expected);
    }
}

#[test]
fn programs_are_told_what_to_type_as_well() {
    let (_cloud, home) = ada();
    let run = home.cloud("--output json whoami").assert().code(2);
    let error = &json(&run)["error"];
    assert_eq!(error["code"], "usage");
    let hint = "did you mean `pipecat cloud auth whoami --output json`?";
    assert_eq!(error["hint"], hint);
}

#[test]
fn a_credential_in_a_mistyped_line_is_not_repeated() {
    let (_cloud, home) = ada();
    for line in [
        "cloud use-pat pcc_pat_secret",
        "cloud auth login pcc_pat_secret",
        "cloud auth --pat=pcc_pat_secret",
        "cloud organizations keys list sk_secret",
        "pcc_pat_secret",
    ] {
        let run = home.judged(line.split(' ')).assert().code(2);
        assert!(!stderr(&run).contains("secret"), "{}", stderr(&run));
        assert!(!stderr(&run).contains("panic"), "{}", stderr(&run));
    }
}
