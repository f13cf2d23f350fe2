//! Times as people say them.

use std::time::{SystemTime, UNIX_EPOCH};

use chrono::{DateTime, Utc};

/// How long ago something was, and the day, in UTC: `3 months ago (2026-01-02)`. What is no time
/// (RFC 3339) stays as it is.
#[must_use]
pub fn ago(time: &str, now: SystemTime) -> String {
    let Ok(then) = DateTime::parse_from_rfc3339(time) else {
        return time.to_owned();
    };
    let then = then.with_timezone(&Utc);
    let now = now.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    let seconds = i64::try_from(now).unwrap_or(i64::MAX) - then.timestamp();
    let units = [
        ("year", 31_556_952),
        ("month", 2_629_746),
        ("day", 86_400),
        ("hour", 3_600),
        ("minute", 60),
    ];
    let unit = units.into_iter().find(|(_, length)| seconds >= *length);
    let age = match unit {
        // Clocks differ a little; what lies further ahead is no age.
        None if seconds < -60 => return then.format("%Y-%m-%d").to_string(),
        None => "just now".to_owned(),
        Some((name, length)) => {
            let count = seconds / length;
            let plural = if count == 1 { "" } else { "s" };
            format!("{count} {name}{plural} ago")
        }
    };
    format!("{age} ({})", then.format("%Y-%m-%d"))
}

/// The moment that a time (RFC 3339) names, in UTC, cut to the second: `2026-01-02 09:30:00`. What
/// is no time stays as it is.
#[must_use]
pub fn moment(time: &str) -> String {
    let Ok(moment) = DateTime::parse_from_rfc3339(time) else {
        return time.to_owned();
    };
    let moment = moment.with_timezone(&Utc);
    moment.format("%Y-%m-%d %H:%M:%S").to_string()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_moment_is_told_in_utc_and_what_is_none_stays() {
        for (time, told) in [
            ("2026-01-02T09:30:00.999Z", "2026-01-02 09:30:00"),
            ("2026-01-02T01:30:00+02:00", "2026-01-01 23:30:00"),
            ("yesterday", "yesterday"),
        ] {
            assert_eq!(moment(time), told);
        }
    }

    #[test]
    fn a_time_is_told_by_its_age_and_its_day() {
        let now = UNIX_EPOCH + Duration::from_secs(1_775_000_000); // 2026-03-31T23:33:20Z
        for (time, told) in [
            ("2026-03-31T23:33:00.000Z", "just now (2026-03-31)"),
            ("2026-03-31T23:34:00Z", "just now (2026-03-31)"),
            ("2026-03-31T23:32:00Z", "1 minute ago (2026-03-31)"),
            ("2026-03-31T20:00:00+02:00", "5 hours ago (2026-03-31)"),
            ("2026-03-30T20:00:00.123456789Z", "1 day ago (2026-03-30)"),
            ("2026-01-02T09:30:00.000Z", "2 months ago (2026-01-02)"),
            ("2024-01-02T09:30:00.000Z", "2 years ago (2024-01-02)"),
            ("2030-01-02T09:30:00.000Z", "2030-01-02"),
            ("yesterday", "yesterday"),
            ("", ""),
        ] {
            assert_eq!(ago(time, now), told);
        }
    }
}
