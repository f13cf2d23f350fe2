//! Answers in which one thing is not as it should be, for tests.

use serde_json::{Value, json};

/// Every version of an answer in which one value is missing, or of another type. None of them says
/// yes where the answer says no.
pub fn mangled(answer: &Value) -> Vec<Value> {
    let mut places = Vec::new();
    collect(answer, String::new(), &mut places);
    let mut all = Vec::new();
    for place in &places {
        for other in [
            Value::Null,
            json!(7),
            json!("true"),
            json!(""),
            json!([]),
            json!({}),
        ] {
            let mut version = answer.clone();
            if let Some(value) = version.pointer_mut(place) {
                *value = other;
            }
            all.push(version);
        }
        let (above, name) = place.rsplit_once('/').unwrap_or_default();
        let mut version = answer.clone();
        if let Some(fields) = version.pointer_mut(above).and_then(Value::as_object_mut) {
            fields.shift_remove(name);
        }
        all.push(version);
    }
    all
}

fn collect(value: &Value, place: String, places: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                collect(value, format!("{place}/{name}"), places);
            }
        }
        Value::Array(values) => {
            for (index, value) in values.iter().enumerate() {
                collect(value, format!("{place}/{index}"), places);
            }
        }
        _ => {}
    }
    places.push(place);
}
