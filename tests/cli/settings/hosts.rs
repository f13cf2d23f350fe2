//! The service's address.

use serde_json::json;
use snapbox::str;

use crate::support::cloud::provider::AUTH_CONFIG;
use crate::support::cloud::{ADA_PAT, Fault};
use crate::support::home::Home;
use crate::support::run::{ada, json, stderr};

/// The error code that a list ends with at this host.
fn code(host: &str, allow_http: &str) -> String {
    let (_cloud, mut home) = ada();
    home.env("PIPECAT_API_HOST", host)
        .env("PIPECAT_ALLOW_HTTP", allow_http);
    let run = home
        .cloud("organizations list --output json")
        .assert()
        .code(1);
    json(&run)["error"]["code"].as_str().unwrap().to_owned()
}

#[test]
fn a_token_does_not_travel_in_the_clear() {
    for host in [
        "http://nobody.invalid",
        "HTTP://nobody.invalid",
        "http://localhost.nobody.invalid",
        "http://127.0.0.1.nobody.invalid",
    ] {
        assert_eq!(code(host, ""), "insecure_host", "{host}");
        assert_eq!(code(host, "0"), "insecure_host", "{host}");
        assert_eq!(code(host, "1"), "unknown_host", "{host}");
    }
    let (_cloud, home) = ada();
    home.cloud("organizations list")
        .env("PIPECAT_API_HOST", "http://nobody.invalid")
        .assert()
        .code(1)
        .stdout_eq("")
        .stderr_eq(str![[r"
error: the API host `http://nobody.invalid` (`PIPECAT_API_HOST`) is plain HTTP: the token would travel in the clear
hint: use `https://`, or set `PIPECAT_ALLOW_HTTP=1` if you trust the network all the way there

"]]);
}

#[test]
fn this_machine_may_be_asked_without_encryption() {
    let (cloud, home) = ada();
    let port = cloud.address().port();
    // Whatever a name server says of them (RFC 6761 section 6.3).
    for host in ["127.0.0.1", "localhost", "api.localhost"] {
        home.cloud("organizations list")
            .env("PIPECAT_API_HOST", format!("http://{host}:{port}"))
            .assert()
            .success();
    }
}

#[test]
fn an_address_that_is_none_is_named_with_its_source() {
    for host in [
        "nonsense",
        "api.example.com",
        "https://",
        "ftp://api.example.com",
        "mailto:ada@example.com",
        "https://api.example.com?x=1",
        "https://api.example.com/#x",
    ] {
        let (cloud, home) = ada();
        let run = home
            .cloud("organizations list")
            .env("PIPECAT_API_HOST", host)
            .assert()
            .code(1)
            .stdout_eq("");
        let told = stderr(&run);
        assert!(
            told.contains(&format!("the API host `{host}` (`PIPECAT_API_HOST`)")),
            "{told}"
        );
        assert!(
            told.contains("hint: it should look like `https://api.example.com`"),
            "{told}"
        );
        assert_eq!(cloud.requests(), [""; 0]);
    }
}

#[test]
fn who_may_have_asked_the_wrong_host_is_told_where_its_address_comes_from() {
    let (cloud, mut home) = ada();
    let nobody = "https://nobody.invalid:9";
    home.env("PIPECAT_API_HOST", nobody);
    let told = |home: &Home| stderr(&home.cloud("auth whoami").assert().code(1));
    let hint = "\nhint: `nobody.invalid:9` comes from `PIPECAT_API_HOST`\n";
    // Without a network, it is not the address that is wrong.
    let is_online = !told(&home).contains("cannot be looked up");
    assert_eq!(told(&home).contains(hint), is_online, "{}", told(&home));
    home.env_remove("PIPECAT_API_HOST");
    home.write_config(&format!("token = \"{ADA_PAT}\"\napi_host = \"{nobody}\"\n"));
    let hint = format!(
        "\nhint: `nobody.invalid:9` comes from `{}`\n",
        home.config_path().display()
    );
    assert_eq!(told(&home).contains(&hint), is_online, "{}", told(&home));
    // Another host than the service's: the one that it names for signing in.
    home.env("PIPECAT_API_HOST", cloud.url());
    let config = json!({"issuer": "https://id.invalid", "client_id": "x"});
    cloud.fault(Fault::on("GET", AUTH_CONFIG).json(&config));
    let run = home.cloud("auth login --headless").assert().code(1);
    assert!(!stderr(&run).contains("comes from"), "{}", stderr(&run));
}

#[test]
fn an_address_with_the_version_in_it_is_told_without() {
    let (cloud, home) = ada();
    for (path, without) in [("/v1", ""), ("/v1/", ""), ("/base/v1", "/base")] {
        let run = home
            .cloud("organizations list")
            .env("PIPECAT_API_HOST", format!("{}{path}", cloud.url()))
            .assert()
            .code(1);
        let said = format!(
            "(`PIPECAT_API_HOST`) ends with `/v1`, which every request adds\nhint: leave it out: `{}{without}`\n",
            cloud.url()
        );
        assert!(stderr(&run).contains(&said), "{}", stderr(&run));
    }
    assert_eq!(cloud.requests(), [""; 0]);
}

#[test]
fn the_address_may_come_from_the_file_and_have_a_path() {
    let (cloud, mut home) = ada();
    home.env_remove("PIPECAT_API_HOST");
    for slash in ["", "/"] {
        home.write_config(&format!(
            "token = \"{ADA_PAT}\"\napi_host = \"{}/base{slash}\"\n",
            cloud.url()
        ));
        home.cloud("organizations list").assert().code(1);
        assert_eq!(
            cloud.requests().pop().unwrap(),
            "GET /base/v1/organizations"
        );
    }
}

#[test]
fn the_service_is_told_who_is_asking() {
    let (cloud, home) = ada();
    home.cloud("organizations list").assert().success();
    let request = &cloud.requests()[0];
    let agent = request.header("user-agent").unwrap();
    assert_eq!(
        agent,
        concat!("pipecat-cloud-cli/", env!("CARGO_PKG_VERSION"))
    );
    assert_eq!(request.bearer(), Some(ADA_PAT));
}
