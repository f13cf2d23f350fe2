//! `secrets reference`.

use serde_json::{Value, json};

use super::show_command;
use crate::api::{SecretSet, WithRaw};
use crate::commands::{InOrganization, Run, known_region, look_with};
use crate::context::Context;
use crate::error::Result;
use crate::output::{Report, View};

const EXAMPLES: &str = "\
Examples:
  pipecat cloud secrets reference my-bot --region pce-frankfurt";

/// Refer to a secret that is kept in a cluster of your own
///
/// The service looks for it there at once. Its values stay in the cluster.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// The secret's name in the cluster
    #[arg(value_name = "NAME")]
    name: String,

    /// The region whose cluster has it
    #[arg(short = 'r', long, value_name = "KEY")]
    region: String,

    #[command(flatten)]
    organization: InOrganization,
}

impl Run for Args {
    async fn run(self, context: &Context) -> Result<Box<dyn Report>> {
        let organization = context.organization().await?.value;
        let Self { name, region, .. } = self;
        let _progress = context
            .printer
            .progress("looking for the secret in the cluster");
        known_region(context, &organization, &region).await?;
        context.set_last_words(format!("the reference `{name}` may have been made"));
        let made = context
            .api()?
            .reference_secret(&organization, &name, &region);
        let set = made
            .await
            .map_err(|error| look_with(error, &show_command(&organization, &name)))?;
        Ok(Box::new(Referenced { name, region, set }))
    }
}

/// The organization refers to a secret.
struct Referenced {
    name: String,
    region: String,
    set: WithRaw<SecretSet>,
}

impl Report for Referenced {
    fn json(&self) -> Value {
        json!(self.set.raw)
    }

    fn plain(&self) -> View {
        let status = self.set.value.status.as_deref();
        let status = status.map(|status| format!(", which is {status}"));
        View::Done(format!(
            "`{}` refers to the secret in the region `{}`{}",
            self.name,
            self.region,
            status.unwrap_or_default()
        ))
    }
}
