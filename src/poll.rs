//! Waiting for something to become so, by looking again and again.
//!
//! Faults that pass are borne for a while: one look that fails says nothing about what is looked
//! at. Whoever does not want to wait any longer drops the future.

use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use crate::error::{Error, Result};

/// How to wait.
#[derive(Clone, Debug)]
pub struct Poll<'a> {
    /// How long at most, the time of the looks included.
    pub limit: Duration,
    /// The pauses after the first looks; the last one goes on.
    pub pauses: &'a [Duration],
    /// So many failed looks in a row are borne; the next one ends the wait.
    pub patience: u32,
}

/// How the wait ended.
#[derive(Debug)]
pub enum Polled<T> {
    /// It has become so.
    Done(T),
    /// The time is over, and it has not.
    TimeOver,
}

impl Poll<'_> {
    /// Looks at once and then after each pause, until a look breaks off with what was waited for.
    ///
    /// # Errors
    /// A look failed for good, or one more in a row than are borne. `is_transient` tells which
    /// failures pass.
    pub async fn until<T>(
        &self,
        is_transient: impl Fn(&Error) -> bool,
        mut look: impl AsyncFnMut() -> Result<ControlFlow<T>>,
    ) -> Result<Polled<T>> {
        let since = Instant::now();
        let mut pauses = self.pauses.iter().copied();
        let mut pause = Duration::ZERO;
        let mut failures = 0;
        loop {
            let left = self.limit.saturating_sub(since.elapsed());
            // A look that the limit cuts off is no failure of the service.
            let Ok(looked) = tokio::time::timeout(left, look()).await else {
                return Ok(Polled::TimeOver);
            };
            pause = pauses.next().unwrap_or(pause);
            let mut asked = None;
            match looked {
                Ok(ControlFlow::Break(done)) => return Ok(Polled::Done(done)),
                Ok(ControlFlow::Continue(())) => failures = 0,
                Err(error) if failures < self.patience && is_transient(&error) => {
                    tracing::debug!("{error}; looking again");
                    failures += 1;
                    asked = error.retry_after();
                }
                Err(error) => return Err(error),
            }
            let wait = asked.unwrap_or_default().max(pause);
            if wait >= self.limit.saturating_sub(since.elapsed()) {
                return Ok(Polled::TimeOver);
            }
            tokio::time::sleep(wait).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Code;

    const POLL: Poll<'static> = Poll {
        limit: Duration::from_secs(5),
        pauses: &[Duration::from_millis(1)],
        patience: 2,
    };

    /// Looks that have these outcomes, one after the other.
    fn wait(poll: &Poll, looks: &[fn() -> Result<ControlFlow<u8>>]) -> (Result<Polled<u8>>, usize) {
        let mut count = 0;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build();
        let polled = runtime
            .map_err(|error| Error::new(Code::Internal, "a bad test").because(error))
            .and_then(|runtime| {
                runtime.block_on(poll.until(Error::is_transient, async || {
                    count += 1;
                    looks[count - 1]()
                }))
            });
        (polled, count)
    }

    const NOT_YET: fn() -> Result<ControlFlow<u8>> = || Ok(ControlFlow::Continue(()));
    const DONE: fn() -> Result<ControlFlow<u8>> = || Ok(ControlFlow::Break(7));
    const PASSES: fn() -> Result<ControlFlow<u8>> = || Err(Error::new(Code::ServiceError, "busy"));
    const LASTS: fn() -> Result<ControlFlow<u8>> = || Err(Error::new(Code::NotFound, "gone"));

    #[test]
    fn it_looks_until_it_has_become_so() {
        let (polled, count) = wait(&POLL, &[NOT_YET, NOT_YET, DONE]);
        assert!(matches!(polled, Ok(Polled::Done(7))));
        assert_eq!(count, 3);
    }

    #[test]
    fn faults_that_pass_are_borne_but_not_too_many_in_a_row() {
        let (polled, count) = wait(&POLL, &[PASSES, PASSES, NOT_YET, PASSES, PASSES, DONE]);
        assert!(matches!(polled, Ok(Polled::Done(7))));
        assert_eq!(count, 6);
        let (polled, count) = wait(&POLL, &[PASSES, PASSES, PASSES, DONE]);
        assert!(matches!(polled, Err(error) if error.code() == Code::ServiceError));
        assert_eq!(count, 3);
    }

    #[test]
    fn a_fault_that_lasts_ends_the_wait_at_once() {
        let (polled, count) = wait(&POLL, &[NOT_YET, LASTS, DONE]);
        assert!(matches!(polled, Err(error) if error.code() == Code::NotFound));
        assert_eq!(count, 2);
    }

    #[test]
    fn the_time_is_over_where_the_next_pause_or_what_the_service_asks_would_not_fit() {
        let no_time = Poll {
            limit: Duration::from_millis(20),
            pauses: &[Duration::ZERO, Duration::from_secs(60)],
            ..POLL
        };
        let (polled, count) = wait(&no_time, &[NOT_YET, NOT_YET, DONE]);
        assert!(matches!(polled, Ok(Polled::TimeOver)));
        assert_eq!(count, 2);
        let (polled, count) = wait(
            &POLL,
            &[|| {
                let error = Error::new(Code::RateLimited, "later");
                Err(error.with_retry_after(Duration::from_secs(3600)))
            }],
        );
        assert!(matches!(polled, Ok(Polled::TimeOver)));
        assert_eq!(count, 1);
    }
}
