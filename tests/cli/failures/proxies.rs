//! A proxy on the way: one that works, and one that is at fault, which is named with its variable.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::{fs, io, thread};

use crate::faults::tls::Server;
use crate::support::authority::{Authority, VALID};
use crate::support::cloud::ADA_PAT;
use crate::support::home::Home;
use crate::support::ports::closed;
use crate::support::run::{json, stderr};

/// The service, which only a proxy can find.
const SERVICE: &str = "api.example.invalid";

/// What a proxy does with whoever asks it.
#[derive(Clone, Copy)]
enum Manner {
    /// Says this.
    Says(&'static str),
    /// Passes everything on to this server, for who asks for a tunnel.
    Tunnel(SocketAddr),
    /// The same, in the way of SOCKS 5 (RFC 1928).
    Socks(SocketAddr),
}

/// Starts a proxy, and gives its address and the heads of what it was asked.
fn proxy(manner: Manner) -> (SocketAddr, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = listener.local_addr().unwrap();
    let asked = Arc::new(Mutex::new(Vec::new()));
    let heard = Arc::clone(&asked);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let heard = Arc::clone(&heard);
            thread::spawn(move || serve(&stream, manner, &heard));
        }
    });
    (address, asked)
}

fn serve(mut stream: &TcpStream, manner: Manner, asked: &Mutex<Vec<String>>) -> io::Result<()> {
    match manner {
        Manner::Says(words) => {
            asked.lock().unwrap().push(head(stream)?);
            stream.write_all(words.as_bytes())?;
            stream.shutdown(Shutdown::Both)
        }
        Manner::Tunnel(server) => {
            asked.lock().unwrap().push(head(stream)?);
            stream.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n")?;
            join(stream, server)
        }
        Manner::Socks(server) => {
            let mut greeting = [0; 3];
            stream.read_exact(&mut greeting)?;
            stream.write_all(&[5, 0])?;
            let mut request = [0; 5];
            stream.read_exact(&mut request)?;
            let mut name = vec![0; usize::from(request[4]) + 2];
            stream.read_exact(&mut name)?;
            name.truncate(name.len() - 2);
            let name = String::from_utf8_lossy(&name).into_owned();
            asked.lock().unwrap().push(name);
            stream.write_all(&[5, 0, 0, 1, 127, 0, 0, 1, 0, 80])?;
            join(stream, server)
        }
    }
}

