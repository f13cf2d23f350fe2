//! What the store promises, of any document and any edit.
#![allow(
    clippy::unwrap_used,
    clippy::format_push_string,
    reason = "a broken assumption ends the test there and then"
)]

use std::fs;

use proptest::prelude::*;
use toml_edit::{DocumentMut, Item};

use super::*;

/// Names of organizations, some of which need quoting.
const ORGANIZATIONS: [&str; 6] = [
    "acme",
    "team.with.dots",
    "a b",
    "ünï",
    "q\"uote",
    "token-org",
];

/// Keys that edits touch, and others that they must not.
const KEYS: [&str; 5] = [
    "token",
    "org",
    "refresh_token",
    "default_public_key",
    "something_else",
];

/// How an organization may stand in the file.
#[derive(Clone, Copy, Debug)]
enum Shape {
    Table,
    Inline,
    Dotted,
    /// Only a table below it has a header.
    Implicit,
}

/// A line or several: a comment before, a value, a comment behind.
fn entry(key: &str, value: &str, index: usize, comments: (bool, bool)) -> String {
    let before = if comments.0 {
        format!("# before {index}\n")
    } else {
        String::new()
    };
    let behind = if comments.1 {
        format!("  # behind {index}")
    } else {
        String::new()
    };
    format!("{before}{key} = {value}{behind}\n")
}

fn value() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z0-9_ ]{0,12}".prop_map(|text| format!("{text:?}")),
        "[a-z0-9_#=\\[\\]]{0,12}".prop_map(|text| format!("'{text}'")),
        Just("\"\"\"\nfirst # no comment\nsecond\"\"\"".to_owned()),
        any::<i32>().prop_map(|number| number.to_string()),
        Just("[1, # in an array\n 2]".to_owned()),
        Just("1979-05-27T07:32:00Z".to_owned()),
    ]
}

/// Some of the keys, each with a value.
fn entries() -> impl Strategy<Value = Vec<(usize, String, (bool, bool))>> {
    let entry = (value(), any::<(bool, bool)>());
    let all = proptest::collection::vec(entry, KEYS.len());
    (
        all,
        proptest::sample::subsequence((0..KEYS.len()).collect::<Vec<_>>(), 0..=KEYS.len()),
    )
        .prop_map(|(values, chosen)| {
            chosen
                .into_iter()
                .map(|index| (index, values[index].0.clone(), values[index].1))
                .collect()
        })
}

fn shape() -> impl Strategy<Value = Shape> {
    prop_oneof![
        4 => Just(Shape::Table),
        1 => Just(Shape::Inline),
        1 => Just(Shape::Dotted),
        1 => Just(Shape::Implicit),
    ]
}

/// A whole file: with and without a byte-order mark, with either line end, with or without one at
/// the end.
fn text() -> impl Strategy<Value = String> {
    let organizations = proptest::collection::vec((shape(), entries()), 0..ORGANIZATIONS.len());
    (entries(), organizations, any::<(bool, bool, bool)>()).prop_map(
        |(top, organizations, (bom, crlf, cut))| {
            let mut comment = 0;
            let mut lines = |entries: &[(usize, String, (bool, bool))]| {
                let mut text = String::new();
                for (index, value, comments) in entries {
                    comment += 1;
                    text += &entry(KEYS[*index], value, comment, *comments);
                }
                text
            };
            let (mut head, mut body) = (lines(&top), String::new());
            for (name, (shape, entries)) in ORGANIZATIONS.iter().zip(&organizations) {
                let name = toml_edit::Key::new(*name).to_string();
                match shape {
                    Shape::Table => {
                        body += &format!("\n[{name}] # the table\n{}", lines(entries));
                    }
                    Shape::Implicit => {
                        body += &format!("\n[{name}.below]\n{}", lines(entries));
                    }
                    Shape::Inline => {
                        head += &format!(
                            "{name} = {{ default_public_key = 'pk', x.y = 0x1 }} # inline\n"
                        );
                    }
                    Shape::Dotted => head += &format!("{name}.x = 1 # dotted\n"),
                }
            }
            let mut text = format!("# first of all\n{head}{body}# last of all\n");
            if cut {
                text.pop();
            }
            if crlf {
                text = text.replace('\n', "\r\n");
            }
            if bom { format!("\u{feff}{text}") } else { text }
        },
    )
}

