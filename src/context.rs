//! What a command may use.

use std::cell::{OnceCell, RefCell};
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::Arc;

use secrecy::{ExposeSecret as _, SecretString};

use crate::api::{Api, Credential};
use crate::error::{Code, Error, Result};
use crate::http::Http;
use crate::oauth::Renewal;
use crate::output::{Note, Talk};
use crate::prompt::Prompt;
use crate::settings::{Key, PAT_PREFIX, Setting, Settings, Source};
use crate::store::{Document, OnMalformed, Store, keys};

/// The surroundings of one run.
pub struct Context {
    /// What the command line, the environment and the file say.
    pub settings: Settings,
    /// The configuration file.
    pub store: Store,
    /// The way to the network.
    pub http: Rc<Http>,
    /// stderr.
    pub talk: Arc<Talk>,
    /// The person, if there is one.
    pub prompt: Prompt,
    /// The service, once somebody has asked for it.
    api: OnceCell<Api>,
    last_words: RefCell<Option<String>>,
}

impl Context {
    /// The surroundings of one run.
    #[must_use]
    pub fn new(
        settings: Settings,
        store: Store,
        http: Rc<Http>,
        talk: Arc<Talk>,
        prompt: Prompt,
    ) -> Self {
        Self {
            settings,
            store,
            http,
            talk,
            prompt,
            api: OnceCell::new(),
            last_words: RefCell::new(None),
        }
    }

    /// The service, asked with the token in force. A file's session renews itself; a personal
    /// access token, or a token from the environment, is used as it is.
    ///
    /// # Errors
    /// Nobody is signed in; or a setting is invalid.
    pub fn api(&self) -> Result<&Api> {
        if let Some(api) = self.api.get() {
            return Ok(api);
        }
        let Some((token, source)) = self.settings.token()? else {
            return Err(not_signed_in());
        };
        let session = self.settings.document().session();
        let credential = match (&source, session) {
            (Source::File(_), Some(session)) if !is_pat(&token) => {
                let (http, store) = (Rc::clone(&self.http), self.store.clone());
                let renewal = Renewal::new(http, self.settings.api_host()?, store);
                Credential::Session(session, source, renewal)
            }
            _ => Credential::Fixed(token, source),
        };
        let api = Api::new(Rc::clone(&self.http), self.settings.api_host()?, credential);
        Ok(self.api.get_or_init(|| api))
    }

    /// The service, asked with a token that is not stored yet.
    ///
    /// # Errors
    /// A setting is invalid.
    pub fn api_with(&self, token: SecretString, source: Source) -> Result<Api> {
        let credential = Credential::Fixed(token, source);
        Ok(Api::new(
            Rc::clone(&self.http),
            self.settings.api_host()?,
            credential,
        ))
    }

    /// The organization in force; the first that the service lists where nobody has chosen one.
    ///
    /// # Errors
    /// The account has none; or the service cannot say.
    pub async fn organization(&self) -> Result<Setting> {
        if let Some(organization) = self.settings.get(Key::Org)? {
            return Ok(organization);
        }
        let _progress = self.talk.progress("looking for your organization");
        let organizations = self.api()?.organizations().await?;
        match organizations.into_iter().next() {
            Some(first) => Ok(Setting {
                value: first.value.name,
                source: Source::Service,
            }),
            None => Err(self.no_organizations()),
        }
    }

    /// The error for an account without organizations.
    #[must_use]
    pub fn no_organizations(&self) -> Error {
        let dashboard = self.settings.dashboard("").unwrap_or_default();
        Error::new(Code::NotFound, "your account has no organization yet")
            .hint(format!("finish signing up on the dashboard: {dashboard}"))
    }

    /// Changes the configuration file under its lock; a malformed one is kept aside or is an error.
    ///
    /// # Errors
    /// The file cannot be changed; it is as it was.
    pub async fn edit(
        &self,
        on_malformed: OnMalformed,
        change: impl FnOnce(&mut Document) -> Result<()>,
    ) -> Result<()> {
        let patience = self.http.deadline().remaining();
        let mut locked = self.store.lock(patience, on_malformed).await?;
        let kept = locked.edit(change)?;
        self.say_kept(kept);
        Ok(())
    }

    /// Says where a malformed file has gone.
    pub fn say_kept(&self, kept: Option<PathBuf>) {
        if let Some(kept) = kept {
            tracing::warn!(
                "the malformed configuration file was kept as `{}`; it may still hold a token",
                kept.display()
            );
        }
    }

    /// The default public key of an organization, by what this run goes by.
    ///
    /// # Errors
    /// A setting is invalid.
    pub fn default_key(&self, organization: &str) -> Result<Option<String>> {
        let in_table = || {
            let value = self
                .settings
                .document()
                .get_in(organization, keys::DEFAULT_PUBLIC_KEY);
            let key = value.and_then(|value| value.as_str())?;
            (!key.is_empty()).then(|| key.to_owned())
        };
        let setting = self.settings.get(Key::DefaultPublicKey)?;
        Ok(setting.map(|setting| setting.value).or_else(in_table))
    }

    /// A warning for each variable that overrides what has just been stored in the file.
    #[must_use]
    pub fn overridden(&self, stored: &[(Key, &str)]) -> Vec<Note> {
        let overrides = stored.iter().filter(|(key, stored)| {
            let value = self.settings.environment().get(key.variable());
            value.is_ok_and(|value| value.is_some_and(|value| value != *stored))
        });
        overrides
            .map(|(key, _)| {
                Note::Warning(format!(
                    "`{}` is set and overrides `{}` in the file; unset it to use the file's",
                    key.variable(),
                    key.name()
                ))
            })
            .collect()
    }

    /// What to say where the account is no member of the active organization.
    #[must_use]
    pub fn not_a_member(active: &Setting) -> [Note; 2] {
        let Setting { value, source } = active;
        let hint = match source {
            Source::Environment(name) => format!("name another in `{name}`, or unset it"),
            _ => "choose another with `pipecat cloud organizations select`".to_owned(),
        };
        [
            Note::Warning(format!(
                "you are not a member of the active organization `{value}` (from {source})"
            )),
            Note::Hint(hint),
        ]
    }

    /// What must be said even if the run is interrupted from here on.
    pub fn set_last_words(&self, words: String) {
        self.last_words.replace(Some(words));
    }

    /// Says it.
    pub fn say_last_words(&self) {
        if let Some(words) = self.last_words.take() {
            self.talk.note(&Note::Plain(words));
        }
    }
}

/// Whether a token is a personal access token, which is never renewed.
#[must_use]
pub fn is_pat(token: &SecretString) -> bool {
    token.expose_secret().starts_with(PAT_PREFIX)
}

fn not_signed_in() -> Error {
    Error::new(Code::NotSignedIn, "you are not signed in")
        .hint("run `pipecat cloud auth login`, or set `PIPECAT_TOKEN` to a personal access token")
}
