//! The five ports that the browser may come back to.

use std::io::ErrorKind;
use std::net::TcpListener;
use std::thread;

use snapbox::str;

use super::{DISCOVERY, Login, assert_untouched, command, lines, lived_in};
use crate::support::browser;
use crate::support::cloud::Cloud;
use crate::support::home::Home;
use crate::support::ports;

#[test]
fn a_free_port_is_found_among_the_five() {
    let _permit = ports::all();
    let _held = [8400, 8401].map(hold);
    let cloud = Cloud::start();
    let home = Home::new(&cloud);
    let login = Login::with_permit(None, &home, &["--headless"]);
    let redirect_uri = login.parameter("redirect_uri");
    assert_eq!(redirect_uri, "http://127.0.0.1:8402/oauth_callback");
    browser::get(&cloud.approve(&login.address));
    login.finish().success();
}

#[test]
fn several_can_sign_in_at_once() {
    let _permit = ports::all();
    let cloud = Cloud::start();
    let home = Home::new(&cloud);
    let logins = [(); 3].map(|()| Login::with_permit(None, &home, &["--headless"]));
    // Each has a port and a state of its own: a callback at another's port is foreign there.
    let first = cloud.approve(&logins[0].address);
    let (_, query) = first.split_once('?').unwrap();
    for other in &logins[1..] {
        assert_eq!(browser::get(&other.callback(query)).status, 400);
    }
    for login in logins {
        assert_eq!(browser::get(&cloud.approve(&login.address)).status, 200);
        login.finish().success();
    }
    assert!(home.config().contains("oat_ada_0000000000000003"));
}

#[test]
fn without_a_free_port_nothing_is_begun() {
    let _permit = ports::all();
    let _held = ports::PORTS.map(hold);
    let (cloud, home) = lived_in();
    let output = snapbox::cmd::Command::from_std(command(&home, &[]));
    output.assert().code(1).stdout_eq("").stderr_eq(str![[r"
error: no port is free for the browser to come back to (8400, 8401, 8402, 8403, 8404)
hint: end a program that holds one of them (another sign-in, perhaps), or use a personal access token: `pipecat cloud auth use-pat`

"]]);
    assert_eq!(lines(&cloud.requests()), DISCOVERY);
    #[cfg(unix)]
    assert!(home.browser_addresses().is_empty());
    assert_untouched(&home);
}

fn hold(port: u16) -> TcpListener {
    // A process that is just being started elsewhere may still have a port of an earlier test.
    loop {
        match TcpListener::bind(("127.0.0.1", port)) {
            Ok(listener) => return listener,
            Err(error) if error.kind() == ErrorKind::AddrInUse => thread::yield_now(),
            Err(error) => panic!("port {port}: {error}"),
        }
    }
}
