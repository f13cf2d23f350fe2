//! Tables that fit the terminal. Nothing is wrapped or cut, so that values can be copied: where the
//! columns do not fit beside each other, each row becomes a small list of its own.

use std::fmt::Write as _;

use comfy_table::ContentArrangement;
use comfy_table::presets::NOTHING;

use super::{ACTIVE, FADED, Field, LABEL, STRIKING, Table, Tone, clean, rich_fields};

/// The widest column that the grid draws whole, with its padding.
const WIDEST: u16 = u16::MAX - 2;

/// The table for a terminal of `width` columns.
pub(super) fn rich(table: &Table, width: Option<usize>) -> String {
    let mut grid = comfy_table::Table::new();
    grid.load_style(NOTHING)
        .set_content_arrangement(ContentArrangement::Disabled)
        .set_header(&table.columns);
    for row in &table.rows {
        grid.add_row(row.cells.iter().map(|cell| clean(cell)));
    }
    // Two spaces between columns, none outside.
    for column in grid.column_iter_mut() {
        column.set_padding((0, 2));
    }
    let widths = grid.column_max_content_widths();
    // The grid counts no further, and cuts what is longer.
    let uncounted = widths.iter().any(|width| *width >= WIDEST);
    let natural: usize = widths.iter().map(|width| usize::from(*width) + 2).sum();
    if uncounted || width.is_some_and(|width| natural.saturating_sub(2) > width) {
        return stacked(table);
    }
    let styles = std::iter::once(LABEL).chain(table.rows.iter().map(|row| style(row.tone)));
    let mut text = String::new();
    for (line, style) in grid.lines().zip(styles) {
        let _ = writeln!(text, "{style}{}{style:#}", line.trim_end());
    }
    text
}

fn stacked(table: &Table) -> String {
    let records = table.rows.iter().map(|row| {
        let fields: Vec<Field> = table
            .columns
            .iter()
            .zip(&row.cells)
            .filter(|(_, cell)| !cell.is_empty())
            .map(|(label, cell)| Field::new(label, cell))
            .collect();
        rich_fields(&fields)
    });
    records.collect::<Vec<_>>().join("\n")
}

fn style(tone: Tone) -> anstyle::Style {
    match tone {
        Tone::Normal => anstyle::Style::new(),
        Tone::Active => ACTIVE,
        Tone::Faded => FADED,
        Tone::Striking => STRIKING,
    }
}

#[cfg(test)]
mod tests {
    use super::super::Row;
    use super::*;

    fn table() -> Table {
        Table {
            columns: vec!["Name", "Key"],
            rows: vec![
                Row::new(["Ada", "pk_0123456789"]),
                Row::new(["日本", "pk_1"]),
            ],
        }
    }

    fn without_style(text: &str) -> String {
        anstream::adapter::strip_str(text).to_string()
    }

    #[test]
    fn columns_line_up_by_what_the_eye_sees() {
        let shown = without_style(&rich(&table(), Some(80)));
        assert_eq!(shown, "Name  Key\nAda   pk_0123456789\n日本  pk_1\n");
    }

    #[test]
    fn the_longest_value_stays_whole_where_no_terminal_sets_a_width() {
        let key = "k".repeat(usize::from(u16::MAX) + 2);
        let table = Table {
            columns: vec!["Name", "Key"],
            rows: vec![Row::new(["Ada", &key])],
        };
        assert!(without_style(&rich(&table, None)).contains(&key));
    }

    #[test]
    fn what_does_not_fit_is_stacked_and_never_cut() {
        let shown = without_style(&rich(&table(), Some(12)));
        assert_eq!(
            shown,
            "Name  Ada\nKey   pk_0123456789\n\nName  日本\nKey   pk_1\n"
        );
    }
}
