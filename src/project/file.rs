//! `pcc-deploy.toml`: what may stand in it.
//!
//! The doc comments of the types are the descriptions of the [schema](super::schema::SCHEMA), which a test
//! generates from them and compares with the file that is kept.

use std::path::PathBuf;

use serde_json::{Value, json};

use super::problem::Problem;
use super::section::Placed;
use super::values::{Architecture, AudioFilter, Quantity};
#[cfg(test)]
use super::values::{BRANCH, REPOSITORY, SESSION_DURATION};
use crate::text::Place;

/// Configuration of an agent that is deployed to Pipecat Cloud.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(title = "pcc-deploy.toml", deny_unknown_fields, extend("allOf" = conditions())))]
pub struct DeployConfig {
    /// The agent's name: small letters, digits and `-`, up to 54 of them.
    pub agent_name: Option<Placed<String>>,
    /// The container image, with its tag: `REPOSITORY/NAME:TAG`.
    #[cfg_attr(test, schemars(regex(pattern = ":")))]
    pub image: Option<Placed<String>>,
    /// A cloud build to deploy, in the place of an image.
    pub build_id: Option<Placed<String>>,
    /// The image pull secret to pull the image with.
    pub image_credentials: Option<Placed<String>>,
    /// The secret set whose values the agent gets as environment variables.
    pub secret_set: Option<Placed<String>>,
    /// The region to deploy to.
    pub region: Option<Placed<String>>,
    /// How WebSocket connections to the agent are authenticated.
    pub websocket_auth: Option<Placed<String>>,
    /// The agent profile, which sets processors and memory.
    pub agent_profile: Option<Placed<String>>,
    /// How long a session may last, in seconds.
    #[cfg_attr(test, schemars(range(min = *SESSION_DURATION.start(), max = *SESSION_DURATION.end())))]
    pub max_session_duration: Option<Placed<u64>>,
    /// The processor architecture that the image is for.
    pub architecture: Option<Placed<Architecture>>,
    /// How many instances run.
    #[cfg_attr(test, schemars(default))]
    pub scaling: Scaling,
    /// Noise suppression with Krisp VIVA.
    #[cfg_attr(test, schemars(default))]
    pub krisp_viva: KrispViva,
    /// Processors and memory, in self-hosted regions, in the place of an agent profile.
    #[cfg_attr(test, schemars(default))]
    pub resources: Resources,
    /// A GitHub repository to create the agent from.
    #[cfg_attr(test, schemars(default))]
    pub git: Git,
    /// The cloud build.
    #[cfg_attr(test, schemars(default))]
    pub build: Build,
    /// What `pipecat cloud docker build-push` builds and pushes.
    #[cfg_attr(test, schemars(default))]
    pub docker: Docker,
}

/// How many instances run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(deny_unknown_fields))]
pub struct Scaling {
    /// How many are kept ready; they are billed. 0 means cold starts.
    pub min_agents: Option<Placed<u64>>,
    /// How many there are at most.
    #[cfg_attr(test, schemars(range(min = 1)))]
    pub max_agents: Option<Placed<u64>>,
}

/// Krisp VIVA.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(deny_unknown_fields))]
pub struct KrispViva {
    /// The model that noise is filtered with.
    pub audio_filter: Option<Placed<AudioFilter>>,
}

/// Processors and memory: both or neither.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(deny_unknown_fields))]
#[cfg_attr(test, schemars(extend("dependencies" = {"cpu": ["memory"], "memory": ["cpu"]})))]
pub struct Resources {
    /// Processors: `1`, `500m`.
    pub cpu: Option<Placed<Quantity>>,
    /// Memory: `1Gi`, `512Mi`.
    pub memory: Option<Placed<Quantity>>,
}

/// A GitHub repository: it and its branch, or neither.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(deny_unknown_fields))]
#[cfg_attr(test, schemars(extend("dependencies" = {"repo": ["branch"], "branch": ["repo"]})))]
pub struct Git {
    /// The repository: `OWNER/REPO`.
    #[cfg_attr(test, schemars(regex(pattern = REPOSITORY)))]
    pub repo: Option<Placed<String>>,
    /// The branch.
    #[cfg_attr(test, schemars(regex(pattern = BRANCH)))]
    pub branch: Option<Placed<String>>,
    /// The Dockerfile in it.
    pub dockerfile_path: Option<Placed<String>>,
    /// The folder in it to build.
    pub subdirectory: Option<Placed<String>>,
}

/// The cloud build.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Build {
    /// The folder that is built, `.` if it is not given.
    pub context_dir: Option<Placed<String>>,
    /// The Dockerfile below that folder, `Dockerfile` if it is not given.
    pub dockerfile: Option<Placed<String>>,
    /// What is left out of the build.
    #[cfg_attr(test, schemars(default))]
    pub exclude: Exclude,
}

