//! The lines that are like one that cannot be parsed, and can be.

use clap::error::{ContextKind, ErrorKind};
use clap::{Arg, Command};

use super::distance::{Distance, distance, misspelt};
use super::options::{name_in, options_with_values, spelling, spellings, takes_value};
use super::{is_visible, string, strings};
use crate::commands::ORGANIZATION_OPTION;
use crate::output::Mode;
use crate::settings::Choice as _;

/// Names of the program, which some type twice.
const PROGRAM_NAMES: [&str; 4] = ["pipecat", "pc", "pcc", "pipecatcloud"];

/// A command line without the program's name, and whether it is one for the official CLI.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    pub words: Vec<String>,
    pub is_foreign: bool,
}

/// What there is to find.
pub(super) struct Search<'a> {
    tree: Command,
    foreign: &'a [Vec<&'a str>],
    /// The options that a value follows, as they are typed.
    valued: Vec<String>,
}

impl<'a> Search<'a> {
    /// Among the commands of `tree`, and those of the official CLI.
    pub(super) fn new(tree: &Command, foreign: &'a [Vec<&'a str>]) -> Self {
        let mut tree = tree.clone();
        // Only so does every command have the global options.
        tree.build();
        Self {
            valued: options_with_values(&tree),
            tree,
            foreign,
        }
    }

    /// The program's own name.
    pub(super) fn program(&self) -> String {
        let name = self.tree.get_bin_name();
        name.unwrap_or_else(|| self.tree.get_name()).to_owned()
    }

    /// The lines that can be parsed and are as near as can be.
    pub(super) fn mended(&self, words: &[String], mistakes: usize) -> Vec<Line> {
        let line = |is_foreign| Line {
            words: words.to_vec(),
            is_foreign,
        };
        let all = std::iter::once(self.program()).chain(words.iter().cloned());
        let Err(mistake) = self.tree.clone().try_get_matches_from(all) else {
            return vec![line(false)];
        };
        let mended = match mistake.kind() {
            // What is missing, only its author knows.
            ErrorKind::MissingRequiredArgument
            | ErrorKind::DisplayHelp
            | ErrorKind::DisplayVersion => return vec![line(false)],
            _ if self.is_foreign(words) => return vec![line(true)],
            _ if mistakes == 0 => return Vec::new(),
            ErrorKind::InvalidSubcommand => self.rearranged(words),
            ErrorKind::UnknownArgument => {
                let argument = string(&mistake, ContextKind::InvalidArg);
                if argument.starts_with('-') {
                    self.with_option_mended(words, &argument)
                } else {
                    self.with_word_as_option(words, &argument)
                }
            }
            ErrorKind::InvalidValue => {
                let value = string(&mistake, ContextKind::InvalidValue);
                with_value_mended(words, &value, &strings(&mistake, ContextKind::ValidValue))
            }
            _ => Vec::new(),
        };
        let mut lines = Vec::new();
        for words in mended {
            for line in self.mended(&words, mistakes - 1) {
                if !lines.contains(&line) {
                    lines.push(line);
                }
            }
        }
        lines
    }

    /// The places of the words that are neither options nor their values.
    fn commands_in(&self, words: &[String]) -> Vec<usize> {
        let mut places = Vec::new();
        let mut is_value = false;
        for (place, word) in words.iter().enumerate() {
            if is_value {
                is_value = false;
            } else if word.starts_with('-') && word.len() > 1 {
                is_value = self.valued.contains(word);
            } else {
                places.push(place);
            }
        }
        places
    }

    /// The commands that a line begins with, and the one that they lead to.
    pub(super) fn walk(&self, words: &[String]) -> (Vec<String>, &Command) {
        let (mut path, mut command) = (Vec::new(), &self.tree);
        for place in self.commands_in(words) {
            let Some(below) = command.find_subcommand(&words[place]) else {
                break;
            };
            path.push(below.get_name().to_owned());
            command = below;
        }
        (path, command)
    }

    fn is_foreign(&self, words: &[String]) -> bool {
        let typed = self.commands_in(words).into_iter();
        let typed: Vec<&str> = typed.map(|place| words[place].as_str()).collect();
        self.foreign.iter().any(|path| typed.starts_with(path))
    }

    /// The same words with the commands among them put right: spelt, in their order, none missing.
    fn rearranged(&self, words: &[String]) -> Vec<Vec<String>> {
        let places = self.commands_in(words);
        let (found, _) = self.walk(words);
        let Some(unknown) = places.get(found.len()).map(|&place| words[place].as_str()) else {
            return Vec::new();
        };
        // A level that is implied, or has been said.
        let is_said = unknown == "cloud"
            && (found.contains(&"cloud".to_owned()) || self.is_short())
            || found.is_empty() && PROGRAM_NAMES.contains(&unknown);
        if is_said {
            return vec![without(words, &places[found.len()..=found.len()])];
        }
        if let Some(at) = found.iter().position(|name| name == "help") {
            let mut line = without(words, &places[at..=at]);
            if at == 0 && !self.is_short() {
                // The pages of help are those of this level.
                line.splice(0..0, ["cloud".to_owned(), "help".to_owned()]);
            } else {
                line.push("--help".to_owned());
            }
            return vec![line];
        }
        let mut paths = Vec::new();
        paths_below(&self.tree, &mut Vec::new(), &mut paths);
        paths.extend(self.foreign.iter().cloned());
        // As many words as can be are commands; those behind them are arguments.
        for count in (found.len() + 1..=places.len()).rev() {
            let typed: Vec<&str> = places[..count]
                .iter()
                .map(|&place| words[place].as_str())
                .collect();
            let near = paths.iter().filter_map(|path| {
                let distance = distance(&typed, path)?;
                Some((distance, path))
            });
            let near: Vec<(Distance, &Vec<&str>)> = near.collect();
            let Some(least) = near.iter().map(|(distance, _)| *distance).min() else {
                continue;
            };
            let rest = without(words, &places[..count]);
            let nearest = near.iter().filter(|(distance, _)| *distance == least);
            let lines = nearest.map(|(_, path)| {
                let path = path.iter().map(|&name| name.to_owned());
                path.chain(rest.iter().cloned()).collect()
            });
            return lines.collect();
        }
        Vec::new()
    }

    /// Whether the program goes by a name that implies a level.
    fn is_short(&self) -> bool {
        self.tree.find_subcommand("cloud").is_none()
    }

    /// The same words with an option spelt as there is one, or in the place where it belongs.
    fn with_option_mended(&self, words: &[String], option: &str) -> Vec<Vec<String>> {
        let Some(place) = words.iter().position(|word| name_in(word) == option) else {
            return Vec::new();
        };
        if let Some(mode) = option.strip_prefix("--")
            && Mode::NAMES.contains(&mode)
        {
            let mut line = words.to_vec();
            line.splice(place..=place, ["--output".to_owned(), mode.to_owned()]);
            return vec![line];
        }
        // What is known further on stands too early here.
        let (_, command) = self.walk(&words[..place]);
        let options = command.get_arguments().filter(|one| !one.is_hide_set());
        let names: Vec<String> = options.flat_map(spellings).collect();
        let near = names.iter().map(|name| (misspelt(option, name), name));
        let near = near.filter_map(|(distance, name)| Some((distance?, name)));
        let mut lines = Vec::new();
        if let Some((_, name)) = near.min_by_key(|(distance, _)| *distance) {
            let mut spelt = words.to_vec();
            spelt[place] = words[place].replacen(option, name, 1);
            lines.push(spelt);
        }
        let takes_next = self.valued.contains(&words[place]) && place + 1 < words.len();
        let places: Vec<usize> = (place..=place + usize::from(takes_next)).collect();
        if lines.is_empty() && places.last() != Some(&(words.len() - 1)) {
            let moved = places.iter().map(|&place| words[place].clone());
            lines.push(without(words, &places).into_iter().chain(moved).collect());
        }
        lines
    }

    /// The same words with an argument, of which the command takes none, as an option's value.
    fn with_word_as_option(&self, words: &[String], argument: &str) -> Vec<Vec<String>> {
        let (path, command) = self.walk(words);
        let places = &self.commands_in(words)[path.len()..];
        let surplus: Vec<usize> = places
            .iter()
            .copied()
            .skip_while(|&place| words[place] != argument)
            .collect();
        let Some(&first) = surplus.first() else {
            return Vec::new();
        };
        // A name of several words that was not quoted.
        let value: Vec<&str> = surplus.iter().map(|&place| words[place].as_str()).collect();
        let value = value.join(" ");
        if command.get_positionals().next().is_some() {
            return Vec::new();
        }
        let own = command.get_arguments().filter(|option| {
            takes_value(option)
                && !option.is_global_set()
                && !spellings(option).iter().any(|name| words.contains(name))
        });
        // What a command is about comes before the place where it works.
        let (places, own): (Vec<&Arg>, Vec<&Arg>) =
            own.partition(|option| option.get_id() == ORGANIZATION_OPTION);
        let Some(option) = own.into_iter().chain(places).find_map(spelling) else {
            return Vec::new();
        };
        let mut line = without(words, &surplus);
        line.splice(first..first, [option, value]);
        vec![line]
    }
}

