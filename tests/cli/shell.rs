//! What stands around the commands: completion, manual pages, explanations, the first minute.

#[cfg(unix)]
mod typed;

use std::fs;

use crate::support::home::Home;
use crate::support::run::{ada, stderr, stdout};

const SHELLS: [&str; 5] = ["bash", "elvish", "fish", "powershell", "zsh"];

/// What the program offers to a shell for the last of these words.
fn offered_to(shell: &str, home: &Home, words: &[&str]) -> Vec<String> {
    let index = (words.len() - 1).to_string();
    let output = home
        .command(["--"].iter().chain(words))
        .env("PIPECAT_COMPLETE", shell)
        .env("_CLAP_COMPLETE_INDEX", index)
        .env("_CLAP_COMPLETE_COMP_TYPE", "9")
        .env("_CLAP_COMPLETE_SPACE", "true")
        .env("_CLAP_IFS", "\n")
        .output()
        .expect("a run");
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().map(str::to_owned).collect()
}

fn offered(home: &Home, words: &[&str]) -> Vec<String> {
    offered_to("bash", home, words)
}

#[test]
fn there_is_a_script_for_every_shell() {
    let (cloud, home) = ada();
    // Completion is not a matter of the file.
    home.write_config("broken = ");
    for shell in SHELLS {
        let run = home.judged(["completions", shell]).assert().success();
        let script = stdout(&run);
        assert!(script.contains("PIPECAT_COMPLETE"), "{shell}: {script}");
        assert_eq!(stderr(&run), "");
    }
    home.judged(["completions", "tcsh"]).assert().code(2);
    assert_eq!(cloud.requests(), [""; 0]);
}

#[test]
fn what_was_last_listed_is_completed_without_a_request() {
    let (cloud, mut home) = ada();
    let agent = ["pipecat", "cloud", "agent", "status", "-o", "acme", "s"];
    assert_eq!(offered(&home, &agent), [""; 0]);
    for line in [
        "agent list",
        "secrets list",
        "regions list",
        "agent profiles list",
    ] {
        home.cloud(&format!("{line} -o acme")).assert().success();
    }
    // A part of them says nothing of the rest.
    home.cloud("agent list -o acme -r eu-central")
        .assert()
        .success();
    let asked = cloud.requests().len();
    assert_eq!(offered(&home, &agent), ["support-line", "survey"]);
    let cloud_line = ["pipecat", "cloud"];
    for (words, wanted) in [
        (
            &["agent", "list", "-o", "acme", "--region", "us"][..],
            "us-west",
        ),
        (&["agent", "stop", "-o", "acme", "book"], "booking"),
        (&["deploy", "-o", "acme", "book"], "booking"),
        (&["deploy", "-o", "acme", "x", "-r", "us"], "us-west"),
        (&["deploy", "-o", "acme", "-c", "docker"], "docker-hub"),
        (
            &["build", "list", "-o", "acme", "--region", "eu"],
            "eu-central",
        ),
    ] {
        let words = [&cloud_line[..], words].concat();
        assert_eq!(offered(&home, &words), [wanted]);
    }
    for words in [
        &["secrets", "list", "-o", "acme", ""][..],
        &["agent", "profiles", "enable", "-o", "acme", ""],
        &["deploy", "-o", "acme", "x", "--profile", ""],
        &["deploy", "-o", "acme", "x", "--secrets", ""],
    ] {
        let words = [&cloud_line[..], words].concat();
        assert!(offered(&home, &words).len() > 1, "{words:?}");
    }
    let elsewhere = [
        "pipecat",
        "cloud",
        "agent",
        "status",
        "-o",
        "team.with.dots",
        "s",
    ];
    assert_eq!(offered(&home, &elsewhere), [""; 0]);
    assert_eq!(cloud.requests().len(), asked);

    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = home.path().join(".cache/pipecat-cloud-cli");
        let mode =
            |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        if folder.exists() {
            assert_eq!(mode(&folder), 0o700);
            for file in std::fs::read_dir(&folder).unwrap() {
                assert_eq!(mode(&file.unwrap().path()), 0o600);
            }
        }
        // Where nothing can be kept, a list is a list.
        std::fs::write(home.path().join("file"), "").unwrap();
        home.env("XDG_CACHE_HOME", home.path().join("file/below"));
        home.cloud("agent list -o acme")
            .assert()
            .success()
            .stderr_eq("");
    }
    // A day later it is forgotten.
    home.env_remove("XDG_CACHE_HOME");
    home.env("SOURCE_DATE_EPOCH", "1775086401");
    assert_eq!(offered(&home, &agent), [""; 0]);
}

