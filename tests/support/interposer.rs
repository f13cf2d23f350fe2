//! A server in front of the fake cloud: it passes every request on, but on one route things go
//! wrong, in HTTP or below it. What arrived is written down.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, RwLock};
use std::thread;
use std::time::{Duration, Instant};

use super::cloud::Cloud;

/// Makes the bytes that are sent out of the cloud's answer.
pub type Change = Arc<dyn Fn(&Reply) -> Vec<u8> + Send + Sync>;

/// What happens to a request.
#[derive(Clone)]
pub enum Fault {
    /// The connection is closed before the answer.
    Close,
    /// No answer ever comes.
    Silence,
    /// The cloud's own answer comes, one byte a second.
    Trickle,
    /// These bytes come, then the end of the connection.
    Bytes(Arc<[u8]>),
    /// The cloud carries the request out, and its answer is changed into these bytes.
    Changed(Change),
}

/// The route on which it happens.
#[derive(Clone)]
pub struct Trap {
    /// The HTTP method.
    pub method: &'static str,
    /// The path, without a query.
    pub path: &'static str,
    /// What happens.
    pub fault: Fault,
    /// How many times, from the first request on.
    pub times: usize,
}

/// An answer of the cloud's.
pub struct Reply {
    /// Status line and headers.
    pub head: String,
    /// The body.
    pub body: Vec<u8>,
}

/// A request that arrived.
#[derive(Clone, Debug)]
pub struct Arrival {
    /// The HTTP method.
    pub method: String,
    /// The path, without the query.
    pub path: String,
    /// The `Authorization` header.
    pub authorization: Option<String>,
    /// The `Host` header.
    pub host: Option<String>,
    /// When it came.
    pub at: Instant,
}

impl Fault {
    /// [`Fault::Changed`].
    pub fn changed(change: impl Fn(&Reply) -> Vec<u8> + Send + Sync + 'static) -> Self {
        Self::Changed(Arc::new(change))
    }
}

/// The server with its cloud; both end when it is dropped.
pub struct Interposer {
    address: SocketAddr,
    /// What stands behind.
    pub cloud: Cloud,
    shared: Arc<Shared>,
}

struct Shared {
    trap: Mutex<Option<Trap>>,
    arrivals: Mutex<Vec<Arrival>>,
    /// Held by who connects to the cloud: its port is somebody else's once it has gone.
    over: RwLock<bool>,
}

impl Interposer {
    /// Starts a server with a fresh cloud, which takes the server's address for its own.
    pub fn start(trap: Option<Trap>) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let address = listener.local_addr().expect("the listener's address");
        let url = format!("http://{address}");
        let cloud = Cloud::builder().public_url(url).start();
        let upstream = cloud.address();
        let shared = Arc::new(Shared {
            trap: Mutex::new(trap),
            arrivals: Mutex::default(),
            over: RwLock::new(false),
        });
        let accepting = Arc::clone(&shared);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if *accepting.over.read().unwrap() {
                    break;
                }
                let shared = Arc::clone(&accepting);
                // A peer that leaves in the middle is no fault of the test.
                thread::spawn(move || shared.serve(&stream, upstream).unwrap_or_default());
            }
        });
        Self {
            address,
            cloud,
            shared,
        }
    }

    /// All requests so far, in the order of their arrival.
    pub fn arrivals(&self) -> Vec<Arrival> {
        self.shared.arrivals.lock().unwrap().clone()
    }

    /// How often a route was asked.
    pub fn count(&self, method: &str, path: &str) -> usize {
        let arrivals = self.shared.arrivals.lock().unwrap();
        let same = |one: &&Arrival| one.method == method && one.path == path;
        arrivals.iter().filter(same).count()
    }

    /// Ends the fault.
    pub fn clear_trap(&self) {
        *self.shared.trap.lock().unwrap() = None;
    }

    /// The address that clients use, without the scheme.
    pub fn authority(&self) -> String {
        self.address.to_string()
    }
}

impl Drop for Interposer {
    fn drop(&mut self) {
        *self.shared.over.write().unwrap() = true;
        // Wakes the accepting thread.
        let _ = TcpStream::connect(self.address);
    }
}

