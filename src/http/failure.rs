//! Why no answer came: different causes get different words.

use std::error::Error as StdError;
use std::io;

use crate::error::{Code, Error};

/// The command's time was up before a request could be sent.
pub(super) fn out_of_time(host: &str) -> Error {
    timed_out(format!(
        "the time was up before `{host}` could be asked again"
    ))
}

/// The other side was given time enough.
pub(super) fn no_response(host: &str) -> Error {
    timed_out(format!("`{host}` did not answer in time"))
}

/// Turns the client's error into one that names the cause.
pub(super) fn explain(error: reqwest::Error, host: &str) -> Error {
    // The address is already named, and its query may hold what no message should.
    let error = error.without_url();
    if let Some(reason) = find::<rustls::Error>(&error).map(certificate_reason) {
        return match reason {
            Some(reason) => Error::new(
                Code::UntrustedCertificate,
                format!("the certificate of `{host}` is not trusted: {reason}"),
            )
            .hint("behind a proxy that inspects TLS, name its certificates in `SSL_CERT_FILE`"),
            None => Error::new(
                Code::Unreachable,
                format!("no secure connection to `{host}`"),
            )
            .because(innermost(&error))
            .hint("check whether that host speaks HTTPS, and whether a proxy stands between"),
        };
    }
    if error.is_connect() && error.is_timeout() {
        return timed_out(format!("no connection to `{host}` within 10 s"));
    }
    if error.is_timeout() {
        return no_response(host);
    }
    if is_dns(&error) {
        return Error::new(Code::UnknownHost, format!("there is no host `{host}`"))
            .because(innermost(&error))
            .hint("check the name, and whether this machine is on the network");
    }
    if error.is_connect() {
        let refused = find::<io::Error>(&error)
            .is_some_and(|error| error.kind() == io::ErrorKind::ConnectionRefused);
        return Error::new(Code::Unreachable, format!("cannot connect to `{host}`"))
            .because(innermost(&error))
            .hint(if refused {
                "nothing listens there: check the address, the proxy if one is set, and whether the service is up"
            } else {
                "check whether this machine is on the network, and whether it needs a proxy"
            });
    }
    if find::<hyper::Error>(&error).is_some_and(hyper::Error::is_parse) {
        return Error::new(
            Code::UnexpectedResponse,
            format!("`{host}` sent no HTTP answer that can be read"),
        )
        .because(innermost(&error))
        .hint("check the address, and the proxy if one is set: something else may listen there");
    }
    if error.is_builder() {
        return Error::new(
            Code::Internal,
            format!("cannot make a request for `{host}`"),
        )
        .because(error);
    }
    Error::new(
        Code::ConnectionBroken,
        format!("the connection to `{host}` broke before the answer was complete"),
    )
    .because(innermost(&error))
    .hint("try again in a while")
}

/// What failed was to change something: it may have been changed all the same.
pub(super) fn in_doubt(error: Error) -> Error {
    match error.code() {
        Code::TimedOut | Code::ConnectionBroken | Code::UnexpectedResponse => error.hint(IN_DOUBT),
        _ => error,
    }
}

/// What to do where nobody knows.
pub const IN_DOUBT: &str =
    "the request may have been carried out all the same: look before you send it again";

fn timed_out(message: String) -> Error {
    Error::new(Code::TimedOut, message).hint("check the network, and try again in a while")
}

/// What is wrong with a certificate; nothing if the failure is another.
fn certificate_reason(error: &rustls::Error) -> Option<String> {
    use rustls::CertificateError as Wrong;
    let rustls::Error::InvalidCertificate(wrong) = error else {
        return None;
    };
    Some(match wrong {
        Wrong::Expired | Wrong::ExpiredContext { .. } => "it has expired".into(),
        Wrong::NotValidYet | Wrong::NotValidYetContext { .. } => {
            "it is not valid yet (is this machine's clock right?)".into()
        }
        Wrong::UnknownIssuer => "it comes from an authority that this machine does not know".into(),
        Wrong::BadSignature => "the authority that it names has not signed it".into(),
        Wrong::NotValidForName | Wrong::NotValidForNameContext { .. } => {
            "it belongs to another name".into()
        }
        Wrong::Revoked => "it has been revoked".into(),
        other => other.to_string(),
    })
}

fn is_dns(error: &reqwest::Error) -> bool {
    // The connector's DNS error has no public type; its sentence is all there is.
    causes(error).any(|cause| cause.to_string() == "dns error")
}

/// The first cause of type `T`.
fn find<T: StdError + 'static>(error: &reqwest::Error) -> Option<&T> {
    causes(error).find_map(|cause| cause.downcast_ref())
}

/// All that lies beneath an error. An I/O error carries another one inside, which it does not
/// count among its sources.
fn causes<'a>(error: &'a reqwest::Error) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(error.source(), |&cause| {
        let carried = cause
            .downcast_ref::<io::Error>()
            .and_then(io::Error::get_ref);
        match carried {
            Some(carried) => Some(carried as &(dyn StdError + 'static)),
            None => cause.source(),
        }
    })
}

fn innermost(error: &reqwest::Error) -> anyhow::Error {
    match causes(error).last() {
        Some(cause) => anyhow::anyhow!("{cause}"),
        None => anyhow::anyhow!("{error}"),
    }
}
