//! Where the deploy file is found.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::file::DeployFile;
use super::problem::Problem;
use super::read;
use crate::environment::Environment;
use crate::text::Place;

/// The file's name, in the working folder.
pub const NAME: &str = "pcc-deploy.toml";

/// Names another.
const VARIABLE: &str = "PIPECAT_DEPLOY_CONFIG_PATH";

/// Where the deploy file should lie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Location {
    /// Its path, from the working folder.
    pub path: PathBuf,
    /// Whether it was asked for by an option, so that it must be there.
    pub is_required: bool,
}

impl Location {
    /// What the option `--config-file` says, else the variable, else the file in the working folder.
    #[must_use]
    pub fn find(option: Option<&Path>, environment: &Environment) -> Self {
        let option = option.filter(|path| !is_blank(path));
        let variable = || environment.raw(VARIABLE).map(Path::new);
        let other = || variable().filter(|path| !is_blank(path));
        Self {
            path: option.or_else(other).unwrap_or(Path::new(NAME)).to_owned(),
            is_required: option.is_some(),
        }
    }

    /// Reads the whole file.
    ///
    /// # Errors
    /// All that is wrong with it.
    pub fn read(&self) -> Result<DeployFile, Vec<Problem>> {
        match self.text()? {
            None => Ok(DeployFile::default()),
            Some(text) => read::file(&text, &self.path),
        }
    }

    /// Reads the agent's name alone, whatever else may be wrong.
    ///
    /// # Errors
    /// The file cannot be read, is no TOML, or the name is no text.
    pub fn read_agent_name(&self) -> Result<Option<String>, Vec<Problem>> {
        match self.text()? {
            None => Ok(None),
            Some(text) => read::agent_name(&text, &self.path),
        }
    }

    /// The file's text, without a byte-order mark; nothing where it need not be there, and is not.
    fn text(&self) -> Result<Option<String>, Vec<Problem>> {
        let problem = |message: String| vec![Problem::new(message).in_file(&self.path)];
        let bytes = match fs::read(&self.path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == ErrorKind::NotFound => {
                if self.is_required {
                    return Err(problem("there is no such file".to_owned()));
                }
                return Ok(None);
            }
            Err(error) => return Err(problem(format!("cannot be read: {error}"))),
        };
        let text = String::from_utf8(bytes).map_err(|error| {
            let good = error.utf8_error().valid_up_to();
            let before = String::from_utf8_lossy(&error.as_bytes()[..good]);
            let problem = Problem::new("not UTF-8").in_file(&self.path);
            vec![problem.at(Place::after(before.trim_start_matches(BOM)))]
        })?;
        Ok(Some(match text.strip_prefix(BOM) {
            Some(text) => text.to_owned(),
            None => text,
        }))
    }
}

/// A byte-order mark, which some editors put first and the TOML grammar does not know.
const BOM: char = '\u{feff}';

fn is_blank(path: &Path) -> bool {
    path.to_str().is_some_and(|path| path.trim().is_empty())
}
