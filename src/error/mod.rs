//! The one error type: a stable code, a sentence, hints, and the exit status that follows.

mod code;
mod redaction;

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{Map, Value, json};

pub use code::Code;
pub use redaction::Redaction;

use crate::text::Place;

/// What every fallible operation of this crate returns.
pub type Result<T, E = Error> = std::result::Result<T, E>;

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
    /// What else is wrong, found at the same time.
    others: Vec<Error>,
    /// The file that it stands in, and where, if that is known.
    place: Option<(PathBuf, Option<Place>)>,
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

    /// The same failure, which stands in a file of the person's.
    #[must_use]
    pub fn in_file(mut self, file: &Path, place: Option<Place>) -> Self {
        self.details.place = Some((file.to_owned(), place));
        self
    }

    /// The file that it stands in, and where in it.
    #[must_use]
    pub fn place(&self) -> Option<(&Path, Option<Place>)> {
        let (file, place) = self.details.place.as_ref()?;
        Some((file, *place))
    }

    /// The same failure with what else is wrong, to be told of after it.
    #[must_use]
    pub fn beside(mut self, others: Vec<Self>) -> Self {
        self.details.others.extend(others);
        self
    }

    /// What else is wrong, found at the same time.
    #[must_use]
    pub fn others(&self) -> &[Self] {
        &self.details.others
    }

    /// The same failure without a text that must not be shown: a secret that the other side echoes.
    #[must_use]
    pub fn without(self, secret: &str) -> Self {
        self.redacted(&Redaction::new([secret]))
    }

    /// The same failure without any text that must not be shown.
    #[must_use]
    pub fn redacted(mut self, redaction: &Redaction) -> Self {
        // The causes are part of the sentence from here on.
        self.message = redaction.text(&self.to_string());
        self.details.cause = None;
        for hint in &mut self.details.hints {
            *hint = redaction.text(hint);
        }
        if let Some(body) = &mut self.details.body {
            redaction.object(body);
        }
        let others = std::mem::take(&mut self.details.others).into_iter();
        self.details.others = others.map(|other| other.redacted(redaction)).collect();
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
        // What the service cannot do at all (501, 505), it cannot do later either.
        self.code.passes() && !matches!(self.status(), Some(501 | 505))
    }

    /// Whether nobody knows if what was asked has been done: it was sent, and no answer says so.
    #[must_use]
    pub fn is_in_doubt(&self) -> bool {
        self.details.hints.iter().any(|hint| hint == IN_DOUBT)
    }

    /// Whether a program may send the same line again, a while later: it may work then, and nothing
    /// is done twice.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        self.is_transient() && !self.is_in_doubt()
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
                others: self.details.others.iter().map(Self::again).collect(),
                place: self.details.place.clone(),
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

    /// What happened, as JSON output holds it under `error`: the service's own answer where there is
    /// one, with `error` (text) and `code` always there.
    #[must_use]
    pub fn to_json(&self) -> Map<String, Value> {
        let mut object = self.details.body.clone().unwrap_or_default();
        if object.get("error").is_none_or(Value::is_null) {
            object.insert("error".into(), json!(self.to_string()));
        }
        if object.get("code").is_none_or(Value::is_null) {
            object.insert("code".into(), json!(self.code.as_str()));
        }
        object
    }
}

/// What to do where nobody knows whether a request was carried out: see [`Error::is_in_doubt`].
pub const IN_DOUBT: &str =
    "the request may have been carried out all the same: check before you send it again";

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
        assert_eq!(Value::Object(error.to_json()), body);
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
        let json = Value::Object(error.to_json());
        assert!(!json.to_string().contains("s3cret"));
    }

    #[test]
    fn error_and_code_are_always_there() {
        let body = Map::from_iter([("error".to_owned(), Value::Null)]);
        let error = Error::new(Code::ServiceError, "failed").with_body(body);
        assert_eq!(
            Value::Object(error.to_json()),
            json!({"error": "failed", "code": "service_error"})
        );
    }

    #[test]
    fn the_same_line_is_worth_another_try_where_nothing_is_wrong_with_it() {
        let error = |code| Error::new(code, "failed");
        assert!(error(Code::RateLimited).with_status(429).is_retryable());
        assert!(error(Code::ServiceError).with_status(503).is_retryable());
        assert!(!error(Code::ServiceError).with_status(501).is_retryable());
        assert!(!error(Code::TimedOut).hint(IN_DOUBT).is_retryable());
        assert!(!error(Code::NotFound).with_status(404).is_retryable());
    }
}
