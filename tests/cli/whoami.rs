//! `auth whoami`: user, organization, method, and the Daily API key where there is one.

mod failures;

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use snapbox::cmd::OutputAssert;
use snapbox::{IntoData, str};

use crate::login::redacting;
use crate::support::cloud::provider::TOKEN;
use crate::support::cloud::{ADA_PAT, Cloud, Fault, GRACE_PAT, Session};
use crate::support::home::Home;

fn whoami(home: &Home, options: &[&str]) -> OutputAssert {
    let arguments = ["cloud", "auth", "whoami"].iter().chain(options);
    let assert = redacting(&[("[HOME]", &home.path().display().to_string())]);
    home.pipecat(arguments).assert().with_assert(assert)
}

/// The JSON of a run that succeeds.
fn json_of(home: &Home) -> Value {
    let output = whoami(home, &["--output", "json"]).success();
    serde_json::from_slice(&output.get_output().stdout).unwrap()
}

/// Somebody with a personal access token in the file, active in this organization.
fn signed_in(token: &str, organization: &str) -> (Cloud, Home) {
    let cloud = Cloud::start();
    let home = Home::new(&cloud);
    home.write_config(&format!("token = \"{token}\"\norg = \"{organization}\"\n"));
    (cloud, home)
}

/// The requests so far, sorted: they are sent side by side.
fn requests(cloud: &Cloud) -> Vec<String> {
    let requests = cloud.requests();
    let mut lines: Vec<String> = requests.iter().map(ToString::to_string).collect();
    lines.sort_unstable();
    lines
}

