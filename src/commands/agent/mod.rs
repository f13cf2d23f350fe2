//! `pipecat cloud agent`.

mod list;
mod scale;

use super::noun;

noun! {
    /// Agents: what runs, its sessions and its log
    Agent {
        List(list::Args),
        Scale(scale::Args),
    }
}