fn head(stream: &TcpStream) -> io::Result<String> {
    let mut reader = BufReader::new(stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") && reader.read_line(&mut head)? > 0 {}
    Ok(head)
}

fn join(client: &TcpStream, server: SocketAddr) -> io::Result<()> {
    let upstream = TcpStream::connect(server)?;
    thread::scope(|scope| {
        scope.spawn(|| {
            let _ = io::copy(&mut &*client, &mut &upstream);
            let _ = upstream.shutdown(Shutdown::Write);
        });
        let _ = io::copy(&mut &upstream, &mut &*client);
        client.shutdown(Shutdown::Both)
    })
}

/// A home whose service is behind the proxy that a variable names.
fn home(variable: &str, value: &str) -> Home {
    let mut home = Home::with_program(crate::support::program(), &format!("https://{SERVICE}"));
    home.sign_in_pat(ADA_PAT);
    home.env(variable, value);
    home
}

/// What people are told where the list fails with this code.
#[track_caller]
fn told(home: &Home, code: &str) -> String {
    let run = home.cloud("organizations list --output json").assert();
    let run = run.code(1);
    assert_eq!(json(&run)["error"]["code"], code, "{}", stderr(&run));
    stderr(&run)
}

/// A variable as it is named: on Windows, which has it once, in capitals.
fn as_told(variable: &str) -> String {
    if cfg!(windows) {
        variable.to_ascii_uppercase()
    } else {
        variable.to_owned()
    }
}

#[test]
fn the_service_is_reached_through_a_proxy_of_either_kind() {
    let authority = Authority::new("ours");
    let server = Server::start(authority.server(SERVICE, VALID, &["h2", "http/1.1"]));
    let tunnel = Manner::Tunnel(server.address);
    let socks = Manner::Socks(server.address);
    for (variable, scheme, manner) in [
        ("HTTPS_PROXY", "http://", tunnel),
        ("https_proxy", "", tunnel),
        ("ALL_PROXY", "http://", tunnel),
        ("ALL_PROXY", "socks5h://", socks),
        ("HTTPS_PROXY", "socks5h://", socks),
    ] {
        let (address, asked) = proxy(manner);
        let mut home = home(variable, &format!("{scheme}{address}"));
        let path = home.path().join("authority.pem");
        fs::write(&path, &authority.pem).unwrap();
        home.env("SSL_CERT_FILE", path);
        let run = home.cloud("organizations list").assert();
        run.success().stderr_eq("");
        let asked = asked.lock().unwrap().concat();
        assert!(asked.contains(SERVICE), "{variable} {scheme}: {asked}");
        assert!(!asked.contains(ADA_PAT), "{asked}");
    }
}

#[test]
fn a_proxy_that_is_not_there_is_named_with_its_variable() {
    let address = closed();
    for (variable, scheme) in [
        ("HTTPS_PROXY", "http://"),
        ("https_proxy", ""),
        ("ALL_PROXY", "http://"),
        ("all_proxy", "https://"),
        ("ALL_PROXY", "socks5h://"),
    ] {
        let told = told(
            &home(variable, &format!("{scheme}{address}")),
            "unreachable",
        );
        let variable = as_told(variable);
        let sentence =
            format!("error: the proxy `{address}` (from `{variable}`) cannot be reached");
        assert!(told.starts_with(&sentence), "{told}");
        assert!(
            told.contains(&format!("hint: correct `{variable}`")),
            "{told}"
        );
        assert!(!told.contains(SERVICE), "{told}");
    }
}

#[test]
fn a_proxy_whose_name_nobody_knows_is_named_with_its_variable() {
    for variable in ["HTTPS_PROXY", "ALL_PROXY"] {
        let told = told(
            &home(variable, "http://nobody.invalid:3128"),
            "unknown_host",
        );
        let sentence =
            format!("error: the proxy `nobody.invalid:3128` (from `{variable}`) cannot be found: ");
        assert!(told.starts_with(&sentence), "{told}");
    }
}

#[test]
fn a_proxy_that_refuses_is_quoted() {
    let (address, asked) = proxy(Manner::Says(
        "HTTP/1.1 403 Not on my watch\r\nContent-Length: 0\r\n\r\n",
    ));
    let told = told(
        &home("HTTPS_PROXY", &format!("http://{address}")),
        "proxy_refused",
    );
    let sentence = format!(
        "error: the proxy `{address}` (from `HTTPS_PROXY`) refused to connect to `{SERVICE}` (403 Not on my watch)\n"
    );
    assert!(told.starts_with(&sentence), "{told}");
    let asked = asked.lock().unwrap().concat();
    assert!(!asked.contains(ADA_PAT), "{asked}");
}

#[test]
fn a_proxy_that_wants_a_password_says_so() {
    let (address, asked) = proxy(Manner::Says(
        "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n",
    ));
    let first = told(
        &home("HTTPS_PROXY", &format!("http://{address}")),
        "proxy_refused",
    );
    let hint = format!("`HTTPS_PROXY=http://NAME:PASSWORD@{address}`");
    assert!(
        first.contains("requires a user name and a password"),
        "{first}"
    );
    assert!(first.contains(&hint), "{first}");
    let wrong = format!("http://ada:s3cret@{address}");
    let second = told(&home("HTTPS_PROXY", &wrong), "proxy_refused");
    assert!(second.contains("does not accept the user name"), "{second}");
    assert!(!second.contains("s3cret"), "{second}");
    let asked = asked.lock().unwrap().concat().to_lowercase();
    assert!(asked.contains("proxy-authorization: basic "), "{asked}");
}

#[test]
fn what_is_no_proxy_is_told_so() {
    for words in ["", "SSH-2.0-OpenSSH_9.6\r\n", "HTTP/1.1 200"] {
        let (address, _) = proxy(Manner::Says(words));
        let told = told(
            &home("HTTPS_PROXY", &format!("http://{address}")),
            "unreachable",
        );
        let sentence = format!(
            "error: the proxy `{address}` (from `HTTPS_PROXY`) does not answer like a proxy\n"
        );
        assert!(told.starts_with(&sentence), "{words:?}: {told}");
    }
}

#[test]
fn a_variable_that_names_no_proxy_is_not_gone_round() {
    for value in ["ftp://proxy.example.com", "http://", "://", "http://a b"] {
        let told = told(&home("HTTPS_PROXY", value), "invalid_setting");
        assert!(
            told.starts_with("error: `HTTPS_PROXY` names no proxy that this program can use\n"),
            "{value}: {told}"
        );
    }
    // Nobody is asked for what is excepted, or blank, or this machine's own.
    for (variable, value) in [("NO_PROXY", ".invalid"), ("HTTPS_PROXY", " ")] {
        let mut home = home("HTTPS_PROXY", "ftp://proxy.example.com");
        home.env(variable, value);
        told(&home, "unknown_host");
    }
}

/// Without TLS there is no tunnel: the proxy answers in the service's place.
#[test]
fn without_tls_a_proxy_at_fault_is_named_too() {
    let plain = |variable: &str, value: &str| {
        let mut home = home(variable, value);
        home.env("PIPECAT_API_HOST", format!("http://{SERVICE}"));
        home.env("PIPECAT_ALLOW_HTTP", "1");
        home
    };
    let address = closed();
    for (variable, scheme) in [("HTTP_PROXY", "http://"), ("ALL_PROXY", "socks5h://")] {
        let told = told(
            &plain(variable, &format!("{scheme}{address}")),
            "unreachable",
        );
        let sentence =
            format!("error: the proxy `{address}` (from `{variable}`) cannot be reached");
        assert!(told.starts_with(&sentence), "{told}");
    }
    let told_of_unknown = told(
        &plain("http_proxy", "http://nobody.invalid:1"),
        "unknown_host",
    );
    let variable = as_told("http_proxy");
    let sentence =
        format!("error: the proxy `nobody.invalid:1` (from `{variable}`) cannot be found: ");
    assert!(told_of_unknown.starts_with(&sentence), "{told_of_unknown}");
    let (address, _) = proxy(Manner::Says(
        "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n",
    ));
    let told_of_password = told(&plain("HTTP_PROXY", &format!("http://{address}")), "407");
    assert!(
        told_of_password.contains("requires a user name and a password"),
        "{told_of_password}"
    );
}
