//! Tables that fit the terminal. What people copy is never cut: where room is scarce, names are
//! shortened, then columns that one can do without are left out. A row that does not fit even so
//! becomes a small list of its own, and leaves the others as they are.

use std::fmt::Write as _;

use unicode_segmentation::UnicodeSegmentation as _;
use unicode_width::UnicodeWidthStr as _;

use super::fields::rich_fields;
use super::report::Give;
use super::style::{ACTIVE, FADED, LABEL, STRIKING};
use super::symbols::Symbols;
use super::{Column, Field, Row, Table, Tone};

/// Between columns.
const GAP: usize = 2;

/// No column is shortened to less: a name can still be told from others.
const LEAST: usize = 10;

/// A table as it is shown.
#[derive(Debug)]
pub(super) struct Fitted {
    /// Its lines.
    pub text: String,
    /// The columns that are not shown.
    pub left_out: Vec<&'static str>,
}

impl From<String> for Fitted {
    fn from(text: String) -> Self {
        let left_out = Vec::new();
        Self { text, left_out }
    }
}

/// The table for a terminal of `width` columns.
pub(super) fn rich(table: &Table, width: Option<usize>, symbols: Symbols) -> Fitted {
    let width = width.unwrap_or(usize::MAX);
    let table = Cleaned::new(table, symbols);
    // From all columns to those that one cannot do without.
    let mut choices = vec![(0..table.columns.len()).collect::<Vec<usize>>()];
    let is_spare = |&index: &usize| table.columns[index].give == Give::Leave;
    while let Some(last) = choices.last()
        && let Some(spare) = last.iter().rposition(is_spare)
    {
        let mut fewer = last.clone();
        fewer.remove(spare);
        choices.push(fewer);
    }
    let layouts = choices
        .iter()
        .map(|shown| (shown, Layout::of(&table, shown, width)));
    let layouts: Vec<_> = layouts.collect();
    let fitting = |is_good: fn(&Layout) -> bool| {
        layouts.iter().find_map(|(shown, layout)| {
            let layout = layout.as_ref().filter(|layout| is_good(layout))?;
            Some((shown, layout))
        })
    };
    // A row that fits nowhere is no reason to take anything from the others.
    let Some((shown, layout)) = fitting(Layout::has_all).or_else(|| fitting(Layout::has_most))
    else {
        return Fitted::from(stacked(&table, symbols));
    };
    let left_out = (0..table.columns.len()).filter(|index| !shown.contains(index));
    Fitted {
        text: layout.draw(&table, symbols),
        left_out: left_out.map(|index| table.columns[index].label).collect(),
    }
}

/// A table whose cells are harmless.
struct Cleaned<'a> {
    columns: &'a [Column],
    rows: Vec<(Vec<String>, Tone)>,
}

impl<'a> Cleaned<'a> {
    fn new(table: &'a Table, symbols: Symbols) -> Self {
        let cells = |row: &Row| row.cells.iter().map(|cell| symbols.shown(cell)).collect();
        let rows = table.rows.iter().map(|row| (cells(row), row.tone));
        Self {
            columns: &table.columns,
            rows: rows.collect(),
        }
    }
}

/// Which columns are shown, how wide, and which rows stand in them.
struct Layout {
    columns: Vec<(usize, usize)>,
    is_in: Vec<bool>,
}

impl Layout {
    /// The layout with these columns; none where there is not even room for their labels.
    fn of(table: &Cleaned, shown: &[usize], width: usize) -> Option<Self> {
        let gives: Vec<Give> = shown.iter().map(|&it| table.columns[it].give).collect();
        let least = |sizes: &[usize]| -> Vec<usize> {
            let sizes = sizes.iter().zip(&gives).map(|(&size, give)| match give {
                Give::Shorten => size.min(LEAST),
                Give::Never | Give::Leave => size,
            });
            sizes.collect()
        };
        let labels = shown.iter().map(|&it| table.columns[it].label.width());
        let labels: Vec<usize> = labels.collect();
        let sizes = table.rows.iter().map(|(cells, _)| {
            let size = |&it: &usize| cells.get(it).map_or(0, |cell| cell.width());
            shown.iter().map(size).collect::<Vec<_>>()
        });
        let sizes: Vec<Vec<usize>> = sizes.collect();

        // Those that need least come in first, so that the overlong ones are left outside.
        let needs: Vec<Vec<usize>> = sizes.iter().map(|sizes| least(sizes)).collect();
        let mut order: Vec<usize> = (0..needs.len()).collect();
        order.sort_by_key(|&row| total(&needs[row]));
        let mut needed = least(&labels);
        if total(&needed) > width {
            return None;
        }
        let mut is_in = vec![false; needs.len()];
        for row in order {
            let with_it = larger(&needed, &needs[row]);
            if total(&with_it) <= width {
                needed = with_it;
                is_in[row] = true;
            }
        }

        let inside = sizes.iter().zip(&is_in).filter(|(_, is_in)| **is_in);
        let natural = inside.fold(labels, |natural, (sizes, _)| larger(&natural, sizes));
        let widths = shared(&needed, &natural, width);
        let columns = shown.iter().copied().zip(widths).collect();
        Some(Self { columns, is_in })
    }

