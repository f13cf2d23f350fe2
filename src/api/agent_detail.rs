//! An agent with all that the service tells of it.

use serde_json::Value;

use super::fields::filled;
use super::{Deployment, GitLink, LatestDeploy};

/// An agent with all that the service tells of it.
#[derive(Clone, Debug, Default)]
pub struct AgentDetail {
    /// Whether what is wanted runs.
    pub ready: Option<bool>,
    /// Whether it can take sessions, also while another revision takes over.
    pub available: Option<bool>,
    /// How many sessions run.
    pub active_session_count: Option<String>,
    /// The deployment that runs, or is on its way to.
    pub active_deployment_id: Option<String>,
    /// When it was made, as the service writes it.
    pub created_at: Option<String>,
    /// When it was changed, as the service writes it.
    pub updated_at: Option<String>,
    /// The profile that says how much of a machine it gets.
    pub profile: Option<String>,
    /// How much of a machine it gets.
    pub resources: Option<Resources>,
    /// What it is made of.
    pub deployment: Option<Deployment>,
    /// How far it scales.
    pub scaling: Option<Scaling>,
    /// The noise filter that is on.
    pub audio_filter: Option<String>,
    /// What runs, or is on its way to.
    pub current: Option<Revision>,
    /// What ran before, while it has not gone yet.
    pub previous: Option<Revision>,
    /// What has gone wrong.
    pub errors: Vec<AgentError>,
    /// The branch that it is deployed from, if it is linked to one.
    pub link: Option<GitLink>,
    /// The commit that runs.
    pub commit: Option<DeployedCommit>,
    /// How the latest deploy of the branch stands.
    pub latest_deploy: Option<LatestDeploy>,
}

impl AgentDetail {
    pub(crate) fn read(raw: &Value) -> Self {
        let errors = raw.get("errors").and_then(Value::as_array);
        Self {
            ready: raw["ready"].as_bool(),
            available: raw["available"].as_bool(),
            active_session_count: filled(raw, "activeSessionCount"),
            active_deployment_id: filled(raw, "activeDeploymentId")
                .or_else(|| filled(raw, "desiredDeploymentId")),
            created_at: filled(raw, "createdAt"),
            updated_at: filled(raw, "updatedAt"),
            profile: filled(raw, "agentProfile"),
            resources: part(raw, "resources", Resources::read)
                .filter(|resources| resources.cpu.is_some() || resources.memory.is_some()),
            deployment: part(raw, "deployment", Deployment::read),
            scaling: raw["autoScaling"]
                .as_object()
                .is_some_and(|scaling| !scaling.is_empty())
                .then(|| Scaling::read(&raw["autoScaling"])),
            audio_filter: filled(&raw["krispViva"], "audioFilter"),
            current: part(raw, "currentRevision", Revision::read),
            previous: part(raw, "previousRevision", Revision::read),
            errors: errors.into_iter().flatten().map(AgentError::read).collect(),
            link: GitLink::of(raw),
            commit: part(raw, "deployedCommit", DeployedCommit::read),
            latest_deploy: part(raw, "latestDeploy", LatestDeploy::read),
        }
    }
}

/// An object within an object, if it is one.
fn part<T>(raw: &Value, name: &str, read: impl FnOnce(&Value) -> T) -> Option<T> {
    raw.get(name).filter(|part| part.is_object()).map(read)
}

/// How much of a machine an agent gets, as quantities of Kubernetes.
#[derive(Clone, Debug, Default)]
pub struct Resources {
    /// Of its processors.
    pub cpu: Option<String>,
    /// Of its memory.
    pub memory: Option<String>,
}

impl Resources {
    fn read(raw: &Value) -> Self {
        Self {
            cpu: filled(raw, "cpu"),
            memory: filled(raw, "memory"),
        }
    }
}

/// How far an agent scales.
#[derive(Clone, Debug, Default)]
pub struct Scaling {
    /// So many run at least.
    pub min: Option<String>,
    /// So many run at most.
    pub max: Option<String>,
}

impl Scaling {
    fn read(raw: &Value) -> Self {
        Self {
            min: filled(raw, "minReplicas"),
            max: filled(raw, "maxReplicas"),
        }
    }
}

/// A deployment on its way up or down.
#[derive(Clone, Debug, Default)]
pub struct Revision {
    /// The deployment's id.
    pub deployment_id: Option<String>,
    /// `Creating`, `Validating`, `Active`, `Draining`, `Failed` or whatever else.
    pub phase: Option<String>,
    /// When this phase began, as the service writes it.
    pub phase_started_at: Option<String>,
    /// How many of it can take sessions.
    pub ready_replicas: Option<String>,
    /// Whether the service itself has trouble with it.
    pub has_infrastructure_issue: bool,
    /// How it does.
    pub health: Option<Health>,
}

