//! Any bytes as a configuration file, and any edits of it: an edit changes what it says and nothing
//! else, or it fails and changes nothing.
//!
//! Input: the file, then edits, separated by 0xFF. An edit is its kind's letter and up to three
//! texts, separated by 0xFE. A text `@n` stands for the n-th name that the file has there.
#![no_main]

use std::ops::Range;

use libfuzzer_sys::fuzz_target;
use pipecat_cloud_cli::error::Code;
use pipecat_cloud_cli::store::{Document, Store};
use toml_edit::{DocumentMut, Item, Value};
use toml_parser::lexer::TokenKind;

fuzz_target!(|data: &[u8]| {
    let mut parts = data.split(|byte| *byte == 0xFF);
    let Ok(text) = std::str::from_utf8(parts.next().unwrap_or_default()) else {
        return not_text(data);
    };
    let Ok(mut document) = Document::parse(text) else {
        return;
    };
    assert_eq!(document.text(), text);
    for part in parts.take(6) {
        let mut fields = part.split(|byte| *byte == 0xFE);
        let kind = fields.next().and_then(|kind| kind.first()).copied();
        let mut field = || String::from_utf8_lossy(fields.next().unwrap_or_default()).into_owned();
        let (one, two, three) = (field(), field(), field());
        match kind {
            Some(b's') => check(&mut document, &[one], Some(&two)),
            Some(b'r') => check(&mut document, &[one], None),
            Some(b'S') => check(&mut document, &[one, two], Some(&three)),
            _ => check(&mut document, &[one, two], None),
        }
    }
});

/// What is no UTF-8 is reported as such, by the way that every command takes.
fn not_text(data: &[u8]) {
    let path = std::env::temp_dir().join(format!("pipecat-fuzz-{}.toml", std::process::id()));
    std::fs::write(&path, data).unwrap();
    let error = Store::new(path).read().unwrap_err();
    assert_eq!(error.code(), Code::ConfigMalformed);
}

fn check(document: &mut Document, path: &[String], value: Option<&str>) {
    let before = document.text();
    let parsed = parse(&before);
    let path = named(&parsed, path);
    let path: Vec<&str> = path.iter().map(String::as_str).collect();
    let outcome = match (&path[..], value) {
        ([key], Some(value)) => document.set(key, value),
        ([key], None) => document.remove(key),
        ([organization, key], Some(value)) => document.set_in(organization, key, value),
        ([organization, key], None) => document.remove_in(organization, key),
        _ => unreachable!("paths have one name or two"),
    };
    let after = document.text();
    if let Err(error) = outcome {
        assert_eq!(error.code(), Code::ConfigMalformed);
        assert_eq!(after, before, "an edit that fails changes nothing");
        return;
    }
    let found = match &path[..] {
        [key] => document.get(key),
        [organization, key] => document.get_in(organization, key),
        _ => None,
    };
    assert_eq!(
        found.map(Value::as_str),
        value.map(Some),
        "{before:?} {path:?}\n{after:?}"
    );
    let reparsed = parse(&after);
    assert_eq!(
        values_but(&reparsed, &path),
        values_but(&parsed, &path),
        "{before:?} {path:?}\n{after:?}"
    );
    assert_eq!(
        after.starts_with('\u{feff}'),
        before.starts_with('\u{feff}')
    );
    // Comments stay, but for those within the value that is gone.
    assert_eq!(
        comments(body(&after), 0..0),
        comments(body(&before), old_value(&before, &path)),
        "{before:?} {path:?}\n{after:?}"
    );
}

fn body(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

fn parse(text: &str) -> DocumentMut {
    body(text).parse().expect("what was edited is TOML")
}

/// The path with every `@n` in the place of a name that is there.
fn named(document: &DocumentMut, path: &[String]) -> Vec<String> {
    let mut at: Option<&Item> = Some(document.as_item());
    let mut names = Vec::new();
    for part in path {
        let index = part
            .strip_prefix('@')
            .and_then(|index| index.parse::<usize>().ok());
        let table = at.and_then(Item::as_table_like);
        let name = index.and_then(|index| {
            let (key, _) = table?.iter().nth(index)?;
            Some(key.to_owned())
        });
        let name = name.unwrap_or_else(|| part.clone());
        at = table.and_then(|table| table.get(&name));
        names.push(name);
    }
    names
}

/// Every value by its path, but the one at `path` and what is only a table.
fn values_but(document: &DocumentMut, path: &[&str]) -> Vec<(Vec<String>, String)> {
    fn collect(
        item: &Item,
        at: &mut Vec<String>,
        but: &[&str],
        into: &mut Vec<(Vec<String>, String)>,
    ) {
        if let Some(table) = item.as_table_like() {
            for (key, item) in table.iter() {
                at.push(key.to_owned());
                collect(item, at, but, into);
                at.pop();
            }
        } else if let Some(tables) = item.as_array_of_tables() {
            for (index, table) in tables.iter().enumerate() {
                at.push(format!("\u{0}{index}"));
                collect(&Item::Table(table.clone()), at, &[], into);
                at.pop();
            }
        } else if at.iter().ne(but) {
            let value = item.as_value().map(|value| value.clone().decorated("", ""));
            into.push((
                at.clone(),
                value.map(|value| value.to_string()).unwrap_or_default(),
            ));
        }
    }
    let mut values = Vec::new();
    collect(document.as_item(), &mut Vec::new(), path, &mut values);
    values.sort();
    values
}

/// Where the value stands that is to be replaced.
fn old_value(text: &str, path: &[&str]) -> Range<usize> {
    let document = toml_edit::Document::parse(body(text)).expect("it was TOML before");
    let mut item = Some(document.as_item());
    for name in path {
        item = item
            .and_then(Item::as_table_like)
            .and_then(|table| table.get(name));
    }
    item.and_then(Item::span).unwrap_or(0..0)
}

fn comments(text: &str, but: Range<usize>) -> Vec<&str> {
    let tokens = toml_parser::Source::new(text).lex();
    tokens
        .filter(|token| token.kind() == TokenKind::Comment)
        .map(|token| token.span().start()..token.span().end())
        .filter(|span| !(but.start <= span.start && span.end <= but.end))
        .map(|span| text[span].trim_end())
        .collect()
}
