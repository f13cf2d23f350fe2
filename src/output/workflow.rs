//! A run in a workflow of GitHub Actions: errors and warnings for the page of the job, a summary of
//! it, and values for the steps that follow
//! (<https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands>).

use std::fmt::Write as _;
use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::path::PathBuf;

use super::clean;
use crate::environment::Environment;

/// Says that a run is one of GitHub Actions.
const VARIABLE: &str = "GITHUB_ACTIONS";

/// Says what CI this program is to take notice of: `none` turns all of this off.
const SWITCH: &str = "PIPECAT_CI";

/// A run in a workflow.
#[derive(Clone, Debug, Default)]
pub struct Workflow {
    summary: Option<PathBuf>,
    outputs: Option<PathBuf>,
}

impl Workflow {
    /// The workflow that this run belongs to, if it does to one.
    #[must_use]
    pub fn find(environment: &Environment) -> Option<Self> {
        let is = |name: &str, value: &str| environment.raw(name).is_some_and(|is| is == value);
        if !is(VARIABLE, "true") || is(SWITCH, "none") {
            return None;
        }
        let path = |name| {
            let path = environment.raw(name).filter(|path| !path.is_empty());
            path.map(PathBuf::from)
        };
        Some(Self {
            summary: path("GITHUB_STEP_SUMMARY"),
            outputs: path("GITHUB_OUTPUT"),
        })
    }

    /// Adds a table to the page that sums the job up.
    pub fn summarize(&self, title: &str, rows: &[(&str, String)]) {
        // What Markdown or HTML would take for more than text is written as a character's number.
        let literal = |text: &str| {
            let mut safe = String::new();
            for character in clean(text).chars() {
                match character {
                    '<' | '>' | '&' | '|' | '`' | '*' | '_' | '[' | ']' | '\\' | '!' | '#'
                    | '@' => {
                        let _ = write!(safe, "&#{};", u32::from(character));
                    }
                    plain => safe.push(plain),
                }
            }
            safe
        };
        let mut text = format!("### {title}\n\n| | |\n| --- | --- |\n");
        for (label, value) in rows {
            let _ = writeln!(text, "| {label} | {} |", literal(value));
        }
        append(self.summary.as_ref(), &format!("{text}\n"));
    }

    /// Hands values to the steps that follow.
    pub fn set_outputs(&self, values: &[(&str, &str)]) {
        let mut lines = String::new();
        for (name, value) in values {
            let _ = writeln!(lines, "{name}={}", clean(value));
        }
        append(self.outputs.as_ref(), &lines);
    }
}

/// Adds to one of the files that the runner reads. Where that cannot be, the result of the run is
/// the same.
fn append(path: Option<&PathBuf>, text: &str) {
    let Some(path) = path else {
        return;
    };
    let written = || -> io::Result<()> {
        let mut file = OpenOptions::new().append(true).create(true).open(path)?;
        file.write_all(text.as_bytes())
    };
    if let Err(error) = written() {
        tracing::warn!("`{}` cannot be written: {error}", path.display());
    }
}

/// A workflow command that puts `text` on the page of the job; `level` is `error` or `warning`.
pub(super) fn command(level: &str, text: &str) -> String {
    let data = text
        .replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A");
    format!("::{level}::{data}")
}

/// The same line without anything in it that the runner would take for a command: whatever text of
/// others is in it is data.
pub(super) fn harmless(line: &str) -> String {
    let line = line.replace("##[", "## [");
    let text = line.trim_start();
    if text.starts_with("::") {
        return line.replacen("::", ": :", 1);
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_one_line_with_nothing_lost() {
        assert_eq!(
            command("error", "100% of it\r\nhint: ::x"),
            "::error::100%25 of it%0D%0Ahint: ::x"
        );
    }

    #[test]
    fn no_text_of_others_is_a_command() {
        for (line, expected) in [
            ("::set-output name=a::b", ": :set-output name=a::b"),
            ("  ::stop-commands::x", "  : :stop-commands::x"),
            ("a ##[error]b", "a ## [error]b"),
            ("a::b", "a::b"),
        ] {
            assert_eq!(harmless(line), expected);
        }
    }

    #[test]
    fn it_is_one_where_the_runner_says_so_and_nobody_turns_it_off() {
        let find = |variables: &[(&str, &str)]| {
            Workflow::find(&Environment::new(None, variables.iter().copied())).is_some()
        };
        assert!(find(&[("GITHUB_ACTIONS", "true")]));
        assert!(!find(&[("GITHUB_ACTIONS", "true"), ("PIPECAT_CI", "none")]));
        assert!(!find(&[("GITHUB_ACTIONS", "1")]));
        assert!(!find(&[]));
    }
}
