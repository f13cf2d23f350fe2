//! What each shell is offered: only what it takes as one word, and runs as nothing.
//!
//! zsh, fish and elvish quote what they put on the command line, inside of quotes as well. bash and
//! PowerShell put it there as it is, so that it has to be quoted here. Whatever could mean more than
//! itself somewhere, even so, is offered to none of them.

use std::ffi::OsString;
use std::io::{self, Write};
use std::path::Path;

use clap::Command;
use clap_complete::engine::{self, CompletionCandidate};
use clap_complete::env::{Bash, Elvish, EnvCompleter, Fish, Powershell, Shells, Zsh};

use crate::output::is_harmful;

/// All of them.
pub(super) const SHELLS: Shells<'static> = Shells(&[
    &Careful(Shell::Bash),
    &Careful(Shell::Elvish),
    &Careful(Shell::Fish),
    &Careful(Shell::Pwsh),
    &Careful(Shell::Zsh),
]);

/// A shell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shell {
    Bash,
    Elvish,
    Fish,
    /// PowerShell.
    Pwsh,
    Zsh,
}

/// The library's way of talking to a shell, with care for what is said.
struct Careful(Shell);

impl Careful {
    fn library(&self) -> &'static dyn EnvCompleter {
        match self.0 {
            Shell::Bash => &Bash,
            Shell::Elvish => &Elvish,
            Shell::Fish => &Fish,
            Shell::Pwsh => &Powershell,
            Shell::Zsh => &Zsh,
        }
    }
}

impl EnvCompleter for Careful {
    fn name(&self) -> &'static str {
        self.library().name()
    }

    fn is(&self, name: &str) -> bool {
        self.library().is(name)
    }

    fn write_registration(
        &self,
        variable: &str,
        name: &str,
        command: &str,
        program: &str,
        into: &mut dyn Write,
    ) -> io::Result<()> {
        if self.0 != Shell::Bash {
            let mut script = Vec::new();
            let library = self.library();
            library.write_registration(variable, name, command, program, &mut script)?;
            let mut script = String::from_utf8(script).map_err(io::Error::other)?;
            if self.0 == Shell::Zsh {
                script = script.replace("\ncompdef ", ZSH_COMPDEF);
            }
            return into.write_all(script.as_bytes());
        }
        let script = BASH_SCRIPT
            .replace("VARIABLE", variable)
            .replace("PROGRAM", program)
            .replace("COMMAND", command);
        into.write_all(script.as_bytes())
    }

    fn write_complete(
        &self,
        tree: &mut Command,
        mut words: Vec<OsString>,
        here: Option<&Path>,
        into: &mut dyn Write,
    ) -> io::Result<()> {
        let index = match self.0 {
            Shell::Fish | Shell::Pwsh => words.len().saturating_sub(1),
            Shell::Bash | Shell::Elvish | Shell::Zsh => number_of("_CLAP_COMPLETE_INDEX"),
        };
        words.truncate(index + 1);
        words.resize(index + 1, OsString::new());
        let (before, current) = words.split_at_mut(index);
        let Some(typed) = current[0].to_str().and_then(|word| self.0.typed(word)) else {
            return Ok(());
        };
        current[0] = typed.text.clone().into();
        if matches!(self.0, Shell::Bash | Shell::Zsh) {
            for word in before.iter_mut() {
                *word = word
                    .to_str()
                    .map_or(word.clone(), |word| unquoted(word).into());
            }
        }
        // `--option=value` is three words to bash, of which it replaces the last.
        let split = match before {
            [.., option, equals] if self.0 == Shell::Bash && equals == "=" => {
                Some(format!("{}=", option.to_string_lossy()))
            }
            _ => None,
        };
        let mut index = index;
        if let Some(option) = &split {
            index -= 2;
            words.truncate(index);
            words.push(format!("{option}{}", typed.text).into());
        }
        let candidates = engine::complete(tree, words, index, here)?;
        let offered = candidates.iter().filter_map(|candidate| {
            let value = candidate.get_value().to_str()?;
            let value = match &split {
                Some(option) => value.strip_prefix(option)?,
                None => value,
            };
            Some((self.0.spelled(value, typed.quote)?, candidate))
        });
        let lines: Vec<String> = offered
            .map(|(value, candidate)| self.0.line(&value, candidate))
            .collect();
        into.write_all(lines.join("\n").as_bytes())
    }
}

/// What stands on the command line so far.
#[derive(Debug, PartialEq, Eq)]
struct Typed {
    text: String,
    /// The quote that stands open before it.
    quote: Option<char>,
}

