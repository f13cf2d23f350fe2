//! Where values come from, and the configuration file.
#![allow(
    clippy::needless_raw_string_hashes,
    reason = "snapshots are written by a tool, the same way each"
)]

mod contention;
mod hosts;
mod log;
mod malformed;
#[cfg(unix)]
mod permissions;
mod place;
mod sources;
