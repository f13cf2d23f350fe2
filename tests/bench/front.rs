//! The fake cloud behind TLS: HTTP/2 or HTTP/1.1, whichever the client prefers.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread;

use http_body_util::{BodyExt as _, Collected, Full};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio_rustls::TlsAcceptor;

use crate::support::authority::{Authority, VALID};

/// Serves, until the process ends, what is served at `cloud`, on this listener.
pub fn serve(listener: TcpListener, authority: &Authority, cloud: SocketAddr) {
    let name = Ipv4Addr::LOCALHOST.to_string();
    let config = authority.server(&name, VALID, &["h2", "http/1.1"]);
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder()
        .no_proxy()
        .tls_certs_only([])
        .build()
        .unwrap();
    listener.set_nonblocking(true).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    thread::spawn(move || {
        runtime.block_on(async move {
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            while let Ok((stream, _)) = listener.accept().await {
                let _ = stream.set_nodelay(true);
                let (acceptor, client) = (acceptor.clone(), client.clone());
                tokio::spawn(async move {
                    let Ok(stream) = acceptor.accept(stream).await else {
                        return;
                    };
                    let is_h2 = stream.get_ref().1.alpn_protocol() == Some(b"h2");
                    let service =
                        service_fn(move |request| pass_on(client.clone(), cloud, request));
                    let stream = TokioIo::new(stream);
                    // A client that leaves in the middle ends its own connection only.
                    let _ = if is_h2 {
                        let server = hyper::server::conn::http2::Builder::new(TokioExecutor::new());
                        server.serve_connection(stream, service).await
                    } else {
                        let server = hyper::server::conn::http1::Builder::new();
                        server.serve_connection(stream, service).await
                    };
                });
            }
        });
    });
}

async fn pass_on(
    client: reqwest::Client,
    cloud: SocketAddr,
    request: Request<Incoming>,
) -> reqwest::Result<Response<Full<Bytes>>> {
    let (parts, body) = request.into_parts();
    let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
    let body = body.collect().await.map(Collected::to_bytes);
    let mut headers = parts.headers;
    headers.remove("host");
    let answer = client
        .request(parts.method, format!("http://{cloud}{path}"))
        .headers(headers)
        .body(body.unwrap_or_default())
        .send()
        .await?;
    let mut response = Response::builder().status(answer.status());
    if let Some(kind) = answer.headers().get("content-type") {
        response = response.header("content-type", kind);
    }
    let body = answer.bytes().await?;
    Ok(response.body(Full::new(body)).unwrap())
}
