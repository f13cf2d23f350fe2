//! `agent logs --follow`.

use std::convert::Infallible;
use std::ops::ControlFlow;
use std::time::Duration;

use super::filter::time_of;
use super::follow::{Follower, News};
use super::line::Line;
use super::shown::Look;
use super::source::{LOOKED_THROUGH, Source};
use crate::commands::agent::passes;
use crate::context::Context;
use crate::error::Result;
use crate::output::{Note, Report};
use crate::poll::{Poll, Polled};

/// How long to wait before the next look, while nothing comes: the last one goes on.
const PAUSES: [Duration; 6] = [
    Duration::from_secs(2),
    Duration::from_secs(2),
    Duration::from_secs(3),
    Duration::from_secs(4),
    Duration::from_secs(6),
    Duration::from_secs(10),
];

/// So many failed looks in a row are borne.
const PATIENCE: u32 = 5;

/// Shows the last `count` entries that fit, and then each that comes, until somebody ends it.
pub(super) async fn follow(
    context: &Context,
    log: &Source<'_>,
    look: &Look,
    count: usize,
) -> Result<Box<dyn Report>> {
    context.say_title(&format!(
        "{}, followed until Ctrl-C, in {}",
        log.name(),
        look.clock.name()
    ));
    let mut follower = Follower::default();
    // Enough to know again at the next look, though fewer are shown.
    let known = if look.filter.is_any() {
        count
    } else {
        count.max(LOOKED_THROUGH)
    };
    let gathered = log.newest(&look.filter, known).await?;
    let before = fitting(look, follower.take_in(gathered));
    let last = before.len().saturating_sub(count);
    context.emit(&before[last..]).await?;
    match go_on(context, log, look, follower).await? {}
}

async fn go_on(
    context: &Context,
    log: &Source<'_>,
    look: &Look,
    mut follower: Follower,
) -> Result<Infallible> {
    let poll = Poll {
        limit: Duration::MAX,
        pauses: &PAUSES,
        patience: PATIENCE,
    };
    loop {
        tokio::time::sleep(PAUSES[0]).await;
        let mut failed = false;
        let polled = poll.until(passes, async || {
            context.check_reader()?;
            let looked = log.since(&follower).await.inspect_err(|error| {
                // Once: it may go on for a while.
                if passes(error) && !std::mem::replace(&mut failed, true) {
                    context
                        .printer
                        .note(&Note::Warning(format!("{error}; trying again")));
                }
            })?;
            failed = false;
            let news = follower.take_in(looked);
            Ok(if news.entries.is_empty() {
                ControlFlow::Continue(())
            } else {
                ControlFlow::Break(news)
            })
        });
        if let Polled::Done(news) = polled.await? {
            if news.has_gap {
                let gap = "more was logged than could be read; the oldest entries are left out";
                context.printer.note(&Note::Warning(gap.to_owned()));
            }
            context.emit(&fitting(look, news)).await?;
        }
    }
}

/// The lines that fit, oldest first.
fn fitting(look: &Look, news: News) -> Vec<Line> {
    let lines = news.entries.into_iter();
    let lines = lines.map(|(entry, level)| look.line(entry, level));
    lines
        .filter(|line| {
            line.has_text()
                && look
                    .filter
                    .fits(&line.entry.value, line.level, time_of(&line.entry.value))
        })
        .collect()
}
