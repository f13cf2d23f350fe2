//! Builds in the cloud: their list, their course and their logs, and the way of a build context
//! to the store that it is built from.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Value, json};
use wiremock::ResponseTemplate;

use super::super::archive::Archive;
use super::super::multipart::{self, Part};
use super::agents::replace;
use super::api::{bad_request, json as answer_json, not_found, ok};
use super::ids::uuid;
use super::paging::Paging;
use super::regions::Regions;
use super::request::Request;
use super::world::Organization;

/// Where the store takes uploads, an id behind it.
pub const STORE: &str = "/store/";

/// How long an upload may be waited for.
const VALID_FOR: Duration = Duration::from_secs(15 * 60);

/// All builds of an organization.
#[derive(Clone, Debug)]
pub struct Builds {
    /// Newest first.
    pub all: Vec<Build>,
    /// What was or is to be uploaded, oldest first.
    pub uploads: Vec<Upload>,
    /// How a build that is started from here on goes: an object a look, whose fields it takes.
    pub course: Vec<Value>,
    /// What such a build writes: at each look at its log, the first of these lists is added.
    pub log: Vec<Vec<Value>>,
    /// How the list is divided into pages.
    pub paging: Paging,
    /// How many builds were started.
    started: usize,
}

/// A build with everything in it.
#[derive(Clone, Debug)]
pub struct Build {
    /// The object in the list, and alone.
    pub detail: Value,
    /// What it has written, oldest first.
    pub logs: Vec<Value>,
    /// How it goes on: at each look the first of these objects is taken, and its fields replace
    /// those of the same name.
    pub upcoming: VecDeque<Value>,
    /// How its log goes on: at each look the first of these lists is added.
    pub upcoming_logs: VecDeque<Vec<Value>>,
}

/// A build context on its way.
#[derive(Clone, Debug)]
pub struct Upload {
    /// Its id.
    pub id: String,
    /// Where it is to be built.
    pub region: String,
    /// What the form must hold, beside the file.
    pub fields: BTreeMap<String, String>,
    /// What has come.
    pub archive: Option<Archive>,
}

impl Default for Builds {
    fn default() -> Self {
        let line = |second: u32, text: &str| json!({"timestamp": format!("2026-02-01T10:00:{second:02}.000Z"), "message": text});
        Self {
            all: Vec::new(),
            uploads: Vec::new(),
            course: vec![
                json!({}),
                json!({"status": "building", "startedAt": "2026-02-01T10:00:01.000Z"}),
                json!({
                    "status": "success",
                    "completedAt": "2026-02-01T10:00:43.000Z",
                    "buildDurationSeconds": 42,
                    "imageSizeBytes": "262144000",
                }),
            ],
            log: vec![
                vec![line(
                    1,
                    "#1 [internal] load build definition from Dockerfile",
                )],
                vec![
                    line(2, "#2 FROM docker.io/dailyco/pipecat-base:latest"),
                    line(9, "#3 COPY . ."),
                ],
                vec![line(41, "#4 exporting to image")],
            ],
            paging: Paging::default(),
            started: 0,
        }
    }
}

impl Build {
    /// A build that is done, of a context with this hash.
    pub fn new(seed: &str, region: &str, hash: &str) -> Self {
        Self {
            detail: json!({
                "id": uuid(&format!("build {seed}")),
                "organizationId": uuid("organization"),
                "status": "success",
                "region": region,
                "contextHash": hash,
                "dockerfilePath": "Dockerfile",
                "imageUri": format!("registry.example.com/acme/{hash}"),
                "createdAt": "2026-01-20T07:58:00.000Z",
                "startedAt": "2026-01-20T07:58:05.000Z",
                "completedAt": "2026-01-20T07:59:44.000Z",
                "updatedAt": "2026-01-20T07:59:44.000Z",
                "buildDurationSeconds": 99,
                "contextSizeBytes": 2048,
                "imageSizeBytes": "524288000",
                "errorMessage": null,
                "commitSha": null,
                "repoFullName": null,
                "ref": null,
            }),
            logs: Vec::new(),
            upcoming: VecDeque::new(),
            upcoming_logs: VecDeque::new(),
        }
    }

    /// The same with other values in some fields.
    pub fn with(mut self, fields: &Value) -> Self {
        replace(&mut self.detail, fields);
        self
    }

    /// Its id.
    pub fn id(&self) -> &str {
        self.detail["id"].as_str().unwrap_or_default()
    }