/// What the build leaves out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Exclude {
    /// Patterns like those of a `.dockerignore`; they count only where there is none.
    #[cfg_attr(test, schemars(default))]
    pub patterns: Vec<Placed<String>>,
}

/// What `pipecat cloud docker build-push` builds and pushes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Docker {
    /// The kind of registry: `dockerhub` or `custom`.
    pub registry: Option<Placed<String>>,
    /// The account there.
    pub registry_username: Option<Placed<String>>,
    /// The address of a custom one.
    pub registry_url: Option<Placed<String>>,
    /// Whether the tag `latest` is pushed too, as it is if this is not given.
    pub auto_latest: Option<Placed<bool>>,
}

impl DeployConfig {
    /// Every value that is given, by its whole key, with its place.
    #[must_use]
    pub fn values(&self) -> Vec<(String, Value, Place)> {
        let mut values = Vec::new();
        macro_rules! add {
            ($($key:literal: $value:expr),+ $(,)?) => {
                $(if let Some(Placed { value, place }) = &$value {
                    values.push(($key.to_owned(), json!(value), *place));
                })+
            };
        }
        let quantity = |quantity: &Option<Placed<Quantity>>| {
            quantity.as_ref().map(|Placed { value, place }| Placed {
                value: value.to_json(),
                place: *place,
            })
        };
        let named = |name: Option<(&'static str, Place)>| {
            name.map(|(value, place)| Placed { value, place })
        };
        let architecture = self.architecture.as_ref();
        let architecture = architecture.map(|placed| (placed.value.name(), placed.place));
        let filter = self.krisp_viva.audio_filter.as_ref();
        let filter = filter.map(|placed| (placed.value.name(), placed.place));
        add! {
            "agent_name": self.agent_name,
            "image": self.image,
            "build_id": self.build_id,
            "image_credentials": self.image_credentials,
            "secret_set": self.secret_set,
            "region": self.region,
            "websocket_auth": self.websocket_auth,
            "agent_profile": self.agent_profile,
            "max_session_duration": self.max_session_duration,
            "architecture": named(architecture),
            "scaling.min_agents": self.scaling.min_agents,
            "scaling.max_agents": self.scaling.max_agents,
            "krisp_viva.audio_filter": named(filter),
            "resources.cpu": quantity(&self.resources.cpu),
            "resources.memory": quantity(&self.resources.memory),
            "git.repo": self.git.repo,
            "git.branch": self.git.branch,
            "git.dockerfile_path": self.git.dockerfile_path,
            "git.subdirectory": self.git.subdirectory,
            "build.context_dir": self.build.context_dir,
            "build.dockerfile": self.build.dockerfile,
            "docker.registry": self.docker.registry,
            "docker.registry_username": self.docker.registry_username,
            "docker.registry_url": self.docker.registry_url,
            "docker.auto_latest": self.docker.auto_latest,
        }
        let patterns = &self.build.exclude.patterns;
        if let Some(first) = patterns.first() {
            let all = patterns.iter().map(|pattern| json!(pattern.value));
            values.push((
                "build.exclude.patterns".to_owned(),
                all.collect(),
                first.place,
            ));
        }
        values
    }
}

/// A deploy file as it was read. One that is not there is empty.
#[derive(Clone, Debug, Default)]
pub struct DeployFile {
    /// Where it lies, if it is there.
    pub path: Option<PathBuf>,
    /// What it says.
    pub config: DeployConfig,
    /// What is worth a word, and stops nothing.
    pub warnings: Vec<Problem>,
}

impl DeployFile {
    /// Something wrong with a value of this file, which may show only beside other values.
    #[must_use]
    pub fn problem(&self, key: &str, place: Place, message: impl Into<String>) -> Problem {
        let problem = Problem::new(message).about(key);
        match &self.path {
            Some(path) => problem.in_file(path).at(place),
            None => problem,
        }
    }
}

/// What stands for the same thing twice is refused by [`super::read`], and by the schema with this.
#[cfg(test)]
fn conditions() -> serde_json::Value {
    use serde_json::json;

    // Blank ones count as not given.
    let text = |name: &str| json!({"required": [name], "properties": {name: {"pattern": "\\S"}}});
    let table = |name: &str, keys: [&str; 2]| {
        let keys = keys.map(|key| json!({"required": [key]}));
        json!({"required": [name], "properties": {name: {"anyOf": keys}}})
    };
    let git = || table("git", ["repo", "branch"]);
    json!([
        {"not": {"allOf": [text("image"), text("build_id")]}},
        {"not": {"allOf": [text("image"), git()]}},
        {"not": {"allOf": [text("build_id"), git()]}},
        {"not": {"allOf": [text("agent_profile"), table("resources", ["cpu", "memory"])]}},
    ])
}
