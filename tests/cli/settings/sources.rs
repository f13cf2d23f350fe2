//! Option, then environment, then file, then default.

use serde_json::{Value, json};
use snapbox::str;

use crate::support::cloud::{ADA_PAT, Cloud};
use crate::support::home::Home;
use crate::support::run::{ada, json as value, stderr};

/// Every setting: its name, a value for the file and one for the environment.
const SETTINGS: [(&str, &str, &str); 7] = [
    ("org", "acme", "team.with.dots"),
    (
        "api_host",
        "https://file.example.com",
        "https://env.example.com",
    ),
    (
        "dashboard_host",
        "https://file.example.com",
        "https://env.example.com",
    ),
    ("output", "json", "json"),
    ("cli_log_level", "WARNING", "error"),
    ("default_public_key_name", "File", "Environment"),
    (
        "default_public_key",
        "pk_file_0123456789",
        "pk_env_0123456789",
    ),
];

/// What `--show-cli-config` says of a setting.
fn shown(home: &Home, name: &str, variable: Option<&str>) -> Value {
    let mut run = home.cloud("--show-cli-config");
    if name != "output" {
        run = run.arg("--output").arg("json");
    }
    if let Some(text) = variable {
        run = run.env(format!("PIPECAT_{}", name.to_uppercase()), text);
    }
    value(&run.assert().success())[name].clone()
}

#[test]
fn the_environment_beats_the_file_and_a_blank_variable_counts_as_unset() {
    let cloud = Cloud::start();
    let mut home = Home::new(&cloud);
    home.env_remove("PIPECAT_API_HOST");
    for (name, in_file, in_environment) in SETTINGS {
        home.write_config(&format!("{name} = \"{in_file}\"\n"));
        let masked = |text: &str| match name {
            "default_public_key" => format!("{}****", &text[..8]),
            _ => text.to_owned(),
        };
        let path = home.config_path();
        let from_file = json!({"value": masked(in_file), "source": path});
        assert_eq!(shown(&home, name, None), from_file);
        for blank in ["", " ", "\t\n"] {
            assert_eq!(shown(&home, name, Some(blank)), from_file, "{blank:?}");
        }
        let variable = format!("PIPECAT_{}", name.to_uppercase());
        for text in [in_environment.to_owned(), format!(" {in_environment}\n")] {
            assert_eq!(
                shown(&home, name, Some(&text)),
                json!({"value": masked(in_environment), "source": variable})
            );
        }
    }
}

#[test]
fn what_renews_a_session_comes_from_its_file_and_from_nowhere_else() {
    let (_cloud, mut home) = ada();
    let names = ["refresh_token", "token_expires_at"];
    let session = "token = \"oat_x\"\nrefresh_token = \"ort_x\"\ntoken_expires_at = 1700000000.5\n";
    home.write_config(session);
    home.env("PIPECAT_REFRESH_TOKEN", "ort_y")
        .env("PIPECAT_TOKEN_EXPIRES_AT", "1800000000");
    let path = home.config_path();
    let values = [json!("****"), json!("1700000000.5")];
    for (name, value) in names.iter().zip(values) {
        let from_file = json!({"value": value, "source": path});
        assert_eq!(shown(&home, name, None), from_file);
    }
    let run = home.cloud("--show-cli-config").assert().success();
    for name in ["PIPECAT_REFRESH_TOKEN", "PIPECAT_TOKEN_EXPIRES_AT"] {
        let note = format!("warning: `{name}` is set, but never used");
        assert!(stderr(&run).contains(&note), "{}", stderr(&run));
    }
    // A token from the environment is used as it is.
    home.env("PIPECAT_TOKEN", ADA_PAT);
    for name in names {
        assert_eq!(shown(&home, name, None)["value"], Value::Null, "{name}");
    }
}

#[test]
fn what_nobody_says_has_a_default_or_no_value() {
    let cloud = Cloud::start();
    let mut home = Home::new(&cloud);
    home.env_remove("PIPECAT_API_HOST");
    for (name, expected) in [
        ("api_host", json!("https://api.pipecat.daily.co")),
        ("dashboard_host", json!("https://pipecat.daily.co")),
        ("cli_log_level", json!("INFO")),
        ("org", Value::Null),
        ("token", Value::Null),
        ("default_public_key", Value::Null),
    ] {
        assert_eq!(shown(&home, name, None)["value"], expected, "{name}");
    }
}

