//! `pipecat cloud build`.

mod context;
mod list;
mod logs;
mod status;

use super::noun;
use crate::error::{Code, Error};

noun! {
    /// Builds in the cloud, and what they are built from
    Build {
        List(list::Args),
        Status(status::Args),
        Logs(logs::Args),
        Context(context::Args),
    }
}

/// Stands for what is not known.
const NOTHING: &str = "N/A";

/// Says which build is not there.
fn missing(error: Error, organization: &str, id: &str) -> Error {
    match error.code() {
        Code::NotFound => error
            .reworded(format!(
                "the organization `{organization}` has no build `{id}`"
            ))
            .hint("list the builds with `pipecat cloud build list`"),
        _ => error,
    }
}
