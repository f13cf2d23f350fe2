//! `agent logs`.

mod filter;
mod follow;
mod level;
mod line;
#[cfg(test)]
mod model;
mod pages;
mod shown;
mod source;
mod text;
mod time;
mod watch;

use clap_complete::engine::ArgValueCompleter;
use std::time::Duration;

use crate::api::LogQuery;
use crate::commands::{InOrganization, Run, invalid};
use crate::completions;
use crate::context::Context;
use crate::error::Result;
use crate::http::check_segment;
use crate::limit;
use crate::output::{Clock, Report};
use clap::builder::{PossibleValuesParser, TypedValueParser as _};
use filter::Filter;
use level::Level;
use line::Format;
use shown::Look;
use source::Source;
use time::Moment;

const EXAMPLES: &str = "\
Examples:
  pipecat cloud agent logs my-bot
  pipecat cloud agent logs my-bot --follow
  pipecat cloud agent logs my-bot --level error --since 2h
  pipecat cloud agent logs my-bot --search timeout --oldest-first
  pipecat cloud agent logs my-bot --format JSON | jq -r .log

Exit status: 0 shown, or nothing matches; 1 the log is empty, or there is no such agent";

/// So many entries are shown where nobody says how many.
const SHOWN: usize = 100;

/// So many come before those that are followed.
const BEFORE_FOLLOWING: usize = 20;

/// Show an agent's log
///
/// Newest first. The level of an entry is the one that it states itself; an entry that states none,
/// such as a line of a traceback, has that of the entry before it. Times are local on a terminal,
/// and UTC elsewhere.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// The agent
    #[arg(value_name = "AGENT", add = ArgValueCompleter::new(completions::agents))]
    agent: String,

    /// Only entries of exactly this level, not those above it: TRACE, DEBUG, INFO, WARNING, ERROR, CRITICAL or ALL
    #[arg(short = 'l', long, value_name = "LEVEL", ignore_case = true, hide_possible_values = true,
        value_parser = PossibleValuesParser::new(LEVELS).map(|name| Wanted::named(&name)))]
    level: Option<Wanted>,

    /// TEXT, or JSON: an object a line
    #[arg(short = 'f', long, value_name = "FORMAT", ignore_case = true, hide_possible_values = true,
        default_value = "TEXT",
        value_parser = PossibleValuesParser::new(["TEXT", "JSON"]).map(|name| format(&name)))]
    format: Format,

    /// How many entries to show [default: 100, or 20 with --follow]
    #[arg(short = 'n', long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    limit: Option<u32>,

    /// Only what this deployment wrote
    #[arg(short = 'd', long, value_name = "ID")]
    deployment: Option<String>,

    /// Only what belongs to this session
    #[arg(short = 's', long, value_name = "ID")]
    session_id: Option<String>,

    /// Only what was written since then: `2026-02-01T09:00:00Z`, or an age like 30s, 10m, 2h, 3d
    #[arg(long, value_name = "TIME", value_parser = Moment::parse)]
    since: Option<Moment>,

    /// Only what was written before then
    #[arg(long, value_name = "TIME", value_parser = Moment::parse)]
    until: Option<Moment>,

    /// Only entries that contain this text, in upper or lower case
    #[arg(long, value_name = "TEXT")]
    search: Option<String>,

    /// Show the oldest entry first
    #[arg(long)]
    oldest_first: bool,

    /// Keep showing entries as they come, until Ctrl-C
    #[arg(long, conflicts_with = "until")]
    follow: bool,

    /// Show times in UTC on a terminal, too
    #[arg(long)]
    utc: bool,

    #[command(flatten)]
    organization: InOrganization,
}

/// The level that is wanted; none for all of them.
#[derive(Clone, Copy, Debug)]
struct Wanted(Option<Level>);

const LEVELS: [&str; 7] = [
    "TRACE", "DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL", "ALL",
];

impl Wanted {
    fn named(name: &str) -> Self {
        // `ALL` is no level.
        Self(Level::called(&name.to_ascii_uppercase()))
    }
}

fn format(name: &str) -> Format {
    if name.eq_ignore_ascii_case("JSON") {
        Format::Json
    } else {
        Format::Text
    }
}

impl Run for Args {
    fn time_limit(&self) -> Option<Duration> {
        (!self.follow).then_some(limit::DEFAULT)
    }

    async fn run(self, context: &Context) -> Result<Box<dyn Report>> {
        let filter = self.filter(context)?;
        check_segment(&self.agent)?;
        let organization = context.organization().await?.value;
        let query = LogQuery {
            deployment: given(self.deployment.as_ref()),
            session: given(self.session_id.as_ref()),
            ..LogQuery::default()
        };
        let log = Source::new(context.api()?, &organization, &self.agent, query);
        let look = Look {
            filter,
            format: self.format,
            clock: self.clock(context),
        };
        if self.follow {
            let count = self.limit.map_or(BEFORE_FOLLOWING, |limit| limit as usize);
            return watch::follow(context, &log, &look, count).await;
        }
        let count = self.limit.map_or(SHOWN, |limit| limit as usize);
        let gathered = {
            let _progress = context.printer.progress("reading the log");
            log.newest(&look.filter, count).await?
        };
        if gathered.entries.is_empty() {
            return Err(log.nothing());
        }
        Ok(Box::new(look.report(
            &log,
            gathered,
            count,
            self.oldest_first,
        )))
    }
}

/// An option's value, if it is not empty.
fn given(value: Option<&String>) -> Option<&str> {
    value.map(String::as_str).filter(|text| !text.is_empty())
}

impl Args {
    fn filter(&self, context: &Context) -> Result<Filter> {
        let now = context.settings.environment().now();
        let [since, until] = [self.since, self.until].map(|time| Some(time?.at(now)));
        if since
            .zip(until)
            .is_some_and(|(since, until)| since >= until)
        {
            return Err(invalid("`--since` must be before `--until`"));
        }
        let level = self.level.and_then(|Wanted(level)| level);
        Ok(Filter::new(
            level,
            (since, until),
            given(self.search.as_ref()),
        ))
    }

    /// People on a terminal see their own time.
    fn clock(&self, context: &Context) -> Clock {
        if context.is_for_people() && !self.utc {
            Clock::Local
        } else {
            Clock::Utc
        }
    }
}