#[test]
fn scripts_and_explanations_are_the_same_with_any_configuration() {
    let lines = [
        "completions bash",
        "completions zsh",
        "cloud environment",
        "cloud config",
    ];
    let (_cloud, home) = ada();
    let words = |line: &'static str| line.split(' ');
    let plain = lines.map(|line| stdout(&home.judged(words(line)).assert().success()));
    for (file, variable, value) in [
        ("output = \"json\"\n", "LANG", "C"),
        ("output = \"nonsense\"\n", "LANG", "C"),
        ("output = 7\norg = 1\n", "LANG", "C"),
        ("cli_log_level = \"loud\"\n", "LANG", "C"),
        ("broken = ", "LANG", "C"),
        ("", "PIPECAT_OUTPUT", "json"),
        ("", "PIPECAT_OUTPUT", "nonsense"),
        ("", "PIPECAT_CLI_LOG_LEVEL", "loud"),
        ("", "PIPECAT_CONFIG_PATH", "/dev/null/x"),
        ("", "PIPECAT_API_HOST", "nonsense"),
    ] {
        home.write_config(file);
        for (line, plain) in lines.into_iter().zip(&plain) {
            home.judged(words(line))
                .env(variable, value)
                .assert()
                .success()
                .stdout_eq(snapbox::IntoData::raw(plain.as_str()))
                .stderr_eq("");
        }
        let folder = home.path().join("man1");
        home.judged(["man", folder.to_str().unwrap()])
            .env(variable, value)
            .assert()
            .success()
            .stderr_eq("");
    }
    // Nor is the file touched.
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let open = fs::Permissions::from_mode(0o644);
        fs::set_permissions(home.config_path(), open).unwrap();
        home.judged(["completions", "bash"]).assert().stderr_eq("");
        let mode = home.config_path().metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o644);
    }
}

#[test]
fn commands_options_and_their_values_are_completed() {
    let (_cloud, home) = ada();
    for (words, wanted) in [
        (&["pipecat", "cl"][..], "cloud"),
        (&["pipecat", "cloud", "org"], "organizations"),
        (&["pipecat", "cloud", "auth", "log"], "login"),
        (&["pipecat", "cloud", "--output", "j"], "json"),
        (
            &["pipecat", "cloud", "auth", "login", "--head"],
            "--headless",
        ),
        (&["pipecat", "completions", "z"], "zsh"),
    ] {
        let offered = offered(&home, words);
        assert!(
            offered.iter().any(|one| one.trim() == wanted),
            "{offered:?}"
        );
    }
}

#[test]
fn organizations_and_keys_of_the_file_are_completed_without_a_request() {
    let (cloud, home) = ada();
    home.write_config(
        "org = \"acme\"\n[acme]\ndefault_public_key_name = \"Phone\"\n[\"team.with.dots\"]\n",
    );
    for (words, wanted) in [
        (
            &["pipecat", "cloud", "organizations", "select", "-o", ""][..],
            &["acme", "team.with.dots"][..],
        ),
        (
            &[
                "pipecat",
                "cloud",
                "organizations",
                "keys",
                "list",
                "--organization",
                "t",
            ],
            &["team.with.dots"],
        ),
        (
            &[
                "pipecat",
                "cloud",
                "organizations",
                "keys",
                "use",
                "--key",
                "",
            ],
            &["Phone"],
        ),
    ] {
        assert_eq!(offered(&home, words), wanted);
    }
    home.write_config("broken = ");
    let none = offered(
        &home,
        &["pipecat", "cloud", "organizations", "select", "-o", ""],
    );
    assert_eq!(none, [""; 0]);
    assert_eq!(cloud.requests(), [""; 0]);
}

