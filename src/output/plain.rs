//! For `cut` and `grep`: a line each, tab-separated, whole values.

use super::json::harmless_json;
use super::{Field, View, clean};

/// A view in lines.
pub(super) fn plain(view: View) -> String {
    let line = |cells: Vec<String>| format!("{}\n", cells.join("\t"));
    match view {
        View::Done(text) | View::Line(text) => format!("{}\n", clean(&text)),
        View::Lines(lines) => joined(&lines),
        View::Several(views) => views.into_iter().map(plain).collect(),
        View::Text(text) => text,
        View::Raw(text) => harmless_json(text),
        View::Fields(fields) => fields
            .into_iter()
            .map(|field| line(vec![field.label.into(), clean(&field.value)]))
            .collect(),
        View::Labelled(fields) => fields
            .into_iter()
            .map(|Field { label, value }| line(vec![format!("{label}: {}", clean(&value))]))
            .collect(),
        View::Table(table) => {
            let header = line(table.columns.iter().map(|it| it.label.into()).collect());
            let rows = table
                .rows
                .iter()
                .map(|row| line(row.cells.iter().map(|cell| clean(cell)).collect()));
            std::iter::once(header).chain(rows).collect()
        }
    }
}

/// Lines, each with its end.
pub(super) fn joined(lines: &[String]) -> String {
    let parts = lines.iter().flat_map(|line| [line, "\n"]);
    parts.collect()
}
