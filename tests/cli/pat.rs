//! Personal access tokens: `auth use-pat`, and `PIPECAT_TOKEN`.

mod environment;

use std::fs;

use snapbox::cmd::OutputAssert;
use snapbox::{IntoData as _, str};

use crate::login::{LIVED_IN, assert_untouched, lines, lived_in, redacting};
use crate::support::cloud::{ADA_PAT, Cloud, Fault, GRACE_PAT};
use crate::support::home::Home;

/// Runs a command with this input and `[HOME]` in the place of the home folder.
fn run(home: &Home, arguments: &[&str], input: &str) -> OutputAssert {
    let assert = redacting(&[("[HOME]", &home.path().display().to_string())]);
    let command = home.pipecat([&["cloud"], arguments].concat());
    command.stdin(input).assert().with_assert(assert)
}

fn use_pat(home: &Home, arguments: &[&str], input: &str) -> OutputAssert {
    run(home, &[&["auth", "use-pat"], arguments].concat(), input)
}

#[test]
fn a_token_on_the_command_line_is_checked_and_stored() {
    for (mode, stdout) in [
        (
            "plain",
            str![[r"
signed in as ada@example.com, active organization Ada's workspace (ada-personal)

"]]
            .into_data(),
        ),
        (
            "rich",
            // Windows shows every character, whatever the locale.
            if cfg!(windows) {
                str![[r"
✓ signed in as ada@example.com, active organization Ada's workspace (ada-personal)

"]]
            } else {
                str![[r"
* signed in as ada@example.com, active organization Ada's workspace (ada-personal)

"]]
            }
            .into_data(),
        ),
        (
            "json",
            str![[r#"
{
  "user": {
    "userId": "user_ada",
    "emails": [
      {
        "emailAddress": "ada@example.com",
        "verified": true
      }
    ],
    "firstName": "Ada",
    "lastName": "Lovelace"
  },
  "organization": {
    "name": "ada-personal",
    "verbose_name": "Ada's workspace"
  },
  "authMethod": "PAT",
  "configPath": "[HOME]/.config/pipecatcloud/pipecatcloud.toml"
}

"#]]
            .is_json(),
        ),
    ] {
        let cloud = Cloud::start();
        let home = Home::new(&cloud);
        use_pat(&home, &[ADA_PAT, "--output", mode], "")
            .success()
            .stdout_eq(stdout)
            .stderr_eq(str![[r#"
warning: the token is now in your shell's history; leave it off the command line to be asked for it without it being shown
stored in `[HOME]/.config/pipecatcloud/pipecatcloud.toml`

"#]]);
        let requests = cloud.requests();
        let expected = ["GET /v1/organizations", "GET /v1/users"];
        assert_eq!(lines(&requests), expected);
        for request in &requests {
            assert_eq!(request.bearer(), Some(ADA_PAT));
        }
        let stored = format!("token = \"{ADA_PAT}\"\norg = \"ada-personal\"\n");
        assert_eq!(home.config(), stored);
    }
}

#[test]
fn a_token_from_standard_input_leaves_no_trace_in_a_history() {
    for input in [
        ADA_PAT.to_owned(),
        format!("{ADA_PAT}\n"),
        format!(" \t{ADA_PAT} \r\n\n"),
    ] {
        let cloud = Cloud::start();
        let home = Home::new(&cloud);
        use_pat(&home, &[], &input).success().stderr_eq(str![[r"
stored in `[HOME]/.config/pipecatcloud/pipecatcloud.toml`

"]]);
        let stored = format!("token = \"{ADA_PAT}\"\norg = \"ada-personal\"\n");
        assert_eq!(home.config(), stored);
    }
}

#[test]
fn what_is_no_personal_access_token_is_not_even_tried() {
    for (token, stderr) in [
        (
            "oat_ada_0000000000000001",
            str![[r#"
error: this is not a personal access token: they begin with `pcc_pat_`
hint: create one at https://pipecat.daily.co/account/tokens

"#]],
        ),
        (
            "PCC_PAT_ada",
            str![[r#"
error: this is not a personal access token: they begin with `pcc_pat_`
hint: create one at https://pipecat.daily.co/account/tokens

"#]],
        ),
        (
            "pcc_pat",
            str![[r#"
error: this is not a personal access token: they begin with `pcc_pat_`
hint: create one at https://pipecat.daily.co/account/tokens

"#]],
        ),
        (
            "",
            str![[r#"
error: the token from standard input is empty
hint: create one at https://pipecat.daily.co/account/tokens

"#]],
        ),
        (
            "pcc_pat_two words",
            str![[r#"
error: the token from standard input is not valid: it is empty, or contains white space, a control character or a non-ASCII character
hint: copy the token again, whole and on one line

"#]],
        ),
        (
            "pcc_pat_ünïcode",
            str![[r#"
error: the token from standard input is not valid: it is empty, or contains white space, a control character or a non-ASCII character
hint: copy the token again, whole and on one line

"#]],
        ),
    ] {
        let (cloud, home) = lived_in();
        use_pat(&home, &[], token)
            .code(1)
            .stdout_eq("")
            .stderr_eq(stderr);
        use_pat(&home, &[token], "").code(1).stdout_eq("");
        assert_eq!(cloud.requests(), [""; 0]);
        assert_untouched(&home);
    }
}

#[test]
fn one_line_of_standard_input_is_read() {
    let (_cloud, home) = lived_in();
    use_pat(&home, &[], &format!("{ADA_PAT}\r\nmore\n")).success();
    assert!(home.config().contains(&format!("token = \"{ADA_PAT}\"")));
}

#[test]
fn a_token_that_the_service_does_not_know_is_not_stored() {
    for (mode, stdout) in [
        ("plain", str![]),
        ("rich", str![]),
        (
            "json",
            str![[r#"
{
  "error": {
    "error": "Unauthorized",
    "code": "401",
    "hint": "create a new one at https://pipecat.daily.co/account/tokens",
    "next": [],
    "retryable": false
  }
}

"#]],
        ),
    ] {
        let (_cloud, home) = lived_in();
        use_pat(&home, &["--output", mode], "pcc_pat_unknown")
            .code(1)
            .stdout_eq(stdout)
            .stderr_eq(str![[r"
error: the service does not accept the token from standard input (401 Unauthorized)
hint: create a new one at https://pipecat.daily.co/account/tokens

"]]);
        assert_untouched(&home);
    }
}

#[test]
fn a_token_that_cannot_be_checked_is_not_stored() {
    let (cloud, home) = lived_in();
    cloud.fault(Fault::on("GET", "/v1/organizations").status(500));
    use_pat(&home, &[], ADA_PAT)
        .code(1)
        .stdout_eq("")
        .stderr_eq(str![[r"
error: `127.0.0.1:[..]` failed (500 Internal Server Error)
hint: the fault is not on your side; try again in a while

"]]);
    assert_untouched(&home);
}

#[test]
fn a_session_is_replaced_whole_and_the_rest_of_the_file_stays() {
    let (_cloud, home) = lived_in();
    use_pat(&home, &[], ADA_PAT).success();
    let expected = LIVED_IN
        .replace("oat_old", ADA_PAT)
        .replace("refresh_token = \"ort_old\"\n", "")
        .replace("token_expires_at = 1700000000.5\n", "");
    assert_eq!(home.config(), expected);
}

#[test]
fn the_active_organization_stays_only_for_a_member() {
    for (token, stored, active) in [
        (ADA_PAT, "team.with.dots", "team.with.dots"),
        (GRACE_PAT, "team.with.dots", "acme"),
    ] {
        let cloud = Cloud::start();
        let home = Home::new(&cloud);
        home.write_config(&format!("org = \"{stored}\"\n"));
        use_pat(&home, &[], token).success();
        let expected = format!("org = \"{active}\"\ntoken = \"{token}\"\n");
        assert_eq!(home.config(), expected);
    }
}

#[test]
fn variables_that_override_the_stored_token_are_warned_about() {
    let cloud = Cloud::start();
    let mut home = Home::new(&cloud);
    home.env("PIPECAT_TOKEN", GRACE_PAT)
        .env("PIPECAT_ORG", "acme");
    use_pat(&home, &[], ADA_PAT).success().stderr_eq(str![[r#"
stored in `[HOME]/.config/pipecatcloud/pipecatcloud.toml`
warning: `PIPECAT_TOKEN` is set and overrides `token` in the file; unset it to use the file

"#]]);
    let stored = format!("token = \"{ADA_PAT}\"\norg = \"acme\"\n");
    assert_eq!(home.config(), stored);
    for request in cloud.requests() {
        assert_eq!(request.bearer(), Some(ADA_PAT));
    }
}

#[test]
fn a_malformed_file_is_kept_aside() {
    let malformed = "token = \"oat_old\n";
    let cloud = Cloud::start();
    let home = Home::new(&cloud);
    home.write_config(malformed);
    use_pat(&home, &[], "pcc_pat_unknown").code(1);
    assert_eq!(home.config(), malformed);
    use_pat(&home, &[], ADA_PAT).success().stderr_eq(str![[r"
warning: the malformed configuration file was kept as `[HOME]/.config/pipecatcloud/pipecatcloud.toml.bak`; it may still hold a token
stored in `[HOME]/.config/pipecatcloud/pipecatcloud.toml`

"]]);
    let aside = home.config_path().with_file_name("pipecatcloud.toml.bak");
    assert_eq!(fs::read_to_string(aside).unwrap(), malformed);
}

#[cfg(unix)]
mod on_a_terminal {
    use super::{ADA_PAT, Cloud, Home, assert_untouched, lived_in};
    use crate::support::terminal::Terminal;

    fn ask(home: &Home) -> Terminal {
        let terminal = Terminal::spawn(home, (24, 80), ["cloud", "auth", "use-pat"]);
        terminal.wait_for("Personal access token:");
        let screen = terminal.screen();
        let (before, _) = screen.split_once("Personal access token:").unwrap();
        assert!(
            before.contains("https://pipecat.daily.co/account/tokens"),
            "{screen}"
        );
        terminal
    }

    #[test]
    fn the_token_is_asked_for_and_not_shown() {
        let cloud = Cloud::start();
        let home = Home::new(&cloud);
        let mut terminal = ask(&home);
        terminal.send(&format!("{ADA_PAT}\r"));
        assert!(terminal.wait().success(), "{}", terminal.screen());
        let screen = terminal.screen();
        assert!(screen.contains("signed in as ada@example.com"), "{screen}");
        let raw = String::from_utf8_lossy(&terminal.raw()).into_owned();
        assert!(!raw.contains("pcc_pat_"), "{raw}");
        assert!(!raw.contains("history"), "{raw}");
        assert!(home.config().contains(ADA_PAT));
    }

    #[test]
    fn an_organization_that_was_chosen_while_the_question_stood_stays_active() {
        let (_cloud, home) = lived_in();
        let mut terminal = ask(&home);
        let chosen = home
            .config()
            .replace("org = \"acme\"", "org = \"team.with.dots\"");
        home.write_config(&chosen);
        terminal.send(&format!("{ADA_PAT}\r"));
        assert!(terminal.wait().success(), "{}", terminal.screen());
        let config = home.config();
        assert!(config.contains("org = \"team.with.dots\""), "{config}");
    }

    #[test]
    fn who_leaves_the_question_changes_nothing() {
        for (key, status) in [("\u{1b}", 1), ("\u{3}", 130)] {
            let (cloud, home) = lived_in();
            let mut terminal = ask(&home);
            terminal.send(key);
            assert_eq!(terminal.wait().exit_code(), status);
            assert!(terminal.cursor_visible());
            assert_eq!(cloud.requests(), [""; 0]);
            assert_untouched(&home);
        }
    }
}
