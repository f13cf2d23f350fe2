//! A server that misbehaves below HTTP: what a fake cloud that answers properly cannot do.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// An answer that promises more than it holds. Sent with [`Behaviour::Answer`], it breaks off.
pub const HALF_ANSWER: &str = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\
    Content-Length: 4096\r\n\r\n{\"organizations\": [{\"id\"";

/// What happens on one connection.
#[derive(Clone, Debug)]
pub enum Behaviour {
    /// Closes as soon as the connection stands.
    Close,
    /// Reads the request, then closes.
    ReadThenClose,
    /// Reads the request and never answers.
    Silence,
    /// Reads the request, sends these bytes as they are, then closes.
    Answer(String),
    /// Reads the request, then sends these bytes, one a second.
    Trickle(String),
    /// Passes everything on to a server that behaves, such as a fake cloud.
    Forward(SocketAddr),
}

/// A listener on loopback with a script: the first connection gets the first behaviour, and so on;
/// the last one stays. Everything ends when it is dropped.
pub struct Wire {
    address: SocketAddr,
    shared: Arc<Shared>,
}

struct Shared {
    connections: AtomicUsize,
    /// Every open stream, so that dropping the wire ends what is waiting on one; `None` when
    /// dropped.
    streams: Mutex<Option<Vec<TcpStream>>>,
}

impl Wire {
    /// Starts a server for a script of at least one behaviour.
    pub fn start(script: impl Into<Vec<Behaviour>>) -> Self {
        let script = script.into();
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let address = listener.local_addr().expect("the listener's address");
        let shared = Arc::new(Shared {
            connections: AtomicUsize::new(0),
            streams: Mutex::new(Some(Vec::new())),
        });
        let accepting = Arc::clone(&shared);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if !accepting.keep(&stream) {
                    break;
                }
                let turn = accepting.connections.fetch_add(1, Ordering::SeqCst);
                let behaviour = script[turn.min(script.len() - 1)].clone();
                let shared = Arc::clone(&accepting);
                // A peer that leaves in the middle is no fault of the test.
                thread::spawn(move || behaviour.run(&stream, &shared).unwrap_or_default());
            }
        });
        Self { address, shared }
    }

    /// The base address, `http://127.0.0.1:<port>`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// How many connections there have been.
    pub fn connections(&self) -> usize {
        self.shared.connections.load(Ordering::SeqCst)
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        let streams = self.shared.streams.lock().unwrap().take();
        for stream in streams.into_iter().flatten() {
            let _ = stream.shutdown(Shutdown::Both);
        }
        // Wakes the accepting thread, which then finds that it is over.
        let _ = TcpStream::connect(self.address);
    }
}

impl Shared {
    /// Remembers a stream. False if the wire has been dropped.
    fn keep(&self, stream: &TcpStream) -> bool {
        let mut streams = self.streams.lock().unwrap();
        match (streams.as_mut(), stream.try_clone()) {
            (Some(streams), Ok(stream)) => {
                streams.push(stream);
                true
            }
            _ => false,
        }
    }
}

impl Behaviour {
    fn run(self, mut stream: &TcpStream, shared: &Shared) -> io::Result<()> {
        match self {
            Self::Close => {}
            Self::ReadThenClose => read_request(stream)?,
            Self::Silence => {
                // Returns when the peer closes or the wire is dropped.
                io::copy(&mut stream, &mut io::sink())?;
            }
            Self::Answer(bytes) => {
                read_request(stream)?;
                stream.write_all(bytes.as_bytes())?;
            }
            Self::Trickle(bytes) => {
                read_request(stream)?;
                for byte in bytes.bytes() {
                    stream.write_all(&[byte])?;
                    thread::sleep(Duration::from_secs(1));
                }
            }
            Self::Forward(server) => forward(stream, server, shared)?,
        }
        stream.shutdown(Shutdown::Both)
    }
}

/// Reads a request with its body, so that closing afterwards resets nothing that is still unread.
fn read_request(stream: &TcpStream) -> io::Result<()> {
    let mut reader = BufReader::new(stream);
    let mut length = 0;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 || line.trim().is_empty() {
            break;
        }
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().unwrap_or_default();
        }
    }
    io::copy(&mut reader.take(length), &mut io::sink())?;
    Ok(())
}

fn forward(client: &TcpStream, server: SocketAddr, shared: &Shared) -> io::Result<()> {
    let upstream = TcpStream::connect(server)?;
    if !shared.keep(&upstream) {
        return Ok(());
    }
    thread::scope(|scope| {
        scope.spawn(|| {
            let _ = io::copy(&mut &*client, &mut &upstream);
            let _ = upstream.shutdown(Shutdown::Write);
        });
        let copied = io::copy(&mut &upstream, &mut &*client);
        let _ = client.shutdown(Shutdown::Both);
        copied.map(drop)
    })
}
