//! `agent`: what runs, its sessions, and what can be done to it.

mod links;
mod list;
mod logs;
mod profiles;
