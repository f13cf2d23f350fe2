//! What is wrong with a deployment before it begins: one thing a [`Problem`], all of them at once.

use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

use crate::error::{Code, Error};
use crate::text::Place;

/// One thing that is wrong, or worth a warning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The sentence, without the place.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
    /// The key that it is about, as in `scaling.min_agents`.
    pub key: Option<String>,
    /// The file that it stands in.
    pub file: Option<PathBuf>,
    /// Where in that file.
    pub place: Option<Place>,
}

impl Problem {
    /// Something that is wrong anywhere.
    #[must_use]
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            hint: None,
            key: None,
            file: None,
            place: None,
        }
    }

    /// The same with what to do about it.
    #[must_use]
    pub fn hint(self, hint: impl Into<String>) -> Self {
        let hint = Some(hint.into());
        Self { hint, ..self }
    }

    /// The same about a key.
    #[must_use]
    pub fn about(self, key: impl Into<String>) -> Self {
        let key = Some(key.into());
        Self { key, ..self }
    }

    /// The same, in a file.
    #[must_use]
    pub fn in_file(self, file: &Path) -> Self {
        let file = Some(file.to_owned());
        Self { file, ..self }
    }

    /// The same at a place of its file.
    #[must_use]
    pub fn at(self, place: Place) -> Self {
        let place = Some(place);
        Self { place, ..self }
    }

    /// As programs are told of it.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let mut object = Map::from_iter([("message".to_owned(), json!(self.message))]);
        let mut add = |name: &str, value: Option<Value>| {
            if let Some(value) = value {
                object.insert(name.to_owned(), value);
            }
        };
        add("key", self.key.as_ref().map(|key| json!(key)));
        let file = self.file.as_ref();
        add("file", file.map(|file| json!(file.display().to_string())));
        add("line", self.place.map(|place| json!(place.line)));
        add("column", self.place.map(|place| json!(place.column)));
        add("hint", self.hint.as_ref().map(|hint| json!(hint)));
        Value::Object(object)
    }
}

/// The sentence with its place before it, in the form that editors find: `file:line:column: …`.
impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let Some(file) = &self.file {
            write!(f, "{}:", file.display())?;
            if let Some(Place { line, column }) = self.place {
                write!(f, "{line}:{column}:")?;
            }
            f.write_str(" ")?;
        }
        f.write_str(&self.message)
    }
}

impl From<&Problem> for Error {
    fn from(problem: &Problem) -> Self {
        let code = match &problem.file {
            Some(_) => Code::DeployFileInvalid,
            None => Code::InvalidInput,
        };
        let mut error = Self::new(code, problem.to_string());
        if let Some(file) = &problem.file {
            error = error.in_file(file, problem.place);
        }
        match &problem.hint {
            Some(hint) => error.hint(hint),
            None => error,
        }
    }
}

/// All problems as one error: the first of them, with the others beside it.
#[must_use]
pub fn into_error(problems: &[Problem]) -> Error {
    let mut errors = problems.iter().map(Error::from);
    let Some(first) = errors.next() else {
        return Error::new(Code::Internal, "nothing is wrong");
    };
    let all = problems.iter().map(Problem::to_json);
    first
        .with_detail("problems", all.collect())
        .beside(errors.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_problems_are_told_as_one_error() {
        let file = Path::new("pcc-deploy.toml");
        let place = Place { line: 3, column: 1 };
        let problems = [
            Problem::new("unknown key `agnet_name`")
                .about("agnet_name")
                .in_file(file)
                .at(place)
                .hint("did you mean `agent_name`?"),
            Problem::new("there is no region"),
        ];
        let error = into_error(&problems);
        assert_eq!(
            error.to_string(),
            "pcc-deploy.toml:3:1: unknown key `agnet_name`"
        );
        assert_eq!(error.hints(), ["did you mean `agent_name`?"]);
        let beside: Vec<String> = error.others().iter().map(Error::to_string).collect();
        assert_eq!(beside, ["there is no region"]);
        let json = error.to_json();
        assert_eq!(json["code"], "deploy_file_invalid");
        assert_eq!(
            json["problems"],
            json!([
                {"message": "unknown key `agnet_name`", "key": "agnet_name",
                 "file": "pcc-deploy.toml", "line": 3, "column": 1,
                 "hint": "did you mean `agent_name`?"},
                {"message": "there is no region"},
            ])
        );
    }
}