    fn look(&mut self) -> ResponseTemplate {
        if let Some(changes) = self.upcoming.pop_front() {
            replace(&mut self.detail, &changes);
        }
        ok(&json!({"build": self.detail}))
    }

    fn look_at_log(&mut self, request: &Request) -> ResponseTemplate {
        let more = self.upcoming_logs.pop_front().into_iter().flatten();
        self.logs.extend(more);
        let limit = request.parameters().get("limit").map(|limit| limit.parse());
        match limit {
            None => ok(&json!({"logs": self.logs})),
            Some(Ok(limit @ 1..=10_000)) => {
                let skipped = self.logs.len().saturating_sub(limit);
                ok(&json!({"logs": self.logs[skipped..]}))
            }
            Some(_) => bad_request("invalid limit"),
        }
    }
}

/// Answers the routes below `builds`.
pub(super) fn answer(
    organization: &mut Organization,
    base: &str,
    route: &[&str],
    request: &Request,
) -> ResponseTemplate {
    let Organization {
        builds, regions, ..
    } = organization;
    match (request.method.as_str(), route) {
        ("GET", []) => builds.list(request),
        ("POST", []) => builds.start(regions, &request.json()),
        ("POST", ["upload-url"]) => builds.prepare(regions, base, &request.json()),
        ("GET", [id]) => builds.build(id).map_or_else(no_build, Build::look),
        ("GET", [id, "logs"]) => match builds.build(id) {
            Some(build) => build.look_at_log(request),
            None => no_build(),
        },
        _ => not_found("Not found"),
    }
}

fn no_build() -> ResponseTemplate {
    not_found("Build not found")
}

impl Builds {
    /// A build, by its id.
    pub fn build(&mut self, id: &str) -> Option<&mut Build> {
        self.all.iter_mut().find(|build| build.id() == id)
    }

    fn list(&self, request: &Request) -> ResponseTemplate {
        let parameters = request.parameters();
        let fits = |build: &&Value| {
            ["contextHash", "region", "status"].iter().all(|name| {
                let wanted = parameters.get(*name);
                wanted.is_none_or(|wanted| build[*name] == **wanted)
            })
        };
        let all = self.all.iter().map(|build| &build.detail);
        let fitting: Vec<&Value> = all.filter(fits).collect();
        let total = fitting.len();
        match self.paging.page(request, fitting.into_iter()) {
            Ok(page) => ok(&json!({
                "builds": page,
                "total": total,
                "limit": parameters.get("limit").and_then(|limit| limit.parse::<u64>().ok()),
                "offset": 0,
            })),
            Err(refusal) => *refusal,
        }
    }