impl Shared {
    /// Takes one request, and ends the connection.
    fn serve(&self, mut stream: &TcpStream, upstream: SocketAddr) -> io::Result<()> {
        let Some(request) = Request::read(stream)? else {
            return Ok(());
        };
        match self.receive(&request) {
            None => stream.write_all(&self.forward(&request, upstream)?)?,
            Some(Fault::Close) => {}
            Some(Fault::Silence) => {
                // Until the peer has had enough.
                io::copy(&mut stream, &mut io::sink())?;
            }
            Some(Fault::Trickle) => {
                for byte in self.forward(&request, upstream)? {
                    stream.write_all(&[byte])?;
                    thread::sleep(Duration::from_secs(1));
                }
            }
            Some(Fault::Bytes(bytes)) => stream.write_all(&bytes)?,
            Some(Fault::Changed(change)) => {
                let reply = Reply::parse(&self.forward(&request, upstream)?);
                stream.write_all(&change(&reply))?;
            }
        }
        stream.shutdown(Shutdown::Both)
    }

    /// What the cloud answers, to the end of the connection.
    fn forward(&self, request: &Request, cloud: SocketAddr) -> io::Result<Vec<u8>> {
        let mut stream = {
            let over = self.over.read().unwrap();
            if *over {
                return Err(io::ErrorKind::ConnectionAborted.into());
            }
            TcpStream::connect(cloud)?
        };
        write!(stream, "{}Connection: close\r\n\r\n", request.head)?;
        stream.write_all(&request.body)?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer)?;
        Ok(answer)
    }

    /// Writes a request down, and gives what happens to it.
    fn receive(&self, request: &Request) -> Option<Fault> {
        let header = |wanted: &str| {
            let mut lines = request.head.lines().skip(1);
            lines.find_map(|line| {
                let (name, value) = line.split_once(':')?;
                let value = value.trim().to_owned();
                name.eq_ignore_ascii_case(wanted).then_some(value)
            })
        };
        let mut words = request.head.split_whitespace().map(str::to_owned);
        let method = words.next().unwrap_or_default();
        let target = words.next().unwrap_or_default();
        let path = target.split('?').next().unwrap_or_default().to_owned();
        let mut arrivals = self.arrivals.lock().unwrap();
        let earlier = |one: &&Arrival| one.method == method && one.path == path;
        let earlier = arrivals.iter().filter(earlier).count();
        let trap = self.trap.lock().unwrap();
        let trap = trap
            .as_ref()
            .filter(|trap| trap.method == method && trap.path == path);
        let fault = trap.filter(|trap| earlier < trap.times);
        arrivals.push(Arrival {
            authorization: header("authorization"),
            host: header("host"),
            at: Instant::now(),
            method,
            path,
        });
        fault.map(|trap| trap.fault.clone())
    }
}

/// A request as it came.
struct Request {
    head: String,
    body: Vec<u8>,
}

impl Request {
    /// Reads one; none where the peer says nothing.
    fn read(stream: &TcpStream) -> io::Result<Option<Self>> {
        let mut reader = BufReader::new(stream);
        let (mut head, mut length) = (String::new(), 0);
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line)? == 0 {
                return Ok(None);
            }
            if line.trim().is_empty() {
                break;
            }
            if let Some((name, value)) = line.split_once(':')
                && name.eq_ignore_ascii_case("content-length")
            {
                length = value.trim().parse().unwrap_or_default();
            }
            head.push_str(&line);
        }
        let mut body = Vec::new();
        reader.take(length).read_to_end(&mut body)?;
        Ok(Some(Self { head, body }))
    }
}

impl Reply {
    fn parse(answer: &[u8]) -> Self {
        let end = answer.windows(4).position(|four| four == b"\r\n\r\n");
        let (head, body) = answer.split_at(end.map_or(answer.len(), |end| end + 4));
        Self {
            head: String::from_utf8_lossy(head).into_owned(),
            body: body.to_vec(),
        }
    }

    /// All of it.
    pub fn bytes(&self) -> Vec<u8> {
        [self.head.as_bytes(), &self.body].concat()
    }
}
