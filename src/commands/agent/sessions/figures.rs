//! Numbers about sessions: durations, means, percentiles, quantities, and a picture of a course.

use chrono::TimeDelta;

use crate::api::AgentSession;
use crate::output::instant;

/// How long a session took; nothing while it goes on, or where its times make no sense.
pub(super) fn duration(session: &AgentSession) -> Option<TimeDelta> {
    let time = |time: &Option<String>| instant(time.as_deref()?);
    let duration = time(&session.ended_at)?.signed_duration_since(time(&session.created_at)?);
    (duration >= TimeDelta::zero()).then_some(duration)
}

/// `HH:MM:SS`, cut to the second. There may be more than 24 hours.
pub(super) fn clock(duration: TimeDelta) -> String {
    let seconds = duration.num_seconds();
    let (minutes, seconds) = (seconds / 60, seconds % 60);
    format!("{:02}:{:02}:{seconds:02}", minutes / 60, minutes % 60)
}

/// The mean and the 5th and 95th percentile of some numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Spread {
    pub(super) mean: f64,
    pub(super) low: f64,
    pub(super) high: f64,
}

impl Spread {
    /// That of `numbers`; nothing where there are none.
    pub(super) fn of(mut numbers: Vec<f64>) -> Option<Self> {
        numbers.retain(|number| number.is_finite());
        numbers.sort_by(f64::total_cmp);
        let count = f64::from(u32::try_from(numbers.len()).ok()?);
        let (low, high) = (percentile(&numbers, 5)?, percentile(&numbers, 95)?);
        Some(Self {
            mean: numbers.iter().sum::<f64>() / count,
            low,
            high,
        })
    }
}

/// The smallest of these sorted numbers that so many percent of them do not exceed.
fn percentile(sorted: &[f64], percent: usize) -> Option<f64> {
    let rank = (sorted.len() * percent).div_ceil(100).max(1);
    sorted.get(rank - 1).copied()
}

/// `0.15 cores`.
pub(super) fn cores(millicores: f64) -> String {
    format!("{:.2} cores", millicores / 1000.0)
}

/// `128MB`, `1.5GB`, in powers of 1024.
pub(super) fn memory(bytes: f64) -> String {
    const MEGA: f64 = 1024.0 * 1024.0;
    if bytes >= 1024.0 * MEGA {
        format!("{:.1}GB", bytes / (1024.0 * MEGA))
    } else {
        format!("{:.0}MB", bytes / MEGA)
    }
}

/// So many steps a picture has at most.
const STEPS: usize = 50;

/// The course of some numbers, from the least to the greatest of them. Each step is the greatest of
/// those that fall on it, so that no peak is lost.
pub(super) fn sparkline(numbers: &[f64]) -> String {
    const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let numbers: Vec<f64> = numbers
        .iter()
        .copied()
        .filter(|one| one.is_finite())
        .collect();
    let steps = numbers.len().min(STEPS);
    let peaks = (0..steps).map(|step| {
        let (from, to) = (
            step * numbers.len() / steps,
            (step + 1) * numbers.len() / steps,
        );
        numbers[from..to].iter().copied().fold(f64::MIN, f64::max)
    });
    let peaks: Vec<f64> = peaks.collect();
    let least = peaks.iter().copied().fold(f64::MAX, f64::min);
    let greatest = peaks.iter().copied().fold(f64::MIN, f64::max);
    let bar = |peak: &f64| {
        // What does not move is a line at the bottom.
        let share = (peak - least) / (greatest - least);
        let above = BARS.iter().skip(1).zip(1_u32..);
        let bars = above.take_while(|(_, nth)| share * 8.0 >= f64::from(*nth));
        bars.last().map_or(BARS[0], |(bar, _)| *bar)
    };
    peaks.iter().map(bar).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn session(created: &str, ended: &str) -> AgentSession {
        AgentSession::read(&json!({"createdAt": created, "endedAt": ended}))
    }

    #[test]
    fn durations_are_cut_and_make_sense_or_are_none() {
        for (created, ended, shown) in [
            (
                "2026-02-01T08:00:00.250Z",
                "2026-02-01T08:01:07Z",
                Some("00:01:06"),
            ),
            (
                "2026-02-01T08:00:00Z",
                "2026-02-02T09:00:00+00:00",
                Some("25:00:00"),
            ),
            (
                "2026-02-01T08:00:00+01:00",
                "2026-02-01T07:00:00Z",
                Some("00:00:00"),
            ),
            ("2026-02-01T08:00:00Z", "2026-02-01T07:59:59Z", None),
            ("2026-02-01T08:00:00Z", "", None),
            ("soon", "2026-02-01T07:59:59Z", None),
        ] {
            let duration = duration(&session(created, ended)).map(clock);
            assert_eq!(duration.as_deref(), shown, "{created} {ended}");
        }
    }

    #[test]
    fn a_spread_is_made_of_numbers_that_are_there() {
        let numbers = (1..=100).rev().map(f64::from).collect();
        let spread = Spread {
            mean: 50.5,
            low: 5.0,
            high: 95.0,
        };
        assert_eq!(Spread::of(numbers), Some(spread));
        let one = Spread {
            mean: 2.0,
            low: 2.0,
            high: 2.0,
        };
        assert_eq!(Spread::of(vec![2.0, f64::NAN]), Some(one));
        assert_eq!(Spread::of(Vec::new()), None);
    }

    #[test]
    fn quantities_are_told_in_units_that_people_know() {
        assert_eq!(cores(150.0), "0.15 cores");
        assert_eq!(memory(134_217_728.0), "128MB");
        assert_eq!(memory(1_610_612_736.0), "1.5GB");
        assert_eq!(memory(1_073_741_824.0), "1.0GB");
        assert_eq!(memory(0.0), "0MB");
    }

    #[test]
    fn a_course_has_at_most_fifty_steps_and_keeps_its_peaks() {
        assert_eq!(sparkline(&[]), "");
        assert_eq!(sparkline(&[3.0, 3.0]), "▁▁");
        assert_eq!(sparkline(&[0.0, 1.0, 2.0, 4.0, 8.0]), "▁▂▃▅█");
        let mut many = vec![1.0; 1000];
        many[777] = 9.0;
        let line = sparkline(&many);
        assert_eq!(line.chars().count(), 50);
        assert_eq!(line.matches('█').count(), 1);
        assert_eq!(sparkline(&[f64::NAN, f64::INFINITY, 1.0]), "▁");
    }
}
