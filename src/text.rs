//! Text as people write and read it: where in it something stands, and which word was meant.

/// Where something stands in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Line, counted from 1.
    pub line: usize,
    /// Column in characters, counted from 1.
    pub column: usize,
}

impl Place {
    /// The place of what follows `before`.
    #[must_use]
    pub fn after(before: &str) -> Self {
        let line = before.rsplit('\n').next().unwrap_or_default();
        Self {
            line: before.matches('\n').count() + 1,
            column: line.chars().count() + 1,
        }
    }
}

/// A number of seconds as people say it, in two units at most: `42s`, `1m 39s`, `1h 2m`.
#[must_use]
pub fn duration(seconds: u64) -> String {
    match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
        (0, 0, seconds) => format!("{seconds}s"),
        (0, minutes, seconds) => format!("{minutes}m {seconds}s"),
        (hours, minutes, _) => format!("{hours}h {minutes}m"),
    }
}

/// A number of bytes as people say it, of 1024 each: `2.0 KB`.
#[must_use]
pub fn size(bytes: u64) -> String {
    const UNITS: [&str; 5] = ["KB", "MB", "GB", "TB", "PB"];
    if bytes < 1024 {
        return format!("{bytes} B");
    }
    #[allow(clippy::cast_precision_loss, reason = "one digit of it is shown")]
    let mut size = bytes as f64 / 1024.0;
    let mut units = UNITS.iter();
    let mut unit = units.next();
    // What would be rounded to 1024 is one of the next.
    while size >= 1023.95
        && let Some(next) = units.next()
    {
        size /= 1024.0;
        unit = Some(next);
    }
    format!("{size:.1} {}", unit.unwrap_or(&""))
}

/// The one of `names` that is most like `name`, if one is like it at all.
#[must_use]
pub fn nearest<'a>(name: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let alike = names.map(|other| (strsim::jaro_winkler(name, other), other));
    let (likeness, other) = alike.max_by(|one, other| one.0.total_cmp(&other.0))?;
    (likeness > LIKE).then_some(other)
}

/// From here on, two names are taken for the same one, mistyped. 1 is the same name.
const LIKE: f64 = 0.8;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistyped_name_finds_its_nearest() {
        let names = ["acme", "ada-personal", "team.with.dots"];
        let near = |name| nearest(name, names.into_iter());
        assert_eq!(near("acne"), Some("acme"));
        assert_eq!(near("ada-persnal"), Some("ada-personal"));
        assert_eq!(near("xyz"), None);
        assert_eq!(nearest("acme", std::iter::empty()), None);
    }

    #[test]
    fn sizes_are_told_with_one_digit_of_the_next_unit() {
        for (bytes, told) in [
            (0, "0 B"),
            (1023, "1023 B"),
            (2048, "2.0 KB"),
            (1_048_575, "1.0 MB"),
            (524_288_000, "500.0 MB"),
            (u64::MAX, "16384.0 PB"),
        ] {
            assert_eq!(size(bytes), told);
        }
    }

    #[test]
    fn places_are_counted_in_lines_and_characters() {
        let place = |line, column| Place { line, column };
        assert_eq!(Place::after(""), place(1, 1));
        assert_eq!(Place::after("é = "), place(1, 5));
        assert_eq!(Place::after("a\r\nbc"), place(2, 3));
    }

    #[test]
    fn a_duration_is_told_in_its_two_largest_units() {
        for (seconds, told) in [
            (0, "0s"),
            (42, "42s"),
            (60, "1m 0s"),
            (99, "1m 39s"),
            (3599, "59m 59s"),
            (3720, "1h 2m"),
            (90_000, "25h 0m"),
        ] {
            assert_eq!(duration(seconds), told);
        }
    }
}
