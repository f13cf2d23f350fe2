//! `/v1/organizations/{org}/services/{agent}/sessions`: the sessions of an agent.

use anyhow::anyhow;
use reqwest::Method;
use serde_json::{Map, Value};

use super::fields::{accepted, filled, object, thing};
use super::{Api, WithRaw};
use crate::error::Result;
use crate::http::Request;

/// A session, as the list has it.
#[derive(Clone, Debug, Default)]
pub struct AgentSession {
    /// Its id.
    pub id: Option<String>,
    /// When it began, as the service writes it.
    pub created_at: Option<String>,
    /// When it ended, as the service writes it; nothing while it goes on.
    pub ended_at: Option<String>,
    /// What the service calls the way that it ended, or that it has not.
    pub end_state: Option<String>,
    /// What the agent ended it with.
    pub completion_status: Option<String>,
    /// How long the agent took to be there, in seconds.
    pub bot_start: Option<String>,
    /// Whether a machine had to be started for it.
    pub cold_start: Option<bool>,
}

/// The completion status of an agent that has failed.
const FAILED: &str = "500";

impl AgentSession {
    pub(crate) fn read(raw: &Value) -> Self {
        Self {
            id: filled(raw, "sessionId"),
            created_at: filled(raw, "createdAt"),
            ended_at: filled(raw, "endedAt"),
            end_state: filled(raw, "endState"),
            completion_status: filled(raw, "completionStatus"),
            bot_start: filled(raw, "botStartSeconds"),
            cold_start: raw["coldStart"].as_bool(),
        }
    }

    /// Whether the agent says that it has failed.
    #[must_use]
    pub fn has_failed(&self) -> bool {
        self.completion_status.as_deref() == Some(FAILED)
    }

    /// How it stands, in a word or two.
    #[must_use]
    pub fn status(&self) -> &'static str {
        if self.has_failed() {
            return "Error (500)";
        }
        match self.end_state.as_deref() {
            Some("active") => "Active",
            Some("completed") => "Complete",
            Some("ended_before_agent_start") => "Ended before agent start",
            Some("agent_start_timeout") => "Timeout",
            Some("terminated") => "Terminated",
            Some("agent_error") => "Agent error",
            Some(_) => "Ended",
            None if self.ended_at.is_some() => "Complete",
            None => "Active",
        }
    }
}

/// Which sessions are wanted, and which page of them.
#[derive(Clone, Copy, Debug, Default)]
pub struct SessionQuery<'a> {
    /// Only those that ended so.
    pub end_state: Option<&'a str>,
    /// How many may come; without it, as many as the service likes.
    pub limit: Option<usize>,
    /// How many are passed over.
    pub offset: usize,
    /// Whether the request is sent once, whatever happens: somebody looks again anyway.
    pub once: bool,
}

/// A page of sessions.
#[derive(Debug)]
pub struct SessionPage {
    /// The sessions, in the service's order.
    pub sessions: Vec<WithRaw<AgentSession>>,
    /// How many there are in all, where the service tells.
    pub total: Option<usize>,
    /// What else the service said.
    pub rest: Map<String, Value>,
}

/// A session with all that the service tells of it.
#[derive(Clone, Debug, Default)]
pub struct SessionDetail {
    /// What the list has of it, too.
    pub session: AgentSession,
    /// What happened in it.
    pub events: Vec<SessionEvent>,
    /// What it used.
    pub metrics: Option<Metrics>,
}

/// Something that happened in a session.
#[derive(Clone, Debug, Default)]
pub struct SessionEvent {
    /// What it is.
    pub code: Option<String>,
    /// When it was, as the service writes it.
    pub time: Option<String>,
}

/// What a session used of a machine.
#[derive(Clone, Debug, Default)]
pub struct Metrics {
    /// How often that was measured.
    pub sample_count: Option<String>,
    /// The processor's time, in thousandths of a core: 50th and 99th percentile.
    pub cpu: [Option<f64>; 2],
    /// Memory, in bytes: 50th and 99th percentile.
    pub memory: [Option<f64>; 2],
    /// The measurements.
    pub series: Vec<Sample>,
}

/// A measurement.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sample {
    /// When, in seconds since 1970.
    pub time: Option<f64>,
    /// The processor's time, in thousandths of a core.
    pub cpu: Option<f64>,
    /// Memory, in bytes.
    pub memory: Option<f64>,
}

