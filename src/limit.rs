//! How long a command may wait.

use std::cell::Cell;
use std::time::{Duration, Instant};

use crate::error::Result;

/// What a command may wait for the network where it says nothing else: short enough that it ends
/// within 40 s.
pub const DEFAULT: Duration = Duration::from_secs(38);

/// What a command waits for what it can do without.
pub const OPTIONAL: Duration = Duration::from_secs(4);

/// What comes of `work`, which a command can do without: nothing where it fails, or takes longer
/// than [`OPTIONAL`].
pub async fn optional<T>(work: impl Future<Output = Result<T>>) -> Option<T> {
    tokio::time::timeout(OPTIONAL, work).await.ok()?.ok()
}

/// The time that all waiting of a command may take together. The time that a person takes to
/// answer does not count: see [`TimeLimit::restart`].
#[derive(Debug)]
pub struct TimeLimit {
    total: Option<Duration>,
    since: Cell<Instant>,
}

impl TimeLimit {
    /// A limit that begins now. `None` is for commands that wait by nature: each request keeps its
    /// own limits, and the command states how long it goes on.
    #[must_use]
    pub fn new(total: Option<Duration>) -> Self {
        Self {
            total,
            since: Cell::new(Instant::now()),
        }
    }

    /// What is left; [`Duration::MAX`] where there is no limit.
    #[must_use]
    pub fn remaining(&self) -> Duration {
        match self.total {
            Some(total) => total.saturating_sub(self.since.get().elapsed()),
            None => Duration::MAX,
        }
    }

    /// Starts anew, after something that takes as long as a person takes.
    pub fn restart(&self) {
        self.since.set(Instant::now());
    }
}

impl Default for TimeLimit {
    fn default() -> Self {
        Self::new(Some(DEFAULT))
    }
}
