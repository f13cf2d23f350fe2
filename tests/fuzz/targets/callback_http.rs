//! Raw bytes sent to the callback server by whoever on this machine cares to: it answers with a
//! page or not at all, what it quotes from the query stays text, and it serves the browser
//! afterwards.
//!
//! Input: what is sent, in pieces separated by 0xFF. `$H` stands for the server's own authority.
#![no_main]

use std::cell::RefCell;
use std::time::Duration;

use libfuzzer_sys::fuzz_target;
use pipecat_cloud_cli::oauth::{CallbackServer, Page};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::runtime::{Builder, Runtime};
use tokio::time::timeout;

/// Far longer than anything takes here.
const PATIENCE: Duration = Duration::from_secs(5);

/// How long an answer may take before the sender gives up and closes its side.
const PAUSE: Duration = Duration::from_millis(1);

/// So many tags have the pages: the one with nothing to do next, and the others.
const TAGS: [usize; 2] = [35, 37];

struct Bench {
    runtime: Runtime,
    server: CallbackServer,
    authority: String,
}

std::thread_local! {
    static BENCH: RefCell<Bench> = RefCell::new({
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        let server = runtime.block_on(CallbackServer::start(&[0])).unwrap();
        let authority = server.redirect_uri().split('/').nth(2).unwrap().to_owned();
        Bench { runtime, server, authority }
    });
}

fuzz_target!(|data: &[u8]| {
    BENCH.with_borrow_mut(|bench| {
        let Bench {
            runtime,
            server,
            authority,
        } = bench;
        let pieces: Vec<Vec<u8>> = data
            .split(|byte| *byte == 0xFF)
            .take(8)
            .map(|piece| replace(piece, authority.as_bytes()))
            .collect();
        runtime.block_on(async {
            let answer = talk(server, authority, &pieces).await;
            if !answer.is_empty() {
                check(&answer);
            }
            let request =
                format!("GET /oauth_callback?code=1 HTTP/1.1\r\nHost: {authority}\r\n\r\n");
            let answer = talk(server, authority, &[request.into_bytes()]).await;
            let answer = String::from_utf8_lossy(&answer);
            assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
            assert!(answer.contains("code=1"), "{answer}");
        });
    });
});

/// Sends the pieces, answers what arrives, and gives what came back.
async fn talk(server: &mut CallbackServer, authority: &str, pieces: &[Vec<u8>]) -> Vec<u8> {
    let exchange = async {
        let mut stream = TcpStream::connect(authority).await.unwrap();
        // Leaves no closed connection behind to wait for its time-out.
        stream.set_zero_linger().unwrap();
        let mut answer = Vec::new();
        for piece in pieces {
            // The server may have heard enough.
            if stream.write_all(piece).await.is_err() {
                break;
            }
            tokio::task::yield_now().await;
        }
        if timeout(PAUSE, stream.read_to_end(&mut answer))
            .await
            .is_err()
        {
            let _ = stream.shutdown().await;
            let ended = timeout(PATIENCE, stream.read_to_end(&mut answer)).await;
            assert!(ended.is_ok(), "the server neither answers nor closes");
        }
        answer
    };
    tokio::pin!(exchange);
    loop {
        tokio::select! {
            answer = &mut exchange => return answer,
            request = server.next() => {
                let reason = request.query.clone();
                request.respond(Page::Denied { reason });
            }
        }
    }
}

/// A page with no other markup than its own.
fn check(answer: &[u8]) {
    let answer = std::str::from_utf8(answer).expect("what the server says is text");
    let (head, body) = answer.split_once("\r\n\r\n").expect("an answer has a head");
    let status = head
        .strip_prefix("HTTP/1.")
        .and_then(|head| head.split(' ').nth(1));
    let status = status.expect("an answer has a status");
    assert!(["400", "404", "431", "505"].contains(&status), "{head}");
    if !body.is_empty() {
        let head = head.to_ascii_lowercase();
        assert!(
            head.contains("content-security-policy: default-src 'none'"),
            "{head}"
        );
        assert_eq!(body.matches("<script").count(), 1);
        assert_eq!(body.matches('<').count(), body.matches('>').count());
        // What stands in backticks is code, in the provider's words too.
        let body = body.replace("<code>", "").replace("</code>", "");
        let tags = body.matches('<').count();
        assert!(TAGS.contains(&tags), "{tags}: {body}");
    }
}

fn replace(piece: &[u8], authority: &[u8]) -> Vec<u8> {
    let mut replaced = Vec::with_capacity(piece.len());
    let mut rest = piece;
    while let Some(at) = rest.windows(2).position(|two| two == b"$H") {
        replaced.extend_from_slice(&rest[..at]);
        replaced.extend_from_slice(authority);
        rest = &rest[at + 2..];
    }
    replaced.extend_from_slice(rest);
    replaced
}
