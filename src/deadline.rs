//! How long a command may go on, and when it may not be stopped.

use std::cell::Cell;
use std::time::{Duration, Instant};

use tokio::sync::Semaphore;

/// All waiting of a command together, short enough that the command ends within 40 s.
const TOTAL: Duration = Duration::from_secs(38);

/// The moment by which a command is done, one way or the other.
#[derive(Debug)]
pub struct Deadline {
    at: Cell<Instant>,
    /// Its one permit belongs to whoever may not be stopped now, or has stopped the command.
    stop: Semaphore,
}

impl Default for Deadline {
    fn default() -> Self {
        Self {
            at: Cell::new(Instant::now() + TOTAL),
            stop: Semaphore::new(1),
        }
    }
}

impl Deadline {
    /// What is left.
    #[must_use]
    pub fn remaining(&self) -> Duration {
        self.at.get().saturating_duration_since(Instant::now())
    }

    /// Starts anew, after something that takes as long as a person takes.
    pub fn restart(&self) {
        self.at.set(Instant::now() + TOTAL);
    }

    /// Goes through with something that would be lost half done: whoever [stops](Self::stop) the
    /// command waits for its end.
    pub async fn unstopped<T>(&self, work: impl Future<Output = T>) -> T {
        let permit = self.stop.acquire().await;
        let done = work.await;
        drop(permit);
        // Whoever waits for it comes before whatever follows.
        tokio::task::yield_now().await;
        done
    }

    /// Waits until the command may be stopped, and keeps it from beginning anything that may not.
    pub async fn stop(&self) {
        if let Ok(permit) = self.stop.acquire().await {
            permit.forget();
        }
    }
}
