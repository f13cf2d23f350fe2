//! Where values come from, and the configuration file.

mod contention;
mod hosts;
mod log;
mod malformed;
#[cfg(unix)]
mod permissions;
mod place;
#[cfg(target_os = "linux")]
mod replacing;
mod sources;
#[cfg(target_os = "linux")]
mod strangers;
