//! Regions: the platform's, and those that the organization has registered itself.

use serde_json::{Value, json};
use wiremock::ResponseTemplate;

use super::agents::Agents;
use super::api::{bad_request, error, json as answer_json, not_found, ok};
use super::request::Request;
use super::world::Organization;

/// The optional fields of a registration, as they are sent and as the record has them.
const FIELDS: [(&str, &str); 5] = [
    ("workloadsNamespace", "workloads_namespace"),
    ("supportedArchitectures", "supported_architectures"),
    ("defaultArchitecture", "default_architecture"),
    ("wsPublicEndpoint", "ws_public_endpoint"),
    ("displayName", "display_name"),
];

/// All regions that an organization can deploy to.
#[derive(Clone, Debug, Default)]
pub struct Regions {
    /// In the order of the list.
    pub all: Vec<Region>,
    /// Whether revoking a region is answered before it has reached the whole service.
    pub revokes_slowly: bool,
}

/// A region.
#[derive(Clone, Debug)]
pub struct Region {
    /// The name in paths, the code of the list.
    pub code: String,
    /// The object in the list.
    pub listed: Value,
    /// The record of a region that was registered; the platform's have none.
    pub record: Option<Value>,
    /// The enrollment tokens given out.
    pub tokens: Vec<String>,
}

impl Region {
    /// A region of the platform.
    pub fn platform(code: &str, name: &str, architectures: &[&str]) -> Self {
        Self {
            code: code.to_owned(),
            listed: json!({
                "code": code,
                "display_name": name,
                "supported_architectures": architectures,
                "default_architecture": architectures.first(),
            }),
            record: None,
            tokens: Vec::new(),
        }
    }

    /// A region of the organization's own, registered and not yet enrolled.
    pub fn registered(code: &str) -> Self {
        Self {
            record: Some(json!({
                "region_key": code,
                "display_name": null,
                "enrollment_status": "pending",
                "intermediate_expires_at": null,
                "ws_public_endpoint": null,
                "supported_architectures": ["amd64"],
                "default_architecture": "amd64",
                "workloads_namespace": "pipecat-workloads",
                "created_at": "2026-02-01T10:00:00.000Z",
            })),
            ..Self::platform(code, code, &["amd64"])
        }
    }

    /// Changes the record, and what the list shows of it.
    pub fn change(&mut self, field: &str, value: &Value) {
        if let Some(record) = &mut self.record {
            record[field] = value.clone();
        }
        if self.listed.get(field).is_some() {
            let unnamed = field == "display_name" && value.is_null();
            let code = Value::from(self.code.as_str());
            self.listed[field] = if unnamed { code } else { value.clone() };
        }
    }
}

impl Regions {
    /// Whether there is a region of this code.
    pub(super) fn know(&self, code: &str) -> bool {
        self.all.iter().any(|region| region.code == code)
    }

    fn registered(&mut self, code: &str) -> Option<&mut Region> {
        let mut all = self.all.iter_mut();
        all.find(|region| region.code == code && region.record.is_some())
    }

    fn register(&mut self, body: &Value) -> ResponseTemplate {
        let key = body["regionKey"].as_str().unwrap_or_default();
        if !is_key(key) {
            return bad_request("regionKey must be a DNS label that begins with `pce-`");
        }
        if body
            .get("supportedArchitectures")
            .is_some_and(|all| !are_architectures(all))
        {
            return bad_request("Invalid supportedArchitectures");
        }
        if self.registered(key).is_none() {
            self.all.push(Region::registered(key));
        }
        let region = self.registered(key).expect("the region just made");
        for (sent, kept) in FIELDS {
            if let Some(value) = body.get(sent) {
                region.change(kept, value);
            }
        }
        answer_json(201, &json!(region.record))
    }

    fn revoke(&mut self, key: &str, agents: &Agents) -> ResponseTemplate {
        if self.registered(key).is_none() {
            return not_found("Region not found");
        }
        let here = |agent: &&super::agents::Agent| agent.listed["region"] == key;
        let count = agents.all.iter().filter(here).count();
        if count > 0 {
            let text = format!("Region {key} still has {count} agents: delete or move them first");
            return error(409, "REGION_IN_USE", &text);
        }
        self.all.retain(|region| region.code != key);
        if self.revokes_slowly {
            answer_json(202, &json!({"status": "revoked", "propagation": "pending"}))
        } else {
            ResponseTemplate::new(204)
        }
    }
}

/// Answers the routes below `regions`.
pub(super) fn answer(
    organization: &mut Organization,
    route: &[&str],
    request: &Request,
) -> ResponseTemplate {
    let Organization {
        agents, regions, ..
    } = organization;
    match (request.method.as_str(), route) {
        ("GET", []) => {
            let listed: Vec<&Value> = regions.all.iter().map(|region| &region.listed).collect();
            ok(&json!({"regions": listed}))
        }
        ("POST", []) => regions.register(&request.json()),
        ("GET", [key]) => match regions.registered(key) {
            Some(region) => ok(&json!(region.record)),
            None => not_found("Region not found"),
        },
        ("DELETE", [key]) => regions.revoke(key, agents),
        ("POST", [key, "enrollment-tokens"]) => match regions.registered(key) {
            Some(region) => {
                let token = format!("pcet_{key}_{:08}", region.tokens.len() + 1);
                region.tokens.push(token.clone());
                answer_json(201, &json!({"token": token, "expiresIn": 3600}))
            }
            None => not_found("Region not found"),
        },
        _ => not_found("Not found"),
    }
}

fn is_key(key: &str) -> bool {
    let inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let rest = key.strip_prefix("pce-").unwrap_or_default();
    !rest.is_empty() && key.len() <= 63 && rest.bytes().all(inner) && !rest.ends_with('-')
}

fn are_architectures(value: &Value) -> bool {
    let known = |name: &Value| name == "amd64" || name == "arm64";
    let all = value.as_array();
    all.is_some_and(|all| !all.is_empty() && all.iter().all(known))
}
