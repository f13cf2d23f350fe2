//! Secret sets: values go in, and never come out.

use std::collections::VecDeque;

use serde_json::{Value, json};
use wiremock::ResponseTemplate;

use super::agents::replace;
use super::api::{bad_request, error, json as answer_json, not_found, ok};
use super::regions::Regions;
use super::request::Request;
use super::world::Organization;

/// The type of a set that holds a login to a registry.
pub const IMAGE_PULL_SECRET: &str = "imagePullSecret";

/// All secret sets of an organization.
#[derive(Clone, Debug)]
pub struct Secrets {
    /// In the order of the list.
    pub sets: Vec<SecretSet>,
    /// How a set goes on that was written: an object a look, whose fields replace those of
    /// [`SecretSet::listed`].
    pub course: Vec<Value>,
    /// What can be referred to in clusters: region and name.
    pub in_clusters: Vec<(String, String)>,
}

/// A secret set.
#[derive(Clone, Debug)]
pub struct SecretSet {
    /// The name in paths.
    pub name: String,
    /// The object in the list: `name`, `type`, `region`, `status`, and perhaps `source` and
    /// `errorMessage`.
    pub listed: Value,
    /// Its keys, in the order of their making.
    pub keys: Vec<Key>,
    /// The registry that a login is for.
    pub host: Option<String>,
    /// The login, as it was sent: Base64, if the client encodes.
    pub login: Option<String>,
    /// How [`listed`](Self::listed) goes on: an object a look.
    pub upcoming: VecDeque<Value>,
}

/// A key of a secret set.
#[derive(Clone, Debug)]
pub struct Key {
    /// The object in the set's answer: `{"fieldName"}`.
    pub listed: Value,
    /// Its value, which no answer has.
    pub value: String,
}

impl Default for Secrets {
    fn default() -> Self {
        Self {
            sets: Vec::new(),
            course: vec![json!({"status": "pending"}), json!({"status": "ready"})],
            in_clusters: Vec::new(),
        }
    }
}

impl SecretSet {
    /// A set without keys: type as in the list, and status.
    pub fn new(name: &str, kind: &str, region: &str, status: &str) -> Self {
        Self {
            name: name.to_owned(),
            listed: json!({"name": name, "type": kind, "region": region, "status": status}),
            keys: Vec::new(),
            host: None,
            login: None,
            upcoming: VecDeque::new(),
        }
    }

    /// The value of a key.
    pub fn value(&self, key: &str) -> Option<&str> {
        let key = self
            .keys
            .iter()
            .find(|known| known.listed["fieldName"] == key);
        key.map(|key| key.value.as_str())
    }

    /// Stores a key, in the place of one of the same name.
    pub fn store(&mut self, key: &str, value: &str) {
        let mut keys = self.keys.iter_mut();
        match keys.find(|known| known.listed["fieldName"] == key) {
            Some(known) => value.clone_into(&mut known.value),
            None => self.keys.push(Key {
                listed: json!({"fieldName": key}),
                value: value.to_owned(),
            }),
        }
    }

    fn is_login(&self) -> bool {
        self.login.is_some() || self.listed["type"] == IMAGE_PULL_SECRET
    }

    fn look(&mut self) {
        if let Some(changes) = self.upcoming.pop_front() {
            replace(&mut self.listed, &changes);
        }
    }

    /// The set's own answer: names, never values.
    fn answer(&self) -> ResponseTemplate {
        if self.is_login() {
            return error(400, "GENERIC_BAD_REQUEST", "This is an image pull secret");
        }
        let names: Vec<&Value> = self.keys.iter().map(|key| &key.listed).collect();
        let mut body = json!({"secrets": names});
        for name in ["region", "status", "source", "errorMessage"] {
            if let Some(value) = self.listed.get(name) {
                body[name] = value.clone();
            }
        }
        ok(&body)
    }

    fn delete_key(&mut self, key: &str) -> ResponseTemplate {
        if self.is_login() {
            return error(400, "GENERIC_BAD_REQUEST", "This is an image pull secret");
        }
        let count = self.keys.len();
        self.keys.retain(|known| known.listed["fieldName"] != key);
        if self.keys.len() == count {
            return not_found("Secret not found");
        }
        ok(&json!({"status": "OK"}))
    }
}

impl Secrets {
    fn set(&mut self, name: &str) -> Option<&mut SecretSet> {
        self.sets.iter_mut().find(|set| set.name == name)
    }

    fn list(&mut self, request: &Request) -> ResponseTemplate {
        let parameters = request.parameters();
        let region = parameters.get("region");
        self.sets.iter_mut().for_each(SecretSet::look);
        let fits = |listed: &&Value| region.is_none_or(|region| listed["region"] == **region);
        let listed = self.sets.iter().map(|set| &set.listed);
        let sets: Vec<&Value> = listed.filter(fits).collect();
        ok(&json!({"sets": sets}))
    }

