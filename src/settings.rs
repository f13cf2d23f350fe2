//! Settings: option, then environment, then configuration file, then default; each value knows
//! where it came from.

mod key;
mod setting;
mod token;

use std::path::PathBuf;

use secrecy::SecretString;
use toml_edit::Value;
use url::Url;

pub use key::{DEFAULT_API_HOST, Key};
pub use setting::{Setting, Source};
pub use token::{PAT_PREFIX, check_token, is_pat, is_token};

use crate::environment::Environment;
use crate::error::{Code, Error, Result};
use crate::http::{is_loopback, without_credentials};
use crate::store::{Document, keys};

/// Leave to speak plain HTTP with another machine; no setting of the file.
const ALLOW_HTTP_VARIABLE: &str = "PIPECAT_ALLOW_HTTP";

/// What a person does about a value that no command replaces.
const BY_HAND: &str = "put it in quotes, or remove the line from the file";

/// What the command line says over everything else.
#[derive(Clone, Debug, Default)]
pub struct Overrides {
    /// `--organization`.
    pub organization: Option<String>,
    /// `--output`.
    pub output: Option<String>,
}

/// A setting that is one of a few names.
pub trait Choice: Sized {
    /// The names there are.
    const NAMES: &[&str];

    /// What a name stands for, if it is one of them.
    fn named(name: &str) -> Option<Self>;
}

/// The settings of one run.
#[derive(Clone)]
pub struct Settings {
    environment: Environment,
    overrides: Overrides,
    document: Document,
    path: PathBuf,
}

impl Settings {
    /// Settings from what the command line, the environment and the file at `path` say.
    #[must_use]
    pub fn new(
        overrides: Overrides,
        environment: Environment,
        path: PathBuf,
        document: Document,
    ) -> Self {
        Self {
            environment,
            overrides,
            document,
            path,
        }
    }

    /// The surroundings.
    #[must_use]
    pub fn environment(&self) -> &Environment {
        &self.environment
    }

    /// What the configuration file held at the start.
    #[must_use]
    pub fn document(&self) -> &Document {
        &self.document
    }

    /// A setting's value, if anybody gave one.
    ///
    /// # Errors
    /// [`Code::InvalidSetting`]: what was given is not text.
    pub fn get(&self, key: Key) -> Result<Option<Setting>> {
        let setting = |value: &str, source| {
            Some(Setting {
                value: value.to_owned(),
                source,
            })
        };
        let option = match key {
            Key::Org => (self.overrides.organization.as_deref(), "--organization"),
            Key::Output => (self.overrides.output.as_deref(), "--output"),
            _ => (None, ""),
        };
        if let (Some(value), name) = option {
            return Ok(setting(value, Source::Option(name)));
        }
        if key.is_of_session() {
            // A token from elsewhere is used as it is.
            if !matches!(self.get(Key::Token)?, Some(token) if token.is_from_file()) {
                return Ok(None);
            }
        } else if let Some(value) = self.environment.get(key.variable())? {
            return Ok(setting(value, Source::Environment(key.variable())));
        }
        if let Some(value) = self.in_file(key)? {
            return Ok(setting(&value, Source::File(self.path.clone())));
        }
        let (_, _, default) = key.row();
        Ok(default.and_then(|value| setting(value, Source::Default)))
    }

    fn in_file(&self, key: Key) -> Result<Option<String>> {
        let value = match self.document.get(key.name()) {
            Some(value) => Some(value),
            None => match key {
                Key::DefaultPublicKey | Key::DefaultPublicKeyName => self
                    .get(Key::Org)?
                    .and_then(|org| self.document.get_in(&org.value, key.name())),
                _ => None,
            },
        };
        let text = match (key, value) {
            (_, None) => return Ok(None),
            (_, Some(Value::String(text))) => text.value().trim().to_owned(),
            (Key::TokenExpiresAt, Some(Value::Integer(at))) => at.value().to_string(),
            (Key::TokenExpiresAt, Some(Value::Float(at))) => at.value().to_string(),
            (_, Some(other)) => {
                return Err(Error::new(
                    Code::InvalidSetting,
                    format!(
                        "`{}` in `{}` is of type {}, not text",
                        key.name(),
                        self.path.display(),
                        other.type_name(),
                    ),
                )
                .hint(self.replacing(key, other)));
            }
        };
        Ok((!text.is_empty()).then_some(text))
    }

    /// What puts text in the place of a value of another type.
    fn replacing(&self, key: Key, value: &Value) -> String {
        let is_at_top = self.document.get(key.name()).is_some();
        match key {
            // Such a one is left alone by every command.
            _ if value.is_inline_table() => BY_HAND.to_owned(),
            Key::Token | Key::RefreshToken | Key::TokenExpiresAt => {
                "run `pipecat cloud auth login` to sign in again".to_owned()
            }
            Key::Org => {
                "run `pipecat cloud organizations select -o ORG` to choose another".to_owned()
            }
            // It stands in the table of the organization in force.
            Key::DefaultPublicKey | Key::DefaultPublicKeyName if !is_at_top => {
                let organization = self.get(Key::Org).ok().flatten();
                let name = organization.map_or_else(|| "ORG".to_owned(), |org| org.value);
                format!(
                    "run `pipecat cloud organizations keys use -o {name} --key KEY` to choose another"
                )
            }
            _ => BY_HAND.to_owned(),
        }
    }

