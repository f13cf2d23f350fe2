//! Patterns of file names, in two dialects, matched by one machine.
//!
//! | dialect  | `*`, `?`       | `**`                  | sets                | `\`     |
//! |----------|----------------|-----------------------|---------------------|---------|
//! | loose    | also over `/`  | the same as `*`       | `[a-c]`, `[!a-c]`   | a letter |
//! | Docker's | stop at `/`    | any number of folders | `[a-c]`, `[^a-c]`   | escapes |

/// A pattern, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pattern(Vec<Token>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    /// This character.
    Literal(char),
    /// Any one character, but perhaps no `/`.
    One { over_slash: bool },
    /// Any text, but perhaps without `/`.
    Any { over_slash: bool },
    /// Nothing, or any text that ends with a `/`.
    Folders,
    /// One of the characters in these ranges, or one of all others.
    Set {
        ranges: Vec<(char, char)>,
        is_negated: bool,
    },
}

/// A pattern that is none: a set without an end, or an escape of nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct BadPattern;

impl Pattern {
    /// A pattern of the loose dialect, in which every text is one.
    pub(super) fn loose(text: &str) -> Self {
        let text: Vec<char> = text.chars().collect();
        let mut tokens = Vec::new();
        let mut at = 0;
        while let Some(&character) = text.get(at) {
            at += 1;
            tokens.push(match character {
                '*' => Token::Any { over_slash: true },
                '?' => Token::One { over_slash: true },
                '[' => match loose_set(&text[at..]) {
                    Some((set, length)) => {
                        at += length;
                        set
                    }
                    None => Token::Literal('['),
                },
                other => Token::Literal(other),
            });
        }
        tokens.dedup_by(|one, other| one == other && matches!(one, Token::Any { .. }));
        Self(tokens)
    }

    /// A pattern of Docker's dialect.
    pub(super) fn docker(text: &str) -> Result<Self, BadPattern> {
        let text: Vec<char> = text.chars().collect();
        let mut tokens = Vec::new();
        let mut at = 0;
        // `**name` is whatever ends so.
        if let ['*', '*', name @ ..] = &text[..]
            && name.first().is_some_and(|first| *first != '/')
            && !name.iter().any(|one| "*?[\\".contains(*one))
        {
            tokens.push(Token::Any { over_slash: true });
            at = 2;
        }
        while let Some(&character) = text.get(at) {
            at += 1;
            tokens.push(match character {
                '*' if text.get(at) == Some(&'*') => {
                    at += 1;
                    if text.get(at) == Some(&'/') {
                        at += 1;
                    }
                    if at == text.len() {
                        Token::Any { over_slash: true }
                    } else {
                        Token::Folders
                    }
                }
                '*' => Token::Any { over_slash: false },
                '?' => Token::One { over_slash: false },
                '[' => {
                    let (set, length) = docker_set(&text[at..])?;
                    at += length;
                    set
                }
                '\\' => {
                    let escaped = text.get(at).ok_or(BadPattern)?;
                    at += 1;
                    Token::Literal(*escaped)
                }
                other => Token::Literal(other),
            });
        }
        Ok(Self(tokens))
    }

    /// Whether one of the folders above a path, or the path itself, is one that is meant.
    pub(super) fn matches_above(&self, path: &str) -> bool {
        let slashes = path.match_indices('/').map(|(at, _)| at);
        let mut ends = slashes.chain([path.len()]);
        ends.any(|end| self.matches(&path[..end]))
    }

    /// Whether the whole text is one that is meant.
    pub(super) fn matches(&self, text: &str) -> bool {
        let Self(tokens) = self;
        // Most patterns end here.
        match (tokens.first(), tokens.last()) {
            (Some(Token::Literal(first)), _) if !text.starts_with(*first) => return false,
            (_, Some(Token::Literal(last))) if !text.ends_with(*last) => return false,
            _ => {}
        }
        self.run(text)[tokens.len()]
    }

    /// Whether a text that is meant may begin so, and go on.
    pub(super) fn may_begin(&self, start: &str) -> bool {
        let at = self.run(start);
        at[..self.0.len()].contains(&true)
    }

