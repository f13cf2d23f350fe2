//! Which organization a result is about, and that something was done, told to people alone.

use crate::support::run::{ada, stderr, stdout};

#[test]
fn every_list_says_which_organization_it_is_about() {
    let (_cloud, home) = ada();
    for (line, title) in [
        ("organizations keys list", "API keys of"),
        ("organizations registry-keys list", "registry keys of"),
        ("organizations properties list", "properties of"),
        ("organizations properties schema", "properties of"),
        ("organizations default-region", "default region of"),
        ("secrets list", "secret sets of"),
        ("regions list", "regions of"),
        ("regions show pce-berlin", "the region `pce-berlin` of"),
        ("spend-limit show", "spend limit of"),
        ("github status", "GitHub connection of"),
        ("github repos", "GitHub repositories of"),
    ] {
        let of_acme = format!("{title} the organization `acme`\n");
        let run = home.cloud(&format!("{line} -o acme --output rich"));
        let run = run.assert().success();
        let said = stderr(&run);
        assert!(said.starts_with(&of_acme), "{line}: {said}");
        assert!(!stdout(&run).contains(&of_acme), "{line}");
    }
    // Who reads lines or values has asked for nothing else.
    for mode in ["plain", "json"] {
        let run = home.cloud(&format!("organizations keys list -o acme --output {mode}"));
        run.assert().success().stderr_eq("");
    }
}

#[test]
fn whatever_was_done_has_the_same_mark() {
    let (_cloud, mut home) = ada();
    home.env("LANG", "C.UTF-8");
    for line in [
        "organizations select -o acme",
        "organizations keys create --name Kiosk --default",
        "organizations keys use --key Kiosk",
        "organizations keys cycle --key key_acme_web --yes",
        "organizations keys revoke --key Kiosk --yes",
        "organizations registry-keys mint --name ci",
        "organizations properties set defaultRegion eu-central",
        "spend-limit set 1000 --yes",
        "spend-limit clear --yes",
        "regions register pce-paris --display-name Paris",
        "regions enroll-token pce-paris",
        "regions delete pce-paris --yes",
        "github disconnect --yes",
    ] {
        let run = home.cloud(&format!("{line} --output rich"));
        let run = run.assert().success();
        let told = stderr(&run) + &stdout(&run);
        let marks: Vec<&str> = told.lines().filter(|line| line.starts_with("✓ ")).collect();
        assert_eq!(marks.len(), 1, "{line}: {told}");
        assert!(
            marks[0].contains("acme") || marks[0].contains("Acme"),
            "{line}: {told}"
        );
    }
}
