//! What else comes to the callback's port: programs that stall, flood, break off or talk nonsense.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
#[cfg(unix)]
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use super::callback::address_of;
use super::{Login, assert_untouched, lived_in};
use crate::support::browser;
use crate::support::cloud::Cloud;
#[cfg(unix)]
use crate::support::ports;

/// The browser comes back while all this goes on, and the sign-in ends as if nothing were.
#[track_caller]
fn comes_back(cloud: &Cloud, login: Login) {
    let since = Instant::now();
    let page = browser::get(&cloud.approve(&login.address));
    assert_eq!(page.status, 200, "{page:?}");
    let output = login.outcome().success();
    assert!(since.elapsed() < Duration::from_secs(8), "{since:?}");
    let told = String::from_utf8_lossy(&output.get_output().stderr).into_owned();
    assert!(!told.contains("panicked"), "{told}");
}

/// As many connections, each of which says this and then nothing.
fn hold(host: &str, count: usize, said: &str) -> Vec<TcpStream> {
    let connect = |_| {
        let mut stream = TcpStream::connect(host).unwrap();
        // It may have given way already.
        let _ = stream.write_all(said.as_bytes());
        stream
    };
    (0..count).map(connect).collect()
}

#[test]
fn connections_that_are_held_open_hold_nothing_up() {
    let (cloud, home) = lived_in();
    let login = Login::start(&home, &["--headless"]);
    let (host, target) = address_of(&login.callback("code=stolen"));
    let request = format!("GET {target} HTTP/1.1\r\nHost: {host}\r\n\r\n");
    let half = &request[..request.len() / 2];
    // More than are served at once: some say nothing, some break off in the middle, and some
    // never read their page.
    let held: Vec<TcpStream> = ["", half, &request]
        .iter()
        .cycle()
        .take(200)
        .map(|said| {
            let mut stream = TcpStream::connect(&host).unwrap();
            // A connection that gave way to newer ones may be closed already.
            let _ = stream.write_all(said.as_bytes());
            stream
        })
        .collect();
    let since = Instant::now();
    let page = browser::get(&cloud.approve(&login.address));
    assert_eq!(page.status, 200);
    login.finish().success();
    assert!(since.elapsed() < Duration::from_secs(8), "{since:?}");
    drop(held);
}

#[test]
fn bytes_that_are_no_request_hold_nothing_up() {
    let (cloud, home) = lived_in();
    let login = Login::start(&home, &["--headless"]);
    let (host, _) = address_of(&login.callback(""));
    let long = format!("GET /{} HTTP/1.1\r\n", "a".repeat(1 << 20));
    for nonsense in [
        "\u{16}\u{3}\u{1}hello over TLS\r\n\r\n",
        "\r\n\r\n\r\n",
        &long,
    ] {
        let mut stream = TcpStream::connect(&host).unwrap();
        let _ = stream.write_all(nonsense.as_bytes());
    }
    assert_eq!(browser::get(&cloud.approve(&login.address)).status, 200);
    login.finish().success();
}

#[test]
fn of_two_hundred_idle_connections_the_oldest_give_way() {
    let (cloud, home) = lived_in();
    let login = Login::start(&home, &["--headless"]);
    let (host, _) = address_of(&login.callback(""));
    let held = hold(&host, 200, "");
    // The first was closed to make room, long before its time was over.
    let mut oldest = &held[0];
    let patience = Some(Duration::from_secs(5));
    oldest.set_read_timeout(patience).unwrap();
    let read = oldest.read(&mut [0; 1]);
    assert!(!read.is_ok_and(|length| length > 0));
    comes_back(&cloud, login);
}

#[test]
fn half_a_request_holds_nothing_up() {
    let (cloud, home) = lived_in();
    let login = Login::start(&home, &["--headless"]);
    let (host, target) = address_of(&login.own_callback("code=stolen"));
    let request = format!("GET {target} HTTP/1.1\r\nHost: {host}\r\n\r\n");
    let halves = [1, request.len() / 2, request.len() - 1].map(|length| &request[..length]);
    let held = halves.map(|half| hold(&host, 20, half));
    comes_back(&cloud, login);
    drop(held);
}

#[test]
fn headers_without_end_are_cut_off_and_hold_nothing_up() {
    let (cloud, home) = lived_in();
    let login = Login::start(&home, &["--headless"]);
    let (host, target) = address_of(&login.own_callback("code=stolen"));
    let start = format!("GET {target} HTTP/1.1\r\nHost: {host}\r\n");
    // In many fields, in one, and so slowly that no limit of length is ever reached.
    let slow = TcpStream::connect(&host).unwrap();
    let talkers = [
        (TcpStream::connect(&host).unwrap(), "Cookie: a\r\n", 0),
        (TcpStream::connect(&host).unwrap(), "aaaaaaaaaaaaaaaa", 0),
        (slow.try_clone().unwrap(), "a", 5),
    ];
    let talkers = talkers.map(|(mut stream, piece, pause)| {
        let mut listener = stream.try_clone().unwrap();
        let start = start.clone();
        thread::spawn(move || {
            let _ = stream.write_all(start.as_bytes());
            while stream.write_all(piece.as_bytes()).is_ok() {
                thread::sleep(Duration::from_millis(pause));
            }
        });
        thread::spawn(move || {
            let mut answer = Vec::new();
            let _ = listener.read_to_end(&mut answer);
            String::from_utf8_lossy(&answer).into_owned()
        })
    });
    let [many, long, slowly] = talkers;
    for cut_off in [many, long] {
        let answer = cut_off.join().unwrap();
        assert!(answer.starts_with("HTTP/1.1 431 "), "{answer}");
    }
    assert_untouched(&home);
    comes_back(&cloud, login);
    let _ = slow.shutdown(Shutdown::Both);
    let answer = slowly.join().unwrap();
    assert_eq!(answer, "");
}

