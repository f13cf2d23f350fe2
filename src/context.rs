//! What a command may use.

use std::cell::{OnceCell, RefCell};
use std::io::{self, IsTerminal as _};
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::Arc;

use secrecy::SecretString;
use serde_json::{Map, Value};
use tokio::task::JoinSet;
use url::Url;

use crate::api::{Api, Credential, Organization, WithRaw};
use crate::error::{Code, Error, Result};
use crate::http::{Http, ProxyVariables};
use crate::limit::TimeLimit;
use crate::oauth::{Renewal, Service};
use crate::output::{Event, Frame, Mode, Note, Printer, Renderer, Report, Workflow};
use crate::prompt::Prompt;
use crate::seen::{Kind, Seen};
use crate::settings::{DEFAULT_API_HOST, Key, Setting, Settings, Source, is_pat};
use crate::store::{Document, OnMalformed, Origin, Session, Store};

/// The surroundings of one run.
pub struct Context {
    /// What the command line, the environment and the file say.
    pub settings: Settings,
    /// The configuration file.
    pub store: Store,
    /// How long the command may wait.
    pub limit: Rc<TimeLimit>,
    /// The way to the network, for what is no route of the service.
    pub http: Rc<Http>,
    /// What is said on stderr.
    pub printer: Arc<Printer>,
    /// The person, if there is one.
    pub prompt: Prompt,
    /// The workflow that the run belongs to, if it does to one.
    pub workflow: Option<Workflow>,
    renderer: Rc<Renderer>,
    /// The service, once somebody has asked for it.
    api: OnceCell<Api>,
    /// What renews the file's session, likewise.
    renewal: OnceCell<Rc<Renewal>>,
    last_words: RefCell<Option<String>>,
    interrupted: RefCell<Map<String, Value>>,
    /// What goes on although nobody waits for it.
    background: RefCell<JoinSet<()>>,
}

impl Context {
    /// The surroundings of one run.
    #[must_use]
    pub fn new(settings: Settings, store: Store, limit: TimeLimit, renderer: Rc<Renderer>) -> Self {
        let limit = Rc::new(limit);
        let variable = |name: &str| Some(settings.environment().raw(name)?.to_str()?.to_owned());
        let proxies = ProxyVariables::new(variable);
        Self {
            prompt: Prompt::new(Rc::clone(&limit), settings.environment()),
            workflow: Workflow::find(settings.environment()),
            settings,
            store,
            http: Rc::new(Http::new(Rc::clone(&limit)).with_proxies(proxies)),
            limit,
            printer: Arc::clone(renderer.printer()),
            renderer,
            api: OnceCell::new(),
            renewal: OnceCell::new(),
            last_words: RefCell::new(None),
            interrupted: RefCell::default(),
            background: RefCell::default(),
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
            return Err(self.not_signed_in());
        };
        let session = self.settings.document().session();
        let credential = match (&source, session) {
            (Source::File(_), Some(session)) if !is_pat(&token) => {
                Credential::Session(session, source, Rc::clone(self.renewal()?))
            }
            _ => Credential::Fixed(token, source),
        };
        let api = Api::new(Rc::clone(&self.http), self.settings.api_host()?, credential);
        Ok(self.api.get_or_init(|| api))
    }

    /// What renews the file's session.
    ///
    /// # Errors
    /// A setting is invalid.
    pub fn renewal(&self) -> Result<&Rc<Renewal>> {
        if let Some(renewal) = self.renewal.get() {
            return Ok(renewal);
        }
        let renewal = Renewal::new(
            Rc::clone(&self.http),
            Rc::clone(&self.limit),
            self.service()?,
            self.store.clone(),
        );
        Ok(self.renewal.get_or_init(|| renewal))
    }

    /// The service in force, and whether the environment names it.
    fn service(&self) -> Result<Service> {
        let url = self.settings.api_host()?;
        let source = self.settings.get(Key::ApiHost)?.map(|host| host.source);
        let is_default = Url::parse(DEFAULT_API_HOST).is_ok_and(|default| default == url);
        Ok(Service {
            is_foreign: matches!(source, Some(Source::Environment(_))) && !is_default,
            url,
        })
    }

    /// Remembers that a session that has just been stored is from the service in force. Where that
    /// cannot be, nothing is known of it.
    pub async fn remember_origin(&self, session: &Session) {
        let remembered = async {
            let service = self.settings.api_host()?;
            let patience = self.limit.remaining();
            let locked = self.store.lock(patience, OnMalformed::Fail).await?;
            locked.set_origin(&Origin::new(&service, session));
            Ok::<_, Error>(())
        };
        if let Err(error) = remembered.await {
            tracing::debug!("cannot record which service the session is from: {error}");
        }
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
        let _progress = self.printer.progress("looking for your organization");
        let organizations = self.api()?.organizations().await?;
        let first = self.first_organization(&organizations)?;
        Ok(Setting {
            value: first.name.clone(),
            source: Source::Service,
        })
    }

