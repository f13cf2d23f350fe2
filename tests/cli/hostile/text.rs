//! Text from outside, in every field that is shown anywhere, in every mode and in questions.

use serde_json::{Value, json};

use crate::machine::{each, perform};
use crate::support::cloud::{Cloud, Fault, State};
use crate::support::home::Home;
use crate::support::run::ada;
use crate::support::terminal::Terminal;

/// What text may hold: a line each.
const TEXTS: [&str; 8] = [
    "a\u{1b}[2J\u{1b}]0;owned\u{7}b",
    "a\u{9b}2J\u{9d}0;owned\u{9c}b",
    "a\r\nerror: owned\tb\u{85}c\u{2028}d\u{b}e",
    "a\u{202e}b\u{2066}c\u{200f}d\u{61c}e\u{feff}f",
    "\u{1b}]8;;http://evil.example.com\u{1b}\\click\u{1b}]8;;\u{1b}\\",
    "[bold red]a[/] <script>b</script> {0} %s %n `c` $(d) \\e[2J",
    "\0\u{8}\u{8}\u{7f}",
    LONG,
];

/// Stands for a very long one.
const LONG: &str = "long";

fn text(text: &str) -> String {
    match text {
        LONG => "x".repeat(10_000),
        text => text.to_owned(),
    }
}

