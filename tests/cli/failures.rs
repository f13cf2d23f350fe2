//! What people are told when something goes wrong.
#![allow(
    clippy::needless_raw_string_hashes,
    reason = "snapshots are written by a tool, the same way each"
)]

mod answers;
mod connections;
mod passing;
mod redirects;
mod refusals;
