//! `build context`, the deploy file where it says what is built, and `--show-cli-config`.

use std::fs;
#[cfg(unix)]
use std::path::Path;

use serde_json::json;
use snapbox::str;

use crate::support::home::Home;
use crate::support::run::{ada, json, stderr, stdout};

/// Writes a file of the home, with the folders above it.
fn write(home: &Home, path: &str, content: impl AsRef<[u8]>) {
    let path = home.path().join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, content).unwrap();
}

/// A bot in the folder `bot`.
fn bot(home: &Home) {
    write(
        home,
        "bot/Dockerfile",
        "FROM dailyco/pipecat-base\nCOPY . .\n",
    );
    write(home, "bot/bot.py", "print('hello')\n");
    write(home, "bot/src/build/pack.py", "");
    write(home, "bot/src/__pycache__/pack.pyc", "x");
    write(home, "bot/id_rsa", "secret");
    write(home, "bot/.env", "KEY=secret");
}

#[test]
fn what_would_go_up_is_shown_without_any_request() {
    let (cloud, mut home) = ada();
    bot(&home);
    let run = home.cloud("build context -d bot").assert().success();
    let text = stdout(&run);
    let expected = str![[r#"
Folder: bot
Dockerfile: Dockerfile
Files: 3
Content: 56 bytes (56 B)
Archive: [..] bytes ([..] B)
Context Hash: [..]
Large File: Dockerfile (35 B)
Large File: bot.py (15 B)
Large File: id_rsa (6 B)

"#]];
    run.stdout_eq(expected).stderr_eq(str![[r#"
warning: left out, since there is no `.dockerignore` and their names are on the built-in list: `.env`, `src/build`
warning: these look like secrets, and will be uploaded: `id_rsa`

"#]]);
    let hash = text
        .lines()
        .find_map(|line| line.strip_prefix("Context Hash: "));
    let hash = hash.unwrap();
    assert!(
        hash.len() == 16 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()),
        "{hash}"
    );

    // Without anybody who is signed in, and with the folder named in the deploy file.
    fs::remove_file(home.config_path()).unwrap();
    write(
        &home,
        "deploy.toml",
        "[build]\ncontext_dir = 'bot'\n[build.exclude]\npatterns = ['id_*', '!.env']\n",
    );
    home.env("PIPECAT_DEPLOY_CONFIG_PATH", "deploy.toml");
    let value = json(&home.cloud("build context --output json").assert().success());
    let paths: Vec<&str> = value["files"]
        .as_array()
        .unwrap()
        .iter()
        .map(|file| file["path"].as_str().unwrap())
        .collect();
    assert_eq!(paths, [".env", "Dockerfile", "bot.py"]);
    assert_eq!(value["contextDir"], "bot");
    assert_eq!(value["bytes"], 60);
    assert_ne!(value["contextHash"], hash);
    assert_eq!(value["warnings"].as_array().unwrap().len(), 2, "{value}");

    // An option beats the file.
    write(&home, "other/docker/Main", "FROM scratch\n");
    let mode = if cfg!(windows) { "0755" } else { "0644" };
    home.cloud("build context -d other --dockerfile ./docker/x/../Main --list")
        .assert()
        .success()
        .stdout_eq(format!("Path\tSize\tMode\ndocker/Main\t13\t{mode}\n"));
    assert_eq!(cloud.requests().len(), 0);
}

#[test]
fn a_context_that_cannot_be_built_is_told() {
    let (cloud, home) = ada();
    bot(&home);
    write(&home, "ignored/Dockerfile", "");
    write(&home, "ignored/.dockerignore", b"\xff");
    write(&home, "empty/x", "");
    for (line, told) in [
        ("-d nowhere", "there is no folder `nowhere` to build"),
        ("-d bot/bot.py", "`bot/bot.py` is not a folder"),
        ("-d empty", "there is no `Dockerfile` in the folder `empty`"),
        (
            "-d bot --dockerfile src",
            "`src` is a folder, not a Dockerfile",
        ),
        (
            "-d bot --dockerfile ../x",
            "`../x` is not in the folder that is built",
        ),
        (
            "-d bot --dockerfile /x",
            "`/x` is not in the folder that is built",
        ),
        ("-d ignored", ".dockerignore` is not UTF-8"),
        (
            "-d bot --config-file none.toml",
            "none.toml: there is no such file",
        ),
    ] {
        let run = home
            .cloud(&format!("build context {line}"))
            .assert()
            .code(1);
        let text = stderr(&run);
        assert!(text.contains(told), "{line}: {text}");
        assert_eq!(stdout(&run), "");
    }
    assert_eq!(cloud.requests().len(), 0);
}

#[test]
fn all_that_is_wrong_with_a_deploy_file_is_told_at_once() {
    let (_cloud, home) = ada();
    bot(&home);
    write(
        &home,
        "pcc-deploy.toml",
        "\u{feff}agnet_name = 'a'\nsecret_set = 5\n[scaling]\nmin_agents = '1'\n",
    );
    home.cloud("build context -d bot")
        .assert()
        .code(1)
        .stdout_eq("")
        .stderr_eq(str![[r#"
error: pcc-deploy.toml:1:1: unknown key `agnet_name`
hint: did you mean `agent_name`?
error: pcc-deploy.toml:2:14: `secret_set` must be text, not `5`
error: pcc-deploy.toml:4:14: `scaling.min_agents` must be a whole number of 0 or more, not the text `1`

"#]]);
    let run = home
        .cloud("build context -d bot --output json")
        .assert()
        .code(1);
    let error = json(&run)["error"].clone();
    assert_eq!(error["code"], "deploy_file_invalid");
    assert_eq!(
        error["problems"][2],
        json!({
            "message": "`scaling.min_agents` must be a whole number of 0 or more, not the text `1`",
            "key": "scaling.min_agents",
            "file": "pcc-deploy.toml",
            "line": 4,
            "column": 14,
        })
    );
}

#[cfg(unix)]
#[test]
fn links_pipes_and_the_token_do_not_go_up_unsaid() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    let (_cloud, home) = ada();
    bot(&home);
    write(&home, "outside/data", "outside");
    let bot = home.path().join("bot");
    let link = |target: &Path, name: &str| symlink(target, bot.join(name)).unwrap();
    link(&home.path().join("outside/data"), "data");
    link(Path::new("bot.py"), "same.py");
    link(&home.path().join("outside"), "folder");
    link(&home.config_path(), "config");
    fs::hard_link(home.config_path(), bot.join("linked")).unwrap();
    let pipe = std::process::Command::new("mkfifo")
        .arg(bot.join("pipe"))
        .status();
    assert!(pipe.unwrap().success());
    let script = bot.join("run.sh");
    fs::write(&script, "#!/bin/sh\n").unwrap();
    fs::set_permissions(&script, fs::Permissions::from_mode(0o700)).unwrap();
    fs::write(bot.join(".dockerignore"), "id_rsa\n.env\nsrc\n").unwrap();
    let run = home.cloud("build context -d bot --list").assert().success();
    run.stdout_eq(str![[r#"
Path	Size	Mode
.dockerignore	16	0644
Dockerfile	35	0644
bot.py	15	0644
data	7	0644
run.sh	10	0755
same.py	15	0644

"#]]);
    let run = home.cloud("build context -d bot").assert().success();
    let told = stderr(&run);
    for told_of in [
        "`data` is a link out of the folder: the content of `",
        "left out `folder`: it is a link to a folder",
        "left out `config`: your token is in it",
        "left out `linked`: your token is in it",
        "left out `pipe`: it is a named pipe",
    ] {
        assert!(told.contains(told_of), "{told_of}: {told}");
    }
    assert_eq!(told.lines().count(), 5 + 1, "{told}");
    // A link that leads nowhere ends it, unless it is left out.
    link(Path::new("nothing"), "broken");
    let run = home.cloud("build context -d bot").assert().code(1);
    assert!(stderr(&run).contains("the link `broken` is broken"));
}

#[test]
fn the_deploy_file_stands_beside_the_settings() {
    let (_cloud, home) = ada();
    write(
        &home,
        "pcc-deploy.toml",
        "agent_name = 'bot'\n[scaling]\nmin_agents = 2\n",
    );
    let run = home.cloud("--show-cli-config").assert().success();
    let text = stdout(&run);
    assert!(
        text.contains("deploy_config_path\tpcc-deploy.toml\t"),
        "{text}"
    );
    assert!(
        text.contains("agent_name\tbot\tpcc-deploy.toml:1:14"),
        "{text}"
    );
    assert!(
        text.contains("scaling.min_agents\t2\tpcc-deploy.toml:3:14"),
        "{text}"
    );
    let value = json(
        &home
            .cloud("--show-cli-config --output json")
            .assert()
            .success(),
    );
    assert_eq!(value["deploy_config"]["scaling.min_agents"]["value"], 2);
}
