//! What stays out of a build context: the lines of a `.dockerignore`, or the built-in names and
//! the patterns of the deploy file.
//!
//! The last line that applies to a path decides. A line applies if it matches in the [loose
//! way](Pattern::loose), which is that of the official CLI, or in [Docker's](Pattern::docker): so
//! nothing goes up that either would leave out. A line with `!` takes a path in again, in Docker's
//! way.

use super::pattern::Pattern;

/// What is left out where there is no `.dockerignore`, without a word.
const BUILT_IN: &[&str] = &[
    ".git",
    ".gitignore",
    ".gitattributes",
    "__pycache__",
    "*.pyc",
    "*.pyo",
    "*.pyd",
    ".Python",
    ".pytest_cache",
    ".coverage",
    "htmlcov",
    ".tox",
    ".nox",
    ".mypy_cache",
    ".ruff_cache",
    ".vscode",
    ".idea",
    "*.swp",
    "*.swo",
    ".claude",
    ".codex",
    ".cursor",
    "pcc-deploy.toml",
    ".ipynb_checkpoints",
    ".cache",
    ".DS_Store",
    "Thumbs.db",
];

/// What is left out there, and may be missed.
const BUILT_IN_AND_SAID: &[&str] = &[
    ".env",
    ".env.*",
    "*.pem",
    "*.key",
    "*.so",
    "venv",
    ".venv",
    "ENV",
    "env",
    "dist",
    "build",
    "*.egg-info",
    "*.egg",
    ".eggs",
    "node_modules",
    ".github",
    "*.log",
];

/// All lines, in their order.
#[derive(Clone, Debug, Default)]
pub(super) struct Rules(Vec<Rule>);

#[derive(Clone, Debug)]
struct Rule {
    loose: Option<Pattern>,
    docker: Option<Pattern>,
    effect: Effect,
}

/// What becomes of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    /// It goes in.
    In,
    /// It stays out.
    Out,
    /// The same, by a name that its owner may not have thought of.
    OutAndSaid,
}

/// A line that says nothing in Docker's way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct BadLine {
    /// Its number, counted from 1.
    pub number: usize,
    /// What it says.
    pub text: String,
}

impl Rules {
    /// The lines of a `.dockerignore`.
    pub(super) fn of_dockerignore(text: &str) -> (Self, Vec<BadLine>) {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        Self::default().and(text.lines())
    }

    /// The built-in names and further patterns.
    pub(super) fn built_in<'a>(
        patterns: impl IntoIterator<Item = &'a str>,
    ) -> (Self, Vec<BadLine>) {
        let rules = |names: &[&str], effect| {
            let names = names.iter().map(|name| Rule {
                loose: Some(Pattern::loose(name)),
                docker: None,
                effect,
            });
            names.collect::<Vec<_>>()
        };
        let mut built_in = rules(BUILT_IN, Effect::Out);
        built_in.extend(rules(BUILT_IN_AND_SAID, Effect::OutAndSaid));
        Self(built_in).and(patterns)
    }

    /// The same with further lines, and those of them that are no patterns.
    fn and<'a>(mut self, lines: impl IntoIterator<Item = &'a str>) -> (Self, Vec<BadLine>) {
        let mut bad = Vec::new();
        for (index, line) in lines.into_iter().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let (text, effect) = match line.strip_prefix('!') {
                Some(text) => (text.trim(), Effect::In),
                None => (line, Effect::Out),
            };
            let docker = cleaned(text).map(|text| Pattern::docker(&text)).transpose();
            if docker.is_err() {
                bad.push(BadLine {
                    number: index + 1,
                    text: line.to_owned(),
                });
            }
            let loose = text.strip_prefix("./").unwrap_or(text);
            let loose = loose.trim_end_matches('/');
            let is_loose = effect == Effect::Out && !loose.is_empty();
            self.0.push(Rule {
                loose: is_loose.then(|| Pattern::loose(loose)),
                docker: docker.ok().flatten(),
                effect,
            });
        }
        (self, bad)
    }

    /// What becomes of a path.
    pub(super) fn effect(&self, path: &str) -> Effect {
        self.decisive(path)
            .map_or(Effect::In, |at| self.0[at].effect)
    }

    /// Whether something below a folder that stays out may go in all the same.
    pub(super) fn may_hold(&self, folder: &str) -> bool {
        let after = self.decisive(folder).map_or(0, |at| at + 1);
        let mut later = self.0[after..].iter();
        later.any(|rule| {
            rule.effect == Effect::In
                && rule
                    .docker
                    .as_ref()
                    .is_some_and(|docker| docker.may_begin(&format!("{folder}/")))
        })
    }

    /// The last line that applies to a path.
    fn decisive(&self, path: &str) -> Option<usize> {
        self.0.iter().rposition(|rule| rule.applies(path))
    }
}

impl Rule {
    fn applies(&self, path: &str) -> bool {
        let loose = self.loose.as_ref().is_some_and(|loose| {
            path.split('/').any(|name| loose.matches(name)) || loose.matches_above(path)
        });
        loose
            || self
                .docker
                .as_ref()
                .is_some_and(|docker| docker.matches_above(path))
    }
}

/// A pattern as Docker cleans it: without empty segments, `.`, `..` as far as it leads out of a
/// segment before it, and `/` at its beginning. Nothing where nothing is left.
fn cleaned(text: &str) -> Option<String> {
    let mut segments: Vec<&str> = Vec::new();
    for segment in text.split('/') {
        match (segment, segments.last()) {
            ("" | ".", _) => {}
            ("..", Some(&last)) if last != ".." => {
                segments.pop();
            }
            ("..", None) if text.starts_with('/') => {}
            (segment, _) => segments.push(segment),
        }
    }
    (!segments.is_empty()).then(|| segments.join("/"))
}

#[cfg(test)]
mod tests;
