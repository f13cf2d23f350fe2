//! The list of sessions.

use chrono::TimeDelta;
use serde_json::Value;

use super::figures::{Spread, clock, duration};
use super::pages::{Found, Wanted};
use crate::api::AgentSession;
use crate::commands::shell_word;
use crate::output::{Clock, Column, Field, Note, Report, Row, Table, Tone, View};

/// Sessions of an agent.
pub(in crate::commands::agent) struct List {
    pub(super) found: Found,
    agent: String,
    organization: String,
    /// How those that were asked for have ended.
    state: Option<String>,
    /// Whether only some of them were asked for.
    is_part: bool,
    clock: Clock,
}

impl List {
    pub(in crate::commands::agent) fn new(found: Found, wanted: &Wanted, clock: Clock) -> Self {
        Self {
            found,
            agent: wanted.agent.to_owned(),
            organization: wanted.organization.to_owned(),
            state: wanted.end_state.map(str::to_owned),
            is_part: wanted.count.is_some_and(|count| count < usize::MAX),
            clock,
        }
    }

    fn sessions(&self) -> impl Iterator<Item = &AgentSession> {
        self.found.sessions.iter().map(|session| &session.value)
    }

    fn table(&self) -> View {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let time = |time: &Option<String>| self.clock.show(&text(time));
        let rows = self.sessions().map(|session| {
            let cold_start = match session.cold_start {
                Some(true) => "True",
                Some(false) => "False",
                None => "",
            };
            let tone = match session.cold_start {
                Some(true) => Tone::Striking,
                _ => Tone::Normal,
            };
            Row::new([
                text(&session.id),
                time(&session.created_at),
                time(&session.ended_at),
                duration(session).map(clock).unwrap_or_default(),
                session.status().to_owned(),
                text(&session.bot_start),
                cold_start.to_owned(),
            ])
            .with_tone(tone)
        });
        View::Table(Table::new(
            [
                Column::whole("Session ID"),
                Column::whole("Created At"),
                Column::spare("Ended At"),
                Column::whole("Duration"),
                Column::text("Status"),
                Column::spare("Bot Start Seconds"),
                Column::spare("Cold Start"),
            ],
            rows,
        ))
    }

    /// What the sessions that are shown have in common.
    fn summary(&self) -> View {
        let mut fields = vec![Field::new("Sessions", self.count())];
        let durations = self.sessions().filter_map(duration);
        let seconds = durations.map(TimeDelta::as_seconds_f64).collect();
        if let Some(spread) = Spread::of(seconds) {
            let shown = |seconds: f64| clock(TimeDelta::milliseconds(milliseconds(seconds)));
            fields.push(Field::new("Duration", told(spread, shown)));
        }
        let starts = self
            .sessions()
            .filter_map(|session| session.bot_start.as_ref());
        let starts = starts.filter_map(|start| start.parse().ok()).collect();
        if let Some(spread) = Spread::of(starts) {
            fields.push(Field::new(
                "Bot Start",
                told(spread, |start| format!("{start:.1}s")),
            ));
        }
        let known: Vec<bool> = self
            .sessions()
            .filter_map(|session| session.cold_start)
            .collect();
        let cold = known.iter().filter(|is_cold| **is_cold).count();
        if let Some(share) = (100 * cold).checked_div(known.len()) {
            let text = format!("{cold} of {} ({share}%)", known.len());
            fields.push(Field::new("Cold Starts", text));
        }
        View::Fields(fields)
    }

    fn count(&self) -> String {
        let count = self.found.sessions.len();
        match self.found.total {
            Some(total) if total > count => format!("{count} of {total}"),
            _ => count.to_string(),
        }
    }
}

#[allow(
    clippy::cast_possible_truncation,
    reason = "a float is cut to what there is"
)]
fn milliseconds(seconds: f64) -> i64 {
    (seconds * 1000.0) as i64
}

fn told(spread: Spread, shown: impl Fn(f64) -> String) -> String {
    let Spread { mean, low, high } = spread;
    format!(
        "{} on average; 5% up to {}, 95% up to {}",
        shown(mean),
        shown(low),
        shown(high)
    )
}

impl Report for List {
    fn json(&self) -> Value {
        self.found.json()
    }

    fn plain(&self) -> View {
        self.table()
    }

    fn rich(&self) -> View {
        if self.found.sessions.is_empty() {
            return View::Lines(Vec::new());
        }
        View::Several(vec![self.summary(), self.table()])
    }

    fn title(&self) -> Option<String> {
        Some(format!(
            "sessions of the agent `{}` of the organization `{}`, in {}",
            self.agent,
            self.organization,
            self.clock.name()
        ))
    }

    fn notes(&self) -> Vec<Note> {
        let Self {
            agent,
            organization,
            ..
        } = self;
        let count = self.found.sessions.len();
        if count == 0 {
            let which = self.state.as_ref();
            let which = which.map_or_else(String::new, |state| format!(" in the state `{state}`"));
            return vec![Note::Plain(format!("`{agent}` has no sessions{which}"))];
        }
        match self.found.total {
            Some(total) if total > count && !self.is_part => vec![
                Note::Plain(format!("showing {count} of {total} sessions")),
                Note::Hint(format!(
                    "see more with `pipecat cloud agent sessions {} --all -o {organization}`",
                    shell_word(agent)
                )),
            ],
            _ => Vec::new(),
        }
    }
}
