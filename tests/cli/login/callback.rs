//! What comes to the callback's port beside the browser that was sent there.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::thread;
use std::time::Duration;

use super::{Login, assert_untouched, lived_in};
use crate::support::browser;
use crate::support::cloud::{Cloud, Fault};
use crate::support::home::Home;

#[test]
fn a_foreign_callback_is_answered_with_an_error_and_the_wait_goes_on() {
    let (cloud, home) = lived_in();
    let login = Login::start(&home, &["--headless"]);
    for query in [
        "",
        "code=stolen",
        "code=stolen&state=",
        "code=stolen&state=wrong",
        "error=access_denied",
        "error=access_denied&state=wrong&error_description=No",
    ] {
        let page = browser::get(&login.callback(query));
        assert_eq!(page.status, 400, "{query}");
        assert!(page.body.contains("<h1>Not part of this sign-in</h1>"));
    }
    assert_untouched(&home);
    assert_eq!(cloud.writes(), [""; 0]);
    let page = browser::get(&cloud.approve(&login.address));
    assert_eq!(page.status, 200);
    login.finish().success();
}

#[test]
fn other_paths_and_methods_are_not_found() {
    let (cloud, home) = lived_in();
    let login = Login::start(&home, &["--headless"]);
    let own = login.own_callback("code=stolen");
    for path in ["/", "/favicon.ico", "/oauth_callback/", "/OAUTH_CALLBACK"] {
        let page = browser::get(&own.replace("/oauth_callback", path));
        assert_eq!(page.status, 404, "{path}");
    }
    assert_eq!(browser::post_form(&own, &[]).status, 404);
    assert_untouched(&home);
    browser::get(&cloud.approve(&login.address));
    login.finish().success();
}

/// DNS rebinding: a page of another site has pointed its own name to this machine.
#[test]
fn a_callback_under_another_name_is_foreign() {
    let (cloud, home) = lived_in();
    let login = Login::start(&home, &["--headless"]);
    let (host, target) = address_of(&login.own_callback("code=stolen"));
    for foreign in [
        "Host: evil.example.com\r\n",
        "Host: 127.0.0.1\r\n",
        "Host: 127.0.0.1:80\r\n",
        "",
    ] {
        let mut stream = TcpStream::connect(&host).unwrap();
        let request = format!("GET {target} HTTP/1.1\r\n{foreign}\r\n");
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 400 "), "{foreign}{answer}");
    }
    assert_untouched(&home);
    browser::get(&cloud.approve(&login.address));
    login.finish().success();
}

#[test]
fn a_code_that_comes_in_pieces_is_taken_whole() {
    let (cloud, home) = lived_in();
    let login = Login::start(&home, &["--headless"]);
    let (host, target) = address_of(&cloud.approve(&login.address));
    let mut stream = TcpStream::connect(&host).unwrap();
    stream.set_nodelay(true).unwrap();
    for piece in format!("GET {target} HTTP/1.1\r\nHost: {host}\r\n\r\n")
        .as_bytes()
        .chunks(7)
    {
        stream.write_all(piece).unwrap();
    }
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    login.finish().success();
}

#[test]
fn a_second_callback_after_the_first_is_too_late() {
    let cloud = Cloud::start();
    let home = Home::new(&cloud);
    let login = Login::start(&home, &["--headless"]);
    let token_endpoint = Fault::on("POST", "/oauth/token").delay(Duration::from_secs(1));
    cloud.fault(token_endpoint);
    let returned = cloud.approve(&login.address);
    let first = thread::spawn({
        let returned = returned.clone();
        move || browser::get(&returned)
    });
    while cloud.writes().is_empty() {
        thread::sleep(Duration::from_millis(5));
    }
    assert_eq!(browser::get(&returned).status, 400);
    assert_eq!(first.join().unwrap().status, 200);
    login.finish().success();
    assert_eq!(cloud.writes().len(), 1);
}

/// The authority and the path with the query.
pub fn address_of(url: &str) -> (String, String) {
    let url = url::Url::parse(url).unwrap();
    let query = url.query().unwrap_or_default();
    (
        url.authority().to_owned(),
        format!("{}?{query}", url.path()),
    )
}