    fn has_all(&self) -> bool {
        self.is_in.iter().all(|is_in| *is_in)
    }

    fn has_most(&self) -> bool {
        let all = self.is_in.len();
        let outside = self.is_in.iter().filter(|is_in| !**is_in).count();
        outside * 2 < all && outside <= 1.max(all / 4)
    }

    fn draw(&self, table: &Cleaned, symbols: Symbols) -> String {
        let labels: Vec<&str> = table.columns.iter().map(|column| column.label).collect();
        let mut text = self.line(&labels, LABEL, symbols.ellipsis);
        let mut is_after_record = false;
        for ((cells, tone), is_in) in table.rows.iter().zip(&self.is_in) {
            if is_after_record || !is_in {
                text.push('\n');
            }
            is_after_record = !is_in;
            text.push_str(&if *is_in {
                self.line(cells, style(*tone), symbols.ellipsis)
            } else {
                record(table.columns, cells, symbols)
            });
        }
        text
    }

    fn line(&self, cells: &[impl AsRef<str>], style: anstyle::Style, ellipsis: &str) -> String {
        let mut line = String::new();
        for &(index, width) in &self.columns {
            let cell = cells.get(index).map_or("", |cell| cell.as_ref());
            let cell = shortened(cell, width, ellipsis);
            let gap = " ".repeat(width - cell.width() + GAP);
            let _ = write!(line, "{cell}{gap}");
        }
        format!("{style}{}{style:#}\n", line.trim_end())
    }
}

/// The width of a line.
fn total(widths: &[usize]) -> usize {
    let gaps = GAP * widths.len().saturating_sub(1);
    widths.iter().sum::<usize>() + gaps
}

fn larger(one: &[usize], other: &[usize]) -> Vec<usize> {
    let pairs = one.iter().zip(other);
    pairs.map(|(one, other)| *one.max(other)).collect()
}

/// Widths from `least` up to `natural` that fill a line at most: the widest columns give way first.
fn shared(least: &[usize], natural: &[usize], line: usize) -> Vec<usize> {
    let capped = |cap: usize| -> Vec<usize> {
        let bounds = least.iter().zip(natural);
        bounds
            .map(|(&least, &natural)| natural.min(cap).max(least))
            .collect()
    };
    let widest = natural.iter().copied().max().unwrap_or_default();
    if total(natural) <= line {
        return capped(widest);
    }
    // The largest cap that fits; the one of nothing does.
    let (mut fits, mut fits_not) = (0, widest);
    while fits_not - fits > 1 {
        let middle = fits.midpoint(fits_not);
        if total(&capped(middle)) <= line {
            fits = middle;
        } else {
            fits_not = middle;
        }
    }
    capped(fits)
}

/// As much of `text` as fits, with a mark where it was cut.
fn shortened(text: &str, width: usize, ellipsis: &str) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let room = width.saturating_sub(ellipsis.width());
    let mut start = String::new();
    for grapheme in text.graphemes(true) {
        if start.width() + grapheme.width() > room {
            break;
        }
        start.push_str(grapheme);
    }
    format!("{}{ellipsis}", start.trim_end())
}

fn stacked(table: &Cleaned, symbols: Symbols) -> String {
    let records = table
        .rows
        .iter()
        .map(|(cells, _)| record(table.columns, cells, symbols));
    records.collect::<Vec<_>>().join("\n")
}

