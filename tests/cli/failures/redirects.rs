//! Redirects: the token goes nowhere that was not asked for.

use snapbox::str;

use crate::support::cloud::{Cloud, Fault};
use crate::support::run::{ada, json, stderr, stdout};

const PATH: &str = "/v1/organizations";

fn redirect(method: &str, path: &str, status: u16, to: &str) -> Fault {
    Fault::on(method, path)
        .status(status)
        .header("Location", to)
}

#[test]
fn a_redirect_to_another_host_or_port_is_not_followed() {
    for status in [301, 302, 303, 307, 308] {
        let (cloud, home) = ada();
        let elsewhere = Cloud::start();
        let to = format!("{}{PATH}", elsewhere.url());
        cloud.fault(redirect("GET", PATH, status, &to));
        let run = home
            .cloud("organizations list --output json")
            .assert()
            .code(1);
        assert_eq!(json(&run)["error"]["code"], status.to_string());
        assert!(
            stderr(&run).contains(&format!("redirects to `{to}`")),
            "{}",
            stderr(&run)
        );
        assert_eq!(elsewhere.requests(), [""; 0]);
        assert_eq!(cloud.requests().len(), 1);
    }
}

#[test]
fn people_are_told_where_it_leads() {
    let (cloud, home) = ada();
    cloud.fault(redirect(
        "GET",
        PATH,
        302,
        "https://sign-in.example.com/?next=x",
    ));
    home.cloud("organizations list")
        .assert()
        .code(1)
        .stdout_eq("")
        .stderr_eq(str![[r"
error: `127.0.0.1:[..]` redirects to `https://sign-in.example.com/?next=x`, which is not followed (302 Found)
hint: check the address, and whether a proxy or a sign-in page stands in between
hint: `127.0.0.1:[..]` comes from `PIPECAT_API_HOST`

"]]);
}

#[test]
fn a_read_follows_a_redirect_on_the_same_host() {
    for (status, to) in [
        (301, "/v1/organizations/../organizations?moved"),
        (307, "organizations?moved"),
        (308, "?moved"),
    ] {
        let (cloud, home) = ada();
        cloud.fault(redirect("GET", PATH, status, to).times(1));
        let run = home
            .cloud("organizations list")
            .assert()
            .success()
            .stderr_eq("");
        assert!(stdout(&run).contains("\tacme\t"), "{to}");
        assert_eq!(
            cloud.requests(),
            ["GET /v1/organizations", "GET /v1/organizations?moved"]
        );
    }
}

#[test]
fn a_circle_of_redirects_has_an_end() {
    let (cloud, home) = ada();
    cloud.fault(redirect("GET", PATH, 302, PATH));
    home.cloud("organizations list")
        .assert()
        .code(1)
        .stdout_eq("");
    let asked = cloud.requests().len();
    assert!((2..=20).contains(&asked), "{asked} requests");
}

#[test]
fn a_write_follows_no_redirect() {
    for status in [301, 302, 303, 307, 308] {
        let (cloud, home) = ada();
        let keys = "/v1/organizations/acme/apiKeys";
        cloud.fault(redirect("POST", keys, status, "/v1/elsewhere"));
        home.cloud("organizations keys create -n Kiosk -o acme")
            .assert()
            .code(1)
            .stdout_eq("");
        assert_eq!(
            cloud.requests(),
            ["POST /v1/organizations/acme/apiKeys {\"name\":\"Kiosk\",\"type\":\"public\"}"]
        );
    }
}

#[test]
fn a_redirect_with_a_user_in_it_does_not_take_the_tokens_place() {
    for user in ["ada:password", "ada", ":password"] {
        let (cloud, home) = ada();
        let to = cloud.url().replace("//", &format!("//{user}@"));
        cloud.fault(redirect("GET", PATH, 302, &format!("{to}{PATH}?moved")).times(1));
        let run = home.cloud("organizations list").assert().code(1);
        assert!(
            stderr(&run).contains("which is not followed"),
            "{}",
            stderr(&run)
        );
        assert!(!stderr(&run).contains("password"), "{}", stderr(&run));
        assert_eq!(cloud.requests(), ["GET /v1/organizations"]);
    }
}
