//! A long way to a server that is near: a TCP relay on which everything takes its time.
//!
//! A byte is on its way for half a round trip in either direction. The kernel has a connection to
//! loopback ready at once, where a far one takes a round trip; so what a client sends before that
//! sets out only then.

use std::io::{self, Read, Write as _};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

/// The relay, as long as the process.
pub struct Link {
    address: SocketAddr,
    /// In microseconds.
    round_trip: Arc<AtomicU64>,
}

impl Link {
    /// A way to `server`, without delay at first.
    pub fn to(server: SocketAddr) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let address = listener.local_addr().expect("the listener's address");
        let round_trip = Arc::new(AtomicU64::new(0));
        let current = Arc::clone(&round_trip);
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let round_trip = Duration::from_micros(current.load(Ordering::Relaxed));
                // A peer that leaves in the middle is no fault of the link.
                let _ = carry(client, server, round_trip);
            }
        });
        Self {
            address,
            round_trip,
        }
    }

    /// Where clients connect to.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// How long connections from now on take there and back.
    pub fn set_round_trip(&self, round_trip: Duration) {
        let micros = u64::try_from(round_trip.as_micros()).expect("a round trip");
        self.round_trip.store(micros, Ordering::Relaxed);
    }
}

fn carry(client: TcpStream, server: SocketAddr, round_trip: Duration) -> io::Result<()> {
    let connected = Instant::now() + round_trip;
    let server = TcpStream::connect(server)?;
    client.set_nodelay(true)?;
    server.set_nodelay(true)?;
    let (to_client, to_server) = (client.try_clone()?, server.try_clone()?);
    direction(client, to_server, connected, round_trip / 2);
    direction(server, to_client, connected, round_trip / 2);
    Ok(())
}

/// Passes on what `from` sends: what comes before `open` waits until then, and all takes `delay`.
fn direction(mut from: TcpStream, mut to: TcpStream, open: Instant, delay: Duration) {
    let (sender, under_way) = mpsc::channel::<(Instant, Vec<u8>)>();
    thread::spawn(move || {
        let mut buffer = vec![0; 1 << 16];
        loop {
            let length = from.read(&mut buffer).unwrap_or_default();
            let arrival = Instant::now().max(open) + delay;
            let sent = sender.send((arrival, buffer[..length].to_vec()));
            if length == 0 || sent.is_err() {
                return;
            }
        }
    });
    thread::spawn(move || {
        for (arrival, bytes) in under_way {
            thread::sleep(arrival.saturating_duration_since(Instant::now()));
            if bytes.is_empty() || to.write_all(&bytes).is_err() {
                let _ = to.shutdown(Shutdown::Write);
                return;
            }
        }
    });
}
