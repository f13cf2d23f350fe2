//! The one error type: a stable code, a sentence, hints, and the exit status that follows.

use std::borrow::Cow;
use std::time::Duration;

use serde_json::{Map, Value, json};

/// What every fallible operation of this crate returns.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What kind of failure this is. Scripts see it as `code` in JSON output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    /// The command line is wrong.
    Usage,
    /// A value that this program refuses before it asks the service.
    InvalidInput,
    /// A question has to be answered and there is no terminal to ask on.
    PromptRequired,
    /// The person said no, or left a prompt without an answer.
    Declined,
    /// SIGINT, or Ctrl-C at a prompt.
    Interrupted,
    /// No token anywhere.
    NotSignedIn,
    /// The provider says that the session is over (`invalid_grant`, RFC 6749 section 5.2).
    SessionEnded,
    /// Another session stands in the file than the one that a request was begun with.
    SessionReplaced,
    /// Sign-in was refused in the browser.
    SignInDenied,
    /// Sign-in broke off.
    SignInFailed,
    /// 401: the service does not accept the token.
    Unauthorized,
    /// 403: not allowed.
    Forbidden,
    /// 403 for an organization: not a member of it, or not allowed to do this there.
    NotAMember,
    /// 402 with `SPEND_LIMIT_REACHED`.
    SpendLimitReached,
    /// 404, or a name that is in no list.
    NotFound,
    /// A name that fits several things.
    Ambiguous,
    /// 429.
    RateLimited,
    /// Any other 4xx.
    Rejected,
    /// 5xx.
    ServiceError,
    /// An answer that makes no sense.
    UnexpectedResponse,
    /// No address for the host's name.
    UnknownHost,
    /// The host cannot be reached.
    Unreachable,
    /// The host's certificate is not trusted.
    UntrustedCertificate,
    /// The proxy on the way lets nobody through.
    ProxyRefused,
    /// No answer in time.
    TimedOut,
    /// The connection broke before the whole answer had come.
    ConnectionBroken,
    /// Plain HTTP to a host that is not this machine.
    InsecureHost,
    /// A setting holds something it cannot hold.
    InvalidSetting,
    /// The configuration file is not TOML.
    ConfigMalformed,
    /// The configuration file cannot be read.
    ConfigUnreadable,
    /// The configuration file cannot be written.
    ConfigUnwritable,
    /// Another process holds the configuration file's lock.
    ConfigLocked,
    /// The output could not be written.
    OutputFailed,
    /// Whoever read the output has gone away.
    ReaderGone,
    /// Something that should not happen.
    Internal,
}

impl Code {
    /// The code's stable name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Usage => "usage",
            Self::InvalidInput => "invalid_input",
            Self::PromptRequired => "prompt_required",
            Self::Declined => "declined",
            Self::Interrupted => "interrupted",
            Self::NotSignedIn => "not_signed_in",
            Self::SessionEnded => "session_ended",
            Self::SessionReplaced => "session_replaced",
            Self::SignInDenied => "sign_in_denied",
            Self::SignInFailed => "sign_in_failed",
            Self::Unauthorized => "unauthorized",
            Self::Forbidden => "forbidden",
            Self::NotAMember => "not_a_member",
            Self::SpendLimitReached => "SPEND_LIMIT_REACHED",
            Self::NotFound => "not_found",
            Self::Ambiguous => "ambiguous",
            Self::RateLimited => "rate_limited",
            Self::Rejected => "rejected",
            Self::ServiceError => "service_error",
            Self::UnexpectedResponse => "unexpected_response",
            Self::UnknownHost => "unknown_host",
            Self::Unreachable => "unreachable",
            Self::UntrustedCertificate => "untrusted_certificate",
            Self::ProxyRefused => "proxy_refused",
            Self::TimedOut => "timed_out",
            Self::ConnectionBroken => "connection_broken",
            Self::InsecureHost => "insecure_host",
            Self::InvalidSetting => "invalid_setting",
            Self::ConfigMalformed => "config_malformed",
            Self::ConfigUnreadable => "config_unreadable",
            Self::ConfigUnwritable => "config_unwritable",
            Self::ConfigLocked => "config_locked",
            Self::OutputFailed => "output_failed",
            Self::ReaderGone => "reader_gone",
            Self::Internal => "internal",
        }
    }

    /// The exit status: 2 for a wrong command line or a prompt without a terminal,
    /// 130 for an interruption, 0 where only the reader has gone, 1 for whatever else failed.
    #[must_use]
    pub const fn exit_status(self) -> u8 {
        match self {
            Self::Usage | Self::PromptRequired => 2,
            Self::Interrupted => 130,
            Self::ReaderGone => 0,
            _ => 1,
        }
    }
}

