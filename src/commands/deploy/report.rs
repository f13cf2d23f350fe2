//! What became of a deployment, in every mode.

use serde_json::{Map, Value, json};

use super::state::short;
use crate::api::DeploymentSource;
use crate::context::Context;
use crate::error::Error;
use crate::output::{Field, Note, Report, View, Workflow};
use crate::settings::Key;

/// What runs now, or was to.
#[derive(Clone, Debug, Default)]
pub(super) struct Source {
    /// The image, if it was one.
    pub(super) image: Option<String>,
    /// The build, if it was one.
    pub(super) build: Option<String>,
    /// Whether that build was there already; nothing where nobody has looked for one.
    pub(super) is_cached: Option<bool>,
    /// Repository and branch, if it was one.
    pub(super) branch: Option<(String, String)>,
}

impl Source {
    /// What the request names.
    pub(super) fn of(source: &DeploymentSource) -> Self {
        match source {
            DeploymentSource::Image(image) => Self {
                image: Some(image.clone()),
                ..Self::default()
            },
            DeploymentSource::Build(id) => Self {
                build: Some(id.clone()),
                ..Self::default()
            },
            DeploymentSource::Git(git) => Self {
                branch: Some((git.repo_full_name.clone(), git.branch.clone())),
                ..Self::default()
            },
        }
    }
}

/// The title of a summary.
pub(in crate::commands) const TITLE: &str = "Pipecat Cloud deployment";

/// How a deployment ended, for a summary.
pub(in crate::commands) fn outcome(failure: Option<&Error>, is_ready: bool) -> String {
    match (failure, is_ready) {
        (Some(failure), _) => format!("failed: {failure}"),
        (None, true) => "ready".to_owned(),
        (None, false) => "accepted by the service, not ready yet".to_owned(),
    }
}

/// Tells the workflow, if the run belongs to one, of a deployment that failed before the service had
/// taken it, or that nobody could see the end of.
pub(in crate::commands) fn tell_failure(context: &Context, agent: Option<&str>, failure: &Error) {
    let Some(workflow) = &context.workflow else {
        return;
    };
    let organization = context.settings.get(Key::Org).ok().flatten();
    let organization = organization.map(|setting| setting.value);
    let body = failure.to_json();
    let id = |name: &str| body.get(name).and_then(Value::as_str);
    let ids = [
        ("deployment-id", "Deployment", id("deploymentId")),
        ("build-id", "Build", id("buildId")),
    ];
    let known = || {
        ids.iter()
            .filter_map(|(name, label, id)| Some((*name, *label, (*id)?)))
    };
    let values: Vec<(&str, &str)> = known().map(|(name, _, id)| (name, id)).collect();
    workflow.set_outputs(&values);
    let text = |label, text: Option<&str>| text.map(|text| (label, text.to_owned()));
    let mut rows: Vec<(&str, String)> = text("Agent", agent).into_iter().collect();
    rows.extend(text("Organization", organization.as_deref()));
    rows.extend(known().map(|(_, label, id)| (label, id.to_owned())));
    rows.push(("Outcome", outcome(Some(failure), false)));
    for other in failure.others() {
        rows.push(("", other.to_string()));
    }
    workflow.summarize(TITLE, &rows);
}

/// The service has taken a deployment, and this is how it stands.
pub(super) struct Deployed {
    pub(super) agent: String,
    pub(super) organization: String,
    pub(super) region: Option<String>,
    pub(super) is_update: bool,
    pub(super) source: Source,
    pub(super) deployment: Option<String>,
    pub(super) is_ready: bool,
    pub(super) is_available: bool,
    /// Nothing where nobody has waited.
    pub(super) state: Option<&'static str>,
    /// What the service had to say.
    pub(super) warning: Option<String>,
    pub(super) notes: Vec<Note>,
    pub(super) failure: Option<Error>,
}

impl Deployed {
    /// Tells the workflow that the run belongs to: values for the steps that follow, and a summary
    /// for the page of the job.
    pub(super) fn tell(&self, workflow: &Workflow) {
        let Source { image, build, .. } = &self.source;
        let all = [
            ("deployment-id", &self.deployment),
            ("build-id", build),
            ("image", image),
        ];
        let values: Vec<(&str, &str)> = all
            .iter()
            .filter_map(|(name, value)| Some((*name, value.as_deref()?)))
            .collect();
        workflow.set_outputs(&values);
        let outcome = outcome(self.failure.as_ref(), self.is_ready);
        let mut rows = vec![
            ("Agent", self.agent.clone()),
            ("Organization", self.organization.clone()),
        ];
        rows.extend(self.region.clone().map(|region| ("Region", region)));
        rows.extend(self.deployment.clone().map(|id| ("Deployment", id)));
        rows.extend(build.clone().map(|id| ("Build", id)));
        rows.extend(image.clone().map(|image| ("Image", image)));
        rows.push(("Outcome", outcome));
        workflow.summarize(TITLE, &rows);
    }

    /// The sentence for people.
    fn sentence(&self) -> String {
        let verb = if self.is_update { "updated" } else { "created" };
        let Self {
            agent,
            organization,
            ..
        } = self;
        let id = self.deployment.as_deref().map(short);
        let id = id.map_or_else(String::new, |id| format!(" (deployment {id})"));
        if self.is_ready && self.warning.is_some() {
            // The service had something to say, such as that there was nothing to do.
            format!("`{agent}` is ready in `{organization}`{id}")
        } else if self.is_ready {
            format!("{verb} `{agent}` in `{organization}`, and it is ready{id}")
        } else {
            format!("{verb} `{agent}` in `{organization}`{id}")
        }
    }
}

impl Report for Deployed {
    fn json(&self) -> Value {
        let mut object = Map::from_iter([
            ("agentName".to_owned(), json!(self.agent)),
            ("deploymentId".to_owned(), json!(self.deployment)),
            ("ready".to_owned(), json!(self.is_ready)),
            ("available".to_owned(), json!(self.is_available)),
            ("organization".to_owned(), json!(self.organization)),
            ("region".to_owned(), json!(self.region)),
            ("updated".to_owned(), json!(self.is_update)),
        ]);
        let Source {
            image,
            build,
            is_cached,
            ..
        } = &self.source;
        for (name, value) in [
            ("image", image.as_ref().map(|image| json!(image))),
            ("buildId", build.as_ref().map(|build| json!(build))),
            ("cached", is_cached.map(Value::Bool)),
            ("warning", self.warning.as_ref().map(|text| json!(text))),
            ("state", self.state.map(|state| json!(state))),
        ] {
            if let Some(value) = value {
                object.insert(name.to_owned(), value);
            }
        }
        Value::Object(object)
    }

    fn plain(&self) -> View {
        let flag = |flag| if flag { "True" } else { "False" };
        let mut fields = vec![Field::new("Agent", &self.agent)];
        if let Some(id) = &self.deployment {
            fields.push(Field::new("Deployment", id));
        }
        if let Some(id) = &self.source.build {
            fields.push(Field::new("Build", id));
        }
        fields.push(Field::new("Ready", flag(self.is_ready)));
        fields.push(Field::new("Available", flag(self.is_available)));
        View::Labelled(fields)
    }

    fn rich(&self) -> View {
        if self.failure.is_some() {
            return self.plain();
        }
        View::Done(self.sentence())
    }

    fn notes(&self) -> Vec<Note> {
        self.notes.clone()
    }

    fn failure(&self) -> Option<&Error> {
        self.failure.as_ref()
    }
}
