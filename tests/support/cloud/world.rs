//! Who and what the fake cloud knows at first, in the shapes in which it answers. Every name, id
//! and date is fixed, so that what a client shows can be compared with a snapshot. Each object has
//! more fields than a client needs, since the real service has too.

mod acme;
mod agents;

use std::sync::LazyLock;

use serde_json::{Value, json};

use super::agents::{Agent, Agents};
use super::builds::Builds;
use super::github::GitHub;
use super::regions::{Region, Regions};
use super::secrets::{SecretSet, Secrets};
use super::spend_limit::SpendLimit;
use super::{ADA_PAT, GRACE_PAT};

/// Somebody with an account.
#[derive(Clone, Debug)]
pub struct User {
    /// How tests and tokens call the user.
    pub name: &'static str,
    /// The personal access token.
    pub pat: &'static str,
    /// The object under `user` in the answer of `GET /v1/users`.
    pub profile: Value,
}

/// An organization with everything in it.
#[derive(Clone, Debug)]
pub struct Organization {
    /// The object in the list of `GET /v1/organizations`.
    pub profile: Value,
    /// The names of its [users](User).
    pub members: Vec<&'static str>,
    /// The Daily API key, if it has one.
    pub daily_key: Option<&'static str>,
    /// Its public API keys.
    pub public_keys: Vec<Value>,
    /// Its private API keys.
    pub private_keys: Vec<Value>,
    /// Its properties, as in the schema's answer.
    pub properties: Value,
    /// Its registry keys.
    pub registry_keys: Vec<Value>,
    /// Its agents.
    pub agents: Agents,
    /// Its builds.
    pub builds: Builds,
    /// The agent profiles that it can use.
    pub profiles: Vec<Value>,
    /// Its secret sets.
    pub secrets: Secrets,
    /// The regions that it can deploy to.
    pub regions: Regions,
    /// Its spend limit.
    pub spend_limit: SpendLimit,
    /// Its connection with GitHub.
    pub github: GitHub,
}

impl Organization {
    /// The slug used in paths.
    pub fn name(&self) -> &str {
        self.profile["name"].as_str().unwrap_or_default()
    }

    /// An agent that must be there, by name.
    pub fn agent(&mut self, name: &str) -> &mut Agent {
        let mut all = self.agents.all.iter_mut();
        all.find(|agent| agent.name == name)
            .unwrap_or_else(|| panic!("no agent {name}"))
    }

    /// A secret set that must be there, by name.
    pub fn secret_set(&mut self, name: &str) -> &mut SecretSet {
        let mut all = self.secrets.sets.iter_mut();
        all.find(|set| set.name == name)
            .unwrap_or_else(|| panic!("no secret set {name}"))
    }

    /// A region that must be there, by its code.
    pub fn region(&mut self, code: &str) -> &mut Region {
        let mut all = self.regions.all.iter_mut();
        all.find(|region| region.code == code)
            .unwrap_or_else(|| panic!("no region {code}"))
    }
}

/// The users `ada` and `grace`.
pub(super) fn users() -> Vec<User> {
    vec![
        User {
            name: "ada",
            pat: ADA_PAT,
            profile: json!({
                "userId": "user_ada",
                "emails": [{"emailAddress": "ada@example.com", "verified": true}],
                "firstName": "Ada",
                "lastName": "Lovelace",
            }),
        },
        User {
            name: "grace",
            pat: GRACE_PAT,
            profile: json!({
                "userId": "user_grace",
                "emails": [],
                "firstName": "Grace",
                "lastName": "Hopper",
            }),
        },
    ]
}

/// Three organizations of ada's and one of grace's. Made once: thousands of tests start a fake.
pub(super) fn organizations() -> Vec<Organization> {
    static WORLD: LazyLock<Vec<Organization>> = LazyLock::new(make_organizations);
    WORLD.clone()
}

