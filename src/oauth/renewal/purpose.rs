//! What a renewal is for, and what its failure means for that.

use std::time::Duration;

use crate::error::Error;
use crate::http::IN_DOUBT;

/// What a renewal is for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Purpose {
    /// Requests. Once some have been sent with the session, no other may take its place.
    Requests {
        /// Whether some have.
        begun: bool,
    },
    /// Ending the session, for which no step may take longer.
    End {
        /// Than this.
        patience: Duration,
    },
}

impl Purpose {
    /// How long a step may take, if not as long as the command lets it.
    pub(super) fn patience(self) -> Option<Duration> {
        match self {
            Self::Requests { .. } => None,
            Self::End { patience } => Some(patience),
        }
    }

    /// A failure to which nothing of the session was lost.
    pub(super) fn kept(self, error: Error) -> Error {
        error.context(match self {
            Self::Requests { .. } => "your session could not be renewed just now, and is kept",
            Self::End { .. } => "its access token no longer works, and could not be renewed",
        })
    }

    /// A failure after which the provider may have spent the refresh token, its answer being lost.
    pub(super) fn in_doubt(self, error: Error) -> Error {
        // It is no use to look whether a refresh token was spent.
        let error = error.without_hint(IN_DOUBT);
        match self {
            Self::Requests { .. } => error
                .context("your session could not be renewed just now, and may have ended")
                .hint("if it has ended, run `pipecat cloud auth login`"),
            Self::End { .. } => self.kept(error),
        }
    }
}
