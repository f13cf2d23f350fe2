//! Signing in works, and what is stored and said then.

use std::time::SystemTime;

use snapbox::{IntoData as _, assert_data_eq, str};
use url::Url;

use super::{DISCOVERY, Login, lines, lived_in};
use crate::support::browser;
use crate::support::cloud::{Cloud, Fault};
use crate::support::home::Home;

#[cfg(unix)]
#[test]
fn approving_in_the_browser_signs_in() {
    use std::os::unix::fs::PermissionsExt as _;
    use std::path::Path;
    use std::time::Duration;

    let cloud = Cloud::start();
    let home = Home::new(&cloud);
    let login = Login::start(&home, &[]);
    let opened = home.browser_address(Duration::from_secs(20));
    assert_eq!(opened, login.address);
    let page = browser::get(&cloud.approve(&opened));
    assert_eq!(page.status, 200);
    login
        .finish()
        .success()
        .stdout_eq(str![[r"
signed in as ada@example.com, active organization Ada's workspace (ada-personal)

"]])
        .stderr_eq(str![[r#"
opening your browser to sign in; if it does not open, go to

[ADDRESS]

waiting up to 120 s; press Ctrl-C to give up
stored in `[HOME]/.config/pipecatcloud/pipecatcloud.toml`

"#]]);
    assert_eq!(home.browser_addresses().len(), 1);
    assert_data_eq!(
        home.config(),
        str![[r#"
token = "oat_ada_0000000000000001"
refresh_token = "ort_ada_0000000000000001"
token_expires_at = [..]
org = "ada-personal"

"#]]
    );
    assert_eq!(
        home.files(),
        ["pipecatcloud.toml", "pipecatcloud.toml.lock"]
    );
    let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&home.config_path()), 0o600);
    assert_eq!(mode(home.config_path().parent().unwrap()), 0o700);
}

#[test]
fn the_requests_are_those_of_the_protocol_and_no_more() {
    let cloud = Cloud::start();
    let home = Home::new(&cloud);
    let login = Login::start(&home, &["--headless"]);
    let returned = cloud.approve(&login.address);
    let redirect_uri = login.parameter("redirect_uri");
    browser::get(&returned);
    login.finish().success();

    let requests = cloud.requests();
    let shown = lines(&requests);
    assert_eq!(shown[..2], DISCOVERY);
    assert_eq!(shown[3..], ["GET /v1/organizations", "GET /v1/users"]);
    let [exchange] = &cloud.writes()[..] else {
        panic!("one write: {shown:?}")
    };
    assert_eq!(
        (&*exchange.method, &*exchange.path),
        ("POST", "/oauth/token")
    );
    let mut form = exchange.form();
    let verifier = form.remove("code_verifier").unwrap();
    assert!((43..=128).contains(&verifier.len()), "{verifier}");
    let returned = Url::parse(&returned).unwrap();
    let code = returned.query_pairs().find(|(name, _)| name == "code");
    let expected = [
        ("client_id", "pipecat-cli"),
        ("code", &code.unwrap().1),
        ("grant_type", "authorization_code"),
        ("redirect_uri", &redirect_uri),
    ];
    let form: Vec<_> = form.iter().map(|(k, v)| (&**k, &**v)).collect();
    assert_eq!(form, expected);
    for request in &requests {
        let agent = request.header("user-agent").unwrap_or_default();
        assert!(agent.starts_with("pipecat-cloud-cli/"), "{request}");
        let asked_for_somebody = request.path.starts_with("/v1/");
        let token = asked_for_somebody.then_some("oat_ada_0000000000000001");
        assert_eq!(request.bearer(), token, "{request}");
    }
}

#[test]
fn the_address_asks_for_what_was_configured_with_a_fresh_state_and_challenge() {
    let cloud = Cloud::start();
    let home = Home::new(&cloud);
    let [first, second] = [(); 2].map(|()| {
        let login = Login::start(&home, &["--headless"]);
        for (name, value) in [
            ("response_type", "code"),
            ("client_id", "pipecat-cli"),
            ("scope", "openid profile email offline_access"),
            ("code_challenge_method", "S256"),
        ] {
            assert_eq!(login.parameter(name), value);
        }
        browser::get(&cloud.approve(&login.address));
        let fresh = ["state", "code_challenge"].map(|name| login.parameter(name));
        login.finish().success();
        fresh
    });
    assert!(first[0].len() >= 16, "{first:?}");
    assert_ne!(first[0], second[0]);
    assert_ne!(first[1], second[1]);
}

#[test]
fn plain_output_is_one_line() {
    let cloud = Cloud::start();
    let home = Home::new(&cloud);
    let login = Login::start(&home, &["-h", "--output", "plain"]);
    browser::get(&cloud.approve(&login.address));
    login
        .finish()
        .success()
        .stdout_eq(str![[r"
signed in as ada@example.com, active organization Ada's workspace (ada-personal)

"]])
        .stderr_eq(str![[r#"
open this address in a browser to sign in

[ADDRESS]

the last page loads only if the browser is on this machine
waiting up to 120 s; press Ctrl-C to give up
stored in `[HOME]/.config/pipecatcloud/pipecatcloud.toml`

"#]]);
}

#[test]
fn rich_output_marks_the_success() {
    let cloud = Cloud::start();
    let mut home = Home::new(&cloud);
    home.env("CLICOLOR_FORCE", "1").env("LANG", "C.UTF-8");
    let login = Login::start(&home, &["--headless", "--output", "rich"]);
    browser::get(&cloud.approve(&login.address));
    let output = login.finish().success();
    let stdout = String::from_utf8_lossy(&output.get_output().stdout);
    let said = "signed in as ada@example.com, active organization Ada's workspace (ada-personal)";
    assert_eq!(
        stdout,
        format!("\u{1b}[1m\u{1b}[38;5;28m✓\u{1b}[0m {said}\n")
    );
}

#[test]
fn json_output_is_the_official_shape() {
    let cloud = Cloud::start();
    let home = Home::new(&cloud);
    let login = Login::start(&home, &["--headless", "--output", "json"]);
    browser::get(&cloud.approve(&login.address));
    login.finish().success().stdout_eq(
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
  "authMethod": "OAuth",
  "configPath": "[HOME]/.config/pipecatcloud/pipecatcloud.toml"
}

"#]]
        .is_json(),
    );
}

#[test]
fn the_file_keeps_all_that_is_not_the_session() {
    let (cloud, home) = lived_in();
    let login = Login::start(&home, &["--headless"]);
    browser::get(&cloud.approve(&login.address));
    login.finish().success();
    assert_data_eq!(
        home.config(),
        str![[r#"
# Edited by hand.
token = "oat_ada_0000000000000001" # from last week
org = "acme" # work
refresh_token = "ort_ada_0000000000000001"
token_expires_at = [..]
colour = "blue"

[acme] # the company
default_public_key = "pk_acme_web"
default_public_key_name = "Web client"

["team.with.dots"]
default_public_key = "pk_dots"
note = "unknown"

"#]]
    );
}

#[test]
fn the_active_organization_stays_only_for_a_member() {
    for (account, stored, active) in [
        ("ada", None, "ada-personal"),
        ("ada", Some("acme"), "acme"),
        ("ada", Some("team.with.dots"), "team.with.dots"),
        ("ada", Some("grace-personal"), "ada-personal"),
        ("grace", Some("ada-personal"), "acme"),
    ] {
        let cloud = Cloud::start();
        cloud.change(|state| state.account = account.into());
        let home = Home::new(&cloud);
        if let Some(stored) = stored {
            home.write_config(&format!("org = \"{stored}\"\n"));
        }
        let login = Login::start(&home, &["--headless"]);
        browser::get(&cloud.approve(&login.address));
        let output = login.finish().success();
        let said = String::from_utf8_lossy(&output.get_output().stdout);
        assert!(said.contains(&format!("({active})")), "{said}");
        let config = home.config();
        assert!(
            config.contains(&format!("org = \"{active}\"\n")),
            "{config}"
        );
    }
}

#[test]
fn an_organization_that_was_chosen_while_the_browser_was_open_stays_active() {
    let (cloud, home) = lived_in();
    let login = Login::start(&home, &["--headless"]);
    let chosen = home
        .config()
        .replace("org = \"acme\"", "org = \"team.with.dots\"");
    home.write_config(&chosen);
    browser::get(&cloud.approve(&login.address));
    let output = login.finish().success();
    let said = String::from_utf8_lossy(&output.get_output().stdout);
    assert!(said.contains("(team.with.dots)"), "{said}");
    let config = home.config();
    assert!(config.contains("org = \"team.with.dots\""), "{config}");
}

#[test]
fn a_variable_does_not_change_the_organization_in_the_file() {
    let (cloud, mut home) = lived_in();
    home.env("PIPECAT_ORG", "team.with.dots");
    let login = Login::start(&home, &["--headless"]);
    browser::get(&cloud.approve(&login.address));
    let output = login.finish().success();
    let stderr = String::from_utf8_lossy(&output.get_output().stderr);
    assert!(stderr.contains("`PIPECAT_ORG` is set"), "{stderr}");
    assert!(
        home.config().contains("org = \"acme\""),
        "{}",
        home.config()
    );
}

#[test]
fn an_answer_without_what_may_be_missing_still_signs_in() {
    let cloud = Cloud::start();
    let omitted = ["refresh_token", "expires_in"].map(str::to_owned);
    cloud.change(|state| state.omitted_token_fields.extend(omitted));
    let (home, before) = (Home::new(&cloud), now());
    home.write_config("refresh_token = \"ort_of_somebody_else\"\n");
    let login = Login::start(&home, &["--headless", "--output", "json"]);
    browser::get(&cloud.approve(&login.address));
    let output = login.finish().success();
    let stdout = String::from_utf8_lossy(&output.get_output().stdout);
    assert!(stdout.contains("\"authMethod\": \"OAuth\""), "{stdout}");
    let config: toml_edit::DocumentMut = home.config().parse().unwrap();
    assert!(config.get("refresh_token").is_none(), "{config}");
    let lifetime = config["token_expires_at"].as_float().unwrap() - before;
    assert!((86_400.0..86_500.0).contains(&lifetime), "{lifetime}");
}

#[test]
fn the_account_is_told_only_if_the_service_tells_it() {
    let cloud = Cloud::start();
    cloud.fault(Fault::on("GET", "/v1/users").status(500));
    let home = Home::new(&cloud);
    let login = Login::start(&home, &["--headless", "--output", "json"]);
    browser::get(&cloud.approve(&login.address));
    login.finish().success().stdout_eq(
        str![[r#"
{
  "organization": {
    "name": "ada-personal",
    "verbose_name": "Ada's workspace"
  },
  "authMethod": "OAuth",
  "configPath": "[HOME]/.config/pipecatcloud/pipecatcloud.toml"
}

"#]]
        .is_json(),
    );
}

fn now() -> f64 {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    now.unwrap().as_secs_f64()
}
