//! What single values of a deployment may be, wherever they come from: the file or an option.

use std::fmt;

use serde_json::{Number, Value};

/// Least and greatest `max_session_duration`, in seconds.
pub const SESSION_DURATION: std::ops::RangeInclusive<u64> = 60..=14_400;

/// A closed set of names.
macro_rules! names {
    ($(#[$attribute:meta])* $set:ident { $($(#[$of:meta])* $variant:ident = $name:literal),+ $(,)? }) => {
        $(#[$attribute])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $set {
            $($(#[$of])* $variant),+
        }

        impl $set {
            /// The names there are.
            pub const NAMES: &[&str] = &[$($name),+];

            /// What a name stands for, if it is one of them.
            #[must_use]
            pub fn named(name: &str) -> Option<Self> {
                match name {
                    $($name => Some(Self::$variant),)+
                    _ => None,
                }
            }

            /// Its name.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name),+
                }
            }
        }

        impl fmt::Display for $set {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.name())
            }
        }
    };
}

names! {
    /// A processor architecture.
    Architecture {
        /// x86-64.
        Amd64 = "amd64",
        /// 64-bit ARM.
        Arm64 = "arm64",
    }
}

names! {
    /// A model of Krisp VIVA.
    AudioFilter {
        /// For telephone calls.
        Tel = "tel",
        /// For everything else.
        Pro = "pro",
    }
}

/// A quantity of processors or memory, as Kubernetes writes it: `500m`, `1`, `1.5Gi`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Quantity {
    /// Written as text.
    Text(String),
    /// Written as a number, and sent as one.
    Number(Number),
}

impl Quantity {
    /// The pattern of [`is_quantity`], for the schema.
    #[cfg(test)]
    pub(super) const PATTERN: &str = r"^[0-9]+(\.[0-9]+)?([mkMGTPE]|[KMGTPE]i)?$";

    /// The quantity that a text is.
    #[must_use]
    pub fn of_text(text: &str) -> Option<Self> {
        is_quantity(text).then(|| Self::Text(text.to_owned()))
    }

    /// As it is sent.
    #[must_use]
    pub fn to_json(&self) -> Value {
        match self {
            Self::Text(text) => Value::String(text.clone()),
            Self::Number(number) => Value::Number(number.clone()),
        }
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Number(number) => write!(f, "{number}"),
        }
    }
}

/// Whether this is a quantity: digits, perhaps a fraction, perhaps a unit.
#[must_use]
pub fn is_quantity(text: &str) -> bool {
    const UNITS: [&str; 14] = [
        "", "m", "k", "M", "G", "T", "P", "E", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei",
    ];
    let unit =
        text.trim_start_matches(|character: char| character.is_ascii_digit() || character == '.');
    let number = &text[..text.len() - unit.len()];
    let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    UNITS.contains(&unit) && is_digits(whole) && is_digits(fraction)
}

/// Whether this is a quantity that is more than nothing.
#[must_use]
pub fn is_positive_quantity(text: &str) -> bool {
    is_quantity(text) && text.contains(|character| matches!(character, '1'..='9'))
}

/// The pattern of [`is_repository`], for the schema.
#[cfg(test)]
pub(super) const REPOSITORY: &str =
    r"^\.*[A-Za-z0-9_-][A-Za-z0-9_.-]*/\.*[A-Za-z0-9_-][A-Za-z0-9_.-]*$";

/// Whether this is a repository: `owner/name`, neither of them dots alone.
#[must_use]
pub fn is_repository(text: &str) -> bool {
    let is_part = |part: &str| {
        let allowed =
            |character: char| character.is_ascii_alphanumeric() || "_.-".contains(character);
        part.chars().all(allowed) && !is_dots(part)
    };
    text.split_once('/')
        .is_some_and(|(owner, name)| is_part(owner) && is_part(name))
}

/// The pattern of [`is_branch`], for the schema.
#[cfg(test)]
pub(super) const BRANCH: &str = r"^\.*[^./][^/]*(/\.*[^./][^/]*)*$";

/// Whether this can be a branch: no segment of it is empty, or dots alone.
#[must_use]
pub fn is_branch(text: &str) -> bool {
    !text.split('/').any(is_dots)
}

/// Whether there are dots at most.
fn is_dots(text: &str) -> bool {
    text.bytes().all(|byte| byte == b'.')
}

/// Whether an image names what of its repository is meant: a tag, or a digest.
#[must_use]
pub fn has_tag(image: &str) -> bool {
    let last = image.rsplit('/').next().unwrap_or_default();
    last.contains([':', '@'])
}

/// Whether the service takes this as the name of a new agent.
#[must_use]
pub fn is_agent_name(name: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=54).contains(&name.len())
        && name.bytes().all(allowed)
        && !name.starts_with('-')
        && !name.ends_with('-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_are_digits_with_one_of_the_units() {
        for good in ["1", "500m", "1.5", "0.25Gi", "2Ki", "1k", "3E"] {
            assert!(is_quantity(good), "{good}");
        }
        for bad in [
            "", "m", ".5", "1.", "1.2.3", "1K", "1ki", "1Gib", "-1", "1 Gi", "1e3", "１",
        ] {
            assert!(!is_quantity(bad), "{bad}");
        }
    }

    #[test]
    fn repositories_and_branches_lead_nowhere_else() {
        for good in ["acme/voice-bot", "a/b.c", "a_1/.github"] {
            assert!(is_repository(good), "{good}");
        }
        for bad in [
            "acme",
            "a/b/c",
            "a/..",
            "./b",
            "a/",
            "/b",
            "a b/c",
            "https://a/b",
            "é/b",
        ] {
            assert!(!is_repository(bad), "{bad}");
        }
        for good in ["main", "feature/menu", "v1.2", "a/.b"] {
            assert!(is_branch(good), "{good}");
        }
        for bad in ["", "a//b", "/a", "a/", "a/../b", ".", "a/."] {
            assert!(!is_branch(bad), "{bad}");
        }
    }

    #[test]
    fn a_port_is_no_tag() {
        for (image, tagged) in [
            ("a/b:1", true),
            ("b:1", true),
            ("h:5000/a/b", false),
            ("h:5000/a/b:1", true),
            ("a/b@sha256:0", true),
            ("a/b", false),
        ] {
            assert_eq!(has_tag(image), tagged, "{image}");
        }
    }

    #[test]
    fn names_of_agents_are_those_that_the_service_takes() {
        let longest = "a".repeat(54);
        for (name, good) in [
            ("my-agent", true),
            ("7", true),
            (&longest, true),
            (&format!("{longest}a"), false),
            ("", false),
            ("-a", false),
            ("a-", false),
            ("My", false),
            ("a_b", false),
        ] {
            assert_eq!(is_agent_name(name), good, "{name}");
        }
    }
}
