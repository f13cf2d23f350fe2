//! `POST /v1/organizations/{org}/builds/upload-url`, the upload that follows, and the build of it.

use std::fmt;
use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use anyhow::anyhow;
use reqwest::{Method, StatusCode};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};
use url::Url;

use super::fields::{name, object};
use super::{Api, Build, WithRaw};
use crate::error::{Code, Error, Result, excerpt};
use crate::http::{Body, Form, FormFile, IN_DOUBT, Limits, Request, Response, Upload, is_loopback};

/// What an archive is.
const CONTENT_TYPE: &str = "application/gzip";

/// How long no byte of an upload may move.
const STALL: Duration = Duration::from_secs(60);

/// Where an archive may be uploaded, for a while. Whoever knows the address and the fields may.
pub struct UploadTarget {
    id: String,
    address: SecretString,
    fields: Vec<(String, SecretString)>,
}

impl fmt::Debug for UploadTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UploadTarget")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

impl UploadTarget {
    /// What the upload is called when it is built.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    fn read(raw: &Value) -> Option<Self> {
        let fields = raw.get("uploadFields").and_then(Value::as_object)?;
        let fields = fields.iter().map(|(name, value)| {
            let value = match value {
                Value::String(text) => text.clone(),
                other => other.to_string(),
            };
            (name.clone(), value.into())
        });
        Some(Self {
            id: name(raw, "uploadId")?,
            address: name(raw, "uploadUrl")?.into(),
            fields: fields.collect(),
        })
    }

    /// The address, if an archive may be sent there.
    fn url(&self) -> Result<Url> {
        let wrong = |what: &str| {
            let message = format!("the service's answer named a place for the upload that {what}");
            Error::new(Code::UnexpectedResponse, message)
        };
        let url = Url::parse(self.address.expose_secret());
        let url = url.map_err(|_| wrong("is not an address"))?;
        match url.scheme() {
            "https" => Ok(url),
            "http" if is_loopback(&url) => Ok(url),
            _ => Err(wrong("is not reached over HTTPS")),
        }
    }
}

/// An archive on its way.
pub struct ArchiveUpload {
    request: Request,
    sent: Arc<AtomicU64>,
    /// Its length with the form around it, in bytes.
    pub length: u64,
}

impl fmt::Debug for ArchiveUpload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ArchiveUpload")
            .field("length", &self.length)
            .finish_non_exhaustive()
    }
}

impl ArchiveUpload {
    /// How many bytes have left so far.
    #[must_use]
    pub fn sent(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.sent)
    }
}

/// A build that was started, or is known already.
#[derive(Clone, Debug)]
pub struct StartedBuild {
    /// The build.
    pub build: Build,
    /// Whether a build of these very files was there already.
    pub is_cached: bool,
}

impl Api {
    /// A place for the archive of what is to be built in this region.
    ///
    /// # Errors
    /// The service refuses or cannot be reached, or its answer makes no sense.
    pub async fn upload_target(&self, organization: &str, region: &str) -> Result<UploadTarget> {
        let path = ["v1", "organizations", organization, "builds", "upload-url"];
        let answer = self.post(&path, json!({"region": region})).await;
        let response = answer.map_err(|error| {
            // Documented for the public route: it may come to be demanded here.
            if error.to_string().contains("contentLength") {
                return error.hint("this program is too old for the service: update it");
            }
            error.without_hint(IN_DOUBT)
        })?;
        let target = UploadTarget::read(&object(&response)?);
        target.ok_or_else(|| response.nonsense(anyhow!("no place for the upload")))
    }