impl Shell {
    /// A word as it was typed, without its quotes. Nothing for one whose quotes do not stand around
    /// it: the shell would put the rest of the word in a place of its own choice.
    fn typed(self, word: &str) -> Option<Typed> {
        if matches!(self, Self::Elvish | Self::Pwsh) {
            // These say what the word means.
            let text = word.to_owned();
            return Some(Typed { text, quote: None });
        }
        let quote = word.chars().next().filter(|first| "'\"".contains(*first));
        let escapes = match quote {
            None => None,
            Some('"') => Some("\"\\$`"),
            Some(_) if self == Self::Fish => Some("'\\"),
            Some(_) => Some(""),
        };
        let mut text = String::new();
        let mut characters = word.chars().skip(usize::from(quote.is_some())).peekable();
        while let Some(character) = characters.next() {
            let next = characters
                .peek()
                .filter(|next| escapes.is_none_or(|these| these.contains(**next)));
            match (character, next) {
                ('\\', Some(_)) => text.extend(characters.next()),
                ('\'' | '"', _) if quote.is_none_or(|quote| quote == character) => return None,
                _ => text.push(character),
            }
        }
        Some(Typed { text, quote })
    }

    /// A value as it goes to the shell, where the word begins with this quote; nothing if it could
    /// mean more than itself.
    fn spelled(self, value: &str, quote: Option<char>) -> Option<String> {
        // What separates folders on Windows is a character like any other to PowerShell alone. The
        // other shells get what Windows takes as well.
        let slashed = (self != Self::Pwsh).then(|| value.replace(is_separator, "/"));
        let value = slashed.as_deref().unwrap_or(value);
        let is_all = |kind: fn(char) -> bool| {
            let mut characters = value.chars();
            characters.all(|character| kind(character) || is_separator(character))
        };
        // A blank at an end is lost on the way through some of the scripts.
        if !is_all(is_tame) || value.trim() != value {
            return None;
        }
        let plain = is_all(is_plain) && !value.starts_with('=');
        match (self, quote) {
            // bash begins a word at `=`, and puts what it is offered behind one that was typed.
            (Self::Bash, None) if value.starts_with('=') => None,
            (Self::Bash, Some(quote)) => (!value.contains(quote)).then(|| value.to_owned()),
            (Self::Bash, None) if !plain => {
                let mut escaped = String::new();
                for character in value.chars() {
                    if !is_plain(character) || character == '=' {
                        escaped.push('\\');
                    }
                    escaped.push(character);
                }
                Some(escaped)
            }
            (Self::Pwsh, _) if !plain => Some(format!("'{}'", value.replace('\'', "''"))),
            _ => Some(value.to_owned()),
        }
    }

    /// A candidate as the shell's script reads it.
    fn line(self, value: &str, candidate: &CompletionCandidate) -> String {
        let help = candidate.get_help().map(ToString::to_string);
        let help = help.as_deref().and_then(|help| help.lines().next());
        match (self, help) {
            (Self::Fish | Self::Pwsh, Some(help)) => format!("{value}\t{help}"),
            (Self::Bash | Self::Elvish | Self::Fish | Self::Pwsh, _) => value.to_owned(),
            (Self::Zsh, help) => {
                let value = value.replace('\\', "\\\\").replace(':', "\\:");
                match help {
                    Some(help) => format!("{value}:{}", help.replace('\\', "\\\\")),
                    None => value,
                }
            }
        }
    }
}

/// Whether a character separates folders beside the slash.
fn is_separator(character: char) -> bool {
    cfg!(windows) && character == '\\'
}

/// Whether a character means itself in every shell, wherever it stands in a word.
fn is_plain(character: char) -> bool {
    character.is_ascii_alphanumeric() || "_-./+=".contains(character) || !character.is_ascii()
}

/// Whether a character means itself in every shell once it is quoted. Those that begin an expansion
/// are not among them, nor what PowerShell takes for quotes and hyphens.
fn is_tame(character: char) -> bool {
    is_plain(character) && character.is_ascii()
        || " ,:@#&()'".contains(character)
        || !character.is_ascii()
            && !character.is_whitespace()
            && !is_harmful(character)
            && !matches!(character, '\u{2013}'..='\u{2015}' | '\u{2018}'..='\u{201f}')
}

/// A whole word of a POSIX shell without its quotes, or as it is if they are not in order.
pub(super) fn unquoted(word: &str) -> String {
    match shlex::split(word).as_deref() {
        Some([one]) => one.clone(),
        _ => word.to_owned(),
    }
}

fn number_of(variable: &str) -> usize {
    let value = std::env::var(variable).ok();
    value
        .and_then(|value| value.parse().ok())
        .unwrap_or_default()
}

/// zsh has no `compdef` before its completion is set up, which a bare `.zshrc` does not do.
const ZSH_COMPDEF: &str =
    "\n(( $+functions[compdef] )) || { autoload -Uz compinit && compinit }\ncompdef ";

