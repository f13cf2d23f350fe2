//! `deploy`: what is sent, how it ends, and that no ending is told for another.

mod builds;
mod checks;
mod doubt;
mod endings;
mod hostile;
#[cfg(unix)]
mod interrupted;
mod plan;
mod requests;
mod waiting;
mod workflow;

use serde_json::Value;

use crate::support::cloud::{Cloud, State};

/// The routes of agents.
const SERVICES: &str = "/v1/organizations/acme/services";

/// An image deploy of the agent that is there.
const UPDATE: &str = "deploy support-line acme/bot:1 -o acme --yes";

/// An image deploy of a new agent.
const CREATE: &str = "deploy my-agent acme/bot:1 -o acme --yes";

/// The body of the one deployment that was sent.
#[track_caller]
fn body(cloud: &Cloud) -> Value {
    let writes = cloud.writes();
    assert_eq!(writes.len(), 1, "{writes:?}");
    writes[0].json()
}

/// Changes the agents of `acme`.
fn in_acme(cloud: &Cloud, change: impl FnOnce(&mut crate::support::cloud::world::Organization)) {
    cloud.change(|state: &mut State| change(state.at("acme")));
}
