//! Watching: looking every two seconds, and showing what has changed. On a terminal the whole is
//! drawn anew in its place; elsewhere, each change is a line.

use std::ops::ControlFlow;
use std::time::Duration;

use serde_json::Value;

use crate::context::Context;
use crate::error::{Error, Result};
use crate::output::{Clock, Event, Frame, Note, Report, View, clean};
use crate::poll::{Poll, Polled};

/// How often to look.
const PAUSES: [Duration; 1] = [Duration::from_secs(2)];

/// So many failed looks in a row are borne.
const PATIENCE: u32 = 5;

/// Something that can be watched.
pub(super) trait Watched {
    /// What a look brings.
    type Look: Report;

    /// Looks.
    async fn look(&self) -> Result<Self::Look>;

    /// What is new since the look before; of the first look, how things stand.
    fn news(&mut self, look: &Self::Look) -> Vec<News>;

    /// Whether that is what was waited for.
    fn is_done(&self, _look: &Self::Look) -> bool {
        false
    }
}

/// A thing that has changed.
pub(super) struct News {
    /// What has changed of it, a line each.
    pub(super) lines: Vec<String>,
    /// The thing as it is now.
    pub(super) json: Value,
}

/// The same, as it is told.
struct Change {
    time: String,
    news: News,
}

impl Event for Change {
    fn plain(&self) -> String {
        let lines = self.news.lines.iter();
        let lines = lines.map(|line| format!("{}\t{}", self.time, clean(line)));
        lines.collect::<Vec<_>>().join("\n")
    }

    fn json(&self) -> Value {
        self.news.json.clone()
    }
}

/// Watches until it is done, or until `limit` is over.
///
/// # Errors
/// A look failed for good, or one more in a row than are borne; or nobody reads what is told.
pub(super) async fn watch(
    context: &Context,
    limit: Duration,
    watched: &mut impl Watched,
) -> Result<Polled<Box<dyn Report>>> {
    let mut shown = Shown::new(context);
    // From here on, each JSON value takes one line.
    context.emit::<Change>(&[]).await?;
    let poll = Poll {
        limit,
        pauses: &PAUSES,
        patience: PATIENCE,
    };
    let is_transient = |error: &Error| error.is_transient() || error.status() == Some(408);
    let polled = poll.until(is_transient, async || {
        context.check_reader()?;
        let look = match watched.look().await {
            Ok(look) => look,
            Err(error) => {
                if is_transient(&error) {
                    shown.fails(context, &error).await?;
                }
                return Err(error);
            }
        };
        let is_done = watched.is_done(&look);
        let news = watched.news(&look);
        let last = shown.look(context, look, news, is_done).await?;
        Ok(match last {
            Some(last) => ControlFlow::Break(last),
            None => ControlFlow::Continue(()),
        })
    });
    polled.await
}

/// What has been shown so far.
struct Shown<L> {
    /// On a terminal, the place for it.
    frame: Option<Frame>,
    /// The latest look that did not fail.
    latest: Option<L>,
    failing: bool,
}

impl<L: Report> Shown<L> {
    fn new(context: &Context) -> Self {
        Self {
            frame: context.can_redraw().then(Frame::default),
            latest: None,
            failing: false,
        }
    }

    /// Shows a look. Gives what there is to say at the end, if this is the end.
    async fn look(
        &mut self,
        context: &Context,
        look: L,
        news: Vec<News>,
        is_done: bool,
    ) -> Result<Option<Box<dyn Report>>> {
        self.failing = false;
        let time = now(context);
        if let Some(frame) = &mut self.frame {
            let below = if is_done {
                String::new()
            } else {
                format!("{time} UTC, every 2 s until Ctrl-C")
            };
            context.redraw(frame, &look, &below).await?;
            self.latest = Some(look);
            return Ok(is_done.then(|| Box::new(Said) as Box<dyn Report>));
        }
        let change = |news| Change {
            time: time.clone(),
            news,
        };
        let mut changes: Vec<Change> = news.into_iter().map(change).collect();
        if !is_done {
            context.emit(&changes).await?;
            return Ok(None);
        }
        let last = changes.pop();
        context.emit(&changes).await?;
        let json = look.json();
        Ok(Some(Box::new(Last { change: last, json })))
    }

    /// Says that a look has failed, once.
    async fn fails(&mut self, context: &Context, error: &Error) -> Result<()> {
        if std::mem::replace(&mut self.failing, true) {
            return Ok(());
        }
        let told = format!("{error}; looking again");
        match (&mut self.frame, &self.latest) {
            (Some(frame), Some(latest)) => context.redraw(frame, latest, &told).await,
            _ => {
                context.printer.note(&Note::Warning(told));
                Ok(())
            }
        }
    }
}

/// The time, in the form of all times that are told.
fn now(context: &Context) -> String {
    let now = chrono::DateTime::<chrono::Utc>::from(context.settings.environment().now());
    Clock::Utc.show(&now.to_rfc3339())
}

/// The end, where it can be seen.
struct Said;

impl Report for Said {
    fn json(&self) -> Value {
        Value::Null
    }

    fn plain(&self) -> View {
        View::Lines(Vec::new())
    }
}

/// The last change.
struct Last {
    change: Option<Change>,
    json: Value,
}

impl Report for Last {
    fn json(&self) -> Value {
        self.json.clone()
    }

    fn plain(&self) -> View {
        View::Lines(self.change.iter().map(Event::plain).collect())
    }
}
