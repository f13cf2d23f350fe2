//! `pipecat cloud organizations`.

mod default_region;
mod keys;
mod list;
mod properties;
mod registry_keys;
mod select;

use super::noun;

noun! {
    /// Organizations and their API keys
    Organizations {
        List(list::Args),
        Select(select::Args),
        Keys(keys::Keys),
        DefaultRegion(default_region::Args),
        RegistryKeys(registry_keys::RegistryKeys),
        Properties(properties::Properties),
    }
}
