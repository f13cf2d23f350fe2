//! What is written where: modes, streams, colour, and text that nobody should trust.
#![allow(
    clippy::needless_raw_string_hashes,
    reason = "snapshots are written by a tool, the same way each"
)]

mod colour;
mod hostile;
mod json;
mod modes;
mod streams;
mod tables;
mod version;
