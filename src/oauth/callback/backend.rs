//! `tiny_http`, behind a door that only the [proxy](super::proxy) goes through.
//!
//! A thread takes requests and passes them on; another writes the answers.

use std::io;
use std::pin::pin;
use std::sync::{Arc, mpsc};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use oauth2::CsrfToken;
use tempfile::TempDir;
use tiny_http::{Header, ListenAddr, Listener, Method, Request, Response, Server};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::mpsc::UnboundedSender;
use tokio::sync::{Semaphore, oneshot};
use tokio::time::timeout;

use super::head::Head;
use super::{CALLBACK_HOST, CALLBACK_PATH, CallbackRequest};
use crate::oauth::page::{self, Page};

/// Requests at once.
pub(super) const MAX_REQUESTS: usize = 8;

/// The library counts a thread that it has woken as free, so a request can come to stand behind a
/// connection that says nothing. Another connection gets it out of there: one is made after this
/// time without an answer, and again after twice as long.
const NUDGE: Duration = Duration::from_millis(200);

/// The field by which a request shows that it came through the proxy.
const PASS: &str = "Callback-Pass";

/// Where `tiny_http` listens.
pub(super) struct Door {
    pub(super) listener: Listener,
    /// The folder with the socket in it, where there is one.
    pub(super) folder: Option<TempDir>,
}

impl Door {
    /// A socket that only this user can reach; where there are none, a port of this machine.
    pub(super) fn open() -> io::Result<Self> {
        #[cfg(unix)]
        match Self::private() {
            Ok(door) => return Ok(door),
            Err(error) => tracing::debug!("callback: no private socket: {error}"),
        }
        Self::local()
    }

    #[cfg(unix)]
    fn private() -> io::Result<Self> {
        use std::fs::Permissions;
        use std::os::unix::fs::PermissionsExt as _;
        use std::os::unix::net::UnixListener;
        let folder = tempfile::Builder::new()
            .prefix("pipecat-")
            .permissions(Permissions::from_mode(0o700))
            .tempdir()?;
        Ok(Self {
            listener: UnixListener::bind(folder.path().join("callback"))?.into(),
            folder: Some(folder),
        })
    }

    pub(super) fn local() -> io::Result<Self> {
        Ok(Self {
            listener: std::net::TcpListener::bind((CALLBACK_HOST, 0))?.into(),
            folder: None,
        })
    }
}

/// The server and its threads. They end when it is dropped.
pub(super) struct Backend {
    server: Option<Running>,
    receiver: Option<JoinHandle<()>>,
    upstream: Arc<Upstream>,
    _folder: Option<TempDir>,
}

impl std::fmt::Debug for Backend {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Backend").finish_non_exhaustive()
    }
}

impl Drop for Backend {
    fn drop(&mut self) {
        drop(self.server.take());
        // It waits for nothing else. With it gone, the server goes, and takes its socket along.
        if let Some(receiver) = self.receiver.take() {
            let _ = receiver.join();
        }
    }
}

impl Backend {
    /// Serves behind `door` what is sent to `authority`, and passes on what is a callback.
    pub(super) async fn start(
        door: Door,
        authority: String,
        requests: UnboundedSender<CallbackRequest>,
    ) -> anyhow::Result<Self> {
        let port = authority.rsplit(':').next().unwrap_or_default();
        // The library's threads are called so as well, after the one that starts them.
        let name = format!("callback {port}");
        let (responses, to_send) = mpsc::channel::<PendingResponse>();
        thread::Builder::new()
            .name(name.clone())
            .spawn(move || to_send.into_iter().for_each(PendingResponse::send))?;
        let pass = CsrfToken::new_random().into_secret();
        let incoming = Incoming {
            authority,
            pass: pass.clone(),
            requests,
            responses,
        };
        let Door { listener, folder } = door;
        let (started, starting) = oneshot::channel();
        // The server starts threads of its own and panics where it cannot: not on this one.
        let receiver =
            thread::Builder::new().name(name).spawn(move || {
                match Server::from_listener(listener, None).map(Arc::new) {
                    Ok(server) => {
                        drop(started.send(Ok(Running(server.clone()))));
                        incoming.pass_on(&server);
                    }
                    Err(error) => drop(started.send(Err(error))),
                }
            })?;
        let server = starting.await?.map_err(|error| anyhow::anyhow!(error))?;
        let upstream = Arc::new(Upstream {
            address: server.0.server_addr(),
            pass,
            places: Semaphore::new(MAX_REQUESTS),
        });
        Ok(Self {
            server: Some(server),
            receiver: Some(receiver),
            upstream,
            _folder: folder,
        })
    }

    /// The way in.
    pub(super) fn upstream(&self) -> Arc<Upstream> {
        self.upstream.clone()
    }
}

/// The server, from which no more requests are taken once this is dropped.
struct Running(Arc<Server>);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.unblock();
    }
}

/// What the thread knows that takes requests.
struct Incoming {
    authority: String,
    pass: String,
    requests: UnboundedSender<CallbackRequest>,
    responses: mpsc::Sender<PendingResponse>,
}