#[test]
fn everything_is_there_in_every_mode() {
    for (mode, stdout) in [
        (
            "plain",
            str![[r#"
User	ada@example.com
User ID	user_ada
Active Organization	Acme Voice Labs (acme)
Auth Method	PAT
Daily API Key	daily_0123456789abcdef
Token Source	[HOME]/.config/pipecatcloud/pipecatcloud.toml

"#]]
            .into_data(),
        ),
        (
            "rich",
            str![[r#"
User                 ada@example.com
User ID              user_ada
Active Organization  Acme Voice Labs (acme)
Auth Method          PAT
Daily API Key        daily_0123456789abcdef
Token Source         [HOME]/.config/pipecatcloud/pipecatcloud.toml

"#]]
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
    "name": "acme",
    "verbose_name": "Acme Voice Labs"
  },
  "dailyApiKey": {
    "apiKey": "daily_0123456789abcdef",
    "domain": "example"
  },
  "authMethod": "PAT",
  "tokenSource": "[HOME]/.config/pipecatcloud/pipecatcloud.toml",
  "tokenExpiresAt": null
}

"#]]
            .is_json(),
        ),
    ] {
        let (cloud, home) = signed_in(ADA_PAT, "acme");
        whoami(&home, &["--output", mode])
            .success()
            .stdout_eq(stdout)
            .stderr_eq("");
        let expected = [
            "GET /v1/organizations",
            "GET /v1/organizations/acme/daily",
            "GET /v1/users",
        ];
        assert_eq!(requests(&cloud), expected);
        assert_eq!(home.files(), ["pipecatcloud.toml"]);
    }
}

#[test]
fn a_session_is_called_oauth() {
    let cloud = Cloud::start();
    let home = Home::new(&cloud);
    let session = cloud.session("ada");
    home.sign_in(&session);
    let stored = home.config();
    whoami(&home, &[])
        .success()
        .stdout_eq(str![[r#"
User	ada@example.com
User ID	user_ada
Active Organization	Ada's workspace (ada-personal)
Auth Method	OAuth
Daily API Key	daily_0123456789abcdef
Token Source	[HOME]/.config/pipecatcloud/pipecatcloud.toml
Token Expires	in [..], then renewed automatically

"#]])
        .stderr_eq("");
    assert_eq!(json_of(&home)["authMethod"], "OAuth");
    for request in cloud.requests() {
        assert_eq!(request.bearer(), Some(&*session.access_token));
    }
    assert_eq!(home.config(), stored);
}

#[test]
fn who_has_no_address_is_called_by_the_identifier() {
    let (_cloud, home) = signed_in(GRACE_PAT, "acme");
    whoami(&home, &[])
        .success()
        .stdout_eq(str![[r#"
User	user_grace
User ID	user_grace
Active Organization	Acme Voice Labs (acme)
Auth Method	PAT
Daily API Key	daily_0123456789abcdef
Token Source	[HOME]/.config/pipecatcloud/pipecatcloud.toml

"#]])
        .stderr_eq("");
}

#[test]
fn no_daily_key_is_no_failure() {
    for (status, body) in [
        (404, json!({"error": "No such key"})),
        (403, json!({"error": "Forbidden"})),
        (500, json!({})),
        (200, json!({})),
        (200, json!({"apiKey": null})),
        (200, json!([7])),
    ] {
        let (cloud, home) = signed_in(ADA_PAT, "acme");
        let daily = Fault::on("GET", "/v1/organizations/acme/daily");
        cloud.fault(daily.status(status).json(&body));
        let output = whoami(&home, &[]).success().stderr_eq("");
        let stdout = String::from_utf8_lossy(&output.get_output().stdout);
        assert!(
            stdout.contains("\nDaily API Key\tN/A\n"),
            "{body}: {stdout}"
        );
        let whoami = json_of(&home);
        assert_eq!(whoami["organization"]["name"], "acme");
        assert!(whoami.get("dailyApiKey").is_some(), "{whoami}");
    }
}

#[test]
fn nobody_waits_long_for_the_daily_key() {
    let busy = || Fault::on("GET", "/v1/organizations/acme/daily").status(503);
    for fault in [
        Fault::on("GET", "/v1/organizations/acme/daily").delay(Duration::from_secs(20)),
        busy().header("Retry-After", "3"),
        busy().delay(Duration::from_secs(3)),
    ] {
        let (cloud, home) = signed_in(ADA_PAT, "acme");
        cloud.fault(fault.clone());
        let since = Instant::now();
        let output = whoami(&home, &[]).success();
        assert!(since.elapsed() < Duration::from_secs(9), "{fault:?}");
        let stdout = String::from_utf8_lossy(&output.get_output().stdout);
        assert!(stdout.contains("\nDaily API Key\tN/A\n"), "{stdout}");
    }
}

/// A renewal takes as long as it takes, and what waits for it is not given up meanwhile.
#[test]
fn the_daily_key_is_there_after_a_renewal_that_took_its_time() {
    let cloud = Cloud::start();
    let home = Home::new(&cloud);
    home.sign_in(&Session {
        expires_in: 0,
        ..cloud.session("ada")
    });
    cloud.expire_access_tokens();
    cloud.fault(Fault::on("POST", TOKEN).delay(Duration::from_millis(4500)));
    let output = whoami(&home, &[]).success();
    let stdout = String::from_utf8_lossy(&output.get_output().stdout);
    assert!(stdout.contains("\tdaily_0123456789abcdef\n"), "{stdout}");
}

#[test]
fn an_organization_that_one_is_not_in_is_never_replaced_by_another() {
    for (mode, stdout) in [
        (
            "plain",
            str![[r#"
User	ada@example.com
User ID	user_ada
Active Organization	grace-personal (you are not a member)
Auth Method	PAT
Daily API Key	N/A
Token Source	[HOME]/.config/pipecatcloud/pipecatcloud.toml

"#]]
            .into_data(),
        ),
        (
            "rich",
            str![[r#"
User                 ada@example.com
User ID              user_ada
Active Organization  grace-personal (you are not a member)
Auth Method          PAT
Daily API Key        N/A
Token Source         [HOME]/.config/pipecatcloud/pipecatcloud.toml

"#]]
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
  "organization": null,
  "dailyApiKey": null,
  "authMethod": "PAT",
  "tokenSource": "[HOME]/.config/pipecatcloud/pipecatcloud.toml",
  "tokenExpiresAt": null
}

"#]]
            .is_json(),
        ),
    ] {
        let (_cloud, home) = signed_in(ADA_PAT, "grace-personal");
        whoami(&home, &["--output", mode])
            .success()
            .stdout_eq(stdout)
            .stderr_eq(str![[r"
warning: you are not a member of the active organization `grace-personal` (from `[HOME]/.config/pipecatcloud/pipecatcloud.toml`)
hint: choose another with `pipecat cloud organizations select`

"]]);
    }
    let (_cloud, mut home) = signed_in(ADA_PAT, "acme");
    home.env("PIPECAT_ORG", "nowhere");
    whoami(&home, &[])
        .success()
        .stdout_eq(str![[r#"
User	ada@example.com
User ID	user_ada
Active Organization	nowhere (you are not a member)
Auth Method	PAT
Daily API Key	N/A
Token Source	[HOME]/.config/pipecatcloud/pipecatcloud.toml

"#]])
        .stderr_eq(str![[r"
warning: you are not a member of the active organization `nowhere` (from `PIPECAT_ORG`)
hint: set `PIPECAT_ORG` to another one, or unset it

"]]);
}

#[test]
fn the_organization_comes_from_the_variable_the_file_or_the_service() {
    for (variable, stored, active) in [
        (Some("team.with.dots"), Some("acme"), "team.with.dots"),
        (None, Some("acme"), "acme"),
        (None, None, "ada-personal"),
    ] {
        let cloud = Cloud::start();
        let mut home = Home::new(&cloud);
        if let Some(stored) = stored {
            home.write_config(&format!("org = \"{stored}\"\n"));
        }
        if let Some(variable) = variable {
            home.env("PIPECAT_ORG", variable);
        }
        home.env("PIPECAT_TOKEN", ADA_PAT);
        assert_eq!(json_of(&home)["organization"]["name"], active);
        assert!(requests(&cloud).contains(&format!("GET /v1/organizations/{active}/daily")));
        // For this run only: nothing is written.
        assert_eq!(home.files().is_empty(), stored.is_none());
    }
}

#[test]
fn fields_that_may_be_missing_are_not_missed() {
    let (cloud, home) = signed_in(ADA_PAT, "acme");
    cloud.change(|state| {
        state.users[0].profile = json!({"userId": "user_ada", "emails": null, "shoeSize": 38});
        let acme = state.organization("acme").unwrap();
        acme.profile = json!({"name": "acme"});
    });
    let whoami = json_of(&home);
    // What the service sent is passed on whole.
    assert_eq!(whoami["user"]["shoeSize"], 38);
    let organization = json!({"name": "acme", "verbose_name": "acme"});
    assert_eq!(whoami["organization"], organization);
}
