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
        } = self;
        let mut followed = Followed {
            deployment: wanted,
            ..Followed::default()
        };
        let mut told: Option<Telling> = None;
        let polled = poll
            .until(passes, async || {
                let rollout = Rollout::read(&look().await?);
                if followed.deployment.is_none() {
                    followed.deployment = rollout.wanted().map(str::to_owned);
                }
                let deployment = followed.deployment.as_deref();
                let state = State::of(&rollout, deployment, before.as_deref());
                let telling = Telling::of(&rollout, &state, deployment);
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

/// Which failed looks say nothing of what is looked at: no answer, nothing visible yet, a service
/// that is out of order or asks to wait.
pub(super) fn passes(error: &Error) -> bool {
    error.is_transient()
        || error.status() == Some(408)
        || matches!(error.code(), Code::NotFound | Code::UnexpectedResponse)
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;
    use std::time::Duration;

    use serde_json::json;

    use super::*;

    /// Follows these looks; the last one is repeated. Gives how it ended and what was told.
    fn follow(
        limit: Duration,
        looks: Vec<Result<Value>>,
    ) -> (Result<Followed>, Vec<String>, usize) {
        let follow = Follow {
            poll: Poll {
                limit,
                pauses: &[Duration::ZERO, Duration::from_millis(1)],
                patience: 5,
            },
            wanted: Some("new".to_owned()),
            before: Some("old".to_owned()),
        };
        let mut looks = VecDeque::from(looks);
        let (mut told, mut count) = (Vec::new(), 0);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build();
        let outcome = runtime
            .map_err(|error| Error::new(Code::Internal, "a bad test").because(error))
            .and_then(|runtime| {
                runtime.block_on(follow.run(
                    async || {
                        count += 1;
                        let look = match &looks[0] {
                            Ok(look) => Ok(look.clone()),
                            Err(error) => Err(error.again()),
                        };
                        if looks.len() > 1 {
                            looks.pop_front();
                        }
                        look
                    },
                    |_, lines| told.extend_from_slice(lines),
                ))
            });
        (outcome, told, count)
    }

    #[allow(
        clippy::unnecessary_wraps,
        reason = "a look may fail, though not this one"
    )]
    fn at(reconciled: &str, ready: bool, available: bool) -> Result<Value> {
        Ok(json!({
            "desiredDeploymentId": "new",
            "reconciledDeploymentId": reconciled,
            "ready": ready,
            "available": available,
        }))
    }

    fn fails(code: Code) -> Result<Value> {
        Err(Error::new(code, "no look"))
    }

    const LONG: Duration = Duration::from_secs(30);
    const SHORT: Duration = Duration::from_millis(30);

    #[test]
    fn the_old_one_is_not_taken_for_the_new_one_and_each_change_is_told_once() {
        let looks = vec![
            at("old", true, true),
            at("old", true, true),
            at("new", false, true),
            at("new", false, true),
            at("new", true, true),
        ];
        let (outcome, told, count) = follow(LONG, looks);
        assert!(outcome.is_ok_and(|followed| followed.state == Some(State::Ready)));
        assert_eq!(count, 5);
        assert_eq!(
            told,
            [
                "waiting for the platform to pick it up",
                "rolling out, reachable",
                "ready",
            ]
        );
    }

    #[test]
    fn five_failed_looks_in_a_row_are_borne_and_the_sixth_ends_it() {
        let passing = || {
            vec![
                fails(Code::ServiceError),
                fails(Code::NotFound),
                fails(Code::RateLimited),
                fails(Code::ConnectionBroken),
                fails(Code::TimedOut),
            ]
        };
        let mut looks = passing();
        looks.push(at("new", false, true));
        looks.extend(passing());
        looks.push(at("new", true, true));
        let (outcome, _, count) = follow(LONG, looks);
        assert!(outcome.is_ok() && count == 12, "{outcome:?} {count}");
        let mut looks = passing();
        looks.push(fails(Code::ServiceError));
        let (outcome, _, count) = follow(LONG, looks);
        let error = outcome.err().map(|error| error.to_json());
        assert_eq!(
            error.map(|error| error["deploymentId"].clone()),
            Some("new".into())
        );
        assert_eq!(count, 6);
    }

    #[test]
    fn a_refusal_ends_it_at_once() {
        let looks = vec![at("new", false, true), fails(Code::Forbidden)];
        let (outcome, _, count) = follow(LONG, looks);
        assert!(outcome.is_err());
        assert_eq!(count, 2);
    }

    #[test]
    fn the_last_state_is_what_is_left_when_the_time_is_over() {
        for (look, expected) in [
            (at("old", true, true), State::NotTakenUp),
            (
                at("new", false, true),
                State::RollingOut { reachable: true },
            ),
            (at("new", false, false), State::Unavailable),
        ] {
            let (outcome, _, _) = follow(SHORT, vec![look]);
            let followed = outcome.unwrap_or_default();
            assert!(followed.is_over);
            assert_eq!(followed.state, Some(expected));
        }
    }
}
