//! The process's surroundings, read once.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf, is_separator};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::error::{Code, Error, Result};

/// Where the configuration file lies below the home folder, on every platform.
const DEFAULT_CONFIG_PATH: [&str; 3] = [".config", "pipecatcloud", "pipecatcloud.toml"];

/// Names another place for the configuration file.
const CONFIG_PATH_VARIABLE: &str = "PIPECAT_CONFIG_PATH";

/// Names the home folder. On either system, other programs set the other variable now and then.
pub const HOME_VARIABLE: &str = if cfg!(windows) { "USERPROFILE" } else { "HOME" };

/// A snapshot of the process's surroundings, so that nothing below reads them again.
#[derive(Clone, Default)]
pub struct Environment {
    /// By their names, as [`comparable`] gives them.
    variables: BTreeMap<OsString, OsString>,
    home: Option<PathBuf>,
    temporary: PathBuf,
    cache: Option<PathBuf>,
}

/// A variable's name in the form that tells whether two are the same: on Windows, capitals are.
fn comparable(name: &OsStr) -> Cow<'_, OsStr> {
    if cfg!(windows) {
        Cow::Owned(name.to_ascii_uppercase())
    } else {
        Cow::Borrowed(name)
    }
}

impl Environment {
    /// The surroundings of this process.
    #[must_use]
    pub fn of_process() -> Self {
        let variables = std::env::vars_os()
            .map(|(name, value)| (comparable(&name).into_owned(), value))
            .collect();
        let mut environment = Self {
            variables,
            home: None,
            temporary: std::env::temp_dir(),
            cache: dirs::cache_dir(),
        };
        // What the variable says counts on every system; the system itself is asked after that.
        environment.home = environment
            .raw(HOME_VARIABLE)
            .map(PathBuf::from)
            .filter(|home| !home.as_os_str().is_empty())
            .or_else(dirs::home_dir);
        environment
    }

    /// Made-up surroundings.
    #[must_use]
    pub fn new<'a>(
        home: Option<&Path>,
        variables: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Self {
        Self {
            variables: variables
                .into_iter()
                .map(|(name, value)| (comparable(name.as_ref()).into_owned(), value.into()))
                .collect(),
            home: home.map(Path::to_path_buf),
            temporary: PathBuf::new(),
            cache: None,
        }
    }

    /// A variable's value without white space around it; one that is blank counts as unset.
    ///
    /// # Errors
    /// The value is not UTF-8.
    pub fn get(&self, name: &str) -> Result<Option<&str>> {
        let Some(value) = self.raw(name) else {
            return Ok(None);
        };
        let text = value.to_str().ok_or_else(|| {
            Error::new(
                Code::InvalidSetting,
                format!("the environment variable `{name}` is not valid UTF-8"),
            )
        })?;
        let text = text.trim();
        Ok((!text.is_empty()).then_some(text))
    }

    /// A variable's value as it is, of whatever bytes.
    #[must_use]
    pub fn raw(&self, name: &str) -> Option<&OsStr> {
        self.variables
            .get(&*comparable(OsStr::new(name)))
            .map(OsString::as_os_str)
    }

    /// The names of all variables that begin so, as they are compared.
    pub fn names(&self, start: &'static str) -> impl Iterator<Item = &OsStr> {
        let names = self.variables.keys().map(OsString::as_os_str);
        names.filter(move |name| name.as_encoded_bytes().starts_with(start.as_bytes()))
    }