    /// Stores a key or a login, and makes the set if there is none.
    fn store(
        &mut self,
        name: &str,
        body: &Value,
        regions: &Regions,
        default_region: &Value,
    ) -> ResponseTemplate {
        let write = match Write::read(name, body) {
            Ok(write) => write,
            Err(text) => return bad_request(text),
        };
        let asked = body.get("region");
        let exists = |region: &Value| region.as_str().is_some_and(|code| regions.know(code));
        if asked.is_some_and(|region| !exists(region)) {
            return bad_request("Unknown region");
        }
        let course = self.course.clone();
        let set = match self.sets.iter().position(|set| set.name == name) {
            Some(at) => &mut self.sets[at],
            None => {
                let region = asked.unwrap_or(default_region).as_str().unwrap_or_default();
                let set = SecretSet::new(name, write.kind(), region, "pending");
                self.sets.push(set);
                self.sets.last_mut().expect("the set just made")
            }
        };
        if set.listed["source"] == "referenced" {
            return bad_request("The values of a referenced secret are in its cluster");
        }
        if set.is_login() != matches!(write, Write::Login { .. }) {
            return bad_request("A set of another kind has this name");
        }
        if asked.is_some_and(|region| set.listed["region"] != *region) {
            return bad_request("The set is in another region");
        }
        match write {
            Write::Key { key, value } => set.store(key, value),
            Write::Login { host, login } => {
                set.host = Some(host.to_owned());
                set.login = Some(login.to_owned());
            }
        }
        set.listed["status"] = "pending".into();
        set.upcoming = course.into();
        answer_json(
            202,
            &json!({"status": "OK", "region": set.listed["region"]}),
        )
    }

    fn refer(&mut self, body: &Value, regions: &Regions) -> ResponseTemplate {
        let (Some(name), Some(region)) = (body["name"].as_str(), body["region"].as_str()) else {
            return bad_request("name and region are required");
        };
        if !regions.know(region) {
            return bad_request("Unknown region");
        }
        if self.set(name).is_some() {
            return error(409, "409", "A set of this name exists");
        }
        let mut there = self.in_clusters.iter();
        if !there.any(|(known, secret)| known == region && secret == name) {
            return not_found("The cluster has no secret of this name");
        }
        let mut set = SecretSet::new(name, "secret", region, "ready");
        set.listed["source"] = "referenced".into();
        let answer = answer_json(201, &set.listed);
        self.sets.push(set);
        answer
    }
}

/// What is to be stored.
enum Write<'b> {
    Key { key: &'b str, value: &'b str },
    Login { host: &'b str, login: &'b str },
}

impl<'b> Write<'b> {
    /// Checks a body. The error is for the client.
    fn read(name: &str, body: &'b Value) -> Result<Self, &'static str> {
        if !is_name(name) {
            return Err(
                "A name is 3 to 63 of a-z, 0-9, - and ., and has neither - nor . at its ends",
            );
        }
        let text = |field: &str| body[field].as_str().filter(|text| !text.is_empty());
        let value = text("secretValue").ok_or("secretValue is required")?;
        match body["isImagePullSecret"].as_bool() {
            None => Err("isImagePullSecret is required"),
            Some(true) => Ok(Self::Login {
                host: text("host").ok_or("host is required")?,
                login: value,
            }),
            Some(false) if body["name"] != name => Err("The name is not that of the path"),
            Some(false) => Ok(Self::Key {
                key: text("secretKey")
                    .filter(|key| is_key(key))
                    .ok_or("Invalid secretKey")?,
                value,
            }),
        }
    }

    fn kind(&self) -> &'static str {
        match self {
            Self::Key { .. } => "secret",
            Self::Login { .. } => IMAGE_PULL_SECRET,
        }
    }
}

/// Answers the routes below `secrets`.
pub(super) fn answer(
    organization: &mut Organization,
    route: &[&str],
    request: &Request,
) -> ResponseTemplate {
    let Organization {
        secrets,
        regions,
        properties,
        ..
    } = organization;
    let default_region = &properties["defaultRegion"]["currentValue"];
    let body = request.json();
    match (request.method.as_str(), route) {
        ("GET", []) => secrets.list(request),
        ("POST", ["references"]) => secrets.refer(&body, regions),
        ("PUT", [name]) => secrets.store(name, &body, regions, default_region),
        (method, [name, rest @ ..]) => match (method, secrets.set(name), rest) {
            (_, None, _) => not_found("Secret set not found"),
            ("GET", Some(set), []) => {
                set.look();
                set.answer()
            }
            ("DELETE", Some(_), []) => {
                secrets.sets.retain(|set| set.name != *name);
                ok(&json!({"status": "OK"}))
            }
            ("DELETE", Some(set), [key]) => set.delete_key(key),
            _ => not_found("Not found"),
        },
        _ => not_found("Not found"),
    }
}

fn is_name(name: &str) -> bool {
    let inner = |byte: u8| {
        byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'.')
    };
    (3..=63).contains(&name.len())
        && name.bytes().all(inner)
        && !name.starts_with(['-', '.'])
        && !name.ends_with(['-', '.'])
}

fn is_key(key: &str) -> bool {
    let inner = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    key.len() <= 64 && key.bytes().all(inner)
}
