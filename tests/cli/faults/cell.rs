//! One cell: the real program, in one mode, with one fault on one route.

use std::fs::File;
use std::io::Write as _;
use std::net::TcpStream;
use std::process::{Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::json;
use url::Url;

use super::columns::{Column, Setup};
use super::rows::Row;
use crate::support::cloud::regions::Region;
use crate::support::cloud::{ADA_PAT, Session};
use crate::support::home::Home;
use crate::support::interposer::{Interposer, Trap};
use crate::support::ports;
use crate::support::running::Running;

/// No command takes longer; what is more is a machine under load.
const HANGS: Duration = Duration::from_secs(60);

/// What a file holds that people have lived with.
const LIVED_IN: &str = r#"# Edited by hand.
org = "acme" # work
colour = "blue"

[acme] # the company
default_public_key = "pk_acme_other"
default_public_key_name = "Other"
"#;

/// The output modes.
pub const MODES: [&str; 3] = ["rich", "plain", "json"];

/// A cell of the table.
#[derive(Clone)]
pub struct Cell {
    pub row: Row,
    pub column: Column,
    pub mode: &'static str,
}

/// What came of it.
pub struct Outcome {
    pub status: Option<i32>,
    pub stdout: String,
    pub stderr: String,
    pub took: Duration,
    /// The file before and after.
    pub files: [String; 2],
    /// The names in the file's folder.
    pub folder: Vec<String>,
    pub interposer: Interposer,
}

impl Cell {
    /// Its name in reports.
    pub fn name(&self) -> String {
        let Column {
            line, path, setup, ..
        } = self.column;
        format!(
            "[{}] {line} ({setup:?}), {path}, {}",
            self.row.name, self.mode
        )
    }

    /// Runs it.
    pub fn run(&self) -> Outcome {
        let trap = Trap {
            method: self.column.method,
            path: self.column.path,
            fault: self.row.fault.clone(),
            times: self.row.times,
        };
        let interposer = Interposer::start(Some(trap));
        let mut home = Home::new(&interposer.cloud);
        self.furnish(&mut home, &interposer);
        let before = home.config();
        let (took, output) = self.execute(&home, &interposer);
        Outcome {
            status: output.status.code(),
            stdout: String::from_utf8(output.stdout).expect("text on stdout"),
            stderr: String::from_utf8(output.stderr).expect("text on stderr"),
            took,
            files: [before, home.config()],
            folder: home.files(),
            interposer,
        }
    }

    fn furnish(&self, home: &mut Home, interposer: &Interposer) {
        let undecided = LIVED_IN.replace("org = \"acme\" # work\n", "");
        home.write_config(match self.column.setup {
            Setup::Undecided => &undecided,
            _ => LIVED_IN,
        });
        let cloud = &interposer.cloud;
        cloud.change(|state| {
            // One that no agent runs in.
            let acme = state.organization("acme").expect("an organization");
            acme.regions.all.push(Region::registered("pce-empty"));
            // Who builds waits for nothing.
            acme.builds.course = vec![json!({"status": "success"})];
        });
        if self.column.line.contains("--build-dir bot") {
            let bot = home.path().join("bot");
            std::fs::create_dir(&bot).expect("a folder");
            std::fs::write(bot.join("Dockerfile"), "FROM scratch\n").expect("a Dockerfile");
        }
        match self.column.setup {
            Setup::Member | Setup::Undecided => home.sign_in_pat(ADA_PAT),
            Setup::Session => home.sign_in(&cloud.session("ada")),
            Setup::Pat | Setup::Login => home.sign_in(&cloud.session("grace")),
            Setup::TurnedDown => {
                home.sign_in(&cloud.session("ada"));
                cloud.expire_access_tokens();
            }
            Setup::Expired => {
                home.sign_in(&Session {
                    expires_in: 0,
                    ..cloud.session("ada")
                });
                cloud.expire_access_tokens();
            }
        }
        if self.mode == "rich" {
            // What the log says is watched, too.
            home.env("PIPECAT_CLI_LOG_LEVEL", "DEBUG");
        }
    }

    fn execute(&self, home: &Home, interposer: &Interposer) -> (Duration, Output) {
        // Where it fails before, no port is taken.
        let signs_in = self.column.setup == Setup::Login
            && (self.column.needs_a_port() || self.told().is_none());
        let permit = signs_in.then(ports::one);
        let words = self.column.line.split(' ');
        let mut command = home.command(["cloud", "--output", self.mode].into_iter().chain(words));
        command.stdin(match self.column.setup {
            Setup::Pat => {
                let path = home.path().join("input");
                std::fs::write(&path, format!("{ADA_PAT}\n")).expect("an input");
                File::open(path).expect("an input").into()
            }
            _ => Stdio::null(),
        });
        let since = Instant::now();
        let mut running = Running::start(command);
        let mut browser = None;
        if self.column.setup == Setup::Login
            && let Some(address) = running.line_if_any("http", HANGS)
        {
            browser = Some(approve(interposer, &address));
        }
        let output = running.finish_within(HANGS);
        let first = interposer.arrivals().first().map(|arrival| arrival.at);
        // Where so many programs are started at once, Windows needs a while for that alone.
        let since = first.filter(|_| cfg!(windows)).unwrap_or(since);
        let took = since.elapsed();
        drop((browser, permit));
        (took, output)
    }
}

/// The browser, which has approved and waits for its page.
fn approve(interposer: &Interposer, address: &str) -> TcpStream {
    let callback = Url::parse(&interposer.cloud.approve(address)).expect("an address");
    let authority = callback.authority();
    let mut stream = TcpStream::connect(authority).expect("a callback server");
    let (path, query) = (callback.path(), callback.query().unwrap_or_default());
    write!(
        stream,
        "GET {path}?{query} HTTP/1.1\r\nHost: {authority}\r\n\r\n"
    )
    .expect("a request");
    stream
}
