//! Answers: good ones, such as make no sense, and what is none.

use std::sync::Arc;

use super::super::bodies::{self, PAGE, answer, ok};
use super::super::cell::JSON;
use super::super::columns::{ORGANIZATIONS, Setup};
use super::{Meaning, Row, bytes, row};
use crate::support::interposer::{Fault, Reply};

/// What is no fault.
pub fn fine() -> Vec<Row> {
    let fine =
        |name, change: fn(&Reply) -> Vec<u8>| row(name, Fault::changed(change), Meaning::Fine);
    vec![
        fine("unknown fields", bodies::more_fields),
        Row {
            modes: &JSON,
            ..fine("10 MB", bodies::ten_megabytes)
        },
        fine("another content type", bodies::as_a_page),
        fine("unknown charset", bodies::in_an_unknown_charset),
        fine("chunks of a byte", bodies::tiny_chunks),
        fine("no length", bodies::endless),
    ]
}

/// Successes that are none.
pub fn nonsense() -> Vec<Row> {
    let raw = |name, body: Vec<u8>| row(name, bytes(body), Meaning::Nonsense);
    let changed =
        |name, change: fn(&Reply) -> Vec<u8>| row(name, Fault::changed(change), Meaning::Nonsense);
    vec![
        raw("no JSON", ok("{\"organizations\": [")),
        raw("a page", answer("200 OK", "", PAGE)),
        raw("nothing", ok("")),
        raw("blank", ok(" \r\n")),
        raw("a list", ok("[]")),
        raw("an empty object", ok("{}")),
        raw("null", ok("null")),
        raw("a number", ok("1e999")),
        raw("100000 deep", bodies::deep()),
        raw("gzip", bodies::gzipped()),
        raw("204", answer("204 No Content", "", "")),
        changed("in a list", bodies::in_a_list),
        changed("without names", bodies::without_names),
        changed("nulls", bodies::nulls),
        changed("missing fields", bodies::missing_fields),
        changed("wrong types", bodies::wrong_types),
        changed("wrong shapes", bodies::wrong_shapes),
        changed("no UTF-8", bodies::no_utf8),
    ]
}

/// Names of organizations that cannot stand in a path.
pub fn names() -> Vec<Row> {
    let names = ["", ".", "..", "a\nb"].into_iter().map(|name| Row {
        // Who has chosen one needs no other.
        fits: |column| column.path == ORGANIZATIONS && column.setup != Setup::Member,
        ..row(
            format!("an organization named {name:?}"),
            Fault::changed(move |reply| bodies::renamed(reply, name)),
            Meaning::Nonsense,
        )
    });
    names.collect()
}

/// What is no answer.
pub fn broken() -> Vec<Row> {
    let raw = |name, bytes: &[u8]| row(name, Fault::Bytes(bytes.into()), Meaning::NoHttp);
    vec![
        row("closed before the answer", Fault::Close, Meaning::Broken),
        row(
            "half a head",
            Fault::Bytes(Arc::from(*b"HTTP/1.1 200 O")),
            Meaning::Broken,
        ),
        row("half a body", Fault::changed(bodies::half), Meaning::Broken),
        row(
            "half of the chunks",
            Fault::changed(bodies::half_of_the_chunks),
            Meaning::Broken,
        ),
        raw("another protocol", b"SSH-2.0-OpenSSH_9.6\r\n"),
        raw("garbage", b"\x00\xff\x16\x03\x01\r\n\r\n"),
        raw(
            "a bad length",
            b"HTTP/1.1 200 OK\r\nContent-Length: few\r\n\r\n{}",
        ),
        raw(
            "two lengths",
            b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
        ),
        row(
            "a huge header",
            bytes(bodies::huge_header()),
            Meaning::NoHttp,
        ),
        row(
            "many headers",
            bytes(bodies::many_headers()),
            Meaning::NoHttp,
        ),
    ]
}
