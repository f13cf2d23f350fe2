//! Signing in with a real browser, driven over W3C `WebDriver`. Skipped where there is none.
#![allow(
    clippy::print_stderr,
    reason = "a test that was skipped should not look like one that passed"
)]

use std::env;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::login::{LIVED_IN, Login, lived_in};
use crate::support::browser;

/// How long the browser may take to do what it is told.
const DEADLINE: Duration = Duration::from_secs(60);

/// What `WebDriver` calls an element's identifier.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// A browser with its driver; both end when it is dropped.
struct Chromium {
    driver: Child,
    session: String,
    profile: TempDir,
}

impl Chromium {
    /// Starts a browser, if this machine has one.
    fn start() -> Option<Self> {
        let names = ["chromium", "chromium-browser", "google-chrome"];
        let found = names.into_iter().find_map(on_path);
        let (Some(chromium), Some(driver)) = (found, on_path("chromedriver")) else {
            eprintln!("skipped: no chromium or no chromedriver on PATH");
            return None;
        };
        let profile = tempfile::tempdir().unwrap();
        let mut driver = Command::new(driver)
            .arg("--port=0")
            .env("HOME", profile.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = BufReader::new(driver.stdout.take().unwrap()).lines();
        let port = lines.map_while(Result::ok).find_map(|line| {
            let (_, port) = line.split_once("started successfully on port ")?;
            port.trim_end_matches('.').parse::<u16>().ok()
        });
        let mut this = Self {
            driver,
            session: format!("http://127.0.0.1:{}/session", port.expect("a port")),
            profile,
        };
        let id = this.open(&chromium);
        this.session = format!("{}/{id}", this.session);
        Some(this)
    }

    fn open(&self, chromium: &Path) -> String {
        let profile = self.profile.path().join("profile");
        let arguments = [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--no-first-run",
            "--no-proxy-server",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            &format!("--user-data-dir={}", profile.display()),
        ];
        let options = json!({"binary": chromium, "args": arguments});
        let capabilities = json!({"alwaysMatch": {"goog:chromeOptions": options}});
        let answer = self.tell(Method::POST, "", &json!({"capabilities": capabilities}));
        answer["sessionId"].as_str().unwrap().to_owned()
    }

    /// Sends a command and gives its value.
    fn tell(&self, method: Method, command: &str, body: &Value) -> Value {
        let request = browser::client()
            .request(method, format!("{}{command}", self.session))
            .timeout(DEADLINE)
            .json(body);
        let answer: Value = request.send().unwrap().json().unwrap();
        let value = &answer["value"];
        assert!(value.get("error").is_none(), "{command}: {value}");
        value.clone()
    }

    fn ask(&self, command: &str) -> String {
        let value = self.tell(Method::GET, command, &json!({}));
        value.as_str().unwrap().to_owned()
    }

    fn go(&self, address: &str) {
        self.tell(Method::POST, "/url", &json!({"url": address}));
    }

    fn element(&self, selector: &str) -> String {
        let how = json!({"using": "css selector", "value": selector});
        let found = self.tell(Method::POST, "/element", &how);
        format!("/element/{}", found[ELEMENT].as_str().unwrap())
    }

    fn click(&self, selector: &str) {
        let element = self.element(selector);
        self.tell(Method::POST, &format!("{element}/click"), &json!({}));
    }

    fn text(&self, selector: &str) -> String {
        self.ask(&format!("{}/text", self.element(selector)))
    }

    /// Waits until the page of the command line is there.
    fn wait_for_title(&self, title: &str) {
        let since = Instant::now();
        while self.ask("/title") != title {
            let shown = self.ask("/title");
            assert!(since.elapsed() < DEADLINE, "{shown:?}, not {title:?}");
        }
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        // Ends the browser; killing the driver alone would leave it.
        let end = browser::client().delete(&self.session).timeout(DEADLINE);
        let _ = end.send();
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

fn on_path(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path)
        .map(|folder| folder.join(format!("{name}{}", env::consts::EXE_SUFFIX)))
        .find(|program| program.is_file())
}

#[test]
fn approving_in_a_real_browser_signs_in() {
    let Some(chromium) = Chromium::start() else {
        return;
    };
    let (_cloud, home) = lived_in();
    let login = Login::start(&home, &["--headless"]);
    let callback = login.parameter("redirect_uri");
    chromium.go(&login.address);
    chromium.click("#approve");
    chromium.wait_for_title("You are signed in · Pipecat Cloud");
    assert_eq!(chromium.text("h1"), "You are signed in");
    assert!(chromium.text("main").contains("Acme Voice Labs (acme)"));
    // The code has gone from the address bar, and the history does not bring it back.
    assert_eq!(chromium.ask("/url"), callback);
    login.finish().success();
    assert!(home.config().contains("token = \"oat_ada_"));
}

#[test]
fn denying_in_a_real_browser_stores_nothing() {
    let Some(chromium) = Chromium::start() else {
        return;
    };
    let (_cloud, home) = lived_in();
    let login = Login::start(&home, &["--headless"]);
    let callback = login.parameter("redirect_uri");
    chromium.go(&login.address);
    chromium.click("#deny");
    chromium.wait_for_title("Sign-in was denied · Pipecat Cloud");
    assert_eq!(chromium.text("h1"), "Sign-in was denied");
    assert!(
        chromium
            .text("main")
            .contains("The user denied the request")
    );
    assert_eq!(chromium.ask("/url"), callback);
    login.finish().code(1).stdout_eq("");
    assert_eq!(home.config(), LIVED_IN);
}

#[test]
fn what_the_provider_says_is_not_run_by_a_real_browser() {
    let Some(chromium) = Chromium::start() else {
        return;
    };
    let (_cloud, home) = lived_in();
    let login = Login::start(&home, &["--headless"]);
    let words =
        "<script>document.title='gone'</script><img src=x onerror=\"document.title='gone'\">";
    let query = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("error", "access_denied")
        .append_pair("error_description", words)
        .finish();
    chromium.go(&login.own_callback(&query));
    chromium.wait_for_title("Sign-in was denied · Pipecat Cloud");
    assert!(chromium.text("main").contains(words));
    login.finish().code(1);
}
