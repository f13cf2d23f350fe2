//! Ids that look like the service's own, and are the same in every run.

/// A UUID (version 4 in form) that belongs to this text.
pub fn uuid(seed: &str) -> String {
    let (high, low) = (hash(seed, 1), hash(seed, 2));
    format!(
        "{:08x}-{:04x}-4{:03x}-a{:03x}-{:012x}",
        high >> 32,
        (high >> 16) & 0xffff,
        high & 0xfff,
        low >> 52,
        low & 0xffff_ffff_ffff,
    )
}

/// A commit's id, 40 hexadecimal digits, that belongs to this text.
pub fn sha(seed: &str) -> String {
    let [one, two, three] = [3, 4, 5].map(|salt| hash(seed, salt));
    format!("{one:016x}{two:016x}{:08x}", three >> 32)
}

/// Whether this could be a UUID.
pub(super) fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.char_indices().all(|(at, character)| match at {
            8 | 13 | 18 | 23 => character == '-',
            _ => character.is_ascii_hexdigit(),
        })
}

/// FNV-1a, which unlike the hasher of the standard library stays what it is.
fn hash(text: &str, salt: u8) -> u64 {
    text.bytes()
        .chain([salt, salt])
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        })
}
