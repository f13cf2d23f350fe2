//! Options as they are typed.

use clap::{Arg, Command};

/// An option's name in a word that may have its value, too.
pub(super) fn name_in(word: &str) -> &str {
    word.split('=').next().unwrap_or_default()
}

/// How an option is written in a line that is proposed.
pub(super) fn spelling(option: &Arg) -> Option<String> {
    match (option.get_short(), option.get_long()) {
        (Some('o'), _) => Some("-o".to_owned()),
        (_, Some(long)) => Some(format!("--{long}")),
        _ => None,
    }
}

/// Everything that an option may be typed as.
pub(super) fn spellings(option: &Arg) -> Vec<String> {
    let long = option.get_long_and_visible_aliases().unwrap_or_default();
    let short = option.get_short_and_visible_aliases().unwrap_or_default();
    let long = long.into_iter().map(|name| format!("--{name}"));
    long.chain(short.into_iter().map(|name| format!("-{name}")))
        .collect()
}

pub(super) fn takes_value(option: &Arg) -> bool {
    option.get_action().takes_values()
}

pub(super) fn options_with_values(tree: &Command) -> Vec<String> {
    let own = tree.get_arguments().filter(|option| takes_value(option));
    let own = own.flat_map(spellings);
    own.chain(tree.get_subcommands().flat_map(options_with_values))
        .collect()
}
