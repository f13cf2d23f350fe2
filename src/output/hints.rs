//! Command lines in what is said: each can be copied as it is.

/// A word as people would type it: in quotes only where a shell would not take it for one word.
#[must_use]
pub fn shell_word(word: &str) -> String {
    let is_plain =
        |character: char| character.is_ascii_alphanumeric() || "-_./:=@%+".contains(character);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    if cfg!(windows) {
        return windows_word(word);
    }
    match shlex::try_quote(word) {
        Ok(quoted) => quoted.into_owned(),
        // No shell takes a zero byte in any form.
        Err(_) => shell_word(&word.replace('\0', "")),
    }
}

/// In the quotes that `cmd` and PowerShell both know; where one of them would still find something
/// to expand in it, in those of PowerShell.
fn windows_word(word: &str) -> String {
    if word.contains(['"', '%', '$', '`']) {
        format!("'{}'", word.replace('\'', "''"))
    } else {
        format!("\"{word}\"")
    }
}

/// The parts of a text that stand between backticks, each with whether it does.
fn parts(text: &str) -> impl Iterator<Item = (bool, &str)> {
    text.split('`')
        .enumerate()
        .map(|(index, part)| (index % 2 == 1, part))
}

/// The command lines of this program in a text, each as its words.
#[must_use]
pub fn command_lines(text: &str) -> Vec<Vec<String>> {
    let quoted = parts(text).filter(|(is_quoted, _)| *is_quoted);
    let lines = quoted.filter_map(|(_, part)| {
        if cfg!(windows) {
            // As a POSIX shell would have it.
            shlex::split(&part.replace('\\', r"\\").replace("''", r"'\''"))
        } else {
            shlex::split(part)
        }
    });
    lines
        .filter(|words| words.len() > 1 && PROGRAMS.contains(&words[0].as_str()))
        .collect()
}

/// The names that this program is called by.
const PROGRAMS: [&str; 4] = ["pipecat", "pc", "pcc", "pipecatcloud"];

/// A name from outside in a sentence: between backticks, and never to be taken for a command line.
#[must_use]
pub fn quoted(name: &str) -> String {
    let name = name.replace('`', "'");
    let mut words = name.split_whitespace();
    let is_program = |word| PROGRAMS.contains(&word);
    if words.next().is_some_and(is_program) && words.next().is_some() {
        return format!("`{}`", shell_word(&name));
    }
    format!("`{name}`")
}

/// How a command line in what is said becomes one that does the same as the present one: with the
/// organization that was given.
#[derive(Clone, Debug, Default)]
pub struct Hints {
    organization: Option<(String, WorksInOrganization)>,
}

/// Whether the command with these words, the program's name first, works in an organization.
pub type WorksInOrganization = fn(&[&str]) -> bool;

impl Hints {
    /// For a command line with `organization` given as an option, if it was.
    #[must_use]
    pub fn new(organization: Option<&str>, works_in_organization: WorksInOrganization) -> Self {
        let organization = organization.map(|name| (shell_word(name), works_in_organization));
        Self { organization }
    }

    /// The same text with the organization in each of its command lines, which stand between
    /// backticks.
    #[must_use]
    pub fn complete(&self, text: &str) -> String {
        let Some((organization, works_in_organization)) = &self.organization else {
            return text.to_owned();
        };
        let parts = parts(text).map(|(is_quoted, part)| {
            let words: Vec<&str> = part.split(' ').collect();
            let is_command = is_quoted && words[0] == "pipecat";
            if is_command && !words.contains(&"-o") && works_in_organization(&words) {
                format!("{part} -o {organization}")
            } else {
                part.to_owned()
            }
        });
        parts.collect::<Vec<_>>().join("`")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_line_keeps_the_organization_that_was_given() {
        let works_in = |words: &[&str]| words.contains(&"keys");
        let hints = Hints::new(Some("my_team"), works_in);
        for (text, whole) in [
            (
                "see `pipecat cloud keys list`, or `pipecat cloud keys use --key x`",
                "see `pipecat cloud keys list -o my_team`, or `pipecat cloud keys use --key x -o my_team`",
            ),
            (
                "`pipecat cloud keys list -o acme`",
                "`pipecat cloud keys list -o acme`",
            ),
            (
                "run `pipecat cloud auth login`",
                "run `pipecat cloud auth login`",
            ),
            (
                "pipecat keys `keys` pipecat keys",
                "pipecat keys `keys` pipecat keys",
            ),
            ("an odd ` and no more", "an odd ` and no more"),
        ] {
            assert_eq!(hints.complete(text), whole);
            assert_eq!(Hints::default().complete(text), text);
        }
    }

    #[test]
    fn the_command_lines_of_a_text_are_words_for_programs() {
        for (text, lines) in [
            (
                "see `pipecat cloud keys list -o 'my team'`, or `pcc auth login`",
                &[
                    &["pipecat", "cloud", "keys", "list", "-o", "my team"][..],
                    &["pcc", "auth", "login"],
                ][..],
            ),
            ("the next `pipecat` on `PATH`; pipecat cloud keys", &[]),
            ("an odd ` and `pipecat cloud 'keys`", &[]),
            (&quoted("pipecat cloud auth logout"), &[]),
            (&quoted("x` `pipecat cloud auth logout"), &[]),
        ] {
            assert_eq!(command_lines(text), lines, "{text}");
        }
    }

    #[test]
    fn a_word_is_quoted_where_a_shell_would_not_take_it_for_one() {
        for (word, posix, windows) in [
            ("my-team", "my-team", "my-team"),
            ("", "''", "\"\""),
            ("my team", "'my team'", "\"my team\""),
            ("it's", "\"it's\"", "\"it's\""),
            ("$it's", r#"'$it'"'s""#, "'$it''s'"),
            ("a\"b", "'a\"b'", "'a\"b'"),
        ] {
            let expected = if cfg!(windows) { windows } else { posix };
            assert_eq!(shell_word(word), expected);
            let line = format!("`pipecat x {expected}`");
            assert_eq!(command_lines(&line), [["pipecat", "x", word]]);
        }
        assert_eq!(windows_word("100% of it"), "'100% of it'");
        assert_eq!(windows_word("my team"), "\"my team\"");
    }
}
