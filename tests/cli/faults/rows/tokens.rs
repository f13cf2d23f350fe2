//! What only a token endpoint says.

use super::super::bodies::{self, answer, ok};
use super::super::columns::Role;
use super::{Meaning, Oddity, Row, bytes, refused, row};
use crate::support::interposer::Fault;

/// What only a token endpoint says.
pub fn token() -> Vec<Row> {
    let only_token = |row: Row| Row {
        fits: |column| column.role == Role::Token,
        ..row
    };
    let mut rows = Vec::new();
    for lifetime in [
        "null", "\"soon\"", "\"\"", "-5", "0", "1e300", "1e999", "1.5", "[]",
    ] {
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
    ] {
        rows.push(row(
            body,
            bytes(ok(body)),
            Meaning::Nonsense(Oddity::OddThings),
        ));
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