    /// Prepares the upload of an archive of `length` bytes, which `open` gives to read.
    ///
    /// # Errors
    /// The place is none that an archive may be sent to.
    pub fn archive_upload<R: Read + Send + Sync + 'static>(
        &self,
        target: &UploadTarget,
        length: u64,
        open: impl Fn() -> io::Result<R> + 'static,
    ) -> Result<ArchiveUpload> {
        let mut fields: Vec<(String, String)> = target
            .fields
            .iter()
            .map(|(name, value)| (name.clone(), value.expose_secret().to_owned()))
            .collect();
        if !fields.iter().any(|(name, _)| name == "Content-Type") {
            fields.push(("Content-Type".to_owned(), CONTENT_TYPE.to_owned()));
        }
        let file = FormFile {
            name: "file",
            file_name: "context.tar.gz",
            content_type: CONTENT_TYPE,
            length,
        };
        let upload: Upload = Form::new(fields).upload(&file, open);
        let request = Request::new(Method::POST, target.url()?)
            .limits(Limits {
                total: None,
                stall: STALL,
                ..Limits::default()
            })
            .repeatable();
        Ok(ArchiveUpload {
            sent: upload.sent(),
            length: upload.length(),
            request: Request {
                is_secret: true,
                also_transient: |response| response.status.is_server_error(),
                ..request.body(Body::Upload(upload))
            },
        })
    }

    /// Uploads it, without the token: who has the fields may. Tried again where the connection
    /// breaks or the store is out of order.
    ///
    /// # Errors
    /// The store refuses or cannot be reached.
    pub async fn upload(&self, upload: &ArchiveUpload) -> Result<()> {
        let sent = self.http.send(upload.request.clone()).await;
        let response = sent.map_err(|error| {
            let error = error.without_hint(IN_DOUBT);
            error.context("the upload failed")
        })?;
        match response.status {
            StatusCode::OK | StatusCode::CREATED | StatusCode::NO_CONTENT => Ok(()),
            _ => Err(refused(&response)),
        }
    }

    /// Starts a build of what was uploaded.
    ///
    /// # Errors
    /// The service refuses or cannot be reached, or its answer makes no sense.
    pub async fn start_build(
        &self,
        organization: &str,
        upload: &str,
        dockerfile: &str,
        region: &str,
    ) -> Result<WithRaw<StartedBuild>> {
        let path = ["v1", "organizations", organization, "builds"];
        let body = json!({"uploadId": upload, "dockerfilePath": dockerfile, "region": region});
        let response = self.post(&path, body).await?;
        let raw = object(&response).map_err(|error| error.hint(IN_DOUBT))?;
        let build = build_in(&raw);
        if build.id.is_none() {
            return Err(response.nonsense(anyhow!("no build")).hint(IN_DOUBT));
        }
        let value = StartedBuild {
            build,
            is_cached: raw["cached"].as_bool().unwrap_or(false),
        };
        Ok(WithRaw { value, raw })
    }
}

impl Api {
    /// A build, asked for once, without trying again.
    ///
    /// # Errors
    /// The service refuses or cannot be reached, or its answer makes no sense.
    pub async fn build_now(&self, organization: &str, id: &str) -> Result<Build> {
        let path = ["v1", "organizations", organization, "builds", id];
        let request = Request {
            is_repeatable: false,
            ..self.request(Method::GET, &path)?
        };
        let raw = object(&self.answer(request, &path).await?)?;
        Ok(build_in(&raw))
    }
}

/// The build in an answer: under `build`, or the answer itself.
fn build_in(answer: &Value) -> Build {
    let build = answer.get("build").filter(|build| build.is_object());
    Build::read(build.unwrap_or(answer))
}

/// What the store has to say, which speaks XML.
fn refused(response: &Response) -> Error {
    let body = String::from_utf8_lossy(&response.body);
    let element = |name: &str| {
        let after = body.split(&format!("<{name}>")).nth(1)?;
        let text = after.split(&format!("</{name}>")).next()?;
        (!text.is_empty()).then(|| excerpt(text).into_owned())
    };
    let status = response.status.as_u16();
    let said = match (element("Code"), element("Message")) {
        (Some(code), Some(message)) => format!("{status}, {code}: {message}"),
        (Some(one), None) | (None, Some(one)) => format!("{status}, {one}"),
        (None, None) => status.to_string(),
    };
    let error = Error::new(
        Code::Rejected,
        format!("the storage service refused the upload ({said})"),
    )
    .with_status(status);
    if said.to_lowercase().contains("expired") {
        return error.hint("a place for an upload is valid for 15 minutes: deploy again, or make the build context smaller");
    }
    error
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mangled::mangled;

    #[test]
    fn an_odd_place_for_an_upload_is_none() {
        let good = json!({
            "uploadId": "u1",
            "uploadUrl": "https://store.example.com/x",
            "uploadFields": {"key": "a", "policy": "b"},
            "expiresAt": "2026-02-01T10:00:00Z",
        });
        assert!(UploadTarget::read(&good).is_some_and(|target| target.url().is_ok()));
        for odd in mangled(&good) {
            let Some(target) = UploadTarget::read(&odd) else {
                continue;
            };
            let is_whole = odd["uploadUrl"] == good["uploadUrl"];
            assert_eq!(target.url().is_ok(), is_whole, "{odd}");
            assert!(!target.id().is_empty(), "{odd}");
        }
    }

    #[test]
    fn no_odd_build_is_a_success() {
        let build = json!({"build": {
            "id": "b1", "status": "building", "region": "us-west", "contextHash": "0f",
            "createdAt": "x", "startedAt": null, "buildDurationSeconds": 1.5,
            "imageSizeBytes": "12", "errorMessage": "no",
        }, "cached": false});
        for odd in mangled(&build).iter().chain(&mangled(&build["build"])) {
            let read = build_in(odd);
            assert!(!read.is_success() && !read.is_over(), "{odd}");
            assert!(read.id.is_none_or(|id| id == "b1" || id == "true"), "{odd}");
        }
    }
}
