//! What a cell must come to.

use std::time::Duration;

use serde_json::Value;

use super::cell::{Cell, Outcome};
use super::columns::{Doubt, Reads, Role, Setup};
use super::rows::{Meaning, Oddity};
use crate::support::cloud::ADA_PAT;
use crate::support::interposer::Fault;

/// No command takes longer in all.
const LIMIT: Duration = Duration::from_secs(40);
/// Signing out has less patience.
const SIGN_OUT_LIMIT: Duration = Duration::from_secs(12);
/// So has who waits for what can be done without.
const OPTIONAL_LIMIT: Duration = Duration::from_secs(12);
/// What need not be waited for, on a machine under load.
const QUICK: Duration = Duration::from_secs(20);

/// What people and scripts are told.
pub struct Told {
    code: String,
    words: Vec<String>,
    /// Whether there is a result that says so.
    is_report: bool,
}

impl Told {
    fn new(code: &str, words: &[&str]) -> Self {
        Self {
            code: code.to_owned(),
            words: words.iter().map(|&words| words.to_owned()).collect(),
            is_report: false,
        }
    }
}

const DOUBT: &str = "may have been carried out all the same";
const SPEND_LIMIT: &str = "SPEND_LIMIT_REACHED";

impl Cell {
    /// What is told of the fault; nothing where there is none for this route.
    pub fn told(&self) -> Option<Told> {
        let column = &self.column;
        if column.is_tried_again() && self.row.times < self.row.tries {
            // It passes.
            return None;
        }
        if self.is_found_out() {
            return None;
        }
        let doubt = self.doubt();
        let mut told = match &self.row.meaning {
            Meaning::Fine => return None,
            Meaning::Nonsense(oddity) if self.is_put_up_with(*oddity) => {
                return self.came_to_nothing();
            }
            Meaning::Nonsense(_) => Told::new("unexpected_response", &["answer", doubt]),
            Meaning::NoHttp => Told::new("unexpected_response", &["a valid HTTP answer", doubt]),
            Meaning::Slow if column.role == Role::Revocation => Told::new("", &["within 10 s"]),
            Meaning::Slow => Told::new("timed_out", &["did not answer in time", doubt]),
            Meaning::Broken => Told::new("connection_broken", &["broke before the answer", doubt]),
            Meaning::Followed(_) if column.is_read() => return None,
            Meaning::Followed(status) => Told::new(&status.to_string(), &["redirects to"]),
            Meaning::Protocol { error, ended } => {
                let ended = *ended && column.renews();
                let code = if ended {
                    "session_ended"
                } else {
                    "sign_in_failed"
                };
                Told::new(code, &[error, "so it is"])
            }
            Meaning::Refused {
                status,
                code,
                words,
                page,
            } => self.refused(*status, code, words, *page),
        };
        told.words.push(self.circumstances().to_owned());
        Some(told)
    }

    fn refused(&self, status: u16, code: &str, words: &str, page: bool) -> Told {
        let column = &self.column;
        if column.role == Role::Token && code == "E-TEST" && matches!(status, 400 | 401) {
            // Looks like an error of the protocol.
            return Told::new("sign_in_failed", &["too warm"]);
        }
        let shown = format!("({status} ");
        let in_organization = column.path.starts_with("/v1/organizations/") && !page;
        let own = column.rewords.iter().find(|(own, _)| *own == status);
        if let Some((_, own)) = own.filter(|_| !page) {
            return Told::new(code, &[own]);
        }
        let more = match status {
            401 if column.role == Role::Revocation => "does not accept the token",
            401 if column.is_signed() && page => "does not accept the token (401",
            401 if column.is_signed() => "does not accept the token from",
            401 => "requires a sign-in of its own",
            403 if in_organization => "you are not a member of the organization",
            403 => "does not allow this",
            500.. => self.doubt(),
            _ => "",
        };
        // A code of the service's, which means nothing where one signs in.
        let is_spend_limit = code == SPEND_LIMIT && column.path.starts_with("/v1/");
        match code {
            SPEND_LIMIT if is_spend_limit => Told::new(code, &[words, more]),
            SPEND_LIMIT => Told::new(code, &["refused the request", &shown, more]),
            _ => Told::new(code, &[words, &shown, more]),
        }
    }

