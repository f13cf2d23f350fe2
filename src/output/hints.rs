//! Command lines in what is said: each can be copied as it is.

/// A word as people would type it: in quotes only where a shell would not take it for one word.
#[must_use]
pub fn shell_word(word: &str) -> String {
    let is_plain =
        |character: char| character.is_ascii_alphanumeric() || "-_./:=@%+".contains(character);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    match shlex::try_quote(word) {
        Ok(quoted) => quoted.into_owned(),
        // No shell takes a zero byte in any form.
        Err(_) => shell_word(&word.replace('\0', "")),
    }
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
        let parts = text.split('`').enumerate().map(|(index, part)| {
            let words: Vec<&str> = part.split(' ').collect();
            let is_command = index % 2 == 1 && words[0] == "pipecat";
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
        let hints = Hints::new(Some("my team"), works_in);
        for (text, whole) in [
            (
                "see `pipecat cloud keys list`, or `pipecat cloud keys use --key x`",
                "see `pipecat cloud keys list -o 'my team'`, or `pipecat cloud keys use --key x -o 'my team'`",
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
}
