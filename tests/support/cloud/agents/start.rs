//! Starting a session, which takes a public API key where all other routes take a token.

use serde_json::{Value, json};
use wiremock::ResponseTemplate;

use super::super::api::{bad_request, error, json as answer_json, not_found, ok};
use super::super::request::Request;
use super::super::state::State;
use super::super::world::Organization;
use super::Agent;

/// How many bytes the data for a session may have.
const DATA_LIMIT: usize = 1_000_000;

/// Answers `POST /v1/public/{agent}/start`.
pub(in super::super) fn answer(
    state: &mut State,
    name: &str,
    request: &Request,
) -> ResponseTemplate {
    let Some(key) = request.bearer().filter(|key| !key.is_empty()) else {
        return error(401, "PCC-1002", "A public API key is required");
    };
    let owns = |organization: &&mut Organization| {
        let mut keys = organization.public_keys.iter();
        keys.any(|known| known["key"] == key && known["revoked"] == false)
    };
    let Some(organization) = state.organizations.iter_mut().find(owns) else {
        return error(401, "401", "Invalid API key");
    };
    let Organization {
        agents,
        spend_limit,
        ..
    } = organization;
    let Some(agent) = agents.all.iter_mut().find(|agent| agent.name == name) else {
        return not_found("Agent not found");
    };
    if request.body.len() > DATA_LIMIT {
        return error(413, "413", "Request body is too large");
    }
    if let Some(refusal) = spend_limit.refusal() {
        return refusal;
    }
    begin(agent, &request.json())
}

fn begin(agent: &mut Agent, body: &Value) -> ResponseTemplate {
    let Some(with_room) = body["createDailyRoom"].as_bool() else {
        return bad_request("createDailyRoom must be a boolean");
    };
    let detail = &agent.detail;
    if detail["available"].as_bool() == Some(false)
        || (detail["available"].is_null() && detail["ready"] == false)
    {
        return error(400, "PCC-1001", "The deployment is not in a ready state");
    }
    let running = |session: &&Value| session["endedAt"].is_null();
    let count = agent.sessions.iter().filter(running).count() as u64;
    let most = detail["autoScaling"]["maxReplicas"].as_u64();
    if most.is_some_and(|most| count >= most) {
        let message = "Agent is at maximum capacity";
        let body = json!({"status": 429, "code": "429", "message": message});
        return answer_json(429, &body);
    }

    let id = agent.add_session("active")["sessionId"].clone();
    let mut answer = json!({"sessionId": id, "region": agent.listed["region"]});
    if with_room {
        answer["dailyRoom"] = format!("https://example.daily.co/{}", agent.name).into();
        answer["dailyToken"] = format!("token_{}", agent.sessions.len()).into();
    }
    ok(&answer)
}
