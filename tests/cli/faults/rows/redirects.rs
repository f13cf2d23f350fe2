//! Redirects: followed for reads, and to nowhere else.

use super::super::bodies::answer;
use super::super::columns::Column;
use super::{Breadth, Meaning, Row, bytes, refused, row};

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
        // Whoever writes is sent nowhere, however often it may write.
        let is_no_write = |column: &Column| !column.is_write();
        rows.push(Row {
            times: 1,
            tries: 2,
            fits: is_no_write,
            ..row(
                format!("{status} here, once"),
                here.clone(),
                Meaning::Followed(status),
            )
        });
        rows.push(Row {
            tries: 6,
            fits: is_no_write,
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
    rows.extend([
        to("away without a scheme", no_scheme).wide(Breadth::Routes),
        to("to a file", "file:///etc/passwd"),
        to("to nonsense", "http://[nonsense"),
        to("away with a user", &elsewhere.replace("//", "//127.0.0.1@")),
    ]);
    let nowhere = bytes(answer("302 Found", "", ""));
    rows.push(row("nowhere", nowhere, refused(302, "302", "redirects to")));
    rows
}
