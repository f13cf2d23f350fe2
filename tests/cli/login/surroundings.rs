//! What login finds around it: variables that override, no browser, a malformed file.

use std::fs::{self, File};
use std::io::{Seek, Write};

use snapbox::str;

use super::{Login, lived_in};
use crate::support::browser;
use crate::support::cloud::Cloud;
use crate::support::home::Home;
use crate::support::{ports, running::Running};

#[test]
fn variables_that_override_what_was_stored_are_warned_about() {
    let cloud = Cloud::start();
    let mut home = Home::new(&cloud);
    home.env("PIPECAT_TOKEN", "pcc_pat_elsewhere")
        .env("PIPECAT_ORG", "team.with.dots");
    let login = Login::start(&home, &["--headless"]);
    browser::get(&cloud.approve(&login.address));
    login
        .finish()
        .success()
        .stdout_eq(str![[r"
signed in as ada@example.com, active organization Team With Dots (team.with.dots)

"]])
        .stderr_eq(str![[r#"
warning: `PIPECAT_TOKEN` is set: commands will keep using it instead of this sign-in until you unset it
open this address in a browser to sign in

[ADDRESS]

the last page loads only if the browser is on this machine
waiting up to 120 s; press Ctrl-C to give up
stored in `[HOME]/.config/pipecatcloud/pipecatcloud.toml`
warning: `PIPECAT_TOKEN` is set and overrides `token` in the file; unset it to use the file

"#]]);
    // The organization is the active one, and stays it; the token is nobody's business here.
    assert!(home.config().contains("org = \"team.with.dots\""));
    assert!(!home.config().contains("elsewhere"));
}

#[cfg(all(unix, not(target_os = "macos")))]
#[test]
fn without_a_browser_the_reason_is_said() {
    let ssh_connection = |home: &mut Home| {
        home.env("SSH_CONNECTION", "192.0.2.1 50000 192.0.2.2 22");
    };
    let ssh_terminal = |home: &mut Home| {
        home.env("SSH_TTY", "/dev/pts/1");
    };
    let no_display = |home: &mut Home| {
        home.env_remove("DISPLAY");
    };
    let cases: [(fn(&mut Home), _); 4] = [
        (
            ssh_connection,
            str![[r#"
this is an SSH session; open this address in a browser to sign in

[ADDRESS]

the last page loads only if the browser is on this machine
waiting up to 120 s; press Ctrl-C to give up
stored in `[HOME]/.config/pipecatcloud/pipecatcloud.toml`

"#]],
        ),
        (
            ssh_terminal,
            str![[r#"
this is an SSH session; open this address in a browser to sign in

[ADDRESS]

the last page loads only if the browser is on this machine
waiting up to 120 s; press Ctrl-C to give up
stored in `[HOME]/.config/pipecatcloud/pipecatcloud.toml`

"#]],
        ),
        (
            no_display,
            str![[r#"
there is no display; open this address in a browser to sign in

[ADDRESS]

the last page loads only if the browser is on this machine
waiting up to 120 s; press Ctrl-C to give up
stored in `[HOME]/.config/pipecatcloud/pipecatcloud.toml`

"#]],
        ),
        (
            |home| home.remove_browser(),
            str![[r#"
no browser could be started; open this address in a browser to sign in

[ADDRESS]

the last page loads only if the browser is on this machine
waiting up to 120 s; press Ctrl-C to give up
stored in `[HOME]/.config/pipecatcloud/pipecatcloud.toml`

"#]],
        ),
    ];
    for (prepare, stderr) in cases {
        let cloud = Cloud::start();
        let mut home = Home::new(&cloud);
        prepare(&mut home);
        let login = Login::start(&home, &[]);
        browser::get(&cloud.approve(&login.address));
        login.finish().success().stderr_eq(stderr);
        assert!(home.browser_addresses().is_empty());
    }
}

#[cfg(unix)]
#[test]
fn a_browser_that_fails_is_no_failure_of_the_sign_in() {
    let cloud = Cloud::start();
    let home = Home::new(&cloud);
    home.write_browser("echo noise; echo noise >&2; exit 3");
    let login = Login::start(&home, &[]);
    browser::get(&cloud.approve(&login.address));
    login.finish().success().stderr_eq(str![[r"
no browser could be started; open this address in a browser to sign in

[ADDRESS]

the last page loads only if the browser is on this machine
waiting up to 120 s; press Ctrl-C to give up
stored in `[HOME]/.config/pipecatcloud/pipecatcloud.toml`

"]]);
}

/// What a script writes to a file, once it has.
#[cfg(unix)]
fn written(path: &std::path::Path) -> String {
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(20);
    loop {
        match fs::read_to_string(path) {
            Ok(text) if text.ends_with("end\n") => return text,
            outcome => assert!(std::time::Instant::now() < deadline, "{outcome:?}"),
        }
        std::thread::yield_now();
    }
}

#[cfg(unix)]
#[test]
fn the_browser_is_told_nothing_of_ours() {
    let cloud = Cloud::start();
    let mut home = Home::new(&cloud);
    home.env("PIPECAT_TOKEN", "pcc_pat_elsewhere")
        .env("PIPECAT_REFRESH_TOKEN", "ort_elsewhere");
    let told = home.path().join("told");
    home.write_browser(&format!(
        "{{ export -p; echo end; }} > '{}'",
        told.display()
    ));
    let login = Login::start(&home, &[]);
    browser::get(&cloud.approve(&login.address));
    login.finish().success();
    let told = written(&told);
    assert!(told.contains("HOME="), "{told}");
    for secret in ["PIPECAT_", "elsewhere"] {
        assert!(!told.contains(secret), "{told}");
    }
}

#[cfg(unix)]
#[test]
fn the_browser_that_is_named_is_opened_and_no_other() {
    let cloud = Cloud::start();
    let mut home = Home::new(&cloud);
    let opened = home.path().join("opened");
    let script = home.path().join("bin/my-browser");
    fs::write(
        &script,
        format!(
            "#!/bin/sh\n{{ echo \"$*\"; echo end; }} > '{}'\n",
            opened.display()
        ),
    )
    .unwrap();
    std::process::Command::new("chmod")
        .arg("+x")
        .arg(&script)
        .status()
        .unwrap();
    // What it needs to show something is its own affair.
    home.env_remove("DISPLAY")
        .env("BROWSER", "not-there:my-browser --new %s --private");
    let login = Login::start(&home, &[]);
    browser::get(&cloud.approve(&login.address));
    let address = login.address.clone();
    login.finish().success();
    let opened = written(&opened);
    assert_eq!(opened, format!("--new {address} --private\nend\n"));

    home.env("BROWSER", "not-there");
    let login = Login::start(&home, &[]);
    browser::get(&cloud.approve(&login.address));
    let output = login.finish().success();
    let stderr = String::from_utf8_lossy(&output.get_output().stderr);
    assert!(
        stderr.starts_with("no browser could be started; open this address"),
        "{stderr}"
    );
    assert_eq!(home.browser_addresses(), [""; 0]);
}

#[test]
fn input_that_is_no_terminal_is_not_read() {
    let permit = ports::one();
    let cloud = Cloud::start();
    let home = Home::new(&cloud);
    let mut input = File::create_new(home.path().join("input")).unwrap();
    input.write_all(b"code_0000000000000001\n").unwrap();
    let mut input = File::open(home.path().join("input")).unwrap();
    let mut command = super::command(&home, &["--headless"]);
    command.stdin(input.try_clone().unwrap());
    let mut running = Running::start(command);
    let address = running.line("http");
    browser::get(&cloud.approve(&address));
    let output = running.finish();
    assert!(output.status.success());
    assert_eq!(input.stream_position().unwrap(), 0);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(!stderr.contains("paste"), "{stderr}");
    drop(permit);
}

#[test]
fn a_malformed_file_is_kept_aside_and_the_sign_in_goes_on() {
    let malformed = "token = \"oat_old\norg = acme\n";
    let cloud = Cloud::start();
    let home = Home::new(&cloud);
    home.write_config(malformed);
    let older = home.config_path().with_file_name("pipecatcloud.toml.bak");
    fs::write(&older, "older").unwrap();
    let login = Login::start(&home, &["--headless"]);
    browser::get(&cloud.approve(&login.address));
    login.finish().success().stdout_eq(str![[r"
signed in as ada@example.com, active organization Ada's workspace (ada-personal)

"]]).stderr_eq(str![[r#"
open this address in a browser to sign in

[ADDRESS]

the last page loads only if the browser is on this machine
waiting up to 120 s; press Ctrl-C to give up
warning: the malformed configuration file was kept as `[HOME]/.config/pipecatcloud/pipecatcloud.toml.bak.1`; it may still hold a token
stored in `[HOME]/.config/pipecatcloud/pipecatcloud.toml`

"#]]);
    assert_eq!(
        home.files(),
        [
            "pipecatcloud.toml",
            "pipecatcloud.toml.bak",
            "pipecatcloud.toml.bak.1",
            "pipecatcloud.toml.lock",
        ]
    );
    assert_eq!(fs::read_to_string(&older).unwrap(), "older");
    let aside = older.with_file_name("pipecatcloud.toml.bak.1");
    assert_eq!(fs::read_to_string(aside).unwrap(), malformed);
    assert!(home.config().starts_with("token = \"oat_ada_"));
}

#[test]
fn a_malformed_file_stays_where_nobody_signs_in() {
    let malformed = "token = \"oat_old\norg = acme\n";
    let cloud = Cloud::start();
    let home = Home::new(&cloud);
    home.write_config(malformed);
    let login = Login::start(&home, &["--headless"]);
    browser::get(&cloud.deny(&login.address));
    login.finish().code(1);
    assert_eq!(home.config(), malformed);
    assert_eq!(
        home.files(),
        ["pipecatcloud.toml", "pipecatcloud.toml.lock"]
    );
}

#[test]
fn a_log_of_everything_holds_no_secret() {
    let (cloud, mut home) = lived_in();
    home.env("PIPECAT_CLI_LOG_LEVEL", "TRACE");
    let login = Login::start(&home, &["--headless"]);
    browser::get(&login.callback("code=stolen&state=wrong"));
    browser::get(&cloud.approve(&login.address));
    let output = login.finish().success();
    let stderr = String::from_utf8_lossy(&output.get_output().stderr);
    let verifier = cloud.writes()[0].form().remove("code_verifier").unwrap();
    assert!(
        stderr.contains(&format!("debug: POST {}/oauth/token", cloud.address())),
        "{stderr}"
    );
    for secret in ["oat_", "ort_", "code_0000", "stolen", &verifier] {
        assert!(!stderr.contains(secret), "{secret} in {stderr}");
    }
}

#[test]
fn in_ci_nobody_is_waited_for() {
    for (token, stderr) in [
        (
            None,
            str![[r"
error: nobody can sign in with a browser in CI
hint: set `PIPECAT_TOKEN` to a personal access token; create one at https://pipecat.daily.co/account/tokens
hint: `pipecat cloud auth login --headless` waits for a browser anyway

"]],
        ),
        (
            Some("pcc_pat_of_ci"),
            str![[r"
error: nobody can sign in with a browser in CI
hint: `PIPECAT_TOKEN` is set, and commands use it: you do not need to sign in
hint: `pipecat cloud auth login --headless` waits for a browser anyway

"]],
        ),
    ] {
        let (cloud, mut home) = lived_in();
        home.env("CI", "true");
        if let Some(token) = token {
            home.env("PIPECAT_TOKEN", token);
        }
        home.cloud("auth login")
            .assert()
            .code(2)
            .stdout_eq("")
            .stderr_eq(stderr);
        assert_eq!(cloud.requests(), [""; 0]);
        let login = Login::start(&home, &["--headless"]);
        browser::get(&cloud.approve(&login.address));
        login.finish().success();
    }
}

#[test]
fn a_token_in_force_is_told_before_the_browser_opens() {
    let permit = ports::one();
    let cloud = Cloud::start();
    let mut home = Home::new(&cloud);
    home.env("PIPECAT_TOKEN", "pcc_pat_elsewhere");
    let mut running = Running::start(super::command(&home, &["--headless", "--timeout", "1"]));
    running.line("warning: `PIPECAT_TOKEN` is set");
    running.line("http");
    running.line("waiting up to 1 s");
    running.finish();
    drop(permit);
}
