//! Permits for the callback ports.
//!
//! A sign-in takes the first free one of five fixed ports (8400 to 8404), which is all that the
//! provider allows. Tests run side by side, in threads and in processes, so each takes a permit
//! before it signs in: [`one`] to find a free port, [`all`] to rule over which are free.
//!
//! A permit is a lock on a file in the system's temporary folder: it holds between processes as
//! between threads, and ends with its holder, however that ends.

use std::array;
use std::env;
use std::fs::File;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

/// The ports that the provider redirects to.
pub const PORTS: [u16; 5] = [8400, 8401, 8402, 8403, 8404];

/// An address on this machine where nobody listens: the port is none that the system gives out, so no
/// server of another test is ever found there.
pub fn closed() -> SocketAddr {
    (Ipv4Addr::LOCALHOST, 9).into()
}

/// The right to count on callback ports, until dropped.
#[derive(Debug)]
#[must_use = "the permit ends when it is dropped"]
pub struct Permit {
    locks: Vec<File>,
}

/// Permits that are given out one by one: a port is spared for whoever signs in without asking.
const AT_ONCE: usize = PORTS.len() - 1;

/// Waits for the right to sign in: among the five ports at least one is free.
pub fn one() -> Permit {
    loop {
        for file in lock_files().into_iter().take(AT_ONCE) {
            if file.try_lock().is_ok() {
                return Permit { locks: vec![file] };
            }
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Waits for the right to all five ports: nobody else is signing in.
pub fn all() -> Permit {
    let files = lock_files();
    for file in &files {
        file.lock().expect("a lock on a port's file");
    }
    Permit {
        locks: files.into(),
    }
}

fn lock_files() -> [File; PORTS.len()] {
    array::from_fn(|index| {
        let name = format!("pipecat-callback-port-{}.lock", PORTS[index]);
        File::create(env::temp_dir().join(name)).expect("a port's lock file")
    })
}
