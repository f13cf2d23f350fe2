//! `organizations list` and `organizations select`.

mod list;
mod select;

const READ: &str = "GET /v1/organizations";
