//! What people are told when something goes wrong.

mod answers;
mod connections;
mod offline;
mod passing;
mod proxies;
mod redirects;
mod refusals;
mod threads;
