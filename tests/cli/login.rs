//! `auth login`: in the stand-in browser, headless, and everything that can come between.

mod callback;
mod discovery;
mod exchange;
mod page;
#[cfg(unix)]
mod paste;
mod ports;
#[cfg(unix)]
mod signals;
mod storing;
mod strangers;
mod success;
mod surroundings;

use std::path::PathBuf;
use std::process::{Command, Stdio};

use snapbox::assert::DEFAULT_ACTION_ENV;
use snapbox::cmd::OutputAssert;
use snapbox::{Assert, Redactions};
use url::Url;

use crate::support::cloud::{Cloud, Request};
use crate::support::home::Home;
use crate::support::ports::{Permit, one};
use crate::support::running::Running;

/// A file in which everything is somebody's: a session, comments, unknown keys, default keys.
pub const LIVED_IN: &str = r#"# Edited by hand.
token = "oat_old" # from last week
org = "acme" # work
refresh_token = "ort_old"
token_expires_at = 1700000000.5
colour = "blue"

[acme] # the company
default_public_key = "pk_acme_web"
default_public_key_name = "Web client"

["team.with.dots"]
default_public_key = "pk_dots"
note = "unknown"
"#;

/// The first requests of every sign-in.
pub const DISCOVERY: [&str; 2] = ["GET /auth/config", "GET /.well-known/openid-configuration"];

/// A sign-in under way.
pub struct Login {
    running: Running,
    /// The address that it printed.
    pub address: String,
    home: String,
    _permit: Option<Permit>,
}

impl Login {
    /// Starts `auth login` with these options, and waits until it has printed its address.
    pub fn start(home: &Home, options: &[&str]) -> Self {
        Self::with_permit(Some(one()), home, options)
    }

    /// Starts with a permit of its own, or with none where the test has one that lasts longer.
    pub fn with_permit(permit: Option<Permit>, home: &Home, options: &[&str]) -> Self {
        Self::with_command(permit, home, command(home, options))
    }

    /// Starts what somebody has prepared.
    pub fn with_command(permit: Option<Permit>, home: &Home, command: Command) -> Self {
        let mut running = Running::start(command);
        Self {
            address: {
                let address = running.line("http");
                running.line("waiting up to ");
                address
            },
            running,
            home: home.path().display().to_string(),
            _permit: permit,
        }
    }

    /// A parameter of the printed address.
    pub fn parameter(&self, name: &str) -> String {
        let address = Url::parse(&self.address).expect("an address");
        let mut pairs = address.query_pairs();
        let found = pairs.find(|(key, _)| key == name);
        found.expect("a parameter of that name").1.into_owned()
    }

    /// The address that the browser comes back to, with this query.
    pub fn callback(&self, query: &str) -> String {
        format!("{}?{query}", self.parameter("redirect_uri"))
    }

    /// The same, with a query that belongs to this sign-in and comes from its provider.
    pub fn own_callback(&self, query: &str) -> String {
        let address = Url::parse(&self.address).expect("an address");
        let own = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("state", &self.parameter("state"))
            .append_pair("iss", &address.origin().ascii_serialization())
            .finish();
        self.callback(&format!("{query}&{own}"))
    }

    /// Sends a signal.
    #[cfg(unix)]
    pub fn signal(&self, name: &str) {
        self.running.signal(name);
    }

    /// Waits for the end. `[HOME]` and `[ADDRESS]` stand for what differs from run to run.
    pub fn finish(self) -> OutputAssert {
        let assert = redacting(&[("[ADDRESS]", &self.address), ("[HOME]", &self.home)]);
        OutputAssert::new(self.running.finish()).with_assert(assert)
    }

    /// The same, but of stderr only what was said after the invitation.
    pub fn outcome(self) -> OutputAssert {
        let mut output = self.running.finish();
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        let (_, after) = stderr
            .split_once("\nwaiting up to ")
            .expect("an invitation");
        let (_, after) = after
            .split_once("; press Ctrl-C to give up\n")
            .expect("a whole one");
        output.stderr = after.into();
        OutputAssert::new(output).with_assert(redacting(&[("[HOME]", &self.home)]))
    }
}

/// Compares with snapshots in which these words stand for what differs from run to run.
pub fn redacting(words: &[(&'static str, &str)]) -> Assert {
    let mut redactions = Redactions::new();
    for (word, text) in words {
        // As a path it is found with either kind of slash; an address is the same in both.
        redactions.insert(word, PathBuf::from(text)).unwrap();
    }
    Assert::new()
        .action_env(DEFAULT_ACTION_ENV)
        .redact_with(redactions)
        .normalize_paths(cfg!(windows))
}

/// A run of `auth login` without input.
pub fn command(home: &Home, options: &[&str]) -> Command {
    let mut command = home.command(["cloud", "auth", "login"]);
    command.args(options).stdin(Stdio::null());
    command
}

/// A cloud, and a home in which somebody has lived.
pub fn lived_in() -> (Cloud, Home) {
    let cloud = Cloud::start();
    let home = Home::new(&cloud);
    home.write_config(LIVED_IN);
    (cloud, home)
}

/// Nothing of the file, and nothing beside it, has changed.
#[track_caller]
pub fn assert_untouched(home: &Home) {
    assert_eq!(home.config(), LIVED_IN);
    let mut files = home.files();
    files.retain(|name| name != "pipecatcloud.toml.lock");
    assert_eq!(files, ["pipecatcloud.toml"]);
}

/// The lines of requests, sorted where they are sent side by side.
pub fn lines(requests: &[Request]) -> Vec<String> {
    let mut lines: Vec<String> = requests.iter().map(ToString::to_string).collect();
    let reads = lines.iter().position(|line| line.starts_with("GET /v1/"));
    if let Some(reads) = reads {
        lines[reads..].sort_unstable();
    }
    lines
}
