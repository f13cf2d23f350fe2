//! Addresses of routes.

use url::Url;

use crate::error::{Code, Error, Result};

/// The address of a route. Names from outside stay within their segment.
///
/// # Errors
/// A segment that cannot stand in a path.
pub fn route(base: &Url, path: &[&str]) -> Result<Url> {
    let mut url = base.clone();
    for segment in path {
        check_segment(segment)?;
    }
    url.path_segments_mut()
        .map_err(|()| {
            Error::new(
                Code::InvalidSetting,
                "the API host cannot be a base address",
            )
        })?
        .pop_if_empty()
        .extend(path);
    Ok(url)
}

/// Refuses a name that cannot stand in a path.
///
/// # Errors
/// It is such a name.
pub fn check_segment(name: &str) -> Result<()> {
    if is_segment(name) {
        return Ok(());
    }
    Err(Error::new(
        Code::InvalidInput,
        format!("`{}` is not a valid name", name.escape_default()),
    ))
}

/// Whether a name can stand in a path.
#[must_use]
pub fn is_segment(name: &str) -> bool {
    !matches!(name, "" | "." | "..") && !name.chars().any(char::is_control)
}

/// Whether an address is on this machine.
#[must_use]
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// Whether somebody's name or password stands in an address.
pub(super) fn has_credentials(url: &Url) -> bool {
    !url.username().is_empty() || url.password().is_some()
}

/// An address as it may be shown.
#[must_use]
pub fn without_credentials(address: &str) -> String {
    match Url::parse(address) {
        Ok(mut url) if has_credentials(&url) => {
            match (url.set_username("****"), url.set_password(None)) {
                (Ok(()), Ok(())) => url.to_string(),
                _ => "****".to_owned(),
            }
        }
        _ => address.to_owned(),
    }
}

/// The host, and the port where it is not the scheme's own: what people are told.
#[must_use]
pub fn authority(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_never_leaves_its_segment() -> Result<()> {
        let base = Url::parse("https://api.example.com/base/")
            .map_err(|_| Error::new(Code::Internal, "a bad test"))?;
        for (name, path) in [
            ("acme", "/base/v1/acme/daily"),
            ("a/../b", "/base/v1/a%2F..%2Fb/daily"),
            ("%2e%2e", "/base/v1/%252e%252e/daily"),
            ("a?b#c", "/base/v1/a%3Fb%23c/daily"),
            ("a\\b", "/base/v1/a%5Cb/daily"),
            ("å", "/base/v1/%C3%A5/daily"),
        ] {
            let url = route(&base, &["v1", name, "daily"])?;
            assert_eq!(url.path(), path);
            assert_eq!((url.query(), url.fragment()), (None, None));
        }
        for name in ["", ".", "..", "a\tb", "a\nb", "\u{0}"] {
            assert!(route(&base, &["v1", name, "daily"]).is_err(), "{name:?}");
        }
        Ok(())
    }
}