/// A failure, as people and scripts are told of it.
///
/// `Display` gives the sentence with its causes, on one line, without the hints.
#[derive(Debug)]
pub struct Error {
    code: Code,
    message: String,
    /// Boxed, so that the way of success stays light.
    details: Box<Details>,
}

#[derive(Debug, Default)]
struct Details {
    hints: Vec<String>,
    /// What the service answered, passed on in JSON output.
    body: Option<Map<String, Value>>,
    /// The chain of causes below the sentence.
    cause: Option<anyhow::Error>,
    /// How long the other side asks to wait before another attempt.
    retry_after: Option<Duration>,
    /// The HTTP status that the other side answered.
    status: Option<u16>,
    /// The host that may not be the one that is meant.
    doubtful_host: Option<String>,
}

impl Error {
    /// A failure of kind `code`, said in `message` (lower case, no full stop).
    #[must_use]
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            details: Box::default(),
        }
    }

    /// Adds what the person can do next.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.details.hints.push(hint.into());
        self
    }

    /// Takes back a hint that helps nobody here.
    #[must_use]
    pub fn without_hint(mut self, hint: &str) -> Self {
        self.details.hints.retain(|one| one != hint);
        self
    }

    /// Adds what lies beneath.
    #[must_use]
    pub fn because(mut self, cause: impl Into<anyhow::Error>) -> Self {
        self.details.cause = Some(cause.into());
        self
    }

    /// Adds what the service answered.
    #[must_use]
    pub fn with_body(mut self, body: Map<String, Value>) -> Self {
        self.details.body = Some(body);
        self
    }

    /// Adds something that programs are told beside the sentence.
    #[must_use]
    pub fn with_detail(mut self, name: &str, value: Value) -> Self {
        let body = self.details.body.get_or_insert_default();
        body.insert(name.to_owned(), value);
        self
    }

    /// The same failure without a text that must not be shown: a secret that the other side echoes.
    #[must_use]
    pub fn without(mut self, secret: &str) -> Self {
        if secret.is_empty() {
            return self;
        }
        // The causes are part of the sentence from here on.
        self.message = self.to_string().replace(secret, REDACTED);
        self.details.cause = None;
        for hint in &mut self.details.hints {
            *hint = hint.replace(secret, REDACTED);
        }
        for value in self.details.body.iter_mut().flat_map(Map::values_mut) {
            redact(value, secret);
        }
        self
    }

    /// Adds how long the other side asks to wait before another attempt.
    #[must_use]
    pub fn with_retry_after(mut self, pause: Duration) -> Self {
        self.details.retry_after = Some(pause);
        self
    }

    /// Adds the HTTP status that the other side answered.
    #[must_use]
    pub fn with_status(mut self, status: u16) -> Self {
        self.details.status = Some(status);
        self
    }

    /// The HTTP status that the other side answered, if it has answered.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        self.details.status
    }

    /// Adds that `host` may not be the one that is meant, so that somebody who knows can say where
    /// its address comes from.
    #[must_use]
    pub fn doubting(mut self, host: &str) -> Self {
        self.details.doubtful_host = Some(host.to_owned());
        self
    }

    /// The host that may not be the one that is meant.
    #[must_use]
    pub fn doubtful_host(&self) -> Option<&str> {
        self.details.doubtful_host.as_deref()
    }

    /// How long the other side asks to wait before another attempt, if it has asked.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.details.retry_after
    }

    /// Whether the same may well work a little later: nothing is wrong with what was asked.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        matches!(
            self.code,
            Code::RateLimited
                | Code::ServiceError
                | Code::UnknownHost
                | Code::Unreachable
                | Code::TimedOut
                | Code::ConnectionBroken
                | Code::ConfigLocked
        )
    }

    /// The same failure seen from further up: `message` explains what it stopped.
    #[must_use]
    pub fn context(mut self, message: &str) -> Self {
        self.message = format!("{message}: {}", self.message);
        self
    }

    /// The same failure in other words, by someone who knows more of it.
    #[must_use]
    pub fn reworded(self, message: String) -> Self {
        Self { message, ..self }
    }

    /// The same failure, to be told in another place as well; its causes are part of the sentence.
    #[must_use]
    pub fn again(&self) -> Self {
        Self {
            code: self.code,
            message: self.to_string(),
            details: Box::new(Details {
                hints: self.details.hints.clone(),
                body: self.details.body.clone(),
                cause: None,
                retry_after: self.details.retry_after,
                status: self.details.status,
                doubtful_host: self.details.doubtful_host.clone(),
            }),
        }
    }

    /// What kind of failure this is.
    #[must_use]
    pub fn code(&self) -> Code {
        self.code
    }

    /// The same failure under another code.
    #[must_use]
    pub fn with_code(mut self, code: Code) -> Self {
        self.code = code;
        self
    }

    /// Whether the service's answer has this text in this field.
    #[must_use]
    pub fn body_says(&self, field: &str, text: &str) -> bool {
        let body = self.details.body.as_ref();
        body.is_some_and(|body| body.get(field).is_some_and(|value| value == text))
    }

    /// What the person can do next, a line each.
    #[must_use]
    pub fn hints(&self) -> &[String] {
        &self.details.hints
    }

    /// The object that JSON output holds under `error`: the service's own answer where there is
    /// one, with `error` (text) and `code` always there.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let mut object = self.details.body.clone().unwrap_or_default();
        if object.get("error").is_none_or(Value::is_null) {
            object.insert("error".into(), json!(self.to_string()));
        }
        if object.get("code").is_none_or(Value::is_null) {
            object.insert("code".into(), json!(self.code.as_str()));
        }
        if !self.details.hints.is_empty() && !object.contains_key("hint") {
            object.insert("hint".into(), json!(self.details.hints.join("\n")));
        }
        Value::Object(object)
    }
}

