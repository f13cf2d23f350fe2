//! The line that may have been meant. Whatever is proposed is parsed before: it would work.

use std::ffi::OsString;

use clap::Command;
use clap::error::ContextKind;

use super::options::name_in;
use super::search::{Line, Search};
use super::{shown_words, string};
use crate::output::shell_word;

/// No more lines are proposed than these.
const MOST: usize = 3;

/// So many things may be wrong with one line.
const MOST_MISTAKES: usize = 4;

/// The way out of a command line that cannot be parsed.
pub(in crate::cli) struct Advice {
    /// The commands that were found, the program's own name first.
    path: Vec<String>,
    lines: Vec<Line>,
}

impl Advice {
    /// Looks for lines like `arguments`, the program's own name first, that can be parsed, where they
    /// could not because of `mistake`. `foreign` are commands of the official CLI, by their paths.
    pub(in crate::cli) fn new(
        mistake: &clap::Error,
        tree: &Command,
        foreign: &[Vec<&str>],
        arguments: &[OsString],
    ) -> Self {
        let words = arguments.iter().skip(1);
        let words: Option<Vec<String>> =
            words.map(|word| word.to_str().map(str::to_owned)).collect();
        // What is no text is no mistyped word either.
        let words = words.unwrap_or_default();
        let search = Search::new(tree, foreign);
        // An option is unknown to the commands that stand before it.
        let unknown = string(mistake, ContextKind::InvalidArg);
        let known = words
            .iter()
            .position(|word| unknown.starts_with('-') && name_in(word) == unknown);
        let below = search.walk(&words[..known.unwrap_or(words.len())]).0;
        let mut path = vec![search.program()];
        path.extend(below);
        let mut lines = search.mended(&words, MOST_MISTAKES);
        lines.retain(|line| line.words != words);
        if lines.len() > MOST {
            lines.clear();
        }
        Self { path, lines }
    }

    /// The command that the line asks for, as far as it was understood.
    pub(super) fn command(&self) -> String {
        self.path.join(" ")
    }

    /// The lines that may have been meant, each to be copied as it is.
    pub(super) fn lines(&self) -> Vec<String> {
        let program = &self.path[0];
        let lines = self.lines.iter().map(|line| {
            let words: Vec<String> = shown_words(&line.words)
                .map(|word| shell_word(&word))
                .collect();
            format!("{program} {}", words.join(" "))
        });
        lines.collect()
    }

    /// Whether a command of this program was meant.
    pub(in crate::cli) fn is_ours(&self) -> bool {
        self.lines.iter().any(|line| !line.is_foreign)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use clap::error::ErrorKind;

    use super::*;
    use crate::cli::tree;

    const WORDS: [&str; 20] = [
        "cloud",
        "auth",
        "login",
        "whoami",
        "org",
        "organizations",
        "keys",
        "key",
        "list",
        "lst",
        "use",
        "revoke",
        "acme",
        "select",
        "--output",
        "json",
        "-o",
        "--key",
        "--jsn",
        "pcc",
    ];

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn every_line_that_is_proposed_can_be_parsed(
            words in proptest::collection::vec(proptest::sample::select(&WORDS[..]), 0..7),
            short in proptest::option::of(Just("pcc")),
        ) {
            let tree = tree(short);
            let words = [&["pipecat"][..], &words].concat();
            if let Err(mistake) = tree.clone().try_get_matches_from(&words) {
                let arguments: Vec<OsString> = words.iter().map(OsString::from).collect();
                let advice = Advice::new(&mistake, &tree, &[], &arguments);
                for line in advice.lines() {
                    let words = shlex::split(&line).unwrap_or_default();
                    let kind = tree.clone().try_get_matches_from(words).err();
                    let kind = kind.map(|mistake| mistake.kind());
                    let parses = matches!(kind, None | Some(ErrorKind::MissingRequiredArgument));
                    prop_assert!(parses, "{line}: {kind:?}");
                }
            }
        }
    }
}
