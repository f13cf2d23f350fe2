//! The faults: a line a fault.

mod answers;
mod redirects;
mod refusals;
mod tokens;

use super::bodies::shared;
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
    /// How widely it is tried.
    pub breadth: Breadth,
    /// Where it makes sense.
    pub fits: fn(&Column) -> bool,
}

/// How widely a fault is tried. What the HTTP client makes of a fault is the same for all that is
/// sent in the same manner; what an answer means is each route's own; and what a command makes of
/// a failure is told by a few.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Breadth {
    /// Once for each [kind](Column::kind) of request.
    Kinds,
    /// Once for each route as well.
    Routes,
    /// With every column.
    All,
}

/// What a fault is to who hears of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// None at all.
    Fine,
    /// An answer that makes no sense to who reads it closely enough.
    Nonsense(Oddity),
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

/// What is odd about an answer, from what nobody can read to what some put up with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Oddity {
    /// It is a web page, from somebody else.
    Page,
    /// It is not JSON.
    Unreadable,
    /// There is none.
    Blank,
    /// It is a value that says nothing.
    Scalar,
    /// It is no object.
    NoObject,
    /// It is an object, without what should be in it.
    NoList,
    /// It is what it should be, of things that are not there.
    Hollow,
    /// It is what it should be, of things that are not.
    OddThings,
}

/// A row of those that happen always, for each kind of request.
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
        breadth: Breadth::Kinds,
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

impl Row {
    /// The same row, tried that widely.
    fn wide(self, breadth: Breadth) -> Self {
        Self { breadth, ..self }
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
            breadth: Breadth::Routes,
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
