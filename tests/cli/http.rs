//! Bodies as streams, both ways: what uploads and logs stand on, tried with the program's own
//! client against sockets.

use std::fs::File;
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::rc::Rc;
use std::sync::atomic::Ordering;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use pipecat_cloud_cli::error::Code;
use pipecat_cloud_cli::http::{Body, Http, Limits, Request, Upload};
use pipecat_cloud_cli::limit::TimeLimit;
use reqwest::Method;
use url::Url;

/// A server for one connection after the other, and its address.
fn server(mut serve: impl FnMut(TcpStream) + Send + 'static) -> Url {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming() {
            serve(stream.unwrap());
        }
    });
    Url::parse(&format!("http://{address}/")).unwrap()
}

/// Reads a request's head, and gives it with what has come of the body.
fn head(stream: &mut TcpStream) -> (String, Vec<u8>) {
    let mut received = Vec::new();
    let mut chunk = [0; 4096];
    loop {
        if let Some(end) = received.windows(4).position(|four| four == b"\r\n\r\n") {
            let body = received.split_off(end + 4);
            return (String::from_utf8(received).unwrap(), body);
        }
        let count = stream.read(&mut chunk).unwrap();
        assert!(count > 0, "a whole head");
        received.extend_from_slice(&chunk[..count]);
    }
}

fn run<T>(work: impl AsyncFnOnce(Http) -> T) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(work(Http::new(Rc::new(TimeLimit::default()))))
}

/// Bytes that tell their place.
fn bytes(length: usize) -> Vec<u8> {
    (0..length)
        .map(|at| u8::try_from(at % 251).unwrap())
        .collect()
}

