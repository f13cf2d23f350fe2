//! Time limits that count the time in which this program ran.

use std::pin::pin;
use std::time::{Duration, Instant};

/// The least time in which to read what is there already.
const LEAST: Duration = Duration::from_millis(20);

/// The most time in which to read what came while the program stood still.
const MOST: Duration = Duration::from_secs(2);

/// What `work` gives, if it is done within `limit`. A timer that goes off late tells that the
/// program stood still until then: stopped (Ctrl-Z, a paused container), or starved. What came
/// meanwhile still counts, since it is there and has only not been read.
pub async fn timeout<T>(limit: Duration, work: impl Future<Output = T>) -> Option<T> {
    let mut work = pin!(work);
    let since = Instant::now();
    if let Ok(done) = tokio::time::timeout(limit, &mut work).await {
        return Some(done);
    }
    let late = since.elapsed().saturating_sub(limit);
    tokio::time::timeout(late.clamp(LEAST, MOST), work)
        .await
        .ok()
}