    /// The variables that are set and never used, since what they name lives in the file alone.
    pub fn unused_variables(&self) -> impl Iterator<Item = &'static str> {
        let of_session = Key::ALL.into_iter().filter(|key| key.is_of_session());
        let variables = of_session.map(Key::variable);
        variables.filter(|name| !matches!(self.environment.get(name), Ok(None)))
    }

    /// The default public key of an organization, by what this run goes by.
    ///
    /// # Errors
    /// A setting is invalid.
    pub fn default_key(&self, organization: &str) -> Result<Option<String>> {
        let in_table = || {
            let value = self.document.get_in(organization, keys::DEFAULT_PUBLIC_KEY);
            let key = value.and_then(|value| value.as_str())?;
            (!key.is_empty()).then(|| key.to_owned())
        };
        let setting = self.get(Key::DefaultPublicKey)?;
        Ok(setting.map(|setting| setting.value).or_else(in_table))
    }

    /// The organization that the command line names.
    #[must_use]
    pub fn given_organization(&self) -> Option<&str> {
        self.overrides.organization.as_deref()
    }

    /// Which of these values in the file a variable overrides with another one.
    #[must_use]
    pub fn overridden(&self, stored: &[(Key, &str)]) -> Vec<Key> {
        let overrides = stored.iter().filter(|(key, stored)| {
            let value = self.environment.get(key.variable());
            value.is_ok_and(|value| value.is_some_and(|value| value != *stored))
        });
        overrides.map(|(key, _)| *key).collect()
    }

    /// A setting that is one of a few names, if anybody has chosen.
    ///
    /// # Errors
    /// There is no such name: [`Code::Usage`].
    pub fn choice<T: Choice>(&self, key: Key) -> Result<Option<T>> {
        let setting = self.get(key)?;
        let named = |chosen: Setting| {
            T::named(&chosen.value).ok_or_else(|| unknown(key, &chosen, T::NAMES))
        };
        setting.map(named).transpose()
    }

    /// The bearer token and its source.
    ///
    /// # Errors
    /// It cannot stand in a header.
    pub fn token(&self) -> Result<Option<(SecretString, Source)>> {
        let Some(token) = self.get(Key::Token)? else {
            return Ok(None);
        };
        check_token(&token.value, &token.source.to_string())?;
        Ok(Some((token.value.into(), token.source)))
    }

    /// The service's base address, without a slash at its end.
    ///
    /// # Errors
    /// It is no address, or a plain-HTTP one of another machine.
    pub fn api_host(&self) -> Result<Url> {
        let (value, source) = match self.get(Key::ApiHost)? {
            Some(host) => (host.value, host.source.to_string()),
            None => return Err(Error::new(Code::Internal, "there is no default API host")),
        };
        let url = Url::parse(&value);
        let value = without_credentials(&value);
        let invalid = |why: &str| {
            Error::new(
                Code::InvalidSetting,
                format!("the API host `{value}` ({source}) {why}"),
            )
            .hint("it should look like `https://api.example.com`")
        };
        let url = url.map_err(|_| invalid("is not an address"))?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(invalid("contains credentials, which belong in the token"));
        }
        match url.scheme() {
            "https" => {}
            "http" if is_loopback(&url) => {}
            "http" if self.environment.get(ALLOW_HTTP_VARIABLE)? == Some("1") => {}
            "http" => {
                return Err(Error::new(
                    Code::InsecureHost,
                    format!("the API host `{value}` ({source}) is plain HTTP: the token would travel in the clear"),
                )
                .hint(format!(
                    "use `https://`, or set `{ALLOW_HTTP_VARIABLE}=1` if you trust the network all the way there"
                )));
            }
            _ => return Err(invalid("is neither `https://` nor `http://`")),
        }
        if url.cannot_be_a_base() || url.query().is_some() || url.fragment().is_some() {
            return Err(invalid("has more than a host and a path"));
        }
        if let Some(base) = url.as_str().trim_end_matches('/').strip_suffix("/v1") {
            return Err(Error::new(
                Code::InvalidSetting,
                format!(
                    "the API host `{value}` ({source}) ends with `/v1`, which every request adds"
                ),
            )
            .hint(format!("leave it out: `{base}`")));
        }
        Ok(url)
    }

    /// An address on the dashboard.
    ///
    /// # Errors
    /// The setting is not text.
    pub fn dashboard(&self, path: &str) -> Result<String> {
        let host = self.get(Key::DashboardHost)?.map(|host| host.value);
        let host = host.unwrap_or_default();
        Ok(format!("{}{path}", host.trim_end_matches('/')))
    }
}

fn unknown(key: Key, setting: &Setting, names: &[&str]) -> Error {
    Error::new(
        Code::Usage,
        format!(
            "`{}` cannot be `{}` (from {})",
            key.name(),
            setting.value,
            setting.source
        ),
    )
    .hint(format!("use one of {}", names.join(", ")))
}
