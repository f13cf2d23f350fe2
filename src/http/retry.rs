//! When a request that failed is worth another attempt, and how long to wait for it.

use std::time::{Duration, SystemTime};

use reqwest::StatusCode;

/// The pause before the second attempt; doubled for each further one, and jittered.
const FIRST_PAUSE: Duration = Duration::from_millis(250);

/// Whether a status says "not now" rather than "no".
pub(super) fn is_transient(status: StatusCode) -> bool {
    matches!(
        status,
        StatusCode::TOO_MANY_REQUESTS
            | StatusCode::BAD_GATEWAY
            | StatusCode::SERVICE_UNAVAILABLE
            | StatusCode::GATEWAY_TIMEOUT
    )
}

/// `Retry-After` (RFC 9110 section 10.2.3): seconds, or a date.
pub(super) fn parse_retry_after(value: &str) -> Option<Duration> {
    let value = value.trim();
    if value.bytes().all(|byte| byte.is_ascii_digit()) && !value.is_empty() {
        // More digits than fit are still a very long time.
        return Some(Duration::from_secs(value.parse().unwrap_or(u64::MAX)));
    }
    let date = httpdate::parse_http_date(value).ok()?;
    Some(date.duration_since(SystemTime::now()).unwrap_or_default())
}

/// A pause that grows, between half of its length and one and a half, so that clients do not march
/// in step.
pub(super) fn pause_before(attempt: u32) -> Duration {
    let middle = FIRST_PAUSE * 2_u32.pow(attempt.saturating_sub(2));
    middle.mul_f64(0.5 + fastrand::f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        assert_eq!(parse_retry_after(" 7 "), Some(Duration::from_secs(7)));
        assert_eq!(
            parse_retry_after("99999999999999999999999"),
            Some(Duration::from_secs(u64::MAX))
        );
        let past = parse_retry_after("Sun, 06 Nov 1994 08:49:37 GMT");
        assert_eq!(past, Some(Duration::ZERO));
        let later = SystemTime::now() + Duration::from_secs(3600);
        let later = parse_retry_after(&httpdate::fmt_http_date(later));
        assert!(later.is_some_and(|wait| wait > Duration::from_secs(3500)));
        for nonsense in ["", "-1", "soon", "1.5"] {
            assert_eq!(parse_retry_after(nonsense), None, "{nonsense}");
        }
    }

    #[test]
    fn pauses_grow_and_stay_within_their_bounds() {
        for _ in 0..100 {
            let (second, third) = (pause_before(2), pause_before(3));
            assert!((125..=375).contains(&second.as_millis()), "{second:?}");
            assert!((250..=750).contains(&third.as_millis()), "{third:?}");
        }
    }
}
