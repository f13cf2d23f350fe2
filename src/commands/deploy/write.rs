//! Sending what is to be deployed: once, and where nobody knows whether it arrived, looking.

use crate::api::{Accepted, NewDeployment, Rollout, WithRaw};
use crate::context::Context;
use crate::error::{Code, Result};
use crate::http::IN_DOUBT;
use crate::output::shell_word;

/// Sends it. `before` is the agent as it was.
pub(super) async fn write(
    context: &Context,
    organization: &str,
    deployment: &NewDeployment,
    before: Option<&WithRaw<Rollout>>,
) -> Result<Accepted> {
    let agent = deployment.service_name.as_str();
    let show = format!(
        "pipecat cloud agent status {} -o {organization}",
        shell_word(agent)
    );
    context.set_last_words(format!(
        "the deployment of `{agent}` may have been accepted all the same: see `{show}`"
    ));
    let api = context.api()?;
    let is_update = before.is_some();
    let error = {
        let _progress = context.printer.progress("sending the deployment");
        match api.deploy(organization, deployment, is_update).await {
            Ok(accepted) => return Ok(accepted.value),
            Err(error) => error,
        }
    };
    if !error.is_in_doubt() {
        let verb = if is_update { "update" } else { "create" };
        return Err(error.context(&format!("the service did not {verb} `{agent}`")));
    }
    tracing::debug!("checking whether the deployment was accepted: {error}");
    let now = api.agent_now(organization, agent).await;
    let now = now.map(|detail| Rollout::read(&detail));
    let taken = match (before, &now) {
        (Some(before), Ok(now)) => now.desired.is_some() && now.desired != before.value.desired,
        (None, Ok(_)) => true,
        (_, Err(_)) => false,
    };
    match now {
        Ok(now) if taken => {
            tracing::warn!(
                "{error}; but the service has accepted the deployment, so this \
                 continues"
            );
            Ok(Accepted {
                deployment: now.desired,
                ..Accepted::default()
            })
        }
        Err(look) if look.code() != Code::NotFound => Err(error.hint(format!(
            "check with `{show}`: checking failed as well ({look})"
        ))),
        _ => Err(error.without_hint(IN_DOUBT).hint(format!(
            "the service shows no trace of it, so it was most likely not accepted; make sure \
                 with `{show}`, and deploy again"
        ))),
    }
}
