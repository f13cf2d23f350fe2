//! Certificates and what else can be wrong below HTTPS.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use http_body_util::Full;
use hyper::body::Bytes;
use hyper::service::service_fn;
use hyper::{Response, Version};
use hyper_util::rt::{TokioExecutor, TokioIo};
use rustls::ServerConfig;
use tokio::sync::oneshot;
use tokio_rustls::TlsAcceptor;

use crate::support::authority::{Authority, VALID};
use crate::support::cloud::ADA_PAT;
use crate::support::home::Home;
use crate::support::run::{json, stderr};
use crate::support::wire::{Behaviour, Wire};

const ORGANIZATIONS: &str =
    r#"{"organizations": [{"id": "org_1", "name": "acme", "verboseName": "Acme"}]}"#;

/// A server that lists one organization over TLS, until dropped.
struct Server {
    address: SocketAddr,
    /// The versions of HTTP in which it was asked.
    versions: Arc<Mutex<Vec<Version>>>,
    _stop: oneshot::Sender<()>,
}

impl Server {
    fn start(config: ServerConfig) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap();
        let versions = Arc::new(Mutex::new(Vec::new()));
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let asked = Arc::clone(&versions);
        let (stop, stopped) = oneshot::channel::<()>();
        let serve = async move {
            let acceptor = TlsAcceptor::from(Arc::new(config));
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            while let Ok((stream, _)) = listener.accept().await {
                let (acceptor, asked) = (acceptor.clone(), Arc::clone(&asked));
                tokio::spawn(async move {
                    // A client that does not trust us leaves.
                    let Ok(stream) = acceptor.accept(stream).await else {
                        return;
                    };
                    let is_h2 = stream.get_ref().1.alpn_protocol() == Some(b"h2");
                    let service = service_fn(move |request: hyper::Request<_>| {
                        asked.lock().unwrap().push(request.version());
                        let _: hyper::body::Incoming = request.into_body();
                        let body = Full::new(Bytes::from_static(ORGANIZATIONS.as_bytes()));
                        async { Ok::<_, hyper::Error>(Response::new(body)) }
                    });
                    let stream = TokioIo::new(stream);
                    let _ = if is_h2 {
                        let server = hyper::server::conn::http2::Builder::new(TokioExecutor::new());
                        server.serve_connection(stream, service).await
                    } else {
                        let server = hyper::server::conn::http1::Builder::new();
                        server.serve_connection(stream, service).await
                    };
                });
            }
        };
        thread::spawn(move || {
            runtime.block_on(async {
                tokio::select! {
                    () = serve => {}
                    _ = stopped => {}
                }
            });
        });
        Self {
            address,
            versions,
            _stop: stop,
        }
    }

    fn versions(&self) -> Vec<Version> {
        self.versions.lock().unwrap().clone()
    }
}

/// A home of somebody whose service is at this address, over TLS, and who trusts this authority.
fn home(address: SocketAddr, trusted: &Authority) -> Home {
    let mut home = Home::with_program(crate::support::program(), &format!("https://{address}"));
    home.sign_in_pat(ADA_PAT);
    let path = home.path().join("authority.pem");
    fs::write(&path, &trusted.pem).unwrap();
    home.env("SSL_CERT_FILE", path);
    home
}

/// Runs a command in every mode, which fails with this code and these words.
fn fails(home: &Home, code: &str, words: &str) {
    let before = home.config();
    for mode in ["rich", "plain", "json"] {
        let since = Instant::now();
        let run = home.cloud(&format!("organizations list --output {mode}"));
        let run = run.assert().code(1);
        assert!(since.elapsed() < Duration::from_secs(20), "{words}");
        assert!(stderr(&run).contains(words), "{words}: {}", stderr(&run));
        if mode == "json" {
            assert_eq!(json(&run)["error"]["code"], code, "{}", stderr(&run));
        }
        assert_eq!(home.config(), before);
    }
}

const ADDRESS: &str = "127.0.0.1";

#[test]
fn an_authority_of_ones_own_is_trusted_where_it_is_named() {
    let authority = Authority::new("ours");
    for (protocols, version) in [
        (&["h2", "http/1.1"][..], Version::HTTP_2),
        (&["h2"], Version::HTTP_2),
        (&["http/1.1"], Version::HTTP_11),
        (&[], Version::HTTP_11),
    ] {
        let server = Server::start(authority.server(ADDRESS, VALID, protocols));
        let home = home(server.address, &authority);
        let run = home.cloud("organizations list --output json");
        let run = run.assert().success().stderr_eq("");
        assert_eq!(json(&run)["organizations"][0]["name"], "acme");
        assert_eq!(server.versions(), [version], "{protocols:?}");
    }
}

#[test]
fn a_certificate_that_is_not_good_is_told_with_its_reason() {
    let [authority, other, namesake] = ["ours", "theirs", "ours"].map(Authority::new);
    for (config, words) in [
        (
            other.server(ADDRESS, VALID, &[]),
            "an authority that this machine does not know",
        ),
        (
            namesake.server(ADDRESS, VALID, &[]),
            "the authority that it names has not signed it",
        ),
        (
            authority.server(ADDRESS, [2000, 2001], &[]),
            "it has expired",
        ),
        (
            authority.server(ADDRESS, [3000, 3001], &[]),
            "it is not valid yet",
        ),
        (
            authority.server("example.com", VALID, &[]),
            "it belongs to another name",
        ),
    ] {
        let server = Server::start(config);
        fails(
            &home(server.address, &authority),
            "untrusted_certificate",
            words,
        );
        assert_eq!(server.versions(), [], "the token left the machine");
    }
}

/// What speaks no TLS: it takes what comes first, sends these bytes, and closes.
fn no_tls(answer: &'static str) -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let _ = stream.read(&mut [0; 4096]);
            let _ = stream.write_all(answer.as_bytes());
        }
    });
    address
}

#[test]
fn what_is_no_tls_is_told_for_what_it_is() {
    let authority = Authority::new("ours");
    let plain = "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n";
    for (answer, words) in [
        (plain, "no secure connection to `127.0.0.1"),
        ("", "cannot connect to `127.0.0.1"),
    ] {
        let home = home(no_tls(answer), &authority);
        fails(&home, "unreachable", words);
    }
}

#[test]
fn a_handshake_that_does_not_go_on_ends_with_the_patience_for_it() {
    let authority = Authority::new("ours");
    let wire = Wire::start([Behaviour::Silence]);
    let address = wire.url().trim_start_matches("http://").parse().unwrap();
    let words = "no connection to `127.0.0.1";
    fails(&home(address, &authority), "timed_out", words);
}