/// A field of an answer.
type Field = (&'static str, fn(&mut State) -> &mut Value);

/// Every field that a command shows: a line each.
const FIELDS: [Field; 11] = [
    (
        "e-mail",
        |state| &mut state.users[0].profile["emails"][0]["emailAddress"],
    ),
    ("user id", |state| &mut state.users[0].profile["userId"]),
    (
        "first name",
        |state| &mut state.users[0].profile["firstName"],
    ),
    ("organization's id", |state| &mut acme(state).profile["id"]),
    ("organization's name", |state| {
        &mut state.organizations[2].profile["name"]
    }),
    (
        "organization's title",
        |state| &mut acme(state).profile["verboseName"],
    ),
    ("key's name", |state| {
        &mut acme(state).public_keys[0]["metadata"]["name"]
    }),
    (
        "key's date",
        |state| &mut acme(state).public_keys[0]["createdAt"],
    ),
    ("key", |state| &mut acme(state).public_keys[0]["key"]),
    (
        "private key",
        |state| &mut acme(state).private_keys[0]["key"],
    ),
    ("key's id", |state| &mut acme(state).public_keys[1]["id"]),
];

fn acme(state: &mut State) -> &mut crate::support::cloud::world::Organization {
    state.organization("acme").unwrap()
}

/// A line each.
const LINES: [&str; 7] = [
    "auth whoami",
    "organizations list",
    "organizations select -o acme",
    "organizations keys list -o acme",
    "organizations keys create -o acme -n Kiosk",
    "organizations keys use -o acme --key Staging",
    "organizations keys revoke -o acme --key key_acme_web --yes",
];

fn hostile(field: &Field, value: &str) -> (Cloud, Home) {
    let (cloud, mut home) = ada();
    home.env("PIPECAT_ORG", "acme");
    cloud.change(|state| {
        // It is shown where there is no e-mail address.
        if field.0 == "user id" {
            state.users[0].profile["emails"] = json!([]);
        }
        *field.1(state) = value.into();
    });
    (cloud, home)
}

#[track_caller]
fn assert_harmless(shown: &str, what: &str) {
    let harmful = |character: char| {
        character.is_control() && !matches!(character, '\n' | '\t')
            || matches!(character, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{feff}')
            || matches!(character, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    assert!(!shown.contains(harmful), "{what}: {shown:?}");
    // Nobody's text may look like a line of the program's own.
    let forged = shown.lines().any(|line| line.starts_with("error: owned"));
    assert!(!forged, "{what}: {shown:?}");
}

#[test]
fn no_text_in_any_field_takes_effect_in_any_mode() {
    let cases: Vec<_> = FIELDS
        .iter()
        .flat_map(|field| TEXTS.map(|value| (field, value)))
        .collect();
    each(&cases, |(field, value)| {
        // A mode each, so that every text meets every field, and every field every mode.
        let (cloud, home) = hostile(field, &text(value));
        for (turn, line) in LINES.iter().enumerate() {
            let mode = ["rich", "plain", "json"][(turn + value.len() + field.0.len()) % 3];
            let words = ["cloud"].into_iter().chain(line.split(' '));
            let trial = perform(&cloud, home.command(words.chain(["--output", mode])));
            let what = format!("{} / {value:?} / {line} / {mode}", field.0);
            assert!(matches!(trial.code(), 0..=2), "{what}: {trial:?}");
            assert_harmless(&trial.stdout, &what);
            assert_harmless(&trial.stderr, &what);
            if mode == "json" {
                trial.json();
            }
            if mode == "plain" && trial.code() == 0 {
                let cells = |row: &str| row.split('\t').count();
                let first = trial.stdout.lines().next().map_or(0, cells);
                assert!(
                    trial.stdout.lines().all(|row| cells(row) == first),
                    "{what}: {trial:?}"
                );
            }
        }
    });
}

/// Questions that show a field.
const QUESTIONS: [(&str, &str); 3] = [
    ("organizations select", "Which organization"),
    ("organizations keys use", "Which key"),
    (
        "organizations keys revoke --key key_acme_web",
        "Revoke the key",
    ),
];

#[test]
fn no_text_takes_effect_in_a_question() {
    // A name with a control character in it names no organization, and is refused as an answer.
    let is_asked =
        |index: usize, value: &str| index != 4 || !text(value).contains(char::is_control);
    let cases: Vec<_> = [4, 5, 6, 8]
        .into_iter()
        .flat_map(|index| TEXTS.map(|value| (index, value)))
        .filter(|(index, value)| is_asked(*index, value))
        .map(|(index, value)| (&FIELDS[index], value))
        .collect();
    each(&cases, |(field, value)| {
        for (line, question) in QUESTIONS {
            let (_cloud, home) = hostile(field, &text(value));
            let words = ["cloud"].into_iter().chain(line.split(' '));
            let mut terminal = Terminal::spawn(&home, (40, 100), words);
            if *value == LONG {
                while !String::from_utf8_lossy(&terminal.raw()).contains(&question[..5]) {
                    std::thread::yield_now();
                }
            } else {
                terminal.wait_for(question);
            }
            terminal.send("\x03");
            let status = terminal.wait().exit_code();
            let raw = String::from_utf8(terminal.raw()).unwrap();
            let what = format!("{} / {value:?} / {line}: {raw:?}", field.0);
            assert_eq!(status, 130, "{what}");
            for sequence in [
                "\x1b]",
                "\x1b[2J",
                "\u{9b}",
                "\u{202e}",
                "\u{2066}",
                "\r\nerror:",
                "\0",
                "\u{85}",
            ] {
                assert!(!raw.contains(sequence), "{sequence:?}: {what}");
            }
        }
    });
}

/// Answers of every kind that say no, in the shapes that there are.
#[test]
fn no_refusal_takes_effect() {
    each(&TEXTS, |value| {
        let value = text(value);
        for (status, body) in [
            (400, json!({"error": value, "code": value})),
            (401, json!({"error": value})),
            (
                402,
                json!({"error": value, "code": "SPEND_LIMIT_REACHED", "currentSpendCents": value, "limitCents": value}),
            ),
            (403, json!({"status": 403, "code": value, "message": value})),
            (404, json!({"error": {"message": value}})),
            (429, json!({"error": [value]})),
            (200, json!({"organizations": value, "user": value})),
            (200, json!([value])),
        ] {
            let (cloud, home) = ada();
            cloud.fault(
                Fault::under("*", "/v1/")
                    .status(status)
                    .json(&body)
                    .header("Retry-After", "99999999999999999999"),
            );
            for mode in ["rich", "json"] {
                let words = ["cloud", "organizations", "list", "--output", mode];
                let trial = perform(&cloud, home.command(words));
                let what = format!("{status} {body} / {mode}");
                assert_eq!(trial.code(), 1, "{what}: {trial:?}");
                assert_harmless(&trial.stdout, &what);
                assert_harmless(&trial.stderr, &what);
                if mode == "json" {
                    let _: Value = trial.json();
                }
            }
        }
    });
}
