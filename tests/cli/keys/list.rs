//! `keys list`.

use serde_json::{Value, json};
use snapbox::str;

use super::{LIST, WEB, configure};
use crate::support::run::{ada, json, stderr, stdout};

/// The names of the keys that are marked as the default one.
fn marked(listed: &str) -> Vec<&str> {
    let rows = listed.lines().filter(|row| row.ends_with("\tdefault"));
    rows.map(|row| row.split('\t').next().unwrap()).collect()
}

#[test]
fn plain_has_the_columns_of_the_official_program_first() {
    let (cloud, home) = ada();
    configure(&home, &format!("[acme]\ndefault_public_key = \"{WEB}\"\n"));
    home.cloud("organizations keys list -o acme")
        .assert()
        .success()
        .stdout_eq(str![[r"
Name	Key	Created At	Status	ID	Type	Default
Web client	pk_acme_web_0123456789abcdef	2026-01-02T09:30:00.000Z	Active	key_acme_web	public	default
Staging	pk_acme_staging_1_0123456789abcdef	2026-01-03T09:30:00.000Z	Active	key_acme_staging_1	public	
Staging	pk_acme_staging_2_0123456789abcdef	2026-01-04T09:30:00.000Z	Active	key_acme_staging_2	public	
Old phone line	pk_acme_phone_0123456789abcdef	2026-01-05T09:30:00.000Z	Revoked	key_acme_phone	public	
Server	sk_acme_****	2026-01-01T09:30:00.000Z	Active	key_acme_server	private	

"]])
        .stderr_eq("");
    assert_eq!(cloud.requests(), [LIST]);
}

#[test]
fn people_see_a_table_with_the_default_one_marked() {
    let (_cloud, home) = ada();
    configure(&home, &format!("[acme]\ndefault_public_key = \"{WEB}\"\n"));
    home.cloud("organizations keys list -o acme --output rich")
        .assert()
        .success()
        .stdout_eq(str![[r#"
Name            Key                                 Created     Status
Web client      pk_acme_web_0123456789abcdef        2026-01-02  Default
Staging         pk_acme_staging_1_0123456789abcdef  2026-01-03  Active
Staging         pk_acme_staging_2_0123456789abcdef  2026-01-04  Active
Old phone line  pk_acme_phone_0123456789abcdef      2026-01-05  Revoked
Server          sk_acme_****                        2026-01-01  Active

"#]])
        .stderr_eq("API keys of the organization `acme`\n");
}

#[test]
fn a_private_key_is_masked_for_people_and_whole_in_json() {
    let secret = "sk_acme_server_0123456789abcdef";
    let (cloud, home) = ada();
    for mode in ["rich", "plain"] {
        let run = home
            .cloud(&format!("organizations keys list -o acme --output {mode}"))
            .assert()
            .success();
        let shown = stdout(&run) + &stderr(&run);
        assert!(shown.contains("sk_acme_****"), "{shown}");
        assert!(!shown.contains("server_"), "{shown}");
    }
    let run = home
        .cloud("organizations keys list -o acme --output json")
        .assert()
        .success()
        .stderr_eq("");
    let sent = cloud.change(|state| {
        let acme = state.organization("acme").unwrap();
        json!({"public": acme.public_keys, "private": acme.private_keys, "limit": 5})
    });
    assert_eq!(json(&run), sent);
    assert_eq!(sent["private"][0]["key"], secret);
}

#[test]
fn without_an_organization_anywhere_the_first_one_counts_for_this_run() {
    let (cloud, home) = ada();
    let before = home.config();
    home.cloud("organizations keys list").assert().success();
    assert_eq!(
        cloud.requests(),
        [
            "GET /v1/organizations",
            "GET /v1/organizations/ada-personal/apiKeys"
        ]
    );
    assert_eq!(home.config(), before);
}

#[test]
fn the_default_key_is_that_of_the_organization_in_force() {
    let personal = "pk_ada-personal_web_0123456789abcdef";
    let tables = format!(
        "org = \"ada-personal\"\n[ada-personal]\ndefault_public_key = \"{personal}\"\n\
         [acme]\ndefault_public_key = \"{WEB}\"\n"
    );
    let list = "organizations keys list";
    let (_cloud, mut home) = ada();
    configure(&home, &tables);
    let listed = stdout(&home.cloud(list).assert().success());
    assert_eq!(marked(&listed), ["Pipecat Cloud Public Key"]);

    let option = format!("{list} -o acme");
    let listed = stdout(&home.cloud(&option).assert().success());
    assert_eq!(marked(&listed), ["Web client"]);

    home.env("PIPECAT_ORG", "acme");
    let listed = stdout(&home.cloud(list).assert().success());
    assert_eq!(marked(&listed), ["Web client"]);

    home.env("PIPECAT_ORG", "team.with.dots");
    let listed = stdout(&home.cloud(list).assert().success());
    assert_eq!(marked(&listed), [""; 0]);
}

#[test]
fn the_default_key_of_the_first_organization_is_marked_where_nobody_has_chosen_one() {
    let (_cloud, home) = ada();
    let key = "pk_ada-personal_web_0123456789abcdef";
    configure(
        &home,
        &format!("[ada-personal]\ndefault_public_key = \"{key}\"\n"),
    );
    let run = home.cloud("organizations keys list").assert().success();
    assert_eq!(marked(&stdout(&run)), ["Pipecat Cloud Public Key"]);
}

#[test]
fn the_variable_says_which_key_is_the_default() {
    let (_cloud, home) = ada();
    configure(&home, &format!("[acme]\ndefault_public_key = \"{WEB}\"\n"));
    let run = home
        .cloud("organizations keys list -o acme")
        .env(
            "PIPECAT_DEFAULT_PUBLIC_KEY",
            "pk_acme_staging_2_0123456789abcdef",
        )
        .assert()
        .success();
    assert_eq!(marked(&stdout(&run)), ["Staging"]);
}

#[test]
fn an_organization_without_keys_is_a_failure_that_says_how_to_make_one() {
    let (cloud, home) = ada();
    cloud.change(|state| {
        let acme = state.organization("acme").unwrap();
        acme.public_keys.clear();
        acme.private_keys.clear();
    });
    for mode in ["rich", "plain"] {
        home.cloud(&format!("organizations keys list -o acme --output {mode}"))
            .assert()
            .code(1)
            .stdout_eq("")
            .stderr_eq(str![[r#"
error: the organization `acme` has no API keys
hint: create one with `pipecat cloud organizations keys create -o acme`

"#]]);
    }
    let run = home
        .cloud("organizations keys list -o acme --output json")
        .assert()
        .code(1);
    assert_eq!(json(&run)["error"]["code"], "not_found");
}

#[test]
fn a_key_of_which_little_is_known_is_listed_all_the_same() {
    let (cloud, home) = ada();
    cloud.fault(
        crate::support::cloud::Fault::on("GET", "/v1/organizations/acme/apiKeys").json(&json!({
            "public": [{"key": "pk_bare", "metadata": null, "createdAt": Value::Null}],
        })),
    );
    home.cloud("organizations keys list -o acme")
        .assert()
        .success()
        .stdout_eq(str![[r"
Name	Key	Created At	Status	ID	Type	Default
	pk_bare		Active		public	

"]])
        .stderr_eq("");
}

#[test]
fn names_stay_in_their_place_in_the_path() {
    let (cloud, home) = ada();
    for (name, path) in [
        ("a/../b", "a%2F..%2Fb"),
        ("%2e%2e", "%252e%252e"),
        ("a?b#c d", "a%3Fb%23c%20d"),
        ("å", "%C3%A5"),
    ] {
        let before = cloud.requests().len();
        home.judged(["cloud", "organizations", "keys", "list", "-o", name])
            .assert()
            .code(1);
        let asked = cloud.requests()[before].to_string();
        assert_eq!(asked, format!("GET /v1/organizations/{path}/apiKeys"));
    }
    let asked = cloud.requests().len();
    for name in [".", "..", "a\nb"] {
        let run = home
            .judged(["cloud", "organizations", "keys", "list", "-o", name])
            .assert()
            .failure()
            .stdout_eq("");
        let said = format!("`{}` is not a valid name", name.escape_default());
        assert!(stderr(&run).contains(&said), "{}", stderr(&run));
    }
    assert_eq!(cloud.requests().len(), asked, "nothing is sent");
}
