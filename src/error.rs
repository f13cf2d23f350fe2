//! The one error type: a stable code, a sentence, hints, and the exit status that follows.

use std::time::Duration;

use serde_json::{Map, Value, json};

/// What every fallible operation of this crate returns.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What kind of failure this is. Scripts see it as `code` in JSON output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    /// The command line is wrong.
    Usage,
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

    /// Adds how long the other side asks to wait before another attempt.
    #[must_use]
    pub fn with_retry_after(mut self, pause: Duration) -> Self {
        self.details.retry_after = Some(pause);
        self
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
    fn error_and_code_are_always_there() {
        let body = Map::from_iter([("error".to_owned(), Value::Null)]);
        let error = Error::new(Code::ServiceError, "failed").with_body(body);
        assert_eq!(
            error.to_json(),
            json!({"error": "failed", "code": "service_error"})
        );
    }
}
