//! Views as people and scripts see them.

use serde_json::{Value, json};

use super::plain::plain;
use super::style::FADED;
use super::*;

/// A line of a log, as a service may send it.
struct Line(&'static str);

impl Event for Line {
    fn rich(&self) -> String {
        format!("{FADED}09:30{FADED:#} {}", clean(self.0))
    }

    fn plain(&self) -> String {
        clean(self.0)
    }

    fn json(&self) -> Value {
        json!({"log": self.0})
    }
}

#[test]
fn an_event_is_one_line_in_every_mode_and_harmless() {
    let line = Line("ready\n\u{1b}[2J\u{202e}");
    let text = |mode| Renderer::new(mode, true).event_line(&line);
    assert_eq!(text(Mode::Plain), "ready\\n\\u{1b}[2J\\u{202e}\n");
    let rich = anstream::adapter::strip_str(&text(Mode::Rich)).to_string();
    assert_eq!(rich, "09:30 ready\\n\\u{1b}[2J\\u{202e}\n");
    let json = text(Mode::Json);
    assert!(json.ends_with("}\n") && json.is_ascii() && json.lines().count() == 1);
    let value = serde_json::from_str::<Value>(&json).ok();
    assert_eq!(value, Some(line.json()));
}

#[test]
fn a_value_cannot_break_out_of_its_cell() {
    let rows = [Row::new(["a\tb\nc\u{1b}[31m", "k"])];
    let view = View::Table(Table::new(["Name", "Key"], rows));
    assert_eq!(plain(view), "Name\tKey\na\\tb\\nc\\u{1b}[31m\tk\n");
}

#[test]
fn what_is_not_there_has_a_mark_that_the_locale_can_show() {
    let fields = [Field::new("Limit", ""), Field::new("Used", "—")];
    let rows = [Row::new(["—", ""])];
    let table = Table::new(["Name", "Key"], rows);
    for (unicode, mark) in [(true, "—"), (false, "-")] {
        let renderer = Renderer::new(Mode::Rich, unicode);
        let text = |view| {
            let text = renderer.rich(view, Some(80)).text;
            anstream::adapter::strip_str(&text).to_string()
        };
        let fields = text(View::Fields(fields.to_vec()));
        assert_eq!(fields, format!("Limit  {mark}\nUsed   {mark}\n"));
        // A cell of a table may be empty: the columns say what it would be.
        let table = text(View::Table(table.clone()));
        assert_eq!(table, format!("Name  Key\n{mark}\n"));
    }
}

#[test]
fn people_see_a_moment_and_scripts_what_the_service_wrote() {
    let fields = || View::Fields(vec![Field::new("Created", "2026-01-12T08:00:00.000Z")]);
    let rich = Renderer::new(Mode::Rich, true).rich(fields(), None).text;
    let rich = anstream::adapter::strip_str(&rich).to_string();
    assert_eq!(rich, "Created  2026-01-12 08:00:00 UTC\n");
    assert_eq!(plain(fields()), "Created\t2026-01-12T08:00:00.000Z\n");
}
