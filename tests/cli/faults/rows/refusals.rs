//! Refusals: those that stay, and those that pass.

use std::time::{Duration, SystemTime};

use super::super::bodies::{self, PAGE, answer};
use super::{Breadth, Meaning, Oddity, Row, bytes, refused, row};
use crate::support::interposer::Fault;

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
pub fn statuses() -> Vec<Row> {
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
            let mut meaning = refused(status, code, words);
            if let Meaning::Refused { page, .. } = &mut meaning {
                *page = kind == "page";
            }
            rows.push(row(name, fault, meaning).wide(match (status, kind) {
                (401 | 403 | 503, "code") => Breadth::All,
                (400 | 404 | 409 | 429 | 500, "code") | (401 | 404 | 500, "page") => {
                    Breadth::Routes
                }
                _ => Breadth::Kinds,
            }));
        }
    }
    rows
}

/// Refusals with something special to them.
pub fn special() -> Vec<Row> {
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
        raw(
            "an unknown success",
            "299 Fine",
            "nothing",
            Meaning::Nonsense(Oddity::Unreadable),
        ),
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
pub fn retry_after() -> Vec<Row> {
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
pub fn passing() -> Vec<Row> {
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
                ..fault
            });
        }
    }
    rows
}
