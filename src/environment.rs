//! The process's surroundings, read once.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::error::{Code, Error, Result};

/// Where the configuration file lies below the home folder, on every platform.
const DEFAULT_CONFIG_PATH: [&str; 3] = [".config", "pipecatcloud", "pipecatcloud.toml"];

/// Names another place for the configuration file.
const CONFIG_PATH_VARIABLE: &str = "PIPECAT_CONFIG_PATH";

/// A snapshot of the process's surroundings, so that nothing below reads them again.
#[derive(Clone, Default)]
pub struct Environment {
    variables: BTreeMap<OsString, OsString>,
    home: Option<PathBuf>,
}

impl Environment {
    /// The surroundings of this process.
    #[must_use]
    pub fn of_process() -> Self {
        Self {
            variables: std::env::vars_os().collect(),
            home: std::env::home_dir().filter(|home| !home.as_os_str().is_empty()),
        }
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
                .map(|(name, value)| (name.into(), value.into()))
                .collect(),
            home: home.map(Path::to_path_buf),
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
            .get(OsStr::new(name))
            .map(OsString::as_os_str)
    }

    /// Whether a variable is set to anything but nothing.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.raw(name).is_some_and(|value| !value.is_empty())
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
        let home = || {
            self.home.clone().ok_or_else(|| {
                Error::new(Code::ConfigUnreadable, "there is no home folder").hint(format!(
                    "set `HOME`, or name a file in `{CONFIG_PATH_VARIABLE}`"
                ))
            })
        };
        match self.get(CONFIG_PATH_VARIABLE)? {
            None => Ok(home()?.join(DEFAULT_CONFIG_PATH.iter().collect::<PathBuf>())),
            Some("~") => home(),
            Some(path) => match path.strip_prefix("~/") {
                Some(rest) => Ok(home()?.join(rest)),
                None => Ok(PathBuf::from(path)),
            },
        }
    }
}