#[test]
fn the_default_key_is_taken_from_the_top_level_and_else_from_the_organizations_table() {
    let tables = "[acme]\ndefault_public_key_name = \"Of acme\"\n\
                  [\"team.with.dots\"]\ndefault_public_key_name = \"Of the team\"\n";
    let (_cloud, home) = ada();
    let key = "default_public_key_name";
    home.write_config(&format!("org = \"acme\"\n{tables}"));
    assert_eq!(shown(&home, key, None)["value"], "Of acme");
    let other = home
        .cloud("--show-cli-config --output json")
        .env("PIPECAT_ORG", "team.with.dots")
        .assert();
    assert_eq!(value(&other)[key]["value"], "Of the team");
    let other = home
        .cloud("organizations keys list --org team.with.dots --show-cli-config --output json")
        .env("PIPECAT_ORG", "acme")
        .assert();
    assert_eq!(value(&other)[key]["value"], "Of the team");
    assert_eq!(value(&other)["org"]["source"], "--organization");
    home.write_config(&format!("org = \"acme\"\n{key} = \"Of all\"\n{tables}"));
    assert_eq!(shown(&home, key, None)["value"], "Of all");
}

#[test]
fn white_space_around_a_token_is_dropped() {
    let (cloud, mut home) = ada();
    home.write_config(&format!("token = \" {ADA_PAT}\\n\"\n"));
    home.cloud("organizations list").assert().success();
    home.write_config("");
    home.env("PIPECAT_TOKEN", format!("\t{ADA_PAT} \r\n"));
    home.cloud("organizations list").assert().success();
    let bearers: Vec<_> = cloud.requests();
    assert_eq!(bearers.len(), 2);
    assert!(bearers.iter().all(|one| one.bearer() == Some(ADA_PAT)));
}

#[test]
fn a_token_that_no_header_can_hold_is_refused_without_being_shown() {
    let (cloud, home) = ada();
    for token in [
        "pcc_pat_se\ncret",
        "pcc_pat_se cret",
        "pcc_pat_se\u{e9}cret",
    ] {
        for from_file in [true, false] {
            let text = if from_file {
                token.escape_default().to_string()
            } else {
                String::new()
            };
            home.write_config(&format!(
                "token = \"{}\"\n",
                text.replace("\\u{e9}", "\u{e9}")
            ));
            let variable = if from_file { "" } else { token };
            let run = home
                .cloud("organizations list")
                .env("PIPECAT_TOKEN", variable)
                .assert()
                .code(1)
                .stdout_eq("");
            let said = stderr(&run);
            let source = if from_file {
                "pipecatcloud.toml`"
            } else {
                "`PIPECAT_TOKEN`"
            };
            assert!(said.contains("is not valid: it is empty"), "{said}");
            assert!(said.contains(source), "{said}");
            assert!(
                !said.contains("pcc_pat_se") && !said.contains("cret"),
                "{said}"
            );
        }
    }
    assert_eq!(cloud.requests(), [""; 0]);
}

#[test]
fn the_token_of_the_environment_is_used_and_not_stored() {
    let (cloud, home) = ada();
    home.write_config("token = \"pcc_pat_nobodys\"\n# mine\n");
    home.cloud("organizations select -o acme")
        .env("PIPECAT_TOKEN", ADA_PAT)
        .assert()
        .success();
    assert_eq!(cloud.requests()[0].bearer(), Some(ADA_PAT));
    assert_eq!(
        home.config(),
        "token = \"pcc_pat_nobodys\"\norg = \"acme\"\n# mine\n"
    );
}

#[test]
fn a_token_that_is_something_else_is_told_what_it_is() {
    for (token, said) in [
        ("\"pcc_pat_secret\"", "has quotes around it"),
        ("'pcc_pat_secret'", "has quotes around it"),
        ("\u{201c}pcc_pat_secret\u{201d}", "has quotes around it"),
        ("Bearer pcc_pat_secret", "begins with `Bearer`"),
        ("bearer\tpcc_pat_secret", "begins with `Bearer`"),
        ("\u{feff}pcc_pat_secret", "begins with a byte-order mark"),
        ("pk_secret", "is an API key (`pk_`)"),
        ("sk_secret", "is an API key (`sk_`)"),
        (
            "PIPECAT_TOKEN=pcc_pat_secret",
            "begins with a variable's name",
        ),
    ] {
        let (cloud, home) = ada();
        home.write_config("");
        let said = format!("error: the token from `PIPECAT_TOKEN` {said}");
        let run = home
            .cloud("organizations list")
            .env("PIPECAT_TOKEN", token)
            .assert()
            .code(1)
            .stdout_eq("");
        let told = stderr(&run);
        assert!(told.starts_with(&said), "{token}: {told}");
        assert!(told.contains("\nhint: "), "{told}");
        assert!(!told.contains("secret"), "{told}");

        home.write_config(
            &format!("token = \"{}\"\n", token.escape_default())
                .replace("\\'", "'")
                .replace("\\u{feff}", "\u{feff}")
                .replace("\\u{201c}", "\u{201c}")
                .replace("\\u{201d}", "\u{201d}"),
        );
        let run = home.cloud("organizations list").assert().code(1);
        let said = said.split_once("TOKEN` ").unwrap().1.to_owned();
        assert!(stderr(&run).contains(&said), "{}", stderr(&run));

        let run = home
            .judged(["cloud", "auth", "use-pat", token])
            .assert()
            .code(1);
        assert!(stderr(&run).contains(&said), "{}", stderr(&run));
        assert!(!stderr(&run).contains("secret"), "{}", stderr(&run));
        assert_eq!(cloud.requests(), [""; 0]);
    }
}

