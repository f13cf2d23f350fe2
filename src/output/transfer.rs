//! How far a transfer has come: a bar on a terminal, a line now and then elsewhere.

use std::fmt::Write;
use std::sync::Arc;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressState, ProgressStyle};

use super::{Note, Printer, Progress};
use crate::text::{duration, size};

/// Where nothing can be drawn, so often there is a line.
const LINE_EVERY: Duration = Duration::from_secs(10);

/// A transfer under way, until it is dropped.
#[derive(Debug)]
pub struct Transfer {
    printer: Arc<Printer>,
    what: String,
    total: u64,
    since: Instant,
    next_line: Duration,
    /// Takes the bar away in the end.
    _progress: Progress,
    bar: Option<ProgressBar>,
}

impl Transfer {
    pub(super) fn new(printer: Arc<Printer>, what: &str, total: u64, progress: Progress) -> Self {
        Self {
            bar: printer.drawn(),
            printer,
            what: what.to_owned(),
            total,
            since: Instant::now(),
            next_line: LINE_EVERY,
            _progress: progress,
        }
    }

    /// Tells how many bytes are through.
    pub fn at(&mut self, position: u64) {
        if let Some(bar) = &self.bar {
            bar.set_position(position);
            return;
        }
        let elapsed = self.since.elapsed();
        if let Some(line) = self.line_at(position, elapsed) {
            self.printer.note(&Note::Plain(line));
        }
    }

    /// The line that is due, if one is.
    fn line_at(&mut self, position: u64, elapsed: Duration) -> Option<String> {
        if elapsed < self.next_line {
            return None;
        }
        self.next_line = elapsed + LINE_EVERY;
        Some(line(&self.what, position, self.total, elapsed))
    }
}

/// The bar's looks on a terminal of so many columns.
pub(super) fn style(unicode: bool, width: usize) -> ProgressStyle {
    /// What fits into one line with a bar.
    const ROOMY: usize = 76;
    let template = if width < ROOMY {
        "{msg} {percent}%, {time}"
    } else {
        "{msg} {bar:16} {through}, {left}"
    };
    let style = ProgressStyle::with_template(template);
    let style = style.unwrap_or_else(|_| ProgressStyle::default_bar());
    style
        .progress_chars(if unicode { "━━╌" } else { "##-" })
        .with_key("through", |state: &ProgressState, out: &mut dyn Write| {
            let total = state.len().unwrap_or_default();
            let _ = write!(out, "{} of {}", size(state.pos()), size(total));
        })
        .with_key("time", |state: &ProgressState, out: &mut dyn Write| {
            let is_through = state.len().is_some_and(|total| state.pos() >= total);
            let _ = if is_through {
                out.write_str("waiting")
            } else {
                write!(out, "{} left", duration(state.eta().as_secs()))
            };
        })
        .with_key("left", |state: &ProgressState, out: &mut dyn Write| {
            #[allow(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a number of bytes, and a large one stays a large one"
            )]
            let rate = state.per_sec() as u64;
            let total = state.len().unwrap_or_default();
            let _ = out.write_str(&pace(state.pos(), total, rate));
        })
}

/// How fast it goes, and for how long. Once all has left, it is the other side's turn.
fn pace(position: u64, total: u64, rate: u64) -> String {
    if position >= total {
        return "waiting for the answer".to_owned();
    }
    match (total - position).checked_div(rate) {
        Some(left) => format!("{}/s, {} left", size(rate), duration(left)),
        None if position == 0 => "starting".to_owned(),
        None => "nothing is moving".to_owned(),
    }
}

/// How far it is, in a line: bytes, rate, time left.
fn line(what: &str, position: u64, total: u64, elapsed: Duration) -> String {
    let milliseconds = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
    let rate = position.saturating_mul(1000) / milliseconds.max(1);
    let (through, all) = (size(position), size(total));
    format!(
        "{what}: {through} of {all}, {}",
        pace(position, total, rate)
    )
}

#[cfg(test)]
mod tests {
    use super::super::Hints;
    use super::*;

    #[test]
    fn where_nothing_can_be_drawn_there_is_a_line_every_ten_seconds() {
        let printer = Arc::new(Printer::new(false, false, Hints::default()));
        let mut transfer = printer.transfer("uploading", 10 << 20);
        let lines: Vec<String> = (0..=25)
            .filter_map(|second| transfer.line_at(second << 18, Duration::from_secs(second)))
            .collect();
        assert_eq!(
            lines,
            [
                "uploading: 2.5 MB of 10.0 MB, 256.0 KB/s, 30s left",
                "uploading: 5.0 MB of 10.0 MB, 256.0 KB/s, 20s left",
            ]
        );
    }

    #[test]
    fn what_has_left_is_not_yet_taken() {
        assert_eq!(pace(0, 10, 0), "starting");
        assert_eq!(pace(5, 10, 0), "nothing is moving");
        assert_eq!(pace(0, 90 << 10, 1 << 10), "1.0 KB/s, 1m 30s left");
        assert_eq!(pace(10, 10, 5), "waiting for the answer");
    }
}
