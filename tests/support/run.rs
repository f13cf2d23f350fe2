//! Runs of the program whose outcome is judged.

use std::iter;

use serde_json::Value;
use snapbox::cmd::{Command, OutputAssert};
use snapbox::{Assert, Redactions, assert::DEFAULT_ACTION_ENV};

use super::cloud::{ADA_PAT, Cloud};
use super::home::Home;

/// A fresh cloud, and a home in which ada is signed in to it.
pub fn ada() -> (Cloud, Home) {
    let cloud = Cloud::start();
    let home = Home::new(&cloud);
    home.sign_in_pat(ADA_PAT);
    (cloud, home)
}

/// The one JSON value on stdout; anything beside it fails the test.
pub fn json(run: &OutputAssert) -> Value {
    let stdout = &run.get_output().stdout;
    serde_json::from_slice(stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(stdout)))
}

/// What the run wrote to stdout.
pub fn stdout(run: &OutputAssert) -> String {
    String::from_utf8(run.get_output().stdout.clone()).expect("text on stdout")
}

/// What the run wrote to stderr.
pub fn stderr(run: &OutputAssert) -> String {
    String::from_utf8(run.get_output().stderr.clone()).expect("text on stderr")
}

impl Home {
    /// A run of `pipecat cloud` with the words of `line`. Snapshots call the home `[HOME]`.
    pub fn cloud(&self, line: &str) -> Command {
        self.judged(iter::once("cloud").chain(line.split_whitespace()))
    }

    /// A run of the program with these arguments. Snapshots call the home `[HOME]`.
    pub fn judged<'a>(&self, arguments: impl IntoIterator<Item = &'a str>) -> Command {
        let mut redactions = Redactions::new();
        let inserted = redactions.insert("[HOME]", self.path().to_owned());
        inserted.expect("a placeholder in order");
        let assert = Assert::new()
            .action_env(DEFAULT_ACTION_ENV)
            .redact_with(redactions);
        self.pipecat(arguments).with_assert(assert)
    }
}
