//! Trying again where a system says "not now".

use std::io;
use std::thread;
use std::time::{Duration, Instant};

/// How long a change of the file is tried again: longer than anybody has it open who only reads.
pub(super) const FOR_WRITING: Duration = Duration::from_secs(2);

/// How long a reader waits: replacing a file takes a moment only.
pub(super) const FOR_READING: Duration = Duration::from_millis(300);

/// The pause after the first attempt; doubled for each further one.
const FIRST_PAUSE: Duration = Duration::from_millis(2);

/// No pause is longer.
const LONGEST_PAUSE: Duration = Duration::from_millis(100);

/// Errors of Windows that say that somebody has the file open just now: access denied (also said
/// of a file that is being deleted), sharing violation, lock violation, delete pending, and a file
/// that is mapped into somebody's memory.
const WINDOWS_NOT_NOW: [i32; 5] = [5, 32, 33, 303, 1224];

/// Tries until it works, fails for good, or `patience` is at its end. Blocks the thread meanwhile.
///
/// # Errors
/// Those of the last attempt.
pub(super) fn patiently<T>(
    patience: Duration,
    mut attempt: impl FnMut() -> io::Result<T>,
) -> io::Result<T> {
    let deadline = Instant::now() + patience;
    let mut longest = FIRST_PAUSE;
    loop {
        let error = match attempt() {
            Err(error) if is_not_now(&error) => error,
            outcome => return outcome,
        };
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(error);
        }
        thread::sleep(jittered(longest).min(left));
        longest = (longest * 2).min(LONGEST_PAUSE);
    }
}

/// Whether the same call may work in a moment.
pub(super) fn is_not_now(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::Interrupted | io::ErrorKind::ExecutableFileBusy
    ) || (cfg!(windows)
        && error
            .raw_os_error()
            .is_some_and(|code| WINDOWS_NOT_NOW.contains(&code)))
}

/// Between half of `longest` and all of it, so that several who wait do not march in step.
fn jittered(longest: Duration) -> Duration {
    longest.mul_f64(0.5 + fastrand::f64() / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn busy() -> io::Error {
        io::ErrorKind::ExecutableFileBusy.into()
    }

    #[test]
    fn what_does_not_work_just_now_is_tried_again() {
        let mut attempts = 0;
        let outcome = patiently(Duration::from_secs(20), || {
            attempts += 1;
            if attempts < 5 {
                Err(busy())
            } else {
                Ok(attempts)
            }
        });
        assert_eq!(outcome.ok(), Some(5));
    }

    #[test]
    fn trying_again_has_an_end() {
        let since = Instant::now();
        let outcome: io::Result<()> = patiently(Duration::from_millis(50), || Err(busy()));
        assert!(outcome.is_err());
        assert!(since.elapsed() >= Duration::from_millis(50));
    }

    #[test]
    fn what_never_works_is_not_tried_again() {
        let mut attempts = 0;
        let outcome: io::Result<()> = patiently(Duration::from_secs(20), || {
            attempts += 1;
            Err(io::ErrorKind::StorageFull.into())
        });
        assert!(outcome.is_err());
        assert_eq!(attempts, 1);
    }
}