const USE_KEY: [&str; 6] = ["pipecat", "cloud", "organizations", "keys", "use", "--key"];

#[test]
fn no_shell_is_offered_a_name_that_could_run() {
    let (_cloud, home) = ada();
    for (name, quoted) in [
        ("Te$(touch${IFS}PWNED)", None),
        ("Te`touch PWNED`", None),
        ("Te;touch PWNED", None),
        ("Te\u{202e}", None),
        ("Test Key", Some(["Test\\ Key", "'Test Key'"])),
        ("Te'st", Some(["Te\\'st", "'Te''st'"])),
        ("Test", Some(["Test", "Test"])),
    ] {
        let quoted = quoted.map(|quoted| quoted.map(str::to_owned));
        home.write_config(&format!(
            "org = \"acme\"\n[acme]\ndefault_public_key_name = {name:?}\n"
        ));
        let line = [&USE_KEY[..], &["Te"]].concat();
        for shell in SHELLS {
            let wanted = quoted.clone().map(|[bash, powershell]| match shell {
                "bash" => bash,
                "powershell" => powershell,
                // These quote what they put on the command line.
                _ => name.to_owned(),
            });
            let wanted: Vec<String> = wanted.into_iter().collect();
            assert_eq!(offered_to(shell, &home, &line), wanted, "{shell}: {name}");
        }
    }
}

#[test]
fn a_folder_is_offered_as_harmlessly() {
    let (_cloud, home) = ada();
    for folder in ["x y", "x$(touch PWNED)", "xz"] {
        fs::create_dir(home.path().join(folder)).unwrap();
    }
    let words = ["pipecat", "man", "x"];
    assert_eq!(offered(&home, &words), ["x\\ y/", "xz/"]);
    let slash = std::path::MAIN_SEPARATOR;
    let quoted = [format!("'x y{slash}'"), format!("xz{slash}")];
    assert_eq!(offered_to("powershell", &home, &words), quoted);
}

#[test]
fn a_key_is_completed_from_the_organization_that_the_line_names() {
    let (_cloud, mut home) = ada();
    let table = |organization: &str, name: &str| {
        format!("[{organization}]\ndefault_public_key_name = \"{name}\"\n")
    };
    let tables = table("acme", "Phone") + &table("other", "Kiosk");
    let before = &USE_KEY[..5];
    let key = ["--key", ""];
    let offered = |home: &Home, options: &[&str]| offered(home, &[before, options, &key].concat());
    home.write_config(&tables);
    assert_eq!(offered(&home, &[]), ["Kiosk", "Phone"]);
    home.write_config(&format!("org = \"acme\"\n{tables}"));
    assert_eq!(offered(&home, &[]), ["Phone"]);
    for options in [
        &["-o", "other"][..],
        &["-oother"],
        &["-o=other"],
        &["--org", "other"],
        &["--organization=other"],
        &["--organization", "=", "other"],
        &["-o", "'other'"],
    ] {
        assert_eq!(offered(&home, options), ["Kiosk"], "{options:?}");
    }
    assert_eq!(offered(&home, &["-o", "nobodys"]), [""; 0]);
    home.env("PIPECAT_ORG", "other");
    assert_eq!(offered(&home, &[]), ["Kiosk"]);
}

#[test]
fn the_short_names_of_the_program_are_completed_too() {
    let (_cloud, home) = ada();
    for (line, wanted) in [
        (&["pcc", "organizations", "sel"][..], "select"),
        (&["/usr/bin/pipecatcloud", "auth", "log"], "login"),
        (&["pc", "cloud", "auth", "log"], "login"),
    ] {
        let offered = offered(&home, line);
        assert!(offered.contains(&wanted.to_owned()), "{offered:?}");
    }
    for shell in SHELLS {
        let script = stdout(&home.judged(["completions", shell]).assert().success());
        for name in ["pipecat", "pcc", "pipecatcloud", "pc"] {
            let is_named = script
                .split(|part: char| !part.is_ascii_alphanumeric())
                .any(|word| word == name);
            assert!(is_named, "{shell}: {name}: {script}");
        }
    }
}

