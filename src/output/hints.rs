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
