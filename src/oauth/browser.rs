//! Whether there is a browser to open, and opening it.

use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use url::Url;

use crate::environment::Environment;
use crate::error::{Code, Error, Result};

/// Names the browser to open: one, or several to try in turn.
const VARIABLE: &str = "BROWSER";

/// What stands between several in [`VARIABLE`].
const SEPARATOR: char = if cfg!(windows) { ';' } else { ':' };

/// How the variables begin that are about us, the token among them.
const OURS: &str = "PIPECAT_";

/// A browser that has not failed by then has been started.
const STARTING: Duration = Duration::from_millis(250);

/// How often it is looked at meanwhile.
const POLL: Duration = Duration::from_millis(5);

/// Why no browser can be opened here; nothing if one can.
#[must_use]
pub fn obstacle(environment: &Environment) -> Option<&'static str> {
    let has = |names: &[&str]| names.iter().any(|name| environment.has(name));
    if has(&["SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY"]) {
        return Some("this is an SSH session");
    }
    // Elsewhere there is always a desktop; Linux under Windows opens the browser of Windows. What
    // somebody names may have another way to a display: that of an editor on another machine.
    let needs_display = cfg!(all(unix, not(target_os = "macos"))) && named(environment).is_none();
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

/// Opens `address` in the person's browser, that of `BROWSER` or of the system, without waiting for
/// it. It gets none of our variables: the token is not for programs that show pages.
///
/// # Errors
/// No browser could be started.
pub fn open(environment: &Environment, address: &Url) -> Result<()> {
    // Discovery has let nothing but `https` and loopback `http` through; the opener is handed to
    // the system, so that is worth a second look.
    if !matches!(address.scheme(), "https" | "http") {
        return Err(Error::new(Code::Internal, "not an address for a browser"));
    }
    let launchers = match named(environment) {
        Some(browsers) => launchers(browsers, address),
        None => open::commands(address.as_str()),
    };
    let mut launchers = launchers.into_iter();
    if launchers.any(|launcher| start(launcher, environment)) {
        Ok(())
    } else {
        Err(Error::new(
            Code::SignInFailed,
            "no browser could be started",
        ))
    }
}

/// What [`VARIABLE`] says.
fn named(environment: &Environment) -> Option<&OsStr> {
    let browsers = environment.raw(VARIABLE);
    browsers.filter(|browsers| !browsers.to_string_lossy().trim().is_empty())
}

/// The command of each browser that is named: a program, or the words of a command line, in which
/// `%s` stands for the address. Without one, the address is the last word.
fn launchers(browsers: &OsStr, address: &Url) -> Vec<Command> {
    let program = |program: &OsStr| {
        let mut command = Command::new(program);
        command.arg(address.as_str());
        command
    };
    let Some(text) = browsers.to_str() else {
        return vec![program(browsers)];
    };
    let each = text.split(SEPARATOR).map(str::trim);
    each.filter_map(|browser| {
        if cfg!(windows) || Path::new(browser).is_file() {
            return (!browser.is_empty()).then(|| program(OsStr::new(browser)));
        }
        // At its end, that asks a shell not to wait. Nobody does.
        let words = shlex::split(browser.trim_end_matches('&'))?;
        let (first, arguments) = words.split_first()?;
        let mut command = Command::new(first);
        command.args(
            arguments
                .iter()
                .map(|word| word.replace("%s", address.as_str())),
        );
        if !browser.contains("%s") {
            command.arg(address.as_str());
        }
        Some(command)
    })
    .collect()
}

/// Starts a browser, or what passes an address on to one. False: it could not be started, or has
/// failed at once.
fn start(mut launcher: Command, environment: &Environment) -> bool {
    launcher
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    for name in environment.names(OURS) {
        launcher.env_remove(name);
    }
    detach(&mut launcher);
    let program = launcher.get_program().display().to_string();
    let mut child = match launcher.spawn() {
        Ok(child) => child,
        Err(error) => {
            tracing::debug!("`{program}` did not open a browser: {error}");
            return false;
        }
    };
    let since = Instant::now();
    while since.elapsed() < STARTING {
        match child.try_wait() {
            // On Windows, those that pass an address on say nothing true of what became of it.
            Ok(Some(status)) if !status.success() && !cfg!(windows) => {
                tracing::debug!("`{program}` did not open a browser: {status}");
                return false;
            }
            Ok(None) => thread::sleep(POLL),
            _ => return true,
        }
    }
    true
}

/// Sees to it that Ctrl-C in this terminal does not end the browser.
#[cfg(unix)]
fn detach(launcher: &mut Command) {
    std::os::unix::process::CommandExt::process_group(launcher, 0);
}

/// The same, and that no console flashes up.
#[cfg(windows)]
fn detach(launcher: &mut Command) {
    const CREATE_NEW_PROCESS_GROUP: u32 = 0x0000_0200;
    const CREATE_NO_WINDOW: u32 = 0x0800_0000;
    let flags = CREATE_NEW_PROCESS_GROUP | CREATE_NO_WINDOW;
    std::os::windows::process::CommandExt::creation_flags(launcher, flags);
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        reason = "a broken assumption ends the test there and then"
    )]

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
        assert_eq!(obstacle(&[("BROWSER", "my-browser")]), None);
        assert_eq!(
            obstacle(&[("BROWSER", " ")]).is_some(),
            cfg!(all(unix, not(target_os = "macos")))
        );
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

    #[test]
    #[cfg(unix)]
    fn the_browsers_that_are_named_are_tried_in_turn() {
        let address: Url = "https://example.com/a?b=c&d='e".parse().unwrap();
        let lines = |browsers: &str| {
            let commands = launchers(OsStr::new(browsers), &address);
            let words = commands.iter().map(|command| {
                let words = [command.get_program()]
                    .into_iter()
                    .chain(command.get_args());
                words.map(|word| word.to_string_lossy().into_owned())
            });
            words
                .map(|words| words.collect::<Vec<_>>().join("|"))
                .collect::<Vec<_>>()
        };
        let shown = address.as_str();
        assert_eq!(lines("firefox"), [format!("firefox|{shown}")]);
        assert_eq!(
            lines("'my browser' --new-window : w3m -o x=%s -- %s &::"),
            [
                format!("my browser|--new-window|{shown}"),
                format!("w3m|-o|x={shown}|--|{shown}"),
            ]
        );
        assert_eq!(lines("'").len(), 0);
    }
}
