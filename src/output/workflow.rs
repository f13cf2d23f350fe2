//! A run in a workflow of GitHub Actions: errors and warnings for the page of the job, a summary of
//! it, and values for the steps that follow
//! (<https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands>).

use std::fmt::Write as _;
use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::clean;
use crate::environment::Environment;
use crate::text::Place;

/// Says that a run is one of GitHub Actions.
const VARIABLE: &str = "GITHUB_ACTIONS";

/// Says what CI this program is to take notice of: `none` turns all of this off.
const SWITCH: &str = "PIPECAT_CI";

/// A run in a workflow.
#[derive(Clone, Debug, Default)]
pub struct Workflow {
    summary: Option<PathBuf>,
    outputs: Option<PathBuf>,
    /// The folder that the runner takes the paths of files from.
    workspace: Option<PathBuf>,
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
            workspace: path("GITHUB_WORKSPACE"),
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

    /// A workflow command that puts `text` on the page of the job, beside the place that it is
    /// about; `level` is `error` or `warning`.
    pub(super) fn command(
        &self,
        level: &str,
        text: &str,
        place: Option<(&Path, Option<Place>)>,
    ) -> String {
        let data = |text: &str| {
            text.replace('%', "%25")
                .replace('\r', "%0D")
                .replace('\n', "%0A")
        };
        let mut properties = String::new();
        if let Some((file, place)) = place {
            let file = data(&clean(&self.path(file)));
            let file = file.replace(':', "%3A").replace(',', "%2C");
            properties = format!(" file={file}");
            if let Some(Place { line, column }) = place {
                let _ = write!(properties, ",line={line},col={column}");
            }
        }
        format!("::{level}{properties}::{}", data(text))
    }

    /// A file's path as the runner takes it: from the workspace, if it lies there.
    fn path(&self, file: &Path) -> String {
        let inside = || {
            let file = std::path::absolute(file).ok()?;
            let inside = file.strip_prefix(self.workspace.as_ref()?).ok()?;
            Some(inside.to_owned())
        };
        let path = inside().unwrap_or_else(|| file.to_owned());
        path.display().to_string()
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
            Workflow::default().command("error", "100% of it\r\nhint: ::x", None),
            "::error::100%25 of it%0D%0Ahint: ::x"
        );
    }

    #[test]
    fn a_command_names_the_place_as_the_runner_finds_it() {
        let here = std::path::absolute(".").unwrap_or_default();
        let workflow = Workflow {
            workspace: here.parent().map(Path::to_owned),
            ..Workflow::default()
        };
        let place = Some(Place { line: 3, column: 7 });
        let told = workflow.command("error", "no", Some((Path::new("a,b.toml"), place)));
        let folder = here.file_name().unwrap_or_default().to_string_lossy();
        let separator = std::path::MAIN_SEPARATOR;
        let path = format!("{folder}{separator}a%2Cb.toml");
        assert_eq!(told, format!("::error file={path},line=3,col=7::no"));
        let elsewhere = Workflow::default().command("warning", "no", Some((Path::new("x"), None)));
        assert_eq!(elsewhere, "::warning file=x::no");
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
