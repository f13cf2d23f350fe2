//! The faults: a line a fault.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use super::bodies::{self, PAGE, answer, ok, shared};
use super::cell::{JSON, MODES};
use super::columns::{Column, ORGANIZATIONS, Role};
use crate::support::interposer::{Fault, Reply};

/// A fault, and what it means.
#[derive(Clone)]
pub struct Row {
    /// Its name in reports.
    pub name: String,
    /// What happens.
    pub fault: Fault,
    /// How many times it happens.
    pub times: usize,
    /// What it is to who hears of it.
    pub meaning: Meaning,
    /// How often a read that meets it is sent, while it lasts.
    pub tries: usize,
    /// In which output modes: all of them, unless another row has shown them already.
    pub modes: &'static [&'static str],
    /// Where it makes sense.
    pub fits: fn(&Column) -> bool,
}

/// What a fault is to who hears of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// None at all.
    Fine,
    /// An answer that makes no sense, if it matters what it says.
    Nonsense,
    /// No HTTP.
    NoHttp,
    /// No answer in time.
    Slow,
    /// The end of the connection.
    Broken,
    /// A refusal, with this code in JSON output, and these words.
    Refused {
        status: u16,
        code: String,
        words: &'static str,
    },
    /// A redirect that is followed for reads.
    Followed(u16),
    /// A protocol error from the token endpoint, which ends the session or does not.
    Protocol { error: &'static str, ended: bool },
}

/// A row of those that happen always, and everywhere.
fn row(name: impl Into<String>, fault: Fault, meaning: Meaning) -> Row {
    let tries = match &meaning {
        Meaning::Broken
        | Meaning::Refused {
            status: 429 | 502 | 503 | 504,
            ..
        } => 3,
        _ => 1,
    };
    Row {
        name: name.into(),
        fault,
        times: usize::MAX,
        meaning,
        tries,
        modes: &MODES,
        fits: |_| true,
    }
}

fn bytes(bytes: Vec<u8>) -> Fault {
    Fault::Bytes(shared(bytes))
}

/// The row without a fault.
pub fn none() -> Row {
    row("nothing", Fault::changed(Reply::bytes), Meaning::Fine)
}

/// The rows that take as long as the program has patience. There are few callback ports, so a
/// sign-in holds one of them for that long.
pub fn slow() -> Vec<Row> {
    vec![
        Row {
            fits: |column| !column.needs_a_port() || column.role == Role::Token,
            ..row("never answers", Fault::Silence, Meaning::Slow)
        },
        Row {
            fits: |column| !column.needs_a_port(),
            ..row("one byte a second", Fault::Trickle, Meaning::Slow)
        },
    ]
}

