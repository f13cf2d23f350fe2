//! Variables of the environment that hold what nobody meant.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

use super::{each, json_command, perform, prepared};
use crate::support::cloud::ADA_PAT;

/// Every variable, and whether it may be anything without a command failing.
const VARIABLES: [(&str, bool); 12] = [
    ("PIPECAT_TOKEN", false),
    ("PIPECAT_ORG", false),
    ("PIPECAT_REFRESH_TOKEN", true),
    ("PIPECAT_TOKEN_EXPIRES_AT", true),
    ("PIPECAT_API_HOST", false),
    ("PIPECAT_DASHBOARD_HOST", false),
    ("PIPECAT_OUTPUT", true),
    ("PIPECAT_CLI_LOG_LEVEL", false),
    ("PIPECAT_DEFAULT_PUBLIC_KEY", false),
    ("PIPECAT_DEFAULT_PUBLIC_KEY_NAME", true),
    ("PIPECAT_CONFIG_PATH", false),
    ("PIPECAT_ALLOW_HTTP", true),
];

/// The commands that between them ask for every setting.
const LINES: [&str; 4] = [
    "--show-cli-config",
    "organizations select -o acme",
    "organizations keys list",
    "organizations keys create -n Kiosk -d",
];

/// Values that count as none.
const BLANK: [&[u8]; 4] = [b"", b" ", b"\t\r\n", b"\xc2\xa0"];

/// Values that count as something, and are hardly what was meant.
const ODD: [&[u8]; 5] = [
    b"\xff\xfe",
    b"a\nb",
    b"\r\n\x1b[2J",
    b"\x7f",
    "\u{202e}🦀".as_bytes(),
];

#[test]
fn a_blank_variable_is_like_none() {
    let cases: Vec<_> = VARIABLES
        .iter()
        .filter(|(name, _)| *name != "PIPECAT_API_HOST")
        .flat_map(|(name, _)| BLANK.map(|value| (*name, value)))
        .collect();
    each(&cases, |&(name, value)| {
        for line in ["auth whoami", "organizations select -o acme"] {
            let (cloud, mut home) = prepared();
            home.env(name, OsStr::from_bytes(value));
            let trial = perform(&cloud, json_command(&home, line));
            trial.json();
            assert_eq!(trial.code(), 0, "{name}={value:?}: {trial:?}");
            assert_eq!(trial.stderr, "", "{name}={value:?}");
        }
    });
}

#[test]
fn an_odd_variable_is_named_or_does_no_harm() {
    let cases: Vec<_> = VARIABLES
        .iter()
        .flat_map(|variable| ODD.map(|value| (variable, value)))
        .collect();
    each(&cases, |&((name, harmless), value)| {
        for line in LINES {
            // A relative path is a path.
            if *name == "PIPECAT_CONFIG_PATH" && str::from_utf8(value).is_ok() {
                continue;
            }
            let (cloud, mut home) = prepared();
            home.env(name, OsStr::from_bytes(value));
            let before = home.config();
            let trial = perform(&cloud, json_command(&home, line));
            let what = format!("{name}={value:?} / {line}: {trial:?}");
            trial.json();
            let shows = line == "--show-cli-config" && str::from_utf8(value).is_err();
            assert!(trial.code() == 0 || !harmless || shows, "{what}");
            let harmful = |character: char| character.is_control() && character != '\n';
            assert!(!trial.stderr.contains(harmful), "{what}");
            if trial.code() == 0 {
                continue;
            }
            assert_eq!(home.config(), before, "{what}");
            let names_it = trial.stderr.contains(name);
            let organization = *name == "PIPECAT_ORG";
            assert!(names_it || organization, "{what}");
        }
    });
}

/// What is not needed is not read: help and the version are there whatever is set.
#[test]
fn help_and_version_ask_no_variable() {
    each(&VARIABLES, |(name, _)| {
        for value in ODD {
            for line in ["--version", "auth login --help"] {
                let (cloud, mut home) = prepared();
                home.env("PIPECAT_TOKEN", ADA_PAT);
                home.env(name, OsStr::from_bytes(value));
                let words = line.split(' ');
                let trial = perform_quietly(&cloud, &home, words);
                assert_eq!(trial.code(), 0, "{name}={value:?}: {trial:?}");
                assert_eq!(trial.stderr, "", "{name}={value:?}");
            }
        }
    });
}

fn perform_quietly<'a>(
    cloud: &crate::support::cloud::Cloud,
    home: &crate::support::home::Home,
    words: impl Iterator<Item = &'a str>,
) -> super::Trial {
    perform(cloud, home.command(["cloud"].into_iter().chain(words)))
}
