//! `cargo bench`: what users wait for, beside the official CLI where that is installed.
//!
//! Programs are started anew for each figure, against a fake cloud behind TLS on a link whose round
//! trip is set here. Round trips are the slope of the wall time over the length of one, so neither
//! the machine's speed nor a program's start counts in them. Wall times are compared with caches
//! warm, ours the median of several runs for one of the official CLI's, and nothing is judged by an
//! absolute time.
#![allow(clippy::print_stdout, reason = "a benchmark talks to the terminal")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a broken assumption ends the benchmark there and then"
)]

mod front;
mod measure;
mod official;
mod packing;
#[path = "../support/mod.rs"]
#[allow(unused_imports, reason = "its own tests are for a harness to run")]
mod support;

use std::fs;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::time::Duration;

use measure::{median, peak_memory, slope, wall_time};
use support::authority::Authority;
use support::cloud::{ADA_PAT, Cloud, Session};
use support::home::Home;
use support::link::Link;

/// Milliseconds there and back. None is zero, where no thread would sleep: each oversleeps by about
/// the same. The official CLI is slow, so it goes only the first two, which lie farthest apart.
const ROUND_TRIPS: [u16; 4] = [10, 90, 50, 30];
const OFFICIAL_ROUND_TRIPS: usize = 2;

/// How often each figure is measured: ours, and the official CLI's.
const RUNS: usize = 7;
const OFFICIAL_RUNS: usize = 3;

/// How many of our runs stand against one of the official CLI's where wall times are compared: one
/// of a millisecond is at the mercy of whatever else goes on.
const SHORT_RUNS: usize = 10;

/// Part of a round trip that may be missed: threads do not wake at once.
const TOLERANCE: f64 = 0.15;

/// The bot that the sandbox deploys, without its deploy file.
const DEPLOY_FOLDER: &str = concat!(
    "cloud deploy booking --yes --region eu-central --build-dir ",
    env!("CARGO_MANIFEST_DIR"),
    "/tests/sandbox/bot"
);

/// The same, where nobody says in which region.
const DEPLOY_ANYWHERE: &str = concat!(
    "cloud deploy booking --yes --build-dir ",
    env!("CARGO_MANIFEST_DIR"),
    "/tests/sandbox/bot"
);

/// What that would change.
const PLAN_FOLDER: &str = concat!(
    "cloud deploy booking --plan --region eu-central --build-dir ",
    env!("CARGO_MANIFEST_DIR"),
    "/tests/sandbox/bot"
);

const WHOAMI: &str = "cloud auth whoami";

/// What the program finds in its home.
#[derive(Clone, Copy)]
enum Account {
    /// A session, and the active organization.
    Known,
    /// A session that has run out, and the active organization.
    Due,
    /// `PIPECAT_TOKEN`.
    TokenOnly,
}

/// Where the programs run.
struct Stage {
    cloud: Cloud,
    link: Link,
    near: SocketAddr,
    trusted: tempfile::NamedTempFile,
    official: Option<PathBuf>,
}

impl Stage {
    fn new() -> Self {
        let authority = Authority::new("the benchmark's");
        let trusted = tempfile::NamedTempFile::new().unwrap();
        fs::write(&trusted, &authority.pem).unwrap();
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let near = listener.local_addr().unwrap();
        let link = Link::to(near);
        let url = format!("https://{}", link.address());
        let cloud = Cloud::builder().public_url(url).start();
        front::serve(listener, &authority, cloud.address());
        // Whatever is built is built at once, so that only the first deploy waits for it.
        cloud.change(|state| {
            state.at("acme").builds.course = vec![serde_json::json!({"status": "success"})];
        });
        Self {
            cloud,
            link,
            near,
            trusted,
            official: official::find(),
        }
    }

    /// A home for a program, whose service is at this address.
    fn home(&self, program: &Path, address: SocketAddr, account: Account) -> Home {
        let mut home = Home::with_program(program.to_owned(), &format!("https://{address}"));
        let path = home.config_path();
        home.env("SSL_CERT_FILE", self.trusted.path())
            .env("PIPECAT_CONFIG_PATH", path);
        if matches!(account, Account::TokenOnly) {
            home.env("PIPECAT_TOKEN", ADA_PAT);
        }
        self.prepare(&home, account);
        home
    }

    /// Makes the home what it was before the last run.
    fn prepare(&self, home: &Home, account: Account) {
        let session = match account {
            Account::TokenOnly => return,
            Account::Known => self.cloud.session("ada"),
            Account::Due => Session {
                expires_in: 0,
                ..self.cloud.session("ada")
            },
        };
        home.write_config("org = \"acme\"\n");
        home.sign_in(&session);
    }