    /// How far a text leads: at `n`, whether the first `n` tokens are met by all of it, and a part
    /// of the next one perhaps. Every state in which the machine may be is kept, so that no pattern
    /// takes long.
    fn run(&self, text: &str) -> Vec<bool> {
        let Self(tokens) = self;
        // `at[n]`: what comes before the nth token has been met. `within[n]`: a part of it too,
        // where it is a token that takes several characters.
        let mut at = vec![false; tokens.len() + 1];
        let mut within = vec![false; tokens.len()];
        let mut next = at.clone();
        at[0] = true;
        self.skip(&mut at);
        for character in text.chars() {
            next.fill(false);
            for (index, token) in tokens.iter().enumerate() {
                match token {
                    Token::Any { over_slash } => {
                        next[index] |= at[index] && (*over_slash || character != '/');
                    }
                    Token::Folders => {
                        within[index] |= at[index];
                        next[index + 1] |= within[index] && character == '/';
                    }
                    token => next[index + 1] |= at[index] && token.meets(character),
                }
            }
            std::mem::swap(&mut at, &mut next);
            self.skip(&mut at);
        }
        for (at, within) in at.iter_mut().zip(within) {
            *at |= within;
        }
        at
    }

    /// Passes over the tokens that nothing at all meets too.
    fn skip(&self, at: &mut [bool]) {
        for (index, token) in self.0.iter().enumerate() {
            if at[index] && matches!(token, Token::Any { .. } | Token::Folders) {
                at[index + 1] = true;
            }
        }
    }
}

impl Token {
    /// Whether it is met by this one character.
    fn meets(&self, character: char) -> bool {
        match self {
            Self::Literal(literal) => *literal == character,
            Self::One { over_slash } => *over_slash || character != '/',
            Self::Set { ranges, is_negated } => {
                let mut ranges = ranges.iter();
                ranges.any(|(first, last)| (*first..=*last).contains(&character)) != *is_negated
            }
            Self::Any { .. } | Self::Folders => false,
        }
    }
}

/// The set after a `[`, and its length up to the `]`; none where that is missing.
fn loose_set(text: &[char]) -> Option<(Token, usize)> {
    let is_negated = text.first() == Some(&'!');
    let start = usize::from(is_negated);
    // A `]` that comes first is a member.
    let length = text.iter().skip(start + 1).position(|one| *one == ']')? + start + 1;
    let mut ranges = Vec::new();
    let mut members = &text[start..length];
    loop {
        members = match members {
            [] => break,
            [first, '-', last, rest @ ..] => {
                ranges.push((*first, *last));
                rest
            }
            [one, rest @ ..] => {
                ranges.push((*one, *one));
                rest
            }
        };
    }
    Some((Token::Set { ranges, is_negated }, length + 1))
}

/// The set after a `[`, and its length up to the `]`.
fn docker_set(text: &[char]) -> Result<(Token, usize), BadPattern> {
    let is_negated = text.first() == Some(&'^');
    let mut at = usize::from(is_negated);
    let mut ranges = Vec::new();
    let member = |at: &mut usize| {
        let mut one = *text.get(*at).ok_or(BadPattern)?;
        *at += 1;
        match one {
            '-' => return Err(BadPattern),
            '\\' => {
                one = *text.get(*at).ok_or(BadPattern)?;
                *at += 1;
            }
            _ => {}
        }
        Ok(one)
    };
    while text.get(at) != Some(&']') {
        let first = member(&mut at)?;
        if text.get(at) == Some(&'-') {
            at += 1;
            if text.get(at) == Some(&']') {
                return Err(BadPattern);
            }
            let last = member(&mut at)?;
            if last < first {
                return Err(BadPattern);
            }
            ranges.push((first, last));
        } else {
            ranges.push((first, first));
        }
    }
    if ranges.is_empty() {
        return Err(BadPattern);
    }
    Ok((Token::Set { ranges, is_negated }, at + 1))
}

#[cfg(test)]
mod tests {
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
}
