//! A terminal's screen as a picture: the same on a phone and on a desk, by day and by night.

use std::fmt::Write as _;

use vt100::{Cell, Color, Parser};

/// Characters a line: no more, so that a phone does not make them too small.
pub const COLUMNS: u16 = 72;

/// More lines than any run writes.
pub const ROWS: u16 = 60;

/// Of 14 pixels, the fonts below are at most so wide, in tenths of a pixel.
const CELL: usize = 85;
const LINE: usize = 20;
const MARGIN: usize = 18;

type Colours = (&'static str, &'static str, &'static str);

/// Every colour by the name of its class, by day and by night. What the program writes in is made
/// for any background; here there is one, so they are calmer.
const COLOURS: [Colours; 8] = [
    ("ground", "#f7f8fa", "#12161d"),
    ("edge", "#d5dae1", "#2b323d"),
    ("text", "#24292f", "#d7dde5"),
    ("faint", "#59616b", "#98a2b0"),
    ("green", "#116329", "#6cc996"),
    ("red", "#a3142b", "#ff9499"),
    ("amber", "#7a4a00", "#e2b465"),
    ("teal", "#0a5f6b", "#6cc7d1"),
];

/// The lines of a screen after so many bytes were written to it, without those at the end that are
/// empty.
pub fn lines(bytes: &[u8]) -> Vec<Line> {
    let size = |side: u16| side.try_into().expect("a row and a column");
    let mut parser = Parser::new(size(ROWS), size(COLUMNS), 0);
    parser.process(bytes);
    let screen = parser.screen();
    let mut lines: Vec<Line> = (0..ROWS)
        .map(|row| {
            let cells = (0..COLUMNS).filter_map(|column| screen.cell(row, column));
            Line::of(cells)
        })
        .collect();
    while lines.last().is_some_and(|line| line.0.is_empty()) {
        lines.pop();
    }
    lines
}

/// Pieces of text, each with the classes that it is drawn in.
#[derive(Default)]
pub struct Line(Vec<(String, String)>);

impl Line {
    fn of<'a>(cells: impl Iterator<Item = &'a Cell>) -> Self {
        let mut pieces: Vec<(String, String)> = Vec::new();
        for cell in cells.filter(|cell| !cell.is_wide_continuation()) {
            let text = if cell.has_contents() {
                cell.contents()
            } else {
                " "
            };
            let classes = classes(cell);
            match pieces.last_mut() {
                Some((last, piece)) if *last == classes || text == " " => piece.push_str(text),
                _ => pieces.push((classes, text.to_owned())),
            }
        }
        if let Some((_, piece)) = pieces.last_mut() {
            piece.truncate(piece.trim_end().len());
        }
        pieces.retain(|(_, piece)| !piece.is_empty());
        Self(pieces)
    }
}

fn classes(cell: &Cell) -> String {
    let colour = match cell.fgcolor() {
        Color::Default if cell.dim() => Some("faint"),
        Color::Default => None,
        Color::Idx(2 | 28) => Some("green"),
        Color::Idx(1 | 160) => Some("red"),
        Color::Idx(3 | 130) => Some("amber"),
        Color::Idx(6 | 30) => Some("teal"),
        other => panic!("no class for {other:?}"),
    };
    let bold = cell.bold().then_some("bold");
    let classes: Vec<&str> = colour.into_iter().chain(bold).collect();
    classes.join(" ")
}

/// One rule a colour.
fn fills(pick: fn(Colours) -> &'static str, between: &str) -> String {
    let rules = COLOURS.map(|colours| match colours.0 {
        "edge" => format!(".ground {{ stroke: {} }}", pick(colours)),
        name => format!(".{name} {{ fill: {} }}", pick(colours)),
    });
    rules.join(between)
}

/// The picture of these lines.
pub fn draw(lines: &[Line]) -> String {
    let width = usize::from(COLUMNS) * CELL / 10 + 2 * MARGIN;
    let height = lines.len() * LINE + 2 * MARGIN;
    let day = fills(|(_, day, _)| day, "\n    ");
    let night = fills(|(_, _, night)| night, "\n      ");
    let mut svg = format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" xml:space="preserve">
  <style>
    text {{ font: 14px ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace; white-space: pre }}
    .bold {{ font-weight: bold }}
    {day}
    @media (prefers-color-scheme: dark) {{
      {night}
    }}
  </style>
  <rect class="ground" x="0.5" y="0.5" width="{}" height="{}" rx="8"/>
"#,
        width - 1,
        height - 1
    );
    for (row, line) in lines.iter().enumerate() {
        if line.0.is_empty() {
            continue;
        }
        let y = MARGIN + row * LINE + 15;
        let _ = write!(svg, r#"  <text class="text" x="{MARGIN}" y="{y}">"#);
        for (classes, piece) in &line.0 {
            let piece = escape(piece);
            let _ = match classes.as_str() {
                "" => write!(svg, "{piece}"),
                classes => write!(svg, r#"<tspan class="{classes}">{piece}</tspan>"#),
            };
        }
        svg.push_str("</text>\n");
    }
    svg + "</svg>\n"
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
