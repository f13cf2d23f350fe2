//! What is to be deployed, each value with who has said it.

use serde_json::Value;

use crate::api::{
    AutoScaling, DeploymentResources, DeploymentSource, GitSource, KrispViva, NewDeployment,
};
use crate::output::Note;
use crate::project::values::{Architecture, AudioFilter, Quantity};
use crate::text::Place;

/// A value, and who has said it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sourced<T> {
    pub(super) value: T,
    pub(super) source: Source,
}

/// Who has said a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// The command line.
    Option,
    /// The file, at this place.
    File(Place),
    /// Nobody.
    Default,
}

/// What runs.
#[derive(Clone, Debug)]
pub(super) enum What {
    /// An image.
    Image(Sourced<String>),
    /// A build that there is.
    Build(Sourced<String>),
    /// A repository.
    Git(GitSource),
    /// The folder, built in the cloud.
    Folder,
}

/// Everything that is wanted.
#[derive(Debug)]
pub(super) struct Wanted {
    pub(super) agent: String,
    pub(super) what: What,
    pub(super) credentials: Option<Sourced<String>>,
    pub(super) secret_set: Option<Sourced<String>>,
    pub(super) region: Option<Sourced<String>>,
    pub(super) profile: Option<Sourced<String>>,
    pub(super) websocket_auth: Option<Sourced<String>>,
    pub(super) architecture: Option<Sourced<Architecture>>,
    pub(super) max_session_duration: Option<Sourced<u64>>,
    pub(super) min_agents: Sourced<u64>,
    pub(super) max_agents: Option<Sourced<u64>>,
    pub(super) audio_filter: Option<Sourced<AudioFilter>>,
    pub(super) resources: Option<Sourced<(Quantity, Quantity)>>,
    pub(super) context_dir: String,
    pub(super) dockerfile: String,
    pub(super) is_forced: bool,
    /// What is worth a word, and stops nothing.
    pub(super) warnings: Vec<Note>,
}

impl Wanted {
    /// The body of the request, with what runs.
    pub(super) fn deployment(&self, source: DeploymentSource) -> NewDeployment {
        let text = |sourced: &Option<Sourced<String>>| {
            sourced.as_ref().map(|sourced| sourced.value.clone())
        };
        let with_login = !matches!(source, DeploymentSource::Git(_));
        NewDeployment {
            service_name: self.agent.clone(),
            source,
            image_pull_secret_set: text(&self.credentials).filter(|_| with_login),
            secret_set: text(&self.secret_set),
            agent_profile: text(&self.profile),
            websocket_auth: text(&self.websocket_auth),
            architecture: self.architecture.as_ref().map(|one| one.value.to_string()),
            region: text(&self.region),
            auto_scaling: AutoScaling {
                min_agents: self.min_agents.value,
                max_agents: self.max_agents.as_ref().map(|max| max.value),
            },
            resources: self.resources.as_ref().map(|resources| {
                let (cpu, memory) = &resources.value;
                DeploymentResources {
                    cpu: cpu.to_json(),
                    memory: memory.to_json(),
                }
            }),
            krisp_viva: KrispViva {
                audio_filter: self.audio_filter.as_ref().map(|one| one.value.to_string()),
            },
            force_redeploy: self.is_forced,
            max_session_duration: self.max_session_duration.as_ref().map(|one| one.value),
        }
    }
}

impl<T: ToString> Sourced<T> {
    /// The value as JSON text.
    pub(super) fn to_json(&self) -> Value {
        Value::String(self.value.to_string())
    }
}
