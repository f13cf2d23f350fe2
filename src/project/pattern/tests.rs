//! Patterns of both dialects, and what they match.

use proptest::prelude::*;

use super::*;

#[test]
fn loosely_a_star_is_any_text() {
    for (pattern, text, matches) in [
        ("*.md", "a.md", true),
        ("*.md", "a/b.md", true),
        ("*.md", "a.mdx", false),
        ("docs/*.md", "docs/x/b.md", true),
        ("a?c", "a/c", true),
        ("a?c", "aéc", true),
        ("a?c", "ac", false),
        ("a**c", "abbc", true),
        ("[a-c]x", "bx", true),
        ("[a-c]x", "dx", false),
        ("[!a-c]x", "dx", true),
        ("[!a-c]x", "ax", false),
        ("[^a]x", "ax", true),
        ("[^a]x", "^x", true),
        ("[^a]x", "bx", false),
        ("[]]x", "]x", true),
        ("[!]]x", "]x", false),
        ("[a-]x", "-x", true),
        ("[c-a]x", "bx", false),
        ("[ab", "[ab", true),
        ("[!", "[!", true),
        ("a\\*", "a\\b", true),
        ("a\\*", "a*", false),
        ("A", "a", false),
        ("", "", true),
        ("*", "", true),
    ] {
        assert_eq!(
            Pattern::loose(pattern).matches(text),
            matches,
            "{pattern} {text}"
        );
    }
}

/// What moby's `patternmatcher` says of these.
const DOCKER: &[(&str, &str, bool)] = &[
    ("**", "file", true),
    ("**/", "file", true),
    ("**", "dir/file", true),
    ("**/", "dir/file", true),
    ("**/**", "dir/file", true),
    ("dir/**", "dir/file", true),
    ("dir/**", "dir/dir2/file", true),
    ("dir/**", "dir", false),
    ("**/dir", "dir", true),
    ("**/dir", "dir/file", true),
    ("**/dir2/*", "dir/dir2/file", true),
    ("**/dir2/**", "dir/dir2/dir2/file", true),
    ("**file", "file", true),
    ("**file", "dir/file", true),
    ("**file", "dir/profile", true),
    ("**/file", "dir/profile", false),
    ("**/file*", "dir/dir/file.txt", true),
    ("**/file*txt", "dir/dir/file.txt", true),
    ("**/file*.txt*", "dir/dir/file.txt", true),
    ("**/**/*.txt", "dir/dir/file.txt", true),
    ("**/**/*.txt", "file.txt", true),
    ("**/**/*.txt2", "dir/dir/file.txt", false),
    ("a**/*.txt", "a/file.txt", true),
    ("a**/*.txt", "a/dir/dir/file.txt", true),
    ("a/*.txt", "a/dir/file.txt", false),
    ("a/*.txt", "a/file.txt", true),
    ("a/*.txt**", "a/file.txt", true),
    ("a[b-d]e", "ae", false),
    ("a[b-d]e", "ace", true),
    ("a[b-d]e", "aae", false),
    ("a[^b-d]e", "aze", true),
    (".*", ".foo", true),
    (".*", "foo", false),
    ("abc.def", "abcZdef", false),
    ("abc?def", "abcZdef", true),
    ("abc?def", "abcdef", false),
    ("abc?def", "abc/def", false),
    ("a\\\\", "a\\", true),
    ("a\\*b", "a*b", true),
    ("a\\*b", "axb", false),
    ("**/foo/bar", "foo/bar", true),
    ("**/foo/bar", "dir/dir2/foo/bar", true),
    ("abc/**", "abc", false),
    ("**/.foo", "bar.foo", false),
    ("a(b)c/def", "a(b)c/def", true),
    ("a(b)c/def", "a(b)c/xyz", false),
    ("a.|)$(}+{bc", "a.|)$(}+{bc", true),
    (
        "dist/*.whl",
        "dist/bot-2.4.0rc3.dev36+g08acad9-py3-none-any.whl",
        true,
    ),
    ("docs", "docs/a/b", true),
    ("docs", "x/docs", false),
    ("*/docs", "x/docs/a", true),
];

#[test]
fn dockers_way_is_that_of_docker() {
    for (pattern, path, matches) in DOCKER {
        let read = Pattern::docker(pattern).unwrap();
        assert_eq!(read.matches_above(path), *matches, "{pattern} {path}");
    }
    for bad in ["a[", "[", "[]", "[^]", "[-x]", "[x-]", "[b-a]", "a\\"] {
        assert_eq!(Pattern::docker(bad), Err(BadPattern), "{bad}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn without_signs_a_pattern_is_the_text_itself(text in "[a-zé./ +(){}|$^-]{0,12}", other in "[a-z/]{0,5}") {
        prop_assert!(Pattern::loose(&text).matches(&text));
        prop_assert_eq!(Pattern::loose(&text).matches(&other), text == other);
        let docker = Pattern::docker(&text).unwrap();
        prop_assert!(docker.matches(&text));
        prop_assert_eq!(docker.matches(&other), text == other);
    }

    #[test]
    fn stars_at_both_ends_find_a_text_anywhere(before in "[a-z/]{0,6}", text in "[a-z]{1,3}", after in "[a-z/]{0,6}") {
        let whole = format!("{before}{text}{after}");
        let matches = Pattern::loose(&format!("*{text}*")).matches(&whole);
        prop_assert!(matches);
        // Docker's star stays in its folder.
        let docker = Pattern::docker(&format!("*{text}*")).unwrap();
        prop_assert_eq!(docker.matches(&whole), !whole.contains('/'));
    }

    #[test]
    fn any_pattern_is_read_and_matched_in_time(pattern in "[ab*?\\[\\]!^/\\\\-]{0,20}", path in "[ab/\\]-]{0,40}") {
        Pattern::loose(&pattern).matches(&path);
        if let Ok(pattern) = Pattern::docker(&pattern) {
            pattern.matches_above(&path);
        }
    }
}
