//! Redirects: followed for reads, and to nowhere else.

use super::super::bodies::answer;
use super::super::cell::JSON;
use super::{Meaning, Row, bytes, refused, row};

/// Redirects. `elsewhere` is an address where nobody should come.
pub fn redirects(elsewhere: &str) -> Vec<Row> {
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
