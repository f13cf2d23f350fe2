//! A configuration file that is not TOML, or not what the official program writes.

use std::fs;

use snapbox::str;

use crate::support::cloud::ADA_PAT;
use crate::support::run::{ada, json, stderr};

#[test]
fn the_place_of_the_mistake_is_told_and_the_file_left_alone() {
    let (cloud, home) = ada();
    for (text, place) in [
        ("token = \"a\"\norg =\n", "line 2, column 6"),
        ("token = \"a\n", "line 1, column 11"),
        ("# fine\n\n[acme\n", "line 3, column 6"),
        ("# été\n x x\n", "line 2, column 4"),
        ("\u{feff}org = = 1\n", "line 1, column 7"),
        ("org = 1\norg = 2\n", "line 2, column 1"),
    ] {
        home.write_config(text);
        for line in [
            "organizations list",
            "organizations select -o acme",
            "auth whoami",
        ] {
            let run = home.cloud(line).assert().code(1).stdout_eq("");
            let told = stderr(&run);
            assert!(told.contains(place), "{text:?}: {told}");
            assert_eq!(told.lines().count(), 2, "{told}");
            assert!(
                told.contains("hint: run `pipecat cloud auth login`"),
                "{told}"
            );
        }
        assert_eq!(home.config(), text);
    }
    assert_eq!(home.files(), ["pipecatcloud.toml"]);
    assert_eq!(cloud.requests(), [""; 0]);
}

#[test]
fn people_are_told_what_to_do_about_it() {
    let (_cloud, home) = ada();
    home.write_config("token = \"a\"\norg =\n");
    home.cloud("organizations list")
        .assert()
        .code(1)
        .stdout_eq("")
        .stderr_eq(str![[r"
error: `[HOME]/.config/pipecatcloud/pipecatcloud.toml` is malformed: line 2, column 6: string values must be quoted, expected literal string
hint: run `pipecat cloud auth login` to regenerate it; the current file is kept beside it as `.bak`

"]]);
    let run = home
        .cloud("organizations list --output json")
        .assert()
        .code(1);
    assert_eq!(json(&run)["error"]["code"], "config_malformed");
}

#[test]
fn bytes_that_are_no_text_are_told_by_their_place() {
    let (_cloud, home) = ada();
    let bytes = b"# one\ntoken = \"caf\xe9\"\n";
    fs::write(home.config_path(), bytes).unwrap();
    home.cloud("organizations list")
        .assert()
        .code(1)
        .stdout_eq("")
        .stderr_eq(str![[r"
error: `[HOME]/.config/pipecatcloud/pipecatcloud.toml` is malformed: line 2, column 13: not UTF-8
hint: run `pipecat cloud auth login` to regenerate it; the current file is kept beside it as `.bak`

"]]);
    assert_eq!(fs::read(home.config_path()).unwrap(), bytes);
}

#[test]
fn no_message_holds_the_line_that_is_wrong() {
    let (_cloud, home) = ada();
    home.write_config("token = pcc_pat_secret\n");
    for mode in ["rich", "plain", "json"] {
        let run = home
            .cloud(&format!("organizations list --output {mode}"))
            .env("PIPECAT_CLI_LOG_LEVEL", "TRACE")
            .assert()
            .code(1);
        assert!(!stderr(&run).contains("secret"), "{}", stderr(&run));
    }
}

#[test]
fn with_a_token_from_the_environment_reading_goes_on_and_writing_does_not() {
    let (_cloud, mut home) = ada();
    home.write_config("token = [\n");
    home.env("PIPECAT_TOKEN", ADA_PAT);
    home.cloud("organizations list")
        .assert()
        .success()
        .stderr_eq(str![[r"
warning: `[HOME]/.config/pipecatcloud/pipecatcloud.toml` is malformed: line 1, column 10: unclosed array, expected `]`; continuing without the file, with `PIPECAT_TOKEN`

"]]);
    for line in [
        "organizations select -o acme",
        "organizations keys use -o acme --key key_acme_web",
    ] {
        let run = home.cloud(line).assert().code(1).stdout_eq("");
        assert!(stderr(&run).contains("error: "), "{}", stderr(&run));
    }
    assert_eq!(home.config(), "token = [\n");
}

#[test]
fn entries_that_do_not_belong_there_are_read_over_and_kept() {
    let (_cloud, home) = ada();
    let before = format!(
        "token = \"{ADA_PAT}\"\nacme = 7\nnumber = 1.5\nlist = [1]\n\
         [\"team.with.dots\"]\ndefault_public_key = 5\n[other.nested]\nx = 1\n[[array]]\n"
    );
    home.write_config(&before);
    home.cloud("organizations keys list -o acme")
        .assert()
        .success()
        .stderr_eq("");
    home.cloud("organizations select -o acme")
        .assert()
        .success();
    assert_eq!(
        home.config(),
        before.replace("list = [1]\n", "list = [1]\norg = \"acme\"\n")
    );
}

#[test]
fn an_empty_file_and_blank_values_are_like_none() {
    let (cloud, home) = ada();
    for text in [
        "",
        "\n\n",
        "\u{feff}",
        "token = \"\"\n",
        "token = \"  \"\norg = \"\"\n",
    ] {
        home.write_config(text);
        home.cloud("organizations list")
            .assert()
            .code(1)
            .stdout_eq("")
            .stderr_eq(str![[r"
error: you are not signed in
hint: run `pipecat cloud auth login`, or set `PIPECAT_TOKEN` to a personal access token

"]]);
        assert_eq!(home.config(), text);
    }
    assert_eq!(cloud.requests(), [""; 0]);
}