#[test]
fn completion_that_is_switched_off_is_no_completion() {
    let (_cloud, mut home) = ada();
    for off in ["0", "", " "] {
        home.env("PIPECAT_COMPLETE", off);
        let run = home.cloud("organizations list").assert().success();
        assert!(stdout(&run).contains("acme"));
    }
    home.env("PIPECAT_COMPLETE", "tcsh");
    let run = home.cloud("organizations list").assert().code(2);
    assert!(
        stderr(&run).contains("set to `tcsh`, which is not a supported shell"),
        "{}",
        stderr(&run)
    );
    assert!(stderr(&run).contains("unset it"), "{}", stderr(&run));
}

#[test]
#[cfg(unix)]
fn bash_completes_with_the_script_and_takes_each_name_for_one_word() {
    let Some(bash) = which("bash") else {
        #[allow(clippy::print_stderr, reason = "whoever runs the tests should know")]
        {
            eprintln!("skipped: there is no bash");
        }
        return;
    };
    let (_cloud, home) = ada();
    let program = home.program().parent().unwrap().display().to_string();
    for (typed, name, line) in [
        ("", "acme", "acme"),
        ("Te", "Test Key", "Test Key"),
        ("'Te", "Test Key", "Test Key"),
        ("\"Te", "Test Key", "Test Key"),
        ("Test\\ K", "Test Key", "Test Key"),
        ("Te", "Te's (x) & #1: a=b, c@d", "Te's (x) & #1: a=b, c@d"),
        ("Te", "Te$(touch${IFS}PWNED)", ""),
        ("'Te", "Te';touch PWNED;'", ""),
        ("Te", "Test*", ""),
    ] {
        home.write_config(&format!("org = {name:?}\n"));
        // As it would stand on the line when Enter is pressed.
        let script = format!(
            "PATH={program}:/usr/bin:/bin; source <(pipecat completions bash)\n\
             word={typed}; quote=${{word:0:1}}; case $quote in [\\'\\\"]) ;; *) quote= ;; esac\n\
             COMP_WORDS=(pipecat cloud organizations select -o \"$word\"); COMP_CWORD=5; COMP_TYPE=9\n\
             _clap_complete_pipecat pipecat \"${{word#\"$quote\"}}\" -o\n\
             eval \"set -- $quote${{COMPREPLY[0]}}$quote\"; printf '%s\\n' \"$#:$*\"",
            typed = shlex::try_quote(typed).unwrap(),
        );
        let output = std::process::Command::new(&bash)
            .args(["--norc", "-c", &script])
            .current_dir(home.path())
            .env_clear()
            .envs(home.environment())
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        let words = String::from_utf8_lossy(&output.stdout).into_owned();
        let words = words.trim();
        match line {
            // An empty word, where a quote stands open.
            "" => assert!(["0:", "1:"].contains(&words), "{name}: {words}{said}"),
            line => assert_eq!(words, format!("1:{line}"), "{typed}: {said}"),
        }
        assert!(!home.path().join("PWNED").exists(), "{name}");
    }
}

#[cfg(unix)]
fn which(program: &str) -> Option<std::path::PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .map(|folder| folder.join(program))
        .find(|candidate| candidate.is_file())
}

/// What people look for on a manual page, in this order (man-pages(7)).
const SECTIONS: [&str; 10] = [
    "NAME",
    "SYNOPSIS",
    "DESCRIPTION",
    "OPTIONS",
    "COMMANDS",
    "EXAMPLES",
    "EXIT STATUS",
    "ENVIRONMENT",
    "FILES",
    "SEE ALSO",
];

