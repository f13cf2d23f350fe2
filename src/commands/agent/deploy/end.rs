//! What becomes of a deploy that was asked for.

use crate::api::{DeployIntent, LatestDeploy, WithRaw};
use crate::error::{Code, Error};

/// What a look says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Look {
    /// It is under way.
    UnderWay,
    /// It has ended.
    Ended,
    /// A deploy of this other commit is there in its place.
    Overtaken(String),
}

impl Look {
    pub(super) fn new(intent: &DeployIntent, latest: &LatestDeploy) -> Self {
        match (&intent.commit, &latest.commit) {
            (Some(wanted), Some(other)) if other != wanted => Self::Overtaken(other.clone()),
            _ => match latest.status.as_deref() {
                None | Some("pending" | "building" | "deploying") => Self::UnderWay,
                Some(_) => Self::Ended,
            },
        }
    }
}

/// How the wait ended.
pub(super) struct End {
    pub(super) outcome: Outcome,
    /// The deploy, as it was seen last.
    pub(super) seen: Option<WithRaw<LatestDeploy>>,
    /// Why that is no success.
    pub(super) failure: Option<Error>,
}

pub(super) enum Outcome {
    Terminal,
    InFlight,
    Superseded(String),
    Unobserved,
}

impl End {
    /// The deploy has ended.
    pub(super) fn terminal(seen: Option<WithRaw<LatestDeploy>>) -> Self {
        let latest = seen.as_ref().map(|seen| &seen.value);
        let status = latest.and_then(|latest| latest.status.as_deref());
        let failure = match status {
            Some("succeeded") => None,
            status => {
                let reason = latest.and_then(|latest| latest.reason.as_deref());
                let reason = reason.map_or_else(String::new, |reason| format!(": {reason}"));
                let status = status.unwrap_or("unknown");
                let message = format!("the deployment ended as `{status}`{reason}");
                Some(Error::new(Code::Rejected, message))
            }
        };
        Self {
            outcome: Outcome::Terminal,
            seen,
            failure,
        }
    }

    /// The wait has ended before the deploy. `failure` tells why, by whether anything was seen.
    pub(super) fn broken_off(
        seen: Option<WithRaw<LatestDeploy>>,
        failure: impl FnOnce(bool) -> Error,
    ) -> Self {
        Self {
            outcome: match seen {
                Some(_) => Outcome::InFlight,
                None => Outcome::Unobserved,
            },
            failure: Some(failure(seen.is_some())),
            seen,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_look_says_whether_it_is_ours_and_whether_it_has_ended() {
        let text = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        for (wanted, commit, status, look) in [
            ("a", "a", "pending", Look::UnderWay),
            ("a", "a", "building", Look::UnderWay),
            ("a", "a", "deploying", Look::UnderWay),
            ("a", "a", "", Look::UnderWay),
            ("a", "", "building", Look::UnderWay),
            ("", "b", "building", Look::UnderWay),
            ("a", "a", "succeeded", Look::Ended),
            ("a", "a", "failed", Look::Ended),
            ("a", "a", "cancelled", Look::Ended),
            ("a", "a", "whatever", Look::Ended),
            ("a", "b", "building", Look::Overtaken("b".to_owned())),
            ("a", "b", "succeeded", Look::Overtaken("b".to_owned())),
        ] {
            let intent = DeployIntent {
                commit: text(wanted),
                ..DeployIntent::default()
            };
            let latest = LatestDeploy {
                status: text(status),
                commit: text(commit),
                reason: None,
            };
            assert_eq!(
                Look::new(&intent, &latest),
                look,
                "{wanted} {commit} {status}"
            );
        }
    }
}
