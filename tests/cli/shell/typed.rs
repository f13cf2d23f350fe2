//! Completion as people have it: a real shell in a terminal, Tab, Enter, and the words that the
//! program is then started with. A shell that is not installed is skipped, and that is said.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::thread;
use std::time::{Duration, Instant};

use super::which;
use crate::support::home::Home;
use crate::support::terminal::Terminal;

/// What is typed, the name that there is, and the word that comes of it.
const CASES: [(&str, &str, &str); 10] = [
    ("Te", "Test Key", "Test Key"),
    ("'Te", "Test Key", "Test Key"),
    ("\"Te", "Test Key", "Test Key"),
    ("Te", "Te's (x) & #1: a=b, c@d", "Te's (x) & #1: a=b, c@d"),
    ("T", "T–x", "T"),
    ("日", "日本", "日本"),
    ("Te", "Te$(touch${IFS}PWNED)", "Te"),
    ("Te", "Te`touch PWNED`", "Te"),
    ("Te", "Te;touch PWNED", "Te"),
    ("Te", "Te\\\"b*", "Te"),
];

const PROMPT: &str = "ready>";

/// How long a shell may take for a line.
const DEADLINE: Duration = Duration::from_secs(20);

/// Completes and runs each of the cases in a shell, which `script` prepares.
fn complete_in(shell: &str, arguments: &[&str], (file, script): (&str, &str)) {
    let Some(program) = which(shell) else {
        #[allow(clippy::print_stderr, reason = "whoever runs the tests should know")]
        {
            eprintln!("skipped: there is no {shell}");
        }
        return;
    };
    let mut home = Home::with_program(program, "http://127.0.0.1:9");
    // Stands for the program, and tells of the words that it is started with.
    let folder = home.path().join("stand-in");
    let stand_in = folder.join("pipecat");
    fs::create_dir(&folder).unwrap();
    let lines = format!(
        "#!/bin/sh\n\
         if [ -n \"$PIPECAT_COMPLETE\" ] || [ \"$1\" = completions ]; then exec '{}' \"$@\"; fi\n\
         printf '%s\\n' \"$@\" > \"$HOME/told.new\"; mv \"$HOME/told.new\" \"$HOME/told\"\n",
        env!("CARGO_BIN_EXE_pipecat")
    );
    fs::write(&stand_in, lines).unwrap();
    fs::set_permissions(&stand_in, fs::Permissions::from_mode(0o755)).unwrap();
    let file = home.path().join(file);
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(file, script).unwrap();
    let path = format!("{}:/usr/bin:/bin", folder.display());
    home.env("PATH", path).env("LC_ALL", "C.UTF-8");

    let told = home.path().join("told");
    let terminal = Terminal::spawn(&home, (24, 120), arguments);
    for (typed, name, wanted) in CASES {
        // Before the shell reads single keys, Tab is a character like any other.
        let is_editing = || {
            let screen = terminal.screen();
            screen.trim_end().ends_with(PROMPT) && !terminal.line_settings().contains("ICANON")
        };
        assert!(holds(is_editing), "{}", terminal.screen());
        home.write_config(&format!("org = {name:?}\n"));
        // elvish shows a list, from which the first Enter chooses.
        let has_list = shell == "elvish" && wanted == name;
        let enter = if has_list { "\r\r" } else { "\r" };
        terminal.send(&format!(
            "pipecat cloud organizations select -o {typed}\t{enter}"
        ));
        let words = words_at(&told);
        assert!(words.is_some(), "{name}: {}", terminal.screen());
        let words = words.unwrap_or_default();
        let given = words.lines().nth(4);
        assert_eq!(given, Some(wanted), "{name}: {words}{}", terminal.screen());
        assert_eq!(words.lines().count(), 5, "{name}: {words}");
        fs::remove_file(&told).unwrap();
    }
    let ran = home.files();
    assert!(ran.iter().all(|file| !file.contains("PWNED")), "{ran:?}");
}

/// The words that the program was started with, once they are there.
fn words_at(told: &std::path::Path) -> Option<String> {
    holds(|| told.exists()).then(|| fs::read_to_string(told).unwrap())
}

/// Whether something comes to be in time.
fn holds(condition: impl Fn() -> bool) -> bool {
    let end = Instant::now() + DEADLINE;
    while !condition() {
        if Instant::now() > end {
            return false;
        }
        thread::sleep(Duration::from_millis(10));
    }
    true
}

#[test]
fn bash_completes_what_is_typed() {
    let script = "PS1='ready> '; source <(pipecat completions bash)\n";
    complete_in("bash", &["--rcfile", "rc", "-i"], ("rc", script));
}

#[test]
fn zsh_completes_what_is_typed() {
    // Whether its completion is set up already, or not.
    for before in ["autoload -Uz compinit; compinit -u -D\n", ""] {
        let script = format!(
            "{before}source <(pipecat completions zsh) 2> ~/said\n\
             [[ -s ~/said ]] || PS1='ready> '; unsetopt prompt_sp\n"
        );
        complete_in("zsh", &["-d", "-i"], (".zshrc", &script));
    }
}

#[test]
fn fish_completes_what_is_typed() {
    let script = "function fish_prompt; echo 'ready> '; end\n\
                  function fish_greeting; end\npipecat completions fish | source\n";
    complete_in("fish", &["-i"], (".config/fish/config.fish", script));
}

#[test]
fn elvish_completes_what_is_typed() {
    let script = "set edit:prompt = { put 'ready> ' }\nset edit:rprompt = { put '' }\n\
                  eval (pipecat completions elvish | slurp)\n";
    complete_in("elvish", &[], (".config/elvish/rc.elv", script));
}
