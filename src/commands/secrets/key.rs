//! What a key of a secret may be.

use crate::commands::invalid;
use crate::error::Result;

/// The longest key, in characters.
const LONGEST: usize = 64;

/// Whether a key is one that the service takes.
pub(super) fn is_key(key: &str) -> bool {
    let is_allowed = |one: u8| one.is_ascii_alphanumeric() || b"_-".contains(&one);
    (1..=LONGEST).contains(&key.len()) && key.bytes().all(is_allowed)
}

/// Refuses what the service would.
pub(super) fn check_key(key: &str) -> Result<()> {
    if is_key(key) {
        return Ok(());
    }
    Err(invalid(format!("`{key}` is not a valid key"))
        .hint("a key has 1 to 64 of `A` to `Z`, `a` to `z`, `0` to `9`, `_` and `-`"))
}
