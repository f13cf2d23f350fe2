//! What a deployment would change: what the review, `--plan` and `--exit-code` go by.

use serde_json::{Value, json};

use super::compare::{BUILD, BuildPlan, Change, Comparison};
use super::look::{Found, text};
use super::wanted::{Source, Wanted};
use crate::output::{Column, Note, Report, Row, Table, View};

/// What would change.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    pub(super) agent: String,
    pub(super) organization: String,
    pub(super) region: Option<String>,
    pub(super) is_there: bool,
    pub(super) is_forced: bool,
    pub(super) changes: Vec<Change>,
    /// Fields that are sent, and of which the service does not say what they are now.
    pub(super) unknown: Vec<&'static str>,
    pub(super) build: Option<BuildPlan>,
    pub(super) notes: Vec<Note>,
    /// Whether the exit status tells whether something would change.
    pub(super) tells_by_status: bool,
}

/// Fields whose change alone replaces no instance for sure.
const SCALING: [&str; 2] = ["scaling.min_agents", "scaling.max_agents"];

impl Plan {
    pub(super) fn new(
        organization: &str,
        wanted: &Wanted,
        found: &Found,
        build: Option<BuildPlan>,
    ) -> Self {
        let now = found.agent.as_ref().map(|agent| &agent.raw);
        let Comparison {
            changes, unknown, ..
        } = Comparison::of(wanted, now, build.as_ref());
        let mut plan = Self {
            agent: wanted.agent.clone(),
            organization: organization.to_owned(),
            region: found.region.clone(),
            is_there: now.is_some(),
            is_forced: wanted.is_forced,
            changes,
            unknown,
            build,
            notes: Vec::new(),
            tells_by_status: false,
        };
        plan.notes.clone_from(&wanted.warnings);
        plan.notes
            .extend(found.warnings.iter().cloned().map(Note::Warning));
        plan.notes.extend(plan.surprises(wanted, now));
        plan
    }

    /// What nobody has asked for, and happens all the same.
    fn surprises(&self, wanted: &Wanted, now: Option<&Value>) -> Vec<Note> {
        let mut notes = Vec::new();
        let Some(now) = now else {
            return notes;
        };
        let min = self
            .changes
            .iter()
            .find(|change| change.field == SCALING[0]);
        if let Some(Change { from, to, .. }) = min
            && wanted.min_agents.source == Source::Default
        {
            notes.push(Note::Warning(format!(
                "`min_agents` goes from {from} to {to}, since it is not given; keep it with \
                 `--min-agents {from}`"
            )));
        }
        let filter = now.get("krispViva");
        if let Some(filter) = filter.and_then(|krisp| text(krisp, "audioFilter"))
            && wanted.audio_filter.is_none()
        {
            notes.push(Note::Warning(format!(
                "Krisp VIVA (`{filter}`) stays on: leaving it out does not switch it off"
            )));
        }
        if !self.unknown.is_empty() {
            notes.push(Note::Plain(format!(
                "the service does not say what {} is now",
                crate::commands::listed(&self.unknown)
            )));
        }
        notes
    }

    /// The build is there now.
    pub(super) fn set_build(&mut self, id: &str) {
        for change in &mut self.changes {
            if change.field == BUILD {
                change.to = id.into();
            }
        }
        if let Some(build) = &mut self.build {
            build.cached = Some(id.to_owned());
        }
    }

    /// The new value of a field, as people read it.
    pub(super) fn shown_to(&self, change: &Change) -> String {
        let is_to_be_built = self
            .build
            .as_ref()
            .is_some_and(|build| build.cached.is_none());
        if change.field == BUILD && is_to_be_built {
            return "a new build".to_owned();
        }
        shown(&change.to)
    }

    /// Whether a deployment would do anything, as far as can be seen.
    pub(super) fn changes_anything(&self) -> bool {
        self.is_forced || !self.changes.is_empty()
    }

    /// Whether what runs would be replaced; nothing where that is not known.
    pub(super) fn replaces_instances(&self) -> Option<bool> {
        if !self.is_there {
            return Some(false);
        }
        let replaces = |change: &Change| !SCALING.contains(&change.field);
        if self.is_forced || self.changes.iter().any(replaces) {
            return Some(true);
        }
        (self.changes.is_empty() && self.unknown.is_empty()).then_some(false)
    }
}

/// A value as people read it.
pub(super) fn shown(value: &Value) -> String {
    match value {
        Value::Null => "—".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

impl Report for Plan {
    fn json(&self) -> Value {
        let changes: Vec<Value> = self
            .changes
            .iter()
            .map(|change| json!({"field": change.field, "from": change.from, "to": change.to}))
            .collect();
        json!({
            "agentName": self.agent,
            "organization": self.organization,
            "region": self.region,
            "exists": self.is_there,
            "changes": changes,
            "notCompared": self.unknown,
            "replacesInstances": self.replaces_instances(),
            "build": self.build.as_ref().map(|build| json!({
                "needed": build.cached.is_none(),
                "contextHash": build.context_hash,
                "cachedBuildId": build.cached,
            })),
        })
    }

    fn title(&self) -> Option<String> {
        let what = if self.is_there { "update" } else { "creation" };
        Some(format!(
            "{what} of the agent `{}` in the organization `{}`",
            self.agent, self.organization
        ))
    }

    fn plain(&self) -> View {
        View::Table(Table {
            columns: ["Field", "From", "To"].map(Column::whole).into(),
            rows: self
                .changes
                .iter()
                .map(|change| {
                    Row::new([
                        change.field.to_owned(),
                        shown(&change.from),
                        self.shown_to(change),
                    ])
                })
                .collect(),
        })
    }

    fn notes(&self) -> Vec<Note> {
        let mut notes = self.notes.clone();
        if let Some(build) = &self.build {
            notes.push(Note::Plain(match &build.cached {
                Some(id) => format!(
                    "these files have been built already, as `{id}`: no new build is needed"
                ),
                None => "these files would be built in the cloud".to_owned(),
            }));
        }
        let says = match (self.changes_anything(), self.replaces_instances()) {
            (false, _) => "nothing would change",
            (true, Some(true)) => "instances would be replaced; running sessions are not cut off",
            (true, Some(false)) => "nothing of this name runs yet",
            (true, None) => "whether instances would be replaced is not known",
        };
        notes.push(Note::Plain(says.to_owned()));
        notes
    }

    fn exit_status(&self) -> u8 {
        /// What `--exit-code` gives where something would change.
        const CHANGES: u8 = 3;
        if self.tells_by_status && self.changes_anything() {
            CHANGES
        } else {
            0
        }
    }
}
