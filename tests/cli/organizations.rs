//! `organizations list` and `organizations select`.
#![allow(
    clippy::needless_raw_string_hashes,
    reason = "snapshots are written by a tool, the same way each"
)]

mod list;
mod select;

const READ: &str = "GET /v1/organizations";
