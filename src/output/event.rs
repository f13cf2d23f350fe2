//! What a command has to say while it goes on, a row at a time.

use serde_json::Value;

/// A row that comes while a command goes on: a line of a log, say. It stands on stdout, in the form
/// of the mode.
pub trait Event {
    /// For people: one line or several, in colour, without an end of line.
    fn rich(&self) -> String {
        self.plain()
    }

    /// For line-oriented tools: one line, or several where the row is of several itself, without the
    /// end of the last.
    fn plain(&self) -> String;

    /// For programs: one object, which takes one line.
    fn json(&self) -> Value;
}
