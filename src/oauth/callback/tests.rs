//! What the callback server promises, through either door and whatever becomes of the library.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a broken assumption ends the test there and then"
)]

use std::io::{Read as _, Write as _};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::*;

/// Far longer than anything takes here.
const PATIENCE: Duration = Duration::from_secs(20);

/// A server on a port of its own, and its authority.
async fn serve(door: Door, limits: Limits) -> (CallbackServer, String) {
    let listener = TcpListener::bind((CALLBACK_HOST, 0)).await.unwrap();
    let authority = listener.local_addr().unwrap().to_string();
    let server = CallbackServer::serve(listener, || Ok(door), limits).await;
    (server.unwrap(), authority)
}

fn callback(authority: &str, query: &str) -> String {
    format!("GET {CALLBACK_PATH}?{query} HTTP/1.1\r\nHost: {authority}\r\n\r\n")
}

/// Says something, and gives what is answered.
async fn say(authority: &str, said: &str) -> String {
    let mut stream = TcpStream::connect(authority).await.unwrap();
    stream.write_all(said.as_bytes()).await.unwrap();
    let mut answer = String::new();
    let ended = timeout(PATIENCE, stream.read_to_string(&mut answer)).await;
    ended.expect("an end").unwrap();
    answer
}

/// Comes back as a browser does, and is answered.
async fn come_back(server: &mut CallbackServer, authority: &str) -> String {
    let request = callback(authority, "code=1");
    let (answer, ()) = tokio::join!(say(authority, &request), async {
        let request = timeout(PATIENCE, server.next()).await.expect("a request");
        assert_eq!(request.query, "code=1");
        request.respond(Page::SignedIn {
            user: None,
            organization: "acme".into(),
        });
    });
    answer
}

fn is_signed_in(answer: &str) -> bool {
    answer.starts_with("HTTP/1.1 200 ") && answer.ends_with("</html>\n")
}

#[tokio::test]
async fn a_browser_is_served_through_either_door() {
    for door in [Door::open(), Door::local()] {
        let (mut server, authority) = serve(door.unwrap(), Limits::default()).await;
        let answer = come_back(&mut server, &authority).await;
        assert!(is_signed_in(&answer), "{answer}");
        let (head, page) = answer.split_once("\r\n\r\n").unwrap();
        let head = head.to_ascii_lowercase();
        for field in [
            "connection: close".to_owned(),
            format!("content-length: {}", page.len()),
            "cache-control: no-store".to_owned(),
        ] {
            assert!(head.lines().any(|line| line == field), "{field}: {head}");
        }
        server.finish().await;
    }
}

#[tokio::test]
async fn a_request_that_nobody_answers_is_answered_as_foreign() {
    let (mut server, authority) = serve(Door::open().unwrap(), Limits::default()).await;
    let request = callback(&authority, "code=1");
    let (answer, ()) = tokio::join!(say(&authority, &request), async {
        drop(server.next().await);
    });
    assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
    server.close();
    let answer = say(&authority, &request).await;
    assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
}

#[cfg(unix)]
#[tokio::test]
async fn the_inner_door_is_this_users_alone_and_goes_with_the_server() {
    use std::os::unix::fs::PermissionsExt as _;
    let door = Door::open().unwrap();
    let folder = door.folder.as_ref().expect("a folder").path().to_owned();
    let mode = folder.metadata().unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
    let (server, _) = serve(door, Limits::default()).await;
    assert!(folder.join("callback").exists());
    drop(server);
    assert!(!folder.exists());
}

/// Where `tiny_http` has to listen on a port, others can reach it without passing the proxy.
#[tokio::test]
async fn who_comes_past_the_proxy_is_not_heard() {
    let door = Door::local().unwrap();
    let inner = inner_address(&door);
    let (mut server, authority) = serve(door, Limits::default()).await;
    let strangers: Vec<_> = [
        callback(&authority, "code=stolen"),
        format!("GET {CALLBACK_PATH} HTTP/1.1\r\nHost: {authority}\r\nCallback-Pass: x\r\n\r\n"),
        // An answer would wait for these bodies, or make room for them first.
        "POST / HTTP/1.1\r\nContent-Length: 99999999999999\r\n\r\n".into(),
        "POST / HTTP/1.1\r\nContent-Length: 18446744073709551615\r\n\r\n".into(),
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n".into(),
        "no request at all\r\n\r\n".into(),
        String::new(),
    ]
    .into_iter()
    .map(|said| {
        let mut stream = std::net::TcpStream::connect(inner).unwrap();
        stream.write_all(said.as_bytes()).unwrap();
        stream
    })
    .collect();
    let answer = come_back(&mut server, &authority).await;
    assert!(is_signed_in(&answer), "{answer}");
    drop(server);
    for mut stranger in strangers {
        let mut answer = String::new();
        let patience = Some(Duration::from_millis(1));
        stranger.set_read_timeout(patience).unwrap();
        let _ = stranger.read_to_string(&mut answer);
        assert!(!answer.contains("<html"), "{answer}");
    }
}

