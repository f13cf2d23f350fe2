//! The grammar of python-dotenv 1.2.

/// A key, and its value if there is an equals sign.
pub(super) type Binding = (String, Option<String>);

/// White space as python has it.
pub(super) fn is_space(character: char) -> bool {
    character.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&character)
}

/// White space within a line.
pub(super) fn is_blank(character: char) -> bool {
    is_space(character) && character != '\n'
}

/// A file, and how far it has been read.
pub(super) struct Reader<'a> {
    text: &'a str,
    /// The place of what comes next, in bytes.
    pub(super) at: usize,
}

impl<'a> Reader<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    pub(super) fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    /// Goes past all characters of a kind, and gives them.
    pub(super) fn skip(&mut self, kind: impl Fn(char) -> bool) -> &'a str {
        let rest = self.rest();
        let end = rest
            .find(|character| !kind(character))
            .unwrap_or(rest.len());
        self.at += end;
        &rest[..end]
    }

    fn take(&mut self, text: &str) -> bool {
        let is_there = self.rest().starts_with(text);
        if is_there {
            self.at += text.len();
        }
        is_there
    }

    /// A binding with its line's end, or a comment alone; none where it makes no sense.
    #[allow(clippy::option_option, reason = "no sense, no binding, a binding")]
    pub(super) fn binding(&mut self) -> Option<Option<Binding>> {
        let before = self.at;
        if !self.take("export") || self.skip(is_blank).is_empty() {
            self.at = before;
        }
        let key = self.key()?;
        self.skip(is_blank);
        let value = if self.take("=") {
            let has_space = !self.skip(is_blank).is_empty();
            if has_space && self.rest().starts_with('#') {
                Some(String::new())
            } else {
                Some(self.value()?)
            }
        } else {
            None
        };
        self.skip(is_blank);
        if self.rest().starts_with('#') {
            self.skip(|character| character != '\n');
        }
        if !(self.rest().is_empty() || self.take("\n")) {
            return None;
        }
        Some(key.map(|key| (key, value)))
    }

    /// A key; nothing where a comment begins instead.
    #[allow(clippy::option_option, reason = "no sense, a comment, a key")]
    fn key(&mut self) -> Option<Option<String>> {
        if self.rest().starts_with('#') {
            return Some(None);
        }
        let key = if self.take("'") {
            let key = self.skip(|character| character != '\'');
            if !self.take("'") {
                return None;
            }
            key
        } else {
            self.skip(|character| !(is_space(character) || "=#".contains(character)))
        };
        (!key.is_empty()).then(|| Some(key.to_owned()))
    }

    fn value(&mut self) -> Option<String> {
        match self.rest().chars().next() {
            Some('\'') => self.quoted('\'', r"\'"),
            Some('"') => self.quoted('"', r#"\'"abfnrtv"#),
            _ => {
                let raw = self.skip(|character| character != '\n');
                Some(without_comment(raw).trim_end_matches(is_space).to_owned())
            }
        }
    }

    /// A value in quotes, with the escapes that count in them.
    fn quoted(&mut self, quote: char, escapes: &str) -> Option<String> {
        let inner = &self.rest()[1..];
        let mut characters = inner.char_indices();
        let end = loop {
            match characters.next()? {
                // Whatever follows belongs to the value.
                (_, '\\') => characters.next()?,
                (at, character) if character == quote => break at,
                _ => continue,
            };
        };
        self.at += 1 + end + 1;
        Some(unescaped(&inner[..end], escapes))
    }
}

/// What stands before the first `#` that has white space before it.
fn without_comment(text: &str) -> &str {
    let mut spaces = None;
    for (at, character) in text.char_indices() {
        match (character, spaces) {
            ('#', Some(start)) => return &text[..start],
            (character, None) if is_space(character) => spaces = Some(at),
            (character, Some(_)) if is_space(character) => {}
            _ => spaces = None,
        }
    }
    text
}

fn unescaped(text: &str, escapes: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        let next = characters
            .peek()
            .copied()
            .filter(|next| escapes.contains(*next));
        match (character, next) {
            ('\\', Some(next)) => {
                characters.next();
                plain.push(match next {
                    'a' => '\u{7}',
                    'b' => '\u{8}',
                    'f' => '\u{c}',
                    'n' => '\n',
                    'r' => '\r',
                    't' => '\t',
                    'v' => '\u{b}',
                    itself => itself,
                });
            }
            _ => plain.push(character),
        }
    }
    plain
}
