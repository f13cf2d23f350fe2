//! The REST routes. The error codes beside the documented ones are made up, in the manner of the
//! service's own.

use serde_json::{Map, Value, json};
use wiremock::ResponseTemplate;

use super::request::Request;
use super::state::State;
use super::world::{Organization, User, public_key};
use super::{agents, builds, github, profiles, regions, secrets};

/// How many public keys an organization may have that are not revoked.
const PUBLIC_KEY_LIMIT: usize = 5;

/// A JSON answer.
pub(super) fn json(status: u16, body: &Value) -> ResponseTemplate {
    ResponseTemplate::new(status).set_body_json(body)
}

/// What was asked for.
pub(super) fn ok(body: &Value) -> ResponseTemplate {
    json(200, body)
}

/// An error in the service's usual form.
pub(super) fn error(status: u16, code: &str, text: &str) -> ResponseTemplate {
    json(status, &json!({"error": text, "code": code}))
}

/// Nothing of that name is there.
pub(super) fn not_found(text: &str) -> ResponseTemplate {
    error(404, "404", text)
}

/// What is asked for makes no sense.
pub(super) fn bad_request(text: &str) -> ResponseTemplate {
    error(400, "GENERIC_BAD_REQUEST", text)
}

/// Answers a request that needs a bearer token: that of a user, but where a session is started.
pub(super) fn answer(state: &mut State, request: &Request) -> ResponseTemplate {
    let segments = request.segments();
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    if let ("POST", ["v1", "public", agent, "start"]) =
        (request.method.as_str(), segments.as_slice())
    {
        return agents::start::answer(state, agent, request);
    }
    let token = request.bearer().unwrap_or_default();
    let Some(user) = state.authenticate(token) else {
        return error(401, "401", "Unauthorized");
    };
    match (request.method.as_str(), segments.as_slice()) {
        ("POST", ["auth", "logout"]) => sign_out(state, request),
        ("GET", ["v1", "users"]) => ok(&json!({"user": user.profile, "plan": "developer"})),
        ("GET", ["v1", "organizations"]) => list_organizations(state, &user),
        (_, ["v1", "organizations", name, route @ ..]) => {
            let base = state.base.clone();
            let organization = state.organization(name);
            match organization.filter(|known| known.members.contains(&user.name)) {
                None => error(403, "PCC-1003", "Not a member of this organization"),
                Some(organization) => in_organization(organization, &base, route, request),
            }
        }
        _ => not_found("Not found"),
    }
}

fn sign_out(state: &mut State, request: &Request) -> ResponseTemplate {
    let body = request.json();
    let refresh_token = body["refresh_token"].as_str().unwrap_or_default();
    match state.sessions.family(refresh_token) {
        None => error(400, "400", "Unknown refresh token"),
        Some(family) => {
            state.sessions.end(family);
            ok(&json!({"success": true}))
        }
    }
}

fn list_organizations(state: &State, user: &User) -> ResponseTemplate {
    let organizations: Vec<&Value> = state
        .organizations
        .iter()
        .filter(|organization| organization.members.contains(&user.name))
        .map(|organization| &organization.profile)
        .collect();
    ok(&json!({"organizations": organizations, "total": organizations.len()}))
}

