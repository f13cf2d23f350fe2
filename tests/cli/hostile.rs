//! Somebody is hostile: the service, the provider, a program on this machine, a name.
#![cfg(all(unix, not(target_os = "macos")))]

mod local;
mod paths;
mod provider;
mod secrets;
mod text;
