//! Waiting until a set has arrived in its region.

use std::ops::ControlFlow;
use std::time::Duration;

use crate::api::SetStatus;
use crate::context::Context;
use crate::error::{Code, Error, Result};
use crate::poll::{Poll, Polled};

/// How often it is looked at.
const PAUSES: [Duration; 1] = [Duration::from_secs(1)];

/// So many failed looks in a row are borne.
const PATIENCE: u32 = 5;

/// Whether to wait, and for how long.
#[derive(Debug, clap::Args)]
pub(super) struct Wait {
    /// Wait until agents can use it, for at most SECONDS [default: 120]
    #[arg(
        long,
        value_name = "SECONDS",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "120",
        value_parser = clap::value_parser!(u64).range(1..=86_400)
    )]
    wait: Option<u64>,
}

impl Wait {
    pub(super) fn is_wanted(&self) -> bool {
        self.wait.is_some()
    }

    /// Waits, if that is wanted, until the set is ready.
    pub(super) async fn until_ready(
        &self,
        context: &Context,
        organization: &str,
        set: &str,
    ) -> Result<()> {
        let Some(seconds) = self.wait else {
            return Ok(());
        };
        let _progress = context.printer.progress("waiting until it is ready");
        let poll = Poll {
            limit: Duration::from_secs(seconds),
            pauses: &PAUSES,
            patience: PATIENCE,
        };
        let api = context.api()?;
        let polled = poll.until(Error::is_transient, async || {
            context.limit.restart();
            let sets = api.secret_sets(organization, None).await?.value;
            let found = sets.into_iter().find(|one| one.name == set);
            Ok(match found.as_ref().map(|one| (one.status(), one)) {
                Some((SetStatus::Ready, _)) => ControlFlow::Break(Ok(())),
                Some((SetStatus::Failed, one)) => ControlFlow::Break(Err(one.error.clone())),
                _ => ControlFlow::Continue(()),
            })
        });
        match polled.await? {
            Polled::Done(Ok(())) => Ok(()),
            Polled::Done(Err(why)) => {
                let why = why.map_or_else(String::new, |why| format!(": {why}"));
                Err(Error::new(
                    Code::Rejected,
                    format!("what was stored did not reach the region{why}"),
                ))
            }
            Polled::TimeOver => Err(Error::new(
                Code::TimedOut,
                format!("`{set}` is stored, but was not ready within {seconds} s"),
            )
            .hint(format!(
                "check on it with `pipecat cloud secrets list -o {organization}`"
            ))),
        }
    }
}
