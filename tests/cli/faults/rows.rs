//! The faults: a line a fault.

mod answers;
mod redirects;
mod refusals;
mod tokens;

use super::bodies::shared;
use super::cell::MODES;
use super::columns::{Column, Role};
use crate::support::interposer::{Fault, Reply};

/// A fault, and what it means.
#[derive(Clone)]
pub struct Row {
    /// Its name in reports.
    pub name: String,
    /// What happens.
    pub fault: Fault,
    /// How many times it happens.
    pub times: usize,
    /// What it is to who hears of it.
    pub meaning: Meaning,
    /// How often a read that meets it is sent, while it lasts.
    pub tries: usize,
    /// In which output modes: all of them, unless another row has shown them already.
    pub modes: &'static [&'static str],
    /// Where it makes sense.
    pub fits: fn(&Column) -> bool,
}

/// What a fault is to who hears of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// None at all.
    Fine,
    /// An answer that makes no sense, if it matters what it says.
    Nonsense,
    /// No HTTP.
    NoHttp,
    /// No answer in time.
    Slow,
    /// The end of the connection.
    Broken,
    /// A refusal, with this code in JSON output, and these words.
    Refused {
        status: u16,
        code: String,
        words: &'static str,
        /// Whether it comes as a web page, which is nobody's word but a stranger's.
        page: bool,
    },
    /// A redirect that is followed for reads.
    Followed(u16),
    /// A protocol error from the token endpoint, which ends the session or does not.
    Protocol { error: &'static str, ended: bool },
}

/// A row of those that happen always, and everywhere.
fn row(name: impl Into<String>, fault: Fault, meaning: Meaning) -> Row {
    let tries = match &meaning {
        Meaning::Broken
        | Meaning::Refused {
            status: 429 | 502 | 503 | 504,
            ..
        } => 3,
        _ => 1,
    };
    Row {
        name: name.into(),
        fault,
        times: usize::MAX,
        meaning,
        tries,
        modes: &MODES,
        fits: |_| true,
    }
}

fn bytes(bytes: Vec<u8>) -> Fault {
    Fault::Bytes(shared(bytes))
}

fn refused(status: u16, code: &str, words: &'static str) -> Meaning {
    Meaning::Refused {
        status,
        code: code.to_owned(),
        words,
        page: false,
    }
}

/// The row without a fault.
pub fn none() -> Row {
    row("nothing", Fault::changed(Reply::bytes), Meaning::Fine)
}

/// The rows that take as long as the program has patience. There are few callback ports, so a
/// sign-in holds one of them for that long.
pub fn slow() -> Vec<Row> {
    vec![
        Row {
            fits: |column| !column.needs_a_port() || column.role == Role::Token,
            ..row("never answers", Fault::Silence, Meaning::Slow)
        },
        Row {
            fits: |column| !column.needs_a_port(),
            ..row("one byte a second", Fault::Trickle, Meaning::Slow)
        },
    ]
}

/// All rows but the slow ones.
pub fn quick(elsewhere: &str) -> Vec<Row> {
    let groups = [
        answers::fine(),
        answers::nonsense(),
        answers::names(),
        answers::broken(),
        refusals::statuses(),
        refusals::special(),
        refusals::retry_after(),
        refusals::passing(),
        redirects::redirects(elsewhere),
        tokens::token(),
    ];
    groups.into_iter().flatten().collect()
}
