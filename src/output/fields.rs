//! Properties, a line each.

use std::fmt::Write as _;

use super::style::LABEL;
use super::symbols::Symbols;
use super::{Field, time};

/// Properties, one below the other. People read a moment more easily than RFC 3339 writes it.
pub(super) fn rich_fields(fields: &[Field], symbols: Symbols) -> String {
    let widest = fields.iter().map(|field| field.label.len()).max();
    let mut text = String::new();
    for Field { label, value } in fields {
        let gap = " ".repeat(widest.unwrap_or_default() - label.len() + 2);
        let value = match (value.as_str(), time::moment(value)) {
            ("", _) => symbols.nothing.to_owned(),
            (value, moment) if moment == value => symbols.shown(value),
            (_, moment) => format!("{moment} UTC"),
        };
        let _ = writeln!(text, "{LABEL}{label}{LABEL:#}{gap}{value}");
    }
    text
}
