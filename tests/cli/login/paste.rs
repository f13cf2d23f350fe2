//! Signing in where the browser runs on another machine: its address, or the code, is pasted.

use super::{DISCOVERY, assert_untouched, lines, lived_in};
use crate::support::browser;
use crate::support::cloud::Cloud;
use crate::support::home::Home;
use crate::support::ports::{self, Permit};
use crate::support::terminal::Terminal;

/// A sign-in on a terminal.
struct Session {
    terminal: Terminal,
    address: String,
    _permit: Permit,
}

impl Session {
    fn start(home: &Home) -> Self {
        let permit = ports::one();
        let terminal = Terminal::spawn(home, (30, 80), ["cloud", "auth", "login", "--headless"]);
        terminal.wait_for("paste here the address");
        // The screen wraps the address; what was written is whole.
        let raw = String::from_utf8_lossy(&terminal.raw()).into_owned();
        let address = raw
            .split_whitespace()
            .find(|word| word.starts_with("http://"));
        Self {
            address: address.expect("an address").to_owned(),
            terminal,
            _permit: permit,
        }
    }

    fn paste(&self, text: &str) {
        self.terminal.send(&format!("{text}\r"));
    }

    fn succeeds(mut self) {
        let status = self.terminal.wait();
        let screen = self.terminal.screen();
        assert!(status.success(), "{screen}");
        assert!(screen.contains("signed in as ada@example.com"), "{screen}");
    }
}

/// The code in a callback's address.
fn code(returned: &str) -> String {
    let url = url::Url::parse(returned).unwrap();
    let mut pairs = url.query_pairs();
    pairs
        .find(|(name, _)| name == "code")
        .unwrap()
        .1
        .into_owned()
}

#[test]
fn the_pasted_address_or_code_signs_in() {
    let whole: fn(&str) -> String = str::to_owned;
    let quoted: fn(&str) -> String = |returned| format!("  '{returned}' ");
    for pasted in [whole, quoted, code] {
        let (cloud, home) = lived_in();
        let session = Session::start(&home);
        let returned = cloud.approve(&session.address);
        session.paste(&pasted(&returned));
        session.succeeds();
        assert!(home.config().contains("token = \"oat_ada_"));
        let requests = lines(&cloud.requests());
        assert_eq!(requests[..2], DISCOVERY);
        assert_eq!(requests[3..], ["GET /v1/organizations", "GET /v1/users"]);
    }
}

#[test]
fn a_wrong_paste_is_told_and_the_next_one_counts() {
    let (cloud, home) = lived_in();
    let session = Session::start(&home);
    let returned = cloud.approve(&session.address);
    let (before, _) = returned.split_once("state=").unwrap();
    for (pasted, words) in [
        (session.address.clone(), "it is the address to open"),
        (
            format!("{before}state=wrong"),
            "does not belong to this sign-in",
        ),
        ("what is this".to_owned(), "neither an address nor a code"),
    ] {
        session.paste(&pasted);
        session.terminal.wait_for(words);
        session.terminal.wait_for("still waiting");
        assert_eq!(cloud.writes(), [""; 0]);
    }
    assert_untouched(&home);
    session.paste(&returned);
    session.succeeds();
}

#[test]
fn a_pasted_denial_ends_the_attempt() {
    let (cloud, home) = lived_in();
    let mut session = Session::start(&home);
    session.paste(&cloud.deny(&session.address));
    assert_eq!(session.terminal.wait().exit_code(), 1);
    let screen = session.terminal.screen();
    assert!(screen.contains("the sign-in was denied: The user denied the request"));
    assert_untouched(&home);
}

#[test]
fn the_browser_may_be_faster_than_the_paste() {
    let cloud = Cloud::start();
    let home = Home::new(&cloud);
    let session = Session::start(&home);
    session.terminal.send("http://127.0.0.1:84");
    let page = browser::get(&cloud.approve(&session.address));
    assert_eq!(page.status, 200);
    session.succeeds();
}

#[test]
fn the_end_of_the_input_does_not_end_the_wait() {
    let cloud = Cloud::start();
    let home = Home::new(&cloud);
    let session = Session::start(&home);
    session.terminal.send("\u{4}");
    assert_eq!(browser::get(&cloud.approve(&session.address)).status, 200);
    session.succeeds();
}

#[test]
fn ctrl_c_gives_up() {
    let (_cloud, home) = lived_in();
    let mut session = Session::start(&home);
    session.terminal.send("\u{3}");
    assert_eq!(session.terminal.wait().exit_code(), 130);
    assert_untouched(&home);
}
