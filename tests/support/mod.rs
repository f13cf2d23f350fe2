//! What the black-box tests and the sandbox stand on: a [fake Pipecat Cloud](cloud), a
//! [sandboxed home](home) to [run](run) the real program in, a [terminal](terminal) around it, a
//! [browser](browser), [a program under way](running), [broken connections](wire), [a server in
//! between](interposer), and [permits](ports) for the callback ports.
#![allow(
    dead_code,
    reason = "shared by the tests and the sandbox, neither of which uses all of it"
)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "test support: a broken assumption ends the test there and then"
)]

pub mod browser;
pub mod cloud;
#[cfg(all(unix, not(target_os = "macos")))]
pub mod desktop;
pub mod home;
pub mod interposer;
pub mod ports;
pub mod run;
pub mod running;
pub mod terminal;
pub mod wire;

use std::path::PathBuf;

/// The program under test, as the build tool names it to integration tests. It names it to nobody
/// else, so whatever else runs the program has to find it in its own way.
pub fn program() -> PathBuf {
    let path = option_env!("CARGO_BIN_EXE_pipecat");
    PathBuf::from(path.expect("an integration test: nobody else is told"))
}
