//! One session.

use serde_json::Value;

use super::figures::{clock, cores, duration, memory, sparkline};
use super::pages::Wanted;
use crate::api::{Api, Metrics, SessionDetail, SessionEvent, WithRaw};
use crate::commands::agent::NOT_KNOWN;
use crate::commands::shell_word;
use crate::error::{Code, Error, Result};
use crate::output::{Clock, Field, Report, View};

/// A session with all that is told of it.
pub(in crate::commands::agent) struct One {
    pub(in crate::commands::agent) detail: WithRaw<SessionDetail>,
    pub(in crate::commands::agent) agent: String,
    pub(in crate::commands::agent) organization: String,
    pub(in crate::commands::agent) clock: Clock,
}

impl One {
    /// Asks for it.
    pub(super) async fn new(
        api: &Api,
        wanted: &Wanted<'_>,
        id: &str,
        clock: Clock,
        once: bool,
    ) -> Result<Self> {
        let Wanted {
            organization,
            agent,
            ..
        } = *wanted;
        let detail = api.session(organization, agent, id, once).await;
        let detail = detail.map_err(|error| no_such_session(error, organization, agent, id))?;
        Ok(Self {
            detail,
            agent: agent.to_owned(),
            organization: organization.to_owned(),
            clock,
        })
    }

    /// What is told of it, label by label; with a picture of what it used, for people.
    pub(super) fn fields(&self, with_pictures: bool) -> Vec<Field> {
        let SessionDetail {
            session,
            events,
            metrics,
        } = &self.detail.value;
        let known = |text: Option<String>| text.unwrap_or_else(|| NOT_KNOWN.to_owned());
        let time = |time: &Option<String>| known(time.as_ref().map(|time| self.clock.show(time)));
        let status = match &session.completion_status {
            Some(completion) if !session.has_failed() => {
                format!("{} ({completion})", session.status())
            }
            _ => session.status().to_owned(),
        };
        let cold_start = session
            .cold_start
            .map(|is_cold| if is_cold { "Yes" } else { "No" });
        let mut fields = vec![
            Field::new("Session ID", known(session.id.clone())),
            Field::new("Status", status),
            Field::new("Duration", known(duration(session).map(clock))),
            Field::new("Created", time(&session.created_at)),
            Field::new("Ended", time(&session.ended_at)),
            Field::new(
                "Bot Start",
                known(session.bot_start.as_ref().map(|start| format!("{start}s"))),
            ),
            Field::new("Cold Start", cold_start.unwrap_or(NOT_KNOWN)),
        ];
        let event = |event: &SessionEvent| {
            Field::new("Event", format!("{} {}", time(&event.time), meaning(event)))
        };
        fields.extend(events.iter().map(event));
        if let Some(metrics) = metrics {
            fields.extend(of_metrics(metrics, with_pictures));
        }
        fields
    }
}

/// Says what is not there: the service's words tell which of the two it is.
fn no_such_session(error: Error, organization: &str, agent: &str, id: &str) -> Error {
    if error.code() != Code::NotFound {
        return error;
    }
    error
        .context(&format!("the agent `{agent}` has no session `{id}`"))
        .hint(format!(
            "list them with `pipecat cloud agent sessions {} -o {organization}`",
            shell_word(agent)
        ))
}

/// What an event is; one that we do not know, as the service calls it.
fn meaning(event: &SessionEvent) -> &str {
    match event.code.as_deref() {
        Some("SESSION_START_INITIATED") => "the request came in",
        Some("REQUEST_ARRIVED_AT_BOT") => "an agent got the request",
        Some("SESSION_COMPLETED") => "the session was completed",
        Some("SESSION_TIMEOUT") => "no agent was available in time",
        Some(code) => code,
        None => NOT_KNOWN,
    }
}

fn of_metrics(metrics: &Metrics, with_pictures: bool) -> Vec<Field> {
    let times: Vec<f64> = metrics
        .series
        .iter()
        .filter_map(|sample| sample.time)
        .collect();
    let counted = metrics.sample_count.clone();
    let counted = counted.unwrap_or_else(|| metrics.series.len().to_string());
    let samples = match times[..] {
        [first, .., last] if last >= first => format!("{counted} over {:.0}s", last - first),
        _ => counted,
    };
    let told = |figures: [Option<f64>; 2], unit: fn(f64) -> String| {
        let [median, most] =
            figures.map(|figure| figure.map_or_else(|| NOT_KNOWN.to_owned(), unit));
        format!("p50 {median}, p99 {most}")
    };
    let course = |of: fn(&crate::api::Sample) -> Option<f64>| {
        let numbers: Vec<f64> = metrics.series.iter().filter_map(of).collect();
        match sparkline(&numbers) {
            line if with_pictures && !line.is_empty() => format!("  {line}"),
            _ => String::new(),
        }
    };
    vec![
        Field::new("Samples", samples),
        Field::new(
            "CPU",
            told(metrics.cpu, cores) + &course(|sample| sample.cpu),
        ),
        Field::new(
            "Memory",
            told(metrics.memory, memory) + &course(|sample| sample.memory),
        ),
    ]
}

impl Report for One {
    fn json(&self) -> Value {
        self.detail.raw.clone()
    }

    fn plain(&self) -> View {
        View::Labelled(self.fields(false))
    }

    fn rich(&self) -> View {
        View::Labelled(self.fields(true))
    }

    fn title(&self) -> Option<String> {
        Some(format!(
            "a session of the agent `{}` of the organization `{}`, in {}",
            self.agent,
            self.organization,
            self.clock.name()
        ))
    }
}