fn in_organization(
    organization: &mut Organization,
    base: &str,
    route: &[&str],
    request: &Request,
) -> ResponseTemplate {
    match (request.method.as_str(), route) {
        (_, ["builds", route @ ..]) => builds::answer(organization, base, route, request),
        (_, ["services", route @ ..]) => agents::answer(organization, route, request),
        (_, ["agent-profiles", route @ ..]) => {
            profiles::answer(&mut organization.profiles, route, request)
        }
        (_, ["secrets", route @ ..]) => secrets::answer(organization, route, request),
        (_, ["regions", route @ ..]) => regions::answer(organization, route, request),
        (_, ["spend-limit"]) => organization.spend_limit.answer(request),
        (_, ["github", route @ ..]) => github::answer(organization, route, request),
        ("GET", ["daily"]) => match organization.daily_key {
            Some(key) => ok(&json!({"apiKey": key, "domain": "example"})),
            None => not_found("No Daily API key"),
        },
        ("GET", ["apiKeys"]) => ok(&json!({
            "public": organization.public_keys,
            "private": organization.private_keys,
            "limit": PUBLIC_KEY_LIMIT,
        })),
        ("POST", ["apiKeys"]) => create_key(organization, &request.json()),
        ("DELETE", ["apiKeys", id]) => revoke(&mut organization.public_keys, id),
        ("GET", ["properties"]) => ok(&json!({"properties": current(&organization.properties)})),
        ("GET", ["properties", "schema"]) => ok(&json!({"properties": organization.properties})),
        ("PATCH", ["properties"]) => set_properties(organization, &request.json()),
        ("GET", ["registry-keys"]) => ok(&json!({"registry_keys": organization.registry_keys})),
        ("POST", ["registry-keys"]) => mint_registry_key(organization, &request.json()),
        ("DELETE", ["registry-keys", id]) => revoke(&mut organization.registry_keys, id),
        _ => not_found("Not found"),
    }
}

fn create_key(organization: &mut Organization, body: &Value) -> ResponseTemplate {
    let name = body["name"].as_str().unwrap_or_default();
    if name.trim().is_empty() {
        return error(400, "400", "A name is required");
    }
    if body["type"] != "public" {
        return error(400, "400", "Only public keys can be created here");
    }
    let keys = &mut organization.public_keys;
    let in_use = keys.iter().filter(|key| key["revoked"] == false).count();
    if in_use >= PUBLIC_KEY_LIMIT {
        return error(409, "PCC-1005", "Limit of 5 public API keys reached");
    }
    let organization = organization.profile["name"].as_str().unwrap_or_default();
    let slug = format!("{:04}", keys.len() + 1);
    let key = public_key(organization, &slug, name, 19);
    keys.push(key.clone());
    json(201, &key)
}

/// Revokes a key. A soft delete: the key stays in the list, and can be revoked again.
fn revoke(keys: &mut [Value], id: &str) -> ResponseTemplate {
    match keys.iter_mut().find(|key| key["id"] == id) {
        None => not_found("No such key"),
        Some(key) => {
            key["revoked"] = true.into();
            if let Some(status) = key.get_mut("status") {
                *status = "revoked".into();
            }
            ok(&json!({"success": true}))
        }
    }
}

/// The values of the properties in a schema.
fn current(schema: &Value) -> Map<String, Value> {
    let properties = schema.as_object().into_iter().flatten();
    properties
        .map(|(name, property)| (name.clone(), property["currentValue"].clone()))
        .collect()
}

fn set_properties(organization: &mut Organization, body: &Value) -> ResponseTemplate {
    for (name, value) in body.as_object().into_iter().flatten() {
        let Some(property) = organization.properties.get_mut(name) else {
            return error(400, "400", "No such property");
        };
        let available = property["availableValues"].as_array();
        if property["readOnly"] == true || available.is_some_and(|all| !all.contains(value)) {
            return error(400, "400", "The property does not take this value");
        }
        property["currentValue"] = value.clone();
    }
    ok(&json!({"properties": current(&organization.properties)}))
}

fn mint_registry_key(organization: &mut Organization, body: &Value) -> ResponseTemplate {
    let name = body["name"].as_str().unwrap_or("cli");
    let serial = organization.registry_keys.len() + 1;
    let id = format!("rk_{serial:04}");
    organization.registry_keys.push(json!({
        "id": id,
        "name": name,
        "key_prefix": "pccr_9876",
        "created_at": "2026-02-01T10:00:00.000Z",
        "last_used_at": null,
        "status": "active",
        "revoked": false,
        "region": null,
    }));
    json(
        201,
        &json!({
            "id": id,
            "name": name,
            "key": format!("pccr_9876_{serial:04}"),
            "username": "pcc",
            "registry_host": "registry.example.com",
        }),
    )
}
