//! How long a command may go on.

use std::cell::Cell;
use std::time::{Duration, Instant};

/// All waiting of a command together, short enough that the command ends within 40 s.
const TOTAL: Duration = Duration::from_secs(38);

/// The moment by which a command is done, one way or the other.
#[derive(Debug)]
pub struct Deadline(Cell<Instant>);

impl Default for Deadline {
    fn default() -> Self {
        Self(Cell::new(Instant::now() + TOTAL))
    }
}

impl Deadline {
    /// What is left.
    #[must_use]
    pub fn remaining(&self) -> Duration {
        self.0.get().saturating_duration_since(Instant::now())
    }

    /// Starts anew, after something that takes as long as a person takes.
    pub fn restart(&self) {
        self.0.set(Instant::now() + TOTAL);
    }
}