    /// What is said where nobody knows whether it was carried out.
    fn doubt(&self) -> &'static str {
        match self.column.doubt {
            Doubt::Said if self.column.is_write() => DOUBT,
            Doubt::Looks(told) => told,
            Doubt::Said | Doubt::None => "",
        }
    }

    /// Whether it was carried out, and the command finds that out, whatever it is answered.
    fn is_found_out(&self) -> bool {
        let is_carried_out = matches!(self.row.fault, Fault::Changed(_));
        is_carried_out && matches!(self.column.doubt, Doubt::Looks(_))
    }

    /// What is told where an answer is good enough, and nothing comes of it: it was a stranger's.
    fn came_to_nothing(&self) -> Option<Told> {
        let looks = matches!(self.column.doubt, Doubt::Looks(_));
        looks.then(|| Told {
            is_report: true,
            ..Told::new("timed_out", &["has not picked up the deployment"])
        })
    }

    /// Whether an answer is taken for what it is, though something about it is odd.
    fn is_put_up_with(&self, oddity: Oddity) -> bool {
        match self.column.reads {
            Reads::Closely => false,
            Reads::Named => oddity == Oddity::OddThings,
            Reads::List => matches!(oddity, Oddity::Hollow | Oddity::OddThings),
            Reads::Record => {
                matches!(oddity, Oddity::NoList | Oddity::Hollow | Oddity::OddThings)
            }
            Reads::ObjectIfAny => matches!(
                oddity,
                Oddity::Blank | Oddity::NoList | Oddity::Hollow | Oddity::OddThings
            ),
            Reads::Little => {
                !matches!(oddity, Oddity::Page | Oddity::Unreadable | Oddity::NoObject)
            }
            Reads::Status => oddity != Oddity::Page,
        }
    }

    /// What the command adds of its own.
    fn circumstances(&self) -> &'static str {
        let column = &self.column;
        let ended = matches!(self.row.meaning, Meaning::Protocol { ended: true, .. });
        match (column.role, column.setup) {
            (Role::Revocation, _) => "the service did not confirm that the session has ended",
            (Role::Token, Setup::Login) => "the sign-in could not be completed",
            _ if column.renews() && ended => "your session has ended",
            _ if column.renews() && self.in_doubt() => {
                "your session could not be renewed just now, and may have ended"
            }
            _ if column.renews() => "your session could not be renewed just now, and is kept",
            _ => "",
        }
    }

    /// Whether the provider may have spent the refresh token without our hearing of it.
    fn in_doubt(&self) -> bool {
        let lost = match &self.row.meaning {
            Meaning::Refused { status, .. } => *status >= 500,
            Meaning::Nonsense(_) => !self.rotates(),
            Meaning::NoHttp | Meaning::Slow | Meaning::Broken => true,
            Meaning::Fine | Meaning::Followed(_) | Meaning::Protocol { .. } => false,
        };
        self.column.role == Role::Token && lost
    }

    /// Whether the answer makes no sense but for a refresh token, which is then kept.
    fn rotates(&self) -> bool {
        let has_one = self.row.name.contains(r#""refresh_token":"r""#);
        self.column.renews() && self.column.role == Role::Token && has_one
    }

    /// Whether the session is renewed to be ended: the service does not accept its access token.
    fn is_revoked_anew(&self) -> bool {
        let status = match &self.row.meaning {
            Meaning::Refused { status, .. } => *status,
            _ => 0,
        };
        self.column.role == Role::Revocation && status == 401
    }

    /// How often the route is asked.
    fn tries(&self) -> usize {
        if self.column.is_tried_again() {
            self.row.tries.min(self.row.times.saturating_add(1))
        } else if self.is_revoked_anew() {
            2
        } else {
            1
        }
    }

    fn limit(&self) -> Duration {
        match (&self.row.meaning, self.column.role) {
            (Meaning::Slow, Role::Revocation) => SIGN_OUT_LIMIT,
            (Meaning::Slow, Role::Optional) => OPTIONAL_LIMIT,
            (Meaning::Slow, _) => LIMIT,
            _ => QUICK,
        }
    }

    /// What is wrong with an outcome.
    pub fn judge(&self, outcome: &Outcome) -> Vec<String> {
        let mut wrong = Vec::new();
        let told = self.told();
        let role = self.column.role;
        let matters = !matches!(role, Role::Optional | Role::Revocation);
        let status = i32::from(told.is_some() && matters);
        if outcome.status != Some(status) {
            wrong.push(format!("exit status {:?}, not {status}", outcome.status));
        }
        if let Some(told) = told.as_ref().filter(|_| role != Role::Optional) {
            let missing = told
                .words
                .iter()
                .filter(|words| !outcome.stderr.contains(*words));
            wrong.extend(missing.map(|words| format!("not told: {words:?}")));
        }
        if outcome.stderr.contains("panicked") {
            wrong.push("a panic".to_owned());
        }
        let limit = self.limit();
        if outcome.took > limit {
            wrong.push(format!("took {:?}, more than {limit:?}", outcome.took));
        }
        wrong.extend(self.judge_stdout(outcome, told.as_ref().filter(|_| matters)));
        if role == Role::Revocation && self.mode == "json" {
            let value: Value = serde_json::from_str(&outcome.stdout).unwrap_or_default();
            if value["revoked"] != told.is_none() {
                wrong.push(format!("`revoked` is {}", value["revoked"]));
            }
        }
        wrong.extend(self.judge_file(outcome, status == 1));
        wrong.extend(self.judge_requests(outcome));
        wrong
    }

    fn judge_stdout(&self, outcome: &Outcome, failed: Option<&Told>) -> Option<String> {
        if self.mode != "json" {
            return match failed {
                // How far it has come is told all the same.
                Some(told) if told.is_report => None,
                Some(_) if !outcome.stdout.is_empty() => Some("talk on stdout".to_owned()),
                // A log of which nothing can be shown says so.
                None if outcome.stderr.contains("has any text") => None,
                None if outcome.stdout.is_empty() => Some("nothing on stdout".to_owned()),
                _ => None,
            };
        }
        let value: Value = match serde_json::from_str(&outcome.stdout) {
            Ok(value) => value,
            Err(error) => return Some(format!("no JSON on stdout: {error}")),
        };
        let code = match &value["error"]["code"] {
            Value::String(code) => code.clone(),
            Value::Null => String::new(),
            other => other.to_string(),
        };
        let wanted = failed.map_or("", |told| &told.code);
        if code != wanted {
            return Some(format!("code {code:?}, not {wanted:?}"));
        }
        let (next, retryable) = (&value["error"]["next"], &value["error"]["retryable"]);
        if failed.is_some() && (!next.is_array() || !retryable.is_boolean()) {
            return Some(format!("next {next}, retryable {retryable}"));
        }
        if outcome.stderr.contains(DOUBT) && *retryable == true {
            return Some("in doubt, and said to be worth another try".to_owned());
        }
        None
    }

    fn judge_file(&self, outcome: &Outcome, failed: bool) -> Vec<String> {
        let mut wrong = Vec::new();
        let [before, after] = &outcome.files;
        let rotated = |line: &str| match line.strip_prefix("refresh_token = ") {
            Some(_) if self.rotates() => "refresh_token = \"r\"\n".to_owned(),
            _ => line.to_owned(),
        };
        let expected: String = before.split_inclusive('\n').map(rotated).collect();
        if failed && expected != *after {
            wrong.push(format!("the file was changed to:\n{after}"));
        }
        if self.column.role == Role::Revocation && after.contains("token") {
            wrong.push(format!("still signed in:\n{after}"));
        }
        let known = |name: &&String| {
            ["pipecatcloud.toml", "pipecatcloud.toml.lock"].contains(&name.as_str())
        };
        let left = outcome.folder.iter().filter(|name| !known(name));
        wrong.extend(left.map(|name| format!("`{name}` was left behind")));
        wrong
    }

    fn judge_requests(&self, outcome: &Outcome) -> Vec<String> {
        let mut wrong = Vec::new();
        let interposer = &outcome.interposer;
        let (count, tries) = (
            interposer.count(self.column.method, self.column.path),
            self.tries(),
        );
        // What can be done without is given up, on a machine under load before the last try.
        let gives_up = self.column.role == Role::Optional && (1..tries).contains(&count);
        if count != tries && !gives_up {
            wrong.push(format!("sent {count} times, not {tries}"));
        }
        let authority = interposer.authority();
        for arrival in interposer.arrivals() {
            if arrival.host.as_deref() != Some(&authority) {
                wrong.push(format!("another host: {arrival:?}"));
            }
            let signed = arrival.path.starts_with("/v1/") || arrival.path == "/auth/logout";
            if arrival.authorization.is_some() != signed {
                wrong.push(format!("a token too many or too few: {arrival:?}"));
            }
            let twice = interposer.count(&arrival.method, &arrival.path) > 1;
            let may_be_repeated = self.column.is_tried_again() && arrival.path == self.column.path;
            if arrival.method != "GET" && !may_be_repeated && twice && !self.is_revoked_anew() {
                wrong.push(format!("sent more than once: {arrival:?}"));
            }
        }
        let said = format!("{}{}", outcome.stdout, outcome.stderr);
        for secret in [
            ADA_PAT,
            "oat_ada",
            "ort_ada",
            "oat_grace",
            "ort_grace",
            "code_0",
        ] {
            if said.contains(secret) {
                wrong.push(format!("`{secret}…` is shown"));
            }
        }
        wrong
    }
}
