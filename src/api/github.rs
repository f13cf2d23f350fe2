//! `/v1/organizations/{org}/github`: the organization's connection to GitHub.

use serde_json::Value;
use url::Url;

use super::fields::{filled, list, object, scalar, text, written};
use super::{Api, WithRaw};
use crate::error::{Code, Result};
use crate::http::is_loopback;

/// The GitHub App, installed for an account.
#[derive(Clone, Debug, Default)]
pub struct Installation {
    /// Its number at GitHub.
    pub id: Option<String>,
    /// The account that it is installed for.
    pub account: Option<String>,
    /// `organization` or `user`.
    pub account_type: Option<String>,
    /// Since when it is suspended, as the service writes it.
    pub suspended_at: Option<String>,
}

impl Installation {
    pub(crate) fn read(raw: &Value) -> Self {
        Self {
            id: filled(raw, "githubInstallationId"),
            account: filled(raw, "githubAccountLogin"),
            account_type: filled(raw, "githubAccountType"),
            suspended_at: filled(raw, "suspendedAt"),
        }
    }
}

/// A repository that the installation may read.
#[derive(Clone, Debug, Default)]
pub struct Repository {
    /// `owner/name`. Blank if the service sent none.
    pub full_name: String,
    /// The branch where nobody names one.
    pub default_branch: Option<String>,
    /// Whether it is private; nothing where the service does not say.
    pub is_private: Option<bool>,
}

impl Repository {
    pub(crate) fn read(raw: &Value) -> Self {
        Self {
            full_name: text(raw, "fullName").unwrap_or_default(),
            default_branch: filled(raw, "defaultBranch"),
            is_private: raw.get("private").and_then(Value::as_bool),
        }
    }
}

/// The name of a branch. Blank if the service sent none.
#[derive(Clone, Debug, Default)]
pub struct GitBranch(pub String);

impl GitBranch {
    pub(crate) fn read(raw: &Value) -> Self {
        Self(scalar(raw).unwrap_or_default())
    }
}

impl Api {
    /// The installation; none where the organization is not connected.
    ///
    /// # Errors
    /// The service refuses or cannot be reached, or its answer makes no sense.
    pub async fn github_installation(
        &self,
        organization: &str,
    ) -> Result<Option<WithRaw<Installation>>> {
        let path = [
            "v1",
            "organizations",
            organization,
            "github",
            "installation",
        ];
        let answer = match self.get(&path).await {
            Err(error) if error.code() == Code::NotFound => return Ok(None),
            response => object(&response?)?,
        };
        Ok(match answer.get("installation") {
            Some(raw @ Value::Object(_)) => Some(WithRaw {
                value: Installation::read(raw),
                raw: raw.clone(),
            }),
            _ => None,
        })
    }

    /// Forgets the installation, which stays on GitHub.
    ///
    /// # Errors
    /// The service refuses, with [`Code::NotFound`] where there is none, or cannot be reached.
    pub async fn disconnect_github(&self, organization: &str) -> Result<()> {
        let path = [
            "v1",
            "organizations",
            organization,
            "github",
            "installation",
        ];
        written(&self.delete(&path).await?).map(drop)
    }

    /// Where to install the App, or to take over an installation that is there `existing`. The
    /// address is for one use.
    ///
    /// # Errors
    /// The service refuses or cannot be reached, or its answer is no address that is safe to open.
    pub async fn github_connect_url(&self, organization: &str, existing: bool) -> Result<Url> {
        let route = if existing { "link-url" } else { "install-url" };
        let path = ["v1", "organizations", organization, "github", route];
        let response = self.get(&path).await?;
        let answer = object(&response)?;
        let url = answer.get("url").and_then(Value::as_str);
        match url.and_then(|url| Url::parse(url).ok()) {
            Some(url) if url.scheme() == "https" => Ok(url),
            Some(url) if url.scheme() == "http" && is_loopback(&url) => Ok(url),
            _ => Err(response.nonsense(anyhow::anyhow!("no `https://` address"))),
        }
    }

    /// The repositories that the installation may read.
    ///
    /// # Errors
    /// The service refuses or cannot be reached, or its answer makes no sense.
    pub async fn github_repositories(
        &self,
        organization: &str,
    ) -> Result<WithRaw<Vec<Repository>>> {
        let path = [
            "v1",
            "organizations",
            organization,
            "github",
            "repositories",
        ];
        list(&self.get(&path).await?, "repositories", Repository::read)
    }

    /// The branches of a repository, those that begin with `prefix` where one is given.
    ///
    /// # Errors
    /// The service refuses or cannot be reached, or its answer makes no sense.
    pub async fn github_branches(
        &self,
        organization: &str,
        (owner, repository): (&str, &str),
        prefix: Option<&str>,
    ) -> Result<WithRaw<Vec<GitBranch>>> {
        let path = [
            "v1",
            "organizations",
            organization,
            "github",
            "repositories",
            owner,
            repository,
            "branches",
        ];
        let query: Vec<_> = prefix.map(|prefix| ("query", prefix)).into_iter().collect();
        let request = self.request(reqwest::Method::GET, &path)?.query(&query);
        list(
            &self.answer(request, &path).await?,
            "branches",
            GitBranch::read,
        )
    }
}
