//! Signals, at any moment of any command.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{COMMANDS, each, json_command, prepared};
use crate::support::browser;
use crate::support::cloud::{Cloud, Fault};
use crate::support::home::Home;
use crate::support::ports;
use crate::support::terminal::Terminal;

/// The signals that end the program, and the status that each leaves.
pub const SIGNALS: [(&str, i32); 3] = [("INT", 130), ("TERM", 143), ("HUP", 129)];

/// Longer than anything here should take.
const DEADLINE: Duration = Duration::from_secs(20);

fn start(mut command: Command) -> Child {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // The token for whoever asks for one.
    let _ = writeln!(child.stdin.take().unwrap(), "pcc_pat_ada_0123456789");
    child
}

pub fn send(child: &Child, signal: &str) {
    let sent = Command::new("/bin/sh")
        .args(["-c", &format!("kill -s {signal} {}", child.id())])
        .status();
    assert!(sent.unwrap().success());
}

/// Waits for a condition, since nothing here happens at once.
#[track_caller]
fn until(what: &str, mut condition: impl FnMut() -> bool) {
    let since = Instant::now();
    while !condition() {
        assert!(since.elapsed() < DEADLINE, "never: {what}");
        thread::sleep(Duration::from_millis(2));
    }
}

/// Waits for the end, promptly, and checks what holds of every interruption.
#[track_caller]
fn interrupted(mut child: Child, status: i32, what: &str) -> Output {
    until(what, || child.try_wait().unwrap().is_some());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(status), "{what}: {output:?}");
    let value: Value = serde_json::from_slice(&output.stdout).unwrap();
    let code = &value["error"]["code"];
    assert_eq!(code, "interrupted", "{what}: {output:?}");
    output
}

fn assert_whole(home: &Home, before: &str, what: &str) {
    assert_eq!(home.config(), before, "{what}");
    let files = home.files();
    let extra = files
        .iter()
        .any(|name| !name.ends_with(".toml") && !name.ends_with(".lock"));
    assert!(!extra, "{what}: {files:?}");
}

#[test]
fn a_signal_during_an_answer_ends_every_command() {
    let cases: Vec<_> = COMMANDS
        .iter()
        .filter(|(line, _)| *line != "--show-cli-config")
        .flat_map(|(line, _)| SIGNALS.map(|signal| (*line, signal)))
        .collect();
    each(&cases, |&(line, (signal, status))| {
        let _permit = line.contains("login").then(ports::one);
        let (cloud, home) = prepared();
        let before = home.config();
        cloud.fault(Fault::under("*", "/").delay(Duration::from_secs(60)));
        let child = start(json_command(&home, line));
        until("a request", || !cloud.requests().is_empty());
        send(&child, signal);
        let what = format!("{line} / {signal}");
        interrupted(child, status, &what);
        assert_whole(&home, &before, &what);
    });
}

/// The terminal echoes it, beside what is drawn there.
#[test]
fn the_key_that_ends_it_goes_with_what_was_drawn() {
    let (cloud, home) = prepared();
    cloud.fault(Fault::under("*", "/").delay(Duration::from_secs(60)));
    let words = ["cloud", "agent", "list"];
    let mut terminal = Terminal::spawn(&home, (24, 80), words);
    terminal.wait_for("listing the agents");
    terminal.send("\x03");
    assert_eq!(terminal.wait().exit_code(), 130);
    assert_eq!(terminal.screen(), "");
}

/// What cannot be undone is under way: it may have happened, and that is said.
#[test]
fn a_signal_during_a_write_at_the_service_is_told_as_what_it_is() {
    for (line, method, said) in [
        (
            "organizations keys create -o acme -n Kiosk",
            "POST",
            "`Kiosk` may have been created",
        ),
        (
            "organizations keys revoke -o acme --key key_acme_web --yes",
            "DELETE",
            "`key_acme_web` may have been revoked",
        ),
        ("auth logout", "POST", ""),
    ] {
        let (cloud, home) = prepared();
        let before = home.config();
        cloud.fault(Fault::under(method, "/").delay(Duration::from_secs(60)));
        let child = start(json_command(&home, line));
        until("a write", || !cloud.writes().is_empty());
        send(&child, "INT");
        let output = interrupted(child, 130, line);
        let told = String::from_utf8(output.stderr).unwrap();
        assert!(told.contains(said), "{line}: {told}");
        assert_whole(&home, &before, line);
    }
}

