//! A file that is TOML, and holds what nobody expects: every command goes on, or says what is in
//! the way and leaves the file alone.

use toml_edit::DocumentMut;

use super::{COMMANDS, each, json_command, perform, prepared};
use crate::support::cloud::ADA_PAT;
use crate::support::cloud::world::{organization, public_key};

/// What the file holds beside, or instead of, what it should: a line each. The token is
/// `PIPECAT_TOKEN`'s where the file has none that can be used.
const SHAPES: [(&str, &str); 20] = [
    ("a number for a token", "token = 7\n"),
    ("a list for a token", "token = [\"a\"]\n"),
    ("a table for a token", "[token]\nx = 1\n"),
    ("an inline table for a token", "token = {x = 1}\n"),
    ("a date for a token", "token = 1979-05-27\n"),
    (
        "tables for everything",
        "[[token]]\n[refresh_token]\n[token_expires_at]\n[[org]]\n",
    ),
    ("a number for an organization", "org = 7\n"),
    (
        "a table for an organization",
        "[org]\ndefault_public_key = \"x\"\n",
    ),
    (
        "a word for a time",
        "token = \"oat_x\"\nrefresh_token = \"ort_x\"\ntoken_expires_at = \"soon\"\n",
    ),
    (
        "a time out of this world",
        "token = \"oat_x\"\nrefresh_token = \"ort_x\"\ntoken_expires_at = -1e300\n",
    ),
    (
        "no number for a time",
        "token = \"oat_x\"\nrefresh_token = \"ort_x\"\ntoken_expires_at = nan\n",
    ),
    ("text for a table", "acme = \"x\"\n"),
    (
        "an array of tables",
        "[[acme]]\ndefault_public_key = \"x\"\n",
    ),
    (
        "an inline table",
        "acme = {default_public_key = \"x\", more = [1, {y = 2}]}\n",
    ),
    ("dotted keys", "acme.default_public_key = \"x\"\n"),
    (
        "a table below a table",
        "[acme.default_public_key]\nx = 1\n",
    ),
    (
        "a header in quotes",
        "[\"acme\"] # hers\n'default_public_key' = '''x'''\n",
    ),
    (
        "a mark first and CRLF",
        "\u{feff}# mine\r\ntoken = \"oat_x\"\r\n[acme]\r\nx = 1\r\n",
    ),
    ("no last line end", "[acme]\ndefault_public_key = \"x\""),
    ("nothing but a remark", "# mine"),
];

#[test]
fn no_shape_of_the_file_breaks_a_command_or_is_lost() {
    let cases: Vec<_> = SHAPES
        .iter()
        .flat_map(|(name, text)| COMMANDS.map(|(line, _)| (*name, *text, line)))
        .collect();
    each(&cases, |&(name, text, line)| {
        let (cloud, mut home) = prepared();
        home.write_config(text);
        home.env("PIPECAT_TOKEN", ADA_PAT);
        let trial = perform(&cloud, json_command(&home, line));
        let value = trial.json();
        let what = format!("{name} / {line}: {trial:?}\n{}", home.config());
        if trial.code() == 0 {
            assert!(
                home.config().parse::<DocumentMut>().is_ok() || text.starts_with('\u{feff}'),
                "{what}"
            );
            for kept in text.lines().filter(|line| line.contains("# ")) {
                assert!(home.config().contains(kept), "{what}");
            }
        } else {
            assert_eq!(home.config(), text, "{what}");
            let code = value["error"]["code"].as_str().unwrap();
            let expected = ["config_malformed", "invalid_setting", "not_signed_in"];
            assert!(expected.contains(&code), "{what}");
        }
        let others = home.files().into_iter();
        let others: Vec<_> = others.filter(|name| !name.ends_with(".lock")).collect();
        assert_eq!(others, ["pipecatcloud.toml"], "{what}");
    });
}

/// Names that organizations may have, and that mean something else to a file or a terminal.
const NAMES: [&str; 16] = [
    "token",
    "org",
    "api_host",
    "refresh_token",
    "token_expires_at",
    "default_public_key",
    "output",
    "with.dots",
    "with space",
    "with \"quotes\"",
    "with 'single' ones",
    "back\\slash",
    "🦀",
    "#remark",
    "[table]",
    "1979-05-27",
];

/// Chooses a default key of an organization, signs in, and out again: none of it may stand in the
/// way of the other, or spoil the file for the official program.
#[test]
fn an_organization_may_have_any_name() {
    each(&NAMES, |name| {
        let (cloud, mut home) = prepared();
        cloud.change(|state| {
            let mut named = organization(name, "Named", &["ada"]);
            named.public_keys = vec![public_key("named", "web", "Web", 1)];
            state.organizations.push(named);
        });
        home.env("PIPECAT_TOKEN", ADA_PAT);
        home.write_config("");
        let run = |words: &[&str]| {
            let mut command = home.command(["cloud"]);
            command.args(words).args(["--output", "json"]);
            let trial = perform(&cloud, command);
            trial.json();
            trial
        };
        let used = run(&["organizations", "keys", "use", "-o", name, "--key", "Web"]);
        let config: DocumentMut = home.config().parse().unwrap();
        let settings = ["token", "org", "refresh_token", "token_expires_at"];
        let reserved = settings.contains(name);
        assert_eq!(used.code(), i32::from(reserved), "{name}: {used:?}");
        if reserved {
            assert!(used.stderr.contains("is the name of a setting"), "{used:?}");
            assert_eq!(home.config(), "", "{name}");
        } else {
            let key = config[name]["default_public_key"].as_str();
            assert_eq!(key, Some("pk_named_web_0123456789abcdef"), "{name}");
        }
        for words in [
            &["organizations", "select", "-o", name][..],
            &["auth", "use-pat"],
            &["organizations", "keys", "list"],
            &["auth", "logout"],
        ] {
            let trial = run(words);
            assert_eq!(trial.code(), 0, "{name}: {words:?}: {trial:?}");
        }
        let config: DocumentMut = home.config().parse().unwrap();
        assert_eq!(config["org"].as_str(), Some(*name));
    });
}

/// Ten million bytes, in the two ways that cost most.
#[test]
fn a_file_of_ten_megabytes_is_slow_at_worst() {
    let remark = format!("# {}\n", "x".repeat(98)).repeat(100_000);
    let long = format!("x = \"{}\"\n", "y".repeat(10_000_000));
    each(&[remark, long], |filler| {
        let (cloud, home) = prepared();
        home.write_config(&format!("{filler}{}", home.config()));
        let trial = perform(&cloud, json_command(&home, "organizations select -o acme"));
        trial.json();
        assert_eq!(trial.code(), 0);
        assert!(home.config().starts_with(filler));
        assert!(home.config().contains("org = \"acme\"\n"));
    });
}
