//! Agent profiles: the platform's, which are read-only, and the organization's own.

use serde_json::{Value, json};
use wiremock::ResponseTemplate;

use super::agents::replace;
use super::api::{bad_request, error, json as answer_json, not_found, ok};
use super::request::Request;

/// A profile as it stands in the list.
pub fn profile(name: &str, cpu: &str, memory: &str, custom: bool) -> Value {
    json!({
        "id": super::ids::uuid(&format!("profile {name}")),
        "api_name": name,
        "display_name": name,
        "resources": {"cpu": cpu, "memory": memory},
        "custom": custom,
        "enabled": true,
    })
}

/// Answers the routes below `agent-profiles`.
pub(super) fn answer(
    profiles: &mut Vec<Value>,
    route: &[&str],
    request: &Request,
) -> ResponseTemplate {
    let body = request.json();
    match (request.method.as_str(), route) {
        ("GET", []) => ok(&json!({"agentProfiles": profiles})),
        ("POST", []) => create(profiles, &body),
        ("PATCH", [name]) => change(profiles, name, &body),
        _ => not_found("Not found"),
    }
}

fn create(profiles: &mut Vec<Value>, body: &Value) -> ResponseTemplate {
    let name = body["apiName"].as_str().unwrap_or_default();
    if !is_name(name) || body["resources"].is_null() {
        return bad_request("apiName and resources are required");
    }
    if profiles.iter().any(|profile| profile["api_name"] == name) {
        return error(409, "409", "An agent profile of this name exists");
    }
    match changes(body) {
        Err(text) => bad_request(text),
        Ok(changes) => {
            let mut profile = profile(name, "", "", true);
            replace(&mut profile, &changes);
            profiles.push(profile.clone());
            answer_json(201, &profile)
        }
    }
}

fn change(profiles: &mut [Value], name: &str, body: &Value) -> ResponseTemplate {
    let mut profiles = profiles.iter_mut();
    let Some(profile) = profiles.find(|profile| profile["api_name"] == name) else {
        return not_found("Agent profile not found");
    };
    if profile["custom"] != true {
        return error(403, "403", "Platform profiles are read-only");
    }
    match changes(body) {
        Err(text) => bad_request(text),
        Ok(changes) if changes == json!({}) => bad_request("Nothing to change"),
        Ok(changes) => {
            replace(profile, &changes);
            ok(profile)
        }
    }
}

/// What a body changes of a profile. The error is for the client.
fn changes(body: &Value) -> Result<Value, &'static str> {
    let mut changes = json!({});
    if let Some(name) = body.get("displayName") {
        if !name.is_string() {
            return Err("Invalid displayName");
        }
        changes["display_name"] = name.clone();
    }
    if let Some(resources) = body.get("resources") {
        let (cpu, memory) = (&resources["cpu"], &resources["memory"]);
        if !is_quantity(cpu) || !is_quantity(memory) {
            return Err("Invalid resources");
        }
        changes["resources"] = json!({"cpu": cpu, "memory": memory});
    }
    if let Some(enabled) = body.get("enabled") {
        if !enabled.is_boolean() {
            return Err("Invalid enabled");
        }
        changes["enabled"] = enabled.clone();
    }
    Ok(changes)
}

fn is_name(name: &str) -> bool {
    let inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=63).contains(&name.len())
        && name.bytes().all(inner)
        && !name.starts_with('-')
        && !name.ends_with('-')
}

/// Whether this is a quantity as Kubernetes writes it, in a string.
fn is_quantity(value: &Value) -> bool {
    let text = value.as_str().unwrap_or_default();
    let unit = text.trim_start_matches(|character: char| matches!(character, '0'..='9' | '.'));
    let number = text[..text.len() - unit.len()].parse::<f64>();
    let units = " m k M G T P E Ki Mi Gi Ti Pi Ei";
    number.is_ok() && units.split(' ').any(|known| known == unit)
}
