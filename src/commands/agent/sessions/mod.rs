//! `agent sessions`.

mod figures;
pub(super) mod list;
pub(super) mod one;
pub(super) mod pages;
mod watch;

use std::time::Duration;

use super::missing;
use super::named::Named;
use crate::commands::{InOrganization, Run, invalid};
use crate::context::Context;
use crate::error::Result;
use crate::http::check_segment;
use crate::limit;
use crate::output::{Clock, Report};
use list::List;
use one::One;
use pages::Wanted;

const EXAMPLES: &str = "\
Examples:
  pipecat cloud agent sessions my-bot
  pipecat cloud agent sessions my-bot --end-state agent_error --all
  pipecat cloud agent sessions my-bot --id 0b1c2d3e-0000-4000-8000-000000000000
  pipecat cloud agent sessions my-bot --watch

Exit status: 0 shown, also if there are none; 1 no such agent or session";

/// List the sessions of an agent, or show one
///
/// Times are local on a terminal, and UTC elsewhere.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    #[command(flatten)]
    agent: Named,

    /// Show this session, with what happened in it and what it used
    #[arg(short = 'i', long, value_name = "ID")]
    id: Option<String>,

    /// Only sessions in this state: active, completed, ended_before_agent_start,
    /// agent_start_timeout, terminated, agent_error or unknown
    #[arg(long, value_name = "STATE")]
    end_state: Option<String>,

    /// How many to show, instead of as many as the service sends
    #[arg(short = 'n', long, value_name = "N", conflicts_with = "id",
        value_parser = clap::value_parser!(u32).range(1..))]
    limit: Option<u32>,

    /// Show all of them
    #[arg(long, conflicts_with_all = ["limit", "id", "watch"])]
    all: bool,

    /// Look again every 2 seconds, until Ctrl-C
    #[arg(long)]
    watch: bool,

    /// Show times in UTC on a terminal, too
    #[arg(long)]
    utc: bool,

    #[command(flatten)]
    organization: InOrganization,
}

impl Run for Args {
    fn time_limit(&self) -> Option<Duration> {
        (!self.watch).then_some(limit::DEFAULT)
    }

    async fn run(self, context: &Context) -> Result<Box<dyn Report>> {
        let agent = self.agent.name(context)?;
        let end_state = match (&self.end_state, &self.id) {
            (Some(state), None) => Some(self::end_state(state)?),
            _ => None,
        };
        let id = self.id;
        if let Some(id) = &id {
            check_segment(id)?;
        }
        let organization = context.organization().await?.value;
        let clock = if context.is_for_people() && !self.utc {
            Clock::Local
        } else {
            Clock::Utc
        };
        let wanted = Wanted {
            organization: &organization,
            agent: &agent,
            end_state,
            count: match (self.limit, self.all) {
                (_, true) => Some(usize::MAX),
                (limit, _) => limit.and_then(|limit| usize::try_from(limit).ok()),
            },
        };
        if self.watch {
            return match &id {
                Some(id) => watch::one(context, &wanted, id, clock).await,
                None => watch::list(context, &wanted, clock).await,
            };
        }
        let api = context.api()?;
        if let Some(id) = &id {
            let _progress = context.printer.progress("looking at the session");
            return Ok(Box::new(One::new(api, &wanted, id, clock, false).await?));
        }
        let _progress = context.printer.progress("listing the sessions");
        let found = wanted.read(api).await;
        let found = found.map_err(|error| missing(error, &organization, &agent))?;
        Ok(Box::new(List::new(found, &wanted, clock)))
    }
}

/// A state as the service may know it: it decides which there are.
fn end_state(state: &str) -> Result<&str> {
    let mut letters = state.bytes();
    let begins = letters
        .next()
        .is_some_and(|first| first.is_ascii_lowercase());
    let goes_on = |one: u8| one.is_ascii_lowercase() || one.is_ascii_digit() || one == b'_';
    if begins && letters.all(goes_on) {
        return Ok(state);
    }
    Err(invalid(format!("`{state}` is not the name of a state")).hint(
        "sessions are `active`, `completed`, `ended_before_agent_start`, `agent_start_timeout`, `terminated`, `agent_error` or `unknown`",
    ))
}