    /// Wall times, one beside the other: ours as a part of the official CLI's.
    fn compare(&self, what: &str, line: &str, wanted: f64) {
        let home = |program: &Path| self.home(program, self.near, Account::Known);
        let ours = home(&support::program());
        let official = self.official.as_deref().map(home);
        // Once before it counts, for what the system keeps of a file.
        wall_time(&ours, line).expect("ours succeeds");
        official.as_ref().map(|home| wall_time(home, line));
        let (mut own, mut theirs, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..RUNS {
            let other = official.as_ref().and_then(|home| wall_time(home, line));
            // The first one finds the caches full of the other program.
            wall_time(&ours, line);
            let times = (0..SHORT_RUNS).map(|_| wall_time(&ours, line).expect("ours succeeds"));
            let one = median(times.collect()).unwrap();
            own.push(one);
            ratios.extend(other.map(|other| other / one));
            theirs.extend(other);
        }
        let milliseconds = |times| median(times).map(|time| format!("{:.1} ms", time * 1e3));
        let ratio = median(ratios);
        Row {
            what,
            ours: match ratio {
                Some(ratio) => format!("1/{ratio:.0}, {}", milliseconds(own).unwrap()),
                None => milliseconds(own).unwrap(),
            },
            official: milliseconds(theirs),
            wanted: format!("1/{wanted}"),
            is_reached: ratio.map(|ratio| ratio >= wanted),
        }
        .print();
    }

    /// Round trips that the program waits for.
    fn round_trips(&self, what: &str, line: &str, account: Account, wanted: f64) {
        let home = |program: &Path| self.home(program, self.link.address(), account);
        let ours = home(&support::program());
        let official = self.official.as_deref().map(home);
        let mut own = ROUND_TRIPS.map(|_| Vec::new());
        let mut theirs = ROUND_TRIPS.map(|_| Vec::new());
        for run in 0..RUNS {
            for (index, length) in ROUND_TRIPS.into_iter().enumerate() {
                self.link
                    .set_round_trip(Duration::from_millis(length.into()));
                self.prepare(&ours, account);
                own[index].push(wall_time(&ours, line).expect("ours succeeds"));
                if let Some(home) = &official
                    && run < OFFICIAL_RUNS
                    && index < OFFICIAL_ROUND_TRIPS
                {
                    self.prepare(home, account);
                    theirs[index].extend(wall_time(home, line));
                }
            }
        }
        let fitted = |times: [Vec<f64>; ROUND_TRIPS.len()]| {
            let points = ROUND_TRIPS
                .into_iter()
                .zip(times)
                .filter_map(|(length, times)| Some((f64::from(length) / 1e3, median(times)?)));
            let points: Vec<_> = points.collect();
            (points.len() > 1).then(|| slope(&points))
        };
        let own = fitted(own).unwrap();
        Row {
            what,
            ours: format!("{own:.1}"),
            official: fitted(theirs).map(|trips| format!("{trips:.1}")),
            wanted: format!("{wanted:.1}"),
            is_reached: Some(own <= wanted + TOLERANCE),
        }
        .print();
    }

    fn memory(&self, wanted: f64) {
        self.link.set_round_trip(Duration::ZERO);
        let peak = |program: &Path, runs| {
            let home = self.home(program, self.near, Account::Known);
            median(
                (0..runs)
                    .filter_map(|_| peak_memory(&home, WHOAMI))
                    .collect(),
            )
        };
        let own = peak(&support::program(), RUNS);
        let official = self.official.as_deref();
        let theirs = official.and_then(|program| peak(program, OFFICIAL_RUNS));
        let shown = |megabytes| format!("{megabytes:.1} MB");
        Row {
            what: "whoami: peak memory",
            ours: own.map_or_else(|| "not told here".to_owned(), shown),
            official: theirs.map(shown),
            wanted: shown(wanted),
            is_reached: own.map(|own| own <= wanted),
        }
        .print();
    }

    /// A deploy of a large folder of which there is a build: packing it is all that takes long.
    fn packing(&self, part: f64, megabytes: f64) {
        const RUNS: usize = 3;
        self.link.set_round_trip(Duration::ZERO);
        let folder = packing::folder();
        let path = folder.path().display();
        let line = format!("cloud deploy packed --yes --region us-west --build-dir {path}");
        let measure = |program: &Path| {
            let home = self.home(program, self.near, Account::Known);
            // Its build is made, and the files are read once.
            wall_time(&home, &line)?;
            let times = (0..RUNS).filter_map(|_| wall_time(&home, &line));
            Some((median(times.collect())?, peak_memory(&home, &line)))
        };
        let (own, memory) = measure(&support::program()).expect("ours succeeds");
        let official = self.official.as_deref().and_then(measure);
        let seconds = |time: f64| format!("{time:.2} s");
        let ratio = official.map(|(theirs, _)| theirs / own);
        Row {
            what: "deploy of 5,000 files, 150 MB, known: wall time",
            ours: match ratio {
                Some(ratio) => format!("1/{ratio:.1}, {}", seconds(own)),
                None => seconds(own),
            },
            official: official.map(|(theirs, _)| seconds(theirs)),
            wanted: format!("1/{part}"),
            is_reached: ratio.map(|ratio| ratio >= part),
        }
        .print();
        let shown = |megabytes: f64| format!("{megabytes:.1} MB");
        Row {
            what: "the same: peak memory",
            ours: memory.map_or_else(|| "not told here".to_owned(), shown),
            official: official.and_then(|(_, memory)| memory).map(shown),
            wanted: shown(megabytes),
            is_reached: memory.map(|memory| memory <= megabytes),
        }
        .print();
    }

    fn size(&self, wanted: u32) {
        let own = fs::metadata(support::program()).unwrap().len();
        let shown = |bytes: u64| format!("{}.{:02} MB", bytes / 1_000_000, bytes / 10_000 % 100);
        let theirs = self.official.as_deref().and_then(official::size);
        Row {
            what: "installed size",
            ours: format!("{}, one file", shown(own)),
            official: theirs
                .map(|(packages, bytes)| format!("{}, {packages} packages", shown(bytes))),
            wanted: format!("{wanted} MB"),
            is_reached: Some(own <= u64::from(wanted) * 1_000_000),
        }
        .print();
    }
}

/// A line of the table.
struct Row<'a> {
    what: &'a str,
    ours: String,
    official: Option<String>,
    wanted: String,
    /// Nothing where there is nothing to compare with.
    is_reached: Option<bool>,
}

