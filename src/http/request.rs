//! A request, and what goes with it.

use std::fmt;
use std::io::{self, Read};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use reqwest::{Method, RequestBuilder};
use secrecy::SecretString;
use url::Url;

use super::{Response, timeout};
use crate::error::{Code, Error, Result};

/// From sending a request to the last byte of the response.
const RESPONSE_TIMEOUT: Duration = Duration::from_secs(30);

/// No answer of a service that is read whole is near this size, in bytes.
const MAX_BODY: usize = 32 << 20;

/// What is read from a file at once, in bytes.
const CHUNK: usize = 64 << 10;

/// How long, and how much.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// From sending the request to the last byte of the response, if that has an end.
    pub total: Option<Duration>,
    /// All attempts at a read together, if they have a limit beside the command's.
    pub attempts: Option<Duration>,
    /// How long nothing may move, in either direction.
    pub stall: Duration,
    /// The largest response that is collected, in bytes.
    pub body: usize,
    /// Whether the request goes on where the command's own time is up: what it brings would be lost.
    pub beyond_command: bool,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            total: Some(RESPONSE_TIMEOUT),
            attempts: None,
            stall: RESPONSE_TIMEOUT,
            body: MAX_BODY,
            beyond_command: false,
        }
    }
}

/// What is sent beside the method and the address. Its `Debug` shows none of it: there may be
/// tokens in it.
#[derive(Clone, Default)]
pub enum Body {
    /// Nothing.
    #[default]
    None,
    /// JSON.
    Json(serde_json::Value),
    /// A form, already encoded (`application/x-www-form-urlencoded`).
    Form(Vec<u8>),
    /// Bytes that are read as they go.
    Upload(Upload),
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "None",
            Self::Json(_) => "Json(..)",
            Self::Form(_) => "Form(..)",
            Self::Upload(_) => "Upload(..)",
        })
    }
}

impl Body {
    /// Puts the body into a request, and gives the count of the bytes that have left, where they
    /// go one after the other.
    pub(super) fn attach(
        &self,
        request: RequestBuilder,
    ) -> Result<(RequestBuilder, Option<Arc<AtomicU64>>)> {
        Ok(match self {
            Self::None => (request, None),
            Self::Json(json) => (request.json(json), None),
            Self::Form(form) => (
                request
                    .header("Content-Type", "application/x-www-form-urlencoded")
                    .body(form.clone()),
                None,
            ),
            Self::Upload(upload) => {
                let body = upload.start()?;
                let request = request
                    .header("Content-Type", &*upload.content_type)
                    .body(reqwest::Body::wrap(body));
                (request, Some(Arc::clone(&upload.sent)))
            }
        })
    }
}

/// Opens what is to be sent.
type Open = dyn Fn() -> io::Result<Box<dyn Read + Send + Sync>>;

/// Bytes that are read as they go, of a length that is known (`Content-Length`). Sent again, they
/// are read from the beginning.
#[derive(Clone)]
pub struct Upload {
    content_type: Arc<str>,
    length: u64,
    open: Arc<Open>,
    sent: Arc<AtomicU64>,
}

impl Upload {
    /// The `length` bytes that `open` gives to read.
    pub fn new(
        content_type: &str,
        length: u64,
        open: impl Fn() -> io::Result<Box<dyn Read + Send + Sync>> + 'static,
    ) -> Self {
        Self {
            content_type: content_type.into(),
            length,
            open: Arc::new(open),
            sent: Arc::default(),
        }
    }

    /// How many bytes there are.
    #[must_use]
    pub fn length(&self) -> u64 {
        self.length
    }

    /// How many bytes have left so far, for who shows progress.
    #[must_use]
    pub fn sent(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.sent)
    }

    /// What is sent, from the beginning.
    #[cfg(test)]
    pub(super) fn reader(&self) -> io::Result<Box<dyn Read + Send + Sync>> {
        (self.open)()
    }

    fn start(&self) -> Result<UploadBody> {
        self.sent.store(0, Ordering::Relaxed);
        let reader = (self.open)().map_err(|error| {
            Error::new(Code::Internal, "cannot read what is to be sent").because(error)
        })?;
        Ok(UploadBody {
            reader: Some(reader.take(self.length)),
            left: self.length,
            sent: Arc::clone(&self.sent),
        })
    }
}

