//! The service's routes: one client with the bearer token, and the types of its answers.

mod agent_detail;
mod agents;
mod builds;
mod deployments;
mod fields;
mod github;
mod keys;
mod links;
mod logs;
mod organizations;
mod profiles;
mod properties;
mod raw;
mod refusal;
mod regions;
mod registry_keys;
mod rollout;
mod secrets;
mod sessions;
mod spend_limit;
mod start;
mod uploads;
mod users;

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use reqwest::Method;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;
use tokio::sync::{Mutex, MutexGuard};
use url::Url;

pub use agent_detail::{
    AgentDetail, AgentError, DeployedCommit, Health, Resources, Revision, Scaling,
};
pub use agents::{Agent, Deployment, GitLink};
pub use builds::{Build, BuildFilter, BuildLogLine};
pub use deployments::{
    Accepted, AutoScaling, DeploymentResources, DeploymentSource, GitSource, KrispViva,
    NewDeployment,
};
pub use github::{GitBranch, Installation, Repository};
pub use keys::{ApiKey, ApiKeys, KeyKind};
pub use links::{DeployIntent, LatestDeploy, LinkChange};
pub use logs::{LogEntry, LogPage, LogQuery, LogTotal};
pub use organizations::Organization;
pub use profiles::{AgentProfile, ProfileChange};
pub use properties::Properties;
pub use raw::Target;
pub use regions::{Region, RegionRecord, RegionSettings};
pub use registry_keys::{MintedKey, RegistryKey};
pub use rollout::Rollout;
pub use secrets::{SecretSet, SecretSetDetail, SetStatus, login_redaction};
pub use sessions::{
    AgentSession, Metrics, Sample, SessionDetail, SessionEvent, SessionPage, SessionQuery,
};
pub use spend_limit::{Amount, SpendLimit, dollars};
pub use start::{StartRequest, StartedSession};
pub use uploads::{ArchiveUpload, StartedBuild, UploadTarget};
pub use users::User;

use crate::error::{Code, Error, Result};
use crate::http::{Body, Http, IN_DOUBT, Limits, Request, Response, route};
use crate::oauth::{Renewal, has_run_out};
use crate::settings::Source;
use crate::store::Session;

/// What an answer was read as, and the raw value of it for JSON output.
#[derive(Clone)]
pub struct WithRaw<T> {
    /// What this program understands of it.
    pub value: T,
    /// All that the service sent.
    pub raw: Value,
}

/// Shows nothing of what the service sent: there may be keys in it.
impl<T: std::fmt::Debug> std::fmt::Debug for WithRaw<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WithRaw")
            .field("value", &self.value)
            .finish_non_exhaustive()
    }
}

/// Who is asking.
pub enum Credential {
    /// A token that is used as it is.
    Fixed(SecretString, Source),
    /// The file's session, which renews itself.
    Session(Session, Source, Rc<Renewal>),
}

/// The client of the service.
pub struct Api {
    http: Rc<Http>,
    base: Url,
    source: Source,
    renewal: Option<Rc<Renewal>>,
    session: Mutex<Session>,
    /// Whether a request has been sent, so that the account stays what it is.
    begun: Cell<bool>,
}

impl Api {
    /// A client for the service at `base`.
    #[must_use]
    pub fn new(http: Rc<Http>, base: Url, credential: Credential) -> Self {
        let (session, source, renewal) = match credential {
            Credential::Fixed(token, source) => (Session::personal(token), source, None),
            Credential::Session(session, source, renewal) => (session, source, Some(renewal)),
        };
        Self {
            http,
            base,
            source,
            renewal,
            session: Mutex::new(session),
            begun: Cell::new(false),
        }
    }

    /// The token in force, renewed first if it is about to run out. Where that fails, the service
    /// may still accept it, whatever this machine's clock says.
    ///
    /// # Errors
    /// The session is over.
    pub async fn token(&self) -> Result<SecretString> {
        let session = self.renewed_ahead().await?;
        Ok(session.access_token.clone())
    }

    /// The token in force, for somebody who asks the service without us.
    ///
    /// # Errors
    /// It has run out, and cannot be renewed.
    pub async fn sound_token(&self) -> Result<SecretString> {
        let session = self.renewed_ahead().await?;
        match &self.renewal {
            Some(renewal) if has_run_out(&session) => {
                if let Some(error) = renewal.failed() {
                    return Err(error);
                }
                if session.refresh_token.is_none() {
                    let source = &self.source;
                    return Err(Error::new(
                        Code::SessionEnded,
                        format!("the token in {source} has expired, and there is nothing to renew it with"),
                    )
                    .hint("run `pipecat cloud auth login`"));
                }
            }
            _ => {}
        }
        Ok(session.access_token.clone())
    }