#[test]
fn clients_that_disconnect_at_once_hold_nothing_up() {
    let (cloud, home) = lived_in();
    let login = Login::start(&home, &["--headless"]);
    let (host, target) = address_of(&login.callback("code=stolen"));
    let request = format!("GET {target} HTTP/1.1\r\nHost: {host}\r\n\r\n");
    for _ in 0..300 {
        for said in ["", &request[..30], &request] {
            drop(hold(&host, 1, said));
        }
    }
    assert_untouched(&home);
    comes_back(&cloud, login);
}

#[test]
fn clients_that_never_read_their_page_hold_nothing_up() {
    let (cloud, home) = lived_in();
    let login = Login::start(&home, &["--headless"]);
    let (host, target) = address_of(&login.callback("code=stolen"));
    let request = format!("GET {target} HTTP/1.1\r\nHost: {host}\r\n\r\n");
    let held = hold(&host, 150, &request);
    let page = browser::get(&login.callback("code=stolen"));
    assert_eq!(page.status, 400);
    comes_back(&cloud, login);
    drop(held);
}

#[test]
fn a_foreign_program_that_comes_first_changes_nothing() {
    let (cloud, home) = lived_in();
    let login = Login::start(&home, &["--headless"]);
    let (host, own) = address_of(&login.own_callback("code=stolen"));
    let long = "x".repeat(1 << 20);
    for (status, line, fields) in [
        ("404", "GET / HTTP/1.1", ""),
        (
            "400",
            &format!("GET http://{host}/oauth_callback?state=wrong HTTP/1.1"),
            "",
        ),
        ("404", "GET /oauth_callback/../oauth_callback HTTP/1.1", ""),
        (
            "400",
            "GET /oauth_callback?code=stolen&state=wrong HTTP/1.1",
            "",
        ),
        ("404", &format!("HEAD {own} HTTP/1.1"), ""),
        ("404", &format!("DELETE {own} HTTP/1.1"), ""),
        (
            "404",
            &format!("POST {own} HTTP/1.1"),
            "Content-Length: 99999999999999\r\n",
        ),
        (
            "404",
            &format!("POST {own} HTTP/1.1"),
            "Content-Length: 18446744073709551615\r\n",
        ),
        (
            "404",
            &format!("POST {own} HTTP/1.1"),
            "Transfer-Encoding: chunked\r\n",
        ),
        (
            "404",
            &format!("POST {own} HTTP/1.1"),
            "Expect: 100-continue\r\n",
        ),
        (
            "404",
            &format!("GET http://evil.example.com{own} HTTP/1.1"),
            "",
        ),
        (
            "400",
            &format!("GET {own} HTTP/1.1"),
            "Host: evil.example.com\r\n",
        ),
        (
            "400",
            "GET /oauth_callback HTTP/1.1",
            "TE: a;q=NaN, b;q=-1, chunked;q=x\r\n",
        ),
        (
            "400",
            "GET /oauth_callback HTTP/1.1",
            "Connection: upgrade\r\nUpgrade: h2c\r\n",
        ),
        ("505", "PRI * HTTP/2.0\r\n\r\nSM", ""),
        ("505", &format!("GET {own} HTTP/3.0"), ""),
        ("400", &format!("GET {own}"), ""),
        ("400", "\u{16}\u{3}\u{1}\u{2}\u{0}", ""),
        ("400", &format!("GET {own} HTTP/1.1\r\nno field"), ""),
        ("431", &format!("GET {own} HTTP/1.1\r\nCookie: {long}"), ""),
        ("431", &format!("GET {own}&long={long} HTTP/1.1"), ""),
    ] {
        let said = format!("{line}\r\nHost: {host}\r\n{fields}\r\n");
        let mut stream = TcpStream::connect(&host).unwrap();
        let _ = stream.write_all(said.as_bytes());
        let mut answer = Vec::new();
        let read = stream.read_to_end(&mut answer);
        let answer = String::from_utf8_lossy(&answer);
        let line = &line[..line.len().min(80)];
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status} ")),
            "{line}{fields}: {read:?}: {answer}"
        );
    }
    assert_untouched(&home);
    assert_eq!(cloud.writes(), [""; 0]);
    comes_back(&cloud, login);
}

/// A Mac gives a program 256, and who wants fewer may.
#[cfg(unix)]
#[test]
fn few_descriptors_are_enough_whoever_comes() {
    let (cloud, home) = lived_in();
    let command = super::command(&home, &["--headless"]);
    let mut limited = Command::new("/bin/sh");
    limited
        .args(["-c", "ulimit -n 64 && exec \"$0\" \"$@\""])
        .arg(command.get_program())
        .args(command.get_args())
        .env_clear()
        .stdin(Stdio::null());
    for (name, value) in command.get_envs() {
        limited.env(name, value.unwrap_or_default());
    }
    let login = Login::with_command(Some(ports::one()), &home, limited);
    let (host, target) = address_of(&login.callback("code=stolen"));
    let request = format!("GET {target} HTTP/1.1\r\nHost: {host}\r\n\r\n");
    let held = ["", &request, &request[..20]].map(|said| hold(&host, 200, said));
    comes_back(&cloud, login);
    drop(held);
}
