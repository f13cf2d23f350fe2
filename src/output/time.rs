//! Times as people say them.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use chrono::{DateTime, Local, Utc};

/// The day of a time, in UTC: `2026-01-02`. What is no time (RFC 3339) stays as it is.
#[must_use]
pub fn day(time: &str) -> String {
    instant(time).map_or_else(|| time.to_owned(), day_of)
}

fn day_of(time: DateTime<Utc>) -> String {
    time.format("%Y-%m-%d").to_string()
}

/// How long ago something was: `3 months ago`; the day, where it is yet to come. What is no time
/// (RFC 3339) stays as it is.
#[must_use]
pub fn ago(time: &str, now: SystemTime) -> String {
    let Some(then) = instant(time) else {
        return time.to_owned();
    };
    let now = now.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    let seconds = i64::try_from(now).unwrap_or(i64::MAX) - then.timestamp();
    match u64::try_from(seconds) {
        Ok(seconds) if seconds >= 60 => format!("{} ago", length(seconds)),
        // Clocks differ a little; what lies further ahead is no age.
        Err(_) if seconds < -60 => day_of(then),
        _ => "just now".to_owned(),
    }
}

/// How long it is until a time, in seconds since 1970: `in 3 hours`.
#[must_use]
pub fn until(time: f64, now: SystemTime) -> String {
    let now = now.duration_since(UNIX_EPOCH).unwrap_or_default();
    let seconds = time - now.as_secs_f64();
    if seconds < 1.0 {
        return "now".to_owned();
    }
    match Duration::try_from_secs_f64(seconds) {
        Ok(left) => format!("in {}", length(left.as_secs())),
        Err(_) => "never".to_owned(),
    }
}

/// A length of time in its largest unit: `3 months`.
fn length(seconds: u64) -> String {
    let units = [
        ("year", 31_556_952),
        ("month", 2_629_746),
        ("day", 86_400),
        ("hour", 3_600),
        ("minute", 60),
    ];
    let unit = units.into_iter().find(|(_, length)| seconds >= *length);
    let (name, length) = unit.unwrap_or(("second", 1));
    let count = seconds / length;
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {name}{plural}")
}

/// The instant that a text tells, if it is RFC 3339.
#[must_use]
pub fn instant(text: &str) -> Option<DateTime<Utc>> {
    let time = DateTime::parse_from_rfc3339(text).ok()?;
    Some(time.with_timezone(&Utc))
}

/// The clock that times are shown by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clock {
    /// UTC.
    Utc,
    /// That of this machine (`TZ`, or the system's).
    Local,
}

/// How times are shown, cut to the second.
const FORM: &str = "%Y-%m-%d %H:%M:%S";

impl Clock {
    /// What its time is called.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Utc => "UTC",
            Self::Local => "local time",
        }
    }

    /// The time as it is shown: `2026-01-02 09:30:00`. What is no time (RFC 3339) stays as it is.
    #[must_use]
    pub fn show(self, time: &str) -> String {
        match (instant(time), self) {
            (None, _) => time.to_owned(),
            (Some(time), Self::Utc) => time.format(FORM).to_string(),
            (Some(time), Self::Local) => time.with_timezone(&Local).format(FORM).to_string(),
        }
    }
}

/// The time as it is shown in UTC.
#[must_use]
pub fn moment(time: &str) -> String {
    Clock::Utc.show(time)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_told_in_utc_and_what_is_none_stays() {
        for (time, told) in [
            ("2026-01-02T09:30:00Z", "2026-01-02 09:30:00"),
            ("2026-01-02T09:30:00.999999999Z", "2026-01-02 09:30:00"),
            ("2026-01-02T01:30:00+02:00", "2026-01-01 23:30:00"),
            ("yesterday", "yesterday"),
            ("", ""),
        ] {
            assert_eq!(moment(time), told);
        }
    }

    #[test]
    fn a_time_is_told_by_its_age() {
        let now = UNIX_EPOCH + Duration::from_secs(1_775_000_000); // 2026-03-31T23:33:20Z
        for (time, told) in [
            ("2026-03-31T23:33:00.000Z", "just now"),
            ("2026-03-31T23:34:00Z", "just now"),
            ("2026-03-31T23:32:00Z", "1 minute ago"),
            ("2026-03-31T20:00:00+02:00", "5 hours ago"),
            ("2026-03-30T20:00:00.123456789Z", "1 day ago"),
            ("2026-01-02T09:30:00.000Z", "2 months ago"),
            ("2024-01-02T09:30:00.000Z", "2 years ago"),
            ("2030-01-02T09:30:00.000Z", "2030-01-02"),
            ("yesterday", "yesterday"),
            ("", ""),
        ] {
            assert_eq!(ago(time, now), told);
        }
    }

    #[test]
    fn what_is_to_come_is_told_by_how_long_it_is_away() {
        let now = UNIX_EPOCH + Duration::from_secs(1_000);
        for (time, told) in [
            (999.0, "now"),
            (1_001.5, "in 1 second"),
            (8_200.0, "in 2 hours"),
            (90_000.0, "in 1 day"),
            (f64::INFINITY, "never"),
            (f64::NAN, "never"),
        ] {
            assert_eq!(until(time, now), told);
        }
    }

    #[test]
    fn a_day_is_that_of_greenwich() {
        for (time, told) in [
            ("2026-01-02T09:30:00.000Z", "2026-01-02"),
            ("2026-01-02T00:30:00+02:00", "2026-01-01"),
            ("yesterday", "yesterday"),
        ] {
            assert_eq!(day(time), told);
        }
    }
}
