//! Who has been handed a command line so far, so that it never goes in a circle.
//!
//! What stands on `PATH` under our name may be a shim of a version manager, or a wrapper, that
//! leads back here. That cannot be seen from outside, but afterwards: it comes back with the same
//! command line. Then the one after it is next. The official CLI may call this program too, with a
//! command line of its own, and may be handed that one.

use std::ffi::{OsStr, OsString};
use std::hash::{DefaultHasher, Hasher as _};
use std::path::Path;

/// Tells the programs that are handed a command line who has been so before them.
pub(super) const VARIABLE: &str = "PIPECAT_HANDED_OVER_BY";

/// A longer trail is a circle, whatever changes on the way.
const LONGEST: usize = 24;

/// A program that was handed this many command lines leads back, and changes them: a wrapper that
/// adds an option, for example.
const MANY: usize = 3;

/// Command lines and the programs that have had them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Trail(Vec<Step>);

/// A command line and a program, told by their hashes alone: the environment is no place for
/// arguments, and nothing that a path may hold needs quoting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Step {
    line: u64,
    program: u64,
}

impl Trail {
    /// The trail that a variable holds. What makes no sense in it is passed over.
    pub(super) fn read(value: Option<&OsStr>) -> Self {
        let text = value.and_then(OsStr::to_str).unwrap_or_default();
        let number = |text| u64::from_str_radix(text, 16).ok();
        let steps = text.split(',').filter_map(|step| {
            let (line, program) = step.split_once('-')?;
            Some(Step {
                line: number(line)?,
                program: number(program)?,
            })
        });
        Self(steps.collect())
    }

    /// The same, for the variable.
    pub(super) fn value(&self) -> String {
        let steps: Vec<String> = self
            .0
            .iter()
            .map(|Step { line, program }| format!("{line:x}-{program:x}"))
            .collect();
        steps.join(",")
    }

    /// The trail of a program that is handed `line` after these.
    pub(super) fn then<'a>(
        &self,
        line: &[OsString],
        programs: impl IntoIterator<Item = &'a Path>,
    ) -> Self {
        let line = hash(line);
        let steps = programs.into_iter().map(|program| Step {
            line,
            program: hash(program.as_os_str()),
        });
        Self(self.0.iter().copied().chain(steps).collect())
    }

    /// Whether `program` has had this line already, and brought it back.
    pub(super) fn leads_back(&self, line: &[OsString], program: &Path) -> bool {
        let (line, program) = (hash(line), hash(program.as_os_str()));
        let had = self.0.iter().filter(|step| step.program == program);
        self.0.len() >= LONGEST || had.clone().any(|step| step.line == line) || had.count() >= MANY
    }
}

fn hash<T: std::hash::Hash + ?Sized>(value: &T) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(text: &str) -> Vec<OsString> {
        text.split(' ').map(OsString::from).collect()
    }

    #[test]
    fn a_program_that_brings_a_line_back_is_passed_over() {
        let (shim, official) = (Path::new("/shims/pipecat"), Path::new("/opt/pipecat"));
        let trail = Trail::default().then(&line("init x"), [shim]);
        assert!(trail.leads_back(&line("init x"), shim));
        assert!(!trail.leads_back(&line("init x"), official));
        assert!(!trail.leads_back(&line("cloud deploy"), shim));
    }

    #[test]
    fn a_program_that_changes_the_line_each_time_is_passed_over_in_the_end() {
        let wrapper = Path::new("/wrappers/pipecat");
        let mut trail = Trail::default();
        let mut rounds = 0;
        let mut text = "init".to_owned();
        while !trail.leads_back(&line(&text), wrapper) {
            trail = trail.then(&line(&text), [wrapper]);
            text.push_str(" more");
            rounds += 1;
        }
        assert_eq!(rounds, MANY);
    }

    #[test]
    fn a_trail_has_an_end_whatever_is_on_it() {
        let mut trail = Trail::default();
        for number in 0..LONGEST {
            let program = format!("/{number}");
            trail = trail.then(&line(&program), [Path::new(&program)]);
        }
        assert!(trail.leads_back(&line("init"), Path::new("/new")));
    }

    #[test]
    fn a_trail_reads_back_as_it_was() {
        let trail = Trail::default()
            .then(&line("init"), [Path::new("/a:b"), Path::new("/c")])
            .then(&line("cloud deploy"), [Path::new("/c")]);
        assert_eq!(Trail::read(Some(OsStr::new(&trail.value()))), trail);
        for nonsense in ["", "x", "1-2-3,4-g", "/usr/bin/pipecat"] {
            assert_eq!(Trail::read(Some(OsStr::new(nonsense))), Trail::default());
        }
        assert_eq!(Trail::read(None), Trail::default());
    }
}