#[test]
fn a_signal_while_waiting_for_the_browser_ends_the_sign_in() {
    each(&SIGNALS, |&(signal, status)| {
        let _permit = ports::one();
        let (_cloud, home) = prepared();
        let before = home.config();
        let child = start(json_command(&home, "auth login"));
        home.browser_address(DEADLINE);
        send(&child, signal);
        interrupted(child, status, signal);
        assert_whole(&home, &before, signal);
    });
}

/// Holds the lock of a home's file, as another process does.
pub fn hold_lock(home: &Home) -> File {
    let lock = File::create(home.config_path().with_file_name("pipecatcloud.toml.lock")).unwrap();
    lock.lock().unwrap();
    lock
}

/// Whether a process has opened the lock.
#[cfg(target_os = "linux")]
fn at_lock(child: &Child) -> bool {
    let Ok(open) = fs::read_dir(format!("/proc/{}/fd", child.id())) else {
        return false;
    };
    open.flatten().any(|entry| {
        fs::read_link(entry.path()).is_ok_and(|path| path.to_string_lossy().ends_with(".lock"))
    })
}

#[cfg(target_os = "linux")]
#[test]
fn a_signal_while_waiting_for_the_lock_ends_the_wait() {
    let cases: Vec<_> = [
        "organizations select -o acme",
        "organizations keys use -o acme --key key_acme_web",
        "auth use-pat",
        "auth logout",
    ]
    .iter()
    .flat_map(|line| SIGNALS.map(|signal| (*line, signal)))
    .collect();
    each(&cases, |&(line, (signal, status))| {
        let (_cloud, home) = prepared();
        let before = home.config();
        let held = hold_lock(&home);
        let child = start(json_command(&home, line));
        until("the lock", || at_lock(&child));
        send(&child, signal);
        let what = format!("{line} / {signal}");
        interrupted(child, status, &what);
        assert_whole(&home, &before, &what);
        drop(held);
    });
}

/// A home whose session has run out.
fn run_out() -> (Cloud, Home) {
    let (cloud, mut home) = prepared();
    let mut session = cloud.session("ada");
    session.expires_in = 0;
    home.sign_in(&session);
    home.env("PIPECAT_ORG", "acme");
    cloud.expire_access_tokens();
    (cloud, home)
}

/// The refresh token that is on its way to the provider works no more; the one that comes back is
/// the only one that does. Losing it would end the session.
#[test]
fn a_signal_during_a_renewal_waits_for_the_new_session() {
    let cases: Vec<_> = ["auth whoami", "organizations keys create -n Kiosk"]
        .iter()
        .flat_map(|line| SIGNALS.map(|signal| (*line, signal)))
        .collect();
    each(&cases, |&(line, (signal, status))| {
        let (cloud, home) = run_out();
        let before = home.config();
        cloud.fault(Fault::on("POST", "/oauth/token").delay(Duration::from_millis(500)));
        let child = start(json_command(&home, line));
        until("a renewal", || !cloud.writes().is_empty());
        send(&child, signal);
        interrupted(child, status, line);
        assert_ne!(home.config(), before);
        // Nothing was begun after it.
        assert_eq!(cloud.writes().len(), 1, "{:?}", cloud.writes());
        let next = home.cloud("auth whoami").assert();
        next.success();
        assert_eq!((cloud.renewals(), cloud.reuses()), (1, 0));
    });
}

/// However often somebody asks: the wait ends with the provider's answer, and is told of.
#[test]
fn no_number_of_signals_loses_the_new_session() {
    each(&SIGNALS, |&(signal, status)| {
        let (cloud, home) = run_out();
        cloud.fault(Fault::on("POST", "/oauth/token").delay(Duration::from_millis(1500)));
        let mut child = start(json_command(&home, "auth whoami"));
        until("a renewal", || !cloud.writes().is_empty());
        until("the end", || {
            // Again and again, since two that are too close are one.
            if child.try_wait().unwrap().is_none() {
                send(&child, signal);
            }
            child.try_wait().unwrap().is_some()
        });
        let output = interrupted(child, status, signal);
        let told = String::from_utf8(output.stderr).unwrap();
        assert!(told.contains("so that it is not lost"), "{told}");
        home.cloud("auth whoami").assert().success();
        assert_eq!((cloud.renewals(), cloud.reuses()), (1, 0));
    });
}

