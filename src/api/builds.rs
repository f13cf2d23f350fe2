//! `/v1/organizations/{org}/builds`: builds in the cloud, and what they write.

use anyhow::anyhow;
use reqwest::Method;
use serde_json::Value;

use super::fields::{filled, list, name, object, text};
use super::{Api, WithRaw};
use crate::error::Result;

/// A build. Whatever the service does not say is not known.
#[derive(Clone, Debug, Default)]
pub struct Build {
    /// Its id.
    pub id: Option<String>,
    /// How it stands: `pending`, `building`, `success`, `failed`, `timeout`.
    pub status: Option<String>,
    /// Where it was built, and may run.
    pub region: Option<String>,
    /// The hash of the archive that it was built from.
    pub context_hash: Option<String>,
    /// The Dockerfile in that archive.
    pub dockerfile: Option<String>,
    /// When it was asked for, as the service writes it.
    pub created_at: Option<String>,
    /// When it began, as the service writes it.
    pub started_at: Option<String>,
    /// When it ended, as the service writes it.
    pub completed_at: Option<String>,
    /// How long it took, in seconds.
    pub duration: Option<u64>,
    /// The bytes of what it was built from.
    pub context_size: Option<u64>,
    /// The bytes of the image.
    pub image_size: Option<u64>,
    /// Why it failed.
    pub error: Option<String>,
    /// The commit that it was built from.
    pub commit: Option<String>,
    /// The repository of that, as `owner/name`.
    pub repository: Option<String>,
    /// What of that repository was built, as in `refs/heads/main`.
    pub git_ref: Option<String>,
}

impl Build {
    /// Reads what the service says of a build.
    #[must_use]
    pub fn read(raw: &Value) -> Self {
        let filled = |name: &str| filled(raw, name);
        let number = |name: &str| text(raw, name).and_then(|text| whole(&text));
        Self {
            id: name(raw, "id"),
            status: filled("status"),
            region: filled("region"),
            context_hash: filled("contextHash"),
            dockerfile: filled("dockerfilePath"),
            created_at: filled("createdAt"),
            started_at: filled("startedAt"),
            completed_at: filled("completedAt"),
            duration: number("buildDurationSeconds"),
            context_size: number("contextSizeBytes"),
            image_size: number("imageSizeBytes"),
            error: filled("errorMessage"),
            commit: filled("commitSha"),
            repository: filled("repoFullName"),
            git_ref: filled("ref"),
        }
    }

    /// Whether it is over, one way or the other. A status that is not known is not the last one.
    #[must_use]
    pub fn is_over(&self) -> bool {
        matches!(
            self.status.as_deref(),
            Some("success" | "failed" | "timeout")
        )
    }

    /// Whether there is an image.
    #[must_use]
    pub fn is_success(&self) -> bool {
        self.status.as_deref() == Some("success")
    }
}

/// A number without what stands behind its point.
fn whole(text: &str) -> Option<u64> {
    let digits = text.split('.').next()?;
    digits.parse().ok()
}

/// A line that a build has written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BuildLogLine {
    /// When, as the service writes it.
    pub timestamp: Option<String>,
    /// What.
    pub text: String,
}

impl BuildLogLine {
    fn read(raw: &Value) -> Self {
        let text_of = |name: &str| text(raw, name);
        Self {
            timestamp: text_of("timestamp"),
            text: match raw {
                Value::String(text) => text.clone(),
                Value::Number(number) => number.to_string(),
                _ => text_of("message")
                    .or_else(|| text_of("log"))
                    .unwrap_or_default(),
            },
        }
    }
}

/// Which builds are wanted.
#[derive(Clone, Copy, Debug)]
pub struct BuildFilter<'a> {
    /// So many at most, newest first.
    pub limit: u32,
    /// With this status.
    pub status: Option<&'a str>,
    /// In this region.
    pub region: Option<&'a str>,
    /// Of this context.
    pub context_hash: Option<&'a str>,
}

impl Api {
    /// Builds of an organization.
    ///
    /// # Errors
    /// The service refuses or cannot be reached, or its answer makes no sense.
    pub async fn builds(
        &self,
        organization: &str,
        filter: &BuildFilter<'_>,
    ) -> Result<WithRaw<Vec<Build>>> {
        let path = ["v1", "organizations", organization, "builds"];
        let limit = filter.limit.to_string();
        let mut query = vec![("limit", limit.as_str())];
        query.extend(filter.context_hash.map(|hash| ("contextHash", hash)));
        query.extend(filter.region.map(|code| ("region", code)));
        query.extend(filter.status.map(|status| ("status", status)));
        let request = self.request(Method::GET, &path)?.query(&query);
        list(&self.answer(request, &path).await?, "builds", Build::read)
    }

    /// A build; none of that id is [`Code::NotFound`](crate::error::Code::NotFound).
    ///
    /// # Errors
    /// The service refuses or cannot be reached, or its answer makes no sense.
    pub async fn build(&self, organization: &str, id: &str) -> Result<WithRaw<Build>> {
        let path = ["v1", "organizations", organization, "builds", id];
        let response = self.get(&path).await?;
        let mut raw = object(&response)?;
        if let Some(build) = raw.get_mut("build") {
            raw = build.take();
        }
        let value = Build::read(&raw);
        if value.id.is_none() && value.status.is_none() {
            return Err(response.nonsense(anyhow!("no build")));
        }
        Ok(WithRaw { value, raw })
    }

    /// What a build has written, so many lines at most.
    ///
    /// # Errors
    /// The service refuses or cannot be reached, or its answer makes no sense.
    pub async fn build_log(
        &self,
        organization: &str,
        id: &str,
        limit: u32,
    ) -> Result<WithRaw<Vec<BuildLogLine>>> {
        let path = ["v1", "organizations", organization, "builds", id, "logs"];
        let limit = limit.to_string();
        let request = self.request(Method::GET, &path)?;
        let request = request.query(&[("limit", &limit)]);
        let response = self.answer(request, &path).await?;
        list(&response, "logs", BuildLogLine::read)
    }
}

#[cfg(test)]
mod tests;
