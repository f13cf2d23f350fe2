//! Lines, and what they leave out.

use proptest::prelude::*;

use super::*;

/// Which of these paths go in.
fn taken<'a>(lines: &str, paths: &[&'a str]) -> Vec<&'a str> {
    let (rules, bad) = Rules::of_dockerignore(lines);
    assert_eq!(bad, []);
    let taken = paths.iter().filter(|path| rules.effect(path) == Effect::In);
    taken.copied().collect()
}

#[test]
fn lines_leave_out_what_either_way_would_and_take_in_what_docker_does() {
    const NONE: &[&str] = &[];
    for (lines, paths, expected) in [
        ("data", &["data/a", "src/data/b"][..], NONE),
        ("docs/*.md", &["docs/a.md", "docs/x/b.md"], NONE),
        (
            "*\n!bot.py\n!src",
            &["bot.py", "src/x.py", "a"],
            &["bot.py", "src/x.py"],
        ),
        (
            "*.md\n!README.md",
            &["README.md", "docs/README.md"],
            &["README.md"],
        ),
        ("/secret", &["secret/x", "a/secret"], &["a/secret"]),
        (
            "**/*.tmp\n**/cache",
            &["a.tmp", "d/b.tmp", "cache/a", "d/cache/a"],
            NONE,
        ),
        ("a\\*", &["a*", "ab"], &["ab"]),
        ("[^a]1.txt", &["a1.txt", "b1.txt"], NONE),
        ("!a\na", &["a"], NONE),
        (
            "# a\n\n  b/  \r\n./c//",
            &["a", "b/x", "c/x", "d"],
            &["a", "d"],
        ),
        ("\u{feff}a", &["a"], NONE),
        ("a/../b", &["a", "b", "c/b"], &["a", "c/b"]),
        (".", &["a"], &["a"]),
        ("/", &["a"], &["a"]),
        ("!", &["a"], &["a"]),
        ("../a", &["a"], &["a"]),
        ("A", &["a"], &["a"]),
        (
            "**\n!util/docker/web\nutil/docker/web/foo",
            &["util/docker/web/foo", "util/docker/web/bar"],
            &["util/docker/web/bar"],
        ),
        (
            "**\n!dist/*.whl",
            &["dist/a.whl", "dist/a.txt"],
            &["dist/a.whl"],
        ),
        (
            "docs\n!docs/README.md",
            &["docs/README.md", "docs/a"],
            &["docs/README.md"],
        ),
    ] {
        assert_eq!(taken(lines, paths), expected, "{lines:?}");
    }
}

#[test]
fn without_a_dockerignore_there_are_built_in_names_and_the_files_patterns() {
    let (rules, bad) = Rules::built_in(["*.wav", "!.env.example", "data/"]);
    assert_eq!(bad, []);
    for (path, effect) in [
        (".git/config", Effect::Out),
        ("a/.git/config", Effect::Out),
        ("a/__pycache__/b.pyc", Effect::Out),
        ("src/build/x.py", Effect::OutAndSaid),
        (".env", Effect::OutAndSaid),
        (".env.local", Effect::OutAndSaid),
        (".env.example", Effect::In),
        ("a.wav", Effect::Out),
        ("x/data/y", Effect::Out),
        ("builder/x.py", Effect::In),
        (".dockerignore", Effect::In),
    ] {
        assert_eq!(rules.effect(path), effect, "{path}");
    }
}

#[test]
fn a_folder_that_stays_out_is_entered_only_for_what_may_be_in_it() {
    let (rules, _) = Rules::of_dockerignore("*\n!src/*.py\n!**/keep");
    assert!(rules.may_hold("src"));
    assert!(rules.may_hold("other"), "`**` may be anywhere");
    let (rules, _) = Rules::of_dockerignore("!a/b\n*\n!src/*.py\n!doc");
    assert!(rules.may_hold("src"));
    for folder in ["other", "src/x", "a", "do"] {
        assert!(!rules.may_hold(folder), "{folder}");
    }
}

#[test]
fn lines_that_are_no_patterns_are_told() {
    let (rules, bad) = Rules::of_dockerignore("a\n![b\nc[");
    let bad: Vec<(usize, &str)> = bad.iter().map(|bad| (bad.number, &*bad.text)).collect();
    assert_eq!(bad, [(2, "![b"), (3, "c[")]);
    // The loose way takes every text for a pattern.
    assert_eq!(rules.effect("c["), Effect::Out);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_below_a_folder_goes_in_only_where_it_may(
        lines in proptest::collection::vec("!?[ab*?/]{1,6}", 0..5),
        path in "[ab]{1,2}(/[ab]{1,2}){1,3}",
    ) {
        let (rules, _) = Rules::of_dockerignore(&lines.join("\n"));
        let is_in = rules.effect(&path) == Effect::In;
        for (at, _) in path.match_indices('/') {
            let folder = &path[..at];
            if rules.effect(folder) != Effect::In && !rules.may_hold(folder) {
                prop_assert!(!is_in, "{lines:?} {folder} {path}");
            }
        }
    }

    #[test]
    fn nothing_goes_in_that_a_line_leaves_out_loosely(
        lines in proptest::collection::vec("[ab*?/\\[\\]^!-]{1,6}", 0..5),
        path in "[ab]{1,2}(/[ab]{1,2}){0,3}",
    ) {
        let lines: Vec<&str> = lines.iter().map(|line| line.trim_start_matches('!')).collect();
        let (rules, _) = Rules::of_dockerignore(&lines.join("\n"));
        for line in lines {
            let line = line.strip_prefix("./").unwrap_or(line).trim_end_matches('/');
            let pattern = Pattern::loose(line);
            if !line.is_empty() && path.split('/').chain([&*path]).any(|text| pattern.matches(text)) {
                prop_assert_eq!(rules.effect(&path), Effect::Out);
            }
        }
    }
}