    /// Whether a variable is set to anything but nothing.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.raw(name).is_some_and(|value| !value.is_empty())
    }

    /// Where temporary files lie.
    #[must_use]
    pub fn temporary_folder(&self) -> &Path {
        &self.temporary
    }

    /// What counts as now: the time, or what `SOURCE_DATE_EPOCH` says (in seconds since 1970), so
    /// that output can be reproduced.
    #[must_use]
    pub fn now(&self) -> SystemTime {
        let fixed = self.get("SOURCE_DATE_EPOCH").ok().flatten();
        let fixed = fixed.and_then(|seconds| seconds.parse().ok());
        fixed.map_or_else(SystemTime::now, |seconds| {
            UNIX_EPOCH + Duration::from_secs(u32::into(seconds))
        })
    }

    /// Whether the locale can show more than ASCII. Windows has no such variables, and can.
    #[must_use]
    pub fn is_unicode(&self) -> bool {
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
            .iter()
            .find_map(|name| self.get(name).ok().flatten());
        cfg!(windows)
            || locale.is_some_and(|locale| {
                let locale = locale.to_ascii_lowercase();
                locale.contains("utf-8") || locale.contains("utf8")
            })
    }

    /// The user's folder for what can be had again.
    #[must_use]
    pub fn cache_folder(&self) -> Option<&Path> {
        self.cache.as_deref()
    }

    /// The folder that belongs to this program, where there is a home for it to be in.
    #[must_use]
    pub fn own_folder(&self) -> Option<PathBuf> {
        let file = self.default_config_path()?;
        file.parent().map(Path::to_path_buf)
    }

    fn default_config_path(&self) -> Option<PathBuf> {
        let below: PathBuf = DEFAULT_CONFIG_PATH.iter().collect();
        self.home.as_ref().map(|home| home.join(below))
    }

    /// Where the configuration file lies.
    ///
    /// # Errors
    /// There is no home folder to find it in, or its name is not UTF-8.
    pub fn config_path(&self) -> Result<PathBuf> {
        let path = match self.get(CONFIG_PATH_VARIABLE)? {
            None => self.default_config_path(),
            Some(path) => self.expand(path),
        };
        path.ok_or_else(|| {
            Error::new(Code::ConfigUnreadable, "there is no home folder").hint(format!(
                "set `{HOME_VARIABLE}`, or name a file in `{CONFIG_PATH_VARIABLE}`"
            ))
        })
    }

    /// The path with the home folder in the place of a leading `~`; nothing where there is none.
    #[must_use]
    pub fn expand(&self, path: &str) -> Option<PathBuf> {
        match path.strip_prefix('~') {
            Some("") => self.home.clone(),
            // `~\` on Windows, too. `~user` is a name like any other.
            Some(rest) if rest.starts_with(is_separator) => {
                let home = self.home.as_ref()?;
                Some(home.join(rest.trim_start_matches(is_separator)))
            }
            _ => Some(PathBuf::from(path)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_compared_as_the_system_does() {
        let environment = Environment::new(None, [("Path", "/bin"), ("pipecat_token", "t")]);
        assert_eq!(environment.raw("PATH").is_some(), cfg!(windows));
        assert_eq!(environment.has("PIPECAT_TOKEN"), cfg!(windows));
        assert_eq!(environment.raw("Path"), Some(OsStr::new("/bin")));
        let names = environment.names("PIPECAT_").count();
        assert_eq!(names, usize::from(cfg!(windows)));
    }

    #[test]
    fn a_leading_tilde_is_the_home_folder() {
        let home = Path::new("home");
        let environment = Environment::new(Some(home), []);
        for (path, expanded) in [
            ("~", home.to_owned()),
            ("~/a/b", home.join("a/b")),
            ("~//a", home.join("a")),
            ("~user/a", PathBuf::from("~user/a")),
            ("a/~", PathBuf::from("a/~")),
        ] {
            assert_eq!(environment.expand(path), Some(expanded), "{path}");
        }
        let backslash = environment.expand("~\\a");
        let expected = if cfg!(windows) {
            home.join("a")
        } else {
            PathBuf::from("~\\a")
        };
        assert_eq!(backslash, Some(expected));
        assert_eq!(Environment::default().expand("~/a"), None);
        assert!(Environment::default().config_path().is_err());
    }
}
