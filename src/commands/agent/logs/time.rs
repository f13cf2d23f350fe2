//! Which times are wanted.

use std::time::SystemTime;

use chrono::{DateTime, TimeDelta, Utc};

use crate::output::instant;

/// A time as it is given on the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Moment {
    /// That time.
    At(DateTime<Utc>),
    /// So long ago.
    Ago(TimeDelta),
}

impl Moment {
    /// Reads RFC 3339, or an age: `30s`, `10m`, `2h`, `3d`.
    ///
    /// # Errors
    /// It is neither; the error says what is wanted.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        if let Some(time) = instant(text) {
            return Ok(Self::At(time));
        }
        let age = || {
            let count = text.strip_suffix(['s', 'm', 'h', 'd'])?;
            let seconds = match &text[count.len()..] {
                "s" => 1,
                "m" => 60,
                "h" => 3600,
                _ => 86_400,
            };
            let is_number = !count.is_empty() && count.bytes().all(|byte| byte.is_ascii_digit());
            let count: i64 = is_number.then(|| count.parse().ok())??;
            TimeDelta::try_seconds(count.checked_mul(seconds)?)
        };
        age().map(Self::Ago).ok_or_else(|| {
            "give a time like `2026-02-01T09:00:00Z`, or an age like `30s`, `10m`, `2h`, `3d`"
                .to_owned()
        })
    }

    /// The time that it is, `now` being now. Before all time it is the beginning of it.
    pub(super) fn at(self, now: SystemTime) -> DateTime<Utc> {
        match self {
            Self::At(time) => time,
            Self::Ago(age) => {
                let now = DateTime::<Utc>::from(now);
                now.checked_sub_signed(age)
                    .unwrap_or(DateTime::<Utc>::MIN_UTC)
            }
        }
    }
}

/// How long a time is as it is shown.
pub(super) const WIDTH: usize = "2026-02-01 09:00:00".len();

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use super::*;

    const FORM: &str = "%Y-%m-%d %H:%M:%S";

    #[test]
    fn a_moment_is_a_time_or_an_age() {
        let now = UNIX_EPOCH + Duration::from_secs(1_775_000_000); // 2026-03-31T23:33:20Z
        for (text, time) in [
            ("2026-02-01T09:00:00Z", Some("2026-02-01 09:00:00")),
            ("2026-02-01T10:00:00.25+01:00", Some("2026-02-01 09:00:00")),
            ("30s", Some("2026-03-31 23:32:50")),
            ("10m", Some("2026-03-31 23:23:20")),
            ("0h", Some("2026-03-31 23:33:20")),
            ("2h", Some("2026-03-31 21:33:20")),
            ("3d", Some("2026-03-28 23:33:20")),
            ("10000000000d", Some("-262143-01-01 00:00:00")),
            ("99999999999999999999s", None),
            ("2026-02-01", None),
            ("10", None),
            ("-10m", None),
            ("+10m", None),
            ("m", None),
            ("1.5h", None),
            ("10M", None),
            ("1 h", None),
            ("٣d", None),
            ("", None),
        ] {
            let shown = Moment::parse(text).map(|moment| moment.at(now).format(FORM).to_string());
            assert_eq!(shown.ok().as_deref(), time, "{text}");
        }
    }
}