    async fn renewed_ahead(&self) -> Result<MutexGuard<'_, Session>> {
        let mut session = self.session.lock().await;
        if let Some(renewal) = &self.renewal {
            renewal.renew_ahead(&mut session, self.begun.get()).await?;
        }
        Ok(session)
    }

    async fn get(&self, path: &[&str]) -> Result<Response> {
        self.send(Method::GET, path, Body::None).await
    }

    /// A read that is not waited for as long as for others.
    async fn get_within(&self, path: &[&str], limit: Duration) -> Result<Response> {
        let limits = Limits {
            attempts: Some(limit),
            ..Limits::default()
        };
        let request = Request::get(route(&self.base, path)?).limits(limits);
        self.answer(request, path).await
    }

    async fn post(&self, path: &[&str], json: Value) -> Result<Response> {
        self.send(Method::POST, path, Body::Json(json)).await
    }

    async fn delete(&self, path: &[&str]) -> Result<Response> {
        self.send(Method::DELETE, path, Body::None).await
    }

    async fn send(&self, method: Method, path: &[&str], body: Body) -> Result<Response> {
        let request = self.request(method, path)?.body(body);
        self.answer(request, path).await
    }

    /// The request for a route.
    fn request(&self, method: Method, path: &[&str]) -> Result<Request> {
        Ok(Request::new(method, route(&self.base, path)?))
    }

    /// One request, and once more with a renewed token after a 401, which says that nothing was
    /// done: as the same account, or not at all. `path` tells whom it is about.
    async fn answer(&self, request: Request, path: &[&str]) -> Result<Response> {
        let token = self.token().await?;
        self.begun.set(true);
        let mut response = self
            .http
            .send(request.clone().bearer(token.clone()))
            .await?;
        if response.status == 401
            && let Some(token) = self.renew_rejected(&token).await?
        {
            response = self.http.send(request.clone().bearer(token)).await?;
        }
        if response.status.is_success() {
            return Ok(response);
        }
        let error = self.refusal(&response, path);
        Err(match error.code() {
            Code::ServiceError if request.method != Method::GET => error.hint(IN_DOUBT),
            _ => error,
        })
    }

    /// A new token in the place of one that the service has just turned down, where that can be had.
    async fn renew_rejected(&self, rejected: &SecretString) -> Result<Option<SecretString>> {
        let Some(renewal) = &self.renewal else {
            return Ok(None);
        };
        let mut session = self.session.lock().await;
        // Another request of this process may have been turned down, and have renewed it, before.
        if session.access_token.expose_secret() == rejected.expose_secret() {
            match renewal.renew_rejected(&session).await? {
                Some(renewed) => *session = renewed,
                None => return Ok(None),
            }
        }
        Ok(Some(session.access_token.clone()))
    }

    /// What a refusal means for who asked, and for what.
    fn refusal(&self, response: &Response, path: &[&str]) -> Error {
        let (error, said) = (refusal::refusal(response), response.said());
        let organization = match path {
            ["v1", "organizations", organization, ..] => Some(organization),
            _ => None,
        };
        if response.is_page() {
            // Not the service's own word, so nothing follows for the token or the organization.
            return error;
        }
        match (error.code(), organization) {
            (Code::Unauthorized, _) => {
                let error = error.reworded(format!(
                    "the service does not accept the token from {} ({said})",
                    self.source
                ));
                match self.source {
                    Source::Environment(name) => error.hint(format!(
                        "put a valid token in `{name}`, or unset it to use your stored session"
                    )),
                    Source::File(_) => {
                        error.hint("run `pipecat cloud auth login` to sign in again")
                    }
                    _ => error,
                }
            }
            (Code::Forbidden, Some(organization)) => error
                .with_code(Code::NotAMember)
                .reworded(format!(
                    "you are not a member of the organization `{organization}`, or are not \
                     allowed to do this there ({said})"
                ))
                .hint("run `pipecat cloud organizations list` to see yours"),
            (Code::NotFound | Code::Rejected, Some(organization)) => {
                error.context(&format!("in the organization `{organization}`"))
            }
            _ => error,
        }
    }
}
