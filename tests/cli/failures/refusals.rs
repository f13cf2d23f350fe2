//! The service understands, and says no.

use serde_json::json;
use snapbox::str;

use crate::support::cloud::{Cloud, Fault};
use crate::support::home::Home;
use crate::support::run::{ada, json, stderr};

const KEYS: &str = "/v1/organizations/acme/apiKeys";

#[test]
fn a_bad_token_is_told_with_the_place_it_came_from() {
    let cloud = Cloud::start();
    let mut home = Home::new(&cloud);
    home.sign_in_pat("pcc_pat_wrong");
    let before = home.config();
    home.cloud("organizations list")
        .assert()
        .code(1)
        .stdout_eq("")
        .stderr_eq(str![[r"
error: the service does not accept the token from `[HOME]/.config/pipecatcloud/pipecatcloud.toml` (401 Unauthorized)
hint: run `pipecat cloud auth login` to sign in again

"]]);
    home.env("PIPECAT_TOKEN", "pcc_pat_other");
    home.cloud("organizations list")
        .assert()
        .code(1)
        .stdout_eq("")
        .stderr_eq(str![[r"
error: the service does not accept the token from `PIPECAT_TOKEN` (401 Unauthorized)
hint: put a valid token in `PIPECAT_TOKEN`, or unset it to use your stored session

"]]);
    let run = home
        .cloud("organizations list --output json")
        .assert()
        .code(1);
    assert_eq!(json(&run)["error"]["code"], "401");
    assert_eq!(json(&run)["error"]["error"], "Unauthorized");
    assert!(!stderr(&run).contains("pcc_pat"), "{}", stderr(&run));
    assert_eq!(home.config(), before);
}

#[test]
fn nobody_signed_in_is_told_how_to() {
    let (cloud, home) = ada();
    home.write_config("org = \"acme\"\n");
    for line in [
        "organizations list",
        "organizations select -o acme",
        "organizations keys list",
        "organizations keys create -n x",
        "organizations keys use --key x",
        "organizations keys revoke --key x --yes",
    ] {
        home.cloud(line)
            .assert()
            .code(1)
            .stdout_eq("")
            .stderr_eq(str![[r"
error: you are not signed in
hint: run `pipecat cloud auth login`, or set `PIPECAT_TOKEN` to a personal access token

"]]);
    }
    assert_eq!(cloud.requests(), [""; 0]);
}

#[test]
fn who_is_no_member_is_told_of_which_organization() {
    let (cloud, home) = ada();
    for command in ["list", "create -n x", "use --key x", "revoke --key x -y"] {
        home.cloud(&format!("organizations keys {command} -o grace-personal"))
            .assert()
            .code(1)
            .stdout_eq("")
            .stderr_eq(str![[r"
error: you are not a member of the organization `grace-personal`, or are not allowed to do this there (403 Forbidden: Not a member of this organization)
hint: `PCC-1003` is explained at https://docs.pipecat.ai/pipecat-cloud/fundamentals/error-codes#pcc-1003
hint: run `pipecat cloud organizations list` to see yours

"]]);
    }
    let run = home
        .cloud("organizations keys list -o grace-personal --output json")
        .assert()
        .code(1);
    assert_eq!(
        json(&run)["error"]["error"],
        "Not a member of this organization"
    );
    // Then, whether there is one of that name's like.
    let asked = cloud.requests();
    assert!(
        asked
            .iter()
            .all(|one| { one.path.contains("grace-personal") || one.path == "/v1/organizations" })
    );
}

#[test]
fn the_name_for_people_is_answered_with_the_one_that_is_meant() {
    let (_cloud, home) = ada();
    let run = |words: &[&str]| {
        let words = ["cloud", "organizations"].iter().chain(words).copied();
        stderr(&home.judged(words).assert().code(1))
    };
    let hint = "hint: `Acme Voice Labs` is called `acme` here: name it with `-o acme`\n";
    for name in ["Acme Voice Labs", "acme voice labs", " Acme Voice Labs"] {
        for words in [
            &["keys", "list", "-o", name][..],
            &["keys", "create", "-n", "x", "-o", name],
            &["select", "-o", name],
        ] {
            assert!(run(words).contains(hint), "{words:?}: {}", run(words));
        }
    }
    for line in [
        "auth whoami",
        "organizations list",
        "organizations keys list",
    ] {
        let run = home
            .cloud(line)
            .env("PIPECAT_ORG", "Acme Voice Labs")
            .assert();
        let hint = "hint: `Acme Voice Labs` is called `acme` here: set `PIPECAT_ORG` to that\n";
        assert!(stderr(&run).contains(hint), "{line}: {}", stderr(&run));
    }
}

#[test]
fn a_limit_of_spending_names_the_money_where_the_service_does() {
    let (cloud, home) = ada();
    let body = json!({
        "error": "Spend limit reached", "code": "SPEND_LIMIT_REACHED",
        "currentSpendCents": 123_405, "limitCents": 100_000,
    });
    cloud.fault(Fault::on("GET", KEYS).status(402).json(&body).times(2));
    home.cloud("organizations keys list -o acme")
        .assert()
        .code(1)
        .stdout_eq("")
        .stderr_eq(str![[r"
error: the organization has reached its spend limit: $1234.05 of $1000.00 used
hint: raise the limit with `pipecat cloud spend-limit set -o acme`, or on the dashboard

"]]);
    let run = home
        .cloud("organizations keys list -o acme --output json")
        .assert()
        .code(1);
    for (name, value) in body.as_object().unwrap() {
        assert_eq!(&json(&run)["error"][name], value);
    }
    cloud.fault(Fault::on("GET", KEYS).status(402).json(&json!({
        "error": "Spend limit reached", "code": "SPEND_LIMIT_REACHED",
    })));
    home.cloud("organizations keys list -o acme")
        .assert()
        .code(1)
        .stdout_eq("")
        .stderr_eq(str![[r"
error: the organization has reached its spend limit
hint: raise the limit with `pipecat cloud spend-limit set -o acme`, or on the dashboard

"]]);
}

#[test]
fn different_refusals_get_different_words() {
    let (cloud, home) = ada();
    let mut seen = std::collections::BTreeSet::new();
    for (status, words) in [
        (400, "refused the request"),
        (401, "does not accept the token"),
        (402, "refused the request"),
        (403, "you are not a member of the organization `acme`"),
        (404, "has nothing there"),
        (409, "refused the request"),
        (429, "too many requests"),
        (500, "failed"),
        (503, "failed"),
    ] {
        cloud.clear_faults();
        cloud.fault(Fault::on("POST", KEYS).status(status));
        let run = home
            .cloud("organizations keys create -n x -o acme")
            .assert()
            .code(1)
            .stdout_eq("");
        let told = stderr(&run);
        assert!(
            told.starts_with("error: ") && told.contains(words),
            "{status}: {told}"
        );
        assert!(told.contains(&format!("({status} ")), "{told}");
        assert!(seen.insert(told.clone()), "{told} was told before");
    }
}

#[test]
fn what_is_not_there_is_told_with_the_organization() {
    let (cloud, home) = ada();
    cloud.fault(
        Fault::on("DELETE", "/v1/organizations/acme/apiKeys/key_acme_web")
            .status(404)
            .json(&json!({"error": "No such key", "code": "404"})),
    );
    home.cloud("organizations keys revoke --key key_acme_web -y -o acme")
        .assert()
        .code(1)
        .stdout_eq("")
        .stderr_eq(str![[r"
error: in the organization `acme`: `127.0.0.1:[..]` has nothing there (404 Not Found: No such key)

"]]);
}
