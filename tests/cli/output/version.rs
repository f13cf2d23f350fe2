//! `--version` and `--show-cli-config`, which stand in for a command.

use std::fs;

use snapbox::{IntoData as _, str};

use crate::support::cloud::{ADA_PAT, Cloud};
use crate::support::home::Home;
use crate::support::run::{ada, json, stderr, stdout};

const VERSION: &str = concat!("pipecat ", env!("CARGO_PKG_VERSION"), "\n");

#[test]
fn the_version_is_told_at_every_level_and_under_every_spelling() {
    let (cloud, home) = ada();
    for line in [
        "--version",
        "-v",
        "-V",
        "cloud --version",
        "cloud auth --version",
        "cloud --version auth login",
        "cloud auth login --version",
        "cloud organizations keys create --version",
        "cloud --output rich --version",
        "cloud --version --output plain",
    ] {
        home.judged(line.split(' '))
            .assert()
            .success()
            .stdout_eq(VERSION)
            .stderr_eq("");
    }
    assert_eq!(cloud.requests(), [""; 0]);
}

#[test]
fn programs_get_the_version_as_a_value() {
    let (_cloud, home) = ada();
    for line in ["--version --output json", "--output json auth --version"] {
        let run = home.cloud(line).assert().success().stderr_eq("");
        let version = env!("CARGO_PKG_VERSION");
        assert_eq!(
            json(&run),
            serde_json::json!({"name": "pipecat", "version": version})
        );
    }
}

#[test]
fn version_and_help_need_neither_a_home_nor_a_file_in_order() {
    let (_cloud, mut home) = ada();
    home.write_config("token = [\n");
    home.env("PIPECAT_API_HOST", "nonsense");
    for line in [
        "--version",
        "--help",
        "auth login --help",
        "organizations keys -h",
    ] {
        home.cloud(line).assert().success().stderr_eq("");
    }
    home.env("HOME", "/nowhere")
        .env("PIPECAT_CONFIG_PATH", "/dev/null/x");
    for line in ["--version", "--help"] {
        home.cloud(line).assert().success().stderr_eq("");
    }
}

#[cfg(unix)]
#[test]
fn under_its_short_names_the_cloud_level_is_implied() {
    let (_cloud, home) = ada();
    for (name, shown, line) in [
        ("pcc", "pcc", "organizations list"),
        ("pipecatcloud", "pipecatcloud", "organizations list"),
        ("pc", "pipecat", "cloud organizations list"),
        ("pipecat", "pipecat", "cloud organizations list"),
    ] {
        let link = home.path().join(name);
        std::os::unix::fs::symlink(home.program(), &link).unwrap();
        let run = |line: &str| {
            let mut command = std::process::Command::new(&link);
            command
                .args(line.split(' '))
                .env_clear()
                .envs(home.environment());
            snapbox::cmd::Command::from_std(command).assert()
        };
        let listed = run(line).success().stderr_eq("");
        assert!(stdout(&listed).contains("acme"), "{name}");
        run("--version").success().stdout_eq(VERSION);
        let help = stdout(&run("--help").success());
        let usage = help
            .lines()
            .find(|line| line.starts_with("Usage:"))
            .unwrap();
        assert!(usage.starts_with(&format!("Usage: {shown} ")), "{usage}");
        let wrong = stderr(&run("nonsense").code(2));
        assert!(wrong.contains(&format!("`{shown} --help`")), "{wrong}");
    }
}

/// The configuration file with everything that `--show-cli-config` tells of.
fn configure(home: &Home) -> String {
    let text = format!(
        "token = \"{ADA_PAT}\"\norg = \"acme\"\nrefresh_token = \"ort_secret\"\n\
         token_expires_at = 1999999999.5\n\
         [acme]\ndefault_public_key = \"pk_acme_web_0123456789abcdef\"\n\
         default_public_key_name = \"Web client\"\n"
    );
    home.write_config(&text);
    text
}

