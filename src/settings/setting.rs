//! A value that knows where it came from.

use std::path::PathBuf;

/// Where a value came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// A command line option, by its name.
    Option(&'static str),
    /// An environment variable, by its name.
    Environment(&'static str),
    /// The configuration file.
    File(PathBuf),
    /// Something that was typed or received just now.
    Input(&'static str),
    /// Nobody said anything.
    Default,
    /// The service: the first organization that it lists.
    Service,
}

impl std::fmt::Display for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Option(name) | Self::Environment(name) => write!(f, "`{name}`"),
            Self::File(path) => write!(f, "`{}`", path.display()),
            Self::Input(what) => f.write_str(what),
            Self::Default => f.write_str("default"),
            Self::Service => f.write_str("the first organization of the account"),
        }
    }
}

/// A value and where it came from.
#[derive(Clone, PartialEq, Eq)]
pub struct Setting {
    /// The value, without white space around it.
    pub value: String,
    /// Its source.
    pub source: Source,
}

impl Setting {
    /// Whether the file says so.
    #[must_use]
    pub fn is_from_file(&self) -> bool {
        matches!(self.source, Source::File(_))
    }
}

/// Shows no value: it may be a token.
impl std::fmt::Debug for Setting {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Setting")
            .field("source", &self.source)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_debug_form_shows_no_value() {
        let setting = Setting {
            value: "s3cret".to_owned(),
            source: Source::Environment("PIPECAT_TOKEN"),
        };
        let shown = format!("{setting:?}");
        assert!(shown.contains("PIPECAT_TOKEN"), "{shown}");
        assert!(!shown.contains("s3cret"), "{shown}");
    }
}