#[test]
fn a_blank_token_variable_is_said_to_be_set() {
    let (_cloud, home) = ada();
    home.write_config("");
    for blank in ["", " ", "\t\n"] {
        home.cloud("organizations list")
            .env("PIPECAT_TOKEN", blank)
            .assert()
            .code(1)
            .stderr_eq(str![[r"
error: you are not signed in: `PIPECAT_TOKEN` is set but blank
hint: in CI, a secret is blank in workflows that may not see it, such as pull requests from forks
hint: run `pipecat cloud auth login`, or set `PIPECAT_TOKEN` to a personal access token

"]]);
    }
}

/// What the hint says is done, and then it works.
#[test]
fn the_hint_about_a_value_of_another_type_helps() {
    let signed_in = format!("token = \"{ADA_PAT}\"\n");
    for (text, hint, then) in [
        (
            "org = 5\n",
            "organizations select -o",
            "organizations select -o acme",
        ),
        (
            "org = ['acme']\n",
            "organizations select -o",
            "organizations select -o acme",
        ),
        (
            "org = 'acme'\n[acme]\ndefault_public_key = 5\n",
            "organizations keys use -o acme --key",
            "organizations keys use -o acme --key key_acme_web",
        ),
    ] {
        let (_cloud, home) = ada();
        home.write_config(&format!("{signed_in}{text}"));
        let run = home.cloud("organizations keys list").assert().code(1);
        let said = format!("\nhint: run `pipecat cloud {hint} ");
        assert!(stderr(&run).contains(&said), "{}", stderr(&run));
        home.cloud(then).assert().success();
        home.cloud("organizations keys list").assert().success();
    }
    for (text, variable) in [
        ("api_host = 5\n", "PIPECAT_API_HOST"),
        ("output = true\n", "PIPECAT_OUTPUT"),
        ("cli_log_level = [1]\n", "PIPECAT_CLI_LOG_LEVEL"),
        ("org = {a = 1}\n", "PIPECAT_ORG"),
        ("default_public_key = 5\n", "PIPECAT_DEFAULT_PUBLIC_KEY"),
    ] {
        let (_cloud, mut home) = ada();
        if variable == "PIPECAT_API_HOST" {
            home.env_remove(variable);
        }
        home.write_config(&format!("{signed_in}{text}"));
        let run = home.cloud("organizations keys list").assert().code(1);
        let said = "\nhint: put it in quotes, or remove the line from the file\n";
        assert!(stderr(&run).contains(said), "{text}: {}", stderr(&run));
    }
}

/// A token of another type is replaced by signing in, and so is an organization.
#[test]
fn signing_in_again_replaces_a_value_of_another_type() {
    for text in ["token = true\n", "org = 5\n", "token = 1\norg = []\n"] {
        let (_cloud, home) = ada();
        home.write_config(text);
        let run = home.cloud("organizations list").assert();
        if text.starts_with("token") {
            let run = run.code(1);
            let said = "\nhint: run `pipecat cloud auth login` to sign in again\n";
            assert!(stderr(&run).contains(said), "{}", stderr(&run));
        }
        home.judged(["cloud", "auth", "use-pat", ADA_PAT])
            .assert()
            .success();
        home.cloud("organizations keys list").assert().success();
    }
}

#[test]
fn a_value_of_another_type_is_named_with_its_file() {
    let (cloud, home) = ada();
    for (text, name) in [
        ("org = 5\n", "org"),
        ("token = true\n", "token"),
        ("org = ['acme']\n", "org"),
    ] {
        home.write_config(&format!(
            "{}{text}",
            if name == "org" {
                format!("token = \"{ADA_PAT}\"\n")
            } else {
                String::new()
            }
        ));
        let run = home.cloud("organizations keys list").assert().code(1);
        let said = stderr(&run);
        assert!(said.contains(&format!("`{name}` in `")), "{said}");
        assert!(
            said.contains(home.config_path().to_str().unwrap()),
            "{said}"
        );
    }
    assert_eq!(cloud.requests(), [""; 0]);
}

#[cfg(unix)]
#[test]
fn a_variable_that_is_not_text_is_named() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;

    for name in [
        "PIPECAT_ORG",
        "PIPECAT_TOKEN",
        "PIPECAT_CONFIG_PATH",
        "PIPECAT_OUTPUT",
    ] {
        let (cloud, mut home) = ada();
        home.env(name, OsStr::from_bytes(b"a\xffb"));
        let run = home.cloud("organizations keys list").assert().code(1);
        assert!(
            stderr(&run).contains(&format!("`{name}` is not valid UTF-8")),
            "{}",
            stderr(&run)
        );
        assert_eq!(cloud.requests(), [""; 0]);
    }
}
