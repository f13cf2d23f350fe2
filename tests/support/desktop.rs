//! The desktop of a [home](super::home): a display, and a stand-in browser that notes what it is
//! asked to open. It is a script under the name that desktops call the browser by, which is looked
//! for on `PATH` by Unix systems other than macOS. That one is told its name.

use std::fs;
use std::path::PathBuf;
use std::thread;
use std::time::{Duration, Instant};

use super::home::{Home, set_mode};

impl Home {
    /// Puts the browser into the home, and a display. A new home has both.
    pub(super) fn install_browser(&mut self) {
        let opened = self.opened();
        // One line an address: a line without its end is still being written.
        let script = format!("printf '%s\\n' \"$1\" >> '{}'", opened.display());
        self.write_browser(&script);
        self.env("DISPLAY", ":0");
        if cfg!(target_os = "macos") {
            self.env("BROWSER", self.browser());
        }
    }

    /// Replaces the browser by a shell script, which gets the address as `$1`.
    pub fn write_browser(&self, script: &str) {
        let path = self.browser();
        fs::write(&path, format!("#!/bin/sh\n{script}\n")).expect("a written script");
        set_mode(&path, 0o700);
    }

    /// Takes the browser out of the home.
    pub fn remove_browser(&self) {
        fs::remove_file(self.browser()).expect("a browser to remove");
    }

    /// Every address that the browser was asked to open so far.
    pub fn browser_addresses(&self) -> Vec<String> {
        let text = fs::read_to_string(self.opened()).unwrap_or_default();
        text.split_inclusive('\n')
            .filter_map(|line| Some(line.strip_suffix('\n')?.to_owned()))
            .collect()
    }

    /// Waits until the browser has been asked to open an address.
    pub fn browser_address(&self, timeout: Duration) -> String {
        let deadline = Instant::now() + timeout;
        loop {
            if let Some(address) = self.browser_addresses().pop() {
                return address;
            }
            assert!(Instant::now() < deadline, "no browser after {timeout:?}");
            thread::sleep(Duration::from_millis(10));
        }
    }

    fn browser(&self) -> PathBuf {
        self.path().join("bin/xdg-open")
    }

    fn opened(&self) -> PathBuf {
        self.path().join("browser-addresses")
    }
}
