//! Answers that are not what they should be, made of nothing or of the cloud's own.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use crate::support::interposer::Reply;

/// A sign-in page as proxies send it.
pub const PAGE: &str = "<!DOCTYPE html><html><title>Sign in</title><p>Please sign in</p></html>";

/// A whole answer: status line, further headers (a line each), body.
pub fn answer(status: &str, headers: &str, body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    let length = body.len();
    let head = format!(
        "HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {length}\r\n{headers}\r\n"
    );
    [head.as_bytes(), body].concat()
}

/// A success with this body.
pub fn ok(body: impl AsRef<[u8]>) -> Vec<u8> {
    answer("200 OK", "Content-Type: application/json\r\n", body)
}

/// Bytes to share between cells.
pub fn shared(bytes: Vec<u8>) -> Arc<[u8]> {
    bytes.into()
}

/// Lists within lists, deeper than any stack should follow.
pub fn deep() -> Vec<u8> {
    let depth = 100_000;
    ok("[".repeat(depth) + &"]".repeat(depth))
}

/// Compressed, though nobody has asked for it.
pub fn gzipped() -> Vec<u8> {
    let body = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\xabV\xca/JO\xcc\xcb\xacJ,\xc9\xcc\
        \xcf+V\xb2R\x88\x8e\xad\x05\x00`\xbd\xc1\xc1\x15\x00\x00\x00";
    let headers = "Content-Type: application/json\r\nContent-Encoding: gzip\r\n";
    answer("200 OK", headers, body)
}

/// A header line that no client keeps.
pub fn huge_header() -> Vec<u8> {
    let line = format!("X-Huge: {}\r\n", "x".repeat(1 << 20));
    answer("200 OK", &line, "{}")
}

/// More header lines than any client keeps.
pub fn many_headers() -> Vec<u8> {
    answer("200 OK", &"X-More: x\r\n".repeat(5000), "{}")
}

/// The half of what the cloud answers.
pub fn half(reply: &Reply) -> Vec<u8> {
    if reply.body.is_empty() {
        return b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{".to_vec();
    }
    let mut bytes = reply.bytes();
    bytes.truncate(reply.head.len() + reply.body.len() / 2);
    bytes
}

/// Chunks that end before the last one.
pub fn half_of_the_chunks(reply: &Reply) -> Vec<u8> {
    let body: &[u8] = match &reply.body[..] {
        [] => b"{",
        body => body,
    };
    let head = format!(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{:x}\r\n",
        body.len()
    );
    [head.as_bytes(), body, b"\r\n"].concat()
}

/// The right body in chunks of one byte.
pub fn tiny_chunks(reply: &Reply) -> Vec<u8> {
    let mut bytes = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec();
    for byte in &reply.body {
        bytes.extend_from_slice(&[b"1\r\n", &[*byte][..], b"\r\n"].concat());
    }
    bytes.extend_from_slice(b"0\r\n\r\n");
    bytes
}

/// The right body, until the connection ends.
pub fn endless(reply: &Reply) -> Vec<u8> {
    [b"HTTP/1.1 200 OK\r\n\r\n", &reply.body[..]].concat()
}

/// The right body as something else.
pub fn as_a_page(reply: &Reply) -> Vec<u8> {
    answer("200 OK", "Content-Type: text/html\r\n", &reply.body)
}

/// The right body in a character set that there is not.
pub fn in_an_unknown_charset(reply: &Reply) -> Vec<u8> {
    let headers = "Content-Type: application/json; charset=klingon\r\n";
    answer("200 OK", headers, &reply.body)
}

/// The right body in a list.
pub fn in_a_list(reply: &Reply) -> Vec<u8> {
    ok([b"[", &reply.body[..], b"]"].concat())
}

/// Every object as the list of its values.
pub fn without_names(reply: &Reply) -> Vec<u8> {
    changed(reply, &|value| match value {
        Value::Object(fields) => fields.into_iter().map(|(_, value)| value).collect(),
        other => other,
    })
}

/// The cloud's organizations, all under this name.
pub fn renamed(reply: &Reply, name: &str) -> Vec<u8> {
    changed(reply, &|mut value| {
        if value.get("verboseName").is_some() {
            value["name"] = name.into();
        }
        value
    })
}

/// The cloud's tokens, with this for their lifetime.
pub fn lifetime(reply: &Reply, lifetime: &str) -> Vec<u8> {
    let text = String::from_utf8_lossy(&reply.body);
    ok(text.replace("86400", lifetime))
}

/// More fields than are known, in every object.
pub fn more_fields(reply: &Reply) -> Vec<u8> {
    changed(reply, &|value| match value {
        Value::Object(mut fields) => {
            fields.insert("x-unknown".into(), json!({"a": [1, null, {"b": 1.5}]}));
            Value::Object(fields)
        }
        other => other,
    })
}

/// 10 MB more than are needed.
pub fn ten_megabytes(reply: &Reply) -> Vec<u8> {
    let mut value: Value = serde_json::from_slice(&reply.body).unwrap_or_default();
    value["padding"] = "x".repeat(10_000_000).into();
    ok(value.to_string())
}

/// Nulls for every value.
pub fn nulls(reply: &Reply) -> Vec<u8> {
    changed(reply, &|value| match value {
        Value::Object(_) | Value::Array(_) => value,
        _ => Value::Null,
    })
}

/// Every object without its values, but with its objects and lists.
pub fn missing_fields(reply: &Reply) -> Vec<u8> {
    changed(reply, &|value| match value {
        Value::Object(fields) => {
            let structure = fields
                .into_iter()
                .filter(|(_, value)| value.is_object() || value.is_array());
            Value::Object(structure.collect::<Map<_, _>>())
        }
        other => other,
    })
}

/// Numbers for texts, texts for numbers, lists for the rest.
pub fn wrong_types(reply: &Reply) -> Vec<u8> {
    changed(reply, &|value| match value {
        Value::String(_) => json!(7),
        Value::Number(number) => json!(number.to_string()),
        Value::Bool(_) | Value::Null => json!([]),
        other => other,
    })
}

/// Objects for lists, lists for objects.
pub fn wrong_shapes(reply: &Reply) -> Vec<u8> {
    changed(reply, &|value| match value {
        Value::Array(values) => json!({"0": values}),
        Value::Object(fields) => json!([fields]),
        other => other,
    })
}

/// Texts that are no UTF-8.
pub fn no_utf8(reply: &Reply) -> Vec<u8> {
    let marked = changed(reply, &|value| match value {
        Value::String(text) => json!(text + "\u{1}"),
        other => other,
    });
    let text = String::from_utf8(marked).expect("JSON");
    // A text's mark is six characters long, as are these bytes.
    let mut bytes = text.replace("\\u0001", "??????").into_bytes();
    for byte in &mut bytes {
        if *byte == b'?' {
            *byte = 0xff;
        }
    }
    bytes
}

/// The cloud's answer with this done to every value in it, from the inside out.
fn changed(reply: &Reply, change: &dyn Fn(Value) -> Value) -> Vec<u8> {
    // What was answered with nothing could be answered with an object.
    let value: Value = serde_json::from_slice(&reply.body).unwrap_or_else(|_| json!({}));
    ok(deeply(value, change).to_string())
}

fn deeply(value: Value, change: &dyn Fn(Value) -> Value) -> Value {
    let inside = match value {
        Value::Array(values) => values.into_iter().map(|one| deeply(one, change)).collect(),
        Value::Object(fields) => fields
            .into_iter()
            .map(|(name, one)| (name, deeply(one, change)))
            .collect::<Map<_, _>>()
            .into(),
        other => other,
    };
    change(inside)
}
