//! `agent start`.

use std::fs::File;
use std::path::PathBuf;

use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;

use super::named::Named;
use super::{Force, missing, status_command};
use crate::api::{AgentDetail, StartRequest, StartedSession, WithRaw};
use crate::commands::{InOrganization, Run, input, invalid, look_with, shell_word};
use crate::context::Context;
use crate::error::{Code, Error, Result};
use crate::output::{Field, Note, Report, View, masked};
use crate::settings::{Key, is_token};
use crate::store::keys;

const EXAMPLES: &str = "\
Examples:
  pipecat cloud agent start my-bot
  pipecat cloud agent start my-bot --use-daily --data '{\"caller\": \"Ada\"}'
  pipecat cloud agent start my-bot --force --data-file data.json --output json | jq -r .sessionId";

/// More than the service takes, in bytes.
const MOST_DATA: u64 = 8 << 20;

/// Start a session of an agent
///
/// It is started with a public API key: that of --api-key, else of PIPECAT_DEFAULT_PUBLIC_KEY, else
/// the default key of the organization.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    #[command(flatten)]
    agent: Named,

    /// The public API key to start it with
    #[arg(short = 'k', long, value_name = "KEY")]
    api_key: Option<SecretString>,

    /// What the agent is given: JSON
    #[arg(short = 'd', long, value_name = "JSON", conflicts_with = "data_file")]
    data: Option<String>,

    /// A file with what the agent is given; `-` is standard input
    #[arg(long, value_name = "PATH")]
    data_file: Option<PathBuf>,

    /// Create a Daily room for the session
    #[arg(short = 'D', long)]
    use_daily: bool,

    /// What that room is like: a JSON object
    #[arg(short = 'p', long, value_name = "JSON")]
    daily_properties: Option<String>,

    #[command(flatten)]
    force: Force,

    #[command(flatten)]
    organization: InOrganization,
}

impl Run for Args {
    async fn run(self, context: &Context) -> Result<Box<dyn Report>> {
        let request = self.request(context).await?;
        let agent = self.agent.name(context)?;
        let given = self.api_key.map(|key| (key, "`--api-key`".to_owned()));
        let given = given.filter(|(key, _)| !key.expose_secret().trim().is_empty());
        let organization = context.organization().await?.value;
        let key = match given {
            Some((key, source)) => PublicKey::new(&key, source, None)?,
            None => default_key(context, &organization)?,
        };
        let what = format!(
            "a session of the agent {agent} of {organization} with the key {}",
            key.shown()
        );
        let starting = Note::Plain(format!("starting {what}"));
        if self.force.is_settled() {
            context.printer.note(&starting);
        } else {
            let prompt = &context.prompt;
            let question = format!("Start {what}?");
            if !prompt.confirm_harmless(&question, "`--force`").await? {
                return Err(Error::new(Code::Declined, "no session was started"));
            }
        }

        let _progress = context.printer.progress("starting the session");
        let api = context.api()?;
        let detail = api.agent(&organization, &agent, false).await;
        let detail = detail.map_err(|error| missing(error, &organization, &agent))?;
        let status = status_command(&organization, &agent);
        if !can_start(&detail.value) {
            return Err(Error::new(
                Code::Rejected,
                format!("the agent `{agent}` is not ready, and accepts no sessions"),
            )
            .hint(format!("see why with `{status}`")));
        }
        context.set_last_words(format!("a session of `{agent}` may have been started"));
        let started = api.start_session(&agent, &key.key, &request).await;
        let started = started.map_err(|error| {
            let error = key.explain(error, &agent, &organization, &status);
            look_with(
                error,
                &format!(
                    "pipecat cloud agent sessions {} -o {organization}",
                    shell_word(&agent)
                ),
            )
        })?;
        Ok(Box::new(Started(started)))
    }
}

impl Args {
    /// What is sent, checked before anything else is done.
    async fn request(&self, context: &Context) -> Result<StartRequest> {
        let json = |text: &[u8], what: &str| {
            serde_json::from_slice::<Value>(text)
                .map_err(|error| invalid(format!("{what} is not JSON")).because(error))
        };
        let data = match (&self.data, &self.data_file) {
            (Some(text), _) => Some(json(text.as_bytes(), "the value of `--data`")?),
            (None, Some(path)) if path.as_os_str() == "-" => {
                let what = "standard input";
                Some(json(&input::stdin(context, what, MOST_DATA).await?, what)?)
            }
            (None, Some(path)) => {
                let what = format!("`{}`", path.display());
                let file = path.clone();
                let open = move || File::open(file);
                Some(json(
                    &input::read(context, &what, MOST_DATA, open).await?,
                    &what,
                )?)
            }
            (None, None) => None,
        };
        let room_properties = match &self.daily_properties {
            None => None,
            Some(_) if !self.use_daily => {
                return Err(invalid("`--daily-properties` needs `--use-daily` as well")
                    .hint("add `--use-daily`"));
            }
            Some(text) => {
                let properties = json(text.as_bytes(), "the value of `--daily-properties`")?;
                if !properties.is_object() {
                    return Err(invalid(
                        "the value of `--daily-properties` is not a JSON object",
                    ));
                }
                Some(properties)
            }
        };
        Ok(StartRequest {
            data,
            create_room: self.use_daily,
            room_properties,
        })
    }
}

