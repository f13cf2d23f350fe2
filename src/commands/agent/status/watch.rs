//! `agent status --watch`.

use std::time::Duration;

use super::{Args, Status, fields};
use crate::api::Api;
use crate::commands::agent::watching::{News, Watched, watch};
use crate::commands::agent::{missing, status_command};
use crate::context::Context;
use crate::error::{Code, Error, Result};
use crate::output::{Field, Report};
use crate::poll::Polled;

/// What is told of the first look: how it stands. Later it is whatever changes.
const STANDING: [&str; 6] = [
    "Ready",
    "Deployment Phase",
    "Active Session Count",
    "Latest Deploy",
    "Error",
    "Revision",
];

/// An agent that is watched.
struct Agent<'a> {
    api: &'a Api,
    organization: &'a str,
    name: &'a str,
    /// Whether it is watched until it is ready.
    until_ready: bool,
    /// What was told of it so far.
    known: Option<Vec<Field>>,
}

impl Args {
    pub(super) async fn watch(
        &self,
        context: &Context,
        organization: &str,
    ) -> Result<Box<dyn Report>> {
        let mut agent = Agent {
            api: context.api()?,
            organization,
            name: &self.agent,
            until_ready: self.until_ready,
            known: None,
        };
        let limit = self.timeout.map_or(Duration::MAX, Duration::from_secs);
        match watch(context, limit, &mut agent).await? {
            Polled::Done(last) => Ok(last),
            Polled::TimeOver => {
                let seconds = limit.as_secs();
                Err(Error::new(
                    Code::TimedOut,
                    format!(
                        "the agent `{}` was not ready within {seconds} s",
                        self.agent
                    ),
                )
                .hint(format!(
                    "check on it with `{}`",
                    status_command(organization, &self.agent)
                )))
            }
        }
    }
}

impl Watched for Agent<'_> {
    type Look = Status;

    async fn look(&self) -> Result<Status> {
        let detail = self.api.agent(self.organization, self.name, true).await;
        let detail = detail.map_err(|error| missing(error, self.organization, self.name))?;
        Ok(Status {
            detail,
            agent: self.name.to_owned(),
            organization: self.organization.to_owned(),
            next: None,
        })
    }

    fn news(&mut self, look: &Status) -> Vec<News> {
        let fields = fields::of(self.name, &look.detail.value);
        let lines = changes(self.known.as_deref(), &fields);
        self.known = Some(fields);
        if lines.is_empty() {
            return Vec::new();
        }
        vec![News {
            lines,
            json: look.detail.raw.clone(),
        }]
    }

    fn is_done(&self, look: &Status) -> bool {
        self.until_ready && look.detail.value.ready == Some(true)
    }
}

/// The fields that are new, or gone.
fn changes(known: Option<&[Field]>, fields: &[Field]) -> Vec<String> {
    let Some(known) = known else {
        let standing = fields
            .iter()
            .filter(|field| STANDING.contains(&field.label));
        return standing.map(line).collect();
    };
    let mut lines: Vec<String> = fields
        .iter()
        .filter(|field| !known.contains(field))
        .map(line)
        .collect();
    let is_there = |label| fields.iter().any(|field| field.label == label);
    let mut gone: Vec<&str> = known.iter().map(|field| field.label).collect();
    gone.dedup();
    gone.retain(|label| !is_there(*label));
    lines.extend(gone.iter().map(|label| format!("{label}: —")));
    lines
}

fn line(field: &Field) -> String {
    format!("{}: {}", field.label, field.value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_new_and_what_has_gone_is_a_line_each() {
        let before = [
            Field::new("Agent", "bot"),
            Field::new("Ready", "False"),
            Field::new("Error", "A"),
            Field::new("Error", "B"),
            Field::new("Build", "b1"),
        ];
        let after = [
            Field::new("Agent", "bot"),
            Field::new("Ready", "True"),
            Field::new("Image", "i1"),
        ];
        assert_eq!(
            changes(None, &before),
            ["Ready: False", "Error: A", "Error: B"]
        );
        assert_eq!(changes(Some(&before), &before), [""; 0]);
        assert_eq!(
            changes(Some(&before), &after),
            ["Ready: True", "Image: i1", "Error: —", "Build: —"]
        );
    }
}
