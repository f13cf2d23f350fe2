//! The terminal as the README shows it: its pictures are these snapshots, so they cannot go stale.
#![cfg(unix)]

mod svg;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::json;
use snapbox::{Data, assert_data_eq, file};

use crate::support::cloud::agents::deploy::Fate;
use crate::support::cloud::agents::logs::line;
use crate::support::cloud::{ADA_PAT, Cloud};
use crate::support::contrast::{ENOUGH, hex, ratio};
use crate::support::home::Home;
use crate::support::terminal::Terminal;
use crate::support::{browser, ports};

/// What a person would see: command lines, and below each what the terminal shows after it.
struct Picture {
    home: Home,
    cloud: Cloud,
    folder: PathBuf,
    lines: Vec<svg::Line>,
    /// What differs from run to run, and what stands for it.
    replaced: Vec<(String, &'static str)>,
}

impl Picture {
    fn new() -> Self {
        let cloud = Cloud::start();
        let mut home = Home::new(&cloud);
        home.env("LANG", "C.UTF-8").env("TZ", "UTC");
        let folder = home.path().to_owned();
        Self {
            replaced: vec![
                (folder.to_string_lossy().into_owned(), "~"),
                // Where the folder's name is long, its line has been broken.
                ("stored in\r\n  `~".to_owned(), "stored in `~"),
            ],
            lines: Vec::new(),
            folder,
            home,
            cloud,
        }
    }

    /// Somebody is signed in, and has an organization.
    fn signed_in() -> Self {
        let picture = Self::new();
        let config = format!("token = \"{ADA_PAT}\"\norg = \"acme\"\n");
        picture.home.write_config(&config);
        picture
    }

    /// Starts what is typed.
    fn start(&mut self, line: &str) -> Terminal {
        if !self.lines.is_empty() {
            self.lines.push(svg::Line::default());
        }
        let typed = format!("\u{1b}[2m$\u{1b}[0m \u{1b}[1m{line}\u{1b}[0m");
        self.lines.extend(svg::lines(typed.as_bytes()));
        let words = shlex::split(line).expect("words");
        let size = (svg::ROWS, svg::COLUMNS);
        Terminal::spawn_in(&self.folder, &self.home, size, &words[1..])
    }

    /// Takes down what the terminal shows.
    fn show(&mut self, terminal: &Terminal) -> &mut Self {
        let mut shown = String::from_utf8(terminal.raw()).expect("text");
        for (differing, same) in &self.replaced {
            shown = shown.replace(differing, same);
        }
        self.lines.extend(svg::lines(shown.as_bytes()));
        self
    }

    /// Runs to the end what is typed.
    fn run(&mut self, line: &str) -> &mut Self {
        let mut terminal = self.start(line);
        terminal.wait();
        self.show(&terminal)
    }

    /// Signs in, with the browser's part played by the test.
    fn sign_in(&mut self) -> &mut Self {
        let _port = ports::one();
        let mut login = self.start("pipecat cloud auth login");
        let address = self.home.browser_address(Duration::from_secs(20));
        browser::get(&self.cloud.approve(&address));
        login.wait();
        let shown = "https://id.example.com/oauth/authorize?response_type=code&…";
        self.replaced.push((address, shown));
        self.show(&login)
    }

