//! `PIPECAT_TOKEN`: used as it is, never renewed, never written.

use snapbox::str;

use super::run;
use crate::login::{assert_untouched, lived_in};
use crate::support::cloud::{ADA_PAT, Cloud};
use crate::support::home::Home;

#[test]
fn a_token_from_the_environment_is_used_as_it_is() {
    for token in [
        ADA_PAT.to_owned(),
        format!(" {ADA_PAT}\t"),
        format!("{ADA_PAT}\n"),
        format!("{ADA_PAT}\r\n"),
    ] {
        let (cloud, mut home) = lived_in();
        home.env("PIPECAT_TOKEN", &token);
        run(&home, &["auth", "whoami"], "").success().stderr_eq("");
        for request in cloud.requests() {
            assert_eq!(request.bearer(), Some(ADA_PAT));
        }
        assert_untouched(&home);
    }
}

#[test]
fn a_token_from_the_environment_never_mixes_with_the_files_session() {
    let cloud = Cloud::start();
    let mut home = Home::new(&cloud);
    home.sign_in(&cloud.session("ada"));
    let stored = home.config();
    // Both an access token and a personal one: neither is renewed, neither is written.
    for token in ["oat_of_yesterday", "pcc_pat_deleted"] {
        home.env("PIPECAT_TOKEN", token);
        home.env("PIPECAT_TOKEN_EXPIRES_AT", "1");
        home.env("PIPECAT_REFRESH_TOKEN", "ort_of_yesterday");
        run(&home, &["auth", "whoami"], "")
            .code(1)
            .stdout_eq("")
            .stderr_eq(str![[r"
error: the service does not accept the token from `PIPECAT_TOKEN` (401 Unauthorized)
hint: put a valid token in `PIPECAT_TOKEN`, or unset it to use your stored session

"]]);
    }
    assert_eq!(cloud.writes(), [""; 0]);
    assert_eq!(home.config(), stored);
}

#[test]
fn a_token_that_cannot_stand_in_a_header_is_said_to_be_so() {
    for token in [
        "pcc_pat_one\npcc_pat_two",
        "pcc_pat_one two",
        "pcc_pat_\u{7f}",
        "pcc_pat_ü",
    ] {
        let cloud = Cloud::start();
        let mut home = Home::new(&cloud);
        home.env("PIPECAT_TOKEN", token);
        run(&home, &["auth", "whoami"], "")
            .code(1)
            .stdout_eq("")
            .stderr_eq(str![[r#"
error: the token from `PIPECAT_TOKEN` is not valid: it is empty, or contains white space, a control character or a non-ASCII character
hint: copy the token again, whole and on one line

"#]]);
        assert_eq!(cloud.requests(), [""; 0]);
    }
}

#[test]
fn a_blank_variable_counts_as_unset() {
    for blank in ["", " ", "\t\n"] {
        let cloud = Cloud::start();
        let mut home = Home::new(&cloud);
        home.env("PIPECAT_TOKEN", blank).env("PIPECAT_ORG", blank);
        run(&home, &["auth", "whoami"], "")
            .code(1)
            .stdout_eq("")
            .stderr_eq(str![[r"
error: you are not signed in: `PIPECAT_TOKEN` is set but blank
hint: in CI, a secret is blank in workflows that may not see it, such as pull requests from forks
hint: run `pipecat cloud auth login`, or set `PIPECAT_TOKEN` to a personal access token

"]]);
        home.sign_in_pat(ADA_PAT);
        run(&home, &["auth", "whoami"], "").success().stderr_eq("");
    }
}
