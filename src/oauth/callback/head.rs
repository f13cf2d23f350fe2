//! The head of a request, read from a stranger and written anew for `tiny_http`.

use std::fmt;
use std::io;

use httparse::{EMPTY_HEADER, Error, Request, Status};
use tokio::io::{AsyncRead, AsyncReadExt as _};

/// A head is no longer than this, in bytes. Codes can be long.
const MAX_LENGTH: usize = 64 << 10;

/// A head has no more fields than this.
const MAX_FIELDS: usize = 100;

/// What of a request matters: the rest, its body among it, goes no further. There may be a code in
/// its target, which no `Debug` shows.
#[derive(PartialEq, Eq)]
pub(super) struct Head {
    method: String,
    target: String,
    /// Where it was sent to. There should be one.
    hosts: Vec<String>,
}

impl fmt::Debug for Head {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Head")
            .field("method", &self.method)
            .field("hosts", &self.hosts)
            .finish_non_exhaustive()
    }
}

/// Why there is no head.
#[derive(Debug)]
pub(super) enum Refusal {
    /// It is answered with this status line's number and words (RFC 9110 section 15.5).
    Status(&'static str),
    /// The connection ended or broke.
    Gone(Option<io::Error>),
}

const MALFORMED: Refusal = Refusal::Status("400 Bad Request");
const TOO_LARGE: Refusal = Refusal::Status("431 Request Header Fields Too Large");
const NO_SUCH_VERSION: Refusal = Refusal::Status("505 HTTP Version Not Supported");

/// Reads a head, and as much of what follows as came along with it.
pub(super) async fn read(stream: &mut (impl AsyncRead + Unpin)) -> Result<Head, Refusal> {
    let mut received = Vec::new();
    let mut piece = [0; 4096];
    loop {
        let length = match stream.read(&mut piece).await {
            Ok(0) => return Err(Refusal::Gone(None)),
            Ok(length) => length,
            Err(error) => return Err(Refusal::Gone(Some(error))),
        };
        let piece = &piece[..length];
        // What is no HTTP shows at once, and a head ends with a line: in between there is nothing
        // to learn, however small the pieces are.
        let worth_a_look = received.is_empty() || piece.contains(&b'\n');
        received.extend_from_slice(piece);
        if worth_a_look && let Some(head) = Head::parse(&received)? {
            return Ok(head);
        }
        if received.len() >= MAX_LENGTH {
            return Err(TOO_LARGE);
        }
    }
}

impl Head {
    /// The head that `received` begins with; nothing if it is not whole yet.
    fn parse(received: &[u8]) -> Result<Option<Self>, Refusal> {
        let mut fields = [EMPTY_HEADER; MAX_FIELDS];
        let mut request = Request::new(&mut fields);
        match request.parse(received) {
            Ok(Status::Complete(length)) if length <= MAX_LENGTH => {}
            Ok(Status::Complete(_)) | Err(Error::TooManyHeaders) => return Err(TOO_LARGE),
            Ok(Status::Partial) => return Ok(None),
            Err(Error::Version) => return Err(NO_SUCH_VERSION),
            Err(_) => return Err(MALFORMED),
        }
        let (Some(method), Some(target)) = (request.method, request.path) else {
            return Err(MALFORMED);
        };
        let hosts = request.headers.iter();
        let hosts = hosts.filter(|field| field.name.eq_ignore_ascii_case("host"));
        Ok(Some(Self {
            method: method.to_owned(),
            target: ascii(target),
            hosts: hosts
                .map(|field| ascii(&String::from_utf8_lossy(field.value)))
                .collect(),
        }))
    }

    /// The same as `tiny_http` is to see it: whole, without a body, the last of its connection,
    /// and with a field more.
    pub(super) fn into_request(self, name: &str, value: &str) -> String {
        let Self { method, target, .. } = self;
        let hosts = self.hosts.iter().map(|host| format!("Host: {host}\r\n"));
        let hosts: String = hosts.collect();
        format!("{method} {target} HTTP/1.1\r\n{hosts}{name}: {value}\r\nConnection: close\r\n\r\n")
    }
}

/// Percent-encodes what `tiny_http` would not take.
fn ascii(text: &str) -> String {
    use std::fmt::Write as _;
    let mut ascii = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_ascii() {
            ascii.push(character);
        } else {
            for byte in character.encode_utf8(&mut [0; 4]).bytes() {
                let _ = write!(ascii, "%{byte:02X}");
            }
        }
    }
    ascii
}

#[cfg(test)]
mod tests {
    use tokio::io::AsyncWriteExt as _;

    use super::*;

    /// What becomes of these bytes when they come in pieces of this length.
    async fn read_in_pieces(bytes: &str, length: usize) -> Result<Head, Refusal> {
        let (mut sender, mut receiver) = tokio::io::duplex(length);
        let sending = async {
            // The other side may have heard enough.
            let _ = sender.write_all(bytes.as_bytes()).await;
            drop(sender);
        };
        let reading = async {
            let head = read(&mut receiver).await;
            drop(receiver);
            head
        };
        tokio::join!(sending, reading).1
    }

    #[tokio::test]
    async fn of_a_request_only_what_matters_goes_on() {
        let request = "\r\nPOST /p\u{e4}th?a=\u{20ac} HTTP/1.0\nhost:  one \r\nContent-Length: 999\r\n\
            Transfer-Encoding: chunked\r\nTE: trailers\r\nExpect: 100-continue\r\nHost: two\r\n\
            Connection: upgrade\r\nSecret: guessed\r\n\r\nbody";
        for length in [1, 2, 7, 4096] {
            let head = read_in_pieces(request, length).await.ok();
            let request = head.map(|head| head.into_request("Secret", "right"));
            assert_eq!(
                request.as_deref(),
                Some(
                    "POST /p%C3%A4th?a=%E2%82%AC HTTP/1.1\r\nHost: one\r\nHost: two\r\n\
                Secret: right\r\nConnection: close\r\n\r\n"
                )
            );
        }
    }

    #[tokio::test]
    async fn what_is_no_request_is_refused_as_soon_as_it_shows() {
        let many = format!("GET / HTTP/1.1\r\n{}", "a: b\r\n".repeat(200));
        let long = format!("GET / HTTP/1.1\r\na: {}", "b".repeat(MAX_LENGTH));
        for (said, status) in [
            ("\u{16}\u{3}\u{1}", "400"),
            ("GET / HTTP/1.1\r\nno colon\r\n", "400"),
            ("GET / HTTP/1.1\r\nHost: a\u{0}b\r\n", "400"),
            ("GET /\r\n", "400"),
            ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "505"),
            (&many, "431"),
            (&long, "431"),
        ] {
            let head = read_in_pieces(said, 4096).await;
            assert!(
                matches!(head, Err(Refusal::Status(line)) if line.starts_with(status)),
                "{head:?}"
            );
        }
        for half in ["", "GET / HTTP/1.1\r\nHost: a\r\n"] {
            let head = read_in_pieces(half, 4096).await;
            assert!(matches!(head, Err(Refusal::Gone(None))), "{head:?}");
        }
    }
}
