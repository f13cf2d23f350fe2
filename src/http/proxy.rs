//! The proxy on the way, found by the rules that the client goes by, and what it may have to do
//! with a failure.

use std::time::Duration;

use hyper_util::client::proxy::matcher::{Intercept, Matcher};
use reqwest::header::HeaderValue;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use url::Url;

use super::is_loopback;
use crate::error::{Code, Error, Result};

/// The variables that name proxies, by the scheme of what they are for, the first that is set
/// before the others.
const OF_SCHEME: [(&str, [&str; 4]); 2] = [
    (
        "https",
        ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"],
    ),
    (
        "http",
        ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"],
    ),
];

/// What names the hosts that are asked directly.
const EXCEPTIONS: [&str; 2] = ["NO_PROXY", "no_proxy"];

/// How long a proxy that has refused may take to say so once more.
const ASKING: Duration = Duration::from_secs(2);

/// So much of an answer is read, in bytes, to find its first line.
const MAX_LINE: u64 = 1024;

/// The variables that name proxies, as this process has them.
#[derive(Clone, Default)]
pub struct ProxyVariables(Vec<(&'static str, String)>);

/// Shows no values: there may be passwords in them.
impl std::fmt::Debug for ProxyVariables {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names = self.0.iter().map(|(name, _)| name);
        f.debug_list().entries(names).finish()
    }
}

impl ProxyVariables {
    /// The variables of which `value` knows a value.
    pub fn new(value: impl Fn(&str) -> Option<String>) -> Self {
        let names = OF_SCHEME.iter().flat_map(|(_, names)| names);
        let set = names
            .chain(&EXCEPTIONS)
            .filter_map(|name| Some((*name, value(name)?)));
        Self(set.collect())
    }

    /// The proxy on the way to `url`, if there is one.
    pub(super) fn on_the_way_to(&self, url: &Url) -> Option<Proxy> {
        if is_loopback(url) {
            return None;
        }
        let target = url.as_str().parse().ok()?;
        // The client's own rules: the variables, or what the system says in their place.
        let found = Matcher::from_system().intercept(&target)?;
        let variable = self.for_scheme(url.scheme()).find(|(_, value)| {
            let same = Matcher::builder().all(*value).build().intercept(&target);
            same.is_some_and(|same| same.uri() == found.uri())
        });
        Some(Proxy {
            variable: variable.map(|(name, _)| name),
            found,
        })
    }

    /// Sees to it that nobody goes round a proxy because of how it is named.
    ///
    /// # Errors
    /// A variable names one that cannot be any, and that would be asked for `url`.
    pub(super) fn check(&self, url: &Url) -> Result<()> {
        let Ok(target) = url.as_str().parse() else {
            return Ok(());
        };
        let exceptions = self.first(&EXCEPTIONS).map_or("", |(_, value)| value);
        let would_go = |proxy: &str| {
            let matcher = Matcher::builder().all(proxy).no(exceptions).build();
            matcher.intercept(&target).is_some()
        };
        match self.for_scheme(url.scheme()).next() {
            Some((name, value))
                if !value.trim().is_empty() && would_go("http://any") && !would_go(value) =>
            {
                Err(Error::new(
                    Code::InvalidSetting,
                    format!("`{name}` names no proxy that this program can use"),
                )
                .hint(
                    "it should look like `http://proxy.example.com:3128`; other kinds begin with \
                     `https://` or `socks5h://`",
                ))
            }
            _ => Ok(()),
        }
    }

    /// Those that count for a scheme: of each kind the first that is set.
    fn for_scheme(&self, scheme: &str) -> impl Iterator<Item = (&'static str, &str)> {
        let kinds = OF_SCHEME.iter().find(|(one, _)| *one == scheme);
        let kinds = kinds.into_iter().flat_map(|(_, names)| names.chunks(2));
        kinds.filter_map(|names| self.first(names))
    }

    /// The first of these that is set.
    fn first(&self, names: &[&str]) -> Option<(&'static str, &str)> {
        let set = |name: &&str| self.0.iter().find(|(one, _)| one == name);
        let (name, value) = names.iter().find_map(set)?;
        Some((name, value))
    }
}

/// A proxy, and who has named it.
pub(super) struct Proxy {
    /// Nobody but the system where it is none.
    variable: Option<&'static str>,
    found: Intercept,
}

/// What went wrong on the way through a proxy.
pub(super) enum Trouble {
    /// There is no such host, or none that can be looked up.
    Unknown(anyhow::Error),
    /// It cannot be reached.
    Dead(Option<anyhow::Error>),
    /// It wants a name and a password, or others.
    Credentials,
    /// It does not let anybody through to that host.
    Refused(Option<String>),
    /// It is none.
    NoProxy,
    /// It took too long.
    Slow,
}

impl Proxy {
    /// The host and the port.
    fn address(&self) -> String {
        let uri = self.found.uri();
        uri.authority().map(ToString::to_string).unwrap_or_default()
    }

    /// The error for a failure on the way to `host`.
    pub(super) fn error(&self, host: &str, trouble: Trouble) -> Error {
        let (address, variable) = (self.address(), self.variable);
        let from = match variable {
            Some(name) => format!("from `{name}`"),
            None => "from this system's settings".to_owned(),
        };
        let proxy = format!("the proxy `{address}` ({from})");
        let correct = match variable {
            Some(name) => format!(
                "correct `{name}`, unset it, or name the host in `NO_PROXY` if it can be reached directly"
            ),
            None => {
                "correct the settings, or name the host in `NO_PROXY` if it can be reached directly"
                    .to_owned()
            }
        };
        let error = |code, what: &str| Error::new(code, format!("{proxy} {what}"));
        match trouble {
            Trouble::Unknown(cause) => error(Code::UnknownHost, "cannot be found")
                .because(cause)
                .hint(correct),
            Trouble::Dead(cause) => {
                let error = error(Code::Unreachable, "cannot be reached");
                match cause {
                    Some(cause) => error.because(cause),
                    None => error,
                }
                .hint(correct)
            }
            Trouble::Credentials if self.has_credentials() => error(
                Code::ProxyRefused,
                "does not accept the user name and password in its address",
            )
            .hint(correct),
            Trouble::Credentials => error(
                Code::ProxyRefused,
                "requires a user name and a password (407 Proxy Authentication Required)",
            )
            .hint(format!(
                "put them in front of its address: `{}`",
                match variable {
                    Some(name) => format!("{name}=http://NAME:PASSWORD@{address}"),
                    None => format!("http://NAME:PASSWORD@{address}"),
                }
            )),
            Trouble::Refused(words) => {
                let words = words.map(|words| format!(" ({words})"));
                let words = words.unwrap_or_default();
                let what = format!("refused to connect to `{host}`{words}");
                error(Code::ProxyRefused, &what).hint(format!(
                    "ask whoever runs it to allow `{host}`, or name that in `NO_PROXY` if it can be reached directly"
                ))
            }
            Trouble::NoProxy => {
                error(Code::Unreachable, "does not answer like a proxy").hint(correct)
            }
            Trouble::Slow => {
                let what = format!("made no connection to `{host}` within 10 s");
                error(Code::TimedOut, &what).hint(correct)
            }
        }
    }

    fn has_credentials(&self) -> bool {
        self.found.basic_auth().is_some() || self.found.raw_auth().is_some()
    }

    /// What a tunnel to `url` that did not come about means. The client does not pass on the words
    /// of the refusal, so they are asked for once more.
    pub(super) async fn refusal(&self, url: &Url) -> Trouble {
        let Some(asked) = self.ask_again(url) else {
            return Trouble::Refused(None);
        };
        match tokio::time::timeout(ASKING, asked).await {
            Ok(Ok(answer)) => match status_words(&answer) {
                Some(words) => Trouble::Refused(Some(words)),
                None => Trouble::NoProxy,
            },
            _ => Trouble::Refused(None),
        }
    }

    /// How its answer begins, where it can be asked without TLS.
    fn ask_again(&self, url: &Url) -> Option<impl Future<Output = std::io::Result<Vec<u8>>>> {
        let uri = self.found.uri();
        let proxy = (uri.host()?, uri.port_u16().unwrap_or(80));
        let target = format!("{}:{}", url.host_str()?, url.port_or_known_default()?);
        let credentials = self.found.basic_auth().map(HeaderValue::as_bytes);
        (uri.scheme_str() == Some("http")).then(|| ask(proxy, target, credentials))
    }
}

/// Asks for a tunnel (RFC 9110 section 9.3.6), and gives how the answer begins.
async fn ask(
    proxy: (&str, u16),
    target: String,
    credentials: Option<&[u8]>,
) -> std::io::Result<Vec<u8>> {
    let mut stream = TcpStream::connect(proxy).await?;
    let mut head = format!("CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n").into_bytes();
    if let Some(credentials) = credentials {
        head.extend_from_slice(&[b"Proxy-Authorization: ", credentials, b"\r\n"].concat());
    }
    head.extend_from_slice(b"\r\n");
    stream.write_all(&head).await?;
    let mut answer = Vec::new();
    let mut limited = stream.take(MAX_LINE);
    while !answer.contains(&b'\n') && limited.read_buf(&mut answer).await? > 0 {}
    Ok(answer)
}

/// `403 Forbidden` of `HTTP/1.1 403 Forbidden`.
fn status_words(answer: &[u8]) -> Option<String> {
    let answer = String::from_utf8_lossy(answer);
    let (version, words) = answer.lines().next()?.split_once(' ')?;
    let is_http =
        version.starts_with("HTTP/") && words.starts_with(|one: char| one.is_ascii_digit());
    is_http.then(|| words.trim().to_owned())
}
