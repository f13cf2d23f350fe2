//! Signing in where the browser runs on another machine: its address, or the code, is pasted.

use std::thread;
use std::time::Duration;

use super::{DISCOVERY, assert_untouched, lines, lived_in};
use crate::support::browser;
use crate::support::cloud::{Cloud, Fault};
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
        Self::run(home, &["cloud", "auth", "login", "--headless"])
    }

    fn run(home: &Home, arguments: &[&str]) -> Self {
        let permit = ports::one();
        let terminal = Terminal::spawn(home, (30, 80), arguments);
        terminal.wait_for("press Ctrl-C to give up");
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
fn what_cannot_be_used_is_told_and_the_wait_goes_on() {
    let (cloud, home) = lived_in();
    let session = Session::start(&home);
    let returned = cloud.approve(&session.address);
    let (before, _) = returned.split_once("state=").unwrap();
    for (pasted, words) in [
        ("no".to_owned(), "neither an address nor a code"),
        ("Yes".to_owned(), "neither an address nor a code"),
        ("what is this".to_owned(), "neither an address nor a code"),
        (session.address.clone(), "it is the address to open"),
        (
            format!("{before}state=wrong"),
            "does not belong to this sign-in",
        ),
    ] {
        let written = session.terminal.raw().len();
        session.paste(&pasted);
        session
            .terminal
            .wait_for_raw(&["that does not work: ", words, "still waiting"], written);
        assert_eq!(cloud.writes(), [""; 0], "{pasted}");
    }
    assert_untouched(&home);
    session.paste(&returned);
    session.succeeds();
}

#[test]
fn a_code_that_the_provider_does_not_know_is_told_and_the_wait_goes_on() {
    let (cloud, home) = lived_in();
    let session = Session::start(&home);
    session.paste("code_9999999999999999");
    session.terminal.wait_for("does not recognize that code");
    assert_eq!(cloud.writes().len(), 1);
    assert_untouched(&home);
    // One may still come back with the browser.
    let page = browser::get(&cloud.approve(&session.address));
    assert_eq!(page.status, 200);
    session.succeeds();
}

#[test]
fn an_address_in_several_lines_is_put_together() {
    let line_ends: [fn(&str) -> String; 4] = [
        // As a terminal passes on what was pasted, and as one that brackets it does.
        |text| text.replace('\n', "\r"),
        |text| text.replace('\n', "\r\n"),
        |text| format!("\u{1b}[200~{text}\u{1b}[201~"),
        |text| format!("\u{1b}[200~{}\u{1b}[201~", text.replace('\n', "\r")),
    ];
    for as_typed in line_ends {
        for cut in [9, 45, 70] {
            let (cloud, home) = lived_in();
            let session = Session::start(&home);
            let returned = cloud.approve(&session.address);
            let (start, end) = returned.split_at(cut);
            session.paste(&as_typed(&format!("{start}\n{end}")));
            session.succeeds();
            let exchanges = cloud.writes();
            assert_eq!(exchanges.len(), 1, "{exchanges:?}");
            assert!(home.config().contains("token = \"oat_ada_"));
        }
    }
}

#[test]
fn the_rest_of_an_address_may_come_later() {
    let (cloud, home) = lived_in();
    let session = Session::start(&home);
    let returned = cloud.approve(&session.address);
    let (start, end) = returned.split_at(60);
    session.paste(start);
    session
        .terminal
        .wait_for("only the beginning of the address");
    session.paste(end);
    session.succeeds();
    assert!(home.config().contains("token = \"oat_ada_"));
}

#[test]
fn an_address_may_be_longer_than_the_line_buffer_of_a_terminal() {
    for (before, after) in [("", ""), ("\u{1b}[200~", "\u{1b}[201~")] {
        let (cloud, home) = lived_in();
        let session = Session::start(&home);
        let returned = cloud.approve(&session.address);
        let long = returned.replace('?', &format!("?session_state={}&", "x".repeat(9000)));
        session.paste(&format!("{before}{long}{after}"));
        session.succeeds();
        assert!(home.config().contains("token = \"oat_ada_"));
    }
}

#[test]
fn a_typed_address_can_be_corrected() {
    let (cloud, home) = lived_in();
    let session = Session::start(&home);
    let returned = cloud.approve(&session.address);
    session
        .terminal
        .send(&format!("wrong\u{15}x{returned}\u{1}\u{4}\u{5}!\u{7f}"));
    session.paste("");
    session.succeeds();
    assert!(home.config().contains("token = \"oat_ada_"));
}

#[test]
fn what_was_typed_and_not_used_does_not_fall_into_the_shell() {
    let cloud = Cloud::start();
    let mut home = Home::with_program(std::path::PathBuf::from("/bin/sh"), cloud.url());
    home.env("PIPECAT", crate::support::program());
    let script = "\"$PIPECAT\" cloud auth login --headless; read -r line; echo \"read: [$line]\"";
    let mut session = Session::run(&home, &["-c", script]);
    session.terminal.send("http://127.0.0.1:8400/oauth_callb");
    session
        .terminal
        .wait_for("address: http://127.0.0.1:8400/oauth_callb");
    assert_eq!(browser::get(&cloud.approve(&session.address)).status, 200);
    session.terminal.wait_for("signed in as");
    session.terminal.wait_for("stored in");
    session.terminal.send("mine\r");
    assert!(session.terminal.wait().success());
    let screen = session.terminal.screen();
    assert!(screen.contains("read: [mine]"), "{screen}");
    // Nor does the line to paste into stay behind.
    assert!(!screen.contains("oauth_callb\n"), "{screen}");
    assert!(!screen.contains("address: http"), "{screen}");
}

#[test]
fn ctrl_c_counts_while_the_code_is_exchanged() {
    let (cloud, home) = lived_in();
    cloud.fault(Fault::on("POST", "/oauth/token").delay(Duration::from_secs(30)));
    let mut session = Session::start(&home);
    session.paste(&cloud.approve(&session.address));
    while cloud.writes().is_empty() {
        thread::sleep(Duration::from_millis(5));
    }
    session.terminal.send("x\u{3}");
    assert_eq!(session.terminal.wait().exit_code(), 130);
    assert_untouched(&home);
}

#[test]
fn a_terminal_that_only_shows_lines_can_be_pasted_into() {
    let (cloud, mut home) = lived_in();
    home.env("TERM", "dumb");
    let session = Session::start(&home);
    session.paste("no");
    session.terminal.wait_for("neither an address nor a code");
    let returned = cloud.approve(&session.address);
    let (start, end) = returned.split_at(60);
    session.paste(&format!("{start}\r{end}"));
    let raw = String::from_utf8(session.terminal.raw()).unwrap();
    assert!(!raw.contains('\u{1b}'), "{raw:?}");
    session.succeeds();
    assert!(home.config().contains("token = \"oat_ada_"));
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
