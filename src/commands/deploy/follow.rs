//! Waiting until what was deployed serves, and telling what happens meanwhile.

use std::ops::ControlFlow;
use std::time::SystemTime;

use serde_json::Value;

use super::state::{State, Telling};
use crate::api::Rollout;
use crate::error::{Code, Error, Result};
use crate::poll::{Poll, Polled};

/// What is waited for.
pub(super) struct Follow<'a> {
    /// How.
    pub(super) poll: Poll<'a>,
    /// The deployment that the service has named.
    pub(super) wanted: Option<String>,
    /// The one that was to run before.
    pub(super) before: Option<String>,
    /// Whether there must be another one, though the service has not named it: then the one from
    /// before does not count, however well it runs.
    pub(super) is_another: bool,
}

/// How the wait ended.
#[derive(Debug, Default)]
pub(super) struct Followed {
    /// The last look.
    pub(super) rollout: Rollout,
    /// How things stood then; nothing if no look brought anything.
    pub(super) state: Option<State>,
    /// The deployment that was waited for.
    pub(super) deployment: Option<String>,
    /// Whether the time was over.
    pub(super) is_over: bool,
}

impl Follow<'_> {
    /// Looks until the state is one that stays. `tell` gets what is new, a line each.
    ///
    /// # Errors
    /// A look was refused, or too many in a row failed; with the deployment's id where it is known.
    pub(super) async fn run(
        self,
        mut look: impl AsyncFnMut() -> Result<Value>,
        mut tell: impl FnMut(Option<&str>, &[String]),
    ) -> Result<Followed> {
        let Self {
            poll,
            wanted,
            before,
            is_another,
        } = self;
        let mut followed = Followed {
            deployment: wanted,
            ..Followed::default()
        };
        let mut told: Option<Telling> = None;
        let polled = poll
            .until(passes, async || {
                let rollout = Rollout::read(&look().await?);
                let before = before.as_deref();
                let state = judge(&rollout, &mut followed.deployment, before, is_another);
                let deployment = followed.deployment.as_deref();
                // Nothing that runs is the new one as long as nobody has named that.
                let nobodys = matches!(state, State::NotTakenUp).then_some("");
                let telling = Telling::of(&rollout, &state, deployment.or(nobodys));
                tell(deployment, &telling.news(told.as_ref(), SystemTime::now()));
                told = Some(telling);
                let is_final = matches!(
                    state,
                    State::Ready | State::Failed(_) | State::Superseded(_)
                );
                followed.rollout = rollout;
                followed.state = Some(state);
                Ok(if is_final {
                    ControlFlow::Break(())
                } else {
                    ControlFlow::Continue(())
                })
            })
            .await;
        match polled {
            Ok(polled) => {
                followed.is_over = matches!(polled, Polled::TimeOver);
                Ok(followed)
            }
            Err(error) => Err(match followed.deployment {
                Some(id) => error.with_detail("deploymentId", id.into()),
                None => error,
            }),
        }
    }
}

/// How it stands, and which deployment it is that is waited for, where nobody has said so yet.
fn judge(
    rollout: &Rollout,
    deployment: &mut Option<String>,
    before: Option<&str>,
    is_another: bool,
) -> State {
    let named = rollout.wanted();
    let is_old = is_another && (named.is_none() || named == before);
    if deployment.is_none() && !is_old {
        *deployment = named.map(str::to_owned);
    }
    match State::of(rollout, deployment.as_deref(), before) {
        State::Failed(why) => State::Failed(why),
        _ if is_old && deployment.is_none() => State::NotTakenUp,
        state => state,
    }
}

/// Which failed looks say nothing of what is looked at: no answer, nothing visible yet, a service
/// that is out of order or asks to wait.
pub(super) fn passes(error: &Error) -> bool {
    error.is_transient()
        || error.status() == Some(408)
        || matches!(error.code(), Code::NotFound | Code::UnexpectedResponse)
}

#[cfg(test)]
mod tests;