#[derive(Clone, Debug)]
enum Edit {
    Set(&'static str, String),
    Remove(&'static str),
    SetIn(&'static str, &'static str, String),
    RemoveIn(&'static str, &'static str),
}

fn edit() -> impl Strategy<Value = Edit> {
    let key = || proptest::sample::select(&KEYS[..4]);
    let organization = || proptest::sample::select(&ORGANIZATIONS[..]);
    let value = || "\\PC{0,20}";
    prop_oneof![
        (key(), value()).prop_map(|(key, value)| Edit::Set(key, value)),
        key().prop_map(Edit::Remove),
        (organization(), key(), value()).prop_map(|(org, key, value)| Edit::SetIn(org, key, value)),
        (organization(), key()).prop_map(|(org, key)| Edit::RemoveIn(org, key)),
    ]
}

/// Every value by its path, but the one at `path` and what is only a table.
fn values_but(text: &str, path: &[&str]) -> Vec<(String, String)> {
    fn collect(item: &Item, at: &mut Vec<String>, but: &[&str], into: &mut Vec<(String, String)>) {
        match item.as_table_like() {
            Some(table) => {
                for (key, item) in table.iter() {
                    at.push(key.to_owned());
                    collect(item, at, but, into);
                    at.pop();
                }
            }
            None if at.iter().eq(but) => {}
            None => {
                let value = item
                    .as_value()
                    .unwrap()
                    .clone()
                    .decorated("", "")
                    .to_string();
                into.push((at.join("\u{0}"), value));
            }
        }
    }
    let document: DocumentMut = text.parse().unwrap();
    let mut values = Vec::new();
    collect(document.as_item(), &mut Vec::new(), path, &mut values);
    values.sort();
    values
}

fn comments(text: &str) -> Vec<String> {
    let marks = [
        "# before ",
        "# behind ",
        "# first of all",
        "# last of all",
        "# the table",
    ];
    let lines = text.lines().filter_map(|line| {
        let at = marks.iter().filter_map(|mark| line.find(mark)).min()?;
        Some(line[at..].to_owned())
    });
    lines.collect()
}

proptest! {
    // A failure prints its smallest case, which becomes a test of its own; no file keeps it.
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn an_edit_changes_what_it_says_and_nothing_else(
        text in text(),
        edits in proptest::collection::vec(edit(), 1..5),
    ) {
        let mut document = Document::parse(&text).unwrap();
        for edit in edits {
            let before = document.text();
            let (path, wanted) = match &edit {
                Edit::Set(key, value) => {
                    document.set(key, value.as_str()).unwrap();
                    (vec![*key], Some(value))
                }
                Edit::Remove(key) => {
                    document.remove(key).unwrap();
                    (vec![*key], None)
                }
                Edit::SetIn(organization, key, value) => {
                    document.set_in(organization, key, value.as_str()).unwrap();
                    (vec![*organization, *key], Some(value))
                }
                Edit::RemoveIn(organization, key) => {
                    document.remove_in(organization, key).unwrap();
                    (vec![*organization, *key], None)
                }
            };
            let after = document.text();
            // What was edited is as the edit says.
            let found = match path[..] {
                [key] => document.get(key),
                [organization, key] => document.get_in(organization, key),
                _ => None,
            };
            let shown = found.map(|value| value.as_str().map(str::to_owned));
            prop_assert_eq!(shown, wanted.map(|value| Some(value.clone())));
            // Everything else is as it was: values, comments, mark, line ends.
            prop_assert_eq!(values_but(&after, &path), values_but(&before, &path));
            prop_assert_eq!(comments(&after), comments(&before));
            prop_assert_eq!(after.starts_with('\u{feff}'), before.starts_with('\u{feff}'));
            if before.contains("\r\n") {
                prop_assert_eq!(after.matches("\r\n").count(), after.matches('\n').count());
            }
        }
    }

    #[test]
    fn a_document_reads_back_as_it_was(text in text()) {
        prop_assert_eq!(Document::parse(&text).unwrap().text(), text);
    }

    #[test]
    fn no_text_makes_the_reader_panic(text in "\\PC*|(\\[|\\]|=|\"|'|#|\n|a|\u{feff}){0,30}") {
        let _ = Document::parse(&text);
    }
}

#[test]
fn an_edit_is_one_line_of_difference() {
    let before = "# who\r\ntoken = \"old\" # mine\r\n\r\n[acme]\r\n# the key\r\ndefault_public_key = 'pk'\r\n";
    let mut document = Document::parse(before).unwrap();
    document.set("token", "new").unwrap();
    document
        .set_in("acme", "default_public_key_name", "Web")
        .unwrap();
    let after = "# who\r\ntoken = \"new\" # mine\r\n\r\n[acme]\r\n# the key\r\ndefault_public_key = 'pk'\r\ndefault_public_key_name = \"Web\"\r\n";
    assert_eq!(document.text(), after);
    document.remove("token").unwrap();
    assert!(document.text().starts_with("# who\r\n# mine\r\n\r\n[acme]"));
}

#[test]
fn values_are_written_in_the_form_that_every_reader_knows() {
    let mut document = Document::default();
    document.set("org", "a\"b'c\\\t\n\u{7f}").unwrap();
    document
        .set_in("q\"uote", "default_public_key_name", "Ada's \"key\"")
        .unwrap();
    let text = "org = \"a\\\"b'c\\\\\\t\\n\\u007F\"\n\n['q\"uote']\ndefault_public_key_name = \"Ada's \\\"key\\\"\"\n";
    assert_eq!(document.text(), text);
}

#[test]
fn what_is_no_table_is_left_alone() {
    for text in ["acme = 5\n", "[[acme]]\nx = 1\n"] {
        let mut document = Document::parse(text).unwrap();
        assert!(document.set_in("acme", "default_public_key", "pk").is_err());
        assert!(document.get_in("acme", "default_public_key").is_none());
        assert_eq!(document.text(), text);
    }
    let mut document = Document::parse("[token]\nx = 1\n").unwrap();
    assert!(document.set("token", "t").is_err());
    assert!(document.remove("token").is_err());
}

#[test]
fn an_edit_within_an_inline_table_leaves_its_other_entries_as_they_stand() {
    let before = "acme = { 'x' = 0x1F, a.b = 1 } # mine\n";
    let mut document = Document::parse(before).unwrap();
    document.set_in("acme", "k", "v").unwrap();
    document.set_in("acme", "x", "new").unwrap();
    let after = "acme = { 'x' = \"new\", a.b = 1, k = \"v\" } # mine\n";
    assert_eq!(document.text(), after);
    document.remove_in("acme", "x").unwrap();
    assert_eq!(document.text(), "acme = { a.b = 1, k = \"v\" } # mine\n");
    document.remove_in("acme", "k").unwrap();
    assert_eq!(document.text(), "acme = { a.b = 1 } # mine\n");

    let mut document = Document::parse("acme = {}\n").unwrap();
    document.set_in("acme", "k", "v").unwrap();
    assert_eq!(document.text(), "acme = { k = \"v\" }\n");
    document.remove_in("acme", "k").unwrap();
    assert!(document.get_in("acme", "k").is_none());

    // Over several lines, as TOML 1.1 has it, and with comments.
    let mut document = Document::parse("acme = {\n x = 1, # one, two\n y = 2 # three\n}").unwrap();
    document.set_in("acme", "k", "v").unwrap();
    document.remove_in("acme", "y").unwrap();
    document.remove_in("acme", "k").unwrap();
    assert_eq!(document.text(), "acme = {\n x = 1 # one, two\n  # three\n}");
}

#[test]
fn an_inline_table_in_a_values_place_is_left_alone() {
    for text in [
        "token = { x = 1 }\n",
        "acme = { token = { x = 1 } }\n",
        "acme = { token.x = 1 }\n",
    ] {
        let mut document = Document::parse(text).unwrap();
        if text.starts_with("acme") {
            assert!(document.set_in("acme", "token", "t").is_err());
            assert!(document.remove_in("acme", "token").is_err());
        } else {
            assert!(document.set("token", "t").is_err());
            assert!(document.remove("token").is_err());
        }
        assert_eq!(document.text(), text);
    }
}

#[test]
fn a_mistake_is_placed_by_line_and_column() {
    let error = Document::parse("\u{feff}a = 1\nü = \"x\n").err().unwrap();
    assert_eq!((error.line, error.column), (2, 1));
    let error = Document::parse("token = \"a\norg = 'b'\n").err().unwrap();
    assert_eq!((error.line, error.column), (1, 11));
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build();
    runtime.unwrap().block_on(future)
}

fn edit_file(
    store: &Store,
    change: impl FnOnce(&mut Document) -> Result<()>,
) -> Result<Option<PathBuf>> {
    block_on(async {
        let patience = Duration::from_secs(30);
        store
            .lock(patience, OnMalformed::SetAside)
            .await?
            .edit(change)
    })
}

#[test]
fn many_writers_at_once_lose_no_change() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::new(folder.path().join("new/pipecatcloud.toml"));
    std::thread::scope(|scope| {
        for number in 0..24 {
            let store = &store;
            scope.spawn(move || {
                edit_file(store, |document| {
                    document.set_in(&format!("org{number}"), "k", "v")
                })
                .unwrap();
            });
        }
    });
    assert_eq!(store.read().unwrap().organizations().count(), 24);
}

#[test]
fn a_held_lock_is_waited_for_and_then_reported() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::new(folder.path().join("pipecatcloud.toml"));
    block_on(async {
        let _held = store.lock(Duration::ZERO, OnMalformed::Fail).await.unwrap();
        let error = store
            .lock(Duration::from_millis(50), OnMalformed::Fail)
            .await
            .err();
        assert_eq!(error.unwrap().code(), Code::ConfigLocked);
    });
}

