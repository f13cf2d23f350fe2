//! Builds and logs in all their forms.

use serde_json::json;

use super::*;

#[test]
fn sizes_and_durations_are_numbers_or_digits() {
    for (raw, size) in [
        (json!(2048), Some(2048)),
        (json!("2048"), Some(2048)),
        (json!(2048.7), Some(2048)),
        (json!("2 KB"), None),
        (json!(-1), None),
        (json!(null), None),
        (json!([1]), None),
    ] {
        let build = Build::read(&json!({"imageSizeBytes": raw}));
        assert_eq!(build.image_size, size, "{raw}");
    }
}

#[test]
fn a_status_that_is_not_known_is_not_the_last_one() {
    for (status, is_over) in [
        (json!("success"), true),
        (json!("failed"), true),
        (json!("timeout"), true),
        (json!("building"), false),
        (json!("exporting"), false),
        (json!(null), false),
    ] {
        let build = Build::read(&json!({"status": status}));
        assert_eq!(build.is_over(), is_over, "{status}");
    }
}

#[test]
fn a_line_of_a_log_has_many_forms() {
    let line = |raw: Value| {
        let line = BuildLogLine::read(&raw);
        (line.timestamp.unwrap_or_default(), line.text)
    };
    let pair = |time: &str, text: &str| (time.to_owned(), text.to_owned());
    assert_eq!(line(json!("a")), pair("", "a"));
    assert_eq!(line(json!({"message": "a"})), pair("", "a"));
    assert_eq!(
        line(json!({"log": "a", "timestamp": "2026"})),
        pair("2026", "a")
    );
    assert_eq!(line(json!({"message": null, "log": "b"})), pair("", "b"));
    assert_eq!(line(json!(5)), pair("", "5"));
    assert_eq!(line(json!(null)), pair("", ""));
}
