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

/// A number of seconds as people say it: `42s`, `1m 39s`, `1h 2m`.
fn duration(seconds: u64) -> String {
    match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
        (0, 0, seconds) => format!("{seconds}s"),
        (0, minutes, seconds) => format!("{minutes}m {seconds}s"),
        (hours, minutes, _) => format!("{hours}h {minutes}m"),
    }
}

#[cfg(test)]
mod tests {
    use super::duration;

    #[test]
    fn a_duration_is_told_in_its_two_largest_units() {
        for (seconds, told) in [
            (0, "0s"),
            (42, "42s"),
            (60, "1m 0s"),
            (99, "1m 39s"),
            (3599, "59m 59s"),
            (3720, "1h 2m"),
            (90_000, "25h 0m"),
        ] {
            assert_eq!(duration(seconds), told);
        }
    }
}