#[test]
fn what_a_killed_writer_left_is_cleared_away_by_the_next() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pipecatcloud.toml");
    fs::write(folder.path().join(".pipecatcloud.toml.abc123.tmp"), "tok").unwrap();
    fs::write(folder.path().join(".other.toml.abc123.tmp"), "").unwrap();
    edit_file(&Store::new(path), |document| document.set("org", "acme")).unwrap();
    let mut names: Vec<_> = fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(
        names,
        [
            ".other.toml.abc123.tmp",
            "pipecatcloud.toml",
            "pipecatcloud.toml.lock"
        ]
    );
}

#[test]
fn a_malformed_file_is_kept_under_a_name_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pipecatcloud.toml");
    let store = Store::new(path.clone());
    for (content, name) in [
        ("a = ", "pipecatcloud.toml.bak"),
        ("b = ", "pipecatcloud.toml.bak.1"),
    ] {
        fs::write(&path, content).unwrap();
        let kept = edit_file(&store, |document| document.set("org", "acme")).unwrap();
        assert_eq!(kept, Some(folder.path().join(name)));
        assert_eq!(
            fs::read_to_string(folder.path().join(name)).unwrap(),
            content
        );
        assert_eq!(fs::read_to_string(&path).unwrap(), "org = \"acme\"\n");
    }
}

