//! The folder that is deployed: [its deploy file](file), and the [files](context) that a build is
//! made from, packed into an [`Archive`].
//!
//! Nothing here prints, asks, or reads the environment of the process.

#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        reason = "a broken assumption ends the test there and then"
    )
)]

pub mod agent_name;
mod archive;
pub mod context;
pub mod docker;
pub mod file;
mod ignore;
mod location;
mod pattern;
mod problem;
mod read;
pub mod schema;
mod section;
pub mod values;

pub use archive::Archive;
pub use context::{BuildContext, ContextFile};
pub use file::{DeployConfig, DeployFile};
pub use location::Location;
pub use problem::{Problem, into_error};
pub use section::Placed;
