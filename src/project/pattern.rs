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
mod tests;
