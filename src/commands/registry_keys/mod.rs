//! `pipecat cloud organizations registry-keys`.

mod list;
mod mint;
mod revoke;

pub use list::list;
pub use mint::mint;
pub use revoke::revoke;
