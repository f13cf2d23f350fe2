//! Marks, where the locale can show them and where it cannot.

use super::clean;

/// Marks that the locale can show.
#[derive(Clone, Copy, Debug)]
pub(super) struct Symbols {
    pub(super) done: &'static str,
    /// Stands where text was cut.
    pub(super) ellipsis: &'static str,
    /// Stands where there is no value.
    pub(super) nothing: &'static str,
}

/// What commands write where there is no value.
const NOTHING: &str = "—";

impl Symbols {
    pub(super) const UNICODE: Self = Self {
        done: "✓",
        ellipsis: "…",
        nothing: NOTHING,
    };
    pub(super) const ASCII: Self = Self {
        done: "*",
        ellipsis: "...",
        nothing: "-",
    };

    /// A value, harmless, with the mark for none where that is what it says.
    pub(super) fn shown(self, value: &str) -> String {
        if value == NOTHING {
            return self.nothing.to_owned();
        }
        clean(value)
    }
}
