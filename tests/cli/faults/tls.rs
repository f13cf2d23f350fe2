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
#[cfg(unix)]
use crate::support::running::Running;
use crate::support::wire::{Behaviour, Wire};

const ORGANIZATIONS: &str =
    r#"{"organizations": [{"id": "org_1", "name": "acme", "verboseName": "Acme"}]}"#;

/// A server that lists one organization over TLS, until dropped.
pub struct Server {
    pub address: SocketAddr,
    /// The versions of HTTP in which it was asked.
    versions: Arc<Mutex<Vec<Version>>>,
    _stop: oneshot::Sender<()>,
}

impl Server {
    pub fn start(config: ServerConfig) -> Self {
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
            "authority (CA) that this machine does not know",
        ),
        (
            namesake.server(ADDRESS, VALID, &[]),
            "the certificate authority (CA) that it names has not signed it",
        ),
        (
            authority.server(ADDRESS, [2000, 2001], &[]),
            "it has expired (on 2001-01-01 00:00 UTC; this machine's clock says 20",
        ),
        (
            authority.server(ADDRESS, [3000, 3001], &[]),
            "it is not valid yet (not before 3000-01-01 00:00 UTC; this machine's clock says 20",
        ),
        (
            authority.server("example.com", VALID, &[]),
            "it belongs to another name (`example.com`)",
        ),
        (
            Authority::signed_by_itself(ADDRESS, true).1,
            "it is self-signed, and made for a certificate authority (CA), not for a server",
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

/// What is wrong with a certificate decides what to do about it.
#[test]
fn every_reason_has_a_hint_of_its_own() {
    let [authority, other] = ["ours", "theirs"].map(Authority::new);
    let mut seen = std::collections::BTreeSet::new();
    for (config, hint) in [
        (
            other.server(ADDRESS, VALID, &[]),
            "name a file with its certificate in `SSL_CERT_FILE`",
        ),
        (
            authority.server(ADDRESS, [2000, 2001], &[]),
            "has to renew the certificate",
        ),
        (
            authority.server(ADDRESS, [3000, 3001], &[]),
            "set this machine's clock",
        ),
        (
            authority.server("example.com", VALID, &[]),
            "check the address",
        ),
        (
            Authority::signed_by_itself(ADDRESS, true).1,
            "basicConstraints=critical,CA:FALSE",
        ),
    ] {
        let server = Server::start(config);
        let home = home(server.address, &authority);
        let told = stderr(&home.cloud("organizations list").assert().code(1));
        assert!(told.contains(hint), "{told}");
        let advice = told.lines().find(|line| line.starts_with("hint: "));
        let advice = advice.unwrap().replace(&server.address.to_string(), "");
        assert!(seen.insert(advice), "told before: {told}");
    }
}

/// What the hint says about a certificate that is signed by itself does help.
#[test]
fn a_certificate_that_is_signed_by_itself_is_good_where_it_is_named() {
    let (pem, config) = Authority::signed_by_itself(ADDRESS, false);
    let server = Server::start(config);
    let home = home(server.address, &Authority::new("ours"));
    home.cloud("organizations list").assert().code(1);
    fs::write(home.path().join("authority.pem"), pem).unwrap();
    home.cloud("organizations list").assert().success();
}

#[test]
fn one_bad_certificate_does_not_spoil_the_trust_store() {
    let authority = Authority::new("ours");
    let server = Server::start(authority.server(ADDRESS, VALID, &[]));
    let home = home(server.address, &authority);
    let store = home.path().join("authority.pem");
    let bad = "-----BEGIN CERTIFICATE-----\nMAAB\n-----END CERTIFICATE-----\n";
    for text in [
        format!("{bad}{}", authority.pem),
        format!("{}{bad}", authority.pem),
    ] {
        fs::write(&store, text).unwrap();
        home.cloud("organizations list")
            .assert()
            .success()
            .stderr_eq("");
    }
    for (text, words) in [
        (bad, "there is no certificate in it"),
        ("", "there is no certificate in it"),
    ] {
        fs::write(&store, text).unwrap();
        fails(&home, "untrusted_certificate", words);
    }
    fs::remove_file(&store).unwrap();
    fails(&home, "untrusted_certificate", "(os error 2)");
}

/// A trust store that is a pipe: the shell's `<(…)` is one, and so is what nobody writes to.
#[cfg(unix)]
#[test]
fn a_trust_store_may_be_a_pipe_and_is_not_waited_for_without_end() {
    let authority = Authority::new("ours");
    let server = Server::start(authority.server(ADDRESS, VALID, &[]));
    let home = home(server.address, &authority);
    let store = home.path().join("authority.pem");
    fs::remove_file(&store).unwrap();
    let made = std::process::Command::new("mkfifo").arg(&store).status();
    assert!(made.unwrap().success());

    let since = Instant::now();
    let running = Running::start(home.command(["cloud", "organizations", "list"]));
    // Once it reads, somebody can write without waiting.
    let mut pipe = fs::File::options().write(true).open(&store).unwrap();
    running.signal("INT");
    let output = running.finish();
    assert_eq!(output.status.code(), Some(130));
    assert!(since.elapsed() < Duration::from_secs(8));
    drop(pipe);

    let running = Running::start(home.command(["cloud", "organizations", "list"]));
    pipe = fs::File::options().write(true).open(&store).unwrap();
    pipe.write_all(authority.pem.as_bytes()).unwrap();
    drop(pipe);
    assert!(running.finish().status.success());

    let run = home.cloud("organizations list --output json");
    let run = run.assert().code(1);
    assert_eq!(json(&run)["error"]["code"], "timed_out");
    let said = "the trust store could not be read within 10 s";
    assert!(stderr(&run).contains(said), "{}", stderr(&run));
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
        (plain, "cannot make a secure connection to `127.0.0.1"),
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