fn make_organizations() -> Vec<Organization> {
    let mut personal = organization("ada-personal", "Ada's workspace", &["ada"]);
    personal.public_keys = vec![
        public_key("ada-personal", "web", "Pipecat Cloud Public Key", 1),
        revoked(public_key("ada-personal", "test", "Test key", 2)),
    ];

    let mut acme = organization("acme", "Acme Voice Labs", &["ada", "grace"]);
    acme.public_keys = vec![
        public_key("acme", "web", "Web client", 1),
        public_key("acme", "staging_1", "Staging", 2),
        public_key("acme", "staging_2", "Staging", 3),
        revoked(public_key("acme", "phone", "Old phone line", 4)),
    ];
    acme.registry_keys = vec![
        registry_key("rk_acme_laptop", "Laptop", "active"),
        registry_key("rk_acme_old", "Old laptop", "revoked"),
    ];
    acme::furnish(&mut acme);

    let mut dotted = organization("team.with.dots", "Team With Dots", &["ada"]);
    dotted.daily_key = None;
    dotted.public_keys = vec![
        public_key("team.with.dots", "kiosk", "Kiosk", 1),
        revoked(public_key("team.with.dots", "demo", "Demo", 2)),
    ];

    let mut foreign = organization("grace-personal", "Grace's workspace", &["grace"]);
    foreign.public_keys = vec![
        public_key("grace-personal", "web", "Pipecat Cloud Public Key", 1),
        revoked(public_key("grace-personal", "test", "Test key", 2)),
    ];

    vec![personal, acme, dotted, foreign]
}

/// An organization without public keys, agents and what belongs to them, for
/// [`State::organizations`](super::state::State).
pub fn organization(
    name: &'static str,
    verbose_name: &str,
    members: &[&'static str],
) -> Organization {
    Organization {
        profile: json!({
            "id": format!("org_{name}"),
            "name": name,
            "verboseName": verbose_name,
            "createdAt": "2025-11-03T08:15:00.000Z",
            "plan": "developer",
        }),
        members: members.to_vec(),
        daily_key: Some("daily_0123456789abcdef"),
        public_keys: Vec::new(),
        private_keys: vec![api_key("sk", name, "server", "Server", 0)],
        properties: json!({
            "defaultRegion": {
                "type": "string",
                "description": "Region used when none is given",
                "default": "us-west",
                "currentValue": "us-west",
                "readOnly": false,
                "availableValues": ["us-west", "us-east", "eu-central", "ap-south"],
            },
            "maxAgents": {
                "type": "integer",
                "description": "Number of agents that may be deployed",
                "default": 10,
                "currentValue": 25,
                "readOnly": true,
            },
        }),
        registry_keys: Vec::new(),
        agents: Agents::default(),
        builds: Builds::default(),
        profiles: Vec::new(),
        secrets: Secrets::default(),
        regions: Regions::default(),
        spend_limit: SpendLimit::default(),
        github: GitHub::default(),
    }
}

/// A public API key: `key_<organization>_<slug>`, made on this day of January 2026.
pub fn public_key(organization: &str, slug: &str, name: &str, day: usize) -> Value {
    api_key("pk", organization, slug, name, day)
}

fn api_key(kind: &str, organization: &str, slug: &str, name: &str, day: usize) -> Value {
    json!({
        "id": format!("key_{organization}_{slug}"),
        "key": format!("{kind}_{organization}_{slug}_0123456789abcdef"),
        "metadata": {"name": name, "createdBy": "user_ada"},
        "createdAt": format!("2026-01-{:02}T09:30:00.000Z", day + 1),
        "lastUsedAt": null,
        "revoked": false,
    })
}

fn revoked(mut key: Value) -> Value {
    key["revoked"] = true.into();
    key
}

fn registry_key(id: &str, name: &str, status: &str) -> Value {
    json!({
        "id": id,
        "name": name,
        "key_prefix": "pccr_0123",
        "created_at": "2026-01-20T10:00:00.000Z",
        "last_used_at": null,
        "status": status,
        "revoked": status == "revoked",
        "region": null,
    })
}