/// Whether an agent takes sessions: it may do so while another revision takes over. What the
/// service does not say does not stop anybody.
fn can_start(agent: &AgentDetail) -> bool {
    match (agent.ready, agent.available) {
        (None, None) => true,
        (ready, available) => ready == Some(true) || available == Some(true),
    }
}

/// A key to start sessions with.
struct PublicKey {
    key: SecretString,
    /// Where it comes from.
    source: String,
    name: Option<String>,
}

impl PublicKey {
    fn new(key: &SecretString, source: String, name: Option<String>) -> Result<Self> {
        let key = SecretString::from(key.expose_secret().trim());
        if !is_token(key.expose_secret()) {
            return Err(invalid(format!(
                "the API key from {source} contains characters that no key has"
            ))
            .hint("copy the key again, whole and on one line"));
        }
        Ok(Self { key, source, name })
    }

    /// What people may see of it.
    fn shown(&self) -> String {
        let key = masked(self.key.expose_secret());
        match &self.name {
            Some(name) => format!("`{name}` ({key})"),
            None => format!("{key} from {}", self.source),
        }
    }

    /// A refusal, by what it means where the key is what counts.
    fn explain(&self, error: Error, agent: &str, organization: &str, status: &str) -> Error {
        let source = &self.source;
        let said = error.to_string();
        match error.status() {
            Some(401) => error
                .reworded(format!(
                    "the service does not accept the API key from {source}: {said}"
                ))
                .hint(format!(
                    "choose another with `pipecat cloud organizations keys use -o {organization}`, or give one with `--api-key`"
                )),
            Some(404) => error
                .reworded(format!(
                    "there is no agent `{agent}` for the API key from {source}: {said}"
                ))
                .hint("the key may be another organization's"),
            Some(413) => error.reworded(format!("the data is too large: {said}")),
            Some(429) => error.reworded(format!("the agent `{agent}` is at capacity: {said}")),
            _ if error.body_says("code", "PCC-1001") => {
                error.hint(format!("check on it with `{status}`"))
            }
            _ => error,
        }
        .without(self.key.expose_secret())
    }
}

/// The key that belongs to the organization in force.
fn default_key(context: &Context, organization: &str) -> Result<PublicKey> {
    let settings = &context.settings;
    if let Some(setting) = settings.get(Key::DefaultPublicKey)? {
        // A name belongs to the key that stands beside it.
        let name = settings.get(Key::DefaultPublicKeyName)?;
        let name = name.filter(|name| name.source == setting.source);
        return PublicKey::new(
            &setting.value.into(),
            setting.source.to_string(),
            name.map(|name| name.value),
        );
    }
    let document = settings.document();
    let text = |name| {
        let value = document.get_in(organization, name)?.as_str()?.trim();
        (!value.is_empty()).then(|| value.to_owned())
    };
    match text(keys::DEFAULT_PUBLIC_KEY) {
        Some(key) => PublicKey::new(
            &key.into(),
            format!("`{}`", context.store.path().display()),
            text(keys::DEFAULT_PUBLIC_KEY_NAME),
        ),
        None => Err(invalid(format!(
            "there is no API key for starting sessions in `{organization}`"
        ))
        .hint(format!(
            "create one with `pipecat cloud organizations keys create --default -o {organization}`"
        ))
        .hint(format!(
            "or choose one with `pipecat cloud organizations keys use -o {organization}`"
        ))),
    }
}

/// A session that was started.
struct Started(WithRaw<StartedSession>);

impl Report for Started {
    fn json(&self) -> Value {
        self.0.raw.clone()
    }

    fn plain(&self) -> View {
        let session = &self.0.value;
        let room = session.room.as_ref().map(|room| match &session.room_token {
            Some(token) => format!("{room}?t={}", token.expose_secret()),
            None => room.clone(),
        });
        let id = session
            .id
            .clone()
            .unwrap_or_else(|| super::NOT_KNOWN.to_owned());
        let id = View::Labelled(vec![Field::new("Session ID", id)]);
        match room {
            Some(room) => View::Several(vec![View::Line(room), id]),
            None => id,
        }
    }

    fn notes(&self) -> Vec<Note> {
        if self.0.value.id.is_some() {
            return Vec::new();
        }
        vec![Note::Warning(
            "the service accepted the request, but did not name a session".to_owned(),
        )]
    }
}
