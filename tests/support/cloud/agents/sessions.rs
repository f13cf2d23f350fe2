//! The sessions of an agent.

use serde_json::{Map, Value, json};
use wiremock::ResponseTemplate;

use super::super::api::{bad_request, json as answer_json, not_found, ok};
use super::super::ids::{is_uuid, uuid};
use super::super::paging::Paging;
use super::super::request::Request;
use super::Agent;

/// The states of a session that the service filters by.
pub const END_STATES: [&str; 7] = [
    "active",
    "completed",
    "ended_before_agent_start",
    "agent_start_timeout",
    "terminated",
    "agent_error",
    "unknown",
];

/// The fields that only a session alone has.
const ALONE: [&str; 3] = ["meetingIds", "events", "resourceMetrics"];

/// The nth session of an agent, begun n minutes after eight, in this state (`active` while it
/// runs). Every fourth start was cold.
pub fn session(agent: &str, n: usize, end_state: &str) -> Value {
    let time = |minutes: usize, rest: &str| {
        let (days, hours) = (minutes / 60 / 24, 8 + minutes / 60 % 24);
        let (day, hour) = (1 + days + hours / 24, hours % 24);
        format!("2026-02-{day:02}T{hour:02}:{:02}:{rest}Z", minutes % 60)
    };
    let started = time(n, "00.250");
    let ended = time(n + 1 + n % 7, "07");
    let running = end_state == "active";
    let cold = n.is_multiple_of(4);
    let (started_by, last) = match end_state {
        "agent_start_timeout" | "ended_before_agent_start" => (Value::Null, "SESSION_TIMEOUT"),
        _ if cold => (json!(6.5), "SESSION_COMPLETED"),
        _ => (json!(1.2), "SESSION_COMPLETED"),
    };
    let mut events = vec![json!({"eventCode": "SESSION_START_INITIATED", "eventTs": started})];
    if !started_by.is_null() {
        let arrived = time(n, "02");
        events.push(json!({"eventCode": "REQUEST_ARRIVED_AT_BOT", "eventTs": arrived}));
    }
    if !running {
        events.push(json!({"eventCode": last, "eventTs": ended}));
    }
    json!({
        "sessionId": uuid(&format!("session {agent} {n}")),
        "createdAt": started,
        "endedAt": if running { Value::Null } else { ended.into() },
        "endState": end_state,
        "completionStatus": match end_state {
            "completed" => json!("200"),
            "agent_error" => json!("500"),
            _ => Value::Null,
        },
        "botStartSeconds": started_by,
        "coldStart": cold,
        "meetingIds": [uuid(&format!("meeting {agent} {n}"))],
        "events": events,
        "resourceMetrics": null,
    })
}

/// What a session of this many samples used, one every 15 seconds.
pub fn resource_metrics(samples: u64) -> Value {
    let memory = 134_217_728;
    let timeseries: Vec<Value> = (0..samples)
        .map(|n| {
            json!({
                "t": 1_769_932_800 + 15 * n,
                "c": 120 + 30 * (n % 5),
                "m": memory + 1_048_576 * n,
            })
        })
        .collect();
    json!({
        "sampleCount": samples,
        "cpuMillicoresP50": 150,
        "cpuMillicoresP90": 230,
        "cpuMillicoresP95": 238,
        "cpuMillicoresP99": 240,
        "memoryBytesP50": memory,
        "memoryBytesP90": 1_500_000_000,
        "memoryBytesP95": 1_600_000_000,
        "memoryBytesP99": 1_610_612_736,
        "timeseries": timeseries,
    })
}

impl Agent {
    /// Adds this many sessions that are over, newer than those that are there; most completed.
    pub fn add_sessions(&mut self, count: usize) {
        let states = [
            "completed",
            "completed",
            "terminated",
            "completed",
            "agent_error",
            "completed",
            "agent_start_timeout",
        ];
        for turn in 0..count {
            self.add_session(states[turn % states.len()]);
        }
    }

    /// Adds a session in this state, newer than those that are there. It is the first of the list.
    pub fn add_session(&mut self, end_state: &str) -> &mut Value {
        let session = session(&self.name, self.sessions.len(), end_state);
        self.sessions.insert(0, session);
        if end_state == "active" {
            self.count_session(1);
        }
        &mut self.sessions[0]
    }
}

/// Answers the routes below `sessions`.
pub(super) fn answer(
    agent: &mut Agent,
    paging: &Paging,
    route: &[&str],
    request: &Request,
) -> ResponseTemplate {
    let method = request.method.as_str();
    match (method, route) {
        ("GET", []) => list(agent, paging, request),
        ("GET" | "DELETE", [id]) if !is_uuid(id) => bad_request("The session id is no UUID"),
        ("GET", [id]) => match find(agent, id) {
            Some(session) => ok(session),
            None => not_found("Session not found"),
        },
        ("DELETE", [id]) => {
            if !find(agent, id).is_some_and(stop) {
                return not_found("Session not found, or not active");
            }
            agent.count_session(-1);
            ok(&json!({"status": "terminated", "session_id": id}))
        }
        _ => not_found("Not found"),
    }
}

fn find<'a>(agent: &'a mut Agent, id: &str) -> Option<&'a mut Value> {
    let mut sessions = agent.sessions.iter_mut();
    sessions.find(|session| session["sessionId"] == id)
}

fn list(agent: &Agent, paging: &Paging, request: &Request) -> ResponseTemplate {
    let parameters = request.parameters();
    let wanted = parameters.get("endState").map(String::as_str);
    if wanted.is_some_and(|wanted| !END_STATES.contains(&wanted)) {
        return bad_request("Invalid endState");
    }
    let fits = |session: &&Value| wanted.is_none_or(|wanted| state(session) == wanted);
    let sessions: Vec<&Value> = agent.sessions.iter().filter(fits).collect();
    let total = sessions.len();
    let page = match paging.page(request, sessions.into_iter()) {
        Ok(page) => page,
        Err(refusal) => return *refusal,
    };
    let mut body = json!({"sessions": page.into_iter().map(listed).collect::<Vec<_>>()});
    if paging.tells_total {
        body["total_count"] = total.into();
    }
    answer_json(200, &body)
}

/// A session as it stands in the list.
fn listed(session: &Value) -> Value {
    let Some(fields) = session.as_object() else {
        return session.clone();
    };
    let fields: Map<_, _> = fields
        .iter()
        .filter(|(name, _)| !ALONE.contains(&name.as_str()))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    fields.into()
}

/// The state that a session is filtered by, where it has none of its own too.
fn state(session: &Value) -> &str {
    let ended = session["endedAt"].is_string();
    let default = if ended { "completed" } else { "active" };
    session["endState"].as_str().unwrap_or(default)
}

/// Ends a session, unless it is over.
fn stop(session: &mut Value) -> bool {
    if session["endedAt"].is_string() {
        return false;
    }
    session["endedAt"] = "2026-02-01T10:05:00.000Z".into();
    session["endState"] = "terminated".into();
    true
}
