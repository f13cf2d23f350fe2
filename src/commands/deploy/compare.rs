//! What is wanted beside what there is, field by field.

use serde_json::{Value, json};

use super::wanted::{Sourced, Wanted, What};
use crate::api::{DeploymentResources, GitSource};

/// The field that names a build.
pub(super) const BUILD: &str = "build_id";

/// A field of the deploy file that would change.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Change {
    pub(super) field: &'static str,
    pub(super) from: Value,
    pub(super) to: Value,
}

/// What is known of the build that would be deployed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct BuildPlan {
    pub(super) context_hash: String,
    /// The build of this very context, if there is one already.
    pub(super) cached: Option<String>,
}

/// Compares what is wanted with what there is.
pub(super) struct Comparison<'a> {
    /// The agent's details; nothing where there is no agent.
    now: Option<&'a Value>,
    pub(super) changes: Vec<Change>,
    /// Fields that are sent, and of which the service does not say what they are now.
    pub(super) unknown: Vec<&'static str>,
}

impl<'a> Comparison<'a> {
    /// Compares everything that would be sent.
    pub(super) fn of(wanted: &Wanted, now: Option<&'a Value>, build: Option<&BuildPlan>) -> Self {
        let mut comparison = Comparison {
            now,
            changes: Vec::new(),
            unknown: Vec::new(),
        };
        comparison.source(&wanted.what, build);
        if !matches!(wanted.what, What::Git(_)) {
            let login = wanted.credentials.as_ref();
            comparison.text("image_credentials", "/imagePullSecretSet", login);
        }
        comparison.text("secret_set", "/secretSet", wanted.secret_set.as_ref());
        comparison.text("region", "/region", wanted.region.as_ref());
        comparison.text("agent_profile", "/agentProfile", wanted.profile.as_ref());
        comparison.text(
            "websocket_auth",
            "/websocketAuth",
            wanted.websocket_auth.as_ref(),
        );
        comparison.text(
            "architecture",
            "/deployment/manifest/spec/arch",
            wanted.architecture.as_ref(),
        );
        if let Some(seconds) = &wanted.max_session_duration {
            let place = "/deployment/manifest/spec/maxSessionDurationSeconds";
            comparison.field("max_session_duration", place, json!(seconds.value));
        }
        comparison.field(
            "scaling.min_agents",
            "/autoScaling/minReplicas",
            json!(wanted.min_agents.value),
        );
        if let Some(max) = &wanted.max_agents {
            let place = "/autoScaling/maxReplicas";
            comparison.field("scaling.max_agents", place, json!(max.value));
        }
        comparison.text(
            "krisp_viva.audio_filter",
            "/krispViva/audioFilter",
            wanted.audio_filter.as_ref(),
        );
        if let Some(resources) = &wanted.resources {
            let (cpu, memory) = &resources.value;
            let DeploymentResources { cpu, memory } = DeploymentResources {
                cpu: cpu.to_json(),
                memory: memory.to_json(),
            };
            comparison.field("resources.cpu", "/resources/cpu", cpu);
            comparison.field("resources.memory", "/resources/memory", memory);
        }
        comparison
    }

    /// Compares a field that is sent. `place` leads to its present value.
    fn field(&mut self, field: &'static str, place: &str, to: Value) {
        let from = match self.now {
            None => Some(&Value::Null),
            Some(now) => now.pointer(place),
        };
        match from {
            None => self.unknown.push(field),
            Some(from) if same(from, &to) => {}
            Some(from) => self.changes.push(Change {
                field,
                from: from.clone(),
                to,
            }),
        }
    }

    fn text<T: ToString>(&mut self, field: &'static str, place: &str, wanted: Option<&Sourced<T>>) {
        if let Some(wanted) = wanted {
            self.field(field, place, wanted.to_json());
        }
    }

    /// What runs: image or build, one of which gives way where the other comes.
    fn source(&mut self, what: &What, build: Option<&BuildPlan>) {
        const IMAGE: &str = "/deployment/manifest/spec/image";
        const BUILD_PLACE: &str = "/deployment/buildId";
        let now = self.now;
        let present = |place: &str| {
            let value = now.and_then(|now| now.pointer(place));
            value.filter(|value| value.is_string()).cloned()
        };
        let (image, id) = match what {
            What::Image(image) => (Some(image.to_json()), None),
            What::Build(id) => (None, Some(id.to_json())),
            What::Folder => {
                let cached = build.and_then(|build| build.cached.clone());
                (None, Some(cached.map_or(Value::Null, Value::String)))
            }
            What::Git(git) => {
                self.git(git);
                return;
            }
        };
        for (field, place, to) in [("image", IMAGE, image), (BUILD, BUILD_PLACE, id)] {
            let from = present(place);
            // A build that is still to be made has no id, and is another one in any case.
            let is_new_build = to == Some(Value::Null);
            if is_new_build || from != to {
                self.changes.push(Change {
                    field,
                    from: from.unwrap_or(Value::Null),
                    to: to.unwrap_or(Value::Null),
                });
            }
        }
    }

    /// A repository, which only a new agent is created from.
    fn git(&mut self, git: &GitSource) {
        for (field, to) in [
            ("git.repo", Some(&git.repo_full_name)),
            ("git.branch", Some(&git.branch)),
            ("git.dockerfile_path", git.dockerfile_path.as_ref()),
            ("git.subdirectory", git.subdirectory.as_ref()),
        ] {
            if let Some(to) = to {
                self.changes.push(Change {
                    field,
                    from: Value::Null,
                    to: json!(to),
                });
            }
        }
    }
}

/// Whether two values are the same to the service: a number may be written as text.
fn same(one: &Value, other: &Value) -> bool {
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    one == other || (!one.is_null() && !other.is_null() && text(one) == text(other))
}