/// Stands for what is not shown.
const REDACTED: &str = "****";

fn redact(value: &mut Value, secret: &str) {
    match value {
        Value::String(text) => *text = text.replace(secret, REDACTED),
        Value::Array(values) => values.iter_mut().for_each(|value| redact(value, secret)),
        Value::Object(fields) => fields.values_mut().for_each(|value| redact(value, secret)),
        _ => {}
    }
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)?;
        for cause in self.details.cause.iter().flat_map(anyhow::Error::chain) {
            write!(f, ": {cause}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {}

/// So many characters of somebody else's text stand in a sentence.
const EXCERPT: usize = 500;

/// As much of somebody else's text as a person reads.
#[must_use]
pub fn excerpt(text: &str) -> Cow<'_, str> {
    match text.char_indices().nth(EXCERPT) {
        None => text.into(),
        Some((end, _)) => format!("{}…", text[..end].trim_end()).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_services_own_answer_is_passed_on_whole() {
        let body = json!({"error": "no", "code": 7, "more": [1]});
        let error = Error::new(Code::Rejected, "the service refused: no")
            .with_body(body.as_object().cloned().unwrap_or_default());
        assert_eq!(error.to_json(), body);
    }

    #[test]
    fn a_secret_that_is_echoed_is_shown_nowhere() {
        let body = json!({"error": "bad s3cret", "more": [{"value": "s3cret"}]});
        let error = Error::new(Code::Rejected, "refused: bad s3cret")
            .because(anyhow::anyhow!("s3cret"))
            .hint("not s3cret")
            .with_body(body.as_object().cloned().unwrap_or_default())
            .without("s3cret");
        assert_eq!(error.to_string(), "refused: bad ****: ****");
        assert_eq!(error.hints(), ["not ****"]);
        assert!(!error.to_json().to_string().contains("s3cret"));
    }

    #[test]
    fn error_and_code_are_always_there() {
        let body = Map::from_iter([("error".to_owned(), Value::Null)]);
        let error = Error::new(Code::ServiceError, "failed").with_body(body);
        assert_eq!(
            error.to_json(),
            json!({"error": "failed", "code": "service_error"})
        );
    }
}