/// An [`Upload`] on its way.
struct UploadBody {
    /// Until it has all been read.
    reader: Option<io::Take<Box<dyn Read + Send + Sync>>>,
    left: u64,
    sent: Arc<AtomicU64>,
}

impl http_body::Body for UploadBody {
    type Data = Bytes;
    type Error = io::Error;

    /// Reads from a local file, which is done in no time: nothing else waits for it.
    fn poll_frame(
        mut self: Pin<&mut Self>,
        _context: &mut Context<'_>,
    ) -> Poll<Option<Result<http_body::Frame<Bytes>, io::Error>>> {
        let Some(reader) = &mut self.reader else {
            return Poll::Ready(None);
        };
        let mut chunk = vec![0; CHUNK];
        let read = match reader.read(&mut chunk) {
            Ok(0) if self.left > 0 => Err(io::ErrorKind::UnexpectedEof.into()),
            read => read,
        };
        match read {
            Ok(0) => {
                self.reader = None;
                Poll::Ready(None)
            }
            Ok(length) => {
                chunk.truncate(length);
                self.left -= length as u64;
                self.sent.fetch_add(length as u64, Ordering::Relaxed);
                Poll::Ready(Some(Ok(http_body::Frame::data(chunk.into()))))
            }
            Err(error) => {
                self.reader = None;
                Poll::Ready(Some(Err(error)))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.reader.is_none() || self.left == 0
    }

    fn size_hint(&self) -> http_body::SizeHint {
        http_body::SizeHint::with_exact(self.left)
    }
}

/// What `work` gives, unless nothing has moved for `stall`: no response, and no byte of `progress`.
pub(super) async fn unless_stalled<T>(
    work: impl Future<Output = T>,
    progress: Option<Arc<AtomicU64>>,
    stall: Duration,
) -> Option<T> {
    let so_far = || {
        let sent = progress.as_ref();
        sent.map_or(0, |sent| sent.load(Ordering::Relaxed))
    };
    let mut work = std::pin::pin!(work);
    loop {
        let before = so_far();
        match timeout(stall, &mut work).await {
            Some(done) => return Some(done),
            None if so_far() == before => return None,
            None => {}
        }
    }
}

/// A request.
#[derive(Clone, Debug)]
pub struct Request {
    /// The method.
    pub method: Method,
    /// Where to.
    pub url: Url,
    /// The `Authorization: Bearer` token (RFC 6750), if any.
    pub bearer: Option<SecretString>,
    /// What goes with it.
    pub body: Body,
    /// How long it may take, and how much may come.
    pub limits: Limits,
    /// Whether it may be sent again where the outcome of the first time is unknown: a GET, or a
    /// write of which twice is the same as once.
    pub is_repeatable: bool,
    /// Whether the address is nobody's business, in no log either: who knows it may do what it
    /// stands for.
    pub is_secret: bool,
    /// Which responses say "not now", beside those that do for everybody.
    pub also_transient: fn(&Response) -> bool,
}

impl Request {
    /// A request with nothing beside the method and the address.
    #[must_use]
    pub fn new(method: Method, url: Url) -> Self {
        Self {
            is_repeatable: method == Method::GET,
            method,
            url,
            bearer: None,
            body: Body::None,
            limits: Limits::default(),
            is_secret: false,
            also_transient: |_| false,
        }
    }

    /// A read.
    #[must_use]
    pub fn get(url: Url) -> Self {
        Self::new(Method::GET, url)
    }

    /// The same request with a token.
    #[must_use]
    pub fn bearer(self, token: SecretString) -> Self {
        Self {
            bearer: Some(token),
            ..self
        }
    }

    /// The same request with a body.
    #[must_use]
    pub fn body(self, body: Body) -> Self {
        Self { body, ..self }
    }

    /// The same request within other limits.
    #[must_use]
    pub fn limits(self, limits: Limits) -> Self {
        Self { limits, ..self }
    }

    /// The same request with these pairs as its query, if there are any
    /// (`application/x-www-form-urlencoded`).
    #[must_use]
    pub fn query(mut self, pairs: &[(&str, &str)]) -> Self {
        if !pairs.is_empty() {
            self.url.query_pairs_mut().extend_pairs(pairs);
        }
        self
    }

    /// The same request, which may be sent again: twice is the same as once.
    #[must_use]
    pub fn repeatable(self) -> Self {
        Self {
            is_repeatable: true,
            ..self
        }
    }
}
