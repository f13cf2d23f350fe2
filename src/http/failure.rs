//! Why no answer came: different causes get different words.

use std::error::Error as StdError;
use std::io;
use std::net::UdpSocket;

use url::Url;

use super::certificate;
use super::proxy::Trouble;
use crate::error::{Code, Error, IN_DOUBT};

/// The command's time was up before a request could be sent.
pub(super) fn out_of_time(host: &str) -> Error {
    timed_out(format!("time ran out before `{host}` could be asked again"))
}

/// The other side was given time enough.
pub(super) fn no_response(host: &str) -> Error {
    timed_out(format!("`{host}` did not answer in time"))
}

/// Turns the client's error into one that names the cause.
pub(super) fn explain(error: reqwest::Error, host: &str) -> Error {
    // The address is already named, and its query may hold what no message should.
    let error = error.without_url();
    match find::<rustls::Error>(&error) {
        Some(rustls::Error::InvalidCertificate(wrong)) => {
            return certificate::untrusted(host, wrong);
        }
        Some(_) => {
            return Error::new(
                Code::Unreachable,
                format!("cannot make a secure connection to `{host}`"),
            )
            .because(innermost(&error))
            .hint("check whether that host speaks HTTPS, and whether a proxy stands between")
            .doubting(host);
        }
        None => {}
    }
    if error.is_connect() && error.is_timeout() {
        return timed_out(format!("no connection to `{host}` within 10 s")).doubting(host);
    }
    if error.is_timeout() {
        return no_response(host);
    }
    if is_dns(&error) {
        return unknown(host, innermost(&error), is_offline());
    }
    if error.is_connect() {
        return unreachable(host, &error);
    }
    if find::<hyper::Error>(&error).is_some_and(hyper::Error::is_parse) {
        return Error::new(
            Code::UnexpectedResponse,
            format!("`{host}` did not send a valid HTTP answer"),
        )
        .because(innermost(&error))
        .hint("check the address, and the proxy if one is set: something else may listen there")
        .doubting(host);
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

/// There is no address for a host, for whichever reason.
fn unknown(host: &str, cause: anyhow::Error, is_offline: bool) -> Error {
    let said = cause.to_string();
    let error = |message| Error::new(Code::UnknownHost, message).because(cause);
    if is_offline {
        return error(format!(
            "this machine is not on a network: `{host}` cannot be looked up"
        ))
        .hint(CONNECT);
    }
    // What the C libraries and Windows call it. They have no other way to say so here.
    let passes = ["Temporary failure", "Try again", "os error 11002"];
    if passes.iter().any(|words| said.contains(words)) {
        return error(format!("`{host}` cannot be looked up just now"))
            .hint("check this machine's name server (DNS), and try again in a while");
    }
    error(format!("there is no host `{host}`"))
        .hint("check the name, and whether this machine is on the right network")
        .doubting(host)
}

/// No connection came about.
fn unreachable(host: &str, error: &reqwest::Error) -> Error {
    let kind = find::<io::Error>(error).map(io::Error::kind);
    let (message, hint) = match kind {
        Some(io::ErrorKind::NetworkUnreachable | io::ErrorKind::HostUnreachable)
            if is_offline() =>
        {
            let message = format!("this machine is not on a network: `{host}` cannot be reached");
            (message, CONNECT)
        }
        Some(io::ErrorKind::ConnectionRefused) => (
            format!("cannot connect to `{host}`"),
            "nothing listens there: check the address, and whether the service is up",
        ),
        _ => (
            format!("cannot connect to `{host}`"),
            "check whether this machine is on the network, and whether it needs a proxy",
        ),
    };
    Error::new(Code::Unreachable, message)
        .because(innermost(error))
        .hint(hint)
        .doubting(host)
}

const CONNECT: &str = "connect it to a network, and try again";

/// Whether this machine has no way to anywhere else. It is only looked up in its own table: nothing
/// is sent by "connecting" a UDP socket. The addresses are those of documentation.
fn is_offline() -> bool {
    let has_way = |from: &str, to: &str| {
        let socket = UdpSocket::bind((from, 0));
        socket.is_ok_and(|socket| socket.connect((to, 9)).is_ok())
    };
    !has_way("0.0.0.0", "203.0.113.1") && !has_way("::", "2001:db8::1")
}

/// What a proxy has to do with the failure, if it is its own.
pub(super) fn of_proxy(error: &reqwest::Error, url: &Url) -> Option<Trouble> {
    if !error.is_connect() {
        return None;
    }
    if error.is_timeout() {
        return Some(Trouble::Slow);
    }
    // The connectors' errors have no public types; their sentences are all there is.
    let said = |prefix: &str| {
        causes(error).find_map(|cause| Some(cause.to_string().strip_prefix(prefix)?.to_owned()))
    };
    let dead = || {
        let cause = innermost(error);
        if is_dns(error) {
            Trouble::Unknown(cause)
        } else {
            Trouble::Dead(Some(cause))
        }
    };
    if let Some(what) = said("tunnel error: ") {
        return Some(match what.as_str() {
            "failed to create underlying connection" => dead(),
            "proxy authorization required" => Trouble::Credentials,
            "unsuccessful" => Trouble::Refused(None),
            _ => Trouble::NoProxy,
        });
    }
    if let Some(what) = said("SOCKS error: ") {
        return Some(match what.as_str() {
            "failed to create underlying connection" => Trouble::Dead(None),
            "failed parsing server response" | "io error during SOCKS handshake" => {
                Trouble::NoProxy
            }
            "credentials not accepted"
            | "server does not support user/pass authentication"
            | "server implements authentication incorrectly" => Trouble::Credentials,
            _ => Trouble::Refused(Some(what)),
        });
    }
    // Without a tunnel, the proxy is all that is connected to.
    (url.scheme() == "http").then(dead)
}

/// What failed was to change something: it may have been changed all the same.
pub(super) fn in_doubt(error: Error) -> Error {
    match error.code() {
        Code::TimedOut | Code::ConnectionBroken | Code::UnexpectedResponse => error.hint(IN_DOUBT),
        _ => error,
    }
}

fn timed_out(message: String) -> Error {
    Error::new(Code::TimedOut, message).hint("check the network, and try again in a while")
}

fn is_dns(error: &reqwest::Error) -> bool {
    let sentences = ["dns error", "error resolving for socks proxy"];
    causes(error).any(|cause| sentences.contains(&cause.to_string().as_str()))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_without_an_address_is_told_by_its_reason() {
        let unknown = |cause, is_offline| {
            unknown(
                "x",
                anyhow::anyhow!("failed to lookup: {cause}"),
                is_offline,
            )
            .to_string()
        };
        for (cause, is_offline, words) in [
            ("Name or service not known", false, "there is no host `x`: "),
            (
                "Temporary failure in name resolution",
                false,
                "`x` cannot be looked up just now: ",
            ),
            ("Try again", false, "`x` cannot be looked up just now: "),
            (
                "Name or service not known",
                true,
                "this machine is not on a network: `x` ",
            ),
            (
                "Temporary failure in name resolution",
                true,
                "this machine is not on a network: ",
            ),
        ] {
            let told = unknown(cause, is_offline);
            assert!(told.starts_with(words), "{told}");
        }
    }
}
