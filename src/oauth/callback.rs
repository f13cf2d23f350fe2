//! The server on loopback that the browser comes back to (RFC 8252 section 7.3).
//!
//! Anything on this machine can talk to it. So each connection is served on its own and for a
//! short time, and what arrives is handed over undecided: the authorization request validates it.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HOST, REFERRER_POLICY};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

use super::page::{self, Page};
use crate::error::{Code, Error, Result};

/// The ports that are registered with the provider, in the order they are tried.
pub const PORTS: [u16; 5] = [8400, 8401, 8402, 8403, 8404];

/// The path that is registered with the provider.
pub const CALLBACK_PATH: &str = "/oauth_callback";

/// Nobody but this machine is listened to.
const CALLBACK_HOST: &str = "127.0.0.1";

/// A request's head comes within this time, or the connection is closed.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);

/// A request's head is no longer than this, in bytes. Codes can be long.
const MAX_HEAD: usize = 64 << 10;

/// Connections at once. Of more, the oldest that has asked nothing gives way.
const MAX_CONNECTIONS: usize = 128;

/// How long the browser has to take its page before the program ends.
const FAREWELL: Duration = Duration::from_secs(2);

/// A request to the callback path that waits for its page. Dropped, it is answered as foreign.
#[derive(Debug)]
pub struct CallbackRequest {
    /// The query, as it came.
    pub query: String,
    page: oneshot::Sender<Page>,
}

impl CallbackRequest {
    /// Answers.
    pub fn answer(self, page: Page) {
        // The browser may have gone; then nobody misses the page.
        let _ = self.page.send(page);
    }
}

/// The server. It ends when it is dropped.
#[derive(Debug)]
pub struct CallbackServer {
    redirect_uri: String,
    arrivals: mpsc::Receiver<CallbackRequest>,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<()>,
}

impl Drop for CallbackServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl CallbackServer {
    /// Listens on the first of `ports` that is free.
    ///
    /// # Errors
    /// None of them is.
    pub async fn start(ports: &[u16]) -> Result<Self> {
        for port in ports {
            match TcpListener::bind((CALLBACK_HOST, *port)).await {
                Ok(listener) => return Self::serve(listener),
                Err(error) => tracing::debug!("port {port}: {error}"),
            }
        }
        let all = ports
            .iter()
            .map(u16::to_string)
            .collect::<Vec<_>>()
            .join(", ");
        Err(Error::new(
            Code::SignInFailed,
            format!("no port is free for the browser to come back to ({all})"),
        )
        .hint("end a program that holds one of them (another sign-in, perhaps), or use a personal access token: `pipecat cloud auth use-pat`"))
    }

    fn serve(listener: TcpListener) -> Result<Self> {
        let port = listener
            .local_addr()
            .map_err(|error| Error::new(Code::SignInFailed, "cannot listen").because(error))?
            .port();
        let authority = format!("{CALLBACK_HOST}:{port}");
        let redirect_uri = format!("http://{authority}{CALLBACK_PATH}");
        let (sender, arrivals) = mpsc::channel(1);
        let (stop, stopped) = oneshot::channel();
        let task = tokio::spawn(accept(listener, authority.into(), sender, stopped));
        Ok(Self {
            redirect_uri,
            arrivals,
            stop: Some(stop),
            task,
        })
    }

    /// What the provider sends the browser to.
    #[must_use]
    pub fn redirect_uri(&self) -> &str {
        &self.redirect_uri
    }

    /// The next request to the callback path. Never ends without one.
    pub async fn next(&mut self) -> CallbackRequest {
        match self.arrivals.recv().await {
            Some(arrival) => arrival,
            None => std::future::pending().await,
        }
    }

    /// Treats whatever comes from now on as foreign.
    pub fn close(&mut self) {
        self.arrivals.close();
        while self.arrivals.try_recv().is_ok() {}
    }

    /// Ends, once the browser has its page, or after a little while.
    pub async fn finish(mut self) {
        self.close();
        drop(self.stop.take());
        let _ = tokio::time::timeout(FAREWELL, &mut self.task).await;
    }
}

/// Whether a connection has asked something, and how to end it.
struct Connection {
    busy: Arc<AtomicBool>,
    task: JoinHandle<()>,
}

async fn accept(
    listener: TcpListener,
    authority: Arc<str>,
    arrivals: mpsc::Sender<CallbackRequest>,
    mut stopped: oneshot::Receiver<()>,
) {
    let mut open: VecDeque<Connection> = VecDeque::new();
    loop {
        let stream = tokio::select! {
            _ = &mut stopped => break,
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => stream,
                Err(error) => {
                    // Out of descriptors, say: wait for one instead of spinning.
                    tracing::debug!("callback: {error}");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    continue;
                }
            },
        };
        open.retain(|connection| !connection.task.is_finished());
        if open.len() >= MAX_CONNECTIONS {
            let idle = |connection: &Connection| !connection.busy.load(Ordering::Relaxed);
            let oldest = open.iter().position(idle).unwrap_or_default();
            if let Some(connection) = open.remove(oldest) {
                connection.task.abort();
            }
        }
        let busy = Arc::new(AtomicBool::new(false));
        let conversation = converse(stream, authority.clone(), arrivals.clone(), busy.clone());
        let task = tokio::spawn(conversation);
        open.push_back(Connection { busy, task });
    }
    for connection in open {
        if connection.busy.load(Ordering::Relaxed) {
            let _ = connection.task.await;
        }
    }
}

/// One connection, one request.
async fn converse(
    stream: TcpStream,
    authority: Arc<str>,
    arrivals: mpsc::Sender<CallbackRequest>,
    busy: Arc<AtomicBool>,
) {
    let service = service_fn(move |request: Request<Incoming>| {
        busy.store(true, Ordering::Relaxed);
        let (authority, arrivals) = (authority.clone(), arrivals.clone());
        async move {
            let page = page_for(&request, &authority, &arrivals).await;
            response(&page)
        }
    });
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .max_buf_size(MAX_HEAD)
        .keep_alive(false)
        .serve_connection(TokioIo::new(stream), service)
        .await;
    if let Err(error) = served {
        tracing::debug!("callback: {error}");
    }
}

/// Hands a callback over and waits for its page; anything else is none of the sign-in's business.
async fn page_for(
    request: &Request<Incoming>,
    authority: &str,
    arrivals: &mpsc::Sender<CallbackRequest>,
) -> Page {
    if request.method() != Method::GET || request.uri().path() != CALLBACK_PATH {
        return Page::NotFound;
    }
    // A page of another site that has pointed its name here (DNS rebinding) says another host.
    let host = request.headers().get(HOST);
    if host.is_none_or(|host| host.as_bytes() != authority.as_bytes()) {
        return Page::Foreign;
    }
    let (page, answer) = oneshot::channel();
    let query = request.uri().query().unwrap_or_default().to_owned();
    match arrivals.send(CallbackRequest { query, page }).await {
        Ok(()) => answer.await.unwrap_or(Page::Foreign),
        Err(_) => Page::Foreign,
    }
}

fn response(page: &Page) -> Result<Response<Full<Bytes>>, hyper::http::Error> {
    Response::builder()
        .status(page.status())
        .header(CONTENT_TYPE, "text/html; charset=utf-8")
        .header(CONTENT_SECURITY_POLICY, page::CONTENT_SECURITY_POLICY)
        .header(CACHE_CONTROL, "no-store")
        .header(REFERRER_POLICY, "no-referrer")
        .body(Full::new(Bytes::from(page.html())))
}
