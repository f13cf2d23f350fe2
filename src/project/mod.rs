//! The folder that is deployed: [its deploy file](file) and what is built from it.
//!
//! Nothing here prints, asks, or reads the environment of the process.

pub mod file;
mod pattern;
mod problem;
mod read;
pub mod schema;
mod section;
pub mod values;

pub use file::{DeployConfig, DeployFile, Location, Placed};
pub use problem::{Problem, into_error};
