//! Writers that are killed, at any moment.

use std::fs;
use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant};

use toml_edit::DocumentMut;

use crate::support::home::Home;
use crate::support::run::ada;

/// Writers that are killed in the way that they are killed in.
const KILLED: u32 = 300;
/// At most so long.
const LIMIT: Duration = Duration::from_secs(12);

/// How long a whole run takes here and now, and the text that each of two choices leaves.
fn rehearse(home: &Home) -> (Duration, [String; 2]) {
    let mut longest = Duration::ZERO;
    let texts = ["acme", "ada-personal"].map(|name| {
        let since = Instant::now();
        home.cloud(&format!("organizations select -o {name}"))
            .assert()
            .success();
        longest = longest.max(since.elapsed());
        home.config()
    });
    (longest, texts)
}

fn temporary_files(home: &Home) -> usize {
    let files = home.files();
    files.iter().filter(|name| name.ends_with(".tmp")).count()
}

fn killed_writers(home: &Home) -> usize {
    let (longest, texts) = rehearse(home);
    let since = Instant::now();
    let mut left = 0;
    // A low-discrepancy sequence: every part of a run gets its share, in no order.
    let mut fraction = 0.0_f64;
    for turn in 0..KILLED {
        if since.elapsed() > LIMIT {
            break;
        }
        fraction = (fraction + 0.618_033_988_75).fract();
        let name = ["acme", "ada-personal"][turn as usize % 2];
        let mut child = home
            .command(["cloud", "organizations", "select", "-o", name])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        thread::sleep(longest.mul_f64(0.3 + fraction));
        child.kill().unwrap();
        child.wait().unwrap();
        let text = home.config();
        assert!(texts.contains(&text), "neither old nor new: {text:?}");
        assert!(text.parse::<DocumentMut>().is_ok());
        let now = temporary_files(home);
        assert!(now <= 1, "they pile up: {:?}", home.files());
        left += now;
    }
    left
}

#[test]
fn a_killed_writer_leaves_the_file_whole_and_nothing_in_the_way() {
    let (_cloud, home) = ada();
    home.write_config(&format!("# mine\n{}# end\n", home.config()));
    killed_writers(&home);
    home.cloud("organizations select -o team.with.dots")
        .assert()
        .success();
    assert!(home.config().contains("org = \"team.with.dots\""));
    assert_eq!(
        home.files(),
        ["pipecatcloud.toml", "pipecatcloud.toml.lock"]
    );
}

/// Killed between setting a malformed file aside and the end: whichever comes first, one of the
/// two has the old text, and the next run goes on.
#[test]
fn a_killed_sign_in_loses_no_malformed_file() {
    let malformed = "token = \"oat_old\norg = acme\n";
    let (_cloud, home) = ada();
    for turn in 0..40 {
        home.write_config(malformed);
        let mut child = home
            .command(["cloud", "auth", "logout"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        thread::sleep(Duration::from_micros(turn * 400));
        child.kill().unwrap();
        child.wait().unwrap();
        let folder = home.config_path();
        let folder = folder.parent().unwrap();
        let kept = home.files().iter().any(|name| {
            let is_lock = name.ends_with(".lock");
            !is_lock && fs::read_to_string(folder.join(name)).unwrap() == malformed
        });
        assert!(kept, "{:?}", home.files());
        for name in home.files().iter().filter(|name| name.contains(".bak")) {
            fs::remove_file(folder.join(name)).unwrap();
        }
    }
    let _ = home.cloud("auth logout").assert();
    assert_eq!(temporary_files(&home), 0);
}

/// The folder is watched as closely as it can be while it is written: nothing in it may ever be
/// anybody else's to read.
#[test]
fn no_file_is_open_to_others_for_an_instant() {
    use std::os::unix::fs::MetadataExt;

    let (_cloud, home) = ada();
    let folder = home.config_path().parent().unwrap().to_owned();
    let mut seen = std::collections::BTreeSet::new();
    for turn in 0..25 {
        let name = ["acme", "ada-personal"][turn % 2];
        let mut child = home
            .command(["cloud", "organizations", "select", "-o", name])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        while child.try_wait().unwrap().is_none() {
            for entry in fs::read_dir(&folder).unwrap().flatten() {
                // What has gone in the meantime is nobody's.
                if let Ok(found) = entry.metadata() {
                    let mode = found.mode() & 0o777;
                    assert_eq!(mode, 0o600, "{}", entry.path().display());
                    seen.insert(entry.path().extension().map(ToOwned::to_owned));
                }
            }
        }
    }
    assert!(seen.contains(&Some("lock".into())), "{seen:?}");
}