impl Row<'_> {
    fn print(&self) {
        let verdict = match self.is_reached {
            Some(true) => "reached",
            Some(false) => "not reached",
            None => "",
        };
        line(
            self.what,
            &self.ours,
            self.official.as_deref().unwrap_or_default(),
            &self.wanted,
            verdict,
        );
    }
}

fn line(what: &str, ours: &str, official: &str, wanted: &str, verdict: &str) {
    let line = format!("{what:45} {ours:18} {official:24} {wanted:10} {verdict}");
    println!("{}", line.trim_end());
}

fn main() {
    let stage = Stage::new();
    let official = match stage.official {
        Some(_) => "official CLI",
        None => "",
    };
    line("", "ours", official, "to reach", "");
    stage.compare("--version: wall time", "--version", 200.0);
    stage.compare("whoami on loopback: wall time", WHOAMI, 40.0);
    for (what, line, account, wanted) in [
        ("whoami: round trips", WHOAMI, Account::Known, 3.0),
        (
            "whoami, only PIPECAT_TOKEN: round trips",
            WHOAMI,
            Account::TokenOnly,
            4.0,
        ),
        (
            "organizations list: round trips",
            "cloud organizations list",
            Account::Known,
            3.0,
        ),
        (
            "organizations keys list: round trips",
            "cloud organizations keys list",
            Account::Known,
            3.0,
        ),
        (
            "agent list: round trips",
            "cloud agent list",
            Account::Known,
            3.0,
        ),
        (
            "agent status: round trips",
            "cloud agent status support-line",
            Account::Known,
            3.0,
        ),
        (
            "agent logs: round trips",
            "cloud agent logs support-line",
            Account::Known,
            3.0,
        ),
        (
            "secrets list: round trips",
            "cloud secrets list",
            Account::Known,
            3.0,
        ),
        // A connection, a look at the set, and one request a key on the same connection.
        (
            "secrets set, three keys: round trips",
            "cloud secrets set bench A=1 B=2 C=3 --yes",
            Account::Known,
            6.0,
        ),
        // Connected, what there is is read at once; then comes the deployment, and a look at it.
        (
            "deploy --plan of an image: round trips",
            "cloud deploy support-line acme/bot:1 --plan",
            Account::Known,
            3.0,
        ),
        (
            "deploy of an image: round trips",
            "cloud deploy support-line acme/bot:1 --yes",
            Account::Known,
            5.0,
        ),
        // The look for a build goes out with the others, whether the region is known or not.
        (
            "deploy of a known context: round trips",
            DEPLOY_FOLDER,
            Account::Known,
            5.0,
        ),
        (
            "the same, no region named: round trips",
            DEPLOY_ANYWHERE,
            Account::Known,
            5.0,
        ),
        (
            "deploy --plan of a known context: round trips",
            PLAN_FOLDER,
            Account::Known,
            3.0,
        ),
        // Connected, the service is asked for its provider, the provider for its endpoints, and
        // these for a session, each with what the one before said; then comes the command.
        (
            "whoami, session renewed: round trips",
            WHOAMI,
            Account::Due,
            6.0,
        ),
    ] {
        stage.round_trips(what, line, account, wanted);
    }
    stage.packing(3.0, 32.0);
    stage.memory(10.0);
    stage.size(7);
}