impl SessionDetail {
    pub(crate) fn read(raw: &Value) -> Self {
        let events = raw.get("events").and_then(Value::as_array);
        let metrics = raw.get("resourceMetrics");
        Self {
            session: AgentSession::read(raw),
            events: events
                .into_iter()
                .flatten()
                .map(|event| SessionEvent {
                    code: filled(event, "eventCode").or_else(|| event.as_str().map(str::to_owned)),
                    time: filled(event, "eventTs"),
                })
                .collect(),
            metrics: metrics
                .filter(|metrics| metrics.is_object())
                .map(Metrics::read),
        }
    }
}

impl Metrics {
    fn read(raw: &Value) -> Self {
        let number = |name: &str| raw.get(name).and_then(Value::as_f64);
        let series = raw.get("timeseries").and_then(Value::as_array);
        let samples = series.into_iter().flatten().map(|sample| {
            let number = |name: &str| sample.get(name).and_then(Value::as_f64);
            Sample {
                time: number("t"),
                cpu: number("c"),
                memory: number("m"),
            }
        });
        Self {
            sample_count: filled(raw, "sampleCount"),
            cpu: ["cpuMillicoresP50", "cpuMillicoresP99"].map(number),
            memory: ["memoryBytesP50", "memoryBytesP99"].map(number),
            series: samples.collect(),
        }
    }
}

impl Api {
    /// A page of the sessions of an agent.
    ///
    /// # Errors
    /// The service refuses or cannot be reached, or its answer makes no sense.
    pub async fn sessions(
        &self,
        organization: &str,
        agent: &str,
        wanted: &SessionQuery<'_>,
    ) -> Result<SessionPage> {
        let path = [
            "v1",
            "organizations",
            organization,
            "services",
            agent,
            "sessions",
        ];
        let limit = wanted.limit.map(|limit| limit.to_string());
        let offset = (wanted.offset > 0).then(|| wanted.offset.to_string());
        let query: Vec<(&str, &str)> = [
            ("endState", wanted.end_state),
            ("limit", limit.as_deref()),
            ("offset", offset.as_deref()),
        ]
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
        .collect();
        let request = Request {
            is_repeatable: !wanted.once,
            ..self.request(Method::GET, &path)?.query(&query)
        };
        let response = self.answer(request, &path).await?;
        let Value::Object(mut rest) = object(&response)? else {
            return Err(response.nonsense(anyhow!("no object")));
        };
        let Some(Value::Array(rows)) = rest.shift_remove("sessions") else {
            return Err(response.nonsense(anyhow!("no list `sessions`")));
        };
        let total = rest.get("total_count").and_then(Value::as_u64);
        Ok(SessionPage {
            sessions: rows
                .into_iter()
                .map(|raw| WithRaw {
                    value: AgentSession::read(&raw),
                    raw,
                })
                .collect(),
            total: total.and_then(|total| usize::try_from(total).ok()),
            rest,
        })
    }

    /// A session; none of that id is [`Code::NotFound`](crate::error::Code::NotFound).
    ///
    /// # Errors
    /// The service refuses, also an id that can be none, or cannot be reached, or its answer makes no
    /// sense.
    pub async fn session(
        &self,
        organization: &str,
        agent: &str,
        id: &str,
        once: bool,
    ) -> Result<WithRaw<SessionDetail>> {
        let path = session_path(organization, agent, id);
        let request = Request {
            is_repeatable: !once,
            ..self.request(Method::GET, &path)?
        };
        let raw = thing(&self.answer(request, &path).await?)?;
        let value = SessionDetail::read(&raw);
        Ok(WithRaw { value, raw })
    }

    /// Ends a session.
    ///
    /// # Errors
    /// The service refuses or cannot be reached.
    pub async fn stop_session(&self, organization: &str, agent: &str, id: &str) -> Result<()> {
        let path = session_path(organization, agent, id);
        accepted(&self.delete(&path).await?).map(drop)
    }
}

fn session_path<'a>(organization: &'a str, agent: &'a str, id: &'a str) -> [&'a str; 7] {
    [
        "v1",
        "organizations",
        organization,
        "services",
        agent,
        "sessions",
        id,
    ]
}
