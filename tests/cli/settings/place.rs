//! Where the configuration file lies.

use std::fs;

use crate::support::cloud::ADA_PAT;
use crate::support::home::Home;
use crate::support::run::ada;

fn select(home: &Home) {
    home.cloud("organizations select -o acme")
        .assert()
        .success()
        .stderr_eq("");
}

#[test]
fn the_file_is_made_where_the_variable_says() {
    for (variable, place) in [
        ("~/a/b/own.toml", "a/b/own.toml"),
        ("relative/own.toml", "relative/own.toml"),
        ("own.toml", "own.toml"),
        (" ~/trimmed.toml ", "trimmed.toml"),
        ("~user", "~user"),
        ("", ".config/pipecatcloud/pipecatcloud.toml"),
    ] {
        let (_cloud, mut home) = ada();
        fs::remove_dir_all(home.path().join(".config")).unwrap();
        home.env("PIPECAT_CONFIG_PATH", variable)
            .env("PIPECAT_TOKEN", ADA_PAT);
        select(&home);
        let file = home.path().join(place);
        assert_eq!(
            fs::read_to_string(&file).unwrap(),
            "org = \"acme\"\n",
            "{variable}"
        );
        #[cfg(unix)]
        assert_made_closed(home.path(), &file);
    }
}

/// The file, and every folder that was made for it, is its owner's alone.
#[cfg(unix)]
fn assert_made_closed(home: &std::path::Path, file: &std::path::Path) {
    use std::os::unix::fs::PermissionsExt;

    let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(file), 0o600);
    for folder in file
        .ancestors()
        .skip(1)
        .take_while(|folder| *folder != home)
    {
        assert_eq!(mode(folder), 0o700, "{}", folder.display());
    }
}

#[test]
fn an_absolute_path_is_taken_as_it_is() {
    let (_cloud, mut home) = ada();
    let path = home.path().join("else where/ö.toml");
    home.env("PIPECAT_CONFIG_PATH", &path)
        .env("PIPECAT_TOKEN", ADA_PAT);
    select(&home);
    assert_eq!(fs::read_to_string(path).unwrap(), "org = \"acme\"\n");
}

#[test]
fn reading_makes_neither_folder_nor_file() {
    let (_cloud, mut home) = ada();
    fs::remove_dir_all(home.path().join(".config")).unwrap();
    home.env("PIPECAT_TOKEN", ADA_PAT);
    for line in [
        "organizations list",
        "organizations keys list",
        "auth whoami",
    ] {
        home.cloud(line).assert().success();
    }
    assert!(!fs::exists(home.path().join(".config")).unwrap());
}

#[test]
fn without_a_home_the_variable_is_enough() {
    let (_cloud, mut home) = ada();
    home.env("PIPECAT_CONFIG_PATH", home.config_path());
    home.env_remove("HOME").env_remove("USERPROFILE");
    select(&home);
    assert!(home.config().contains("org = \"acme\""));
}

#[cfg(unix)]
#[test]
fn what_is_no_file_is_named_and_nobody_waits_for_it() {
    use crate::support::run::{json, stderr};

    let (_cloud, mut home) = ada();
    fs::create_dir(home.path().join("folder")).unwrap();
    fs::write(home.path().join("file"), "").unwrap();
    let link = |target: &str, name: &str| {
        std::os::unix::fs::symlink(target, home.path().join(name)).unwrap();
    };
    link("circle-b", "circle-a");
    link("circle-a", "circle-b");
    let fifo = home.path().join("fifo");
    let made = std::process::Command::new("mkfifo").arg(&fifo).status();
    assert!(made.unwrap().success());
    for (place, said) in [
        ("folder", "it is a folder"),
        ("fifo", "it is not a regular file"),
        ("circle-a", "ymbolic link"),
        ("file/below.toml", "Not a directory"),
    ] {
        home.env("PIPECAT_CONFIG_PATH", place)
            .env_remove("PIPECAT_TOKEN");
        for line in ["organizations list", "organizations select -o acme"] {
            let run = home.cloud(line).assert().code(1).stdout_eq("");
            let told = stderr(&run);
            assert!(told.contains(&format!("cannot read `{place}`")), "{told}");
            assert!(told.contains(said), "{told}");
            assert!(told.contains("PIPECAT_CONFIG_PATH"), "{told}");
        }
        let run = home
            .cloud("organizations list --output json")
            .assert()
            .code(1);
        assert_eq!(json(&run)["error"]["code"], "config_unreadable");

        // Reading goes on without the file; writing cannot.
        home.env("PIPECAT_TOKEN", ADA_PAT);
        let run = home.cloud("organizations list").assert().success();
        assert!(
            stderr(&run).starts_with("warning: cannot read"),
            "{}",
            stderr(&run)
        );
        let run = home.cloud("organizations select -o acme").assert().code(1);
        assert!(stderr(&run).contains("error: "), "{}", stderr(&run));
    }
}
