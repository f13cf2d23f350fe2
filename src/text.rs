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
    fn places_are_counted_in_lines_and_characters() {
        let place = |line, column| Place { line, column };
        assert_eq!(Place::after(""), place(1, 1));
        assert_eq!(Place::after("é = "), place(1, 5));
        assert_eq!(Place::after("a\r\nbc"), place(2, 3));
    }
}