    #[track_caller]
    fn assert(&self, expected: Data) {
        assert_data_eq!(svg::draw(&self.lines), expected.raw());
    }
}

#[test]
fn a_first_session() {
    let mut picture = Picture::new();
    picture
        .sign_in()
        .run("pipecat cloud auth whoami")
        .run("pipecat cloud organizations list")
        .run("pipecat cloud organizations select -o acme")
        .assert(file!["pictures/first-session.svg": Text]);
}

#[test]
fn keys_of_an_organization() {
    Picture::signed_in()
        .run("pipecat cloud organizations keys create --name Phone --default")
        .run("pipecat cloud organizations keys list")
        .assert(file!["pictures/keys.svg": Text]);
}

#[test]
fn mistakes_and_what_to_do() {
    let mut picture = Picture::signed_in();
    picture
        .run("pipecat cloud organizations keys use --key Staging")
        .run("pipecat cloud agent status suport-line")
        .run("pipecat cloud organizations keys list -o other-team");
    picture.home.env("PIPECAT_TOKEN", "pcc_pat_expired");
    picture
        .run("pipecat cloud auth whoami")
        .assert(file!["pictures/mistakes.svg": Text]);
}

#[test]
fn a_question() {
    let mut picture = Picture::signed_in();
    let mut terminal = picture.start("pipecat cloud organizations keys revoke");
    terminal.wait_for("esc cancels");
    picture.show(&terminal);
    terminal.send("\r");
    terminal.wait_for("(y/N)");
    terminal.send("\u{3}");
    terminal.wait();

    let mut terminal =
        picture.start("pipecat cloud organizations keys revoke --key \"Web client\"");
    terminal.wait_for("(y/N)");
    terminal.send("y\r");
    terminal.wait();
    picture
        .show(&terminal)
        .assert(file!["pictures/question.svg": Text]);
}

#[test]
fn a_deployment_until_it_is_ready() {
    let mut picture = Picture::signed_in();
    picture.cloud.change(|state| {
        let acme = state.at("acme");
        acme.agents.fate = Fate::RollsOut;
        acme.builds.course = vec![json!({"status": "success", "buildDurationSeconds": 31})];
    });
    picture.folder = picture.home.path().join("my-agent");
    fs::create_dir(&picture.folder).unwrap();
    for (name, text) in [
        (
            "Dockerfile",
            "FROM dailyco/pipecat-base:latest\nCOPY bot.py .\n",
        ),
        ("bot.py", "print('hello')\n"),
        (
            "pcc-deploy.toml",
            "agent_name = \"my-agent\"\n\n[scaling]\nmin_agents = 1\nmax_agents = 10\n",
        ),
    ] {
        fs::write(picture.folder.join(name), text).unwrap();
    }
    picture
        .run("pipecat cloud deploy --yes")
        .assert(file!["pictures/deploy.svg": Text]);
}

#[test]
fn logs_with_levels_and_a_traceback() {
    let mut picture = Picture::signed_in();
    picture.cloud.change(|state| {
        let logs = &mut state.at("acme").agent("support-line").logs;
        logs.clear();
        for (time, text) in [
            (
                "09:00:12.100",
                "INFO     | bot:main:88 - Caller is on the line",
            ),
            ("09:00:13.480", "DEBUG    | stt:run:31 - Transcribed 1.4 s"),
            (
                "09:00:15.020",
                "WARNING  | llm:ask:77 - Slow answer: 1840 ms",
            ),
            ("09:00:18.900", "ERROR    | tools:book:140 - Booking failed"),
            ("09:00:18.900", "Traceback (most recent call last):"),
            (
                "09:00:18.900",
                "  File \"/app/tools.py\", line 140, in book",
            ),
            ("09:00:18.900", "TimeoutError: no answer from the calendar"),
            (
                "09:00:19.310",
                "INFO     | bot:main:91 - Said sorry, goes on",
            ),
        ] {
            logs.add(line(&format!("2026-03-31T{time}Z"), text));
        }
    });
    picture
        .run("pipecat cloud agent logs support-line --oldest-first")
        .run("pipecat cloud agent logs support-line --level ERROR --oldest-first")
        .assert(file!["pictures/logs.svg": Text]);
}

/// The rule for each class: what it is drawn in, by day and by night.
fn fills(svg: &str) -> [Vec<(&str, &str)>; 2] {
    let (day, night) = svg.split_once("@media").expect("colours for the night");
    let (night, _) = night.split_once("</style>").expect("the end of the style");
    [day, night].map(|rules| {
        let rules = rules.lines().filter_map(|line| {
            let (class, fill) = line.trim().split_once(" { fill: ")?;
            Some((class.strip_prefix('.')?, fill.strip_suffix(" }")?))
        });
        rules.collect()
    })
}

#[test]
fn every_picture_has_one_width_and_colours_that_can_be_read_by_day_and_by_night() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli/pictures");
    let files = fs::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap().path());
    let files = files.filter(|path| path.extension().is_some_and(|end| end == "svg"));
    let pictures: Vec<String> = files
        .map(|path| fs::read_to_string(path).unwrap())
        .collect();
    assert!(pictures.len() >= 6);
    let mut widths = BTreeSet::new();
    for svg in &pictures {
        widths.insert(svg.split('"').nth(3));
        let used = svg.split(" class=\"").skip(1);
        let used = used.map(|rest| rest.split('"').next().unwrap_or_default());
        let used: BTreeSet<&str> = used.flat_map(|classes| classes.split(' ')).collect();
        for fills in fills(svg) {
            let fill = |class: &str| fills.iter().find(|(name, _)| *name == class);
            let ground = fill("ground").expect("a ground").1;
            for class in used
                .iter()
                .filter(|class| !["bold", "ground"].contains(class))
            {
                let (_, colour) = fill(class).unwrap_or_else(|| panic!("no colour for {class}"));
                let ratio = ratio(hex(colour), hex(ground));
                assert!(ratio >= ENOUGH, "{ratio:.2}: {class} on {ground}");
            }
        }
    }
    assert_eq!(widths.len(), 1, "{widths:?}");
}
