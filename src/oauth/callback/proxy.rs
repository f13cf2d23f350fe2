//! What stands between strangers and `tiny_http`, and has the limits that it has not.
//!
//! A connection is served on its own and for a short time, one request each. Only a whole head is
//! passed on, and an answer is taken in whole before a client is given the first byte of it: how
//! slow a client is, `tiny_http` never knows.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, oneshot, watch};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::backend::{MAX_REQUESTS, Upstream};
use super::head::{self, Refusal};

/// Connections at once. Of more, the oldest that has asked nothing gives way.
const MAX_CONNECTIONS: usize = 128;

/// How long a connection may take for its parts, before it is closed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// To send a request's head.
    pub(super) head: Duration,
    /// To take the answer.
    pub(super) answer: Duration,
    /// To go on talking once it has it. To close on a client that does would take from it what
    /// it has not read yet.
    pub(super) linger: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            head: Duration::from_secs(10),
            answer: Duration::from_secs(10),
            linger: Duration::from_secs(1),
        }
    }
}

/// Where a connection stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Asking,
    Waiting,
    Answered,
}

/// A connection. It ends when it is dropped.
struct Connection {
    phase: watch::Receiver<Phase>,
    task: JoinHandle<()>,
}

impl Connection {
    fn is_waiting(&self) -> bool {
        *self.phase.borrow() == Phase::Waiting
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Accepts connections until `stopped`, then waits until those that have asked are answered.
pub(super) async fn serve(
    listener: TcpListener,
    upstream: Arc<Upstream>,
    limits: Limits,
    mut stopped: oneshot::Receiver<()>,
) {
    let mut open = VecDeque::new();
    let places = places(&listener);
    let waiting = Arc::new(Semaphore::new(places));
    loop {
        let stream = tokio::select! {
            _ = &mut stopped => break,
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => stream,
                Err(error) => {
                    // Out of descriptors, say: wait for one instead of spinning.
                    tracing::debug!("callback: {error}");
                    give_way(&mut open).await;
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    continue;
                }
            },
        };
        tokio::select! {
            _ = &mut stopped => break,
            () = make_room(&mut open, places, &waiting) => {}
        }
        let (sender, phase) = watch::channel(Phase::Asking);
        let conversation = Conversation {
            stream,
            limits,
            phase: sender,
            waiting: waiting.clone(),
        };
        let task = tokio::spawn(conversation.lead(upstream.clone()));
        open.push_back(Connection { phase, task });
    }
    // Whoever comes now is told so at once, and whoever has said nothing is not waited for.
    drop(listener);
    open.retain(Connection::is_waiting);
    for mut connection in open {
        let answered = |phase: &Phase| *phase != Phase::Waiting;
        let _ = connection.phase.wait_for(answered).await;
    }
}

/// How many connections there are descriptors for, beside those for their answers and for the rest
/// of the program. Where there is none left, `tiny_http` ends for good.
fn places(listener: &TcpListener) -> usize {
    /// For a request: one in the proxy, two in `tiny_http`.
    const OF_A_REQUEST: usize = 3;
    const OF_THE_REST: usize = 16;
    let of_requests = MAX_REQUESTS * OF_A_REQUEST;
    let free = free_descriptors(listener, MAX_CONNECTIONS + of_requests + OF_THE_REST);
    let free = free.saturating_sub(OF_THE_REST);
    free.saturating_sub(of_requests)
        .max(free / (1 + OF_A_REQUEST))
        .clamp(1, MAX_CONNECTIONS)
}

/// How many of `wanted` descriptors there are: so many copies can be had at once.
#[cfg(unix)]
fn free_descriptors(of: &TcpListener, wanted: usize) -> usize {
    use std::os::fd::AsFd as _;
    let copies = (0..wanted).map_while(|_| of.as_fd().try_clone_to_owned().ok());
    copies.collect::<Vec<_>>().len()
}

/// All of them: this system has no limit.
#[cfg(not(unix))]
fn free_descriptors(_: &TcpListener, wanted: usize) -> usize {
    wanted
}

/// Sees that there is room for a connection. Nobody who has asked gives way to a newcomer: it
/// takes little time to be answered, and so long the newcomer waits.
async fn make_room(open: &mut VecDeque<Connection>, places: usize, waiting: &Semaphore) {
    loop {
        open.retain(|connection| !connection.task.is_finished());
        if open.len() < places {
            return;
        }
        if !give_way(open).await {
            drop(waiting.acquire().await);
        }
    }
}

/// Closes the oldest connection that does not wait for an answer; says whether there was one.
async fn give_way(open: &mut VecDeque<Connection>) -> bool {
    let oldest = open.iter().position(|connection| !connection.is_waiting());
    let Some(mut oldest) = oldest.and_then(|oldest| open.remove(oldest)) else {
        return false;
    };
    oldest.task.abort();
    // Only then is its descriptor free.
    let _ = (&mut oldest.task).await;
    true
}

/// The other side of a connection: one request, one answer.
struct Conversation {
    stream: TcpStream,
    limits: Limits,
    phase: watch::Sender<Phase>,
    /// Has a permit less for each connection that waits for its answer.
    waiting: Arc<Semaphore>,
}

impl Conversation {
    async fn lead(mut self, upstream: Arc<Upstream>) {
        let Ok(head) = timeout(self.limits.head, head::read(&mut self.stream)).await else {
            return tracing::debug!("callback: no request within {:?}", self.limits.head);
        };
        let taken = match head {
            Ok(head) => {
                let waiting = self.waiting.clone();
                let _permit = waiting.acquire().await;
                self.phase.send_replace(Phase::Waiting);
                let answer = upstream.ask(head).await.unwrap_or_else(|error| {
                    tracing::debug!("callback: {error}");
                    brief("503 Service Unavailable")
                });
                let taken = self.give(&answer).await;
                self.phase.send_replace(Phase::Answered);
                taken
            }
            Err(Refusal::Status(status)) => self.give(&brief(status)).await,
            Err(Refusal::Gone(error)) => {
                return tracing::debug!("callback: a client has gone: {error:?}");
            }
        };
        if taken {
            self.linger().await;
        }
    }

    /// Whether the client took the answer.
    async fn give(&mut self, answer: &[u8]) -> bool {
        let given = timeout(self.limits.answer, async {
            self.stream.write_all(answer).await?;
            self.stream.shutdown().await
        });
        matches!(given.await, Ok(Ok(())))
    }

    /// Hears the client out.
    async fn linger(&mut self) {
        let mut unread = [0; 4096];
        let hear = async {
            while self
                .stream
                .read(&mut unread)
                .await
                .is_ok_and(|length| length > 0)
            {}
        };
        let _ = timeout(self.limits.linger, hear).await;
    }
}

/// An answer without a page, for whom no browser is.
fn brief(status: &str) -> Vec<u8> {
    format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n").into_bytes()
}
