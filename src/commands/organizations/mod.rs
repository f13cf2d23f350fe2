//! `pipecat cloud organizations`.

mod list;
mod select;

pub use list::list;
pub use select::select;
