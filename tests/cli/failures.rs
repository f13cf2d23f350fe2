//! What people are told when something goes wrong.

mod answers;
mod connections;
mod passing;
mod redirects;
mod refusals;
