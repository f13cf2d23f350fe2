//! A refresh token goes to the service that it is from, and to no other, whatever
//! `PIPECAT_API_HOST` says.

use std::net::{Ipv4Addr, TcpListener};

use serde_json::json;
use snapbox::str;

use super::{WHOAMI, count, run, signed_in};
use crate::login::Login;
use crate::support::browser;
use crate::support::cloud::Cloud;
use crate::support::cloud::Fault;
use crate::support::cloud::provider::DISCOVERY;
use crate::support::home::Home;
use crate::support::wire::{Behaviour, Wire};

/// A service on another machine: it is reached through a proxy, which is the fake cloud itself.
const STAGING: &str = "http://staging.example.com";

fn use_staging(home: &mut Home, cloud: &Cloud) {
    home.env("PIPECAT_API_HOST", STAGING)
        .env("PIPECAT_ALLOW_HTTP", "1")
        .env("HTTP_PROXY", cloud.url());
}

/// Somebody signs in with the program itself.
fn sign_in(cloud: &Cloud, home: &Home) {
    let login = Login::start(home, &["--headless"]);
    browser::get(&cloud.approve(&login.address));
    login.finish().success();
}

/// Makes the file say that the session has run out, as it has.
fn let_run_out(cloud: &Cloud, home: &Home) {
    cloud.expire_access_tokens();
    let config = home.config();
    let time = config
        .lines()
        .find(|line| line.starts_with("token_expires_at"));
    home.write_config(&config.replace(time.unwrap(), "token_expires_at = 1700000000"));
}

#[test]
fn a_session_of_unknown_origin_is_renewed_by_no_service_that_the_environment_names() {
    let (cloud, mut home, session) = signed_in(-1.0);
    cloud.expire_access_tokens();
    use_staging(&mut home, &cloud);
    let before = home.config();
    run(&home, &WHOAMI).code(1).stdout_eq("").stderr_eq(str![[r"
error: your session is not known to be from `http://staging.example.com` (`PIPECAT_API_HOST`), so its refresh token was not sent there
hint: unset `PIPECAT_API_HOST`, or sign in there with `pipecat cloud auth login`

"]]);
    assert_eq!(cloud.writes(), [""; 0]);
    assert_eq!(home.config(), before);

    // Nor is it ended there: that takes the refresh token too.
    run(&home, &["cloud", "auth", "logout"])
        .success()
        .stdout_eq("signed out on this machine\n")
        .stderr_eq(str![[r"
warning: the service did not confirm that the session has ended: your session is not known to be from `http://staging.example.com` (`PIPECAT_API_HOST`), so its refresh token was not sent there
hint: it may still be valid there; end it at https://pipecat.daily.co/sign-out

"]]);
    for request in cloud.requests() {
        let whole = format!("{request} {:?}", request.headers);
        assert!(!whole.contains(&session.refresh_token), "{whole}");
    }
}

#[test]
fn who_has_signed_in_there_is_renewed_there() {
    let cloud = Cloud::start();
    let mut home = Home::new(&cloud);
    use_staging(&mut home, &cloud);
    sign_in(&cloud, &home);
    for renewals in 1..=3 {
        let_run_out(&cloud, &home);
        run(&home, &WHOAMI).success();
        assert_eq!((cloud.renewals(), cloud.reuses()), (renewals, 0));
    }
    run(&home, &["cloud", "auth", "logout"])
        .success()
        .stdout_eq("signed out, and the session was ended at the service\n");
}

#[test]
fn a_session_is_renewed_nowhere_but_where_it_is_from() {
    let (cloud, other) = (Cloud::start(), Cloud::start());
    let mut home = Home::new(&cloud);
    sign_in(&cloud, &home);
    let_run_out(&cloud, &home);
    let before = home.config();
    home.env("PIPECAT_API_HOST", other.url());
    let output = run(&home, &WHOAMI).code(1);
    let stderr = String::from_utf8_lossy(&output.get_output().stderr).into_owned();
    let (from, here) = (cloud.url(), other.url());
    let said = format!(
        "error: your session is from `{from}`, and its refresh token was not sent to `{here}`\n\
         hint: set `PIPECAT_API_HOST={from}`, or sign in with `pipecat cloud auth login`\n"
    );
    assert_eq!(stderr, said);
    assert_eq!(other.writes(), [""; 0]);
    assert_eq!(home.config(), before);

    home.env("PIPECAT_API_HOST", cloud.url());
    run(&home, &WHOAMI).success();
    assert_eq!((cloud.renewals(), cloud.reuses()), (1, 0));
}

/// Somebody else's sign-in into the same file ends what was known.
#[test]
fn what_another_program_stores_is_of_unknown_origin() {
    let cloud = Cloud::start();
    let mut home = Home::new(&cloud);
    use_staging(&mut home, &cloud);
    sign_in(&cloud, &home);
    home.sign_in(&cloud.session("ada"));
    let_run_out(&cloud, &home);
    let writes = cloud.writes().len();
    run(&home, &WHOAMI).code(1);
    assert_eq!(cloud.writes().len(), writes);
}

/// What runs on this machine is trusted with the file's session, but not with sending it away.
#[test]
fn a_service_on_this_machine_may_not_name_a_provider_elsewhere() {
    let proxy = Wire::start([Behaviour::Close]);
    let (cloud, mut home, _) = signed_in(-1.0);
    cloud.expire_access_tokens();
    home.env("HTTPS_PROXY", proxy.url());
    let mut document = cloud.discovery();
    document["token_endpoint"] = json!("https://id.example.com/token");
    cloud.fault(Fault::on("GET", DISCOVERY).json(&document));
    run(&home, &WHOAMI).code(1).stderr_eq(str![[r"
error: your session is not known to be from `https://id.example.com`, so its refresh token was not sent there
hint: unset `PIPECAT_API_HOST`, or sign in there with `pipecat cloud auth login`

"]]);
    assert_eq!(proxy.connections(), 0);
}

/// The one that everybody uses is no other service, however it is named.
#[test]
fn the_default_service_may_stand_in_the_environment() {
    let closed = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let proxy = format!("http://{}", closed.local_addr().unwrap());
    drop(closed);
    let (cloud, mut home, _) = signed_in(-1.0);
    home.env("HTTPS_PROXY", proxy)
        .env("PIPECAT_API_HOST", "https://api.pipecat.daily.co/");
    let output = run(&home, &["cloud", "auth", "token"]).code(1);
    let stderr = String::from_utf8_lossy(&output.get_output().stderr).into_owned();
    assert!(!stderr.contains("not known to be"), "{stderr}");
    assert_eq!(count(&cloud, "POST", "/oauth/token"), 0);
}
