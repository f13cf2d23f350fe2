//! A service on loopback that answers whatever the fuzzer says, for the program's own client.

use std::collections::VecDeque;
use std::fmt::Write as _;
use std::rc::Rc;
use std::sync::{Arc, Mutex, PoisonError};

use pipecat_cloud_cli::limit::TimeLimit;
use pipecat_cloud_cli::http::Http;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::{Builder, Runtime};
use url::Url;

/// The statuses that an input can choose from.
const STATUSES: [u16; 20] = [
    200, 201, 204, 301, 302, 303, 307, 400, 401, 402, 403, 404, 409, 418, 429, 500, 502, 503, 599,
    999,
];

/// What the service answers.
pub struct Answer {
    status: u16,
    location: Option<String>,
    retry_after: String,
    body: Vec<u8>,
}

impl Answer {
    /// An answer from the input's bytes: a status by its index, headers, a body.
    #[must_use]
    pub fn new(status: u8, location: &[u8], retry_after: &[u8], body: &[u8]) -> Self {
        let mut retry_after = header(retry_after);
        let status = STATUSES[usize::from(status) % STATUSES.len()];
        // Nothing that is waited for: no time at all, or more than a command has.
        let wait = retry_after.trim();
        if !wait.is_empty() && wait.bytes().all(|byte| byte.is_ascii_digit()) {
            retry_after.insert_str(0, "99");
        } else if [429, 502, 503].contains(&status) {
            retry_after = "0".into();
        }
        Self {
            status,
            location: Some(header(location)).filter(|location| !location.is_empty()),
            retry_after,
            body: body.to_vec(),
        }
    }

    fn bytes(&self) -> Vec<u8> {
        let mut head = format!(
            "HTTP/1.1 {} x\r\nretry-after: {}\r\n",
            self.status, self.retry_after
        );
        if let Some(location) = &self.location {
            let _ = write!(head, "location: {location}\r\n");
        }
        if self.status == 204 {
            return [head.as_bytes(), b"\r\n"].concat();
        }
        let _ = write!(head, "content-length: {}\r\n\r\n", self.body.len());
        [head.as_bytes(), &self.body].concat()
    }
}

/// Bytes that can stand in a header.
fn header(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    text.chars()
        .filter(|it| !it.is_control())
        .take(200)
        .collect()
}

#[derive(Default)]
struct Script {
    answers: VecDeque<Vec<u8>>,
    heads: Vec<String>,
}

/// The service, and a client of the program that knows the way to it.
pub struct Cloud {
    runtime: Runtime,
    script: Arc<Mutex<Script>>,
    /// Where it is.
    pub base: Url,
    /// The client.
    pub http: Rc<Http>,
    limit: Rc<TimeLimit>,
}

impl Default for Cloud {
    fn default() -> Self {
        let limit = Rc::new(TimeLimit::default());
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        let script = Arc::<Mutex<Script>>::default();
        let shared = Arc::clone(&script);
        runtime.spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&shared)));
            }
        });
        Self {
            runtime,
            script,
            base: Url::parse(&format!("http://{address}/")).unwrap(),
            http: Rc::new(Http::new(Rc::clone(&limit))),
            limit,
        }
    }
}

impl Cloud {
    /// Runs `work` against the service, which gives `answers` one after the other, and then 404s.
    /// Also gives the heads of the requests that came.
    pub fn run<T>(&self, answers: &[Answer], work: impl Future<Output = T>) -> (T, Vec<String>) {
        let script = || self.script.lock().unwrap_or_else(PoisonError::into_inner);
        *script() = Script {
            answers: answers.iter().map(Answer::bytes).collect(),
            heads: Vec::new(),
        };
        self.limit.restart();
        let outcome = self.runtime.block_on(work);
        let heads = std::mem::take(&mut script().heads);
        (outcome, heads)
    }
}

async fn serve(mut stream: TcpStream, script: Arc<Mutex<Script>>) {
    let mut received = Vec::new();
    let mut chunk = [0; 16 << 10];
    loop {
        let head = received.windows(4).position(|four| four == b"\r\n\r\n");
        if let Some(end) = head.map(|at| at + 4) {
            let head = String::from_utf8_lossy(&received[..end]).into_owned();
            let length = head.to_ascii_lowercase();
            let length = length
                .lines()
                .find_map(|line| line.strip_prefix("content-length: "));
            let length: usize = length.and_then(|length| length.parse().ok()).unwrap_or(0);
            if received.len() >= end + length {
                received.drain(..end + length);
                let answer = {
                    let mut script = script.lock().unwrap_or_else(PoisonError::into_inner);
                    script.heads.push(head);
                    script.answers.pop_front()
                };
                let answer = answer.unwrap_or_else(|| Answer::new(11, b"", b"", b"").bytes());
                if stream.write_all(&answer).await.is_err() {
                    return;
                }
                continue;
            }
        }
        match stream.read(&mut chunk).await {
            Ok(0) | Err(_) => return,
            Ok(count) => received.extend_from_slice(&chunk[..count]),
        }
    }
}
