//! `pipecat cloud docker`.

mod build_push;
mod program;

use super::noun;

noun! {
    /// Images that are built on this machine
    Docker {
        BuildPush(build_push::Args),
    }
}