/// The library's script for bash expands what comes back as if it were patterns of file names, and
/// does not tell of a quote that stands open.
const BASH_SCRIPT: &str = r#"
_clap_complete_COMMAND() {
    local candidate current="$2" words=("${COMP_WORDS[@]:0:COMP_CWORD}")
    # $2 lacks the quote that the word begins with.
    case "${COMP_WORDS[COMP_CWORD]}" in
        \'* | \"*) current="${COMP_WORDS[COMP_CWORD]:0:1}${current#[\'\"]}" ;;
    esac
    COMPREPLY=()
    while IFS= read -r candidate; do
        [[ -n "$candidate" ]] && COMPREPLY+=("$candidate")
    done <<< "$(VARIABLE=bash _CLAP_COMPLETE_INDEX="$COMP_CWORD" \
        PROGRAM -- "${words[@]}" "$current" 2> /dev/null)"
    if [[ "${COMPREPLY-}" == *[/=] ]]; then
        compopt -o nospace 2> /dev/null
    fi
}
complete -o bashdefault -F _clap_complete_COMMAND COMMAND
"#;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ALL: [Shell; 5] = [
        Shell::Bash,
        Shell::Elvish,
        Shell::Fish,
        Shell::Pwsh,
        Shell::Zsh,
    ];

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn bash_takes_what_it_is_offered_for_that_one_word(
            value in "[ -~\\né“\u{a0}]{1,12}",
            quote in prop_oneof![Just(None), Just(Some('\'')), Just(Some('"'))],
        ) {
            if let Some(spelled) = Shell::Bash.spelled(&value, quote) {
                let quote = quote.map(String::from).unwrap_or_default();
                let word = format!("{quote}{spelled}{quote}");
                let meant = value.replace(is_separator, "/");
                prop_assert_eq!(shlex::split(&word), Some(vec![meant]));
                prop_assert!(!word.contains(['$', '`', '!', '*', '~', '\n']));
            }
        }
    }

    #[test]
    fn what_could_run_or_expand_is_offered_to_no_shell() {
        for value in [
            "Te$(touch${IFS}PWNED)",
            "`x`",
            "a;b",
            "a|b",
            "a>b",
            "*",
            "a?",
            "[a]",
            "{a,b}",
            "~root",
            "!!",
            #[cfg(not(windows))]
            "a\\b",
            "a\"b",
            "a\nb",
            "a\tb",
            "a\u{a0}b",
            "a\u{2019}b",
            "a\u{202e}b",
            "100%",
            "^x",
            "kiosk ",
            " kiosk",
        ] {
            for shell in ALL {
                for quote in [None, Some('\''), Some('"')] {
                    assert_eq!(shell.spelled(value, quote), None, "{shell:?}: {value}");
                }
            }
        }
    }

    #[test]
    fn each_shell_gets_names_in_its_own_quotes() {
        for (value, bash, powershell) in [
            ("Phone", "Phone", "Phone"),
            ("team.with.dots", "team.with.dots", "team.with.dots"),
            ("日本", "日本", "日本"),
            ("Test Key", "Test\\ Key", "'Test Key'"),
            ("Ada's (web)", "Ada\\'s\\ \\(web\\)", "'Ada''s (web)'"),
            ("--key=a b", "--key\\=a\\ b", "'--key=a b'"),
        ] {
            assert_eq!(Shell::Bash.spelled(value, None).as_deref(), Some(bash));
            let spelled = Shell::Pwsh.spelled(value, None);
            assert_eq!(spelled.as_deref(), Some(powershell));
            for shell in [Shell::Elvish, Shell::Fish, Shell::Zsh] {
                assert_eq!(shell.spelled(value, None).as_deref(), Some(value));
            }
        }
        assert_eq!(Shell::Bash.spelled("=x", None), None);
        assert_eq!(Shell::Pwsh.spelled("=x", None).as_deref(), Some("'=x'"));
        // Within a quote there is nothing else to escape, or no way to.
        let within = |quote| Shell::Bash.spelled("Ada's (web)", Some(quote));
        assert_eq!(within('"').as_deref(), Some("Ada's (web)"));
        assert_eq!(within('\''), None);
    }

    #[test]
    fn a_half_typed_word_is_read_as_the_shell_would() {
        let typed = |text: &str, quote| {
            let text = text.to_owned();
            Some(Typed { text, quote })
        };
        for shell in [Shell::Bash, Shell::Fish, Shell::Zsh] {
            for (word, meant) in [
                ("", typed("", None)),
                ("Te", typed("Te", None)),
                ("Test\\ K", typed("Test K", None)),
                ("Ada\\'s", typed("Ada's", None)),
                ("'Test K", typed("Test K", Some('\''))),
                ("\"Test K", typed("Test K", Some('"'))),
                ("\"a\\\"b", typed("a\"b", Some('"'))),
                ("\"Ada's", typed("Ada's", Some('"'))),
                ("Te'st", None),
                ("'Te'st", None),
                ("\"Te\"", None),
            ] {
                assert_eq!(shell.typed(word), meant, "{shell:?}: {word}");
            }
        }
        assert_eq!(Shell::Bash.typed("'a\\"), typed("a\\", Some('\'')));
        assert_eq!(Shell::Fish.typed("'a\\'b"), typed("a'b", Some('\'')));
        assert_eq!(Shell::Elvish.typed("it's"), typed("it's", None));
    }
}