/// A row as a list of its own.
fn record(columns: &[Column], cells: &[String], symbols: Symbols) -> String {
    let fields: Vec<Field> = columns
        .iter()
        .zip(cells)
        .filter(|(_, cell)| !cell.is_empty())
        .map(|(column, cell)| Field::new(column.label, cell))
        .collect();
    rich_fields(&fields, symbols)
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
    use proptest::prelude::*;

    use super::*;

    const COLUMNS: [Column; 4] = [
        Column::text("Name"),
        Column::whole("Key"),
        Column::spare("Created"),
        Column::whole("Status"),
    ];

    fn shown(rows: &[[&str; 4]], width: usize) -> (String, Vec<&'static str>) {
        let table = Table::new(COLUMNS, rows.iter().map(|cells| Row::new(*cells)));
        let fitted = rich(&table, Some(width), Symbols::UNICODE);
        (without_style(&fitted.text), fitted.left_out)
    }

    fn without_style(text: &str) -> String {
        anstream::adapter::strip_str(text).to_string()
    }

    #[test]
    fn columns_line_up_by_what_the_eye_sees() {
        let rows = [
            ["Ada", "pk_0123456789", "2026-01-02", "Active"],
            ["日本", "pk_1", "2026-01-02", "Active"],
        ];
        let expected = "\
            Name  Key            Created     Status\n\
            Ada   pk_0123456789  2026-01-02  Active\n\
            日本  pk_1           2026-01-02  Active\n";
        assert_eq!(shown(&rows, 80), (expected.to_owned(), Vec::new()));
    }

    #[test]
    fn names_give_way_first_then_what_one_can_do_without_and_keys_never() {
        let rows = [
            [
                "Web client of the team",
                "pk_0123456789",
                "2026-01-02",
                "Active",
            ],
            ["Phone", "pk_1", "2026-01-02", "Revoked"],
        ];
        let expected = "\
            Name            Key            Created     Status\n\
            Web client of…  pk_0123456789  2026-01-02  Active\n\
            Phone           pk_1           2026-01-02  Revoked\n";
        assert_eq!(shown(&rows, 50), (expected.to_owned(), Vec::new()));
        let expected = "\
            Name               Key            Status\n\
            Web client of th…  pk_0123456789  Active\n\
            Phone              pk_1           Revoked\n";
        assert_eq!(shown(&rows, 41), (expected.to_owned(), vec!["Created"]));
        let expected = "\
            Name     Web client of the team\n\
            Key      pk_0123456789\n\
            Created  2026-01-02\n\
            Status   Active\n\
            \n\
            Name     Phone\n\
            Key      pk_1\n\
            Created  2026-01-02\n\
            Status   Revoked\n";
        assert_eq!(shown(&rows, 20), (expected.to_owned(), Vec::new()));
    }

    #[test]
    fn one_row_that_does_not_fit_leaves_the_others_as_they_are() {
        let long = "k".repeat(60);
        let rows = [
            ["Web", "pk_0", "2026-01-02", "Active"],
            ["Odd", &long, "2026-01-02", "Active"],
            ["Phone", "pk_1", "2026-01-02", "Active"],
        ];
        let expected = format!(
            "Name   Key   Created     Status\n\
             Web    pk_0  2026-01-02  Active\n\
             \n\
             Name     Odd\n\
             Key      {long}\n\
             Created  2026-01-02\n\
             Status   Active\n\
             \n\
             Phone  pk_1  2026-01-02  Active\n"
        );
        assert_eq!(shown(&rows, 60), (expected, Vec::new()));
    }

    #[test]
    fn a_cut_is_marked_with_what_the_locale_can_show() {
        assert_eq!(shortened("Acme Voice Labs", 8, "…"), "Acme Vo…");
        assert_eq!(shortened("Acme Voice Labs", 8, "..."), "Acme...");
        assert_eq!(shortened("日本語日本語", 8, "…"), "日本語…");
        assert_eq!(shortened("e\u{301}e\u{301}e\u{301}", 2, "…"), "e\u{301}…");
    }

    #[test]
    fn the_longest_value_stays_whole_where_no_terminal_sets_a_width() {
        let key = "k".repeat(usize::from(u16::MAX) + 2);
        let table = Table::new(["Name", "Key"], [Row::new(["Ada", &key])]);
        assert!(rich(&table, None, Symbols::UNICODE).text.contains(&key));
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn keys_stay_whole_and_the_grid_in_the_line(
            rows in proptest::collection::vec(("[a-z ]{0,30}", "[a-z]{1,50}", "[0-9-]{0,12}"), 1..9),
            width in 1usize..120,
        ) {
            let rows: Vec<[&str; 4]> = rows.iter().map(|(n, k, d)| [&**n, &**k, &**d, "Active"]).collect();
            let (text, _) = shown(&rows, width);
            for [_, key, ..] in &rows {
                prop_assert!(text.split_whitespace().any(|word| word == *key), "{key} in {text}");
            }
            let has_grid = text.starts_with("Name") && text.lines().next().is_some_and(|it| it.contains("Status"));
            let too_long = text.lines().filter(|line| line.width() > width).count();
            if has_grid {
                // Only the records of rows that fit nowhere are as long as they are.
                prop_assert!(too_long <= 2 * rows.len().div_ceil(4).max(1), "{text}");
            }
        }
    }
}
