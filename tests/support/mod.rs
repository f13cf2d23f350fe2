//! What the black-box tests and the sandbox stand on: a [fake Pipecat Cloud](cloud), a
//! [sandboxed home](home) to [run](run) the real program in, a [terminal](terminal) around it, a
//! [browser](browser), [a program under way](running), [broken connections](wire), [a server in
//! between](interposer), [a long way](link) to it, [certificates](authority), [permits](ports)
//! for the callback ports, [build contexts](archive) as a service sees them, and how well colours
//! can be told [apart](contrast).
#![allow(
    dead_code,
    reason = "shared by tests, benchmark and sandbox, none of which uses all of it"
)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "test support: a broken assumption ends the test there and then"
)]

pub mod archive;
pub mod authority;
pub mod browser;
pub mod cloud;
pub mod contrast;
#[cfg(unix)]
pub mod desktop;
pub mod home;
pub mod interposer;
pub mod link;
pub mod multipart;
pub mod ports;
pub mod run;
pub mod running;
pub mod terminal;
pub mod wire;

use std::path::PathBuf;
use std::process::Command;

/// The program under test, as the build tool names it to integration tests. It names it to nobody
/// else, so whatever else runs the program has to find it in its own way.
pub fn program() -> PathBuf {
    let path = option_env!("CARGO_BIN_EXE_pipecat");
    PathBuf::from(path.expect("an integration test: nobody else is told"))
}

/// Takes out of a build's environment what the build tool tells the programs that it runs. Some
/// dependencies look at it, and would be compiled once more, with the program under test replaced
/// while it is tested.
pub fn as_from_outside(build: &mut Command) -> &mut Command {
    for (name, _) in std::env::vars_os() {
        let told = ["CARGO_MANIFEST_", "CARGO_PKG_", "CARGO_BIN_"];
        if name
            .to_str()
            .is_some_and(|name| told.iter().any(|told| name.starts_with(told)))
        {
            build.env_remove(name);
        }
    }
    build
}