impl Revision {
    pub(super) fn read(raw: &Value) -> Self {
        Self {
            deployment_id: filled(raw, "deploymentID"),
            phase: filled(raw, "phase"),
            phase_started_at: filled(raw, "phaseStartedAt"),
            ready_replicas: filled(raw, "readyReplicas"),
            has_infrastructure_issue: raw["hasInfrastructureIssue"] == true,
            health: part(raw, "health", Health::read),
        }
    }
}

/// How a revision does.
#[derive(Clone, Debug, Default)]
pub struct Health {
    /// Whether it is ready.
    pub is_ready: bool,
    /// A word for it.
    pub state: Option<String>,
    /// How often it was started again.
    pub restart_count: Option<String>,
    /// How many were started.
    pub replicas_started: Option<String>,
    /// What is wrong, in a sentence for people.
    pub headline: Option<String>,
    /// What is wrong, in a word.
    pub reason: Option<String>,
    /// Why it ended the last time.
    pub last_termination: Option<String>,
    /// The exit status that it ended with the last time.
    pub last_exit_code: Option<String>,
    /// What it said in the end: a line, or a whole traceback.
    pub message: Option<String>,
}

impl Health {
    fn read(raw: &Value) -> Self {
        let state = filled(raw, "state");
        Self {
            is_ready: match raw["ready"].as_bool() {
                Some(ready) => ready,
                None => state.as_deref() == Some("ready"),
            },
            state,
            restart_count: filled(raw, "restartCount").filter(|count| count != "0"),
            replicas_started: filled(raw, "replicasStarted"),
            headline: filled(raw, "headline"),
            reason: filled(raw, "reason"),
            last_termination: filled(raw, "lastTerminationReason"),
            last_exit_code: filled(raw, "lastExitCode"),
            message: filled(raw, "message"),
        }
    }
}

/// Something that has gone wrong.
#[derive(Clone, Debug, Default)]
pub struct AgentError {
    /// The service's code for it.
    pub code: Option<String>,
    /// What it is.
    pub text: Option<String>,
}

impl AgentError {
    fn read(raw: &Value) -> Self {
        Self {
            code: filled(raw, "code"),
            text: filled(raw, "message")
                .or_else(|| filled(raw, "error"))
                .or_else(|| raw.as_str().map(str::to_owned)),
        }
    }
}

/// The commit that an agent runs.
#[derive(Clone, Debug, Default)]
pub struct DeployedCommit {
    /// Its hash.
    pub sha: Option<String>,
    /// The repository that it is from, as `owner/name`.
    pub repository: Option<String>,
    /// The branch that it is from, without `refs/heads/`.
    pub branch: Option<String>,
}

impl DeployedCommit {
    fn read(raw: &Value) -> Self {
        let reference = filled(raw, "ref");
        Self {
            sha: filled(raw, "sha"),
            repository: filled(raw, "repoFullName"),
            branch: reference.map(|name| match name.strip_prefix("refs/heads/") {
                Some(branch) => branch.to_owned(),
                None => name,
            }),
        }
    }

    /// Whether it comes from the branch of `link`.
    #[must_use]
    pub fn is_from(&self, link: &GitLink) -> bool {
        let lower = |name: &Option<String>| name.as_ref().map(|name| name.to_lowercase());
        lower(&self.repository) == lower(&link.repository)
            && (self.branch.is_none() || self.branch == link.branch)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_commit_is_of_the_link_whose_repository_and_branch_it_has() {
        let link = GitLink::read(&json!({"repoFullName": "acme/bot", "branch": "main"}));
        for (commit, is_from) in [
            (
                json!({"repoFullName": "ACME/Bot", "ref": "refs/heads/main"}),
                true,
            ),
            (json!({"repoFullName": "acme/bot", "ref": "main"}), true),
            (json!({"repoFullName": "acme/bot"}), true),
            (json!({"repoFullName": "acme/bot", "ref": null}), true),
            (
                json!({"repoFullName": "acme/bot", "ref": "refs/heads/Main"}),
                false,
            ),
            (
                json!({"repoFullName": "acme/bot-2", "ref": "refs/heads/main"}),
                false,
            ),
            (json!({"ref": "refs/heads/main"}), false),
        ] {
            let read = DeployedCommit::read(&commit);
            assert_eq!(read.is_from(&link), is_from, "{commit}");
        }
    }
}
