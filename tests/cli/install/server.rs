//! A file server for releases, over HTTP or HTTPS, as long as the tests run.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use rustls::{ServerConfig, ServerConnection, StreamOwned};

use crate::support::authority::{Authority, VALID};

/// What is to be had, by path without the first slash.
pub type Files = BTreeMap<String, Vec<u8>>;

/// What a server does.
enum Service {
    /// Sends these files.
    Files(Files),
    /// Sends everybody to this place, with the path added.
    Redirect(String),
}

pub struct Server {
    /// Where it is, `https://127.0.0.1:1234` for example.
    pub base: String,
    asked: Arc<AtomicUsize>,
}

impl Server {
    /// Sends files, over HTTP.
    pub fn http(files: Files) -> Self {
        Self::start(None, Service::Files(files))
    }

    /// Sends files, over HTTPS.
    pub fn https(authority: &Authority, files: Files) -> Self {
        Self::start(Some(authority), Service::Files(files))
    }

    /// Sends everybody to `place`, over HTTP where no authority is given.
    pub fn redirect(authority: Option<&Authority>, place: &str) -> Self {
        Self::start(authority, Service::Redirect(place.to_owned()))
    }

    /// How many requests came.
    pub fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }

    fn start(authority: Option<&Authority>, service: Service) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let address = listener.local_addr().expect("an address");
        let tls = authority.map(|authority| authority.server("127.0.0.1", VALID, &["http/1.1"]));
        let scheme = if tls.is_some() { "https" } else { "http" };
        let (tls, service) = (tls.map(Arc::new), Arc::new(service));
        let asked = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&asked);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (tls, service) = (tls.clone(), Arc::clone(&service));
                let count = Arc::clone(&count);
                thread::spawn(move || match tls {
                    None => answer(stream, &service, &count),
                    Some(tls) => answer_tls(stream, tls, &service, &count),
                });
            }
        });
        Self {
            base: format!("{scheme}://{address}"),
            asked,
        }
    }
}

fn answer_tls(stream: TcpStream, tls: Arc<ServerConfig>, service: &Service, count: &AtomicUsize) {
    let connection = ServerConnection::new(tls).expect("a configuration that works");
    let mut stream = StreamOwned::new(connection, stream);
    answer(&mut stream, service, count);
    stream.conn.send_close_notify();
    // A client that has gone needs no goodbye.
    let _ = stream.flush();
}

/// Answers one request and hangs up.
fn answer(mut stream: impl Read + Write, service: &Service, count: &AtomicUsize) {
    let head: Vec<String> = BufReader::new(&mut stream)
        .lines()
        .map_while(Result::ok)
        .take_while(|line| !line.is_empty())
        .collect();
    let Some(path) = head.first().and_then(|line| line.split(' ').nth(1)) else {
        return;
    };
    count.fetch_add(1, Ordering::SeqCst);
    let (status, body) = match service {
        Service::Redirect(place) => (format!("302 Found\r\nLocation: {place}{path}"), &[][..]),
        Service::Files(files) => match files.get(path.trim_start_matches('/')) {
            Some(file) => ("200 OK".to_owned(), &file[..]),
            None => ("404 Not Found".to_owned(), &[][..]),
        },
    };
    let length = body.len();
    let head =
        format!("HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n");
    // A client that has gone needs no answer.
    let _ = stream
        .write_all(head.as_bytes())
        .and_then(|()| stream.write_all(body));
}
