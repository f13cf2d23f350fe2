//! `agent`: what runs, its sessions, and what can be done to it.

mod list;
