//! Two things go wrong at once, at random: a session survives whatever is no end of the process by
//! force, and of the provider's answers none that says so.
//!
//! Each case is made of its own number. `PIPECAT_PAIRS=2000` tries as many; to try one again, give
//! the number that its failure names as `PIPECAT_PAIRS_FROM`, and `PIPECAT_PAIRS=1`.

use std::env;
use std::fs::File;
use std::process::{Child, Output, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use fastrand::Rng;
use serde_json::Value;

use super::interrupted::{SIGNALS, hold_lock, send};
use super::{json_command, try_all};
use crate::support::cloud::provider::{AUTH_CONFIG, DISCOVERY, TOKEN};
use crate::support::cloud::{Cloud, Fault};
use crate::support::home::Home;
use crate::support::interposer::{self, Interposer, Reply, Trap};

/// How many pairs are tried if nobody says.
const PAIRS: u64 = 240;

/// Most of a case is waiting.
const AT_ONCE: usize = 16;

/// No command of these takes longer.
const DEADLINE: Duration = Duration::from_secs(50);

/// What the file and the service say of the access token.
const TOKENS: [Tokens; 3] = [Tokens::RunOut, Tokens::TurnedDown, Tokens::Unknown];

const LINES: [&str; 7] = [
    "auth whoami",
    "auth token",
    "organizations list",
    "organizations select -o acme",
    "organizations keys list -o acme",
    "organizations keys create -o acme -n Kiosk -d",
    "secrets list -o acme",
];

const ORGANIZATIONS: &str = "/v1/organizations";

/// What is known of an access token that works no more.
#[derive(Clone, Copy, Debug)]
enum Tokens {
    /// The file says so, and the service.
    RunOut,
    /// The service says so, long before its time.
    TurnedDown,
    /// The file says so; the service still takes it.
    Unknown,
}

/// What goes wrong.
#[derive(Debug)]
enum Trouble {
    /// The service or the provider answers otherwise. Nothing is carried out.
    Answer(Fault),
    /// The connection is closed on the way to a route, or the right answer comes back odd.
    OnTheWay(&'static str, &'static str, Odd),
    /// Somebody wants the program to end, so many times.
    Signal(&'static str, Moment, u32),
    /// The program is stopped for a while.
    Stopped(Moment, Duration),
    /// Another program holds the lock of the file.
    Locked(Duration),
    /// Nobody reads what the program says.
    Unread,
    /// The disk that its output goes to is full.
    Full,
    /// The same program runs beside it.
    Beside(&'static str),
}

/// What happens on the way.
#[derive(Clone, Copy, Debug)]
enum Odd {
    /// The request does not arrive.
    Lost,
    /// The lifetime in the answer is beyond any number.
    Lifetime,
    /// The answer comes in chunks of a byte.
    Chunks,
}

/// When something happens.
#[derive(Clone, Copy, Debug)]
enum Moment {
    /// So long after the start.
    Start(Duration),
    /// So long after the provider was asked for new tokens, if it is.
    Renewal(Duration),
}

fn milliseconds(random: &mut Rng, most: u64) -> Duration {
    Duration::from_millis(random.u64(0..=most))
}

impl Moment {
    fn draw(random: &mut Rng) -> Self {
        if random.bool() {
            Self::Renewal(milliseconds(random, 40))
        } else {
            Self::Start(milliseconds(random, 250))
        }
    }

    /// Waits for it; nothing happens to a program that has ended.
    fn wait(self, child: &mut Child, cloud: &Cloud) -> bool {
        let since = Instant::now();
        let pause = match self {
            Self::Start(pause) => pause,
            Self::Renewal(pause) => {
                while cloud.writes().is_empty() {
                    if child.try_wait().unwrap().is_some() || since.elapsed() > DEADLINE {
                        return false;
                    }
                    thread::sleep(Duration::from_millis(1));
                }
                pause
            }
        };
        thread::sleep(pause);
        child.try_wait().unwrap().is_none()
    }
}

impl Trouble {
    fn draw(random: &mut Rng) -> Self {
        match random.u32(0..16) {
            0..=5 => Self::Answer(Self::draw_answer(random)),
            6 | 7 => Self::draw_on_the_way(random),
            8..=10 => {
                let signal = SIGNALS[random.usize(0..SIGNALS.len())].0;
                Self::Signal(signal, Moment::draw(random), random.u32(1..=4))
            }
            11 => Self::Stopped(Moment::draw(random), milliseconds(random, 400)),
            12 => Self::Locked(milliseconds(random, 700)),
            13 => Self::Unread,
            14 => Self::Full,
            _ => Self::Beside(LINES[random.usize(0..LINES.len())]),
        }
    }

    fn draw_answer(random: &mut Rng) -> Fault {
        let (method, path) = [
            ("POST", TOKEN),
            ("POST", TOKEN),
            ("GET", DISCOVERY),
            ("GET", AUTH_CONFIG),
            ("GET", ORGANIZATIONS),
            ("GET", "/v1/users"),
            ("POST", "/v1/organizations/acme/apiKeys"),
        ][random.usize(0..7)];
        let fault = Fault::on(method, path).times(random.usize(1..=3));
        match random.u32(0..8) {
            0 => fault.status(500),
            1 => fault.status(503).header("Retry-After", "0"),
            2 => fault.status(429),
            3 if path == TOKEN => fault
                .status(400)
                .text(r#"{"error":"temporarily_unavailable"}"#),
            3 => fault.status(401),
            4 => fault.page("<html>Sign in</html>").status(502),
            5 => fault.status(418).text("[]"),
            _ => fault.delay(milliseconds(random, 800)),
        }
    }

    fn draw_on_the_way(random: &mut Rng) -> Self {
        match random.u32(0..4) {
            0 => Self::OnTheWay("POST", TOKEN, Odd::Lifetime),
            1 => Self::OnTheWay("POST", TOKEN, Odd::Chunks),
            _ => {
                let routes = [("POST", TOKEN), ("GET", DISCOVERY), ("GET", ORGANIZATIONS)];
                let (method, path) = routes[random.usize(0..routes.len())];
                Self::OnTheWay(method, path, Odd::Lost)
            }
        }
    }

    fn trap(&self) -> Option<Trap> {
        let Self::OnTheWay(method, path, odd) = *self else {
            return None;
        };
        let changed = |change: fn(&Reply) -> Vec<u8>| interposer::Fault::Changed(Arc::new(change));
        Some(Trap {
            method,
            path,
            fault: match odd {
                Odd::Lost => interposer::Fault::Close,
                Odd::Lifetime => changed(|reply| {
                    let text = String::from_utf8(reply.body.clone()).expect("JSON");
                    let text = text.replace("86400", "1e999");
                    format!("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{text}").into_bytes()
                }),
                Odd::Chunks => changed(|reply| {
                    let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
                    let chunks = reply
                        .body
                        .iter()
                        .map(|&byte| format!("1\r\n{}\r\n", byte as char));
                    format!("{head}{}0\r\n\r\n", chunks.collect::<String>()).into_bytes()
                }),
            },
            times: 1,
        })
    }
}

/// One case, made of its number.
#[derive(Debug)]
struct Case {
    tokens: Tokens,
    line: &'static str,
    troubles: [Trouble; 2],
}

impl Case {
    fn draw(number: u64) -> Self {
        let random = &mut Rng::with_seed(number);
        let first = Trouble::draw(random);
        let mut second = Trouble::draw(random);
        while first.trap().is_some() && second.trap().is_some() {
            // There is one place for it.
            second = Trouble::draw(random);
        }
        Self {
            tokens: TOKENS[random.usize(0..TOKENS.len())],
            line: LINES[random.usize(0..LINES.len())],
            troubles: [first, second],
        }
    }

    fn furnish(&self, cloud: &Cloud, home: &Home) {
        home.write_config("# mine\norg = \"ada-personal\"\n");
        let mut session = cloud.session("ada");
        if !matches!(self.tokens, Tokens::TurnedDown) {
            session.expires_in = 0;
        }
        home.sign_in(&session);
        if !matches!(self.tokens, Tokens::Unknown) {
            cloud.expire_access_tokens();
        }
        for trouble in &self.troubles {
            if let Trouble::Answer(fault) = trouble {
                cloud.fault(fault.clone());
            }
        }
    }

    fn start(&self, home: &Home) -> Child {
        let mut command = json_command(home, self.line);
        command.stdin(Stdio::null()).stderr(Stdio::piped());
        command.stdout(Stdio::piped());
        if self.any(|trouble| matches!(trouble, Trouble::Full)) {
            command.stdout(File::options().write(true).open("/dev/full").unwrap());
        }
        let mut child = command.spawn().unwrap();
        if self.any(|trouble| matches!(trouble, Trouble::Unread)) {
            drop(child.stdout.take());
        }
        child
    }

    fn any(&self, is_it: impl Fn(&Trouble) -> bool) -> bool {
        self.troubles.iter().any(is_it)
    }

    /// Whether the program goes on to its own end, and what it says is read.
    fn is_heard(&self) -> bool {
        !self.any(|trouble| matches!(trouble, Trouble::Full | Trouble::Unread))
    }

    /// Runs the command in all of its trouble.
    fn run(&self, cloud: &Cloud, home: &Home) -> Output {
        let held = self.troubles.iter().find_map(|trouble| match trouble {
            Trouble::Locked(time) => Some((hold_lock(home), *time)),
            _ => None,
        });
        let mut child = self.start(home);
        thread::scope(|scope| {
            if let Some((lock, time)) = held {
                scope.spawn(move || {
                    thread::sleep(time);
                    drop(lock);
                });
            }
            for trouble in &self.troubles {
                if let Trouble::Beside(line) = trouble {
                    scope.spawn(|| json_command(home, line).output().unwrap());
                }
            }
            for trouble in &self.troubles {
                match trouble {
                    Trouble::Signal(name, moment, times) => {
                        for _ in 0..*times {
                            if moment.wait(&mut child, cloud) {
                                send(&child, name);
                            }
                        }
                    }
                    Trouble::Stopped(moment, time) if moment.wait(&mut child, cloud) => {
                        send(&child, "STOP");
                        thread::sleep(*time);
                        send(&child, "CONT");
                    }
                    _ => {}
                }
            }
            let since = Instant::now();
            while child.try_wait().unwrap().is_none() {
                assert!(since.elapsed() < DEADLINE, "hangs");
                thread::sleep(Duration::from_millis(2));
            }
        });
        child.wait_with_output().unwrap()
    }

    /// What must hold whatever went wrong.
    fn judge(&self, output: &Output, interposer: &Interposer, home: &Home) {
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(
            !told.contains("panicked") && !told.contains("something broke"),
            "{told}"
        );
        // Where a signal comes before the program is one, there is no status.
        if self.is_heard() && output.status.code().is_some() && self.line != "auth token" {
            let value: Result<Value, _> = serde_json::from_slice(&output.stdout);
            let value = value.unwrap_or_else(|error| panic!("{error}: {output:?}"));
            assert_eq!(
                value["error"].is_null(),
                output.status.success(),
                "{output:?}"
            );
        }
        let cloud = &interposer.cloud;
        cloud.clear_faults();
        interposer.clear_trap();
        let next = json_command(home, "auth whoami")
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&next.stderr);
        assert!(
            next.status.success(),
            "{told}\nthen: {said}\n{}",
            home.config()
        );
        let value: Value = serde_json::from_slice(&next.stdout).unwrap();
        assert_eq!(value["authMethod"], "OAuth");
        assert_eq!(cloud.reuses(), 0, "a refresh token was used twice");
        let text = home.config();
        assert!(text.starts_with("# mine\n"), "{text}");
        let left = home
            .files()
            .into_iter()
            .filter(|name| name.ends_with(".tmp"));
        assert_eq!(left.count(), 0, "{:?}", home.files());
    }
}

fn from_environment(name: &str) -> Option<u64> {
    env::var(name)
        .ok()
        .map(|value| value.parse().expect("a number"))
}

#[test]
fn after_any_two_troubles_the_next_command_is_signed_in() {
    let first = from_environment("PIPECAT_PAIRS_FROM").unwrap_or(1);
    let count = from_environment("PIPECAT_PAIRS").unwrap_or(PAIRS);
    let numbers: Vec<u64> = (first..first + count).collect();
    let renewals = AtomicU64::new(0);
    try_all(&numbers, AT_ONCE, |&number| {
        let case = Case::draw(number);
        let trap = case.troubles.iter().find_map(Trouble::trap);
        let interposer = Interposer::start(trap);
        let cloud = &interposer.cloud;
        let home = Home::new(cloud);
        case.furnish(cloud, &home);
        let tried = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            let output = case.run(cloud, &home);
            case.judge(&output, &interposer, &home);
        }));
        if let Err(failure) = tried {
            let text = failure
                .downcast_ref::<String>()
                .cloned()
                .unwrap_or_default();
            panic!("case {number}: {case:?}\n{text}");
        }
        renewals.fetch_add(cloud.renewals() as u64, Ordering::Relaxed);
    });
    // They are about renewals, and there are some.
    assert!(renewals.into_inner() >= count / 2);
}
