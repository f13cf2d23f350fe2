//! How far a transfer has come: a bar on a terminal, a line now and then elsewhere.

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use super::{Note, Printer, Progress};
use crate::text::size;

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

/// The bar's looks.
pub(super) fn style(unicode: bool) -> ProgressStyle {
    let template = "{msg} {bar:24} {bytes}/{total_bytes}, {bytes_per_sec}, {eta} left";
    let style = ProgressStyle::with_template(template);
    let style = style.unwrap_or_else(|_| ProgressStyle::default_bar());
    style.progress_chars(if unicode { "━━╌" } else { "##-" })
}

/// How far it is, in a line: bytes, rate, time left.
fn line(what: &str, position: u64, total: u64, elapsed: Duration) -> String {
    let mut line = format!("{what}: {} of {}", size(position), size(total));
    let milliseconds = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
    let rate = position.saturating_mul(1000) / milliseconds.max(1);
    if let Some(left) = total.saturating_sub(position).checked_div(rate) {
        let _ = write!(line, ", {}/s, {left} s left", size(rate));
    }
    line
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
                "uploading: 2.5 MB of 10.0 MB, 256.0 KB/s, 30 s left",
                "uploading: 5.0 MB of 10.0 MB, 256.0 KB/s, 20 s left",
            ]
        );
    }
}
