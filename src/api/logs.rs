//! `/v1/organizations/{org}/services/{agent}/logs`: what an agent has written.

use reqwest::Method;
use serde_json::{Map, Value};

use super::fields::{filled, list, text};
use super::{Api, WithRaw};
use crate::error::Result;
use crate::http::Request;

/// An entry of a log, as far as it tells one from another.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct LogEntry {
    /// When it was written (RFC 3339), as the service says it.
    pub timestamp: Option<String>,
    /// What was written: one line or several. Structured text is its JSON.
    pub text: Option<String>,
    /// The session that it belongs to, where that is known.
    pub session: Option<String>,
    /// The deployment that wrote it, where that is known.
    pub deployment: Option<String>,
}

impl LogEntry {
    /// An entry as it was sent.
    #[must_use]
    pub fn read(raw: &Value) -> Self {
        let said = match raw.get("log").or(raw.is_string().then_some(raw)) {
            None | Some(Value::Null) => None,
            Some(Value::String(text)) => Some(text.clone()),
            Some(other) => Some(other.to_string()),
        };
        Self {
            timestamp: filled(raw, "timestamp"),
            text: said.filter(|text| !text.is_empty()),
            session: text(raw, "sessionId"),
            deployment: text(raw, "deploymentId"),
        }
    }
}

/// Which part of a log is wanted.
#[derive(Clone, Copy, Debug, Default)]
pub struct LogQuery<'a> {
    /// What one deployment wrote.
    pub deployment: Option<&'a str>,
    /// What belongs to one session.
    pub session: Option<&'a str>,
    /// How many entries are passed over, from the newest on.
    pub offset: usize,
    /// How many entries may come.
    pub limit: usize,
    /// Whether the request is sent once, whatever happens: somebody looks again anyway.
    pub once: bool,
}

/// A page of a log.
#[derive(Debug)]
pub struct LogPage {
    /// The entries, newest first.
    pub entries: Vec<WithRaw<LogEntry>>,
    /// How many there are in all, where the service tells.
    pub total: Option<LogTotal>,
    /// What else the service said.
    pub rest: Map<String, Value>,
}

/// How many entries there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogTotal {
    /// The number.
    pub value: usize,
    /// Whether it is that number, or may be more.
    pub is_exact: bool,
}

impl LogTotal {
    fn read(raw: &Value) -> Option<Self> {
        let value = raw.get("value").unwrap_or(raw).as_u64()?;
        Some(Self {
            value: usize::try_from(value).unwrap_or(usize::MAX),
            is_exact: raw.get("relation").is_none_or(|relation| relation == "eq"),
        })
    }
}

impl Api {
    /// A page of an agent's log.
    ///
    /// # Errors
    /// The service refuses, with [`Code::NotFound`](crate::error::Code::NotFound) where there is no
    /// such agent, or cannot be reached, or its answer makes no sense.
    pub async fn agent_logs(
        &self,
        organization: &str,
        agent: &str,
        query: &LogQuery<'_>,
    ) -> Result<LogPage> {
        let path = [
            "v1",
            "organizations",
            organization,
            "services",
            agent,
            "logs",
        ];
        let numbers = [query.limit, query.offset].map(|number| number.to_string());
        let mut pairs = vec![("limit", numbers[0].as_str())];
        if query.offset > 0 {
            pairs.push(("offset", &numbers[1]));
        }
        pairs.extend(query.deployment.map(|id| ("deploymentId", id)));
        pairs.extend(query.session.map(|id| ("sessionId", id)));
        let request = self.request(Method::GET, &path)?.query(&pairs);
        let request = Request {
            is_repeatable: !query.once,
            ..request
        };
        let read = list(&self.answer(request, &path).await?, "logs", LogEntry::read)?;
        Ok(LogPage::new(read))
    }
}

impl LogPage {
    fn new(read: WithRaw<Vec<LogEntry>>) -> Self {
        let total = read.raw.get("total").and_then(LogTotal::read);
        let mut rest = match read.raw {
            Value::Object(fields) => fields,
            _ => Map::new(),
        };
        let raws = match rest.get_mut("logs").map(Value::take) {
            Some(Value::Array(raws)) => raws,
            _ => Vec::new(),
        };
        let entries = read.value.into_iter().zip(raws);
        Self {
            entries: entries.map(|(value, raw)| WithRaw { value, raw }).collect(),
            total,
            rest,
        }
    }
}