    /// The organization that counts where nobody has chosen one: the first whose name can be used.
    ///
    /// # Errors
    /// There is none.
    pub fn first_organization<'a>(
        &self,
        organizations: &'a [WithRaw<Organization>],
    ) -> Result<&'a Organization> {
        let mut all = organizations.iter().map(|one| &one.value);
        match all.find(|one| one.is_usable()) {
            Some(first) => Ok(first),
            None if organizations.is_empty() => Err(self.no_organizations()),
            None => Err(Error::new(
                Code::UnexpectedResponse,
                "none of the organizations that the service lists has a usable name",
            )
            .hint("run `pipecat cloud organizations list` to see them")),
        }
    }

    /// The error for an account without organizations.
    #[must_use]
    pub fn no_organizations(&self) -> Error {
        let dashboard = self.settings.dashboard("").unwrap_or_default();
        Error::new(Code::NotFound, "your account has no organization yet")
            .hint(format!("finish signing up on the dashboard: {dashboard}"))
    }

    /// Whether a question may be put that nothing depends on: there is somebody to ask, and no
    /// program waits for the answer.
    #[must_use]
    pub fn may_ask(&self) -> bool {
        self.prompt.is_terminal() && self.renderer.mode() != Mode::Json
    }

    /// Whether the result goes to a person on a terminal.
    #[must_use]
    pub fn is_for_people(&self) -> bool {
        self.renderer.mode() == Mode::Rich && io::stdout().is_terminal()
    }

    /// Keeps names that the service has just listed, so that a shell can complete them. It is no
    /// matter where that cannot be.
    pub fn keep_seen<'a>(
        &self,
        organization: &str,
        kind: Kind,
        names: impl IntoIterator<Item = &'a str>,
    ) {
        let environment = self.settings.environment();
        let (Some(cache), Ok(service)) = (environment.cache_folder(), self.settings.api_host())
        else {
            return;
        };
        // Where nobody has chosen one, a shell does not know it by its name either.
        let is_chosen = self.settings.get(Key::Org).is_ok_and(|org| org.is_some());
        let organization = if is_chosen { organization } else { "" };
        let list = (&service, organization, kind);
        let kept = Seen::below(cache).keep(list, names, environment.now());
        if let Err(error) = kept {
            tracing::debug!("cannot keep names for completion: {error}");
        }
    }

    /// Whether what stands on the terminal can be drawn anew in its place.
    #[must_use]
    pub fn can_redraw(&self) -> bool {
        let term = self.settings.environment().raw("TERM");
        self.is_for_people() && term.is_none_or(|term| term != "dumb")
    }

    /// Draws a report in the place of what was drawn there before, with a line below it.
    ///
    /// # Errors
    /// stdout cannot be written.
    pub async fn redraw(&self, frame: &mut Frame, report: &dyn Report, below: &str) -> Result<()> {
        self.renderer.redraw(frame, report, below).await
    }

    /// Says to people what the events that follow are about.
    pub fn say_title(&self, title: &str) {
        self.renderer.title(title);
    }

    /// Fails if nobody reads stdout any more, so that a command that waits does not wait for nobody.
    ///
    /// # Errors
    /// [`Code::ReaderGone`].
    pub fn check_reader(&self) -> Result<()> {
        self.renderer.check_reader()
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
        let patience = self.limit.remaining();
        let mut locked = self.store.lock(patience, on_malformed).await?;
        let kept = locked.edit(change)?;
        self.say_kept(kept);
        Ok(())
    }

    /// What the configuration file holds now; nothing where there is no place for one.
    ///
    /// # Errors
    /// Those of [`Store::read`].
    pub fn read_store(&self) -> Result<Document> {
        if self.store.path().as_os_str().is_empty() {
            return Ok(Document::default());
        }
        self.store.read()
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

    /// Tells of what comes while the command goes on, a row each on stdout.
    ///
    /// # Errors
    /// stdout cannot be written, or nobody reads it any more.
    pub async fn emit<E: Event>(&self, events: &[E]) -> Result<()> {
        self.renderer.events(events).await
    }

    /// Waits until nothing is under way that would be lost if the program ended now, and says if
    /// something is lost all the same.
    pub async fn settle(&self) {
        let Some(renewal) = self.renewal.get() else {
            return;
        };
        if let Some(error) = renewal.settle().await {
            self.printer.note(&Note::Warning(format!(
                "your session was renewed but could not be stored, so it ends with this command: \
                 {error}"
            )));
            let next = "fix that, then run `pipecat cloud auth login`";
            self.printer.note(&Note::Hint(next.to_owned()));
        }
    }

    /// Goes on with `work` even if the command is given up; the program ends after it. The work
    /// sees to it that this is soon.
    pub fn see_through(&self, work: impl Future<Output = ()> + 'static) {
        self.background.borrow_mut().spawn_local(work);
    }

    /// Waits for what is to be seen through.
    pub async fn finish_background(&self) {
        let background = self.background.take();
        background.join_all().await;
    }

    fn not_signed_in(&self) -> Error {
        let variable = Key::Token.variable();
        let error = if self.settings.environment().raw(variable).is_some() {
            // Had it anything in it, somebody would be signed in.
            Error::new(
                Code::NotSignedIn,
                format!("you are not signed in: `{variable}` is set but blank"),
            )
            .hint("in CI, a secret is blank in workflows that may not see it, such as pull requests from forks")
        } else {
            Error::new(Code::NotSignedIn, "you are not signed in")
        };
        error.hint(format!(
            "run `pipecat cloud auth login`, or set `{variable}` to a personal access token"
        ))
    }

    /// What must be said even if the run is interrupted from here on.
    pub fn set_last_words(&self, words: String) {
        self.last_words.replace(Some(words));
    }

    /// What programs must be told beside that.
    pub fn set_if_interrupted(&self, name: &str, value: Value) {
        self.interrupted.borrow_mut().insert(name.to_owned(), value);
    }

    /// The error of a run that was interrupted.
    #[must_use]
    pub fn interruption(&self) -> Error {
        let details = self.interrupted.take().into_iter();
        let error = Error::new(Code::Interrupted, "interrupted");
        details.fold(error, |error, (name, value)| {
            error.with_detail(&name, value)
        })
    }

    /// Says it.
    pub fn say_last_words(&self) {
        if let Some(words) = self.last_words.take() {
            self.printer.note(&Note::Plain(words));
        }
    }
}