#[test]
fn an_edit_that_fails_or_changes_nothing_writes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pipecatcloud.toml");
    let store = Store::new(path.clone());
    fs::write(&path, "org = 'acme'\n").unwrap();
    let written = || fs::metadata(&path).unwrap().modified().unwrap();
    let before = written();
    edit_file(&store, |document| document.remove("token")).unwrap();
    let failed = edit_file(&store, |document| {
        document.set("org", "other")?;
        Err(Error::new(Code::Internal, "no"))
    });
    assert!(failed.is_err());
    assert_eq!(written(), before);
    assert_eq!(fs::read_to_string(&path).unwrap(), "org = 'acme'\n");
}

/// Other programs write the file without our lock.
#[test]
fn a_change_is_made_to_the_file_as_it_is_at_that_moment() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pipecatcloud.toml");
    let store = Store::new(path.clone());
    let changed = |locked: &mut Locked| locked.edit(|document| document.set("token", "new"));
    let text = || fs::read_to_string(&path).unwrap();
    block_on(async {
        fs::write(&path, "token = \"old\"\n").unwrap();
        let mut locked = store.lock(Duration::ZERO, OnMalformed::Fail).await.unwrap();
        fs::write(&path, "# theirs\ntoken = \"old\"\norg = \"acme\"\n").unwrap();
        changed(&mut locked).unwrap();
        assert_eq!(text(), "# theirs\ntoken = \"new\"\norg = \"acme\"\n");
        // What is half written is left alone.
        fs::write(&path, "token = \"ha").unwrap();
        let error = changed(&mut locked).unwrap_err();
        assert_eq!(error.code(), Code::ConfigMalformed);
        assert_eq!(text(), "token = \"ha");
        drop(locked);

        let mut locked = store
            .lock(Duration::ZERO, OnMalformed::SetAside)
            .await
            .unwrap();
        assert!(locked.replaces_malformed());
        fs::write(&path, "org = \"acme\"\n").unwrap();
        assert_eq!(changed(&mut locked).unwrap(), None);
        assert_eq!(text(), "org = \"acme\"\ntoken = \"new\"\n");
    });
}
