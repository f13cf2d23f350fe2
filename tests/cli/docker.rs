//! `docker build-push`, with a stand-in that writes down what it is told: a shell script, so on Unix.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

use serde_json::json;

use crate::support::cloud::Cloud;
use crate::support::home::Home;
use crate::support::run::{json, stderr, stdout};

/// A home with a `docker` that writes its arguments into a file, says something, and ends with the
/// status that the file `push` or `buildx` names.
fn with_docker() -> Home {
    let cloud = Cloud::start();
    let home = Home::new(&cloud);
    let script = "#!/bin/sh\n\
        echo \"$*\" >> \"$HOME/told\"\n\
        echo \"from docker: $1\" \n\
        if [ -f \"$HOME/$1\" ]; then read words < \"$HOME/$1\"; echo \"$words\" >&2; exit 7; fi\n";
    let docker = home.path().join("bin").join("docker");
    fs::write(&docker, script).unwrap();
    fs::set_permissions(&docker, fs::Permissions::from_mode(0o755)).unwrap();
    home
}

fn told(home: &Home) -> Vec<String> {
    let text = fs::read_to_string(home.path().join("told")).unwrap_or_default();
    fs::write(home.path().join("told"), "").unwrap();
    text.lines().map(str::to_owned).collect()
}

#[test]
fn docker_is_told_what_options_file_and_defaults_say() {
    let home = with_docker();
    let build = "buildx build --platform=linux/arm64 --load";
    for (file, line, expected) in [
        (
            "image = \"acme/bot:1\"\n",
            "",
            vec![
                format!("{build} -t acme/bot:1 -t acme/bot:latest ."),
                "push acme/bot:1".to_owned(),
                "push acme/bot:latest".to_owned(),
            ],
        ),
        (
            "image = \"h.io:5000/team/acme/bot:1\"\narchitecture = \"amd64\"\n[build]\ncontext_dir = \"app\"\n",
            "--no-latest",
            vec![
                "buildx build --platform=linux/amd64 --load -t h.io:5000/team/acme/bot:1 app"
                    .to_owned(),
                "push h.io:5000/team/acme/bot:1".to_owned(),
            ],
        ),
        (
            "agent_name = \"bot\"\n",
            "--no-push",
            vec![format!("{build} -t bot:latest .")],
        ),
        (
            "",
            "bot -r custom -u ada --registry-url r.example -v 2",
            vec![
                format!("{build} -t r.example/ada/bot:2 -t r.example/ada/bot:latest ."),
                "push r.example/ada/bot:2".to_owned(),
                "push r.example/ada/bot:latest".to_owned(),
            ],
        ),
    ] {
        fs::write(home.path().join("pcc-deploy.toml"), file).unwrap();
        let run = home
            .cloud(&format!("docker build-push {line} --yes"))
            .assert()
            .success();
        assert_eq!(told(&home), expected, "{line}");
        // What docker says is talk; the tags are the result.
        assert!(stderr(&run).contains("from docker: buildx"));
        assert!(!stdout(&run).contains("from docker"));
    }
    let run = home
        .cloud("docker build-push bot -r dockerhub -u ada --yes --output json")
        .assert()
        .success();
    assert_eq!(
        json(&run),
        json!({
            "agentName": "bot",
            "image": "ada/bot:latest",
            "tags": ["ada/bot:latest"],
            "platform": "linux/arm64",
            "pushed": true,
        })
    );
}

#[test]
fn the_first_failure_ends_it_with_the_command_that_helps() {
    for (verb, words, expected, runs) in [
        (
            "push",
            "denied: requested access to the resource is denied",
            "`docker login r.example`",
            2,
        ),
        (
            "buildx",
            "exec /bin/sh: exec format error",
            "`docker run --privileged --rm tonistiigi/binfmt --install all`",
            1,
        ),
        (
            "buildx",
            "unknown flag: --platform",
            "install the package `docker-buildx`",
            1,
        ),
        (
            "push",
            "unauthorized: access token has insufficient scopes",
            "`docker login r.example`",
            2,
        ),
        ("buildx", "no space left", "docker could not build", 1),
    ] {
        let home = with_docker();
        fs::write(home.path().join(verb), format!("{words}\n")).unwrap();
        let run = home
            .cloud("docker build-push bot -r custom -u ada --registry-url r.example -v 2 --yes --output json")
            .assert()
            .code(1);
        let said = stderr(&run);
        assert!(said.contains(expected), "{said}");
        assert_eq!(json(&run)["error"]["code"], "docker_failed");
        assert_eq!(told(&home).len(), runs);
    }
}

#[test]
fn what_is_lacking_is_told_before_docker_is_run() {
    let home = with_docker();
    for (line, status, expected) in [
        ("--yes", 1, "the image has no name"),
        ("bot --yes", 1, "no registry to push to"),
        ("bot -r dockerhub --yes", 1, "no account at the registry"),
        (
            "bot -r custom -u ada --yes",
            1,
            "no address for the custom registry",
        ),
        ("bot -r quay --yes", 2, "quay"),
    ] {
        let run = home.cloud(&format!("docker build-push {line}")).assert();
        let said = stderr(&run);
        assert!(said.contains(expected), "{line}: {said}");
        run.code(status);
    }
    #[cfg(unix)]
    {
        let run = home
            .cloud("docker build-push bot --no-push")
            .assert()
            .code(2);
        assert!(stderr(&run).contains("`--yes`"));
        fs::remove_file(home.path().join("bin/docker")).unwrap();
        let run = home
            .cloud("docker build-push bot --no-push --yes")
            .assert()
            .code(1);
        assert!(stderr(&run).contains("no `docker` on `PATH`"));
    }
    assert!(told(&home).is_empty());
}

#[test]
#[allow(
    clippy::print_stderr,
    reason = "a test that was skipped should not look like one that passed"
)]
fn the_real_docker_builds_where_there_is_one() {
    let docker = |arguments: &[&str]| {
        let output = Command::new("docker").args(arguments).output();
        output.is_ok_and(|output| output.status.success())
    };
    if !docker(&["info"]) || !docker(&["buildx", "version"]) {
        eprintln!("skipped: there is no docker that builds");
        return;
    }
    let mut home = Home::new(&Cloud::start());
    home.env("PATH", std::env::var_os("PATH").unwrap());
    fs::write(
        home.path().join("Dockerfile"),
        "FROM scratch\nCOPY Dockerfile /\n",
    )
    .unwrap();
    let name = format!("pipecat-test-{}", std::process::id());
    let line = format!("docker build-push {name} --no-push --yes --output json");
    let run = home.cloud(&line).assert().success();
    let image = json(&run)["image"].as_str().unwrap().to_owned();
    assert!(docker(&["image", "rm", &image]), "{image}");
}
