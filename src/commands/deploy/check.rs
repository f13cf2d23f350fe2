//! `deploy --check`: everything that can be checked without changing anything.

use serde_json::{Value, json};

use super::options::Options;
use super::wanted::{Wanted, What};
use super::{folder, look, needs_login, no_login};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::output::{Field, Note, Report, View, clean};
use crate::project::{Location, Problem, into_error};

/// Checks, and reports all that is wrong.
pub(super) async fn run(
    context: &Context,
    options: &Options,
    location: &Location,
) -> Result<Box<dyn Report>> {
    let file = match location.read() {
        Ok(file) => file,
        Err(mut problems) => {
            // What the command line says is wrong or right whatever the file says.
            problems.extend(Wanted::problems_of(options));
            return Ok(Box::new(Checked::new(problems, Vec::new())));
        }
    };
    let wanted = match Wanted::merge(options, &file) {
        Ok(wanted) => wanted,
        Err(problems) => return Ok(Box::new(Checked::new(problems, Vec::new()))),
    };
    let mut problems = Vec::new();
    if matches!(wanted.what, What::Image(_))
        && needs_login(options, &wanted)
        && !context.prompt.is_terminal()
    {
        let error = no_login();
        let problem = Problem::new(error.to_string()).about("image_credentials");
        problems.push(problem.hint(error.hints().join("\n")));
    }
    let mut warnings = Vec::new();
    if matches!(wanted.what, What::Folder) {
        match folder::walk(context, &wanted, &file).await {
            Ok(files) => warnings.extend(files.all_warnings().into_iter().map(Note::Warning)),
            Err(error) => {
                let problem = Problem::new(error.to_string()).about("build");
                problems.push(problem.hint(error.hints().join("\n")));
            }
        }
    }
    let organization = context.organization().await?.value;
    let (found, more) = {
        let _progress = context.printer.progress("looking up agents and secrets");
        Box::pin(look::look(context, &organization, &wanted, &file)).await?
    };
    problems.extend(more);
    warnings.extend(wanted.warnings);
    warnings.extend(found.warnings.into_iter().map(Note::Warning));
    Ok(Box::new(Checked {
        agent: wanted.agent,
        ..Checked::new(problems, warnings)
    }))
}

/// What is wrong, if anything is.
struct Checked {
    problems: Vec<Problem>,
    warnings: Vec<Note>,
    failure: Option<Error>,
    /// What is to be deployed; nothing where that does not matter.
    agent: String,
}

impl Checked {
    fn new(problems: Vec<Problem>, warnings: Vec<Note>) -> Self {
        let failure = (!problems.is_empty()).then(|| into_error(&problems));
        Self {
            problems,
            warnings,
            failure,
            agent: String::new(),
        }
    }
}

impl Report for Checked {
    fn json(&self) -> Value {
        let problems: Vec<Value> = self.problems.iter().map(Problem::to_json).collect();
        json!({"ok": self.problems.is_empty(), "problems": problems})
    }

    fn plain(&self) -> View {
        if self.problems.is_empty() {
            return View::Labelled(vec![Field::new("Ok", "True")]);
        }
        let lines = self
            .problems
            .iter()
            .map(|problem| clean(&problem.to_string()));
        View::Lines(lines.collect())
    }

    fn rich(&self) -> View {
        if self.problems.is_empty() {
            return View::Done(format!(
                "no problems found with the deployment of `{}`",
                self.agent
            ));
        }
        // They are told as errors.
        View::Lines(Vec::new())
    }

    fn notes(&self) -> Vec<Note> {
        self.warnings.clone()
    }

    fn failure(&self) -> Option<&Error> {
        self.failure.as_ref()
    }
}