    /// Tells where a context is to be uploaded, and what its form must hold.
    fn prepare(&mut self, regions: &Regions, base: &str, body: &Value) -> ResponseTemplate {
        let region = match known_region(regions, body) {
            Ok(region) => region,
            Err(refusal) => return *refusal,
        };
        let id = uuid(&format!("upload {}", self.uploads.len() + 1));
        let fields: BTreeMap<String, String> = [
            ("key", format!("contexts/{id}.tar.gz")),
            ("policy", "eyJleHBpcmF0aW9uIjoiMjAyNi0wMi0wMSJ9".to_owned()),
            ("x-amz-algorithm", "AWS4-HMAC-SHA256".to_owned()),
            (
                "x-amz-credential",
                "AKIAEXAMPLE/20260201/us-west-2/s3/aws4_request".to_owned(),
            ),
            ("x-amz-signature", format!("signature-{id}")),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into();
        let expires = DateTime::<Utc>::from(std::time::SystemTime::now() + VALID_FOR);
        let answer = json!({
            "uploadId": id,
            "uploadUrl": format!("{base}{STORE}{id}"),
            "uploadFields": fields,
            "expiresAt": expires.to_rfc3339_opts(SecondsFormat::Millis, true),
        });
        self.uploads.push(Upload {
            id,
            region,
            fields,
            archive: None,
        });
        ok(&answer)
    }

    /// Starts a build of what was uploaded, unless there is one of the same.
    fn start(&mut self, regions: &Regions, body: &Value) -> ResponseTemplate {
        let region = match known_region(regions, body) {
            Ok(region) => region,
            Err(refusal) => return *refusal,
        };
        let mut uploads = self.uploads.iter();
        let upload = uploads.find(|upload| body["uploadId"] == upload.id);
        let Some(upload) = upload.filter(|upload| upload.region == region) else {
            return not_found("Upload not found in this region");
        };
        let Some(archive) = &upload.archive else {
            return bad_request("Nothing was uploaded");
        };
        let hash = archive.hash.clone();
        let known = self.all.iter().find(|build| {
            let Build { detail, .. } = build;
            detail["contextHash"] == hash
                && detail["region"] == region
                && detail["status"] == "success"
        });
        if let Some(known) = known {
            return ok(&json!({"build": known.detail, "contextHash": hash, "cached": true}));
        }
        let dockerfile = &body["dockerfilePath"];
        let size: usize = archive.files.iter().map(|file| file.content.len()).sum();
        let has_dockerfile = archive.paths().iter().any(|path| dockerfile == *path);
        self.started += 1;
        let mut build =
            Build::new(&format!("started {}", self.started), &region, &hash).with(&json!({
                "status": "pending",
                "dockerfilePath": dockerfile,
                "createdAt": "2026-02-01T10:00:00.000Z",
                "startedAt": null,
                "completedAt": null,
                "updatedAt": "2026-02-01T10:00:00.000Z",
                "buildDurationSeconds": null,
                "contextSizeBytes": size,
                "imageSizeBytes": null,
            }));
        build.upcoming_logs = self.log.clone().into();
        build.upcoming = if has_dockerfile {
            self.course.clone().into()
        } else {
            let message = format!("failed to read dockerfile: {dockerfile} not found");
            [json!({"status": "failed", "errorMessage": message})].into()
        };
        let answer = json!({"build": build.detail, "contextHash": hash, "cached": false});
        self.all.insert(0, build);
        answer_json(201, &answer)
    }
}

/// The region that a body names, if it is one of the organization's.
fn known_region(regions: &Regions, body: &Value) -> Result<String, Box<ResponseTemplate>> {
    let known = regions
        .all
        .iter()
        .find(|region| body["region"] == region.code);
    match known {
        Some(region) => Ok(region.code.clone()),
        None => Err(Box::new(bad_request("No such region"))),
    }
}

/// Answers the store: takes a form in order, with the fields of an upload that is waited for.
pub(super) fn store<'a>(
    mut organizations: impl Iterator<Item = &'a mut Organization>,
    request: &Request,
) -> ResponseTemplate {
    let id = request.path.strip_prefix(STORE).unwrap_or_default();
    let upload = organizations.find_map(|organization| {
        let mut uploads = organization.builds.uploads.iter_mut();
        uploads.find(|upload| upload.id == id)
    });
    let Some(upload) = upload else {
        return refused(404, "NoSuchKey", "The specified key does not exist.");
    };
    if request.method != "POST" {
        return refused(
            405,
            "MethodNotAllowed",
            "The specified method is not allowed.",
        );
    }
    if request.header("content-length").is_none() || request.header("transfer-encoding").is_some() {
        return refused(
            411,
            "MissingContentLength",
            "You must provide the Content-Length.",
        );
    }
    for header in ["authorization", "cookie"] {
        if request.header(header).is_some() {
            return refused(
                400,
                "InvalidArgument",
                &format!("Unsupported header: {header}"),
            );
        }
    }
    let form = request.header("content-type").unwrap_or_default();
    let form = multipart::read(form, &request.bytes);
    match form.and_then(|parts| upload.take(&parts)) {
        Ok(()) => ResponseTemplate::new(204),
        Err(message) => refused(403, "AccessDenied", &message),
    }
}

impl Upload {
    /// Takes the form, if it is in order.
    fn take(&mut self, parts: &[Part]) -> Result<(), String> {
        let Some((file, fields)) = parts.split_last() else {
            return Err("an empty form".to_owned());
        };
        let sent: BTreeMap<String, String> = fields
            .iter()
            .map(|field| (field.name.clone(), field.text()))
            .collect();
        let mut wanted = self.fields.clone();
        let typed = wanted.entry("Content-Type".to_owned());
        typed.or_insert_with(|| "application/gzip".to_owned());
        if sent != wanted || sent.len() != fields.len() {
            let names: Vec<&String> = sent.keys().collect();
            return Err(format!("the policy does not allow these fields: {names:?}"));
        }
        let is_archive = file.name == "file"
            && file.filename.as_deref() == Some("context.tar.gz")
            && file.content_type.as_deref() == Some("application/gzip");
        if !is_archive {
            return Err("the last part is not the file".to_owned());
        }
        self.archive = Some(Archive::read(&file.content)?);
        Ok(())
    }
}

/// An error as the store writes it.
fn refused(status: u16, code: &str, message: &str) -> ResponseTemplate {
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{code}</Code><Message>{message}</Message></Error>"
    );
    ResponseTemplate::new(status).set_body_raw(body, "application/xml")
}
