//! Answers: good ones, such as make no sense, and what is none.

use std::sync::Arc;

use super::super::bodies::{self, PAGE, answer, ok};
use super::super::columns::{ORGANIZATIONS, Reads, Setup};
use super::{Breadth, Meaning, Oddity, Row, bytes, row};
use crate::support::interposer::{Fault, Reply};

/// What is no fault.
pub fn fine() -> Vec<Row> {
    let fine =
        |name, change: fn(&Reply) -> Vec<u8>| row(name, Fault::changed(change), Meaning::Fine);
    vec![
        Row {
            // What a form must hold is sent as it is.
            fits: |column| !column.path.ends_with("/upload-url"),
            ..fine("unknown fields", bodies::more_fields).wide(Breadth::Routes)
        },
        Row {
            // Reading it takes a while.
            fits: |column| column.line == "organizations list",
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
    use Oddity::{Blank, Hollow, NoList, NoObject, OddThings, Page, Scalar, Unreadable};
    let raw = |oddity, name, body: Vec<u8>| row(name, bytes(body), Meaning::Nonsense(oddity));
    let changed = |oddity, name, change: fn(&Reply) -> Vec<u8>| {
        row(name, Fault::changed(change), Meaning::Nonsense(oddity))
    };
    let rows = [
        raw(Page, "a page", answer("200 OK", "", PAGE)),
        raw(Unreadable, "100000 deep", bodies::deep()),
        raw(Scalar, "a number too large", ok("1e999")),
        raw(Scalar, "a text", ok("\"no\"")),
        raw(Unreadable, "gzip", bodies::gzipped()),
        raw(Blank, "nothing", ok("")),
        raw(Blank, "blank", ok(" \r\n")),
        raw(Blank, "204", answer("204 No Content", "", "")),
        raw(NoObject, "a list", ok("[]")),
        raw(Scalar, "null", ok("null")),
        raw(NoList, "an empty object", ok("{}")),
        Row {
            // Nothing much is answered to the others.
            fits: |column| column.reads != Reads::Little,
            ..changed(Unreadable, "no UTF-8", bodies::no_utf8)
        },
        changed(NoObject, "in a list", bodies::in_a_list),
        changed(NoObject, "without names", bodies::without_names),
        changed(NoObject, "wrong shapes", bodies::wrong_shapes),
        changed(Hollow, "nulls", bodies::nulls),
        changed(Hollow, "missing fields", bodies::missing_fields),
        changed(OddThings, "wrong types", bodies::wrong_types),
    ];
    let no_json = raw(Unreadable, "no JSON", ok("{\"organizations\": ["));
    let rows = rows.map(|row| row.wide(Breadth::Routes)).into_iter();
    rows.chain([no_json.wide(Breadth::All)]).collect()
}

/// Names of organizations that cannot stand in a path.
pub fn names() -> Vec<Row> {
    let names = ["", ".", "..", "a\nb"].into_iter().map(|name| Row {
        // Who has chosen one needs no other.
        fits: |column| column.path == ORGANIZATIONS && column.setup != Setup::Member,
        ..row(
            format!("an organization named {name:?}"),
            Fault::changed(move |reply| bodies::renamed(reply, name)),
            Meaning::Nonsense(Oddity::OddThings),
        )
    });
    names.collect()
}

/// What is no answer.
pub fn broken() -> Vec<Row> {
    let raw = |name, bytes: &[u8]| row(name, Fault::Bytes(bytes.into()), Meaning::NoHttp);
    vec![
        row("closed before the answer", Fault::Close, Meaning::Broken).wide(Breadth::Routes),
        row(
            "half a head",
            Fault::Bytes(Arc::from(*b"HTTP/1.1 200 O")),
            Meaning::Broken,
        ),
        row("half a body", Fault::changed(bodies::half), Meaning::Broken).wide(Breadth::All),
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