/// What is no fault.
fn fine() -> Vec<Row> {
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
fn nonsense() -> Vec<Row> {
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
fn names() -> Vec<Row> {
    let names = ["", ".", "..", "a\nb"].into_iter().map(|name| Row {
        fits: |column| column.path == ORGANIZATIONS,
        ..row(
            format!("an organization named {name:?}"),
            Fault::changed(move |reply| bodies::renamed(reply, name)),
            Meaning::Nonsense,
        )
    });
    names.collect()
}

/// What is no answer.
fn broken() -> Vec<Row> {
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

const STATUSES: [(u16, &str, &str); 12] = [
    (400, "Bad Request", "refused the request"),
    (401, "Unauthorized", ""),
    (402, "Payment Required", "refused the request"),
    (403, "Forbidden", ""),
    (404, "Not Found", "has nothing there"),
    (409, "Conflict", "refused the request"),
    (418, "I'm a teapot", "refused the request"),
    (429, "Too Many Requests", "too many requests"),
    (500, "Internal Server Error", "failed"),
    (502, "Bad Gateway", "failed"),
    (503, "Service Unavailable", "failed"),
    (504, "Gateway Timeout", "failed"),
];

/// Statuses with the kinds of bodies.
fn statuses() -> Vec<Row> {
    let mut rows = Vec::new();
    for (status, reason, words) in STATUSES {
        let numbered = format!(r#"{{"status":{status},"code":{status}7,"message":"too warm"}}"#);
        let (plain, number) = (status.to_string(), format!("{status}7"));
        let coded = r#"{"error":"too warm","code":"E-TEST","more":{"a":[1,null]}}"#;
        for (kind, body, code) in [
            ("code", coded, "E-TEST"),
            ("number", &numbered, &number),
            ("page", PAGE, &plain),
            ("nothing", "", &plain),
            ("list", "[1]", &plain),
            ("text", "no", &plain),
        ] {
            let line = format!("{status} {reason}");
            // The kinds are the same to every status; some are enough to see it.
            let all_kinds = matches!(status, 401 | 403 | 404 | 500 | 503);
            if !all_kinds && !matches!(kind, "code" | "page") {
                continue;
            }
            let name = format!("{status}, {kind}");
            let fault = bytes(answer(&line, "", body));
            rows.push(Row {
                // What is read of a body is the same in every mode.
                modes: if kind == "code" { &MODES } else { &JSON },
                ..row(name, fault, refused(status, code, words))
            });
        }
    }
    rows
}

fn refused(status: u16, code: &str, words: &'static str) -> Meaning {
    Meaning::Refused {
        status,
        code: code.to_owned(),
        words,
    }
}

/// Refusals with something special to them.
fn special() -> Vec<Row> {
    let paid = |name, body: &str, words| {
        let fault = bytes(answer("402 Payment Required", "", body));
        row(name, fault, refused(402, "SPEND_LIMIT_REACHED", words))
    };
    let with_error = r#"{"error":"Spend limit","code":"SPEND_LIMIT_REACHED"}"#;
    let with_amounts =
        r#"{"code":"SPEND_LIMIT_REACHED","currentSpendCents":1234,"limitCents":1000}"#;
    let with_odd_amounts =
        r#"{"code":"SPEND_LIMIT_REACHED","currentSpendCents":"lots","limitCents":1e99}"#;
    let nulls = r#"{"error":null,"code":null,"message":null}"#;
    let odd = r#"{"error":{"a":1},"message":["x"],"code":[]}"#;
    let raw =
        |name, line: &str, body: &str, meaning| row(name, bytes(answer(line, "", body)), meaning);
    vec![
        paid("spend limit", with_error, "reached its spend limit"),
        paid(
            "spend limit, amounts",
            with_amounts,
            "$12.34 of $10.00 used",
        ),
        paid(
            "spend limit, odd amounts",
            with_odd_amounts,
            "reached its spend limit",
        ),
        raw(
            "500, nulls",
            "500 Internal Server Error",
            nulls,
            refused(500, "service_error", "failed"),
        ),
        raw(
            "500, odd",
            "500 Internal Server Error",
            odd,
            refused(500, "[]", "failed"),
        ),
        raw(
            "unknown status",
            "599 Whatever",
            "",
            refused(599, "599", "failed"),
        ),
        raw("below any status", "299 Fine", "nothing", Meaning::Nonsense),
        row(
            "500, 100000 deep",
            bytes(deep_error()),
            refused(500, "500", "failed"),
        ),
    ]
}

fn deep_error() -> Vec<u8> {
    let body = format!("{{\"error\":{}", "[".repeat(100_000));
    answer("500 Internal Server Error", "", body)
}

/// `Retry-After` in all its forms, with how often a read is sent.
fn retry_after() -> Vec<Row> {
    let later = SystemTime::now() + Duration::from_secs(3600);
    let later = httpdate::fmt_http_date(later);
    let mut rows = Vec::new();
    for (value, tries) in [
        ("0", 3),
        ("1", 3),
        ("3600", 1),
        ("99999999999999999999999", 1),
        ("-1", 3),
        ("1.5", 3),
        ("soon", 3),
        ("", 3),
        ("Sun, 06 Nov 1994 08:49:37 GMT", 3),
        (&later, 1),
    ] {
        let headers = format!("Retry-After: {value}\r\n");
        for (status, line, words) in [
            (429, "429 Too Many Requests", "too many requests"),
            (503, "503 Service Unavailable", "failed"),
        ] {
            rows.push(Row {
                tries,
                modes: &JSON,
                ..row(
                    format!("{status}, Retry-After: {value}"),
                    bytes(answer(line, &headers, "")),
                    refused(status, &status.to_string(), words),
                )
            });
        }
    }
    rows
}

/// Faults that pass.
fn passing() -> Vec<Row> {
    let mut rows = Vec::new();
    for times in [1, 2] {
        let faults = [
            row("closed", Fault::Close, Meaning::Broken),
            row("half a body", Fault::changed(bodies::half), Meaning::Broken),
        ];
        let statuses = STATUSES
            .into_iter()
            .filter(|(status, ..)| matches!(status, 429 | 502..));
        let statuses = statuses.map(|(status, reason, words)| {
            let fault = bytes(answer(&format!("{status} {reason}"), "", ""));
            row(
                status.to_string(),
                fault,
                refused(status, &status.to_string(), words),
            )
        });
        for fault in faults.into_iter().chain(statuses) {
            rows.push(Row {
                name: format!("{}, {times}x", fault.name),
                times,
                modes: &JSON,
                ..fault
            });
        }
    }
    rows
}

/// Redirects. `elsewhere` is an address where nobody should come.
fn redirects(elsewhere: &str) -> Vec<Row> {
    let mut rows = Vec::new();
    for (status, reason) in [
        (301, "Moved Permanently"),
        (302, "Found"),
        (303, "See Other"),
        (307, "Temporary Redirect"),
        (308, "Permanent Redirect"),
    ] {
        let redirect = |headers: String| bytes(answer(&format!("{status} {reason}"), &headers, ""));
        let refused = || refused(status, &status.to_string(), "redirects to");
        let away = redirect(format!("Location: {elsewhere}\r\n"));
        rows.push(row(format!("{status} away"), away, refused()));
        // The same place, whatever it is: an empty reference is the document itself.
        let here = redirect("Location: ?again\r\n".to_owned());
        rows.push(Row {
            times: 1,
            tries: 2,
            ..row(
                format!("{status} here, once"),
                here.clone(),
                Meaning::Followed(status),
            )
        });
        rows.push(Row {
            tries: 6,
            ..row(format!("{status} in a circle"), here, refused())
        });
    }
    let to = |name, location: &str| {
        let fault = bytes(answer(
            "302 Found",
            &format!("Location: {location}\r\n"),
            "",
        ));
        row(name, fault, refused(302, "302", "redirects to"))
    };
    let no_scheme = elsewhere.trim_start_matches("http:");
    for row in &mut rows {
        row.modes = &JSON;
    }
    rows.extend([
        to("away without a scheme", no_scheme),
        to("to a file", "file:///etc/passwd"),
        to("to nonsense", "http://[nonsense"),
        to("away with a user", &elsewhere.replace("//", "//127.0.0.1@")),
    ]);
    let nowhere = bytes(answer("302 Found", "", ""));
    rows.push(row("nowhere", nowhere, refused(302, "302", "redirects to")));
    rows
}

/// What only a token endpoint says.
fn token() -> Vec<Row> {
    let only_token = |row: Row| Row {
        fits: |column| column.role == Role::Token,
        ..row
    };
    let mut rows = Vec::new();
    for lifetime in ["null", "\"soon\"", "\"\"", "-5", "0", "1e300", "1.5", "[]"] {
        let fault = Fault::changed(move |reply| bodies::lifetime(reply, lifetime));
        rows.push(row(format!("expires_in {lifetime}"), fault, Meaning::Fine));
    }
    for body in [
        r#"{"refresh_token":"r","expires_in":60}"#,
        r#"{"access_token":7,"refresh_token":"r"}"#,
        r#"{"access_token":null,"refresh_token":"r"}"#,
        r#"{"access_token":""}"#,
        r#"{"access_token":"two words"}"#,
        r#"{"access_token":"a\nb"}"#,
        r#"{"access_token":["a"]}"#,
        // A number that none can hold is no JSON to the parser.
        r#"{"access_token":"a","expires_in":1e999}"#,
    ] {
        rows.push(row(body, bytes(ok(body)), Meaning::Nonsense));
    }
    for error in ["invalid_grant", "invalid_client", "temporarily_unavailable"] {
        for line in ["400 Bad Request", "401 Unauthorized"] {
            let body = format!(r#"{{"error":"{error}","error_description":"so it is"}}"#);
            let ended = error == "invalid_grant";
            let meaning = Meaning::Protocol { error, ended };
            rows.push(row(
                format!("{line}, {error}"),
                bytes(answer(line, "", body)),
                meaning,
            ));
        }
        let body = format!(r#"{{"error":"{error}"}}"#);
        let fault = bytes(answer("503 Service Unavailable", "", body));
        rows.push(row(
            format!("503, {error}"),
            fault,
            refused(503, "service_error", "failed"),
        ));
    }
    rows.into_iter().map(only_token).collect()
}

/// All rows but the slow ones.
pub fn quick(elsewhere: &str) -> Vec<Row> {
    let groups = [
        fine(),
        nonsense(),
        names(),
        broken(),
        statuses(),
        special(),
        retry_after(),
        passing(),
        redirects(elsewhere),
        token(),
    ];
    groups.into_iter().flatten().collect()
}