/// The same words with a value spelt as one of those that there are.
fn with_value_mended(words: &[String], value: &str, valid: &[String]) -> Vec<Vec<String>> {
    let near = valid.iter().map(|name| (misspelt(value, name), name));
    let near = near.filter_map(|(distance, name)| Some((distance?, name)));
    let nearest = near.min_by_key(|(distance, _)| *distance);
    let is_value = |word: &String| word == value || word.ends_with(&format!("={value}"));
    let place = words.iter().rposition(is_value);
    let (Some((_, name)), Some(place)) = (nearest, place) else {
        return Vec::new();
    };
    let mut line = words.to_vec();
    line[place] = words[place].replace(value, name);
    vec![line]
}

/// Every command below `tree`, by its path.
fn paths_below<'a>(tree: &'a Command, at: &mut Vec<&'a str>, into: &mut Vec<Vec<&'a str>>) {
    for command in tree.get_subcommands().filter(|command| is_visible(command)) {
        at.push(command.get_name());
        into.push(at.clone());
        paths_below(command, at, into);
        at.pop();
    }
}

/// The words but for those at these places.
fn without(words: &[String], places: &[usize]) -> Vec<String> {
    let kept = words.iter().enumerate();
    let kept = kept.filter(|(place, _)| !places.contains(place));
    kept.map(|(_, word)| word.clone()).collect()
}
