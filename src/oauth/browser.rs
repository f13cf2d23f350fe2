//! Whether there is a browser to open, and opening it.

use url::Url;

use crate::environment::Environment;
use crate::error::{Code, Error, Result};

/// Why no browser can be opened here; nothing if one can.
#[must_use]
pub fn obstacle(environment: &Environment) -> Option<&'static str> {
    let has = |names: &[&str]| names.iter().any(|name| environment.has(name));
    if has(&["SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY"]) {
        return Some("this is an SSH session");
    }
    // Elsewhere there is always a desktop; Linux under Windows opens the browser of Windows.
    let needs_display = cfg!(all(unix, not(target_os = "macos")));
    if needs_display
        && !has(&[
            "DISPLAY",
            "WAYLAND_DISPLAY",
            "WSL_DISTRO_NAME",
            "WSL_INTEROP",
        ])
    {
        return Some("there is no display");
    }
    None
}

/// Opens `address` in the person's browser, without waiting for it.
///
/// # Errors
/// No browser could be started.
pub fn open(address: &Url) -> Result<()> {
    // Discovery has let nothing but `https` and loopback `http` through; the opener is handed to
    // the system, so that is worth a second look.
    if !matches!(address.scheme(), "https" | "http") {
        return Err(Error::new(Code::Internal, "not an address for a browser"));
    }
    open::that_detached(address.as_str()).map_err(|error| {
        Error::new(Code::SignInFailed, "no browser could be started").because(error)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_is_opened_where_there_is_one() {
        let obstacle = |variables: &[(&'static str, &'static str)]| {
            obstacle(&Environment::new(None, variables.iter().copied()))
        };
        let display = ("DISPLAY", ":0");
        assert_eq!(obstacle(&[display]), None);
        assert_eq!(obstacle(&[("WAYLAND_DISPLAY", "wayland-0")]), None);
        assert_eq!(obstacle(&[("WSL_DISTRO_NAME", "Debian")]), None);
        for variable in ["SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY"] {
            assert!(
                obstacle(&[display, (variable, "x")]).is_some(),
                "{variable}"
            );
        }
        assert_eq!(
            obstacle(&[("DISPLAY", "")]).is_some(),
            cfg!(all(unix, not(target_os = "macos")))
        );
    }
}
