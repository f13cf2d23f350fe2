//! `agent`: what runs, its sessions, and what can be done to it.

mod deploy_file;
mod links;
mod list;
mod logs;
mod names;
mod odd;
mod profiles;
mod sessions;
mod start;
mod status;
mod watch;
mod writes;
