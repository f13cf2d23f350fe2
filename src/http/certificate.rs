//! Why a certificate is not trusted, and what helps.

use chrono::DateTime;
use rustls::CertificateError as Wrong;
use rustls::pki_types::UnixTime;

use crate::error::{Code, Error};

/// Where the authority is one that the machine does not know, but the person may.
const NAME_AUTHORITY: &str = "behind a proxy that inspects TLS, or with a CA of your own, \
     name a file with its certificate in `SSL_CERT_FILE`";

/// The error for a host whose certificate is not trusted.
pub(super) fn untrusted(host: &str, wrong: &Wrong) -> Error {
    let (reason, hint) = explain(host, wrong);
    Error::new(
        Code::UntrustedCertificate,
        format!("the certificate of `{host}` is not trusted: {reason}"),
    )
    .hint(hint)
    .doubting(host)
}

/// What is wrong, and what helps.
fn explain(host: &str, wrong: &Wrong) -> (String, String) {
    let renew = format!(
        "if that clock is right, whoever runs `{host}` has to renew the certificate; if not, set it"
    );
    match wrong {
        Wrong::Expired => ("it has expired".into(), renew),
        Wrong::ExpiredContext { time, not_after } => (
            format!(
                "it has expired (on {}; this machine's clock says {})",
                date(*not_after),
                date(*time)
            ),
            renew,
        ),
        Wrong::NotValidYet => ("it is not valid yet".into(), "set this machine's clock".into()),
        Wrong::NotValidYetContext { time, not_before } => (
            format!(
                "it is not valid yet (not before {}; this machine's clock says {})",
                date(*not_before),
                date(*time)
            ),
            "set this machine's clock, if that is what is wrong".into(),
        ),
        Wrong::UnknownIssuer => (
            "it was issued by a certificate authority (CA) that this machine does not know".into(),
            NAME_AUTHORITY.into(),
        ),
        Wrong::BadSignature => (
            "the certificate authority (CA) that it names has not signed it".into(),
            "another CA of that name has; name a file with the right one's certificate in `SSL_CERT_FILE`".into(),
        ),
        Wrong::NotValidForName => other_name(host, &[]),
        Wrong::NotValidForNameContext { presented, .. } => other_name(host, presented),
        Wrong::Revoked => (
            "it has been revoked".into(),
            format!("whoever runs `{host}` has to replace it"),
        ),
        Wrong::Other(other) if other.0.to_string() == "CaUsedAsEndEntity" => (
            "it is self-signed, and made for a certificate authority (CA), not for a server".into(),
            "make one for a server and name it in `SSL_CERT_FILE`: `openssl req -x509` does with \
             `-addext basicConstraints=critical,CA:FALSE`"
                .into(),
        ),
        Wrong::Other(other) => unusable(host, &other.0.to_string()),
        other => unusable(host, &other.to_string()),
    }
}

fn other_name(host: &str, presented: &[String]) -> (String, String) {
    // The library writes `DnsName("example.com")` and `IpAddress(10.0.0.1)`.
    let name = |presented: &String| {
        let inside = presented.split_once('(').map(|(_, inside)| inside);
        let name = inside
            .unwrap_or(presented)
            .trim_end_matches(')')
            .trim_matches('"');
        format!("`{name}`")
    };
    let names: Vec<String> = presented.iter().map(name).collect();
    let reason = if names.is_empty() {
        "it belongs to another name, or to none".to_owned()
    } else {
        format!("it belongs to another name ({})", names.join(", "))
    };
    let hint = format!(
        "check the address, and whether something else answers for `{host}`: a sign-in page of the network, say"
    );
    (reason, hint)
}

fn unusable(host: &str, cause: &str) -> (String, String) {
    (
        format!("this program cannot make anything of it ({cause})"),
        format!("whoever runs `{host}` has to replace it"),
    )
}

/// A time as it is told.
fn date(time: UnixTime) -> String {
    let seconds = i64::try_from(time.as_secs()).unwrap_or(i64::MAX);
    match DateTime::from_timestamp(seconds, 0) {
        Some(time) => time.format("%Y-%m-%d %H:%M UTC").to_string(),
        None => "a time beyond all calendars".to_owned(),
    }
}
