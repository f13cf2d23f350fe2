//! The terminal as the README shows it: its pictures are these snapshots, so they cannot go stale.

use std::fmt::Write as _;
use std::io::{PipeReader, Read as _, pipe};
use std::process::{Child, Stdio};

use snapbox::data::DataFormat;
use snapbox::{Data, assert_data_eq, file};

use crate::support::cloud::{ADA_PAT, Cloud};
use crate::support::home::Home;

/// What a person would see: command lines, and below each what it wrote, in colour.
struct Picture {
    home: Home,
    #[cfg_attr(
        not(unix),
        allow(
            dead_code,
            reason = "only the sign-in asks it; for the others it has to live"
        )
    )]
    cloud: Cloud,
    text: String,
}

impl Picture {
    fn new() -> Self {
        let cloud = Cloud::start();
        let mut home = Home::new(&cloud);
        home.env("CLICOLOR_FORCE", "1")
            .env("PIPECAT_OUTPUT", "rich")
            .env("LANG", "C.UTF-8");
        let text = String::new();
        Self { home, cloud, text }
    }

    /// Starts what is typed; its output and its talk come in the order in which they are written.
    fn start(&mut self, line: &str) -> (Child, PipeReader) {
        let _ = writeln!(self.text, "\u{1b}[1m$ {line}\u{1b}[0m");
        let words = line.split_whitespace().skip(1);
        let (reader, writer) = pipe().expect("a pipe");
        let mut command = self.home.command(words);
        command
            .stdin(Stdio::null())
            .stdout(writer.try_clone().expect("a second end"))
            .stderr(writer);
        (command.spawn().expect("a run"), reader)
    }

    fn run(&mut self, line: &str) -> &mut Self {
        let started = self.start(line);
        self.show(started)
    }

    fn show(&mut self, (mut child, mut reader): (Child, PipeReader)) -> &mut Self {
        reader.read_to_string(&mut self.text).expect("text");
        child.wait().expect("an end");
        self
    }

    /// Signs in, with the browser's part played by the test.
    #[cfg(unix)]
    fn sign_in(&mut self) -> &mut Self {
        use std::time::Duration;

        use crate::support::{browser, ports};

        let _port = ports::one();
        self.home.env("DISPLAY", ":0");
        let login = self.start("pipecat cloud auth login");
        let address = self.home.browser_address(Duration::from_secs(20));
        browser::get(&self.cloud.approve(&address));
        self.show(login);
        // What differs from run to run.
        let home = self.home.path().to_string_lossy().into_owned();
        let shown = "https://id.example.com/oauth/authorize?response_type=code&client_id=…";
        self.text = self.text.replace(&address, shown).replace(&home, "~");
        self
    }

    fn gap(&mut self) -> &mut Self {
        self.text.push('\n');
        self
    }

    fn assert(&self, expected: Data) {
        let home = self.home.path().to_string_lossy().into_owned();
        let text = self.text.replace(&home, "~");
        let picture = Data::text(text.trim_end()).coerce_to(DataFormat::TermSvg);
        assert_data_eq!(picture, expected.raw());
    }
}

#[test]
#[cfg(unix)]
fn a_first_session() {
    let mut picture = Picture::new();
    picture
        .sign_in()
        .gap()
        .run("pipecat cloud auth whoami")
        .gap()
        .run("pipecat cloud organizations list")
        .gap()
        .run("pipecat cloud organizations select --organization acme")
        .assert(file!["pictures/first-session.term.svg"]);
}

#[test]
fn keys_of_an_organization() {
    let mut picture = Picture::new();
    picture.home.sign_in_pat(ADA_PAT);
    picture
        .run("pipecat cloud organizations keys create --org acme --name Phone --default")
        .gap()
        .run("pipecat cloud organizations keys list --org acme")
        .assert(file!["pictures/keys.term.svg"]);
}

#[test]
fn mistakes_and_what_to_do() {
    let mut picture = Picture::new();
    picture.home.sign_in_pat(ADA_PAT);
    picture
        .run("pipecat cloud organizations keys use --org acme --key Staging")
        .gap()
        .run("pipecat cloud organizations keys list --org other-team")
        .gap();
    picture.home.env("PIPECAT_TOKEN", "pcc_pat_expired");
    picture
        .run("pipecat cloud auth whoami")
        .assert(file!["pictures/mistakes.term.svg"]);
}