#[test]
fn a_manual_page_is_written_for_every_command() {
    let (_cloud, home) = ada();
    let folder = home.path().join("share/man/man1");
    let run = home
        .judged(["man", folder.to_str().unwrap()])
        .assert()
        .success();
    assert!(
        stdout(&run).contains("wrote the manual pages to"),
        "{}",
        stdout(&run)
    );
    for page in [
        "pipecat",
        "pipecat-cloud-auth-login",
        "pipecat-cloud-organizations-keys-cycle",
    ] {
        let text = fs::read_to_string(folder.join(format!("{page}.1"))).unwrap();
        let heads = text.lines().filter_map(|line| line.strip_prefix(".SH "));
        let heads: Vec<&str> = heads.map(|head| head.trim_matches('"')).collect();
        let is_shown = |head: &&&str| match **head {
            // A group has commands, and a command examples.
            "COMMANDS" => !page.contains("login") && !page.contains("cycle"),
            "EXAMPLES" => page.contains("login") || page.contains("cycle"),
            _ => true,
        };
        let wanted: Vec<&str> = SECTIONS.iter().filter(is_shown).copied().collect();
        assert_eq!(heads, wanted, "{page}");
        let foot = concat!(" 1  \"pipecat ", env!("CARGO_PKG_VERSION"), "\"");
        let head = text.lines().find(|line| line.starts_with(".TH "));
        assert!(head.is_some_and(|head| head.contains(foot)), "{text}");
    }
    let config = folder.with_file_name("man5").join("pipecatcloud.toml.5");
    let config = fs::read_to_string(config).unwrap();
    assert!(config.contains("default_public_key_name = "), "{config}");
    // Where a file stands in the way, that is said.
    let file = home.path().join("file");
    fs::write(&file, "").unwrap();
    let run = home
        .judged(["man", file.to_str().unwrap()])
        .assert()
        .code(1);
    assert!(
        stderr(&run).contains("cannot write the manual pages to"),
        "{}",
        stderr(&run)
    );
}

#[test]
fn the_variables_and_the_file_are_explained() {
    let (_cloud, home) = ada();
    home.write_config("broken = ");
    for (topic, word) in [
        ("environment", "PIPECAT_TOKEN"),
        ("config", "default_public_key"),
    ] {
        let asked = stdout(&home.cloud(&format!("help {topic}")).assert().success());
        assert!(asked.contains(word), "{asked}");
        assert_eq!(stdout(&home.cloud(topic).assert().success()), asked);
        let run = home.cloud(&format!("{topic} --output json")).assert();
        assert_eq!(stdout(&run.success()), asked);
    }
}

#[test]
fn whoever_types_no_command_is_told_what_to_type_next() {
    for (config, variables, wanted) in [
        ("", &[][..], "sign in with `pipecat cloud auth login`"),
        (
            "",
            &[("CI", "true")],
            "in CI, set `PIPECAT_TOKEN` to a personal access token; create one at https://pipecat.daily.co/account/tokens",
        ),
        (
            "",
            &[("CI", "true"), ("PIPECAT_TOKEN", "pcc_pat_x")],
            "you are signed in",
        ),
        ("token = \"x\"\n", &[], "you are signed in"),
    ] {
        let (_cloud, mut home) = ada();
        home.write_config(config);
        for (name, value) in variables {
            home.env(name, value);
        }
        for arguments in [&[][..], &["cloud"]] {
            let run = home
                .judged(arguments.iter().copied())
                .assert()
                .code(2)
                .stdout_eq("");
            assert!(stderr(&run).contains(wanted), "{}", stderr(&run));
        }
        let run = home.cloud("auth").assert().code(2);
        assert!(!stderr(&run).contains(wanted), "{}", stderr(&run));
    }
}

#[test]
fn a_name_that_nobody_has_finds_its_nearest() {
    let (_cloud, home) = ada();
    for (line, status, wanted) in [
        ("organizations select -o acne", 1, "did you mean `acme`?"),
        (
            "organizations keys list -o ada-persnal",
            1,
            "did you mean `ada-personal`?",
        ),
        (
            "organizations keys use -o acme --key Stagin",
            1,
            "did you mean `Staging`?",
        ),
        (
            "organizations properties set -o acme defaultRegio x",
            1,
            "did you mean `defaultRegion`?",
        ),
        ("organizations lst", 2, "`pipecat cloud organizations list`"),
    ] {
        let run = home.cloud(line).assert().code(status);
        assert!(stderr(&run).contains(wanted), "{}", stderr(&run));
    }
    let run = home
        .cloud("organizations select -o something-else")
        .assert()
        .code(1);
    assert!(!stderr(&run).contains("did you mean"), "{}", stderr(&run));
}
