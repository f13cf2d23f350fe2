//! Secrets stay where they belong: out of logs, errors, and other programs' sight.

use std::fs;

use serde_json::json;

use crate::machine::{each, perform};
use crate::support::cloud::{Cloud, Fault};
use crate::support::home::Home;
use crate::support::ports;
use crate::support::running::Running;

/// What goes wrong.
type Trouble = (&'static str, fn() -> Fault);

/// A line each.
const FAULTS: [Trouble; 12] = [
    ("nothing", || Fault::on("GET", "/none")),
    ("401", || {
        Fault::under("*", "/v1/")
            .status(401)
            .json(&json!({"error": "no"}))
    }),
    ("403", || {
        Fault::under("*", "/v1/")
            .status(403)
            .json(&json!({"error": "no"}))
    }),
    ("409", || {
        Fault::under("*", "/v1/")
            .status(409)
            .json(&json!({"error": "no"}))
    }),
    ("500", || Fault::under("*", "/").status(500)),
    ("a page", || {
        Fault::under("*", "/").page("<h1>Welcome to the hotel</h1>")
    }),
    ("broken JSON", || {
        Fault::under("*", "/v1/").text("{\"organizations\": [")
    }),
    ("another shape", || {
        Fault::under("*", "/v1/").json(&json!({"public": 7, "organizations": 7, "user": 7}))
    }),
    ("a redirect", || {
        Fault::under("*", "/v1/")
            .status(302)
            .header("Location", "http://127.0.0.1:9/")
    }),
    ("no renewal", || {
        Fault::on("POST", "/oauth/token")
            .status(400)
            .json(&json!({"error": "invalid_grant"}))
    }),
    ("a token endpoint out of order", || {
        Fault::on("POST", "/oauth/token").status(502)
    }),
    ("a token of another shape", || {
        Fault::on("POST", "/oauth/token").json(&json!({"access_token": {"oat_ada_x": "ort_ada_x"}}))
    }),
];

/// Commands, and whether the session has run out: a line each.
const LINES: [(&str, bool); 10] = [
    ("--show-cli-config", false),
    ("auth whoami", false),
    ("auth whoami", true),
    ("auth login --headless", false),
    ("auth use-pat", false),
    ("auth logout", false),
    ("organizations list", true),
    ("organizations keys list -o acme", false),
    ("organizations keys create -o acme -n Kiosk -d", true),
    (
        "organizations keys revoke -o acme --key key_acme_web -y",
        false,
    ),
];

fn signed_in(run_out: bool) -> (Cloud, Home) {
    let cloud = Cloud::start();
    let mut home = Home::new(&cloud);
    let mut session = cloud.session("ada");
    if run_out {
        session.expires_in = 0;
        cloud.expire_access_tokens();
    }
    home.sign_in(&session);
    home.env("PIPECAT_CLI_LOG_LEVEL", "TRACE")
        .env("RUST_LOG", "trace")
        .env("RUST_BACKTRACE", "full");
    (cloud, home)
}

#[test]
fn no_secret_is_logged_or_told_whatever_happens() {
    let cases: Vec<_> = FAULTS
        .iter()
        .flat_map(|fault| LINES.map(|line| (fault, line)))
        .collect();
    each(&cases, |((name, fault), (line, run_out))| {
        let (cloud, home) = signed_in(*run_out);
        cloud.fault(fault());
        let mut words: Vec<&str> = std::iter::once("cloud").chain(line.split(' ')).collect();
        if line.contains("login") {
            words.extend(["--timeout", "5"]);
        }
        let trial = perform(&cloud, home.command(words));
        let what = format!("{name} / {line}: {trial:?}");
        assert!(matches!(trial.code(), 0 | 1), "{what}");
        let mut secrets: Vec<String> = [
            "oat_",
            "ort_",
            "pcc_pat_ada",
            "code_0",
            "sk_acme_server_0",
            "Bearer ",
        ]
        .map(str::to_owned)
        .to_vec();
        for request in cloud.writes() {
            secrets.extend(request.form().remove("code_verifier"));
        }
        for secret in secrets {
            assert!(!trial.stderr.contains(&secret), "{secret} in {what}");
            assert!(!trial.stdout.contains(&secret), "{secret} in {what}");
        }
    });
}

/// The browser is another program, and what it is called with is everybody's to read.
#[test]
fn no_other_program_is_called_with_a_secret() {
    use std::time::Duration;

    let _permit = ports::one();
    let (cloud, home) = signed_in(false);
    let seen = home.path().join("seen");
    let opened = home.path().join("browser-addresses");
    home.write_browser(&format!(
        "printf '%s\\n' \"$0\" \"$#\" \"$@\" > '{}'\nprintf '%s\\n' \"$1\" >> '{}'",
        seen.display(),
        opened.display(),
    ));
    let running = Running::start(home.command(["cloud", "auth", "login"]));
    let address = home.browser_address(Duration::from_secs(20));
    crate::support::browser::get(&cloud.approve(&address));
    let output = running.finish();
    assert!(output.status.success(), "{output:?}");

    let called = fs::read_to_string(seen).unwrap();
    assert_eq!(called.lines().nth(1), Some("1"), "{called}");
    assert_eq!(called.lines().nth(2), Some(&*address), "{called}");
    let verifier = cloud.writes()[0].form().remove("code_verifier").unwrap();
    for secret in ["oat_", "ort_", "code=", &verifier] {
        assert!(!called.contains(secret), "{secret} in {called}");
    }
}

/// Nothing on the disk holds more than the file itself: neither the lock, nor what is beside it.
#[test]
fn secrets_are_in_one_file_only() {
    for line in [
        "auth whoami",
        "auth login --headless",
        "auth use-pat",
        "auth logout",
    ] {
        let (cloud, home) = signed_in(true);
        let words = std::iter::once("cloud").chain(line.split(' '));
        perform(&cloud, home.command(words));
        let folder = home.config_path();
        for name in home.files() {
            if name == "pipecatcloud.toml" {
                continue;
            }
            let text = fs::read_to_string(folder.with_file_name(&name)).unwrap();
            for secret in ["oat_", "ort_", "pcc_pat_"] {
                assert!(!text.contains(secret), "{name}: {text}");
            }
        }
    }
}
