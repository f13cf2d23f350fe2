//! `pipecat cloud organizations registry-keys`.

mod list;
mod mint;
mod revoke;

use crate::commands::noun;

/// The command that shows how things stand.
const LIST: &str = "pipecat cloud organizations registry-keys list";

noun! {
    /// Registry keys, which pull the region package from the container registry
    RegistryKeys {
        Mint(mint::Args),
        List(list::Args),
        Revoke(revoke::Args),
    }
}
