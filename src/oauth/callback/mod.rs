//! The server on loopback that the browser comes back to (RFC 8252 section 7.3).
//!
//! Anything on this machine can talk to it, and `tiny_http`, which serves it, trusts whoever talks
//! to it. So a connection meets a [proxy] first, which knows limits and passes on what is whole:
//!
//! browser ─▶ [proxy] ─▶ [backend] (`tiny_http` and a thread) ─▶ channel ─▶ the sign-in
//!
//! What arrives there is handed over undecided: the authorization request validates it.

mod backend;
mod head;
mod proxy;
#[cfg(test)]
mod tests;

use std::net::Ipv4Addr;
use std::time::Duration;
use std::{fmt, io};

use tokio::net::{TcpListener, TcpSocket};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

use self::backend::{Backend, Door, Reply};
use self::proxy::Limits;
use super::page::Page;
use crate::error::{Code, Error, Result};

/// The ports that are registered with the provider, in the order they are tried.
pub const PORTS: [u16; 5] = [8400, 8401, 8402, 8403, 8404];

/// The path that is registered with the provider.
pub const CALLBACK_PATH: &str = "/oauth_callback";

/// Nobody but this machine is listened to.
const CALLBACK_HOST: Ipv4Addr = Ipv4Addr::LOCALHOST;

/// How long the browser has to take its page before the program ends.
const FAREWELL: Duration = Duration::from_secs(2);

/// Connections that may wait to be accepted. With fewer, a browser that comes amid a flood is
/// told nothing and tries again after a second.
const BACKLOG: u32 = 1024;

/// A request to the callback path that waits for its page. Dropped, it is answered as foreign.
pub struct CallbackRequest {
    /// The query, as it came.
    pub query: String,
    reply: Reply,
}

impl fmt::Debug for CallbackRequest {
    // The query has the code in it.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("CallbackRequest")
            .finish_non_exhaustive()
    }
}

impl CallbackRequest {
    /// Sends the page.
    pub fn respond(self, page: Page) {
        self.reply.send(page);
    }
}

/// The server. It ends when it is dropped.
#[derive(Debug)]
pub struct CallbackServer {
    redirect_uri: String,
    requests: mpsc::UnboundedReceiver<CallbackRequest>,
    stop: Option<oneshot::Sender<()>>,
    proxy: JoinHandle<()>,
    _backend: Backend,
}

impl Drop for CallbackServer {
    fn drop(&mut self) {
        self.proxy.abort();
    }
}

impl CallbackServer {
    /// Listens on the first of `ports` that is free.
    ///
    /// # Errors
    /// None of them is, or the system has no thread or descriptor left.
    pub async fn start(ports: &[u16]) -> Result<Self> {
        for port in ports {
            match listen(*port) {
                Ok(listener) => {
                    return Self::serve(listener, Door::open, Limits::default())
                        .await
                        .map_err(|error| {
                            let message = "cannot listen for the browser to come back";
                            Error::new(Code::SignInFailed, message).because(error)
                        });
                }
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

    async fn serve(
        listener: TcpListener,
        door: impl FnOnce() -> io::Result<Door>,
        limits: Limits,
    ) -> anyhow::Result<Self> {
        let port = listener.local_addr()?.port();
        let authority = format!("{CALLBACK_HOST}:{port}");
        let redirect_uri = format!("http://{authority}{CALLBACK_PATH}");
        // No more than the proxy lets through at once ever wait in it.
        let (sender, requests) = mpsc::unbounded_channel();
        let backend = Backend::start(door()?, authority, sender).await?;
        let (stop, stopped) = oneshot::channel();
        let proxy = tokio::spawn(proxy::serve(listener, backend.upstream(), limits, stopped));
        Ok(Self {
            redirect_uri,
            requests,
            stop: Some(stop),
            proxy,
            _backend: backend,
        })
    }

    /// What the provider sends the browser to.
    #[must_use]
    pub fn redirect_uri(&self) -> &str {
        &self.redirect_uri
    }

    /// The next request to the callback path. Never ends without one.
    pub async fn next(&mut self) -> CallbackRequest {
        match self.requests.recv().await {
            Some(request) => request,
            None => std::future::pending().await,
        }
    }

    /// Treats whatever comes from now on as foreign.
    pub fn close(&mut self) {
        self.requests.close();
        while self.requests.try_recv().is_ok() {}
    }

    /// Ends, once the browser has its page, or after a little while.
    pub async fn finish(mut self) {
        self.close();
        drop(self.stop.take());
        let _ = tokio::time::timeout(FAREWELL, &mut self.proxy).await;
    }
}

fn listen(port: u16) -> io::Result<TcpListener> {
    let socket = TcpSocket::new_v4()?;
    // A port that was in use a moment ago is free; on Windows, this would be to share it.
    #[cfg(not(windows))]
    socket.set_reuseaddr(true)?;
    socket.bind((CALLBACK_HOST, port).into())?;
    socket.listen(BACKLOG)
}
