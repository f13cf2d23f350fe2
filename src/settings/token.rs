//! What can be a token, and what is something else in its place.

use secrecy::{ExposeSecret as _, SecretString};

use crate::error::{Code, Error, Result};

/// What a personal access token begins with.
pub const PAT_PREFIX: &str = "pcc_pat_";

/// Whether a token is a personal access token, which is never renewed.
#[must_use]
pub fn is_pat(token: &SecretString) -> bool {
    token.expose_secret().starts_with(PAT_PREFIX)
}

/// Whether a text can stand in an `Authorization` header as a token.
#[must_use]
pub fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// Refuses what cannot be a token: it does not fit into an `Authorization` header (RFC 9110 section
/// 5.5), or is known to be something else.
///
/// # Errors
/// [`Code::InvalidSetting`], naming `source`, not the token.
pub fn check_token(token: &str, source: &str) -> Result<()> {
    let (what, hint) = match mistake(token) {
        Some(mistake) => mistake,
        None if is_token(token) => return Ok(()),
        None => (
            "is not valid: it is empty, or contains white space, a control character or a \
             non-ASCII character",
            "copy the token again, whole and on one line",
        ),
    };
    let message = format!("the token from {source} {what}");
    Err(Error::new(Code::InvalidSetting, message).hint(hint))
}

/// What a text is known to be instead of a token, and what to do about it.
fn mistake(text: &str) -> Option<(&'static str, &'static str)> {
    const ONLY_TOKEN: &str = "leave that out: only the token itself is wanted";
    const NO_API_KEY: &str = "API keys start agents; to sign in, make a personal access token, which begins with `pcc_pat_`";
    let is_quote = |one: char| matches!(one, '"' | '\'' | '`' | '\u{2018}'..='\u{201f}');
    let begins = |word: &str| {
        let start = text.get(..word.len()).unwrap_or_default();
        start.eq_ignore_ascii_case(word)
    };
    if text.starts_with('\u{feff}') {
        return Some((
            "begins with a byte-order mark, which no token has",
            "save the file as UTF-8 without a byte-order mark (BOM)",
        ));
    }
    if text.starts_with(is_quote) || text.ends_with(is_quote) {
        return Some((
            "has quotes around it that are not part of it",
            "leave the quotes out, or write them so that the shell removes them",
        ));
    }
    if begins("Bearer ") || begins("Bearer\t") || begins("Authorization:") {
        return Some(("begins with `Bearer`, or the name of a header", ONLY_TOKEN));
    }
    if begins("PIPECAT_TOKEN=") {
        return Some(("begins with a variable's name", ONLY_TOKEN));
    }
    if begins("pk_") {
        return Some(("is an API key (`pk_`)", NO_API_KEY));
    }
    if begins("sk_") {
        return Some(("is an API key (`sk_`)", NO_API_KEY));
    }
    None
}