#[test]
fn the_settings_are_shown_with_their_sources_and_without_credentials() {
    let (cloud, mut home) = ada();
    let before = configure(&home);
    home.env("PIPECAT_API_HOST", "https://api.example.com");
    home.env("PIPECAT_OUTPUT", "plain");
    home.cloud("--show-cli-config")
        .assert()
        .success()
        .stdout_eq(str![[r#"
Setting	Value	Source
user_config_path	[HOME]/.config/pipecatcloud/pipecatcloud.toml	
token	pcc_pat_****	[HOME]/.config/pipecatcloud/pipecatcloud.toml
org	acme	[HOME]/.config/pipecatcloud/pipecatcloud.toml
refresh_token	****	[HOME]/.config/pipecatcloud/pipecatcloud.toml
token_expires_at	1999999999.5	[HOME]/.config/pipecatcloud/pipecatcloud.toml
api_host	https://api.example.com	PIPECAT_API_HOST
dashboard_host	https://pipecat.daily.co	default
output	plain	PIPECAT_OUTPUT
cli_log_level	INFO	default
default_public_key	pk_acme_****	[HOME]/.config/pipecatcloud/pipecatcloud.toml
default_public_key_name	Web client	[HOME]/.config/pipecatcloud/pipecatcloud.toml
deploy_config_path		

"#]])
        .stderr_eq("");
    home.env(
        "PIPECAT_CONFIG_PATH",
        ".config/pipecatcloud/pipecatcloud.toml",
    );
    home.cloud("organizations keys list --show-cli-config -o ada-personal --output rich")
        .assert()
        .success()
        .stdout_eq(str![[r#"
user_config_path  .config/pipecatcloud/pipecatcloud.toml

Setting                  Value                     Source
token                    pcc_pat_****              configuration file
org                      ada-personal              --organization
refresh_token            ****                      configuration file
token_expires_at         1999999999.5              configuration file
api_host                 https://api.example.com   PIPECAT_API_HOST
dashboard_host           https://pipecat.daily.co  default
output                   rich                      --output
cli_log_level            INFO                      default
default_public_key
default_public_key_name
deploy_config_path

"#]])
        .stderr_eq("");
    assert_eq!(home.config(), before);
    assert_eq!(cloud.requests(), [""; 0]);
}

#[test]
fn programs_are_shown_the_settings_with_their_sources_too() {
    let (cloud, mut home) = ada();
    let before = configure(&home);
    home.env("PIPECAT_API_HOST", "https://api.example.com");
    home.env("PIPECAT_OUTPUT", "plain");
    home.cloud("--output json --show-cli-config organizations")
        .assert()
        .success()
        .stdout_eq(
            str![[r#"
{
  "user_config_path": {
    "value": "[HOME]/.config/pipecatcloud/pipecatcloud.toml"
  },
  "token": {
    "value": "pcc_pat_****",
    "source": "[HOME]/.config/pipecatcloud/pipecatcloud.toml"
  },
  "org": {
    "value": "acme",
    "source": "[HOME]/.config/pipecatcloud/pipecatcloud.toml"
  },
  "refresh_token": {
    "value": "****",
    "source": "[HOME]/.config/pipecatcloud/pipecatcloud.toml"
  },
  "token_expires_at": {
    "value": "1999999999.5",
    "source": "[HOME]/.config/pipecatcloud/pipecatcloud.toml"
  },
  "api_host": {
    "value": "https://api.example.com",
    "source": "PIPECAT_API_HOST"
  },
  "dashboard_host": {
    "value": "https://pipecat.daily.co",
    "source": "default"
  },
  "output": {
    "value": "json",
    "source": "--output"
  },
  "cli_log_level": {
    "value": "INFO",
    "source": "default"
  },
  "default_public_key": {
    "value": "pk_acme_****",
    "source": "[HOME]/.config/pipecatcloud/pipecatcloud.toml"
  },
  "default_public_key_name": {
    "value": "Web client",
    "source": "[HOME]/.config/pipecatcloud/pipecatcloud.toml"
  },
  "deploy_config_path": {
    "value": null
  },
  "deploy_config": {}
}
"#]]
            .is_json(),
        )
        .stderr_eq("");
    assert_eq!(home.config(), before);
    assert_eq!(cloud.requests(), [""; 0]);
}

#[test]
fn every_credential_is_redacted_wherever_it_comes_from() {
    let (_cloud, mut home) = ada();
    configure(&home);
    home.env("PIPECAT_TOKEN", "eyJ.secret.token")
        .env("PIPECAT_REFRESH_TOKEN", "ort_other_secret")
        .env("PIPECAT_DEFAULT_PUBLIC_KEY", "pk_0123456789_secret");
    for mode in ["rich", "plain", "json"] {
        let run = home
            .cloud(&format!("--show-cli-config --output {mode}"))
            .assert()
            .success();
        let shown = stdout(&run) + &stderr(&run);
        assert!(
            !shown.contains("secret") && !shown.contains("eyJ"),
            "{shown}"
        );
        for variable in [
            "PIPECAT_TOKEN",
            "PIPECAT_REFRESH_TOKEN",
            "PIPECAT_DEFAULT_PUBLIC_KEY",
        ] {
            assert!(shown.contains(variable), "{variable}: {shown}");
        }
    }
}

#[test]
fn the_settings_are_shown_without_a_file_and_it_is_not_made() {
    let cloud = Cloud::start();
    let mut home = Home::new(&cloud);
    home.env_remove("PIPECAT_API_HOST");
    home.cloud("--show-cli-config")
        .assert()
        .success()
        .stdout_eq(str![[r#"
Setting	Value	Source
user_config_path	[HOME]/.config/pipecatcloud/pipecatcloud.toml	
token		
org		
refresh_token		
token_expires_at		
api_host	https://api.pipecat.daily.co	default
dashboard_host	https://pipecat.daily.co	default
output		
cli_log_level	INFO	default
default_public_key		
default_public_key_name		
deploy_config_path		

"#]])
        .stderr_eq("");
    assert!(!fs::exists(home.path().join(".config")).unwrap());
}

#[test]
fn a_malformed_file_has_no_settings_to_show() {
    let (_cloud, home) = ada();
    home.write_config("token = [\n");
    home.cloud("--show-cli-config")
        .assert()
        .code(1)
        .stdout_eq("")
        .stderr_eq(str![[r"
error: `[HOME]/.config/pipecatcloud/pipecatcloud.toml` is malformed: line 1, column 10: unclosed array, expected `]`
hint: run `pipecat cloud auth login` to regenerate it; the current file is kept beside it as `.bak`

"]]);
    assert_eq!(home.config(), "token = [\n");
}

#[test]
fn settings_that_make_no_sense_hide_no_others() {
    let (_cloud, mut home) = ada();
    home.env_remove("PIPECAT_API_HOST");
    home.write_config(
        "token = \"pcc_pat_0123456789\"\norg = 7\noutput = \"loud\"\ncli_log_level = true\n",
    );
    let run = home.cloud("--show-cli-config --output plain");
    run.assert().code(1).stdout_eq(str![[r#"
Setting	Value	Source
user_config_path	[HOME]/.config/pipecatcloud/pipecatcloud.toml	
token	pcc_pat_****	[HOME]/.config/pipecatcloud/pipecatcloud.toml
org	(invalid)	
refresh_token		
token_expires_at		
api_host	https://api.pipecat.daily.co	default
dashboard_host	https://pipecat.daily.co	default
output	plain	--output
cli_log_level	(invalid)	
default_public_key		
default_public_key_name		
deploy_config_path		

"#]]).stderr_eq(str![[r#"
warning: `cli_log_level` in `[HOME]/.config/pipecatcloud/pipecatcloud.toml` is of type boolean, not text
hint: put it in quotes, or remove the line from the file
error: `org` in `[HOME]/.config/pipecatcloud/pipecatcloud.toml` is of type integer, not text
hint: run `pipecat cloud organizations select -o ORG` to choose another

"#]]);
    let run = home
        .cloud("--show-cli-config --output json")
        .assert()
        .code(1);
    let shown = json(&run);
    assert_eq!(shown["token"]["value"], "pcc_pat_****");
    assert_eq!(shown["org"]["value"], serde_json::Value::Null);
    let problem = shown["org"]["problem"].as_str().unwrap();
    assert!(problem.starts_with("`org` in "), "{problem}");
    assert_eq!(shown["error"]["code"], "invalid_setting");
    // A mode that does not exist shows in the only way that there is.
    let run = home.cloud("--show-cli-config").assert().code(1);
    assert!(stdout(&run).starts_with("Setting\tValue\tSource\n"));
}