fn inner_address(door: &Door) -> SocketAddr {
    match &door.listener {
        tiny_http::Listener::Tcp(listener) => listener.local_addr().unwrap(),
        #[cfg(unix)]
        tiny_http::Listener::Unix(_) => unreachable!("a port"),
    }
}

#[tokio::test]
async fn time_limits_end_what_is_never_finished() {
    let limits = Limits {
        head: Duration::from_millis(300),
        answer: Duration::from_millis(300),
        linger: Duration::from_millis(100),
    };
    let (mut server, authority) = serve(Door::open().unwrap(), limits).await;
    let since = Instant::now();
    // Nothing, half a request, and header bytes without end, one by one.
    let (nothing, half, ()) = tokio::join!(
        say(&authority, ""),
        say(&authority, "GET / HTTP/1.1\r\nHost: "),
        async {
            let mut stream = TcpStream::connect(&authority).await.unwrap();
            stream.write_all(b"GET / HTTP/1.1\r\n").await.unwrap();
            while stream.write_all(b"a").await.is_ok() {
                assert!(since.elapsed() < PATIENCE, "never closed");
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        },
    );
    assert_eq!((nothing.as_str(), half.as_str()), ("", ""));
    assert!(since.elapsed() >= limits.head, "{:?}", since.elapsed());
    // A page that is far too long for the system to take in, and is not read.
    let mut stream = TcpStream::connect(&authority).await.unwrap();
    let request = callback(&authority, "code=1");
    stream.write_all(request.as_bytes()).await.unwrap();
    let reason = "x".repeat(32 << 20);
    server.next().await.respond(Page::Denied { reason });
    let finished = timeout(PATIENCE, server.finish()).await;
    assert!(finished.is_ok());
    let mut answer = Vec::new();
    let _ = timeout(PATIENCE, stream.read_to_end(&mut answer))
        .await
        .expect("an end");
    assert!(answer.len() < 32 << 20, "{}", answer.len());
}

/// `tiny_http` ends for good where it cannot accept: at the last descriptor, for example.
#[tokio::test]
async fn a_server_that_has_died_neither_hangs_nor_answers_for_the_sign_in() {
    let door = Door::local().unwrap();
    match &door.listener {
        // An accept that would block is an error.
        tiny_http::Listener::Tcp(listener) => listener.set_nonblocking(true).unwrap(),
        #[cfg(unix)]
        tiny_http::Listener::Unix(_) => unreachable!("a port"),
    }
    let inner = inner_address(&door);
    let (mut server, authority) = serve(door, Limits::default()).await;
    while TcpStream::connect(inner).await.is_ok() {
        tokio::task::yield_now().await;
    }
    let answer = say(&authority, &callback(&authority, "code=1")).await;
    assert!(answer.starts_with("HTTP/1.1 503 "), "{answer}");
    let next = timeout(Duration::from_millis(50), server.next()).await;
    assert!(next.is_err(), "{next:?}");
    timeout(PATIENCE, server.finish()).await.expect("an end");
}

#[tokio::test]
async fn the_end_waits_a_little_for_a_page_and_not_for_ever() {
    let (mut server, authority) = serve(Door::open().unwrap(), Limits::default()).await;
    let mut browser = TcpStream::connect(&authority).await.unwrap();
    let request = callback(&authority, "code=1");
    browser.write_all(request.as_bytes()).await.unwrap();
    let held = server.next().await;
    let since = Instant::now();
    timeout(PATIENCE, server.finish()).await.expect("an end");
    assert!(since.elapsed() >= FAREWELL, "{:?}", since.elapsed());
    drop(held);
}

/// Threads take the name of the one that starts them, so those of the library are known as well.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn no_thread_outlives_the_server() {
    let mut names = Vec::new();
    for door in [Door::open(), Door::local()] {
        let (mut server, authority) = serve(door.unwrap(), Limits::default()).await;
        let _idle = TcpStream::connect(&authority).await.unwrap();
        come_back(&mut server, &authority).await;
        let port = authority.rsplit(':').next().unwrap();
        let name = format!("callback {port}\n");
        assert!(threads(&name) >= 3, "{}", threads(&name));
        drop(server);
        assert!(TcpStream::connect(&authority).await.is_err());
        names.push(name);
    }
    let since = Instant::now();
    // The library lets go of its own after five seconds without work.
    for name in names {
        while threads(&name) > 0 {
            assert!(since.elapsed() < PATIENCE, "{} threads", threads(&name));
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

/// How many threads of this process have that name, as the system writes it.
#[cfg(target_os = "linux")]
fn threads(name: &str) -> usize {
    let tasks = std::fs::read_dir("/proc/self/task").unwrap();
    let names =
        tasks.filter_map(|task| std::fs::read_to_string(task.ok()?.path().join("comm")).ok());
    names.filter(|other| other == name).count()
}