impl Incoming {
    /// Passes requests on until the server is unblocked, or has come to an end.
    fn pass_on(&self, server: &Server) {
        for request in server.incoming_requests() {
            if value(&request, PASS) != Some(&self.pass) {
                // To answer it, and even to drop it, is to make room and wait for the body that
                // it speaks of.
                std::mem::forget(request);
                continue;
            }
            let query = callback_query(&request, &self.authority);
            let reply = Reply {
                request: Some(request),
                responses: self.responses.clone(),
            };
            match query {
                // Where nobody is interested any more, it is dropped, and so answered.
                Ok(query) => drop(self.requests.send(CallbackRequest { query, reply })),
                Err(page) => reply.send(page),
            }
        }
    }
}

/// The query of a callback; for all that is none of the sign-in's business, its page.
fn callback_query(request: &Request, authority: &str) -> Result<String, Page> {
    let target = request.url();
    // The form that proxies are sent is understood by all (RFC 9112 section 3.2.2).
    let target = match target.strip_prefix("http://") {
        Some(rest) => rest.strip_prefix(authority).unwrap_or_default(),
        None => target,
    };
    let target = target.split('#').next().unwrap_or_default();
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    if *request.method() != Method::Get || path != CALLBACK_PATH {
        return Err(Page::NotFound);
    }
    // A page of another site that has pointed its name here (DNS rebinding) says another host.
    if value(request, "Host") != Some(authority) {
        return Err(Page::Foreign);
    }
    Ok(query.to_owned())
}

/// The value of a header field that is there once.
fn value<'a>(request: &'a Request, name: &'static str) -> Option<&'a str> {
    let fields = request.headers().iter();
    let mut fields = fields.filter(|header| header.field.equiv(name));
    let field = fields.next()?;
    fields.next().is_none().then(|| field.value.as_str())
}

/// A request that waits for its page. Dropped, it is answered as foreign.
pub(super) struct Reply {
    request: Option<Request>,
    responses: mpsc::Sender<PendingResponse>,
}

impl Reply {
    pub(super) fn send(mut self, page: Page) {
        self.give(page);
    }

    fn give(&mut self, page: Page) {
        if let Some(request) = self.request.take() {
            // Without the thread that writes, the request is dropped, which closes it.
            let _ = self.responses.send(PendingResponse { request, page });
        }
    }
}

impl Drop for Reply {
    fn drop(&mut self) {
        self.give(Page::Foreign);
    }
}

/// A page on its way.
struct PendingResponse {
    request: Request,
    page: Page,
}

impl PendingResponse {
    /// Writes it, which takes as long as the other side takes.
    fn send(self) {
        let fields = [
            ("Content-Type", "text/html; charset=utf-8"),
            ("Content-Security-Policy", page::CONTENT_SECURITY_POLICY),
            ("Cache-Control", "no-store"),
            ("Referrer-Policy", "no-referrer"),
        ];
        let response = Response::from_string(self.page.html())
            .with_status_code(self.page.status())
            // HTTP/1.0 knows no chunks, and who asks with it is not told apart any more.
            .with_chunked_threshold(usize::MAX);
        let fields = fields.into_iter();
        let response = fields
            .filter_map(|(name, value)| Header::from_bytes(name, value).ok())
            .fold(response, Response::with_header);
        if let Err(error) = self.request.respond(response) {
            tracing::debug!("callback: {error}");
        }
    }
}

/// How the proxy reaches the server.
pub(super) struct Upstream {
    address: ListenAddr,
    pass: String,
    places: Semaphore,
}

impl Upstream {
    /// Asks, and takes the whole answer.
    pub(super) async fn ask(self: Arc<Self>, head: Head) -> io::Result<Vec<u8>> {
        // A connection that is given up before it is accepted can be the end of the server. So it
        // is not given up, whatever becomes of whoever asks.
        tokio::spawn(async move { self.exchange(head).await }).await?
    }

    async fn exchange(&self, head: Head) -> io::Result<Vec<u8>> {
        let _place = self.places.acquire().await.map_err(io::Error::other)?;
        let request = head.into_request(PASS, &self.pass);
        let mut answer = pin!(round_trip(self.connect().await?, &request));
        let mut pause = NUDGE;
        loop {
            if let Ok(answer) = timeout(pause, &mut answer).await {
                return answer;
            }
            drop(self.connect().await);
            pause *= 2;
        }
    }

    async fn connect(&self) -> io::Result<Box<dyn Stream>> {
        Ok(match &self.address {
            ListenAddr::IP(address) => Box::new(TcpStream::connect(address).await?),
            #[cfg(unix)]
            ListenAddr::Unix(address) => {
                let path = address.as_pathname().ok_or(io::ErrorKind::NotFound)?;
                Box::new(tokio::net::UnixStream::connect(path).await?)
            }
        })
    }
}

/// A connection of whatever kind.
trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// Sends a request, and reads what comes back to its end.
async fn round_trip(mut stream: Box<dyn Stream>, request: &str) -> io::Result<Vec<u8>> {
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await?;
    let line = answer.windows(2).position(|end| end == b"\r\n");
    let Some(line) = line else {
        return Err(io::ErrorKind::UnexpectedEof.into());
    };
    // The library does not say what it does.
    let end_of_line = line + 2;
    answer.splice(end_of_line..end_of_line, *b"Connection: close\r\n");
    Ok(answer)
}