/// A renewal that another request's failure has made needless is not given up either.
#[test]
fn a_failure_elsewhere_does_not_lose_the_new_session() {
    let (cloud, home) = run_out();
    let now = home.config();
    let far = now.replace(
        now.lines()
            .find(|line| line.starts_with("token_expires_at"))
            .unwrap(),
        "token_expires_at = 9999999999",
    );
    home.write_config(&far);
    cloud.fault(Fault::on("POST", "/oauth/token").delay(Duration::from_millis(1200)));
    let refused = Fault::on("GET", "/v1/organizations").status(400);
    cloud.fault(refused.delay(Duration::from_millis(400)));
    home.cloud("auth whoami").assert().code(1);
    assert_eq!((cloud.renewals(), cloud.reuses()), (1, 0));
    cloud.clear_faults();
    home.cloud("auth whoami").assert().success();
    assert_eq!((cloud.renewals(), cloud.reuses()), (1, 0));
}

/// `nohup`, and jobs in the background of a script.
#[cfg(target_os = "linux")]
#[test]
fn a_signal_that_was_ignored_from_the_start_is_ignored() {
    each(&SIGNALS, |&(signal, _)| {
        let (cloud, home) = prepared();
        cloud.fault(Fault::under("GET", "/").delay(Duration::from_millis(400)));
        let plain = json_command(&home, "auth whoami");
        let mut command = Command::new("/bin/sh");
        command
            .args(["-c", &format!("trap '' {signal}; exec \"$0\" \"$@\"")])
            .arg(plain.get_program())
            .args(plain.get_args())
            .env_clear()
            .envs(home.environment());
        let child = start(command);
        until("a request", || !cloud.requests().is_empty());
        send(&child, signal);
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{signal}: {output:?}");
    });
}

/// An answer that nobody reads fills the pipe, and the program stands in the middle of it.
#[test]
fn a_signal_ends_a_run_that_nobody_reads() {
    each(&SIGNALS, |&(signal, status)| {
        let (cloud, home) = prepared();
        let name = "x".repeat(1 << 20);
        cloud.change(|state| state.organizations[0].profile["verboseName"] = json!(name));
        let mut child = start(home.command(["cloud", "organizations", "list"]));
        // The first byte: from now on there is a writer.
        let mut first = [0];
        let mut stdout = child.stdout.take().unwrap();
        stdout.read_exact(&mut first).unwrap();
        send(&child, signal);
        until("the end", || child.try_wait().unwrap().is_some());
        assert_eq!(child.wait().unwrap().code(), Some(status), "{signal}");
    });
}

/// At as many moments as there is time for: the status is the signal's or that of a whole run, and
/// the file has all of a change or nothing.
#[test]
fn a_signal_at_any_moment_leaves_all_or_nothing() {
    let turns: Vec<u64> = (0..120).collect();
    each(&turns, |&turn| {
        let (_cloud, home) = prepared();
        let before = home.config();
        let after = before.replace("ada-personal", "acme");
        let child = start(json_command(&home, "organizations select -o acme"));
        thread::sleep(Duration::from_micros(turn * 400));
        let (signal, status) = SIGNALS[usize::try_from(turn % 3).unwrap()];
        send(&child, signal);
        let output = child.wait_with_output().unwrap();
        let text = home.config();
        assert!(text == before || text == after, "{text}");
        match output.status.code() {
            Some(0) => assert_eq!(text, after),
            Some(code) => assert_eq!(code, status, "{output:?}"),
            // Before it had begun to be the program.
            None => {
                assert!(output.status.signal().is_some());
                assert_eq!((text, output.stdout.len()), (before, 0));
                return;
            }
        }
        let value: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(value["error"].is_null(), output.status.success());
        assert_eq!(
            home.files()
                .iter()
                .filter(|name| name.ends_with(".tmp"))
                .count(),
            0
        );
    });
}

/// A signal after the browser has come back, while its code is exchanged.
#[test]
fn a_signal_during_the_exchange_stores_nothing() {
    each(&SIGNALS, |&(signal, status)| {
        let _permit = ports::one();
        let (cloud, home) = prepared();
        let before = home.config();
        cloud.fault(Fault::on("POST", "/oauth/token").delay(Duration::from_secs(60)));
        let child = start(json_command(&home, "auth login"));
        let returned = cloud.approve(&home.browser_address(DEADLINE));
        // The page is never sent.
        let page = thread::spawn(move || browser::client().get(&returned).send().is_ok());
        until("the exchange", || !cloud.writes().is_empty());
        send(&child, signal);
        interrupted(child, status, signal);
        assert!(!page.join().unwrap());
        assert_whole(&home, &before, signal);
    });
}
