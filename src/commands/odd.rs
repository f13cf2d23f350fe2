//! Any field of an answer may be missing, null, or of another type; any text may have intentions.
//! Whatever comes, it is shown as far as it makes sense, and no row is lost. Here is what the tests
//! of that have in common.

use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::RngSeed;
use serde_json::{Value, json};

use crate::output::{Mode, Renderer, Report, is_harmful};

/// The same cases each time: a build does not fail for what it has not changed.
pub(super) fn config() -> ProptestConfig {
    ProptestConfig {
        cases: 128,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(20_261_126),
        ..ProptestConfig::default()
    }
}

/// What may stand in the place of a value, or nothing at all.
fn odd() -> impl Strategy<Value = Option<Value>> {
    prop_oneof![
        Just(None),
        Just(Some(Value::Null)),
        any::<bool>().prop_map(|value| Some(value.into())),
        any::<i64>().prop_map(|value| Some(value.into())),
        any::<f64>().prop_map(|value| Some(value.into())),
        any::<String>().prop_map(|value| Some(value.into())),
        Just(Some(json!("a\u{1b}[2J\t\r\n\u{202e}\0[/x]"))),
        Just(Some(json!([]))),
        Just(Some(json!({}))),
        Just(Some(json!([null, {"code": 1}, ["x"]]))),
    ]
}

/// Some changes to any of the values.
pub(super) fn changes() -> impl Strategy<Value = Vec<(Index, Option<Value>)>> {
    proptest::collection::vec((any::<Index>(), odd()), 1..6)
}

/// The places of all values below this one.
fn places(value: &Value, place: &str, all: &mut Vec<String>) {
    let mut below = |name: &str, value: &Value| {
        let place = format!("{place}/{name}");
        places(value, &place, all);
        all.push(place);
    };
    match value {
        Value::Object(fields) => fields.iter().for_each(|(name, value)| below(name, value)),
        Value::Array(rows) => {
            for (index, value) in rows.iter().enumerate() {
                below(&index.to_string(), value);
            }
        }
        _ => {}
    }
}

/// The answer with these changes. Rows of a list are changed, never taken out.
pub(super) fn changed(mut answer: Value, changes: Vec<(Index, Option<Value>)>) -> Value {
    for (index, odd) in changes {
        let mut all = Vec::new();
        places(&answer, "", &mut all);
        if all.is_empty() {
            break;
        }
        let place = index.get(&all);
        let (above, name) = place.rsplit_once('/').unwrap_or_default();
        match (answer.pointer_mut(above), odd) {
            (Some(Value::Object(fields)), None) => {
                fields.shift_remove(name);
            }
            (Some(above), odd) => {
                if let Some(value) = above.pointer_mut(&format!("/{name}")) {
                    *value = odd.unwrap_or_default();
                }
            }
            (None, _) => {}
        }
    }
    answer
}

/// What a report is in each form, none of which may do anything.
pub(super) fn shown(report: &dyn Report) -> Result<Vec<String>, TestCaseError> {
    for width in [None, Some(20), Some(200)] {
        let rich = Renderer::new(Mode::Rich, true).render(report, width);
        let rich = anstream::adapter::strip_str(&rich).to_string();
        prop_assert!(
            !rich.contains(|one| one != '\n' && is_harmful(one)),
            "{rich:?}"
        );
    }
    let json = Renderer::new(Mode::Json, true).render(report, None);
    prop_assert_eq!(
        serde_json::from_str::<Value>(&json).ok(),
        Some(report.json())
    );
    let plain = Renderer::new(Mode::Plain, true).render(report, None);
    let is_cell = |one: char| !matches!(one, '\n' | '\t') && is_harmful(one);
    prop_assert!(!plain.contains(is_cell), "{plain:?}");
    Ok(plain.lines().map(str::to_owned).collect())
}

/// The rows of a list; none of what is no list.
pub(super) fn rows(answer: &Value) -> &[Value] {
    answer.as_array().map(Vec::as_slice).unwrap_or_default()
}

/// A table has a line for its header and one for each row, each with as many cells. Gives them.
pub(super) fn check_table(
    report: &dyn Report,
    count: usize,
    columns: usize,
) -> Result<Vec<String>, TestCaseError> {
    let lines = shown(report)?;
    prop_assert_eq!(lines.len(), count + 1);
    for line in &lines {
        prop_assert_eq!(line.split('\t').count(), columns, "{}", line);
    }
    Ok(lines)
}