#[test]
fn an_upload_is_sent_whole_with_its_length_and_again_from_the_beginning() {
    let content = bytes(3 << 20);
    let length = content.len();
    let (sender, received) = mpsc::channel();
    let url = server(move |mut stream| {
        let (head, mut body) = head(&mut stream);
        let mut rest = vec![0; length - body.len()];
        stream.read_exact(&mut rest).unwrap();
        body.extend(rest);
        stream
            .write_all(b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n")
            .unwrap();
        sender.send((head, body)).unwrap();
    });
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(&content).unwrap();
    let path = file.path().to_owned();
    let upload = Upload::new("application/gzip", length as u64, move || {
        Ok(Box::new(File::open(&path)?) as Box<dyn Read + Send + Sync>)
    });
    let sent = upload.sent();
    run(async |http| {
        for _ in 0..2 {
            let request = Request::new(Method::POST, url.clone());
            let request = request.body(Body::Upload(upload.clone()));
            let response = http.send(request).await.unwrap();
            assert_eq!(response.status, 204);
            assert_eq!(sent.load(Ordering::Relaxed), length as u64);
        }
    });
    for _ in 0..2 {
        let (head, body) = received.recv().unwrap();
        let head = head.to_ascii_lowercase();
        assert!(
            head.contains(&format!("content-length: {length}\r\n")),
            "{head}"
        );
        assert!(
            head.contains("content-type: application/gzip\r\n"),
            "{head}"
        );
        assert!(!head.contains("transfer-encoding"), "{head}");
        assert!(body == content, "other bytes");
    }
}

#[test]
fn a_file_that_has_shrunk_is_not_sent_as_something_whole() {
    let (sender, received) = mpsc::channel();
    let url = server(move |mut stream| {
        let mut came = Vec::new();
        let _ = stream.read_to_end(&mut came);
        sender.send(came.len()).unwrap();
    });
    let upload = Upload::new("application/gzip", 1 << 20, || {
        Ok(Box::new(io::Cursor::new(vec![1_u8; 1000])) as Box<dyn Read + Send + Sync>)
    });
    let outcome = run(async |http| {
        let request = Request::new(Method::POST, url);
        http.send(request.body(Body::Upload(upload))).await
    });
    assert!(outcome.is_err());
    assert!(received.recv().unwrap() < 1 << 20);
}

#[test]
fn an_upload_may_take_long_but_not_stand_still() {
    let (sender, done) = mpsc::channel::<()>();
    let url = server(move |mut stream| {
        let _ = head(&mut stream);
        // Nobody reads on.
        let _ = done.recv();
        drop(stream);
    });
    let content = vec![0_u8; 64 << 20];
    let upload = Upload::new("application/gzip", content.len() as u64, move || {
        Ok(Box::new(io::Cursor::new(content.clone())) as Box<dyn Read + Send + Sync>)
    });
    let limits = Limits {
        total: None,
        stall: Duration::from_millis(300),
        beyond_command: true,
        ..Limits::default()
    };
    let since = Instant::now();
    let outcome = run(async |http| {
        let request = Request::new(Method::POST, url).body(Body::Upload(upload));
        http.send(request.limits(limits)).await
    });
    assert_eq!(outcome.unwrap_err().code(), Code::TimedOut);
    assert!(since.elapsed() < Duration::from_secs(20));
    drop(sender);
}

#[test]
fn a_response_is_read_as_it_comes_and_for_as_long_as_it_comes() {
    let (go_on, wait) = mpsc::channel::<()>();
    let url = server(move |mut stream| {
        let _ = head(&mut stream);
        stream
            .write_all(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\none\r\n")
            .unwrap();
        wait.recv().unwrap();
        stream.write_all(b"3\r\ntwo\r\n").unwrap();
        wait.recv().unwrap();
        stream.write_all(b"0\r\n\r\n").unwrap();
    });
    run(async |http| {
        let request = Request::get(url);
        let mut response = http.open(&request).await.unwrap();
        assert_eq!(response.head.status, 200);
        // The next part is sent only once the one before has been read.
        assert_eq!(response.chunk().await.unwrap().unwrap(), "one");
        go_on.send(()).unwrap();
        assert_eq!(response.chunk().await.unwrap().unwrap(), "two");
        go_on.send(()).unwrap();
        assert_eq!(response.chunk().await.unwrap(), None);
    });
}

#[test]
fn a_response_that_stands_still_ends_in_time() {
    let (sender, done) = mpsc::channel::<()>();
    let url = server(move |mut stream| {
        let _ = head(&mut stream);
        stream
            .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf")
            .unwrap();
        let _ = done.recv();
    });
    let limits = Limits {
        stall: Duration::from_millis(200),
        ..Limits::default()
    };
    run(async |http| {
        let request = Request::get(url).limits(limits);
        let mut response = http.open(&request).await.unwrap();
        assert_eq!(response.chunk().await.unwrap().unwrap(), "half");
        let error = response.chunk().await.unwrap_err();
        assert_eq!(error.code(), Code::TimedOut);
    });
    drop(sender);
}

#[test]
fn a_response_that_is_collected_has_a_limit() {
    let url = server(|mut stream| {
        let _ = head(&mut stream);
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 3000\r\n\r\n");
        let _ = stream.write_all(&[b'x'; 3000]);
    });
    let limits = Limits {
        body: 2999,
        ..Limits::default()
    };
    let outcome = run(async |http| http.send(Request::get(url).limits(limits)).await);
    assert_eq!(outcome.unwrap_err().code(), Code::UnexpectedResponse);
}

/// Stopped (Ctrl-Z, a paused container), or starved: for the runtime, that is the same.
#[test]
fn what_came_while_the_program_stood_still_is_taken_although_the_time_is_up() {
    let limit = Duration::from_millis(300);
    let cases = [
        Limits {
            total: Some(limit),
            ..Limits::default()
        },
        Limits {
            stall: limit,
            ..Limits::default()
        },
    ];
    for limits in cases {
        let (asked, request_is_there) = mpsc::channel();
        let (stand_still, program_stands_still) = mpsc::channel();
        let (sent, answer_is_sent) = mpsc::channel();
        let url = server(move |mut stream| {
            let _ = head(&mut stream);
            asked.send(()).unwrap();
            program_stands_still.recv().unwrap();
            stream
                .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nwhole")
                .unwrap();
            sent.send(()).unwrap();
        });
        let response = run(async |http| {
            let request = Request::new(Method::POST, url).limits(limits);
            let stopped = async {
                while request_is_there.try_recv().is_err() {
                    tokio::time::sleep(Duration::from_millis(5)).await;
                }
                stand_still.send(()).unwrap();
                answer_is_sent.recv().unwrap();
                thread::sleep(limit * 4);
            };
            tokio::join!(http.send(request), stopped).0
        });
        let response = response.unwrap();
        assert_eq!(
            (response.status.as_u16(), &*response.body),
            (200, &b"whole"[..])
        );
    }
}

#[test]
fn a_program_that_stood_still_does_not_wait_for_what_has_not_come() {
    let (sender, done) = mpsc::channel::<()>();
    let url = server(move |mut stream| {
        let _ = head(&mut stream);
        let _ = done.recv();
    });
    let limits = Limits {
        total: Some(Duration::from_millis(200)),
        ..Limits::default()
    };
    let since = Instant::now();
    let outcome = run(async |http| {
        let request = Request::new(Method::POST, url).limits(limits);
        let stopped = async {
            tokio::time::sleep(Duration::from_millis(50)).await;
            thread::sleep(Duration::from_secs(1));
        };
        tokio::join!(http.send(request), stopped).0
    });
    assert_eq!(outcome.unwrap_err().code(), Code::TimedOut);
    assert!(since.elapsed() < Duration::from_secs(10));
    drop(sender);
}
