//! Anything shown in any shape, mode and width: nothing in it takes effect on a terminal, nothing
//! is cut, and JSON stays the same value.
#![no_main]

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use pipecat_cloud_cli::output::{
    Field, Mode, Renderer, Report, Row, Table, Tone, View, clean, moment,
};
use serde_json::{Value, json};

const COLUMNS: [&str; 4] = ["Name", "Key", "Created", "ID"];

#[derive(Arbitrary, Debug)]
struct Input<'a> {
    width: Option<u16>,
    unicode: bool,
    columns: u8,
    shape: u8,
    /// Stretches the first text, which can be longer than any terminal is wide.
    repeat: u16,
    texts: Vec<&'a str>,
    json: &'a str,
}

struct Shown {
    shape: u8,
    columns: usize,
    texts: Vec<String>,
    json: Value,
}

impl Report for Shown {
    fn json(&self) -> Value {
        self.json.clone()
    }

    fn plain(&self) -> View {
        match self.shape % 4 {
            0 => View::Done(self.texts.concat()),
            1 => View::Line(self.texts.concat()),
            2 => {
                let labels = COLUMNS.iter().cycle();
                let fields = labels.zip(&self.texts);
                View::Fields(
                    fields
                        .map(|(label, text)| Field::new(label, text))
                        .collect(),
                )
            }
            _ => {
                let tones = [Tone::Normal, Tone::Active, Tone::Faded]
                    .into_iter()
                    .cycle();
                let rows = self.texts.chunks_exact(self.columns).zip(tones);
                let rows = rows.map(|(cells, tone)| Row::new(cells).with_tone(tone));
                View::Table(Table::new(COLUMNS[..self.columns].to_vec(), rows))
            }
        }
    }
}

fuzz_target!(|input: Input| {
    let mut texts: Vec<String> = input
        .texts
        .iter()
        .take(64)
        .map(|&text| text.into())
        .collect();
    // Seldom, since it is slow.
    if let (0, Some(first)) = (input.repeat % 64, texts.first_mut()) {
        let times = usize::from(input.repeat / 4);
        *first = first.chars().take(8).collect::<String>().repeat(times);
    }
    for text in &texts {
        let cleaned = clean(text);
        assert!(!cleaned.contains(is_harmful));
        assert_eq!(clean(&cleaned), cleaned);
        if !text.contains(is_harmful) {
            assert_eq!(cleaned, *text);
        }
    }
    let json = serde_json::from_str(input.json).unwrap_or_else(|_| json!({ input.json: texts }));
    let shown = Shown {
        shape: input.shape,
        columns: usize::from(input.columns) % COLUMNS.len() + 1,
        texts,
        json,
    };
    for mode in [Mode::Rich, Mode::Plain, Mode::Json] {
        let output = Renderer::new(mode, input.unicode);
        let text = output.render(&shown, input.width.map(usize::from));
        let text = if mode == Mode::Rich {
            without_style(&text)
        } else {
            text
        };
        assert!(text.is_empty() || text.ends_with('\n'));
        match mode {
            Mode::Rich => {
                assert!(
                    !text.contains(|it| it != '\n' && is_harmful(it)),
                    "{text:?}"
                );
                all_there(&shown, &text);
            }
            Mode::Plain => {
                assert!(
                    !text.contains(|it| !"\n\t".contains(it) && is_harmful(it)),
                    "{text:?}"
                );
                let per_line = match shown.plain() {
                    View::Done(_) | View::Line(_) => 0,
                    View::Fields(_) => 1,
                    View::Table(_) => shown.columns - 1,
                    _ => unreachable!("no such view is made here"),
                };
                for line in text.lines() {
                    assert_eq!(line.matches('\t').count(), per_line, "{line:?}");
                }
                all_there(&shown, &text);
            }
            Mode::Json => {
                assert!(
                    !text.contains(|it| it != '\n' && is_harmful(it)),
                    "{text:?}"
                );
                let again: Value = serde_json::from_str(&text).expect("it is JSON");
                assert_eq!(again, shown.json, "{text}");
            }
        }
    }
});

/// Each text is there as a whole, so that it can be copied.
fn all_there(shown: &Shown, text: &str) {
    let used = match shown.plain() {
        View::Table(table) => table.rows.len() * shown.columns,
        _ => shown.texts.len(),
    };
    // A moment and the mark for nothing are shown to people in another way.
    let texts = shown.texts[..used].iter();
    for one in texts.filter(|one| *one != "—" && moment(one) == **one) {
        assert!(text.contains(clean(one).trim_end()), "{one:?} in {text:?}");
    }
}

/// Takes out the styles that this program itself puts in, and no other escape sequence.
fn without_style(text: &str) -> String {
    let mut pieces = text.split("\u{1b}[");
    let mut rest = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let end = piece.find(|it: char| !it.is_ascii_digit() && it != ';');
        let end = end.expect("an escape sequence ends");
        assert!(piece[end..].starts_with('m'), "{piece:?}");
        rest.push_str(&piece[end + 1..]);
    }
    rest
}

/// Control characters, separators of lines, marks and overrides of direction, and what cannot be
/// seen, written down a second time so that a slip in the program is not repeated here.
fn is_harmful(character: char) -> bool {
    matches!(u32::from(character),
        0..=0x1F | 0x7F..=0x9F | 0xAD | 0x600..=0x605 | 0x61C | 0x6DD | 0x70F | 0x890..=0x891
            | 0x8E2 | 0x115F..=0x1160 | 0x180E | 0x200B | 0x200E..=0x200F | 0x2028..=0x202E
            | 0x2060..=0x206F | 0x3164 | 0xFEFF | 0xFFA0 | 0xFFF9..=0xFFFB | 0x110BD | 0x110CD
            | 0x13430..=0x1343F | 0x1BCA0..=0x1BCA3 | 0x1D173..=0x1D17A | 0xE0000..=0xE007F)
}
